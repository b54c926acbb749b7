"""Derivatives: of numbers and arrays, by numbers, arrays and their entries, again and again.

A formula that has a differential is derived exactly, and what the author bound along a line. Any other has difference
quotients.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace

from mathpost.evaluation.dependence import HERE, applied, dependencies, moving_letter, require_dependence
from mathpost.evaluation.differentials import NoRule, Towards, differential
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.immediate import at_its_step, holds_other_steps
from mathpost.evaluation.movers import Mover, mover_of, moving, with_own_axes
from mathpost.evaluation.quotients import by_quotients
from mathpost.evaluation.values import Array, mapped
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Call, Derivative, Index, Inner, Matrix, Node, Sequence, Symbol

UNSAID = "`{shown}` does not say with respect to what: write it below the \\nabla"


@evaluate.register
def _(node: Derivative, environment: Environment) -> Array:
    """Derivatives; by a vector or a matrix, those by each of its entries, behind the axes of what is derived."""
    node = _flattened(node)
    if not node.variables:
        return _gradient(node, environment)
    if (place := _place(node, environment)) is not None:
        letter = Symbol(f"{HERE.name}_{{x}}")
        node = replace(node, variables=(letter,) * len(node.variables), body=_put(letter, place, node.body))
        return evaluate(node, environment.at({letter.name: evaluate(place, environment)}))
    if node.kind == "nabla" and (direction := _direction(node, environment)) is not None:
        return evaluate(direction, environment)
    return _derivative(node, environment)


def _derivative(node: Derivative, environment: Environment) -> Array:
    body, environment = _held(node, environment) if node.kind == "partial" else (node.body, environment)
    for variable in reversed(node.variables):
        body = applied(body, variable, environment)
        require_dependence(body, variable, environment)
    immediate = node.kind == "partial" and holds_other_steps(body, node.variables, environment)
    if immediate:
        body, environment = at_its_step(body, environment)
    movers = [mover_of(variable, environment) for variable in node.variables]
    if node.kind == "nabla" and movers[-1].shape and evaluate(body, environment).rank:
        raise EvaluationError(f"`{to_latex(node)}` is the gradient of something that is not a number")
    try:
        return _exact(body, movers, environment, immediate=immediate)
    except NoRule:
        if immediate or any(mover.step is not None for mover in movers):
            raise EvaluationError(f"`{to_latex(node)}` cannot be followed through the steps of its sequence") from None
    except EvaluationError:
        if immediate or any(mover.step is not None for mover in movers):
            raise
    return by_quotients(replace(node, body=body), movers[0], environment)


def _flattened(node: Derivative) -> Derivative:
    r"""`\nabla^2 f` is the matrix of second derivatives: one derivative by the same letters twice."""
    body, variables = node.body, node.variables
    order = 1
    while node.kind == "nabla" and isinstance(body, Derivative) and (body.kind, body.variables) == ("nabla", variables):
        body, order = body.body, order + 1
    return replace(node, variables=variables * order, body=body) if variables else node


def _gradient(node: Derivative, environment: Environment) -> Array:
    r"""`\nabla f(x)` without a letter below: by the argument of f; by each of several that are numbers."""
    body, order = node.body, 1
    while isinstance(body, Derivative) and not body.variables:
        body, order = body.body, order + 1
    call = applied(body, None, environment)
    if not isinstance(call, Call):
        name = moving_letter(call, environment)
        if name is None or name == environment.named(call):
            raise EvaluationError(UNSAID.format(shown=to_latex(node)))
        return evaluate(replace(node, variables=(Symbol(name),) * order, body=call), environment)
    values = [evaluate(argument, environment) for argument in call.arguments]
    if any(separator != "," for separator in call.separators) or order > 2 or not values:
        raise EvaluationError(UNSAID.format(shown=to_latex(node)))
    letters = [Symbol(f"{HERE.name}_{{{place}}}") for place in range(len(values))]
    inner = environment.at({letter.name: value for letter, value in zip(letters, values, strict=True)})
    moved = replace(call, arguments=tuple(letters))
    if len(values) == 1:
        return evaluate(Derivative("nabla", (letters[0],) * order, moved), inner)
    if any(value.rank for value in values):
        raise EvaluationError(UNSAID.format(shown=to_latex(node)))
    if order == 1:
        return evaluate(Sequence(tuple(Derivative("partial", (letter,), moved) for letter in letters)), inner)
    rows = tuple(tuple(Derivative("partial", (a, b), moved) for b in letters) for a in letters)
    return evaluate(Matrix(rows), inner)


def _place(node: Derivative, environment: Environment) -> Index | None:
    r"""`\nabla_x p(x_2)` is the gradient of p, which is declared as `p(x)`, at the place x_2; that place, or None."""
    variable = node.variables[0]
    name = environment.named(variable)
    if not isinstance(variable, Symbol) or set(node.variables) != {variable}:
        return None
    calls = [item for item in walk(node.body) if isinstance(item, Call) and isinstance(item.function, Symbol)]
    found = [
        argument
        for call in calls
        for argument, own in zip(call.arguments, environment.arguments_of(call), strict=False)
        if isinstance(argument, Index) and own == name == environment.named(argument.base)
    ]
    spoken = sum(isinstance(item, Symbol) and environment.key(item) == name for item in walk(node.body))
    return found[0] if len(set(found)) == 1 and len(found) == spoken else None


def _put(letter: Symbol, place: Node, body: Node) -> Node:
    return letter if body == place else rebuild(body, lambda child: _put(letter, place, child))


def _direction(node: Derivative, environment: Environment) -> Node | None:
    r"""`\nabla_v f(x)` is the derivative in the direction v, where v is a vector that f does not depend on."""
    (variable, *others), call = node.variables, applied(node.body, None, environment)
    name = environment.named(variable)
    if others or not isinstance(call, Call) or len(call.arguments) != 1 or name is None:
        return None
    if not environment.is_bound(name) or name in dependencies(call, environment):
        return None
    if evaluate(variable, environment).rank != 1:
        return None
    return Inner(Derivative("nabla", (), call), variable)


def _held(node: Derivative, environment: Environment) -> tuple[Node, Environment]:
    r"""`\partial f(x, t) / \partial t` moves t where it is written, and not the x that depends on it."""
    call = applied(node.body, node.variables[-1], environment)
    names = {environment.named(variable) for variable in node.variables}
    if not isinstance(call, Call) or not any(argument in node.variables for argument in call.arguments):
        return node.body, environment
    held: dict[str, Array] = {}
    arguments = list(call.arguments)
    for place, argument in enumerate(arguments):
        if (
            argument not in node.variables
            and names & dependencies(argument, environment)
            and not isinstance(argument, Symbol)
        ):
            letter = Symbol(f"{HERE.name}_{{{place}}}")
            held[letter.name] = evaluate(argument, environment)
            arguments[place] = letter
    return (replace(call, arguments=tuple(arguments)), environment.at(held)) if held else (node.body, environment)


def _exact(body: Node, movers: list[Mover], environment: Environment, *, immediate: bool) -> Array:
    """By the differential of the formula, once for each letter that moves. Errors: NoRule."""
    tree: Node | None = body
    tangents: dict[str, Definition] = {}
    inner = replace(environment, definitions=ChainMap(tangents, dict(environment.definitions)), unrolled=None)
    for place, mover in enumerate(movers):
        direction = Symbol(f"\\mathrm{{d}}{mover.name}_{{{len(environment.bound)},{place}}}")
        step = Symbol(f"{direction.name}'") if mover.step is not None else None
        inner = moving(mover, direction.name, inner)
        letters = {direction.name}
        if step is not None and mover.step is not None:
            inner, letters = inner.at({step.name: mover.step}), {*letters, step.name}
        inner = replace(inner, varied=inner.varied | letters)
        if tree is not None:
            tree = differential(tree, Towards(mover.name, direction, inner, step, tangents, immediate))
    value = evaluate(tree, inner) if tree is not None else mapped(lambda values: 0 * values, evaluate(body, inner))
    return with_own_axes(value, [mover for mover in movers if mover.shape], environment)
