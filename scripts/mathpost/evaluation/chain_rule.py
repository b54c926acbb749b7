r"""The chain rule: differentials of functions, of definitions, and of sequences that are defined step by step.

A function of the author is derived along what its arguments change by (`Directional`). A step of a sequence changes by
that step of another sequence, its tangent (forward accumulation; Griewank and Walther, Evaluating Derivatives, 3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mathpost.evaluation.dependence import applied, dependencies
from mathpost.evaluation.differentials import NoRule, Towards, differential, require_no_letter
from mathpost.evaluation.environment import Definition, Environment, Function
from mathpost.evaluation.indexed import step_of
from mathpost.evaluation.slopes import ONE, SLOPES, ZERO, minus, plus
from mathpost.evaluation.steps import recursion_name, recursion_of, step_name, steps_given
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Binder,
    Call,
    Cases,
    Derivative,
    Directional,
    Index,
    Negative,
    Node,
    Number,
    Power,
    Relation,
    Symbol,
)

_SCRIPTS = re.compile(r"[_^,']")


@differential.register
def _(node: Index, towards: Towards) -> Node | None:
    if any(towards.name in dependencies(index, towards.environment) for index in node.indices):
        raise NoRule
    recursion = recursion_of(node, towards.environment)
    if recursion is not None:
        return _of_step(node, recursion, towards)
    if towards.environment.samples(node) is not None and towards.environment.named(node.base) != towards.name:
        return None
    base = differential(node.base, towards)
    return replace(node, base=base) if base is not None else None


def _of_step(node: Index, recursion: Definition, towards: Towards) -> Node | None:
    """A step of a sequence changes by that step of another sequence, which is defined by the same recursion."""
    environment = towards.environment
    name, letter = environment.named(node.base) or "", Symbol(recursion.arguments[0])
    step = step_of(node.indices[0])
    if towards.immediate and (step is None or step.offset):
        held = Binary("*", ZERO, node)
        return _where_moved(node.indices[0], held, name, towards) if towards.step and towards.name == name else None
    if towards.name not in dependencies(node, environment):
        return None
    own = _SCRIPTS.sub("", f"\\mathrm{{d}}{to_latex(towards.direction)}{name}")
    if recursion_name(own) not in towards.tangents:
        towards.tangents[recursion_name(own)] = recursion  # found by itself below
        for given in steps_given(name, environment):
            at_end = Symbol(step_name(name, given))
            change = differential(at_end, towards) or Binary("*", ZERO, at_end)
            change = _where_moved(Number(str(given)), change, name, towards)
            towards.tangents[step_name(own, given)] = Definition((), change)
        change = differential(recursion.body, towards) or Binary("*", ZERO, Index(node.base, (letter,)))
        towards.tangents[recursion_name(own)] = Definition((letter.name,), _where_moved(letter, change, name, towards))
    return replace(node, base=Symbol(own))


def _where_moved(step: Node, change: Node, name: str, towards: Towards) -> Node:
    """What a step changes by: the direction, where it is the one that moves."""
    if towards.step is None or towards.name != name:
        return change
    return Cases(((towards.direction, Relation("=", step, towards.step)), (change, None)))


@differential.register
def _(node: Apply, towards: Towards) -> Node | None:
    argument = node.argument
    if node.function == "log":
        logarithm = _of_logarithm(argument, towards)
        if node.base is None or logarithm is None:
            return logarithm
        return Binary("/", logarithm, Apply("log", node.base))
    inner = differential(argument, towards)
    if inner is None:
        return None
    match node.function:
        case "tr" | "diag":
            return Apply(node.function, inner)
        case "det":
            return Binary("*", node, Apply("tr", Binary("*", Power(argument, Negative(ONE)), inner)))
    if node.function not in SLOPES:
        raise NoRule
    return Binary("entrywise", SLOPES[node.function](node, argument), inner)


def _of_logarithm(argument: Node, towards: Towards) -> Node | None:
    """The logarithm of a density, and of products of some, as such: the density itself may underflow."""
    environment = towards.environment
    match argument:
        case Call() if environment.named(argument.function) in environment.functions:
            return _of_function(argument, towards, logarithm=True)
        case Binary(operator="*" | "/") if any(isinstance(item, Call) for item in walk(argument)):
            left, right = _of_logarithm(argument.left, towards), _of_logarithm(argument.right, towards)
            return plus(left, right if argument.operator == "*" else minus(right))
        case Power() if any(isinstance(item, Call) for item in walk(argument)):
            return differential(Binary("*", argument.exponent, Apply("log", argument.base)), towards)
    inner = differential(argument, towards)
    return Binary("\\oslash", inner, argument) if inner is not None else None


@differential.register
def _(node: Derivative, towards: Towards) -> Node | None:
    """A derivative by a number is a differential in the direction 1."""
    environment, body = towards.environment, node.body
    if not node.variables:
        raise NoRule
    for variable in reversed(node.variables):
        name = environment.named(variable)
        if not isinstance(variable, Symbol) or name is None or not _is_number(name, environment):
            require_no_letter(node, towards)
            return None
        along = Towards(name, ONE, environment, tangents=towards.tangents)
        inner = differential(applied(body, variable, environment), along)
        if inner is None:
            return None
        body = inner
    return differential(body, towards)


def _is_number(name: str, environment: Environment) -> bool:
    value = environment.bound.get(name)
    return value.rank == 0 if value is not None else np.ndim(environment.symbols.get(name, 0.0)) == 0


@differential.register
def _(node: Call, towards: Towards) -> Node | None:
    environment = towards.environment
    name = environment.named(node.function) or ""
    definition = environment.definitions.get(f"{name}()")
    if definition is not None:
        return differential(
            _substituted(definition.body, dict(zip(definition.arguments, node.arguments, strict=True)), environment),
            towards,
        )
    order = len(name) - len(name.rstrip("'"))
    if order and name not in environment.functions and len(node.arguments) == 1:
        plain = replace(node, function=Symbol(name.rstrip("'")))
        inner = differential(node.arguments[0], towards)
        return Directional(plain, (0,) * (order + 1), (*(ONE,) * order, inner)) if inner is not None else None
    return _of_function(node, towards, logarithm=False)


def _of_function(node: Call, towards: Towards, *, logarithm: bool) -> Node | None:
    """The chain rule: a function of the author along the differentials of its arguments."""
    environment = towards.environment
    if "||" in node.separators:
        raise NoRule
    function = environment.function_of(node)
    return _along(Directional(_whole_call(node, function, environment), (), (), logarithm), towards)


def _whole_call(node: Call, function: Function, environment: Environment) -> Call:
    """The call with all arguments of the declaration, in its order."""
    arguments = [item.right if isinstance(item, Relation) else item for item in environment.arranged(node, function)]
    arguments += [applied(Symbol(name), None, environment) for name in function.arguments[len(arguments) :]]
    return Call(node.function, tuple(arguments), function.separators)


@differential.register
def _(node: Directional, towards: Towards) -> Node | None:
    changed = _along(node, towards)
    for place, direction in enumerate(node.directions):
        inner = differential(direction, towards)
        if inner is not None:
            directions = (*node.directions[:place], inner, *node.directions[place + 1 :])
            changed = plus(changed, replace(node, directions=directions))
    return changed


def _along(node: Directional, towards: Towards) -> Node | None:
    """One more derivative of a function, along what each of its arguments changes by."""
    changed: Node | None = None
    for place, argument in enumerate(node.call.arguments):
        inner = differential(argument, towards)
        if inner is not None:
            more = replace(node, places=(*node.places, place), directions=(*node.directions, inner))
            changed = plus(changed, more)
    return changed


def _substituted(body: Node, values: Mapping[str, Node], environment: Environment) -> Node:
    """The body of a definition with its arguments in place. Errors: NoRule where an operator in it binds a letter."""
    spoken = {item for value in values.values() for item in walk(value) if isinstance(item, Symbol)}
    for item in walk(body):
        if isinstance(item, Binder) and (
            {*item.variables} & spoken or {*map(environment.named, item.variables)} & {*values}
        ):
            raise NoRule
        if isinstance(item, Derivative):
            raise NoRule

    def change(node: Node) -> Node:
        if isinstance(node, Symbol) and environment.key(node) in values:
            return values[environment.key(node)]
        return rebuild(node, change)

    return change(body)
