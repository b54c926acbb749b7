"""Drifts planted one by one, and what `pytest` says about each; harmless edits, about which it says nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from places import CASES
from planting import findings, garden, plant, told
from programs import run
from sharing import made_once
from textcases import read_cases

PLANTED = read_cases("drifts.txt")
HARMLESS = read_cases("harmless.txt")
STATEMENTS = 13
# With MATHPOST_REGENERATE=1 what is said now is written into the cases; each that changed fails once more.
REGENERATE = bool(os.environ.get("MATHPOST_REGENERATE"))

pytestmark = pytest.mark.kernel
Found = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def found(shared: Path) -> Found:
    """All posts tested at once, as an author would with `pytest notebooks -n auto`."""

    def test_all(folder: Path) -> None:
        ground = garden(folder)
        for kind, cases in (("planted", PLANTED), ("harmless", HARMLESS)):
            for number, case in enumerate(cases):
                plant(ground, f"{kind}{number:02}", str(case.values[0]).splitlines())
        options = ("-q", "-n", "2", "--junitxml", "junit.xml", "-p", "no:cacheprovider")
        done = run("pytest", "notebooks", *options, folder=folder)
        assert done.returncode == 1, done.stdout + done.stderr

    return findings(made_once(shared / "drifts", test_all) / "junit.xml")


@pytest.mark.parametrize("number", [pytest.param(n, id=str(case.id)) for n, case in enumerate(PLANTED)])
def test_a_planted_drift_is_told(found: Found, number: int) -> None:
    expected, said = str(PLANTED[number].values[1]), told(found[f"planted{number:02}"])
    if REGENERATE and said != expected:
        _regenerate(number, said)

    assert said == expected
    assert said


@pytest.mark.parametrize("number", [pytest.param(n, id=str(case.id)) for n, case in enumerate(HARMLESS)])
def test_a_harmless_edit_passes(found: Found, number: int) -> None:
    post = found[f"harmless{number:02}"]

    assert told(post) == ""
    assert len(post) == STATEMENTS


def _regenerate(number: int, said: str) -> None:
    path = CASES / "drifts.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    dots = [place for place, line in enumerate(lines) if line == "."]
    lines[dots[3 * number + 1] + 1 : dots[3 * number + 2]] = said.splitlines()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
