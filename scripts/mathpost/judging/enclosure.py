"""Both sides of a claim in balls: what float64 loses to underflow, overflow and cancellation.

A claim that is cheap to enclose is always enclosed; a costly one where its values in float64 are suspect. Whole numbers
and numbers of the text are exact, so that two sides made of these agree if their difference encloses zero, at more and
more bits; where a float took part, whose last digits are anybody's, the tolerance is that of float64.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mathpost.evaluation import Environment, balls
from mathpost.evaluation.values import batch_axes, have_one_shape, spread
from mathpost.ground.errors import EvaluationError
from mathpost.judging.draw import Draw
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Node, Number

MORE_BITS = (1024, 4096)
MOST_BITS = 60_000
CHEAP_POINTS = 20_000
MOST_POINTS = 200_000
RESOLVED = 2.0**-100
UNDEFINED = (
    "`{shown}` has a value in float64 only because of rounding: at any precision it may be divided by 0, or be the "
    "logarithm or the root of it"
)


@dataclass(frozen=True)
class Sides:
    """Both sides as balls of one shape. `rounded` is the greatest value known to float64 only; None if all is exact."""

    left: Any
    right: Any
    rank: int
    bits: int
    rounded: float | None

    def differences(self) -> list[tuple[Any, Any]]:
        """For each entry the difference, as a ball, and the size of the greater side."""
        with balls.precision(self.bits + 64):
            return [
                (a - b, max(abs(a.mid()), abs(b.mid()))) for a, b in zip(self.left.flat, self.right.flat, strict=True)
            ]


def sides_of(left: Node, right: Node, draw: Draw, environment: Environment, suspect: bool) -> Sides | None:
    """Both sides enclosed as tightly as it takes to tell them apart. None where that cannot be had."""
    sides = _enclosed(left, right, draw, environment, balls.BITS, MOST_POINTS if suspect else CHEAP_POINTS)
    if sides is None or sides.rounded is not None:
        return sides
    for bits in (*MORE_BITS, _bits_of_whole_numbers(sides)):
        if bits <= sides.bits or _are_resolved(sides):
            continue
        more = _enclosed(left, right, draw, environment, bits, CHEAP_POINTS)
        if more is None:
            break
        sides = more
    return sides


def refuse_undefined(node: Node, draw: Draw, environment: Environment) -> None:
    """Errors: EvaluationError for a value in float64 of what has none at any precision: `\\log \\sin \\pi`."""
    if all(draw.is_undefined(node, environment, bits, CHEAP_POINTS) for bits in (balls.BITS, *MORE_BITS)):
        raise EvaluationError(UNDEFINED.format(shown=to_latex(node)))


def _enclosed(left: Node, right: Node, draw: Draw, environment: Environment, bits: int, points: int) -> Sides | None:
    first, second = (draw.enclose(side, environment, bits, points) for side in (left, right))
    if first is None or second is None:
        return None
    if right == Number("0"):
        second = replace(second, value=spread(second.value, first.value))
    if left == Number("0"):
        first = replace(first, value=spread(first.value, second.value))
    if not have_one_shape(first.value, second.value):
        return None
    axes = batch_axes(first.value, second.value)
    a, b = np.broadcast_arrays(first.value.with_axes(axes), second.value.with_axes(axes))
    return Sides(balls.as_balls(a), balls.as_balls(b), first.value.rank, bits, _greater(first.rounded, second.rounded))


def _greater(first: float | None, second: float | None) -> float | None:
    known = [value for value in (first, second) if value is not None]
    return max(known) if known else None


def _are_resolved(sides: Sides) -> bool:
    """Whether every difference is exact, or not zero, or small beside values that are known to many digits."""
    return all(
        not difference.contains(0)
        or difference.is_exact()
        or (difference.rad() <= RESOLVED * size and size < 2 ** (sides.bits - 64))
        for difference, size in sides.differences()
    )


def _bits_of_whole_numbers(sides: Sides) -> int:
    """What it takes to write the greatest side to the last digit before the point."""
    return min(MOST_BITS, max((balls.bits_of(size) for _, size in sides.differences()), default=0) + 64)
