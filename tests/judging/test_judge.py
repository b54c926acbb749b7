"""What passes, what fails, and what is never guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.ground.verdicts import Judgement, Verdict, to_html
from mathpost.judging import judge
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims

rng = np.random.default_rng(11)
SAMPLE = rng.gamma(2.0, 1.5, size=12)
LARGE = rng.gamma(2.0, 1.5, size=4000)
P = stats.rv_discrete(values=([0, 1, 2], [0.2, 0.3, 0.5]))
Q = stats.rv_discrete(values=([0, 1, 2], [0.5, 0.2, 0.3]))


def divergence(p: Any, q: Any) -> float:
    return float(stats.entropy(p.pk, q.pk))


BASE: dict[str, Any] = {
    "a": 2.0,
    "b": 3.0,
    "z": 0.0,
    "m": 12,
    "n": 3,
    "v": np.array([1.0, 2.0, 3.0]),
    "M": np.ones((12, 3)),
    "Z": np.zeros((3, 3)),
    "t": Variable(Box(-4, 4)),
    "y": Variable({0, 1}),
    r"\chi": [0, 1, 2],
    "P(x)": P,
    "Q(x)": Q,
    "D(P || Q)": divergence,
    "x^{(i)}": SAMPLE,
    "w^{(i)}": SAMPLE + 1,
    r"\theta": Variable(Box(0.1, 20)),
    r"p(x; \theta)": lambda theta: stats.expon(scale=theta),
    r"\theta_{ML}": SAMPLE.mean(),
    r"s(t)": lambda t: 1 / (1 + np.exp(-t)),
}


def verdict(text: str, **more: Any) -> Verdict:
    """The verdict on the last claim of a text."""
    draw = Draw(Notation({**BASE, **more}))
    return [judge_claim(claim, [draw]) for claim in find_claims(cells(text))][-1]


PASSES = r"""
a + 1 = b
\frac{a}{b} = 0.67
\frac{a}{b} = 0.6667
\frac{a}{b} \approx 0.67
a \neq b
a < b
a \leq 2
s(t) \in (0, 1)
s(t) = \frac{1}{1 + e^{-t}}
y \in \{0, 1\}
y^2 = y
v \in \mathbb{R}^n
M \in \mathbb{R}^{m \times n}
v, v \in \mathbb{R}^n
(v, a) \in \mathbb{R}^n \times \mathbb{R}
x^{(i)} > 0
(x^{(i)}, w^{(i)}) \in \mathbb{R} \times \mathbb{R}
D(P || P) = 0
D(P || Q) \geq 0
D(P || Q) \neq D(Q || P)
D(P || Q) = \sum_{x \in \chi} P(x) \log \frac{P(x)}{Q(x)}
D(P || Q) = \mathbb{E}_{x \sim P} [\log P(x) - \log Q(x)]
\theta_{ML} = \arg\max_\theta \prod_{i=1}^m p(x^{(i)}; \theta)
\theta_{ML} = \arg\max_\theta \sum_{i=1}^m \log p(x^{(i)}; \theta)
\theta_{ML} = \arg\min_\theta -\frac{1}{m} \sum_{i=1}^m \log p(x^{(i)}; \theta)
\theta_{ML} = \arg\max_\theta \frac{1}{m} \sum_{i=1}^m \log p(x^{(i)}; \theta) + a
3 s(t) \propto s(t)
u := a + b
w := \sum_{i=1}^m x^{(i)}
"""
FAILS = r"""
a = b | the two sides differ
\frac{a}{b} = 0.66 | the two sides differ
\frac{a}{b} \approx 0.7667 | the two sides differ
a \neq 2 | the two sides are equal
a > b | the order is broken
a < 2 | the order is broken
s(t) \in (0.2, 1) | the left side does not lie in the set
y = y^3 + t | the two sides differ at
y = 1 | the two sides differ at y = 0
v \in \mathbb{R}^m | the left side does not lie in the set
M \in \mathbb{R}^{n \times m} | the left side does not lie in the set
D(P || Q) = \sum_{x \in \chi} P(x) \left( \frac{P(x)}{Q(x)} \right) | the two sides differ
D(P || Q) = \sum_{x \in \chi} Q(x) \log \frac{P(x)}{Q(x)} | the two sides differ
D(P || Q) = 0 | the two sides differ
\theta_{ML} = \arg\max_\theta \sum_{i=2}^m \log p(x^{(i)}; \theta) | the optima are at different places
\theta_{ML} = \arg\max_\theta \sum_{i=1}^m p(x^{(i)}; \theta) | the optima are at different places
3 s(t) \propto s(t) + 1 | the ratio of the two sides is not constant
"""
UNDECIDED = r"""
a = a | both sides are the same expression, so nothing is checked
\mathbf{v} = v | both sides are the same expression, so nothing is checked
\gamma = a | `\gamma` has no binding: add `\gamma` to the notation
v = a | the left side is a vector of 3, the right side a number
\frac{a}{z} = a | `\frac{a}{z}` is not finite
a \approx b | nothing was sampled, so `\approx` has no scale: give the notation an rtol
\theta_{ML} = \arg\max_\theta a | the objective is flat: it has the same value in all of its domain
\theta_{ML} = \arg\min_\theta \log \theta | the objective is best at the edge of its domain: it has no maximum inside
\theta_{ML} = \arg\max_a a | `a` has no domain to search: bind it to Variable(Box(lower, upper))
\theta_{ML} = \arg\max_\theta \log p(x^{(i)}; \theta) | the index `i` is free: no sum or product binds it
\theta_{ML} = \arg\max_\theta \sum_{i=1}^m (\theta) + x^{(i)} | the index `i` is free: no sum or product binds it
\int P(x) x dx = a | `P(x)` is discrete: it has no density to integrate; write a sum
Z^{-1} v = v | a matrix of the claim: Singular matrix
\sum_{i=1}^{10^9} i = a | this asks for 1e+09 points at once, which is too many
\sum_i a_i = a | `i` has no bounds, and what it is an index of has no entries
\nabla f = v | `\nabla \left( f \right)` does not say with respect to what: write it below the \nabla
a \sim P | a statement about how data were drawn is not evaluated: waive it with a reason
D(P || Q) = \mathbb{E}_{x \sim P} [\log P(x^{(i)}) - \log Q(x)] | the index `i` is free: no sum or product binds it
"""


def _cases(table: str) -> list[tuple[str, str]]:
    rows = [line.rpartition(" | ") if " | " in line else (line, "", "") for line in table.strip().splitlines()]
    return [(latex.strip(), reason.strip()) for latex, _, reason in rows]


@pytest.mark.parametrize("latex", PASSES.strip().splitlines())
def test_a_true_claim_passes(latex: str) -> None:
    got = verdict(f"$$ {latex} $$")
    assert (got.outcome, got.judgement.reason) == ("pass", "")


@pytest.mark.parametrize(("latex", "reason"), _cases(FAILS))
def test_a_false_claim_fails_and_says_how(latex: str, reason: str) -> None:
    got = verdict(f"$$ {latex} $$")
    assert got.outcome == "fail"
    assert got.judgement.reason.startswith(reason)


@pytest.mark.parametrize(("latex", "reason"), _cases(UNDECIDED))
def test_a_claim_without_a_value_is_inconclusive_and_says_what_to_do(latex: str, reason: str) -> None:
    got = verdict(f"$$ {latex} $$")
    assert (got.outcome, got.judgement.reason) == ("inconclusive", reason)


def test_a_sample_mean_approaches_its_expectation_within_its_standard_error() -> None:
    more = {"x^{(i)}": LARGE, "m": 4000, "g(x)": stats.gamma(2.0, scale=1.5)}
    got = verdict(r"$\frac{1}{m} \sum_{i=1}^m x^{(i)} \approx \mathbb{E}_{x \sim g}[x]$", **more)
    assert got.outcome == "pass"
    assert got.judgement.tolerance_source.startswith("4 standard errors of what was sampled")
    assert got.judgement.tolerance == pytest.approx(4 * LARGE.std() / np.sqrt(4000), rel=0.5)


def test_a_sample_mean_is_not_within_its_standard_error_of_another_expectation() -> None:
    more = {"x^{(i)}": LARGE, "m": 4000, "g(x)": stats.gamma(2.0, scale=1.8)}
    assert verdict(r"$\frac{1}{m} \sum_{i=1}^m x^{(i)} \approx \mathbb{E}_{x \sim g}[x]$", **more).outcome == "fail"


def test_an_estimate_approaches_the_best_parameter_within_its_standard_error() -> None:
    more = {"x^{(i)}": LARGE, "m": 4000, "g(x)": stats.gamma(2.0, scale=1.5)}
    claim = (
        r"$\arg\max_\theta \sum_{i=1}^m \log p(x^{(i)}; \theta)"
        r" \approx \arg\max_\theta \mathbb{E}_{x \sim g}[\log p(x; \theta)]$"
    )
    got = verdict(claim, **more)
    assert (got.outcome, got.judgement.tolerance_source) == ("pass", "4 standard errors of what was sampled")
    assert got.judgement.tolerance == pytest.approx(4 * LARGE.std() / np.sqrt(4000), rel=0.5)


def test_a_definition_gives_its_symbol_a_meaning_for_what_follows() -> None:
    assert verdict(r"$r := s(t)$ and $r = \frac{1}{1 + e^{-t}}$").outcome == "pass"
    assert verdict(r"$r(t) := s(t) a$ and $r(t) = \frac{2}{1 + e^{-t}}$").outcome == "pass"
    assert verdict(r"$a := b$").outcome == "fail"


def test_a_waived_claim_is_unchecked_with_its_reason() -> None:
    got = verdict('$a = b$ {#eq-x .unchecked reason="a convention"}')
    assert (got.outcome, got.judgement.reason) == ("unchecked", "a convention")


def test_a_bracketed_exponent_is_a_power_and_says_so() -> None:
    got = verdict("$a^{(y)} = 1 + y$")
    remark = "`^{(y)}` is read as a power: a sample index needs data in the notation"
    assert (got.outcome, got.judgement.remarks) == ("pass", (remark,))


def test_the_worst_of_several_draws_wins() -> None:
    (claim,) = find_claims(cells("$a = 2$"))
    draws = [Draw(Notation({"a": 2.0})), Draw(Notation({"a": 3.0}))]
    assert judge_claim(claim, draws).outcome == "fail"
    assert judge_claim(claim, draws[:1]).outcome == "pass"


def test_a_kink_at_the_optimum_is_found() -> None:
    more = {"x^{(i)}": SAMPLE[:11], "m": 11, "c": np.median(SAMPLE[:11]), r"\mu": Variable(Box(0, 20))}
    assert verdict(r"$c = \arg\min_\mu \sum_{i=1}^m |x^{(i)} - \mu|$", **more).outcome == "pass"


def test_a_tuple_of_two_observations_is_no_sample() -> None:
    got = verdict(r"$(x^{(1)}, w^{(m)}) \in \mathbb{R} \times \mathbb{R}$")
    reason = r"`\left( x^{(1)}, w^{(m)} \right)` pairs parts of different samples: give them one index"
    assert (got.outcome, got.judgement.reason) == ("inconclusive", reason)


def test_a_plateau_has_no_best_place() -> None:
    got = verdict(r"$\theta_{ML} = \arg\max_\theta \lfloor \theta / 9 \rfloor$")
    reason = "the objective is flat around its best point, so the place is not determined"
    assert (got.outcome, got.judgement.reason) == ("inconclusive", reason)


def test_two_equally_good_places_are_a_set() -> None:
    more = {"u": Variable(Box(-3, 3)), "h": 1.0}
    assert verdict(r"$h = \arg\min_u (u^2 - 1)^2$", **more).outcome == "fail"
    assert verdict(r"$\arg\max_u -(u^2 - 1)^2 = \arg\min_u (u^2 - 1)^2$", **more).outcome == "pass"


def test_the_best_vector_agrees_with_least_squares() -> None:
    design, targets = rng.normal(size=(9, 3)), rng.normal(size=9)
    solution = np.linalg.lstsq(design, targets, rcond=None)[0]
    more = {"A": design, "c": targets, r"\hat{w}": solution, "w": Variable(Box(-5 * np.ones(3), 5 * np.ones(3)))}
    assert verdict(r"$\hat{w} = \arg\min_w \|A w - c\|_2^2$", **more).outcome == "pass"
    assert verdict(r"$\hat{w} = \arg\min_w \|A w - c\|_1$", **more).outcome == "fail"


class OnlySampled:
    """A law that gives its density and samples, and nothing to integrate by."""

    def pdf(self, x: Any) -> Any:
        return stats.gamma(2.0).pdf(x)

    def rvs(self, size: int, random_state: int) -> Any:
        return stats.gamma(2.0).rvs(size=size, random_state=random_state)


@pytest.mark.parametrize(
    ("relation", "mean", "outcome"),
    [
        ("=", 2.03, "inconclusive"),
        ("=", 2.5, "fail"),
        (r"\approx", 2.0, "pass"),
        (r"\approx", 2.03, "pass"),
        (r"\approx", 2.5, "fail"),
        (r"\leq", 1.97, "inconclusive"),
        (r"\leq", 2.5, "pass"),
    ],
)
def test_what_is_known_by_a_sample_of_a_law_is_about_right_at_best(relation: str, mean: float, outcome: str) -> None:
    got = verdict(rf"$\mathbb{{E}}_{{x \sim r}}[x] {relation} c$", **{"r(x)": OnlySampled(), "c": mean})
    assert got.outcome == outcome, got.judgement.reason


def test_an_exception_that_nobody_foresaw_is_a_verdict_on_its_claim_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: Any) -> Judgement:
        raise ZeroDivisionError("by zero")

    monkeypatch.setitem(vars(judge)["JUDGES"], "=", broken)
    got = [judge_claim(claim, [Draw(Notation(BASE))]) for claim in find_claims(cells("$a = 2$ and $a < 3$"))]
    reason = "it could not be evaluated (ZeroDivisionError: by zero): write it otherwise, or waive it with a reason"
    assert [(each.outcome, each.judgement.reason) for each in got] == [("inconclusive", reason), ("pass", "")]


def test_a_key_that_cannot_be_read_is_a_verdict_on_the_claims_of_its_check() -> None:
    got = verdict("$a = 2$", **{"a + b": 0.9})
    reason = "Notation: not supported as the key of a notation: write a name, `x_i`, or `f(x)`\n    a + b\n    ^"
    assert (got.outcome, got.judgement.reason) == ("inconclusive", reason)


ROWS = [
    (
        Verdict("eq-a", 1, 2, "a < b", "<", Judgement("pass", 1.0, 2.0, 1.0, 1e-9)),
        ["eq-a: $a &lt; b$", "✓ pass", "1", "2", "1", "1e-09", ""],
    ),
    (
        Verdict("val-a", 1, 2, "It is 2.", "number", Judgement("fail", 2.0, 3.0, 1.0, 0.5, "half a unit", "it is 3")),
        ["val-a: It is 2.", "✗ fail", "2", "3", "1", "0.5 (half a unit)", "it is 3"],
    ),
]


@pytest.mark.parametrize(("shown", "cells"), ROWS, ids=[row[0].id for row in ROWS])
def test_a_verdict_is_a_row_of_the_table_in_the_notebook(shown: Verdict, cells: list[str]) -> None:
    assert f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" in to_html([shown])


def test_an_element_is_told_by_its_shape() -> None:
    got = verdict(r"$v \in \mathbb{R}^m$", v=np.ones(4), m=4)
    assert (got.outcome, got.judgement.left) == ("pass", "a vector of 4")
