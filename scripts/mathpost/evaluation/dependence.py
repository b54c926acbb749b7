"""On which names the value of a formula depends: through definitions, declared arguments and the laws it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mathpost.evaluation.domains import Box
from mathpost.evaluation.elementary import CONSTANTS
from mathpost.evaluation.environment import Environment, Function
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.steps import recursion_name, recursion_of, step_name, steps_given
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import children, rebuild, walk
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binary,
    Binder,
    Call,
    Derivative,
    Index,
    Integral,
    Limit,
    Moment,
    Node,
    Prime,
    Symbol,
)
from mathpost.latex.tree.spelling import split_name

HERE = Symbol("\\cdot")
"""The argument of a function that is made of others."""
_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]+'*")


def dependencies(node: Node, environment: Environment) -> frozenset[str]:
    """The names that the value of a formula depends on, at this place."""
    return frozenset(_names(node, environment, frozenset()))


def _names(node: Node, environment: Environment, seen: frozenset[str]) -> Iterator[str]:  # noqa: C901 - one for each
    match node:
        case Symbol():
            yield from _names_of(environment.key(node), environment, seen)
            return
        case Index() if recursion_of(node, environment) is not None:
            yield from _names_of_steps(node, environment, seen)
            return
        case BigOperator() | Integral():
            yield from _names_under((node.binder,), (node.body,), environment, seen)
            return
        case Moment():
            yield from _names_under(node.binders, node.arguments, environment, seen)
            return
        case Limit():
            inside = set(_names(node.body, environment, seen)) - {environment.named(node.variable)}
            yield from inside.union(_names(node.target, environment, seen))
            return
        case Derivative():
            for variable in node.variables or (None,):
                yield from _names(applied(node.body, variable, environment), environment, seen)
        case Call(function=Symbol() as head):
            yield from _names_of_call(node, environment.key(head), environment, seen)
            for argument in node.arguments:
                yield from _names(argument, environment, seen)
            return
    for child in children(node):
        yield from _names(child, environment, seen)


def _names_of(name: str, environment: Environment, seen: frozenset[str]) -> Iterator[str]:
    yield name
    if name in environment.bound or name in environment.symbols or name in seen:
        return
    if name in environment.definitions:
        yield from _names(environment.definitions[name].body, environment, seen | {name})
    for function in environment.functions.get(name, ()):
        yield from _conditions(function)


def _names_of_steps(node: Index, environment: Environment, seen: frozenset[str]) -> Iterator[str]:
    """What a step of a sequence depends on, through all those before it."""
    own = environment.named(node.base) or ""
    name = recursion_name(own)
    yield own
    if name not in seen:
        recursion = environment.definitions[name]
        yield from {*_names(recursion.body, environment, seen | {name})}.difference(recursion.arguments)
        for step in steps_given(own, environment):
            yield from _names_of(step_name(own, step), environment, seen | {name})
    for index in node.indices:
        yield from _names(index, environment, seen)


def _names_of_call(call: Call, name: str, environment: Environment, seen: frozenset[str]) -> Iterator[str]:
    """What a function depends on beside the arguments that are written."""
    definition = environment.definitions.get(f"{name}()")
    if definition is not None and name not in seen:
        inside = set(_names(definition.body, environment, seen | {name}))
        yield from inside.difference(definition.arguments)
    for function in environment.functions.get(name, ()):
        if call.separators == function.separators[: len(call.separators)]:
            yield from function.arguments[len(call.arguments) :]


def _names_under(
    binders: Iterable[Binder], bodies: Iterable[Node], environment: Environment, seen: frozenset[str]
) -> Iterator[str]:
    inside = {name for body in bodies for name in _names(body, environment, seen)}
    for binder in binders:
        parts = (binder.lower, binder.upper, binder.domain, binder.law, binder.condition)
        around = {name for part in parts if part is not None for name in _names(part, environment, seen)}
        own = {environment.named(variable) for variable in binder.variables}
        if not own and isinstance(binder.law, Call):
            own = {environment.named(binder.law.arguments[0])} if binder.law.arguments else set()
        inside = (inside - own) | (around - own)
    yield from inside


def _conditions(function: Function) -> tuple[str, ...]:
    return function.arguments[len(function.arguments) - function.conditions :]


def applied(body: Node, variable: Node | None, environment: Environment) -> Node:
    r"""`\nabla_w L` is that of L(w): a function that stands alone is taken at its declared arguments.

    A declared argument that nothing binds is a place for any: the variable itself.
    """
    if isinstance(body, Index) and not body.raised and environment.samples(body) is None:
        return replace(body, base=applied(body.base, variable, environment))
    name = environment.named(body) if isinstance(body, Symbol) else None
    if name is not None and name.endswith("'") and not environment.is_bound(name) and name not in environment.functions:
        plain = applied(Symbol(name.rstrip("'")), variable, environment)
        return replace(plain, function=body) if isinstance(plain, Call) else body
    by = variable.base if isinstance(variable, Index) else variable
    if name is None or body == by or environment.is_bound(name):
        return body
    if f"{name}()" in environment.definitions:
        own = environment.definitions[f"{name}()"].arguments
        return Call(body, tuple(map(Symbol, own)), (",",) * (len(own) - 1))
    if len(environment.functions.get(name, ())) != 1:
        return body
    (function,) = environment.functions[name]
    arguments: list[Node] = [applied(Symbol(argument), variable, environment) for argument in function.arguments]
    known = environment.is_bound(function.arguments[0]) or function.arguments[0] in environment.functions
    if len(arguments) == 1 and not known and isinstance(by, Symbol):
        arguments = [by]
    return Call(body, tuple(arguments), function.separators)


def called_expression(call: Call, environment: Environment) -> Node | None:
    r"""What a call means whose function is an expression: `(f \circ g)(x)`, `(f + g)(x)`, `f_i(x)`.

    Errors: EvaluationError for several arguments.
    """
    match call.function:
        case Index(base=Symbol() as base, raised=False) if environment.key(base) in environment.functions:
            whole = replace(call, function=base)
            function = next(iter(environment.functions[environment.key(base)]))
            fits = len(environment.functions[function.name]) == 1 and len(function.arguments) == len(call.arguments)
            return replace(call.function, base=whole) if fits else None
        case Binary() | Prime():
            if len(call.arguments) != 1:
                raise EvaluationError(f"`{to_latex(call)}`: a function made of others is taken at one argument")
            if isinstance(call.function, Binary):
                return taken_at(call.function, call.arguments[0], environment)
            prime = replace(call.function, operand=taken_at(call.function.operand, HERE, environment))
            return BigOperator("at", Binder((HERE,), lower=call.arguments[0]), prime)
    return None


def taken_at(expression: Node, point: Node, environment: Environment) -> Node:
    r"""A function that is made of others, at a point: `f + g` is `f(x) + g(x)`, `f \circ g` is `f(g(x))`."""
    match expression:
        case Symbol() if is_function(expression, environment):
            return Call(expression, (point,), ())
        case Binary(operator="\\circ"):
            return taken_at(expression.left, taken_at(expression.right, point, environment), environment)
        case Prime():
            return Call(expression, (point,), ())
        case Call():
            return expression
    return rebuild(expression, lambda child: taken_at(child, point, environment))


def is_function(symbol: Symbol, environment: Environment) -> bool:
    """Whether a name stands for a function, or for a derivative of one."""
    name = environment.key(symbol)
    plain = name.rstrip("'")
    return not environment.is_bound(name) and (
        name in environment.functions or plain in environment.functions or f"{plain}()" in environment.definitions
    )


def functions_in(expression: Node, environment: Environment) -> list[Symbol]:
    """The functions that stand in an expression without arguments."""
    if isinstance(expression, Call):
        return [] if isinstance(expression.function, Symbol) else functions_in(expression.function, environment)
    if isinstance(expression, Symbol):
        return [expression] if is_function(expression, environment) else []
    return [found for child in children(expression) for found in functions_in(child, environment)]


def moving_letter(body: Node, environment: Environment) -> str | None:
    """The only letter of a formula that stands for any value: one of a box, or one that nothing binds."""
    moving = [
        name
        for name in dependencies(body, environment)
        if isinstance(getattr(environment.symbols.get(name), "domain", None), Box)
        or not (environment.is_bound(name) or name in environment.functions or name in CONSTANTS)
    ]
    return moving[0] if len(moving) == 1 else None


def _refuse_entries_of_data(body: Node, variable: Node, environment: Environment) -> None:
    """Errors: EvaluationError for one entry of a sequence by another: whether that is 0, only its recursion tells."""
    if not (isinstance(body, Index) and isinstance(variable, Index)) or recursion_of(body, environment) is not None:
        return
    if body.base == variable.base and body.indices != variable.indices and environment.samples(body) is not None:
        raise EvaluationError(
            f"nothing says how `{to_latex(body)}` depends on `{to_latex(variable)}`: define it by `:=`, as in "
            f"`{to_latex(body)} := f({to_latex(variable)})`, or bind `{to_latex(body.base)}` as one vector"
        )


def require_dependence(body: Node, variable: Node, environment: Environment) -> None:
    """Errors: EvaluationError for a derivative of what does not depend on its variable: it would be zero, unchecked."""
    _refuse_entries_of_data(body, variable, environment)
    name = environment.named(variable)
    found = dependencies(body, environment)
    if name is None or all(each in CONSTANTS and not environment.is_bound(each) for each in found):
        return
    shown = to_latex(variable.base if isinstance(variable, Index) else variable)
    if name not in found:
        raise EvaluationError(
            f"nothing says how `{to_latex(body)}` depends on `{shown}`, and its derivative would be 0: declare "
            f"what it is a function of, as in `f({shown})`, or define it by `:=`"
        )
    for hiding in _hiding(body, name, environment):
        raise EvaluationError(
            f"`{hiding}` names `{shown}` and is not declared as a function of it: declare `{hiding}(…; {shown})`"
        )


def _hiding(body: Node, name: str, environment: Environment) -> Iterator[str]:
    """The functions and laws of which a variable is a part of the name, but no argument."""
    for node in walk(body):
        own = environment.key(node) if isinstance(node, Symbol) else ""
        functions = environment.functions.get(own, ())
        if not functions and not is_law(environment.symbols.get(own)):
            continue
        named = name in _TOKEN.findall(" ".join(split_name(own)[1:]))
        if named and not any(name in function.arguments for function in functions):
            yield own
