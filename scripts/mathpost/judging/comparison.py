"""Comparing the two sides of a claim: how far they may differ, and where they differ most.

Two values are equal to the accuracy of float64: `RTOL` of their size, and `ROUNDING` of the largest value in the same
batch, for what cancels. The bound that a quadrature or an optimiser reports is added, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from mathpost.evaluation import Environment
from mathpost.evaluation.optimise import Optimum
from mathpost.evaluation.values import Array, Numbers, batch_axes, have_one_shape, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement, Summary
from mathpost.judging.draw import Draw, Measured, at_point
from mathpost.judging.sampling import is_sampled, standard_error
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Negative, Node, Number

RTOL = 1e-9
ROUNDING = 1e-12
ZERO = 1e-10
STANDARD_ERRORS = 4.0
LARGEST_SAMPLING_ERROR = 1e-3
LARGEST_ROUNDING = 0.1


@dataclass(frozen=True)
class Case:
    """Both sides of a claim, in the environment in which they are compared."""

    relation: str
    left: Node
    right: Node
    draw: Draw
    environment: Environment

    def measure(self) -> tuple[Measured, Measured]:
        return self.draw.measure(self.left, self.environment), self.draw.measure(self.right, self.environment)


@dataclass(frozen=True)
class Tolerance:
    allowed: Numbers
    source: str


def equal(case: Case) -> Judgement:
    left, right = case.measure()
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return _same_optimum(left, right)
    judgement = compare(case, left, right, _equality_tolerance(case))
    if judgement.outcome == "pass":
        _refuse_coarse_samples(left, right)
    return judgement


def _equality_tolerance(case: Case) -> Tolerance | None:
    written = [digits for side in (case.left, case.right) if (digits := _written(side)) is not None]
    if len(written) != 1:
        return None  # two numbers are equal only if they are the same
    if "." in written[0]:
        return Tolerance(np.asarray(_half_unit(written[0])), "half a unit of the last digit")
    if float(written[0]) == 0:
        return Tolerance(np.asarray(ZERO), "absolute, beside a zero")
    return None


def _written(side: Node) -> str | None:
    """The digits of a side that is nothing but a number."""
    node = side.operand if isinstance(side, Negative) else side
    return node.text if isinstance(node, Number) else None


def _half_unit(digits: str) -> float:
    exponent = Decimal(digits).as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent * (1 + 1e-9)


def _refuse_coarse_samples(left: Measured, right: Measured) -> None:
    """Errors: EvaluationError for an equality of what is only known by a random sample of a law."""
    for side in (left, right):
        sampled = [method for method in side.methods if "Monte Carlo" in method]
        if sampled and np.any(side.error > LARGEST_SAMPLING_ERROR * max(_size(side), 1e-300)):
            raise EvaluationError(
                f"by {' and '.join(sampled)} a side is known to {side.error.max():.1g}, too little for an equality: "
                "give the law `ppf`, `isf` and `support`, or write `\\approx`"
            )


def compare(case: Case, left: Measured, right: Measured, stated: Tolerance | None) -> Judgement:
    a, b, rank = aligned(left.value, right.value, case)
    size = np.maximum(np.abs(a), np.abs(b))
    tolerance = stated or Tolerance(RTOL * size + ROUNDING * size.max(initial=0.0), "float64 accuracy")
    allowed = np.broadcast_to(tolerance.allowed, a.shape) + bound_of(left, a, rank) + bound_of(right, a, rank)
    methods = " and ".join(sorted(left.methods | right.methods))
    source = f"{tolerance.source}, and the error bound of {methods}" if methods else tolerance.source
    difference = np.abs(a - b)
    holds = bool(np.all(difference <= allowed))
    worst = np.unravel_index(int(np.argmax(size if holds else difference - allowed)), a.shape)
    point = "" if holds else point_told(case, worst, a.ndim - rank)
    reason = "" if holds else f"the two sides differ{point}"
    return Judgement(
        "pass" if holds else "fail",
        summary_at(a, worst, rank),
        summary_at(b, worst, rank),
        float(difference[worst]),
        float(allowed[worst]),
        source,
        reason,
    )


def aligned(left: object, right: object, case: Case) -> tuple[Numbers, Numbers, int]:
    """Both sides as finite arrays of one shape, and the number of axes that belong to the values themselves."""
    if not (isinstance(left, Array) and isinstance(right, Array)):
        raise EvaluationError("an arg max has no order and no size to compare")
    if not have_one_shape(left, right):
        raise EvaluationError(f"the left side is {shape_of(left)}, the right side {shape_of(right)}")
    for side, value in ((case.left, left), (case.right, right)):
        if not np.all(np.isfinite(value.values)):
            raise EvaluationError(f"`{to_latex(side)}` is not finite")
        if value.values.size == 0:
            raise EvaluationError(f"`{to_latex(side)}` is empty")
    axes = batch_axes(left, right)
    a, b = np.broadcast_arrays(left.with_axes(axes), right.with_axes(axes))
    return a, b, left.rank


def bound_of(side: Measured, like: Numbers, rank: int) -> Numbers:
    assert isinstance(side.value, Array)
    padded = Array(side.error, rank).with_axes(like.ndim - rank)
    return np.broadcast_to(padded, like.shape)


def summary_at(values: Numbers, worst: tuple[np.intp, ...], rank: int) -> Summary:
    here = values[worst[: values.ndim - rank]]
    if here.ndim == 0:
        return float(here)
    return np.array2string(here, precision=6, threshold=6, edgeitems=2)


def point_told(case: Case, worst: tuple[np.intp, ...], axes: int) -> str:
    """Where the sides differ most, in the variables that the claim speaks of."""
    names = {case.environment.named(node) for side in (case.left, case.right) for node in walk(side)}
    values = at_point(case.environment, tuple(int(k) for k in worst[:axes]))
    told = [f"{name} = {_short(value)}" for name, value in values.items() if name in names]
    return f" at {', '.join(told)}" if told else ""


def _short(value: Numbers) -> str:
    return (
        f"{float(value):.4g}" if np.ndim(value) == 0 else np.array2string(value, precision=4, threshold=6, edgeitems=2)
    )


def _same_optimum(left: Measured, right: Measured, extra: Numbers | float = 0.0, source: str = "") -> Judgement:
    a, b = (_places(side) for side in (left, right))
    if a.shape[1] != b.shape[1]:
        raise EvaluationError(f"the left side has {a.shape[1]} components, the right side {b.shape[1]}")
    tolerance = _place_tolerance(left) + _place_tolerance(right) + RTOL * np.abs(np.concatenate([a, b])).max() + extra
    apart = np.abs(a[:, None, :] - b[None, :, :])
    excess = (apart - tolerance).max(axis=2)
    holds = bool(np.all(excess.min(axis=0) <= 0) and np.all(excess.min(axis=1) <= 0))
    nearest = apart.max(axis=2)
    difference = max(nearest.min(axis=0).max(), nearest.min(axis=1).max())
    return Judgement(
        "pass" if holds else "fail",
        _place_summary(a),
        _place_summary(b),
        float(difference),
        float(tolerance.max()),
        source or "the curvature of the objective",
        "" if holds else "the optima are at different places",
    )


def _places(side: Measured) -> Numbers:
    if isinstance(side.value, Optimum):
        return side.value.places
    values = side.value.values
    if side.value.rank > 1 or any(length != 1 for length in side.value.batch):
        raise EvaluationError("an arg max can be compared with one number or one vector only")
    if not np.all(np.isfinite(values)):
        raise EvaluationError("the value beside an arg max is not finite")
    return values.reshape(1, -1)


def _place_tolerance(side: Measured) -> Numbers:
    return side.value.tolerance + side.error if isinstance(side.value, Optimum) else np.zeros(1)


def _place_summary(places: Numbers) -> Summary:
    return float(places.item()) if places.size == 1 else np.array2string(places.squeeze(), precision=6, threshold=6)


def approximate(case: Case) -> Judgement:
    left, right = case.measure()
    tolerance = _approximate_tolerance(case, left, right)
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return _same_optimum(left, right, tolerance.allowed, tolerance.source)
    return compare(case, left, right, tolerance)


def _approximate_tolerance(case: Case, left: Measured, right: Measured) -> Tolerance:
    written = [digits for side in (case.left, case.right) if (digits := _written(side)) is not None]
    if written and any(float(digits) or "." in digits for digits in written):
        return max(map(_rounding, written), key=lambda tolerance: float(tolerance.allowed))
    if written and not _is_sampled(case):
        return _beside_zero(left, right)
    if case.draw.notation.rtol is not None:
        size = max(_size(left), _size(right))
        return Tolerance(np.asarray(case.draw.notation.rtol * size), "the rtol of the notation")
    if not _is_sampled(case) and any("Monte Carlo" in method for method in left.methods | right.methods):
        return Tolerance(np.asarray(0.0), "what a sample of the law allows")
    error = standard_error(case.left, case.right, case.environment)
    return Tolerance(STANDARD_ERRORS * error, f"{STANDARD_ERRORS:g} standard errors of what was sampled")


def _is_sampled(case: Case) -> bool:
    return any(is_sampled(side, case.environment) for side in (case.left, case.right))


def _beside_zero(left: Measured, right: Measured) -> Tolerance:
    """Errors: EvaluationError for what is not zero, as nothing says how far it may be off."""
    if max(_size(left), _size(right)) > ZERO:
        raise EvaluationError("`\\approx 0` has no scale: write the digits that are meant, as in `\\approx 0.00`")
    return Tolerance(np.asarray(ZERO), "absolute, beside a zero")


def _rounding(digits: str) -> Tolerance:
    """What a number was rounded by; a whole one is no rounded value of what differs from it by a tenth of itself."""
    unit = _half_unit(digits)
    if "." not in digits and (share := LARGEST_ROUNDING * float(digits)) < unit:
        return Tolerance(np.asarray(share), "a tenth of the whole number")
    return Tolerance(np.asarray(unit), "half a unit of the last digit")


def _size(side: Measured) -> float:
    values = side.value.places if isinstance(side.value, Optimum) else side.value.values
    return float(np.abs(values).max(initial=0.0))
