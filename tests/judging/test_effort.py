"""What a verdict says of how hard a claim was tried."""

from __future__ import annotations

from typing import Any

import pytest

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.ground.verdicts import Effort, Verdict
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims

BINDINGS: dict[str, Any] = {
    "a": 1.2341,
    "b": 2**0.5,
    "t": Variable(Box(-2.0, 2.0)),
    "y": Variable({0, 1}),
    r"\theta": Variable(Box(-4.0, 4.0)),
    "f(x)": lambda x: x * x,
}


def verdict(latex: str, *others: float) -> Verdict:
    draws = [Draw(Notation({**BINDINGS, "a": a})) for a in (BINDINGS["a"], *others)]
    (claim,) = find_claims(cells(f"$$ {latex} $$"))
    return judge_claim(claim, draws)


def test_a_verdict_is_one_flat_object_with_the_effort_beside_what_was_found() -> None:
    told = verdict("y^2 = y").to_json()
    assert told.pop("seconds") > 0
    assert told == {
        "id": "top/1", "cell": 1, "line": 1, "latex": "y^2 = y", "kind": "=", "outcome": "pass",
        "left": 0.0, "right": 0.0, "difference": 0.0, "tolerance": 0.0, "tolerance_source": "exact to 256 bits",
        "reason": "", "remarks": [], "draws": 1,
        "effort": {"bits": 256, "exact": True, "points": 2, "sobol": 0, "special": 0, "searched": 0, "objective": 0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("latex", "effort"),
    [
        ("(t + a)^2 = t^2 + 2 a t + a^2", Effort(256, True, points=8, sobol=64, special=9)),
        ("b^2 t = 2 t", Effort(256, False, points=8, sobol=64, special=7)),
        ("t^2 > -1", Effort(256, True, points=8, sobol=64, special=5, searched=896)),
        ("f(t) = t^2", Effort(256, False, points=8, sobol=64, special=5, searched=256)),
        ("10^{100} + 1 > 10^{100}", Effort(1024, True, points=1)),
        (r"t \in [-3, 3]", Effort(points=8, sobol=64, special=5)),
        (r"\arg\max_\theta -(\theta - a)^2 = a", Effort(points=1, objective=20082)),
        (r"c = a", Effort()),
    ],
)
def test_the_effort_of_a_claim_is_told(latex: str, effort: Effort) -> None:
    assert verdict(latex).judgement.effort == effort


def test_draws_add_their_points_and_the_least_precision_counts() -> None:
    assert verdict("(t + a)^2 = t^2 + 2 a t + a^2", 0.7).judgement.effort.points == 16
    assert Effort(256, True, points=3) + Effort(1024, False, sobol=2) == Effort(256, False, points=3, sobol=2)
    assert (Effort(256) + Effort()).bits is None


def test_a_recorded_verdict_is_read_as_it_was() -> None:
    found = verdict("(t + a)^2 = t^2 + 2 a t + a^2")
    assert Verdict.from_json(found.to_json()) == found
