"""Comparing the two sides of a claim: how far they may differ, and where they differ most.

Two values made of whole numbers and numbers of the text are equal if they agree to the last of many bits. Where a float
took part they are equal to the accuracy of float64 at the same point: `RTOL` of their size, and what the rounding of
all that was added up may have made. The bound that a quadrature or an optimiser reports is added, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mathpost.evaluation import Environment, balls
from mathpost.evaluation.binding import calls_author
from mathpost.evaluation.optimise import Optimum
from mathpost.evaluation.values import Array, Numbers, batch_axes, have_one_shape, shape_of, spread
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement, Summary
from mathpost.judging.draw import Draw, Measured, at_point
from mathpost.judging.enclosure import Sides, refuse_undefined, sides_of
from mathpost.judging.saturation import BESIDE, refuse_saturated
from mathpost.judging.stated import Stated, Tolerance, stated_by
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Limit, Negative, Node, Number, Symbol

RTOL = 1e-9
ROUNDING = 1e-12
ZERO = 1e-10
LOST = 1e-6
TINY = 1e-290
STANDARD_ERRORS = 4.0
LARGEST_SAMPLING_ERROR = 1e-3
BOTH_ZERO = (
    "both sides are 0 wherever they were tried: a function of yours may have returned less than float64 can hold; "
    "compare the logarithms, bound to a function that gives them"
)
APPROXIMATE = ("\\approx", "\\simeq")
ZERO_SIDE = Number("0")
LOST_DIGITS = (
    "float64 has lost the digits that would tell: what it rounded is lost beside greater values that cancel; "
    "write the claim so that they do not cancel, or bind whole numbers and short decimals"
)


@dataclass(frozen=True)
class Case:
    """Both sides of a claim, in the environment in which they are compared; `tried` counts the effort of judging it."""

    relation: str
    left: Node
    right: Node
    draw: Draw
    environment: Environment
    tried: Counter[str] = field(default_factory=Counter)

    def measure(self) -> tuple[Measured, Measured]:
        """Both sides; a 0 is that of the shape of the other side."""
        left, right = (self.draw.measure(side, self.environment) for side in (self.left, self.right))
        if self.right == ZERO_SIDE:
            return left, _spread(right, left)
        return (_spread(left, right), right) if self.left == ZERO_SIDE else (left, right)


def _spread(zero: Measured, other: Measured) -> Measured:
    if not (isinstance(zero.value, Array) and isinstance(other.value, Array)):
        return zero
    value = spread(zero.value, other.value)
    return replace(zero, value=value, error=np.zeros(value.values.shape))


def equal(case: Case) -> Judgement:
    left, right = case.measure()
    if (judgement := _of_infinities(case, left, right)) is not None:
        return judgement
    stated = stated_tolerance(case)
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return same_optimum(left, right, stated)
    try:
        judgement = compare(case, left, right, stated)
    except EvaluationError:
        refuse_coarse_samples(left, right)  # the reason behind it
        raise
    if judgement.outcome == "pass":
        refuse_coarse_samples(left, right)
    if judgement.outcome == "pass" and stated is None and _is_at_an_end(judgement):
        refuse_saturated((case.left, case.right), case.environment)
    return judgement


def _of_infinities(case: Case, left: Measured, right: Measured) -> Judgement | None:
    """Whether a limit grows beyond all bounds, where that is said; None for any other claim."""
    for said, side, other in ((case.left, case.right, right), (case.right, case.left, left)):
        sign = -1.0 if isinstance(said, Negative) else 1.0
        named = said.operand if isinstance(said, Negative) else said
        if not (named == Symbol("\\infty") and isinstance(side, Limit) and isinstance(other.value, Array)):
            continue
        values = other.value.values
        holds = bool(np.all(values == sign * np.inf))
        reason = "" if holds else f"the limit is {summary_at(values, (np.intp(0),) * values.ndim, 0)}"
        return Judgement("pass" if holds else "fail", tolerance_source="growth along sequences", reason=reason)
    return None


def _is_at_an_end(judgement: Judgement) -> bool:
    """Whether equal sides are 0, 1 or -1: what a function that saturates makes of them."""
    values = (judgement.left, judgement.right)
    return any(isinstance(value, float) and min(abs(value), abs(abs(value) - 1)) <= BESIDE for value in values)


def stated_tolerance(case: Case) -> Tolerance | None:
    """What a number allows that is written with its digits; beside `\\approx` also one without decimals.

    Two numbers are equal only if they are the same.
    """
    stated = numbers_stated(case)
    if case.relation in APPROXIMATE:
        if any(number.has_decimals or not number.is_zero for number in stated):
            return max((number.rounded() for number in stated), key=lambda tolerance: float(tolerance.allowed))
    elif len(stated) == 1 and stated[0].has_decimals:
        return stated[0].exact()
    return None


def numbers_stated(case: Case) -> list[Stated]:
    """What the sides state that are nothing but numbers."""
    return [stated for side in (case.left, case.right) if (stated := stated_by(side)) is not None]


def refuse_coarse_samples(left: Measured, right: Measured) -> None:
    """Errors: EvaluationError for an equality of what is only known by a random sample of a law."""
    for side in (left, right):
        sampled = [method for method in side.methods if "Monte Carlo" in method]
        if sampled and np.any(side.error > LARGEST_SAMPLING_ERROR * max(size_of(side), 1e-300)):
            raise EvaluationError(
                f"by {' and '.join(sampled)} a side is known to {side.error.max():.1g}, too little for an equality: "
                "give the law `ppf`, `isf` and `support`, or write `\\approx`"
            )


def compare(case: Case, left: Measured, right: Measured, stated: Tolerance | None) -> Judgement:
    """Whether both sides are equal: in balls where they can be had, else in float64."""
    gap = gap_of(case, left, right, stated)
    if all(calls_author(side, case.environment) for side in (case.left, case.right)) and _are_nothing(gap):
        raise EvaluationError(BOTH_ZERO)
    return judgement_of(case, gap, gap.apart <= gap.allowed, "the two sides differ")


def _are_nothing(gap: Gap) -> bool:
    return bool(np.all(gap.left == 0) and np.all(gap.right == 0))


@dataclass(frozen=True)
class Gap:
    """How far apart two sides are, entry by entry; `signed` is left less right. The last `rank` axes are the value's.

    `error` is what rounding and quadrature may have made of the difference, `allowed` how far apart equal sides may be.
    `lost` says that what rounding made is too large beside the values to tell, `is_rounded` that the error comes from
    float64.
    """

    left: Any
    right: Any
    signed: Numbers
    error: Numbers
    allowed: Numbers
    rank: int
    source: str
    lost: bool = False
    is_rounded: bool = False

    @property
    def apart(self) -> Numbers:
        return np.abs(self.signed)


def gap_of(case: Case, left: Measured, right: Measured, stated: Tolerance | None = None) -> Gap:
    """Errors: EvaluationError where the shapes differ, or a side has no finite value."""
    a, b, rank = aligned(left.value, right.value)
    bounds = bound_of(left, a, rank) + bound_of(right, a, rank)
    methods = " and ".join(sorted(left.methods | right.methods))
    sides = None
    if np.all(np.isfinite(bounds) | ~(np.isfinite(a) & np.isfinite(b))):
        sides = sides_of(case.left, case.right, case.draw, case.environment, suspect=_is_suspect(a, b, stated))
    if sides is not None:
        exact = sides.rounded is None and not methods
        case.tried.update(bits=max(0, sides.bits - case.tried["bits"]), rounded=int(not exact))
        gap = _gap_in_balls(sides, np.nan_to_num(bounds), stated, exact=exact)
    else:
        gap = _gap_in_floats(case, (left, right), bounds, stated)
    return replace(gap, source=f"{gap.source}, and the error bound of {methods}" if methods else gap.source)


def _is_suspect(a: Numbers, b: Numbers, stated: Tolerance | None) -> bool:
    """Whether float64 may have lost what tells two sides apart, or made a difference that is none."""
    size = np.maximum(np.abs(a), np.abs(b))
    if not bool(np.all(np.isfinite(size)) and np.all(size > TINY)):
        return True
    return not bool(np.all(np.abs(a - b) <= (RTOL * size if stated is None else stated.allowed)))


def _gap_in_balls(sides: Sides, bounds: Numbers, stated: Tolerance | None, *, exact: bool) -> Gap:
    """Where all is exact, the radius alone is allowed; else float64 accuracy of the result and of what was added up."""
    shape, told = sides.left.shape, sides.differences()
    units = [balls.unit(difference, size) for difference, size in told]
    radius = _in_units([difference.rad() for difference, _ in told], units, shape)
    signed = _in_units([difference.mid() for difference, _ in told], units, shape)
    size = _in_units([size for _, size in told], units, shape)
    bounds = _in_units(bounds.flat, units, shape)
    error = radius + bounds
    lost = not exact and bool(np.any(radius > LOST * np.maximum(1.0, np.maximum(size, sides.rounded or 0.0))))
    if stated is not None:
        allowed = _in_units(np.broadcast_to(stated.allowed, shape).flat, units, shape) + error
        return Gap(sides.left, sides.right, signed, error, allowed, sides.rank, stated.source, lost)
    if exact:
        return Gap(sides.left, sides.right, signed, error, error, sides.rank, f"exact to {sides.bits} bits")
    allowed = RTOL * size + ROUNDING * _greatest_of_value(size, sides.rank) + error
    return Gap(sides.left, sides.right, signed, error, allowed, sides.rank, "float64 accuracy", lost, is_rounded=True)


def _in_units(values: Iterable[Any], units: Iterable[Any], shape: tuple[int, ...]) -> Numbers:
    """Numbers as float64, in units that it can hold: what is too small or too large for it keeps its order."""
    return np.array([float(value / unit) for value, unit in zip(values, units, strict=True)]).reshape(shape)


def _greatest_of_value(size: Numbers, rank: int) -> Numbers:
    """The greatest entry of each vector or matrix, beside which the rounding of the others is seen."""
    return size.max(axis=tuple(range(-rank, 0)), keepdims=True, initial=0.0) if rank else size


def _gap_in_floats(case: Case, sides: tuple[Measured, Measured], bounds: Numbers, stated: Tolerance | None) -> Gap:
    a, b, rank = aligned(sides[0].value, sides[1].value)
    for side, values in ((case.left, a), (case.right, b)):
        if not np.all(np.isfinite(values)):
            raise EvaluationError(f"`{to_latex(side)}` is not finite")
        refuse_undefined(side, case.draw, case.environment)
    size = np.maximum(np.abs(a), np.abs(b))
    summed = max(side.summed for side in sides)
    error = ROUNDING * np.maximum(_greatest_of_value(size, rank), summed) + bounds
    tolerance = stated or Tolerance(RTOL * size, "float64 accuracy")
    lost = stated is None and bool(np.any((_greatest_of_value(size, rank) <= ZERO) & (a != b)))
    return Gap(a, b, a - b, error, tolerance.allowed + error, rank, tolerance.source, lost)


def judgement_of(case: Case, gap: Gap, holding: Numbers, reason: str) -> Judgement:
    """A verdict with the values where the claim fails most, or where it holds the place of the greatest values.

    Errors: EvaluationError where it holds only because digits are lost.
    """
    holds = bool(np.all(holding))
    if holds and gap.lost and np.any(gap.apart <= gap.error):
        raise EvaluationError(LOST_DIGITS)
    excess = np.where(holding, -np.inf, gap.apart - gap.allowed)
    worst = np.unravel_index(int(np.argmax(gap.apart if holds else excess)), gap.signed.shape)
    point = "" if holds else point_told(case, worst, gap.signed.ndim - gap.rank)
    return Judgement(
        "pass" if holds else "fail",
        summary_at(gap.left, worst, gap.rank),
        summary_at(gap.right, worst, gap.rank),
        float(gap.apart[worst]),
        float(gap.allowed[worst]),
        gap.source,
        "" if holds else f"{reason}{point}",
    )


def aligned(left: object, right: object) -> tuple[Numbers, Numbers, int]:
    """Both sides as arrays of one shape, and the number of axes that belong to the values themselves."""
    if not (isinstance(left, Array) and isinstance(right, Array)):
        raise EvaluationError("an arg max has no order and no size to compare")
    if np.iscomplexobj(left.values) or np.iscomplexobj(right.values):
        raise EvaluationError("complex numbers are not compared yet: waive the claim with a reason")
    if not have_one_shape(left, right):
        raise EvaluationError(f"the left side is {shape_of(left)}, the right side {shape_of(right)}")
    if left.values.size == 0 or right.values.size == 0:
        raise EvaluationError("a side is empty, so nothing is compared")
    axes = batch_axes(left, right)
    a, b = np.broadcast_arrays(left.with_axes(axes), right.with_axes(axes))
    return a, b, left.rank


def bound_of(side: Measured, like: Numbers, rank: int) -> Numbers:
    assert isinstance(side.value, Array)
    padded = Array(side.error, rank).with_axes(like.ndim - rank)
    return np.broadcast_to(padded, like.shape)


def summary_at(values: Any, worst: tuple[np.intp, ...], rank: int) -> Summary:
    here = values[worst[: values.ndim - rank]]
    if np.ndim(here) == 0:
        return float(here) if balls.fits_float(here) else balls.shown(here)
    here = here.astype(float)
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


def same_optimum(left: Measured, right: Measured, stated: Tolerance | None) -> Judgement:
    a, b = (_places(side) for side in (left, right))
    if a.shape[1] != b.shape[1]:
        raise EvaluationError(f"the left side has {a.shape[1]} components, the right side {b.shape[1]}")
    tolerance = _place_tolerance(left) + _place_tolerance(right) + RTOL * np.abs(np.concatenate([a, b])).max()
    tolerance = tolerance + stated.allowed if stated else tolerance
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
        stated.source if stated else "the curvature of the objective",
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


def size_of(side: Measured) -> float:
    values = side.value.places if isinstance(side.value, Optimum) else side.value.values
    return float(np.abs(values).max(initial=0.0))
