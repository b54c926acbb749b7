"""Derivatives, by difference quotients: of numbers, along a vector, again and again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.dependence import applied, require_dependence
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.operators import weighted_sum
from mathpost.evaluation.values import Array, constant, mapped, rounded, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Derivative, Index, Node, Symbol

# central differences of eighth and sixth order (Fornberg, 1988, table 1): offsets, numerators, common denominator
STENCILS = {
    True: ([-4, -3, -2, -1, 1, 2, 3, 4], [3, -32, 168, -672, 672, -168, 32, -3], 840),
    False: ([-3, -2, -1, 1, 2, 3], [-1, 9, -45, 45, -9, 1], 60),
}
STENCIL_STEP = 2e-3


@evaluate.register
def _(node: Derivative, environment: Environment) -> Array:
    """Derivatives by central differences; with respect to a vector, the vector of the partial derivatives.

    In balls the step is beyond all rounding, unless what is derived is known to float64 only.
    """
    if len(node.variables) > 1:
        inner = Derivative(node.kind, node.variables[1:], applied(node.body, node.variables[-1], environment))
        return evaluate(Derivative(node.kind, node.variables[:1], inner), environment)
    if not node.variables:
        raise EvaluationError(f"`{to_latex(node)}` does not say with respect to what: write it below the \\nabla")
    variable = node.variables[0]
    body = applied(node.body, variable, environment)
    require_dependence(body, variable, environment)
    point = _place(_without_argument(variable, environment), environment)
    if point.rank == 0 and isinstance(variable, Index) and not variable.raised and len(variable.indices) == 1:
        whole = _place(variable.base, environment)
        direction = _unit_vector(number_of(variable.indices[0], environment), whole.core[0])
        return _difference(body, variable.base, whole, direction, environment)
    if point.rank == 0:
        return _difference(body, variable, point, constant(1.0), environment)
    if node.kind == "d" or point.rank != 1:
        raise EvaluationError(f"`{to_latex(node)}`: a derivative with respect to {shape_of(point)} is not evaluated")
    parts = [_difference(body, variable, point, constant(axis), environment) for axis in np.eye(point.core[0])]
    if any(part.rank for part in parts):
        raise EvaluationError(f"`{to_latex(node)}` is the gradient of something that is not a number")
    return Array(np.stack([part.values for part in parts], axis=-1), 1)


def _without_argument(variable: Node, environment: Environment) -> Node:
    """`z` below a derivative, where the notation declares z(w), is its value."""
    return applied(variable, None, environment) if isinstance(variable, Symbol) else variable


def _place(variable: Node, environment: Environment) -> Array:
    """Where a derivative is taken: one definite point."""
    place = evaluate(variable, environment)
    return mapped(balls.midpoints, place) if place.in_balls else place


def _unit_vector(index: Array, length: int) -> Array:
    """The direction in which one entry of a vector grows."""
    return Array((np.arange(1, length + 1) == index.values[..., None]).astype(float), 1)


def _difference(body: Node, variable: Node, point: Array, direction: Array, environment: Environment) -> Array:
    name = environment.named(variable)
    if name is None or not isinstance(variable, Symbol):
        raise EvaluationError(f"`{to_latex(variable)}`: a derivative is taken with respect to a name")
    step = STENCIL_STEP * max(1.0, float(np.abs(rounded(point).values).max()))
    if not point.in_balls:
        return _difference_quotient(body, name, point, direction, step, environment)
    exact = _difference_quotient(body, name, point, direction, balls.at_points(balls.smallest_step()), environment)
    if balls.are_tight(exact.values):
        return exact
    return _difference_quotient(body, name, point, direction, balls.at_points(step), environment)


def _difference_quotient(
    body: Node, name: str, point: Array, direction: Array, length: Any, environment: Environment
) -> Array:
    offsets, numerators, denominator = STENCILS[environment.fine]
    along = (np.array(offsets) * length).reshape((1,) * environment.depth + (-1,) + (1,) * point.rank)
    start, towards = (
        np.expand_dims(array.with_axes(environment.depth), environment.depth) for array in (point, direction)
    )
    inner = environment.bind({name: Array(start + along * towards, point.rank)})
    inner = replace(inner, varied=inner.varied | {name})
    weights = Array((np.array(numerators) / (denominator * length)).reshape((1,) * environment.depth + (-1,)), 0)
    return weighted_sum(weights, evaluate(body, inner), inner)
