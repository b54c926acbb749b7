"""Moments: expectations, variances and covariances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mathpost.evaluation.binding import bind_law, require_used
from mathpost.evaluation.elementary import CONSTANTS
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.integrals import integrated
from mathpost.evaluation.values import Array, elementwise, multiply
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binder, Moment, Symbol


@evaluate.register
def _(node: Moment, environment: Environment) -> Array:
    if node.condition is not None:
        raise EvaluationError(f"`{to_latex(node)}`: write the conditional law below the expectation instead")
    for binder in node.binders:
        require_used(replace(node, binders=(binder,)), ("variables", "law"))
        _require_letter(binder, node, environment)
    binders = node.binders or (_law_of_random_variable(node, environment),)
    if node.operator == "E":
        return _expectation(binders, lambda inner: evaluate(node.arguments[0], inner), environment)
    first, last = node.arguments[0], node.arguments[-1]
    first_mean = _expectation(binders, lambda inner: evaluate(first, inner), environment)
    last_mean = _expectation(binders, lambda inner: evaluate(last, inner), environment)

    def product_of_deviations(inner: Environment) -> Array:
        return multiply(
            elementwise(np.subtract, evaluate(first, inner), first_mean),
            elementwise(np.subtract, evaluate(last, inner), last_mean),
        )

    return _expectation(binders, product_of_deviations, environment)


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


def _law_of_random_variable(node: Moment, environment: Environment) -> Binder:
    names = {item.name for argument in node.arguments for item in walk(argument) if isinstance(item, Symbol)}
    laws = sorted(name for name in names if hasattr(environment.symbols.get(name), "support"))
    if len(laws) != 1:
        raise EvaluationError(f"`{to_latex(node)}` does not say under which law: write `x \\sim p` below it")
    return Binder((Symbol(laws[0]),), law=Symbol(laws[0]))


def _expectation(binders: tuple[Binder, ...], body: Callable[[Environment], Array], environment: Environment) -> Array:
    if not binders:
        return body(environment)
    inner, weights = bind_law(binders[0], environment, number_of)
    value = _expectation(binders[1:], body, inner)
    return integrated(weights, value, inner)
