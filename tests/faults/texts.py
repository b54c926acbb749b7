"""Texts of a length that none should have."""

from __future__ import annotations

from faulting import Fault, add_cells
from making import raw, text

MANY = 60_000
LONG = {
    "a formula of deep brackets": "$$" + "(" * 5000 + "a" + ")" * 5000 + " = a$$",
    "a formula of deep fractions": "$$" + r"\frac{1}{" * 3000 + "a" + "}" * 3000 + " = a$$",
    "a formula of 100,000 signs": "$$" + "a + " * 25_000 + "a = b$$",
    "stars without an end": "*" * MANY + "a",
    "brackets without an end": "[" * MANY,
    "comments without an end": "<!--" * MANY,
    "quotes within quotes": ">" * 5000 + " a",
    "lists within lists": "\n".join(f"{'  ' * n}- a" for n in range(400)),
    "a paragraph of a million letters": "word " * 200_000,
}
FAULTS = (
    Fault("dollars without an end", add_cells(text("$" * MANY))),
    *(Fault(title, add_cells(text(words)), slow=True) for title, words in LONG.items()),
    Fault("a shortcode that is not there", add_cells(raw("{{< nowhere >}}")), slow=True),
    Fault("a shortcode without an end", add_cells(raw("{{< nowhere")), slow=True),
)
