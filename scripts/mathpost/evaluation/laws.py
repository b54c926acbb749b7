"""Probability laws: what may stand behind `P(x)`, and how an expectation under it is taken.

A law is a SciPy distribution with its parameters given, an array of observations (each as probable as any other),
or an object of the author's own with `pmf` or `pdf`, and `support`, `ppf` and `isf`, or `rvs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any, TypeGuard

import numpy as np
from scipy import stats
from scipy.stats import qmc

from mathpost.evaluation.quadrature import OUTERMOST, Rule, interval_rule, probability_rule
from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

LONGEST_SUM = 100_000
HERMITE_NODES = 32
HERMITE_DIMENSIONS = 3
RANDOM_POINTS = 2**15
NEGLIGIBLE = 1e-30

_multivariate_normal = type(stats.multivariate_normal([0.0, 0.0]))
_listed_law = type(stats.rv_discrete(values=([0, 1], [0.5, 0.5])))


@dataclass(frozen=True)
class Family:
    """A law for each value of its conditions, of which there are so many."""

    of: Callable[..., Any]
    conditions: int

    def __call__(self, *conditions: Any) -> Any:
        return self.of(*conditions)


@dataclass(frozen=True)
class Derived:
    """A law that follows from others: `probability` is its mass function if it is discrete, else its density."""

    discrete: bool
    probability: Callable[[Numbers], Numbers]
    rule: Callable[[bool], Rule]

    def pdf(self, x: Numbers) -> Numbers:
        return self.probability(x)


def is_multivariate_normal(law: object) -> bool:
    return isinstance(law, _multivariate_normal)


def is_law(value: object) -> TypeGuard[Any]:
    return hasattr(value, "pdf") or hasattr(value, "pmf") or (hasattr(value, "logpdf") and hasattr(value, "rvs"))


def is_discrete(law: Any) -> bool:
    if isinstance(law, Derived):
        return law.discrete
    # SciPy's newer distributions have a pmf even where they are continuous
    continuous = any(base.__name__ == "ContinuousDistribution" for base in type(law).__mro__)
    return hasattr(law, "pmf") and not continuous


def density(law: Any, x: Numbers) -> Numbers:
    """The probability of `x` under a discrete law, its density under any other."""
    return np.asarray(law.pmf(x) if is_discrete(law) and hasattr(law, "pmf") else law.pdf(x))


def log_density(law: Any, x: Numbers) -> Numbers:
    name = "logpmf" if is_discrete(law) else "logpdf"
    if hasattr(law, name):
        return np.asarray(getattr(law, name)(x))
    with np.errstate(divide="ignore"):
        return np.log(density(law, x))


def support_points(law: Any) -> Numbers:
    """The points of a discrete law that carry all but a negligible probability."""
    if isinstance(law, Derived):
        return law.rule(True).points
    if isinstance(law, _listed_law):
        return np.asarray(law.xk, dtype=float)
    if not hasattr(law, "support"):
        raise EvaluationError(f"{_name(law)} does not tell its support: give it a method `support()`")
    support = law.support() if callable(law.support) else law.support
    if len(support) != 2 or not hasattr(law, "ppf"):
        return np.asarray(support, dtype=float)
    lower, upper = (float(end) for end in support)
    if np.isnan(lower) or np.isnan(upper):
        raise EvaluationError(f"{_name(law)} with these parameters is no law: is a rate or a probability out of range?")
    lower = lower if np.isfinite(lower) else _reach(law, law.cdf, -1)
    upper = upper if np.isfinite(upper) else _reach(law, law.sf, 1)
    if upper - lower > LONGEST_SUM:
        raise EvaluationError(f"{_name(law)} has more than {LONGEST_SUM} points that matter")
    return np.arange(lower, upper + 1)


def _reach(law: Any, tail: Callable[[float], float], direction: int) -> float:
    """The first of the doubling distances from the median behind which only a negligible probability remains."""
    median, distance = float(law.ppf(0.5)), 1.0
    while tail(median + direction * distance) > NEGLIGIBLE and distance <= LONGEST_SUM:
        distance *= 2
    return median + direction * distance


def quantiles(law: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]] | None:
    """The inverses of the distribution function and of its complement, under either of SciPy's names."""
    for lower, upper in (("ppf", "isf"), ("icdf", "iccdf")):
        if hasattr(law, lower) and hasattr(law, upper):
            return getattr(law, lower), getattr(law, upper)
    return None


def interval_of(law: Any) -> tuple[float, float, float, float]:
    """Support, centre and scale of a continuous law on the line."""
    lower, upper = (float(end) for end in (law.support() if callable(law.support) else law.support))
    inverses = quantiles(law)
    if inverses is None:
        return lower, upper, 0.0, 1.0
    low, centre, high = (float(inverses[0](u)) for u in (0.16, 0.5, 0.84))
    return lower, upper, centre, (high - low) / 2


