"""Statements: a formula that can't be cut is a claim all the same, whatever relation stands in it."""

from __future__ import annotations

import pytest

from mathpost.ground.errors import MalformedFormula
from mathpost.latex.reading import find_chains, parse
from mathpost.latex.reading.statements import Chain
from mathpost.latex.reading.tokens import commands


@pytest.mark.parametrize("relation", [*sorted(commands.EVALUATED), r"\le", "≤", r"\coloneqq"])
def test_a_bracket_that_is_never_closed_hides_no_relation(relation: str) -> None:
    (chain,) = find_chains(f"f(x {relation} y")
    assert chain.is_claim
    assert chain.refusal
    assert chain.refusal.reason == "the `(` at column 2 is not closed: a `)` is missing before the end"


def test_a_longer_command_is_no_relation() -> None:
    assert find_chains(r"f(x \int y") == (Chain((r"f(x \int y",), (), ()),)


SLIPS = {
    "(a + b": "the `(` at column 1 is not closed: a `)` is missing before the end",
    "a + b)": "the `)` at column 6 closes nothing: a `(` is missing before it, or it is one too many",
    "E[f(x, g(y)]": "the `(` at column 4 is not closed: a `)` is missing before the `]` at column 12",
    r"\frac{\exp(f(x)}{2}": "the `(` at column 11 is not closed: a `)` is missing before the `}` at column 16",
    r"\left( [0, 1) \right": "a bracket is missing behind `\\right`",
    r"\begin{cases} (x & x > 0 \end{cases}": (
        "the `(` at column 15 is not closed: a `)` is missing before the `\\end{cases}` at column 26"
    ),
}


@pytest.mark.parametrize(("latex", "message"), SLIPS.items())
def test_a_bracket_without_its_partner_is_named_with_its_place(latex: str, message: str) -> None:
    with pytest.raises(MalformedFormula) as caught:
        parse(latex)
    assert caught.value.message == message


@pytest.mark.parametrize("latex", ["x \\in [0, 1)", r"\left. f \right|_{x = 0}", r"\left\{ x \right. + y"])
def test_brackets_that_match_are_no_slip(latex: str) -> None:
    assert all(chain.refusal is None for chain in find_chains(latex))
