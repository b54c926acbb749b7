"""Formulas at a place: `\\left. f \\right|_{x = a}`, `\\left[ F(x) \\right]_a^b`, `(f g)'(x)`, `f^{(n)}(0)`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mathpost.evaluation.dependence import HERE, functions_in, moving_letter
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.values import Array, elementwise, transpose
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import BigOperator, Call, Derivative, Index, Matrix, Node, Number, Power, Prime, Symbol

HIGHEST_ORDER = 12
UNDECIDED = "a prime behind a bracket may transpose or differentiate: write `^\\top`, or `\\frac{d}{dx}`"


def evaluated_at(node: BigOperator, environment: Environment) -> Array:
    """What stands before a bar, where its letter has the value below it, or from one end to the other."""
    binder = node.binder
    if binder.lower is None or binder.condition is not None or binder.domain is not None:
        raise EvaluationError(
            f"`{to_latex(node)}`: a formula is taken at one value, as in `x = a`, or between two ends"
        )
    written = binder.variables[0] if len(binder.variables) == 1 else None
    name = environment.named(written) if written is not None else moving_letter(node.body, environment)
    if name is None or len(binder.variables) > 1:
        raise EvaluationError(f"`{to_latex(node)}` does not say which letter it gives a value: write `x = …`")
    if binder.upper is None:
        return evaluate(node.body, _where(name, binder.lower, environment))
    return _between(name, node.body, (binder.lower, binder.upper), environment)


def _between(name: str, body: Node, ends: tuple[Node, Node], environment: Environment) -> Array:
    lower, upper = (evaluate(body, _where(name, end, environment)) for end in ends)
    return elementwise(np.subtract, upper, lower)


def _where(name: str, value: Node, environment: Environment) -> Environment:
    inner = environment.called_with({name: evaluate(value, environment)})
    return replace(inner, varied=inner.varied | {name})


def between_ends(node: Power, environment: Environment) -> Array | None:
    """`[F(x)]_a^b`, which looks like the power of an entry, where what stands in the bracket is a number."""
    base = node.base
    if not isinstance(base, Index) or base.raised or len(base.indices) != 1:
        return None
    if isinstance(base.base, Symbol | Index | Matrix | Call):
        name = moving_letter(base.base, environment) if isinstance(base.base, Call) else None
    else:
        name = moving_letter(base.base, environment)
    if name is None or evaluate(base.base, _where(name, base.indices[0], environment)).rank:
        return None
    return _between(name, base.base, (base.indices[0], node.exponent), environment)


@evaluate.register
def _(node: Prime, environment: Environment) -> Array:
    """A derivative where functions stand in it, or one letter that moves; a transpose of arrays."""
    functions = functions_in(node.operand, environment)
    if functions:
        arguments = {argument for symbol in functions for argument in _arguments_of(symbol, environment)}
        if len(arguments) != 1:
            told = " and ".join(f"`{argument}`" for argument in sorted(arguments))
            raise EvaluationError(f"`{to_latex(node)}`: its functions are declared of {told}, not of one letter")
        return evaluate(Call(node, (Symbol(arguments.pop()),), ()), environment)
    value = evaluate(node.operand, environment)
    name = HERE.name if HERE in walk(node.operand) else moving_letter(node.operand, environment)
    if value.rank and name is None and isinstance(node.order, Number):
        return transpose(value) if int(node.order.text) % 2 else value
    if name is None or (value.rank and name != HERE.name):
        raise EvaluationError(UNDECIDED)
    return _of_order(node, Symbol(name), environment)


def _arguments_of(symbol: Symbol, environment: Environment) -> tuple[str, ...]:
    name = environment.key(symbol)
    plain = name if name in environment.functions else name.rstrip("'")
    definition = environment.definitions.get(f"{plain}()")
    if definition is not None:
        return definition.arguments
    return tuple(argument for function in environment.functions[plain] for argument in function.arguments)


def _of_order(node: Prime, letter: Symbol, environment: Environment) -> Array:
    """A derivative of any order; where the order runs through several, each has its own."""
    orders = number_of(node.order, environment)
    wanted = sorted({float(order) for order in orders.values.flat})
    if orders.rank or wanted[0] < 0 or wanted[-1] > HIGHEST_ORDER or any(order % 1 for order in wanted):
        raise EvaluationError(f"`{to_latex(node)}`: an order is a whole number from 0 to {HIGHEST_ORDER}")
    body = node.operand
    values = [
        evaluate(Derivative("d", (letter,) * int(order), body) if order else body, environment) for order in wanted
    ]
    if len(values) == 1:
        return values[0]
    axes = max(len(array.batch) for array in (*values, orders))
    chosen = values[0].with_axes(axes)
    for order, value in zip(wanted[1:], values[1:], strict=True):
        chosen = np.where(orders.with_axes(axes, value.rank) == order, value.with_axes(axes), chosen)
    return Array(chosen, values[0].rank)
