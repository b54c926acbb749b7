"""Where a definition of the text holds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from making import cells
from mathpost import Notation
from mathpost.judging.checks import judge_claim, select
from mathpost.judging.scopes import scopes_of
from mathpost.text.claims import find_claims

NOTATION = Notation({"a": 1.5, "b": 4.0})
TWICE = "`u` is defined twice, first as `2 a`: give the second meaning a name of its own"
UNBOUND = "`u` has no binding: add `u` to the notation"
V_UNBOUND = UNBOUND.replace("`u`", "`v`")


def outcomes(text: str, target: str = "#top") -> Mapping[str, str]:
    """The claims below a heading with what becomes of them."""
    found = find_claims(cells(text))
    verdicts = {
        claim.latex: judge_claim(claim, scope.draws)
        for scope in scopes_of(found, select(found, [target]), [NOTATION])
        for claim in scope.claims
    }
    return {latex: verdict.judgement.reason or verdict.outcome for latex, verdict in verdicts.items()}


APART = r"""
# Top

## First

$u := 2 a$, so $u = 3$ and $b u = 12$.

## Second

$u := b - a$, so $u = 2.5$ but not $2 u = 6$.

### Below

Here $u^2 = 6.25$, and not $u^2 = 9$.
"""


def test_two_sections_may_define_one_name_each_for_itself() -> None:
    assert outcomes(APART) == {
        "u := 2 a": "pass",
        "u = 3": "pass",
        "b u = 12": "pass",
        "u := b - a": "pass",
        "u = 2.5": "pass",
        "2 u = 6": "the two sides differ",
        "u^2 = 6.25": "pass",
        "u^2 = 9": "the two sides differ",
    }


@pytest.mark.parametrize(("target", "latex"), [("#first", "u = 3"), ("#second", "u = 2.5"), ("#below", "u^2 = 6.25")])
def test_a_check_of_one_section_knows_its_own_definition(target: str, latex: str) -> None:
    assert outcomes(APART, target)[latex] == "pass"


@pytest.mark.parametrize(
    ("text", "latex", "expected"),
    [
        ("# Top\n\n$u := 2 a$\n\n$u := b$", "u := b", TWICE),
        ("# Top\n\n$u := 2 a$\n\n## Below\n\n$u := b$", "u := b", TWICE),
        ("# Top\n\n$u := 2 a$\n\n## A\n\n$u = 3$", "u = 3", "pass"),
        ("# Top\n\n## A\n\n$u := 2 a$\n\n## B\n\n$u = 3$", "u = 3", "pass"),
        ("# Top\n\n## A\n\n$u := 2 a$\n\n## B\n\n$u := b$\n\n## C\n\n$u = 3$", "u = 3", UNBOUND),
        ("# Top\n\n## A\n\n$u := 2 a$\n\n$v := u$\n\n## B\n\n$u := b$\n\n$v = 4$", "v = 4", V_UNBOUND),
        ("# Top\n\n$v := 2 a$\n\n## A\n\n$u := v$\n\n## B\n\n$u := 2 v$\n\n$u = 6$", "u = 6", "pass"),
        ("# Top\n\n$u := 2 a$\n\n## A\n\n$u := b$\n\n## B\n\n$u := 3 a$", "u := 3 a", TWICE),
    ],
)
def test_a_second_meaning_within_one_scope_is_refused(text: str, latex: str, expected: str) -> None:
    assert outcomes(text)[latex] == expected
