"""The pages for people say what the code does: their constants, verdicts, examples and lists are compared with it."""

from __future__ import annotations

import importlib
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mathpost import Box, Notation, Variable
from mathpost.checks import judge_claim
from mathpost.claims import find_claims
from mathpost.draw import Draw

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
JUDGING = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def constants() -> list[tuple[str, str]]:
    return re.findall(r"^\| `([\w.]+\.[A-Z_]+)` \| (\S+) \|", JUDGING, re.M)


@pytest.mark.parametrize(("name", "value"), constants())
def test_a_constant_on_the_page_is_the_one_in_the_code(name: str, value: str) -> None:
    module, constant = name.rsplit(".", 1)
    assert getattr(importlib.import_module(f"mathpost.{module}"), constant) == float(Fraction(value))


def judged() -> list[tuple[str, str]]:
    return [
        (latex, expected)
        for block in blocks(JUDGING, "verdicts")
        for latex, expected in re.findall(r"^(\S.*)\n    => (.*)$", block, re.M)
    ]


@pytest.fixture(scope="module")
def notation() -> Notation:
    (source,) = blocks(JUDGING, "python")
    names: dict[str, Any] = {"np": np, "stats": stats, "Notation": Notation, "Variable": Variable, "Box": Box}
    exec(source, names)
    made: Notation = names["notation"]
    return made


@pytest.mark.parametrize(("latex", "expected"), judged())
def test_a_verdict_on_the_page_is_the_judges(latex: str, expected: str, notation: Notation) -> None:
    (claim,) = find_claims([(1, f"${latex}$")])
    verdict = judge_claim(claim, [Draw(notation)])
    assert ": ".join(filter(None, (verdict.outcome, verdict.reason))) == expected
