"""Calls: of functions that the text defines, that the notation declares, and of their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import law_named
from mathpost.evaluation.calling import call_batch, gives_law, law_at, value_at
from mathpost.evaluation.dependence import called_expression
from mathpost.evaluation.entries import entry
from mathpost.evaluation.environment import Environment, Function
from mathpost.evaluation.evaluate import defined, evaluate, logarithm_of, number_of
from mathpost.evaluation.events import probability
from mathpost.evaluation.isotropic import isotropic
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.values import Array, constant, mapped
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Call, Derivative, Node, Relation, Symbol


@evaluate.register
def _(node: Call, environment: Environment) -> Array:
    if isinstance(node.function, Symbol):
        definition = environment.definitions.get(f"{environment.key(node.function)}()")
        if definition is not None:
            return defined(definition, [evaluate(argument, environment) for argument in node.arguments], environment)
        if _is_derivative(node.function, environment):
            return _derivative_at(node, node.function, environment)
    elif (meant := called_expression(node, environment)) is not None:
        return evaluate(meant, environment)
    event = probability(node, environment)
    if event is not None:
        return evaluate(event, environment)
    spelled = environment.spelled(node)
    if not isinstance(spelled, Call):
        return evaluate(spelled, environment)
    return called(spelled, environment, logarithm=False)


def _is_derivative(function: Symbol, environment: Environment) -> bool:
    """Whether `f'` stands for the derivative of a declared f, and is not declared itself."""
    name = environment.key(function)
    plain = name.rstrip("'")
    known = plain in environment.functions or f"{plain}()" in environment.definitions
    return name.endswith("'") and name not in environment.functions and known


def _derivative_at(node: Call, function: Symbol, environment: Environment) -> Array:
    if len(node.arguments) != 1:
        raise EvaluationError(f"`{to_latex(node)}` does not say by which argument it is derived")
    name, variable = function.name.rstrip("'"), Symbol("\\cdot")
    derivative = Derivative(
        "d", (variable,) * (len(function.name) - len(name)), Call(Symbol(name, function.bold), (variable,), ())
    )
    return evaluate(derivative, environment.at({variable.name: evaluate(node.arguments[0], environment)}))


def called(node: Call, environment: Environment, *, logarithm: bool) -> Array:
    """A declared function at its arguments; arguments that are laws are handed over as laws."""
    spelled = environment.spelled(node)
    if not isinstance(spelled, Call):
        return _in_balls(number_of(spelled, environment), environment, logarithm=logarithm)
    node = isotropic(spelled, environment)
    function = environment.function_of(node)
    if function.shapes and isinstance(function.value, np.ndarray):
        return _in_balls(_listed_values(node, function, environment), environment, logarithm=logarithm)
    if "||" in node.separators or any(_names_law(argument, environment) for argument in node.arguments):
        return _in_balls(_functional(node, environment), environment, logarithm=logarithm)
    arguments = [_argument(argument, environment) for argument in environment.arranged(node, function)]
    arguments += [number_of(left_out, environment) for left_out in environment.left_out(node, function)]
    if not environment.in_balls:
        return value_at(function, arguments, environment, logarithm)
    if not gives_law(function):
        return _in_balls(value_at(function, arguments, environment, False), environment, logarithm=logarithm)
    logarithms = value_at(function, arguments, environment, True)
    densities = mapped(balls.from_logarithms, logarithms)
    environment.trace.note_rounded(logarithms.values)
    return logarithm_of(densities) if logarithm else densities


def _listed_values(node: Call, function: Function, environment: Environment) -> Array:
    """The values of a function that is declared by its indices, as `p(x_i | x_{<i})`, one for each of these."""
    steps = environment.steps(node, function) or {}
    value = constant(function.value)
    for step in steps.values():
        value = entry(value, number_of(step.node, environment), to_latex(node), 1)
    return value


def _in_balls(value: Array, environment: Environment, *, logarithm: bool) -> Array:
    """What a function of the author gave, or its logarithm; in balls if these are asked for."""
    if environment.in_balls:
        environment.trace.note_rounded(value.values)
        value = mapped(balls.computed, value)
    return logarithm_of(value) if logarithm else value


def _argument(node: Node, environment: Environment) -> Array:
    if not isinstance(node, Relation):
        return number_of(node, environment)
    if node.operator != "=":
        raise EvaluationError(f"`{to_latex(node)}` is no value for an argument")
    return number_of(node.right, environment)


def _names_law(node: Node, environment: Environment) -> bool:
    name = environment.key(node) if isinstance(node, Symbol) else None
    return (
        name is not None
        and name not in environment.bound
        and (
            (name in environment.functions and name not in environment.symbols) or is_law(environment.symbols.get(name))
        )
    )


def _functional(node: Call, environment: Environment) -> Array:
    """A functional of laws, such as `D_{KL}(P || Q)`: called with the laws as objects, one point at a time."""
    function = environment.function_of(node)
    laws = [law_named(argument, environment, number_of) for argument in node.arguments]
    ends = np.cumsum([len(conditions) for _, conditions in laws])[:-1]

    def of_conditions(*values: Any) -> Any:
        groups = np.split(np.arange(len(values)), ends)
        objects = [
            law_at(law, [constant(values[k]) for k in group]) for (law, _), group in zip(laws, groups, strict=True)
        ]
        return function.value(*objects)

    values = [value for _, conditions in laws for value in conditions]
    return call_batch(of_conditions, values, to_latex(node), environment.broadcasting)
