"""Sets that a symbol ranges over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import ceil, log2
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import qmc

from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import InputError

UNBOUNDED_REACH = 3.0


@dataclass(frozen=True, init=False, eq=False)
class Box:
    """All points between `lower` and `upper`: an interval of numbers, or a box of vectors.

    `lower` and `upper` are numbers or vectors of one shape; an interval may be infinite.
    Errors: InputError if they have different shapes or are not in order.
    """

    lower: Numbers
    upper: Numbers

    def __init__(self, lower: ArrayLike, upper: ArrayLike) -> None:
        low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
        if low.shape != high.shape or low.ndim > 1 or not np.all(low < high):
            raise InputError(f"Box({lower!r}, {upper!r}): give a lower and a greater upper end, of one shape")
        object.__setattr__(self, "lower", low)
        object.__setattr__(self, "upper", high)

    @property
    def size(self) -> int:
        return int(self.lower.size)

    def points(self, count: int, seed: int) -> Numbers:
        """Generic points, shape (count,) or (count, n): a scrambled Sobol sequence (Owen, 1998), never the edge.

        An infinite side is cut at a distance of `UNBOUNDED_REACH` from the other end, or from zero.
        """
        low = np.where(np.isfinite(self.lower), self.lower, np.minimum(self.upper, 0) - UNBOUNDED_REACH)
        high = np.where(np.isfinite(self.upper), self.upper, np.maximum(self.lower, 0) + UNBOUNDED_REACH)
        uniform = _sobol(self.size, seed, ceil(log2(count)))[:count]
        points: Numbers = low + uniform.reshape((count, *self.lower.shape)) * (high - low)
        return points

    def contains(self, values: Numbers) -> Numbers:
        """Whether each value lies in the box, its ends included."""
        return np.asarray((values >= self.lower) & (values <= self.upper))


@cache
def _sobol(dimensions: int, seed: int, exponent: int) -> Numbers:
    points: Numbers = qmc.Sobol(dimensions, rng=seed).random_base2(exponent)
    return points


Domain: TypeAlias = "Box | tuple[Numbers, ...]"


@dataclass(frozen=True, init=False, eq=False)
class Variable:
    r"""A symbol that stands for any value of a domain: a `Box`, or a finite collection such as `{0, 1}`.

    A claim must hold at every point of a finite domain and at generic points of a box; `\arg\max` over the symbol
    searches the domain. Errors: InputError for an empty domain.
    """

    domain: Domain

    def __init__(self, domain: Box | Iterable[ArrayLike]) -> None:
        object.__setattr__(self, "domain", domain if isinstance(domain, Box) else _sorted_points(domain))


def _sorted_points(values: Iterable[ArrayLike]) -> tuple[Numbers, ...]:
    points: list[Numbers] = [np.asarray(value, dtype=float) for value in values]
    if not points:
        raise InputError("Variable([]): a variable needs at least one value to stand for")
    return tuple(sorted(points, key=lambda point: tuple(point.ravel())))
