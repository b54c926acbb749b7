"""What a pass says beside it where it says less than it seems to: dependence that was tried, tests, definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from making import cells
from mathpost import Notation
from mathpost.ground.verdicts import Verdict
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims

NOTATION = {
    "X": stats.gamma(2.5),
    "Y": stats.norm(0.3, 2.0),
    "x^{(i)}": np.random.default_rng(5).normal(0.3, 1.0, 100),
    "k^{(i)}": np.random.default_rng(6).poisson(2.0, 100),
}


def judged(latex: str) -> Verdict:
    (claim,) = find_claims(cells(f"$$ {latex} $$"))
    return judge_claim(claim, [Draw(Notation(NOTATION))])


@pytest.mark.parametrize(
    ("latex", "remark"),
    [
        (
            r"\mathbb{E}[X + Y] = \mathbb{E}[X] + \mathbb{E}[Y]",
            "nothing says how `X` and `Y` hang together: they were tried independent, and dependent in 4 ways",
        ),
        (
            r"x^{(i)} \sim \mathcal{N}(0.3, 1)",
            "not rejected at the level 0.001 by the Kolmogorov-Smirnov test, which cannot show that it is true",
        ),
        (
            r"k^{(i)} \sim \text{Poisson}(2)",
            "not rejected at the level 0.001 by the chi-squared test, which cannot show that it is true",
        ),
        (
            r"x^{(i)} \perp k^{(i)}",
            "not rejected at the level 0.001 by the chi-squared test of quartiles, which cannot show that it is true",
        ),
    ],
)
def test_a_pass_says_what_it_rests_on(latex: str, remark: str) -> None:
    verdict = judged(latex)

    assert verdict.holds
    assert not verdict.defines
    assert verdict.judgement.remarks == (remark,)


@pytest.mark.parametrize("latex", [r"X \perp Y", r"\epsilon \sim \mathcal{N}(0, 1)", "a := 2"])
def test_a_definition_holds_and_is_told_apart(latex: str) -> None:
    verdict = judged(latex)

    assert verdict.holds
    assert verdict.defines
