"""Formulas as the field writes them, each judged under a notation that knows the answer by another route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims

rng = np.random.default_rng(0)
JOINT = rng.dirichlet(np.ones(12)).reshape(3, 4)
MIXTURE = rng.dirichlet(np.ones(4))
DESIGN, TARGETS, WEIGHTS = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3)
LABELS = np.array([0.0, 1, 1, 0, 1, 0, 1])
SCORES = rng.normal(size=4)
SAMPLE = rng.normal(size=9)
GAMMA = stats.gamma(2.0, scale=1.5)
STATES, ACTIONS, DISCOUNT = 3, 2, 0.9
MOVES = rng.dirichlet(np.ones(STATES), size=(STATES, ACTIONS))
REWARDS = rng.normal(size=(STATES, ACTIONS))
POLICY = rng.dirichlet(np.ones(ACTIONS), size=STATES)
VALUES = np.linalg.solve(
    np.eye(STATES) - DISCOUNT * np.einsum("sa,sat->st", POLICY, MOVES), (POLICY * REWARDS).sum(axis=1)
)

LATENT: dict[str, Any] = {
    "p(x, z)": lambda x, z: JOINT[int(x), int(z)],
    "p(x | z)": lambda x, z: JOINT[int(x), int(z)] / JOINT[:, int(z)].sum(),
    "p(z | x)": lambda z, x: JOINT[int(x), int(z)] / JOINT[int(x)].sum(),
    "p(x)": lambda x: JOINT[int(x)].sum(),
    "p(z)": lambda z: JOINT[:, int(z)].sum(),
    "q(z)": stats.rv_discrete(values=(range(4), MIXTURE)),
    "x": Variable(range(3)),
    "z": Variable(range(4)),
    r"\mathcal{Z}": range(4),
}
REGRESSION: dict[str, Any] = {
    "X": DESIGN,
    "y": TARGETS,
    "t": LABELS,
    "t_i": LABELS,
    "x_i": DESIGN,
    "m": 7,
    "I": np.eye(3),
    r"\lambda": 0.3,
    r"\hat{w}": np.linalg.solve(DESIGN.T @ DESIGN + 0.3 * np.eye(3), DESIGN.T @ TARGETS),
    "w": Variable(Box(-3 * np.ones(3), 3 * np.ones(3))),
    r"\sigma(u)": special.expit,
    "z": Variable(Box(-3, 3)),
    "L(w)": lambda w: np.sum(np.logaddexp(0, DESIGN @ w) - LABELS * (DESIGN @ w)),
}
SOFTMAX: dict[str, Any] = {
    "z": SCORES,
    "K": 4,
    "s": special.softmax(SCORES),
    r"\text{softmax}(z)": special.softmax,
    "i": Variable(range(1, 5)),
    "j": Variable(range(1, 5)),
}
MOMENTS: dict[str, Any] = {
    "X": GAMMA,
    r"\mu": 3.0,
    "a": 2.2,
    "b": -1.0,
    "f(x)": GAMMA,
    "F(x)": GAMMA.cdf,
    "x": Variable(Box(0.1, 9.0)),
    "H(X)": lambda law: law.entropy(),
}
STATISTICS: dict[str, Any] = {
    "n": 9,
    "x_i": SAMPLE,
    "x": Variable(Box(-1, 1)),
    r"\bar{x}": SAMPLE.mean(),
    "s": SAMPLE.std(ddof=1),
}
LEARNING: dict[str, Any] = {
    r"V^\pi(s)": lambda s: VALUES[int(s)],
    r"Q^\pi(s, a)": lambda s, a: (REWARDS + DISCOUNT * MOVES @ VALUES)[int(s), int(a)],
    r"\pi(a | s)": lambda s: stats.rv_discrete(values=(range(ACTIONS), POLICY[int(s)])),
    "P(s' | s, a)": lambda following, s, a: MOVES[int(s), int(a), int(following)],
    "R(s, a)": lambda s, a: REWARDS[int(s), int(a)],
    r"\gamma": DISCOUNT,
    "s": Variable(range(STATES)),
    "a": Variable(range(ACTIONS)),
    "s'": Variable(range(STATES)),
    r"\mathcal{S}": range(STATES),
    r"\mathcal{A}": range(ACTIONS),
}

TRUE: list[tuple[Mapping[str, Any], str]] = [
    (LATENT, r"p(x) = \sum_z p(x, z)"),
    (LATENT, r"p(x) = \sum_{z} p(x | z) p(z)"),
    (LATENT, r"p(z | x) = \frac{p(x | z) p(z)}{p(x)}"),
    (LATENT, r"p(z|x) \propto p(x|z) p(z)"),
    (LATENT, r"\log p(x) \geq \mathbb{E}_{z \sim q}[\log p(x, z) - \log q(z)]"),
    (LATENT, r"\log p(x) = \mathbb{E}_{q(z)}\left[\log \frac{p(x, z)}{q(z)}\right]"
             r" + \sum_{z \in \mathcal{Z}} q(z) \log \frac{q(z)}{p(z | x)}"),
    (REGRESSION, r"\hat{w} = (X^\top X + \lambda I)^{-1} X^\top y"),
    (REGRESSION, r"\hat{w} = \arg\min_{w} \|Xw - y\|^2 + \lambda \|w\|_2^2"),
    (REGRESSION, r"\nabla_{w} \|Xw - y\|_2^2 = 2 X^\top (Xw - y)"),
    (REGRESSION, r"L(w) = -\sum_{i=1}^m \left[ t_i \log \sigma(w^\top x_i)"
                 r" + (1 - t_i) \log(1 - \sigma(w^\top x_i)) \right]"),
    (REGRESSION, r"\nabla_w L(w) = X^\top (\sigma(X w) - t)"),
    (REGRESSION, r"\frac{\partial L(w)}{\partial w} = X^\top (\sigma(X w) - t)"),
    (REGRESSION, r"\nabla_w L = X^\top (\sigma(X w) - t)"),
    (REGRESSION, r"\frac{d\sigma}{dz} = \sigma(z)(1 - \sigma(z))"),
    (REGRESSION, r"\frac{d}{dz} \sigma(z) = \sigma(z)(1 - \sigma(z))"),
    (REGRESSION, r"\sigma'(z) = \sigma(z)(1 - \sigma(z))"),
    (SOFTMAX, r"\text{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"),
    (SOFTMAX, r"s_i = \frac{\exp(z_i)}{\sum_{j=1}^K \exp(z_j)}"),
    (SOFTMAX, r"\sum_{i=1}^K s_i = 1"),
    (SOFTMAX, r"\frac{\partial \, \text{softmax}(z)_i}{\partial z_j}"
              r" = \text{softmax}(z)_i (\mathbb{1}[i = j] - \text{softmax}(z)_j)"),
    (MOMENTS, r"\operatorname{Var}(X) = \mathbb{E}[X^2] - \mathbb{E}[X]^2"),
    (MOMENTS, r"\mathrm{Var}[X] = \mathbb{E}[(X - \mu)^2]"),
    (MOMENTS, r"\mathbb{E}[aX + b] = a \mathbb{E}[X] + b"),
    (MOMENTS, r"\mathbb{E}[\log X] \leq \log \mathbb{E}[X]"),
    (MOMENTS, r"\int_0^\infty f(x) dx = 1"),
    (MOMENTS, r"F(x) = \int_0^x f(t) dt"),
    (MOMENTS, r"H(X) = -\int_0^\infty f(x) \log f(x) dx"),
    (MOMENTS, r"\sum_{k=0}^\infty \frac{a^k}{k!} = e^a"),
    (STATISTICS, r"\bar{x} = \frac{1}{n} \sum_{i=1}^n x_i"),
    (STATISTICS, r"s^2 = \frac{1}{n-1} \sum_{i=1}^n (x_i - \bar{x})^2"),
    (STATISTICS, r"x_i \in \mathbb{R}"),
    (LEARNING, r"V^\pi(s) = \sum_a \pi(a | s) \sum_{s'} P(s' | s, a) \left[ R(s, a) + \gamma V^\pi(s') \right]"),
    (LEARNING, r"V^\pi(s) = \sum_{a \in \mathcal{A}} \pi(a|s) \left( R(s,a)"
               r" + \gamma \sum_{s' \in \mathcal{S}} P(s'|s,a) V^\pi(s') \right)"),
    (LEARNING, r"V^{\pi}(s) = \mathbb{E}_{a \sim \pi(\cdot | s)} [Q^\pi(s, a)]"),
]  # fmt: skip
FALSE: list[tuple[Mapping[str, Any], str]] = [
    (LATENT, r"p(x) = \sum_z p(x | z)"),
    (LATENT, r"p(z | x) = \frac{p(x | z) p(x)}{p(z)}"),
    (LATENT, r"p(z|x) \propto p(x|z)"),
    (LATENT, r"\log p(x) \leq \mathbb{E}_{z \sim q}[\log p(x, z) - \log q(z)]"),
    (REGRESSION, r"\hat{w} = (X^\top X)^{-1} X^\top y"),
    (REGRESSION, r"\nabla_{w} \|Xw - y\|_2^2 = X^\top (Xw - y)"),
    (REGRESSION, r"\sigma'(z) = \sigma(z)(1 + \sigma(z))"),
    (SOFTMAX, r"s_i = \frac{\exp(z_i)}{\sum_{j=1}^{K-1} \exp(z_j)}"),
    (SOFTMAX, r"\frac{\partial \, \text{softmax}(z)_i}{\partial z_j} = \text{softmax}(z)_i (1 - \text{softmax}(z)_j)"),
    (MOMENTS, r"\operatorname{Var}(X) = \mathbb{E}[X^2] - \mathbb{E}[X]"),
    (MOMENTS, r"F(x) = \int_0^x f(x) dt"),
    (STATISTICS, r"s^2 = \frac{1}{n} \sum_{i=1}^n (x_i - \bar{x})^2"),
    (LEARNING, r"V^\pi(s) = \sum_a \pi(a | s) \sum_{s'} P(s' | s, a) \left[ R(s, a) + V^\pi(s') \right]"),
]


def outcome(bindings: Mapping[str, Any], latex: str) -> tuple[str, str]:
    (claim,) = find_claims(cells(f"$$ {latex} $$"))
    verdict = judge_claim(claim, [Draw(Notation(bindings))])
    return verdict.outcome, verdict.judgement.reason


@pytest.mark.parametrize(("bindings", "latex"), TRUE, ids=[latex for _, latex in TRUE])
def test_a_formula_of_the_field_passes(bindings: Mapping[str, Any], latex: str) -> None:
    assert outcome(bindings, latex) == ("pass", "")


@pytest.mark.parametrize(("bindings", "latex"), FALSE, ids=[latex for _, latex in FALSE])
def test_its_false_sister_fails(bindings: Mapping[str, Any], latex: str) -> None:
    assert outcome(bindings, latex)[0] == "fail"
