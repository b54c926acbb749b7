"""Derivatives of a function of numbers along a line, of any order, each with an error that is measured.

A function that takes complex numbers is tried on circles around the point: its Fourier coefficients there are those of
its Taylor series (Lyness and Moler, "Numerical differentiation of analytic functions", 1967; Fornberg, "Numerical
differentiation of analytic functions", 1981). The coefficients that the series has none of say how wrong that is, also
for a function that is not analytic, such as `abs`. Any other function has difference quotients of several steps, of
which two that agree are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import factorial

import numpy as np

from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

CIRCLE = 32
RADII = (0.5, 0.1, 0.02)
STEPS = (0.3, 0.15, 0.08, 0.04, 0.02, 0.01, 0.005, 0.002)
REACH = 6
ROUNDED = 4 * np.finfo(float).eps
ACCURATE = 1e-11
"""Share of a derivative below which its error is that of float64."""

# central differences of a first derivative (Fornberg, "Generation of finite difference formulas", 1988, table 1)
STEP = 2e-3
OFFSETS = np.array([-4, -3, -2, -1, 1, 2, 3, 4])
EIGHTH = np.array([3, -32, 168, -672, 672, -168, 32, -3]) / 840
SIXTH = np.array([0, -1, 9, -45, 45, -9, 1, 0]) / 60

Line = Callable[[Numbers], Numbers]
"""A function of the place on a line, whose values have the place as their first axis."""


def derivative(line: Line, order: int, scale: float, *, is_analytic: bool = True) -> tuple[Numbers, Numbers]:
    """The derivative of this order at the place 0, and its error, entry by entry. Errors: those of the function."""
    if order == 0:
        value = line(np.zeros(1))[0]
        return value, np.zeros_like(value)
    if order == 1:
        value, error, size = _by_one_step(line, scale)
        if np.all(error <= ACCURATE * np.maximum(np.abs(value), size)):
            return value, error
    value, error = _best(_on_circles(line, order, scale)) if is_analytic else (None, np.asarray(np.inf))
    if value is None or np.any(error > ACCURATE * np.maximum(np.abs(value), ACCURATE)):
        other, bound = _best(_by_steps(line, order, scale))
        if value is None or other is None:
            value, error = other, bound
        else:
            value, error = np.where(error <= bound, value, other), np.minimum(error, bound)
    if value is None:
        raise EvaluationError("a function of yours has no finite values around the place of its derivative")
    return value, error


def _best(found: Iterator[tuple[Numbers, Numbers]]) -> tuple[Numbers | None, Numbers]:
    """Entry by entry the value with the least error."""
    best: Numbers | None = None
    least = np.asarray(np.inf)
    for value, error in found:
        error = np.where(np.isfinite(value) & np.isfinite(error), error, np.inf)
        best, least = (
            (value, error) if best is None else (np.where(error < least, value, best), np.minimum(error, least))
        )
    return (best, least) if best is not None and np.all(np.isfinite(least)) else (None, least)


def _on_circles(line: Line, order: int, scale: float) -> Iterator[tuple[Numbers, Numbers]]:
    """By Cauchy's integral. What is not complex, or not the real function on the real line, is passed over."""
    angles = 2 * np.pi * np.arange(CIRCLE) / CIRCLE
    try:
        here = line(np.zeros(1))[0]
        for radius in RADII:
            places = radius * scale * np.exp(1j * angles)
            coefficients = np.fft.fft(line(places), axis=0) / CIRCLE
            size = np.abs(coefficients).max(axis=0)
            strange = np.abs(coefficients[CIRCLE // 2 :]).max(axis=0)
            strange = np.maximum(strange, np.abs(coefficients[0] - here)) + np.abs(coefficients[order].imag)
            factor = factorial(order) / (radius * scale) ** order
            yield coefficients[order].real * factor, (strange + ROUNDED * size) * factor
    except EvaluationError:
        return  # a function of real numbers, or one that is not defined on so large a circle


def _by_one_step(line: Line, scale: float) -> tuple[Numbers, Numbers, Numbers]:
    """A first derivative of eighth order, its distance from that of sixth order, and the size of what was derived."""
    values = line(OFFSETS * STEP * scale)
    fine, coarse = (np.tensordot(weights, values, axes=1) / (STEP * scale) for weights in (EIGHTH, SIXTH))
    size = np.abs(values).max(axis=0) / scale
    error = np.abs(fine - coarse) + ROUNDED * size / STEP
    return fine, np.where(np.isfinite(error), error, np.inf), size


def _by_steps(line: Line, order: int, scale: float) -> Iterator[tuple[Numbers, Numbers]]:
    """By difference quotients of shrinking steps: the error of one is how far the one before was from it."""
    offsets = np.arange(-REACH, REACH + 1)
    before = None
    for step in STEPS:
        length = step * scale
        with np.errstate(all="ignore"):
            values, weights = line(offsets * length), _weights(order)
            value = np.tensordot(weights, values, axes=1) / length**order
            rounding = ROUNDED * np.tensordot(np.abs(weights), np.abs(values), axes=1) / length**order
        if before is not None:
            yield value, np.abs(value - before) + rounding
        before = value


@cache
def _weights(order: int) -> Numbers:
    """The weights of the values at `-REACH, …, REACH` that give a derivative, of the highest order there is."""
    offsets = np.arange(-REACH, REACH + 1) / REACH
    powers = np.vander(offsets, increasing=True).T
    moments = np.zeros(len(offsets))
    moments[order] = factorial(order) / REACH**order
    return np.asarray(np.linalg.solve(powers, moments))
