"""Mutants: what a check kills, and what survives it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.judging import mutants
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.judging.mutants import MutantResult, judge_mutants
from mathpost.text.claims import find_claims

P = stats.rv_discrete(values=([0, 1, 2], [0.2, 0.3, 0.5]))
Q = stats.rv_discrete(values=([0, 1, 2], [0.5, 0.2, 0.3]))
NOTATION = Notation(
    {
        "P(x)": P,
        "Q(x)": Q,
        r"\chi": [0, 1, 2],
        "D(P || Q)": lambda p, q: stats.entropy(p.pk, q.pk),
        "x^{(i)}": np.array([0.3, 1.9, 2.2, 0.4]),
        "m": 4,
        "a": 1.2,
        "t": Variable(Box(-2, 2)),
        r"\theta": Variable(Box(-5, 5)),
        r"\bar{x}": 1.2,
    }
)


def outcomes(text: str, wanted: list[Mapping[str, str]] | None = None) -> list[MutantResult]:
    found = cells(text)
    claims = find_claims(found)
    draws = [Draw(NOTATION)]
    assert all(judge_claim(claim, draws).holds for claim in claims)
    return judge_mutants(wanted, claims, found, draws)


KL = r"$$ D(P || Q) = \sum_{x \in \chi} P(x) \log \frac{P(x)}{Q(x)} $$ {#eq-kl}"


def test_every_mutant_of_a_sharp_check_is_killed() -> None:
    results = outcomes(KL)
    assert len(results) > 15
    assert {result.outcome for result in results} == {"killed"}


@pytest.mark.parametrize(
    ("latex", "outcome", "reason"),
    [
        (r"D(P || Q) = \sum_{x \in \chi} P(x) \log P(x)", "killed", "eq-kl is fail: the two sides differ"),
        (r"D(P || Q) = \sum_{z \in \chi} P(z) \log \frac{P(z)}{Q(z)}", "equivalent",
         "it evaluates the same on every draw"),
        (r"D(P || Q) = \sum_{x \in \chi} P(x) \log \frac{P(x)}{R(x)}", "killed",
         "eq-kl is inconclusive: `R(…)` has no binding: add `R(…)` to the notation"),
        (r"D(P || Q)", "killed", "it makes no claim any more"),
    ],
)  # fmt: skip
def test_a_wanted_mutant_is_judged_in_its_place_in_the_text(latex: str, outcome: str, reason: str) -> None:
    (result,) = outcomes(KL, [{"equation": "eq-kl", "latex": latex}])
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_mutant_that_is_true_only_of_one_draw_survives() -> None:
    (result,) = outcomes(r"$$ a = \bar{x} $$ {#eq-a}", [{"equation": "eq-a", "latex": r"a = a^2 - a + 0.96"}])
    assert result.outcome == "survived"
    assert result.reason == "all claims of eq-a still pass: check it under a draw in which the two differ"


def test_a_mutated_definition_is_judged_by_what_uses_it() -> None:
    text = r"$u := a t$ {#eq-u} and so $\frac{u}{t} = a$."
    results = outcomes(text, [{"equation": "eq-u", "latex": "u := a t^2"}, {"equation": "eq-u", "latex": "u := t a"}])
    assert [result.outcome for result in results] == ["killed", "equivalent"]


def test_a_mutant_that_breaks_the_judge_loses_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(mutant: mutants.Mutant, *rest: object) -> MutantResult:
        if mutant.latex == "a = 1":
            raise MemoryError("too large")
        return MutantResult(mutant.equation, mutant.latex, "killed", "")

    monkeypatch.setattr(mutants, "_result", broken)
    results = outcomes(r"$$ a = \bar{x} $$ {#eq-a}", [{"equation": "eq-a", "latex": f"a = {n}"} for n in (1, 2)])
    assert [(result.outcome, result.reason) for result in results] == [
        ("survived", "it cannot be told from the original (MemoryError: too large)"),
        ("killed", ""),
    ]
