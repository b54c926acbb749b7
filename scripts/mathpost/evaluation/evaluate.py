"""The value of a formula in an environment: one rule for each kind of node."""

from __future__ import annotations

from dataclasses import replace
from functools import partial, singledispatch
from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.calling import gives_law
from mathpost.evaluation.dependence import applied
from mathpost.evaluation.domains import Variable
from mathpost.evaluation.elementary import CONSTANTS, EXACT_CONSTANTS
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.values import (
    Array,
    constant,
    mapped,
    rounded,
    transpose,
)
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Node,
    Number,
    Symbol,
)


@singledispatch
def evaluate(node: Node, environment: Environment) -> Array:
    """The value of a tree. Errors: EvaluationError, saying what is missing, where there is none."""
    raise EvaluationError(f"`{to_latex(node)}` has no value in this place")


@evaluate.register
def _(node: Number, environment: Environment) -> Array:
    return Array(balls.written(node.text), 0) if environment.in_balls else constant(float(node.text))


@evaluate.register
def _(node: Symbol, environment: Environment) -> Array:
    name = environment.key(node)
    if name in environment.bound:
        value = environment.bound[name]
        return value if value.in_balls or not environment.in_balls else mapped(balls.at_points, value)
    if name in environment.symbols:
        return _bound_value(name, environment.symbols[name], environment)
    if name in environment.definitions:
        return defined(environment.definitions[name], [], environment)
    if (bare := applied(node, None, environment)) != node and _is_bound_function(name, environment):
        return evaluate(bare, environment)
    if _is_transposed(name, environment):
        environment.trace.remarks.add(f"`{name}` is read as the transpose")
        return transpose(evaluate(replace(node, name=name[:-1]), environment))
    if name in environment.functions:
        known = " or ".join(f"`{function}`" for function in environment.functions[name])
        raise EvaluationError(f"`{name}` stands alone, but the notation declares {known}")
    if name in environment.data:
        raise EvaluationError(f"`{name}` stands without its sample index: the notation declares `{name}^{{(i)}}`")
    if name in CONSTANTS:
        in_balls = environment.in_balls and name in EXACT_CONSTANTS
        return Array(EXACT_CONSTANTS[name](), 0) if in_balls else constant(CONSTANTS[name])
    raise EvaluationError(f"`{name}` has no binding: add `{name}` to the notation")


def _is_bound_function(name: str, environment: Environment) -> bool:
    """Whether a function that stands alone has all its arguments bound: it is its value there. A law is none."""
    plain = name if name in environment.functions else name.rstrip("'")
    declared = environment.functions.get(plain, ())
    if len(declared) == 1 and not gives_law(declared[0]) and callable(declared[0].value):
        return all(
            environment.is_bound(argument) or argument in environment.functions for argument in declared[0].arguments
        )
    definition = environment.definitions.get(f"{plain}()")
    return definition is not None and all(map(environment.is_bound, definition.arguments))


def _is_transposed(name: str, environment: Environment) -> bool:
    """Whether a primed name is the transpose of an array that is bound without the prime."""
    if not name.endswith("'") or name in environment.functions:
        return False
    value = environment.bound.get(name[:-1])
    return value.rank > 0 if value is not None else np.ndim(environment.symbols.get(name[:-1], 0.0)) > 0


def _bound_value(name: str, value: Any, environment: Environment) -> Array:
    if isinstance(value, Variable) or is_law(value) or callable(value):
        raise EvaluationError(f"`{name}` is not a number or an array here")
    return given_value(value, environment)


def given_value(value: Any, environment: Environment) -> Array:
    """What the notation binds, in floats or in balls."""
    floats = constant(value)
    if not environment.in_balls:
        return floats
    environment.refuse_too_many(floats.values.size / environment.points)
    if balls.is_computed(value):
        environment.trace.note_rounded(floats.values)
    return Array(balls.given(value), floats.rank)


def number_of(node: Node, environment: Environment) -> Array:
    """The value of a tree in float64, wherever the numbers are balls: for bounds, indices and arguments."""
    return rounded(evaluate(node, environment))


def defined(definition: Definition, arguments: list[Array], environment: Environment) -> Array:
    if len(arguments) != len(definition.arguments):
        raise EvaluationError(f"a function of {len(definition.arguments)} arguments is called with {len(arguments)}")
    _refuse_capture(definition, environment)
    return evaluate(definition.body, environment.called_with(dict(zip(definition.arguments, arguments, strict=True))))


def _refuse_capture(definition: Definition, environment: Environment) -> None:
    """Errors: EvaluationError where a letter of a definition would stand for what an operator around its use binds.

    What a name without arguments speaks of may be such a letter, if it has no value of its own.
    """
    free = {environment.key(node) for node in walk(definition.body) if isinstance(node, Symbol)}
    for name in sorted(free.difference(definition.arguments)):
        fixed = name in environment.symbols and not isinstance(environment.symbols[name], Variable)
        if environment.is_shadowed(name) and (definition.arguments or fixed):
            raise EvaluationError(
                f"`{name}` is bound where `{to_latex(definition.body)}` is used, which is defined by another `{name}`: "
                f"make `{name}` an argument of the definition, or bind another letter"
            )


def logarithm_of(operand: Array) -> Array:
    """The natural logarithm, entry by entry."""
    return mapped(partial(balls.each, balls.log), operand) if operand.in_balls else mapped(np.log, operand)
