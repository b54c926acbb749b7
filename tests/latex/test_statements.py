"""Statements: a formula that can't be cut is a claim all the same, whatever relation stands in it."""

from __future__ import annotations

import pytest

from mathpost.latex.reading import find_chains
from mathpost.latex.reading.statements import Chain
from mathpost.latex.reading.tokens import commands


@pytest.mark.parametrize("relation", sorted(commands.EVALUATED))
def test_a_bracket_that_is_never_closed_hides_no_relation(relation: str) -> None:
    assert find_chains(f"f(x {relation} y") == [Chain(("f(x", "y"), (relation,), (4,))]


@pytest.mark.parametrize(("typed", "relation"), [(r"\le", r"\leq"), ("≤", r"\leq"), (r"\coloneqq", ":=")])
def test_it_is_the_relation_however_it_was_typed(typed: str, relation: str) -> None:
    assert find_chains(f"f(x {typed} y") == [Chain(("f(x", "y"), (relation,), (4,))]


def test_a_longer_command_is_no_relation() -> None:
    assert find_chains(r"f(x \int y") == [Chain((r"f(x \int y",), (), ())]
