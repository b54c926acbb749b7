"""Formulas that code makes: those that only show a value, and those that assert something."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.pages.made import asserts, plain, plain_but_formulas, scanned

PLACE = Place(Path("a.ipynb"), 3)

ASSERTING = [
    "1 + 1 = 3",
    r"\displaystyle x < 2",
    r"x \neq y",
    r"1 \nless 3",
    "a ≫ b",
    "a ⩾ b",
    r"a \to b",
    r"x \in \mathbb{R}",
    r"\begin{cases} a = b \\ c \end{cases}",
    r"\begin{matrix} a & = & b \end{matrix}",
    r"{\color{red} a = b}",
    r"\text{so } a = b",
    r"\underbrace{a + b}_{c} = d",
    r"a \Leftrightarrow b",
    r"a \coloneqq b",
    r"\sum_{i=1}^n i = 3",
    r"a \not= b",
    r"a \implies b",
    "a \\; \\hbox{is} \\; = 3",
]
SHOWING = [
    "x^2",
    r"\displaystyle \int_0^1 x\,dx",
    r"\sum_{i=1}^{n} x_{i}",
    r"\prod_{i \in S} \left(a + b\right)",
    r"\left[\begin{matrix}1 & 2\\3 & 4\end{matrix}\right]",
    r"\lim_{x \to 0} \frac{\sin x}{x}",
    r"\nabla f \cdot \vec{n}",
    r"\overrightarrow{AB}",
    r"\neg p",
    r"\sinh \ell",
    r"\infty",
]


@pytest.mark.parametrize("latex", ASSERTING)
def test_a_relation_anywhere_asserts_something(latex: str) -> None:
    assert asserts(latex)


@pytest.mark.parametrize("latex", SHOWING)
def test_bounds_and_indices_do_not(latex: str) -> None:
    assert not asserts(latex)


MISTAKES = {
    "**bold** and $1 + 1 = 3$": "a formula made by code is not checked: 1 + 1 = 3: write it in a Markdown cell, "
    "with what is computed in it as inline code",
    "$$\n1 + 1\n= 3\n$$": "a formula made by code is not checked: 1 + 1 = 3: write it in a Markdown cell, "
    "with what is computed in it as inline code",
    "$$x$$ {#eq-x}": "a formula made by code has no label: {#eq-x} belongs in a Markdown cell",
    '$$x$$ {.unchecked reason="it is so"}': "a formula made by code has no label: {#…} belongs in a Markdown cell",
    "It is 2 {#val-a}.": "a formula made by code has no label: {#val-a} belongs in a Markdown cell",
    "$$x": r"this `$$` has no partner: close the formula, or write \$\$ for dollars",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_what_code_must_not_write_is_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        scanned(text, PLACE)
    assert str(caught.value) == f"a.ipynb, cell 3: {MISTAKES[text]}"


def test_a_text_is_shown_letter_by_letter_but_for_its_formulas() -> None:
    assert plain("a_b*c | <d> `e` $5 #f") == r"a\_b\*c \| \<d\> \`e\` \$5 \#f"
    assert plain_but_formulas("*a* $x_1|y$ costs $5", PLACE) == r"\*a\* \(x_1\vert y\) costs \$5"
