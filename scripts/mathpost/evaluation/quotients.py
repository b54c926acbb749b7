"""Central difference quotients of eighth order, of a formula that has no differential."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.movers import Mover, moving, with_own_axes
from mathpost.evaluation.operators import weighted_sum
from mathpost.evaluation.values import Array, mapped, rounded
from mathpost.latex.tree.nodes import Derivative, Node, Symbol

# central differences of eighth and sixth order (Fornberg, 1988, table 1): offsets, numerators, common denominator
STENCILS = {
    True: ([-4, -3, -2, -1, 1, 2, 3, 4], [3, -32, 168, -672, 672, -168, 32, -3], 840),
    False: ([-3, -2, -1, 1, 2, 3], [-1, 9, -45, 45, -9, 1], 60),
}
STENCIL_STEP = 2e-3


def by_quotients(node: Derivative, mover: Mover, environment: Environment) -> Array:
    """Central differences; in balls the step is beyond all rounding, unless a value is known to float64 only."""
    rest = replace(node, variables=node.variables[1:]) if len(node.variables) > 1 else node.body
    direction = Symbol(f"\\mathrm{{d}}{mover.name}_{{{len(environment.bound)}}}")
    point = mapped(balls.midpoints, mover.point) if mover.point.in_balls else mover.point
    inner = moving(replace(mover, point=point), direction.name, environment)
    value = _difference(rest, replace(mover, point=point), inner.bound[direction.name], inner)
    return with_own_axes(value, [mover] if mover.shape else [], environment)


def _difference(body: Node, mover: Mover, direction: Array, environment: Environment) -> Array:
    step = STENCIL_STEP * max(1.0, float(np.abs(rounded(mover.point).values).max()))
    if not mover.point.in_balls:
        return _difference_quotient(body, mover, direction, step, environment)
    exact = _difference_quotient(body, mover, direction, balls.at_points(balls.smallest_step()), environment)
    if balls.are_tight(exact.values):
        return exact
    return _difference_quotient(body, mover, direction, balls.at_points(step), environment)


def _difference_quotient(body: Node, mover: Mover, direction: Array, length: Any, environment: Environment) -> Array:
    offsets, numerators, denominator = STENCILS[environment.fine]
    depth = environment.depth
    along = (np.array(offsets) * length).reshape((1,) * depth + (-1,) + (1,) * mover.point.rank)
    start, towards = (np.expand_dims(array.with_axes(depth), depth) for array in (mover.point, direction))
    inner = environment.bind({mover.name: Array(start + along * towards, mover.point.rank)})
    inner = replace(inner, varied=inner.varied | {mover.name})
    weights = Array((np.array(numerators) / (denominator * length)).reshape((1,) * depth + (-1,)), 0)
    return weighted_sum(weights, evaluate(body, inner), inner)
