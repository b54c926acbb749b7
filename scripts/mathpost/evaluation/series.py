"""Sums to infinity: which terms matter, whether they have a sum, and what it is.

Terms that fall off to nothing are added up. Terms of one sign that fall off like a power of the index, and terms of
alternating sign, are accelerated by Levin's u-transform (Levin, 1973; Weniger, 1989, section 7), in balls where they
have some; a plain sum, continued by the power of the last terms, must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

Sizes: TypeAlias = Callable[[Numbers], Numbers]

FIRST_TERMS = 400
MOST_TERMS = 50_000
FARTHEST = 7
FAR_POINTS = 60
NOTHING = 45.0
LEAST_POWER = 1.05
LARGEST_LAST_TERM = 0.02
LEVIN_TERMS = 40
AGREEMENT = 1e-4
DIVERGENT = "the terms of the series do not vanish, so it has no sum"
TOO_SLOW = "the series diverges, or its terms fall off too slowly to be added up: waive the claim with a reason"
NOTHING_THERE = "the terms of the series are 0 wherever they were tried: write bounds around those that are not"
TOO_FAR = f"the terms of the series matter beyond {MOST_TERMS} of them: write bounds around those that do"


@dataclass(frozen=True)
class Plan:
    """How a series is added up: so many terms; `accelerated` if the rest is to be extrapolated."""

    terms: int
    accelerated: bool


PLAIN = Plan(FIRST_TERMS, accelerated=False)


def plan(log_sizes: Sizes, constants: list[float], start: float) -> Plan:
    """Errors: EvaluationError where the terms do not vanish, or too slowly, or matter too far away."""
    near = np.arange(FIRST_TERMS, dtype=float)
    far = np.rint(np.logspace(np.log10(FIRST_TERMS), FARTHEST, FAR_POINTS))
    around = [constant - start + step for constant in constants for step in (-1, 0, 1)]
    beyond = [float(round(place)) for place in around if FIRST_TERMS < place < 10**FARTHEST]
    places = np.unique(np.concatenate([near, far, far + 1, beyond]))
    sizes = log_sizes(start + places)
    greatest = float(sizes.max())
    if np.isneginf(greatest):
        raise EvaluationError(NOTHING_THERE)
    mattering = places[sizes > greatest - NOTHING]
    after = places[places > mattering[-1]]
    if after.size and after[0] <= MOST_TERMS:
        return Plan(max(FIRST_TERMS, 2 * int(after[0])), accelerated=False)
    if sizes[-2:].max() > greatest + np.log(LARGEST_LAST_TERM):
        raise EvaluationError(DIVERGENT)
    if places[int(sizes.argmax())] > FIRST_TERMS:
        raise EvaluationError(TOO_FAR)
    return Plan(FIRST_TERMS, accelerated=True)


def power_of(log_sizes: Sizes, start: float) -> float:
    """The power of the index with which terms fall off far away."""
    places = np.array([1e5, 1e7])
    sizes = np.maximum(log_sizes(start + places), log_sizes(start + places + 1))
    return float(-(sizes[1] - sizes[0]) / np.log(places[1] / places[0]))


def alternate(terms: Numbers) -> bool:
    return bool(np.all(terms[1:] * terms[:-1] < 0))


def extrapolated(terms: Any, count: int) -> Any:
    """Levin's u-transform of the partial sums of the first terms, which may be balls."""
    sums = np.cumsum(terms[: count + 1])
    above, below = 0, 0
    for j in range(count + 1):
        weight = (-1) ** j * comb(count, j) * (j + 1) ** (count - 2)
        above = above + weight * sums[j] / terms[j]
        below = below + weight / terms[j]
    return above / below


def require_agreement(value: float, terms: Numbers, power: float) -> None:
    """Errors: EvaluationError where a sum is not that of the first terms and a tail like that of a power."""
    last = float(terms[-1])
    tail = -last / 2 if alternate(terms) else last * len(terms) / (power - 1) - last / 2
    plain = float(terms.sum()) + tail
    if not abs(plain - value) <= AGREEMENT * max(float(np.abs(terms).max()), abs(value)) + abs(last):
        raise EvaluationError(TOO_SLOW)
