"""Derivatives of functions of the author in several directions, by those along their sums and differences.

A symmetric multilinear form is known by its values on a diagonal (polarisation; Griewank, Utke and Walther,
"Evaluating higher derivative tensors by forward propagation of univariate Taylor series", 2000).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import factorial

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.calling import gives_law, value_at
from mathpost.evaluation.directional import ACCURATE, derivative
from mathpost.evaluation.environment import Environment, Function
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.values import Array, Numbers, constant, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree.nodes import Directional

MOST_DIRECTIONS = 3


@evaluate.register
def _(node: Directional, environment: Environment) -> Array:
    """A symmetric multilinear form, by polarisation: from derivatives along the sums and differences of directions."""
    function = environment.function_of(node.call)
    arguments = [number_of(argument, environment) for argument in node.call.arguments]
    directions = [number_of(direction, environment) for direction in node.directions]
    order = len(directions)
    if len({*node.places}) == 1 and all(direction.rank == 0 for direction in directions):
        unit = {node.places[0]: constant(1.0)}
        value, error = _along(function, arguments, unit, order, environment, node.logarithm)
        for direction in directions:
            size = direction.with_axes(environment.depth, value.rank)
            value, error = replace(value, values=value.values * size), error * np.abs(size)
        return _known_to(value, error, environment)
    if order > MOST_DIRECTIONS:
        raise EvaluationError("a derivative of this order by several letters is not evaluated")
    total, bound = None, np.asarray(0.0)
    for signs in product((1.0, -1.0), repeat=order - 1):
        towards: dict[int, Array] = {}
        for place, direction, sign in zip(node.places, directions, (1.0, *signs), strict=True):
            signed = replace(direction, values=sign * direction.values)
            towards[place] = _added(towards[place], signed, environment) if place in towards else signed
        value, error = _along(function, arguments, towards, order, environment, node.logarithm)
        share = np.prod(signs) / (factorial(order) * 2 ** (order - 1))
        part = replace(value, values=share * value.values)
        total = part if total is None else _added(total, part, environment)
        bound = bound + np.abs(share) * error
    assert total is not None
    return _known_to(total, bound, environment)


def _added(left: Array, right: Array, environment: Environment) -> Array:
    if left.core != right.core:
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} and {shape_of(right)}")
    return Array(left.with_axes(environment.depth) + right.with_axes(environment.depth), left.rank)


def _along(
    function: Function,
    arguments: list[Array],
    towards: dict[int, Array],
    order: int,
    environment: Environment,
    logarithm: bool,
) -> tuple[Array, Numbers]:
    """The derivative of an author's function where some of its arguments move, and its error."""
    depth = environment.depth
    starts = [np.expand_dims(argument.with_axes(depth), depth) for argument in arguments]
    ways = {place: np.expand_dims(direction.with_axes(depth), depth) for place, direction in towards.items()}
    ranks = [argument.rank for argument in arguments]
    if any(towards[place].core != arguments[place].core for place in towards):
        raise EvaluationError("a direction has another shape than what moves")
    rank = 0

    def line(places: Numbers) -> Numbers:
        nonlocal rank
        moved = list(starts)
        for place, way in ways.items():
            along = places.reshape((1,) * depth + (-1,) + (1,) * ranks[place])
            moved[place] = starts[place] + along * way
        values = [Array(value, own) for value, own in zip(moved, ranks, strict=True)]
        result = value_at(function, values, environment, logarithm)
        rank = result.rank
        full = result.with_axes(depth + 1)
        full = np.broadcast_to(full, (*full.shape[:depth], len(places), *full.shape[depth + 1 :]))
        return np.moveaxis(full, depth, 0)

    value, error = derivative(line, order, _scale(arguments, towards), is_analytic=not gives_law(function))
    return Array(value, rank), error


def _scale(arguments: list[Array], towards: dict[int, Array]) -> float:
    """How far a line may be followed: as far as what moves is large, or 1."""
    size = max(float(np.abs(arguments[place].values).max(initial=0.0)) for place in towards)
    speed = max(float(np.abs(direction.values).max(initial=0.0)) for direction in towards.values())
    return max(1.0, size) / (speed or 1.0)


def _known_to(value: Array, error: Numbers, environment: Environment) -> Array:
    """A value with its error: as balls, or where the coarser of two resolutions is off by it."""
    if environment.in_balls:
        environment.trace.note_rounded(value.values)
        return replace(value, values=balls.within(value.values, error))
    if np.all(error <= ACCURATE * np.abs(value.values).max(initial=1.0)):
        return value
    environment.trace.methods.add("difference quotients")
    return value if environment.fine else replace(value, values=value.values + error)
