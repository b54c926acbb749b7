r"""Whether two whole numbers leave the same rest: `a \equiv b \pmod{n}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.values import Array, batch_axes
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import Case, equal, point_told, summary_at
from mathpost.judging.enclosure import CHEAP_POINTS, MORE_BITS, MOST_BITS
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Binary, Node

NOT_WHOLE = "`{shown}` must be whole numbers, known to the last digit, to be congruent"


def _is_congruence(side: Node) -> TypeGuard[Binary]:
    return isinstance(side, Binary) and side.operator in ("\\pmod", "\\bmod")


def congruent(case: Case) -> Judgement:
    """A congruence where a modulus is written; an identity, which is an equality, where none is."""
    if not _is_congruence(case.right):
        return equal(case)
    return _judged(case, case.right, lambda rests: rests == 0, "the two sides leave different rests")


def incongruent(case: Case) -> Judgement:
    if not _is_congruence(case.right):
        raise EvaluationError("`\\not\\equiv` is evaluated with a modulus: write `\\neq`")
    return _judged(case, case.right, lambda rests: rests != 0, "the two sides leave the same rest")


def _judged(case: Case, right: Binary, holding: Callable[[Any], Any], reason: str) -> Judgement:
    sides = [_whole(node, case) for node in (case.left, right.left, right.right)]
    axes = batch_axes(*sides)
    left, other, modulus = np.broadcast_arrays(*(side.with_axes(axes) for side in sides))
    if np.any(modulus == 0):
        raise EvaluationError(f"`{to_latex(right.right)}` is 0, which is no modulus")
    rests = np.asarray((left - other) % modulus, dtype=object)
    holds = np.asarray(holding(rests), dtype=bool)
    worst = np.unravel_index(int(np.argmin(holds)), holds.shape)
    told = "" if holds.all() else f"{reason}{point_told(case, worst, axes)}"
    first, second = (summary_at(balls.as_balls(side), worst, 0) for side in (left, other))
    return Judgement("pass" if holds.all() else "fail", first, second, tolerance_source="exact", reason=told)


def _whole(node: Node, case: Case) -> Array:
    """A side as Python's whole numbers. Errors: EvaluationError where it is not made of any."""
    for bits in (balls.BITS, *MORE_BITS, MOST_BITS):
        found = case.draw.enclose(node, case.environment, bits, CHEAP_POINTS)
        if found is None or found.value.rank or found.rounded is not None:
            break
        exact = balls.whole_numbers(found.value.values)
        if exact is not None:
            return replace(found.value, values=exact)
    raise EvaluationError(NOT_WHOLE.format(shown=to_latex(node)))
