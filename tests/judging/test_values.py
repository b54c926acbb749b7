"""A pass means what a reader reads: what float64, eight points or a fixed rule would let through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from _pytest.mark.structures import ParameterSet
from scipy import special, stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.ground.verdicts import worst
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims
from places import CASES

rng = np.random.default_rng(1)
MEANINGS: dict[str, Any] = {"Box": Box, "Variable": Variable, "np": np, "stats": stats, "special": special}
SAMPLE: dict[str, Any] = {"n": 1000, "x^{(i)}": rng.normal(size=1000)}


def verdict_told(latex: str, bindings: dict[str, Any]) -> str:
    """Outcome and reason of the worst claim of a formula."""
    draw = Draw(Notation(bindings))
    verdict = worst(judge_claim(claim, [draw]) for claim in find_claims(cells(f"$$ {latex} $$")))
    reason = verdict.judgement.reason
    return f"{verdict.outcome}: {reason}" if reason else verdict.outcome


def cases() -> Iterator[ParameterSet]:
    """Under each heading of a file: a claim, then indented its bindings if it has any, and what is said of it."""
    for name in ("values", "calculus"):
        lines = (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        latex, told = "", list[str]()
        for number, line in enumerate([*lines, ""], 1):
            if line.startswith("    "):
                told.append(line[4:])
                continue
            if latex:
                *bindings, expected = told
                place = f"{name}, line {number - len(told) - 1}: {latex}"
                yield pytest.param(latex, "".join(bindings), expected, id=place)
            latex, told = ("" if line.startswith("#") else line), []


@pytest.mark.parametrize(("latex", "bindings", "expected"), list(cases()))
def test_a_pass_means_what_a_reader_reads(latex: str, bindings: str, expected: str) -> None:
    own = eval(bindings, {**MEANINGS, "SAMPLE": SAMPLE}) if bindings else {}
    assert verdict_told(latex, own) == expected
