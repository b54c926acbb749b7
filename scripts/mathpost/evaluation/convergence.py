"""The sum of a quadrature rule, and whether it stands for an integral: its terms must vanish towards the ends."""

from __future__ import annotations

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import Weights
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.values import Array, Numbers, mapped, multiply, reduce_last, rounded
from mathpost.ground.errors import EvaluationError

LARGEST_SHARE_OUTSIDE = 1e-7
LARGEST_SHARE_AT_ENDS = 1e-12
DIVERGENT = (
    "an integral does not converge absolutely, or its integrand falls off too slowly to be integrated: "
    "what stands under it must vanish towards the ends of its range; waive the claim with a reason, or cut the range"
)


def integrated(weights: Weights, value: Array, inner: Environment) -> Array:
    """The sum of a rule. Errors: EvaluationError where its terms do not fall off towards the ends of the range."""
    if value.in_balls:
        terms = multiply(mapped(balls.computed, weights.values), value)
        sizes = sizes_of(rounded(terms), inner)
        if not np.all(np.isfinite(sizes)):
            logarithms = np.moveaxis(balls.log_sizes(terms.with_axes(inner.depth)), inner.depth - 1, -1)
            sizes = np.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
            require_convergence(weights, sizes, inner, value.rank)
        inner.trace.note_rounded(np.asarray(sizes.sum(axis=-1).max(initial=0.0)))
        return reduce_last(np.sum, terms, inner.depth, weights.values.batch[-1])
    terms = multiply(weights.values, value)
    sizes = sizes_of(terms, inner)
    require_convergence(weights, sizes, inner, value.rank)
    inner.trace.summed = max(inner.trace.summed, float(sizes.sum(axis=-1).max(initial=0.0)))
    return reduce_last(np.sum, terms, inner.depth, weights.values.batch[-1])


def require_convergence(weights: Weights, sizes: Numbers, inner: Environment, rank: int) -> None:
    if _share_outside(weights, sizes, inner, rank) > LARGEST_SHARE_OUTSIDE:
        raise EvaluationError(DIVERGENT)


def _share_outside(weights: Weights, sizes: Numbers, inner: Environment, rank: int) -> float:
    """The share of the outermost terms, the greatest over all else; NaN where some have no size."""
    if not np.any(weights.outermost.values):
        return 0.0
    outer = np.moveaxis(weights.outermost.with_axes(inner.depth, rank), inner.depth - 1, -1)
    outside, whole = (sizes * outer).sum(axis=-1), sizes.sum(axis=-1)
    return float(np.max(np.where(whole == 0, 0.0, outside / np.where(whole == 0, 1.0, whole))))


def sizes_of(terms: Array, inner: Environment) -> Numbers:
    """The sizes of terms, with the innermost batch axis last."""
    return np.moveaxis(np.abs(terms.with_axes(inner.depth)), inner.depth - 1, -1)


def has_mass_at_ends(weights: Weights, value: Array, inner: Environment) -> bool:
    if value.in_balls:
        return False
    sizes = sizes_of(multiply(weights.values, value), inner)
    return not _share_outside(weights, sizes, inner, value.rank) <= LARGEST_SHARE_AT_ENDS
