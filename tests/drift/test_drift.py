"""Drifts planted one by one, and what `pytest` says about each; harmless edits, about which it says nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from places import CASES
from planting import findings, garden, plant, told
from programs import run
from sharing import made_once
from textcases import read_cases

PLANTED = read_cases("drifts.txt")
HARMLESS = read_cases("harmless.txt")
EDITS = {
    f"{kind}{number:02}": str(case.values[0]).splitlines()
    for kind, cases in (("planted", PLANTED), ("harmless", HARMLESS))
    for number, case in enumerate(cases)
}
PARTS = 3
STATEMENTS = 13
# With MATHPOST_REGENERATE=1 what is said now is written into the cases; each that changed fails once more.
REGENERATE = bool(os.environ.get("MATHPOST_REGENERATE"))

pytestmark = pytest.mark.kernel
Find = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def find(shared: Path) -> Find:
    """What the tests of a post say. Many posts are tested at once, in parts: as many workers are busy with them."""

    def find_in_part(slug: str) -> dict[str, str]:
        part = list(EDITS).index(slug) % PARTS
        folder = made_once(shared / f"drifts-{part}", lambda folder: _test(folder, list(EDITS)[part::PARTS]))
        return findings(folder / "junit.xml")[slug]

    return find_in_part


def _test(folder: Path, slugs: Sequence[str]) -> None:
    ground = garden(folder)
    for slug in slugs:
        plant(ground, slug, EDITS[slug])
    done = run("pytest", "notebooks", "-q", "--junitxml", "junit.xml", "-p", "no:cacheprovider", folder=folder)
    assert done.returncode == 1, done.stdout + done.stderr


@pytest.mark.parametrize("number", [pytest.param(n, id=str(case.id)) for n, case in enumerate(PLANTED)])
def test_a_planted_drift_is_told(find: Find, number: int) -> None:
    expected, said = str(PLANTED[number].values[1]), told(find(f"planted{number:02}"))
    if REGENERATE and said != expected:
        _regenerate(number, said)

    assert said == expected
    assert said


@pytest.mark.parametrize("number", [pytest.param(n, id=str(case.id)) for n, case in enumerate(HARMLESS)])
def test_a_harmless_edit_passes(find: Find, number: int) -> None:
    post = find(f"harmless{number:02}")

    assert told(post) == ""
    assert len(post) == STATEMENTS


def _regenerate(number: int, said: str) -> None:
    path = CASES / "drifts.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    dots = [place for place, line in enumerate(lines) if line == "."]
    lines[dots[3 * number + 1] + 1 : dots[3 * number + 2]] = said.splitlines()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
