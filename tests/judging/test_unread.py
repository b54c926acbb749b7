"""Nothing of a formula is passed over: what is read of each, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims
from places import CASES

NOTATION: dict[str, Any] = {
    "a": 2.0,
    "b": 3.0,
    "c": 5.0,
    "d": 7.0,
    "n": 3,
    "x": Variable(Box(0.5, 2.0)),
    "f(x)": lambda x: x,
    r"\text{TP}": 4.0,
    r"\text{TN}": 6.0,
}


def outcomes_of(text: str) -> list[str]:
    """Each claim of a formula, or of a text with dollars: outcome and LaTeX, and why it does not hold."""
    told = []
    for claim in find_claims(cells(text if text.count("$") > 1 and r"\tag" not in text else f"$$ {text} $$")):
        verdict = judge_claim(claim, [Draw(Notation(NOTATION))])
        told.append(f"{verdict.outcome}: {claim.latex}")
        if verdict.judgement.reason:
            told.append(f"  {verdict.judgement.reason.splitlines()[0].removeprefix(f'{claim.id}: ')}")
    return told


def cases() -> Iterator[ParameterSet]:
    """A formula a line, and indented what is said of it."""
    lines = (CASES / "unread.txt").read_text(encoding="utf-8").splitlines()
    text, place, told = "", 0, list[str]()
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("    "):
            told.append(line[4:])
            continue
        if text:
            yield pytest.param(text, told, id=f"line {place}: {text}")
        text, place, told = ("" if line.startswith(("#", ">")) else line), number, []


@pytest.mark.parametrize(("text", "told"), list(cases()))
def test_nothing_of_a_formula_is_passed_over(text: str, told: list[str]) -> None:
    assert outcomes_of(text) == told
