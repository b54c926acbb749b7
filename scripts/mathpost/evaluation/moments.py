"""Moments: expectations, variances and covariances, under a law that is written, or the one that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from mathpost.evaluation.binding import law_and_conditions, require_used, variables_of_law
from mathpost.evaluation.chance import Drawn, bind_drawn, chained, drawn_from, is_random, random_names, with_laws
from mathpost.evaluation.convergence import integrated
from mathpost.evaluation.elementary import CONSTANTS
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.events import event_of
from mathpost.evaluation.laws import is_multivariate_normal
from mathpost.evaluation.values import Array, elementwise, multiply, scaled
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Binary,
    Binder,
    Indicator,
    Moment,
    Negative,
    Node,
    Number,
    Power,
    Relation,
    Sequence,
    Symbol,
)

MOST_AT_ONCE = 2
"""Random variables of which each has a law of its own that are integrated over at once."""


@evaluate.register
def _(node: Moment, environment: Environment) -> Array:
    given, events = _conditions(node, environment)
    if events:
        return _under_event(node, given, events, environment)
    given, environment = _with_values(given, environment)
    drawn = _drawn(node, given, environment)
    if len(drawn) > MOST_AT_ONCE and (terms := _terms(node)):
        return reduce(partial(elementwise, np.add), (evaluate(term, environment) for term in terms))
    if node.operator == "E":
        return _expectation(drawn, node.arguments, lambda inner: evaluate(node.arguments[0], inner), environment)
    first, last = node.arguments[0], node.arguments[-1]
    first_mean = _expectation(drawn, (first,), lambda inner: evaluate(first, inner), environment)
    last_mean = _expectation(drawn, (last,), lambda inner: evaluate(last, inner), environment)

    def product_of_deviations(inner: Environment) -> Array:
        return multiply(
            elementwise(np.subtract, evaluate(first, inner), first_mean),
            elementwise(np.subtract, evaluate(last, inner), last_mean),
        )

    return _expectation(drawn, node.arguments, product_of_deviations, environment)


def _terms(node: Moment) -> list[Node]:
    """What the moment of a sum is the sum of: moments of its terms, of fewer random variables each."""
    for place, argument in enumerate(node.arguments):
        if not isinstance(argument, Binary) or argument.operator not in ("+", "-"):
            continue
        sign: Node = Number("1") if argument.operator == "+" else Negative(Number("1"))
        if node.operator == "Var":
            parts = replace(node, arguments=(argument.left,)), replace(node, arguments=(argument.right,))
            both = replace(node, operator="Cov", arguments=(argument.left, argument.right))
            return [*parts, Binary("*", sign, both), Binary("*", sign, both)]
        first, second = (
            replace(node, arguments=(*node.arguments[:place], part, *node.arguments[place + 1 :]))
            for part in (argument.left, argument.right)
        )
        return [first, Binary("*", sign, second)]
    return []


def _expectation(
    drawn: tuple[Drawn, ...],
    bodies: tuple[Node, ...],
    compute: Callable[[Environment], Array],
    environment: Environment,
) -> Array:
    if not drawn:
        return compute(environment)
    inner, weights = bind_drawn(drawn[0], bodies, environment)
    return integrated(weights, _expectation(drawn[1:], bodies, compute, inner), inner)


# -- conditions ------------------------------------------------------------------------------------------------------


def _conditions(node: Moment, environment: Environment) -> tuple[dict[str, Node], list[Node]]:
    """What a condition gives a value, `Y` and `Y = y`, and the events in it, such as `X > a`."""
    given: dict[str, Node] = {}
    events: list[Node] = []
    condition = node.condition
    for part in condition.elements if isinstance(condition, Sequence) else (condition,) if condition else ():
        match part:
            case Relation(operator="=", left=Symbol() as name):
                given[environment.key(name)] = part.right
            case Symbol() if (event := event_of(part, environment)) is None:
                given[environment.key(part)] = part
            case _:
                event = event_of(part, environment)
                if event is None:
                    raise EvaluationError(f"`{to_latex(part)}` is not evaluated as a condition of `{to_latex(node)}`")
                events.append(event)
    return given, events


def _with_values(given: dict[str, Node], environment: Environment) -> tuple[dict[str, Node], Environment]:
    """`Y = y` behind the bar: Y is y in all of the expectation."""
    values = {name: number_of(value, environment) for name, value in given.items() if value != Symbol(name)}
    if not values:
        return given, environment
    bound = {**environment.bound, **values}
    universal = environment.universal.difference(values)
    return {name: Symbol(name) for name in given}, replace(environment, bound=bound, universal=universal)


def _under_event(node: Moment, given: dict[str, Node], events: list[Node], environment: Environment) -> Array:
    """`E[X | A]` is `E[X 1_A] / P(A)`, and `Var[X | A]` is `E[X^2 | A] - E[X | A]^2`."""
    event: Node = Indicator(reduce(lambda left, right: Binary("\\land", left, right), events))
    rest = tuple(Relation("=", Symbol(name), value) for name, value in given.items())
    condition = Sequence(rest, parenthesised=False) if rest else None

    def mean(argument: Node) -> Array:
        both = Moment("E", node.binders, (Binary("*", argument, event),), condition)
        total = evaluate(Moment("E", node.binders, (event,), condition), environment)
        return scaled(np.divide, evaluate(both, environment), total)

    if node.operator == "E":
        return mean(node.arguments[0])
    first, last = node.arguments[0], node.arguments[-1]
    product = Power(first, Number("2")) if node.operator == "Var" else Binary("*", first, last)
    return elementwise(np.subtract, mean(product), multiply(mean(first), mean(last)))


# -- laws -------------------------------------------------------------------------------------------------------------


def _drawn(node: Moment, given: dict[str, Node], environment: Environment) -> tuple[Drawn, ...]:
    for name, value in given.items():
        if value == Symbol(name) and name not in environment.bound and is_random(name, environment):
            raise EvaluationError(
                f"`{to_latex(node)}` is another number for each value of `{name}`: "
                f"take its expectation, or write `{name} = …` behind the bar"
            )
    if not node.binders:
        names = [name for name in random_names(node.arguments, environment) if name not in given]
        names = names or with_laws(node.arguments, given, environment)
        return chained(drawn_from(names, given, environment, to_latex(node)), node.arguments, environment)
    if given:
        raise EvaluationError(f"`{to_latex(node)}`: write the conditional law below the expectation instead")
    return tuple(drawn for binder in node.binders for drawn in _written(binder, node, environment))


def _written(binder: Binder, node: Moment, environment: Environment) -> tuple[Drawn, ...]:
    """What a binder says: `x \\sim p`, `x, x' \\sim p`, `q(z)`, and `x` where one law of x is declared."""
    require_used(replace(node, binders=(binder,)), ("variables", "law"))
    names = tuple(environment.key(item) for item in binder.variables if isinstance(item, Symbol))
    if binder.law is None:
        return chained(drawn_from(names, {}, environment, to_latex(node)), node.arguments, environment)
    _require_letter(binder, node, environment)
    law, conditions = law_and_conditions(binder.law, environment)
    names = names or tuple(variables_of_law(binder.law, law, environment))
    if len(names) > 1 and law.variables == 1 and not (is_multivariate_normal(law.value) and len(law.value.mean) > 1):
        return tuple(Drawn((name,), law, conditions, later=names[place + 1 :]) for place, name in enumerate(names))
    return chained((Drawn(names, law, conditions),), node.arguments, environment)


def _require_letter(binder: Binder, node: Moment, environment: Environment) -> None:
    """Errors: EvaluationError where `\\mathbb{E}_p` binds the letter of p's declaration, and speaks of another."""
    if binder.variables or not isinstance(binder.law, Symbol):
        return
    spoken = {environment.key(item) for part in node.arguments for item in walk(part) if isinstance(item, Symbol)}
    functions = environment.functions.get(environment.key(binder.law), ())
    bound = {name for function in functions for name in function.arguments}
    if functions and spoken - CONSTANTS.keys() and not spoken & bound:
        shown = " or ".join(f"`{function}`" for function in functions)
        raise EvaluationError(
            f"`{to_latex(node)}` does not speak of what {shown} is a law of: say what it binds, as in `x \\sim p`"
        )
