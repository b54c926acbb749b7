r"""What is about the same: `\approx` by the digits of a number, the rtol of the notation, or what was sampled."""

from __future__ import annotations

import numpy as np

from mathpost.evaluation.optimise import Optimum
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import (
    STANDARD_ERRORS,
    ZERO,
    Case,
    compare,
    numbers_stated,
    same_optimum,
    size_of,
    stated_tolerance,
)
from mathpost.judging.draw import Measured
from mathpost.judging.sampling import NO_SCALE, is_sampled, standard_error
from mathpost.judging.stated import Tolerance, stated_by


def approximate(case: Case) -> Judgement:
    left, right = case.measure()
    tolerance = _approximate_tolerance(case, left, right)
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return same_optimum(left, right, tolerance)
    judgement = compare(case, left, right, tolerance)
    if judgement.outcome == "fail":
        _refuse_doubtful(case, judgement)
    return judgement


def _approximate_tolerance(case: Case, left: Measured, right: Measured) -> Tolerance:
    stated = stated_tolerance(case)
    if stated is not None:
        return stated
    if numbers_stated(case) and not _is_sampled(case):
        return _beside_zero(left, right)
    if case.draw.notation.rtol is not None:
        size = max(size_of(left), size_of(right))
        return Tolerance(np.asarray(case.draw.notation.rtol * size), "the rtol of the notation")
    if not _is_sampled(case) and any("Monte Carlo" in method for method in left.methods | right.methods):
        return Tolerance(np.asarray(0.0), "what a sample of the law allows")
    error = standard_error(case.left, case.right, case.environment)
    return Tolerance(STANDARD_ERRORS * error, f"{STANDARD_ERRORS:g} standard errors of what was sampled")


def _refuse_doubtful(case: Case, judgement: Judgement) -> None:
    """Errors: EvaluationError for a number of which nothing says how far it is rounded, or that may be cut off."""
    for side, stated, other in (
        (case.left, judgement.left, judgement.right),
        (case.right, judgement.right, judgement.left),
    ):
        number = stated_by(side)
        if number is None or not isinstance(stated, float) or not isinstance(other, float):
            continue
        if number.magnitude:
            raise EvaluationError(NO_SCALE)
        if number.percent and 0 < abs(other) - abs(stated) < number.cut_off():
            raise EvaluationError(f"`{number.digits}\\%` was cut off, or is wrong by one: write the percentage rounded")


def _is_sampled(case: Case) -> bool:
    return any(is_sampled(side, case.environment) for side in (case.left, case.right))


def _beside_zero(left: Measured, right: Measured) -> Tolerance:
    """Errors: EvaluationError for what is not zero, as nothing says how far it may be off."""
    if max(size_of(left), size_of(right)) > ZERO:
        raise EvaluationError("`\\approx 0` has no scale: write the digits that are meant, as in `\\approx 0.00`")
    return Tolerance(np.asarray(ZERO), "absolute, beside a zero")