@singledispatch
def expectation_rule(law: Any, fine: bool) -> Rule:
    """Points and weights with sum(weights * f(points)) the expectation of f under the law.

    Exact for finite laws and for data; quadrature for densities; a seeded random sample, which `method` says, where
    the law only gives `rvs`. Errors: EvaluationError if the law offers none of these.
    """
    if is_discrete(law):
        points = support_points(law)
        return Rule.exact(points, density(law, points), "exact sum")
    inverses = quantiles(law)
    if inverses is not None:
        return _quantile_rule(law, *inverses, fine=fine)
    if hasattr(law, "pdf") and hasattr(law, "support"):
        rule = interval_rule(*interval_of(law), fine)
        return replace(rule, weights=rule.weights * density(law, rule.points))
    if hasattr(law, "rvs"):
        return _sample_rule(law, fine)
    raise EvaluationError(f"{_name(law)} gives no expectation: it needs `pdf` and `support`, or `rvs`")


@expectation_rule.register
def _derived(law: Derived, fine: bool) -> Rule:
    return law.rule(fine)


@expectation_rule.register
def _observations(law: np.ndarray, fine: bool) -> Rule:
    return Rule.exact(law, np.full(len(law), 1 / len(law)), "mean over the data")


def _quantile_rule(law: Any, ppf: Callable[[Any], Any], isf: Callable[[Any], Any], fine: bool) -> Rule:
    u, weights = probability_rule(fine)
    points = np.concatenate([ppf(u), isf(u)])
    both = np.concatenate([weights, weights])
    lower, upper = law.support()
    if np.any(np.isnan([lower, upper])) or np.all(np.isnan(points)):
        raise EvaluationError(f"{_name(law)} with these parameters is no law: is a scale or a variance not positive?")
    inside = (points > lower) & (points < upper)
    marks = np.arange(len(both)) % len(u) < OUTERMOST  # the tails; the halves meet at the median
    return Rule(points[inside], both[inside], "tanh-sinh quadrature", marks[inside])


def pieced_rule(law: Any, fine: bool, breaks: Numbers) -> Rule:
    """The rule of a continuous law on the line, cut where an integrand has a jump or a kink: `breaks`, of shape (…, K).

    The law's parameters may be arrays of shape (…, 1): a rule for each, side by side. Each piece is taken by its
    probabilities, from that of the end that is nearer: P(X > a) is exact far out, too.
    """
    inverses = quantiles(law)
    if inverses is None:
        raise EvaluationError(f"{_name(law)} has no quantiles, so nothing can be cut at a condition")
    middle = np.asarray(inverses[0](0.5))
    below = np.minimum(breaks, middle), law.cdf, inverses[0]
    above = np.maximum(breaks, middle), law.sf if hasattr(law, "sf") else law.ccdf, inverses[1]
    u, half = probability_rule(fine)
    points, masses, marks = [], [], []
    for places, tail, inverse in (below, above):
        inner = np.sort(np.where(np.isnan(places), 0.5, np.clip(tail(places), 0, 0.5)), axis=-1)
        ends = np.zeros((*inner.shape[:-1], 1))
        edges = np.concatenate([ends, inner, ends + 0.5], axis=-1)
        for place in range(edges.shape[-1] - 1):
            low, high = edges[..., place, None], edges[..., place + 1, None]
            found = np.asarray(inverse(low + (high - low) * 2 * u))
            points.append(found)
            masses.append(np.broadcast_to(2 * half * (high - low), found.shape))
            marks.append((np.arange(len(u)) < OUTERMOST) & (place == 0))
    found, mass = np.concatenate(points, axis=-1), np.concatenate(masses, axis=-1)
    if np.all(np.isnan(found)):
        raise EvaluationError(f"{_name(law)} with these parameters is no law: is a scale or a variance not positive?")
    kept = np.isfinite(found)
    found, mass = np.where(kept, found, middle), np.where(kept, mass, 0.0)
    return Rule(found, mass, "tanh-sinh quadrature", np.broadcast_to(np.concatenate(marks), found.shape))


def _hermite_rule(law: Any, fine: bool) -> Rule:
    nodes, weights = np.polynomial.hermite_e.hermegauss(HERMITE_NODES if fine else HERMITE_NODES - 8)
    dimensions = len(law.mean)
    if dimensions > HERMITE_DIMENSIONS:
        return _sobol_rule(law, fine)
    grids = np.meshgrid(*[nodes] * dimensions, indexing="ij")
    standard = np.stack([grid.ravel() for grid in grids], axis=-1)
    tensor = weights / weights.sum()
    for _ in range(dimensions - 1):
        tensor = np.multiply.outer(tensor, weights / weights.sum())
    return Rule.exact(law.mean + standard @ np.linalg.cholesky(law.cov).T, tensor.ravel(), "Gauss-Hermite quadrature")


def _sobol_rule(law: Any, fine: bool) -> Rule:
    count = RANDOM_POINTS if fine else RANDOM_POINTS // 2
    uniform = qmc.Sobol(len(law.mean), seed=0).random(count)
    points = law.mean + stats.norm.ppf(uniform) @ np.linalg.cholesky(law.cov).T
    return Rule.exact(points, np.full(count, 1 / count), "quasi-Monte Carlo, seed 0")


expectation_rule.register(_multivariate_normal, _hermite_rule)


def _sample_rule(law: Any, fine: bool) -> Rule:
    count = RANDOM_POINTS if fine else RANDOM_POINTS // 2
    points = np.asarray(law.rvs(size=count, random_state=0))
    return Rule.exact(points, np.full(count, 1 / count), "Monte Carlo, seed 0")


def _name(law: object) -> str:
    return str(getattr(getattr(law, "dist", None), "name", None) or type(law).__name__)
