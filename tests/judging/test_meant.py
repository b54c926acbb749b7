"""A pass means what a reader reads: false claims that a judge could be fooled by, and their true partners."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.mark.structures import ParameterSet
from scipy import special, stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims
from places import CASES

FILES = (CASES / "meant.txt", CASES / "chance.txt")
IN_SCOPE = {"np": np, "special": special, "stats": stats, "Box": Box, "Variable": Variable}


def outcomes_of(text: str, notation: str) -> list[str]:
    """Each claim of a formula, or of a text with dollars: outcome, LaTeX, and the whole reason why it does not hold."""
    bindings: dict[str, Any] = eval(f"{{{notation}}}", dict(IN_SCOPE))
    draw = Draw(Notation(bindings))
    told = []
    for claim in find_claims(cells(text if "$" in text else f"$$ {text} $$")):
        verdict = judge_claim(claim, [draw])
        told.append(f"{verdict.outcome}: {claim.latex}")
        reason = verdict.judgement.reason.removeprefix(f"{claim.id}: ")
        told.extend(f"  {line}" for line in reason.splitlines())
    return told


def cases() -> Iterator[ParameterSet]:
    for file in FILES:
        yield from cases_of(file)


def cases_of(file: Path) -> Iterator[ParameterSet]:
    """A notation behind `|`, then a formula a line, and indented what is said of it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    notation, text, place, told = "", "", 0, list[str]()
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("    "):
            told.append(line[4:])
            continue
        if text:
            yield pytest.param(text, notation, told, id=f"{file.stem} {place}: {text}")
        notation = line[2:] if line.startswith("|") else notation
        text, place, told = ("" if line.startswith(("#", ">", "|")) else line), number, []


def regenerated(file: Path) -> str:
    """The file with what the judge says now."""
    lines, notation = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            continue
        lines.append(line)
        notation = line[2:] if line.startswith("|") else notation
        if line and not line.startswith(("#", ">", "|")):
            lines.extend(f"    {told}" for told in outcomes_of(line, notation))
    return "\n".join(lines) + "\n"


if "MATHPOST_REGENERATE" in os.environ:

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_the_cases_are_written_anew(file: Path) -> None:
        before, now = file.read_text(encoding="utf-8"), regenerated(file)
        file.write_text(now, encoding="utf-8")
        assert before == now, f"look at what has changed in {file.name}"


@pytest.mark.parametrize(("text", "notation", "told"), list(cases()))
def test_a_pass_means_what_a_reader_reads(text: str, notation: str, told: list[str]) -> None:
    assert outcomes_of(text, notation) == told
