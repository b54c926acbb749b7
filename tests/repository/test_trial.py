"""What the trial holds the reading of formulas against: JupyterLab's own way through a cell."""

from __future__ import annotations

import pytest

from jupyterlab import find_formulas

FORMULAS = {
    "in a line": ("with $x$ and $ y $", ["$x$", "$ y $"]),
    "displayed": ("$$\nx\n$$", ["$$\nx\n$$"]),
    "an environment": (r"\begin{align*}a&=b\end{align*}", [r"\begin{align*}a&=b\end{align*}"]),
    "brackets behind two backslashes": (r"\\(x\\) and \(y\)", [r"\\(x\\)"]),
    "over two lines": ("$x\n= y$", ["$x\n= y$"]),
    "not over a paragraph": ("a $x\n\ny$ b", []),
    "the last end before a paragraph": ("$a {$ b\n\nc", ["$a {$"]),
    "dollars in braces": (r"$\text{if $x$} = y$", [r"$\text{if $x$} = y$"]),
    "escaped dollars": (r"\$5, \\$6 and $x$", ["$x$"]),
    "code, comments, addresses": ("`$a$` [b](#$c$) <!-- $d$ -->\n```\n$e$\n```\n$f$", ["$f$"]),
}


@pytest.mark.parametrize(("text", "expected"), FORMULAS.values(), ids=FORMULAS)
def test_what_jupyterlab_takes_for_a_formula(text: str, expected: list[str]) -> None:
    assert list(find_formulas(text)) == expected
