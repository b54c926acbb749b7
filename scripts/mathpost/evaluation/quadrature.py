"""Fixed quadrature rules: points and weights for one vectorised pass over an integrand.

The rules are double-exponential (Takahasi and Mori, 1974; the tanh-sinh rule and its forms for infinite ranges).
They ask nothing of the integrand at the ends of the range and converge exponentially for analytic integrands. Every
rule comes in two resolutions; the coarse one takes every second point, so that the difference of the two results is
an error bound that carries through whatever is computed from the integral.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

STEP = 1 / 32
REACH = 4.0
SMALLEST_PROBABILITY = 1e-40
OUTERMOST = 3
NARROW = 1e-6


@dataclass(frozen=True)
class Rule:
    """`points` has shape (N,) or (N, n); `weights` (N,). `method` names the rule in a verdict.

    `outermost` marks the points next to the ends of what the rule reaches: their terms are nothing if it converges.
    """

    points: Numbers
    weights: Numbers
    method: str
    outermost: Numbers

    @classmethod
    def exact(cls, points: Numbers, weights: Numbers, method: str) -> Rule:
        """A rule without ends."""
        return cls(points, weights, method, np.zeros(len(weights), dtype=bool))


def outermost(count: int) -> Numbers:
    """The first points of a rule and the last."""
    marks = np.zeros(count, dtype=bool)
    marks[:OUTERMOST] = marks[max(count - OUTERMOST, 0) :] = True
    return marks


def _abscissae(fine: bool, reach: float = REACH) -> tuple[Numbers, float]:
    step = STEP if fine else 2 * STEP
    count = int(reach / step)
    return np.arange(-count, count + 1) * step, step


def probability_rule(fine: bool) -> tuple[Numbers, Numbers]:
    """Points u in (0, 1/2] and weights of a tanh-sinh rule for the lower half of a law's probabilities.

    An expectation is the integral of f(ppf(u)) over the lower half plus that of f(isf(u)) over the upper: both ends
    are reached without the rounding of 1 - u.
    """
    t, step = _abscissae(fine, 4.5)
    inner = np.pi / 2 * np.sinh(t)
    u = 0.5 / (1 + np.exp(-2 * inner))
    weights = 0.25 * step * (np.pi / 2) * np.cosh(t) / np.cosh(inner) ** 2
    kept = u > SMALLEST_PROBABILITY
    return u[kept], weights[kept]


def interval_rule(lower: float, upper: float, centre: float, scale: float, fine: bool) -> Rule:
    """A rule for an interval, finite or not. `centre` and `scale` place the points of an infinite one."""
    t, step = _abscissae(fine)
    inner, slope = np.pi / 2 * np.sinh(t), np.pi / 2 * np.cosh(t) * step
    if np.isfinite(lower) and np.isfinite(upper):
        half = (upper - lower) / 2
        # the distance from the nearer end, so that points close to an end keep their digits
        distance = half * np.exp(-np.abs(inner)) / np.cosh(inner)
        points = np.where(inner < 0, lower + distance, upper - distance)
        weights = half * slope / np.cosh(inner) ** 2
        inside = (points > lower) & (points < upper)
        return Rule(points[inside], weights[inside], "tanh-sinh quadrature", outermost(int(inside.sum())))
    if np.isfinite(lower) or np.isfinite(upper):
        distance = scale * np.exp(inner)
        points = lower + distance if np.isfinite(lower) else upper - distance
        return Rule(points, distance * slope, "exp-sinh quadrature", outermost(len(points)))
    points = centre + scale * np.sinh(inner)
    return Rule(points, scale * np.cosh(inner) * slope, "sinh-sinh quadrature", outermost(len(points)))


def ends_rule(lower: float, upper: float, fine: bool) -> tuple[Rule, Numbers]:
    """A tanh-sinh rule, whose points are told by their distances from the nearer end: -1 stands for the lower one."""
    t, step = _abscissae(fine)
    inner, half = np.pi / 2 * np.sinh(t), (upper - lower) / 2
    distances = half * np.exp(-np.abs(inner)) / np.cosh(inner)
    weights = half * (np.pi / 2) * np.cosh(t) * step / np.cosh(inner) ** 2
    return Rule(np.where(inner < 0, -1.0, 1.0), weights, "tanh-sinh quadrature", outermost(len(t))), distances


def split_rule(lower: Numbers, upper: Numbers, breaks: Numbers, centre: float, scale: float, fine: bool) -> Rule:
    """A rule for an interval that is cut at some points: one rule for each piece.

    `lower` and `upper` are numbers, or of shape (…, 1); `breaks` of shape (…, K), filled up with NaN: rules
    side by side.
    """
    infinite = (bool(np.any(np.isinf(lower))), bool(np.any(np.isinf(upper))))
    spare = {(False, False): upper, (True, False): upper, (False, True): lower, (True, True): np.asarray(centre)}
    inner = np.where(
        np.isnan(breaks), spare[infinite], np.clip(breaks, np.minimum(lower, upper), np.maximum(lower, upper))
    )
    batch = np.broadcast_shapes(np.shape(lower)[:-1], np.shape(upper)[:-1], inner.shape[:-1])
    backwards = np.where(np.asarray(lower) > upper, -1.0, 1.0)
    inner = backwards * np.sort(backwards * np.broadcast_to(inner, (*batch, inner.shape[-1])), axis=-1)
    first, last = (np.broadcast_to(end, (*batch, 1)) for end in (lower, upper))
    edges = np.concatenate([first, inner, last], axis=-1)
    ends = [edges[..., place, None] for place in range(edges.shape[-1])]
    parts = [_piece(low, high, scale, fine) for low, high in pairwise(ends)]
    points, weights = (np.concatenate([part[place] for part in parts], axis=-1) for place in (0, 1))
    alive = (weights != 0) | (np.abs(last - first) < NARROW * np.maximum(np.abs(first), np.abs(last)))
    marks = (alive.cumsum(axis=-1) <= OUTERMOST) | (alive[..., ::-1].cumsum(axis=-1)[..., ::-1] <= OUTERMOST)
    method = " and ".join(sorted({part[2] for part in parts}))
    return Rule(points, weights, method, marks & alive)


def _piece(low: Numbers, high: Numbers, scale: float, fine: bool) -> tuple[Numbers, Numbers, str]:
    """Points in increasing order, their weights, and the method; ends of shape (…, 1), finite or not."""
    t, step = _abscissae(fine)
    inner, slope = np.pi / 2 * np.sinh(t), np.pi / 2 * np.cosh(t) * step
    if np.all(np.isfinite(low)) and np.all(np.isfinite(high)):
        half = (high - low) / 2
        distance = half * np.exp(-np.abs(inner)) / np.cosh(inner)
        points = np.where(inner < 0, low + distance, high - distance)
        inside = (points - low) * (points - high) < 0
        weights = np.where(inside, half * slope / np.cosh(inner) ** 2, 0.0)
        return np.where(inside, points, low + half), weights, "tanh-sinh quadrature"
    distance = scale * np.exp(inner)
    if np.all(np.isfinite(low)):
        return low + distance, np.broadcast_to(distance * slope, (*low.shape[:-1], len(t))), "exp-sinh quadrature"
    weights = np.broadcast_to((distance * slope)[::-1], (*high.shape[:-1], len(t)))
    return high - distance[::-1], weights, "exp-sinh quadrature"


def tensor_rule(rules: tuple[Rule, ...]) -> Rule:
    """The product of two rules, one per dimension: points of shape (N, 2)."""
    grids = np.meshgrid(*(rule.points for rule in rules), indexing="ij")
    weights = rules[0].weights
    for rule in rules[1:]:
        weights = np.multiply.outer(weights, rule.weights)
    marks = np.logical_or.outer(rules[0].outermost, rules[-1].outermost).ravel()
    return Rule(np.stack([grid.ravel() for grid in grids], axis=-1), weights.ravel(), rules[0].method, marks)


def box_rule(lower: Numbers, upper: Numbers, centre: float, scale: float, fine: bool) -> Rule:
    """A rule for a box: one dimension, or a tensor product of at most two, whose points still fit in memory."""
    if lower.ndim == 0:
        return interval_rule(float(lower), float(upper), centre, scale, fine)
    if lower.size == 1:
        rule = interval_rule(float(lower[0]), float(upper[0]), centre, scale, fine)
        return replace(rule, points=rule.points[:, None])
    if lower.size > 2:
        raise EvaluationError(f"an integral over {lower.size} dimensions is not evaluated: write it as an expectation")
    return tensor_rule(
        tuple(interval_rule(low, high, centre, scale, fine) for low, high in zip(lower, upper, strict=True))
    )
