r"""The differential of a formula as a formula: what it changes by where a letter moves in a direction.

Each rule is linear in the direction, so that numbers, vectors and matrices have the same rules, in the same order of
the factors (Magnus and Neudecker, Matrix Differential Calculus, 8). A function of the author is differentiated as
such (`Directional`). What has no rule is said to have none, and is left to difference quotients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from mathpost.evaluation.dependence import applied, dependencies
from mathpost.evaluation.environment import Environment, Function
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Binder,
    Call,
    Cases,
    Derivative,
    Directional,
    Fenced,
    Index,
    Inner,
    Integral,
    Matrix,
    Moment,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Relation,
    Root,
    Sequence,
    Symbol,
    Transpose,
)

ONE, TWO, ZERO = Number("1"), Number("2"), Number("0")
MOST_FACTORS = 6


class NoRule(Exception):
    """A formula has no differential that could be written down."""


@dataclass(frozen=True)
class Towards:
    """The letter that moves, the letter that stands for its direction, and the environment of both."""

    name: str
    direction: Node
    environment: Environment


def differential(node: Node, towards: Towards) -> Node | None:
    """What a formula changes by; nothing where it does not depend on the letter. Errors: NoRule."""
    return _differential(node, towards)


@singledispatch
def _differential(node: Node, towards: Towards) -> Node | None:
    """What has no rule of its own."""
    if towards.name in dependencies(node, towards.environment):
        raise NoRule
    return None


@_differential.register
def _(node: Symbol, towards: Towards) -> Node | None:
    environment = towards.environment
    name = environment.key(node)
    if name == towards.name:
        return towards.direction
    if name in environment.bound or name in environment.symbols:
        return None
    if name in environment.definitions:
        return _differential(environment.definitions[name].body, towards)
    called = applied(node, None, environment)
    return _differential(called, towards) if called != node else None


@_differential.register
def _(node: Index, towards: Towards) -> Node | None:
    if any(towards.name in dependencies(index, towards.environment) for index in node.indices):
        raise NoRule
    if towards.environment.samples(node) is not None and towards.environment.named(node.base) != towards.name:
        return None
    base = _differential(node.base, towards)
    return replace(node, base=base) if base is not None else None


@_differential.register
def _(node: Negative, towards: Towards) -> Node | None:
    return _minus(_differential(node.operand, towards))


@_differential.register
def _(node: Binary, towards: Towards) -> Node | None:
    left, right = _differential(node.left, towards), _differential(node.right, towards)
    match node.operator:
        case "+":
            return _plus(left, right)
        case "-":
            return _plus(left, _minus(right))
        case "*" | "\\times" | "\\odot" | "\\otimes" | "entrywise":
            return _plus(
                replace(node, left=left) if left is not None else None,
                replace(node, right=right) if right is not None else None,
            )
        case "/":
            numerator = Binary("/", left, node.right) if left is not None else None
            if right is None:
                return numerator
            return _plus(numerator, _minus(Binary("*", Binary("/", node, node.right), right)))
    if left is None and right is None:
        return None
    raise NoRule


@_differential.register
def _(node: Power, towards: Towards) -> Node | None:
    base, exponent = _differential(node.base, towards), _differential(node.exponent, towards)
    parts = None
    if base is not None:
        parts = _of_power(node, base)
    if exponent is not None:
        logarithm = ONE if node.base == Symbol("e") else Apply("log", node.base)
        parts = _plus(parts, Binary("\\times", Binary("\\times", node, logarithm), exponent))
    return parts


def _of_power(node: Power, base: Node) -> Node | None:
    """In the order of the factors where the exponent is a small whole number, as the base may be a matrix.

    A norm has its square as an inner product, which has no kink.
    """
    if node.exponent == TWO and isinstance(node.base, Norm) and isinstance(base, Binary) and base.operator == "/":
        return Binary("*", TWO, base.left)
    whole = _whole(node.exponent)
    if whole == -1:
        return _minus(Binary("*", Binary("*", node, base), node))
    if 0 < whole <= MOST_FACTORS:
        factors = [node.base] * whole
        return _sum_of([_product_of([*factors[:k], base, *factors[k + 1 :]]) for k in range(whole)])
    power = Power(node.base, Binary("-", node.exponent, ONE))
    return Binary("\\times", Binary("\\times", node.exponent, power), base)


def _whole(exponent: Node) -> int:
    """A whole number that is written as an exponent; 0 for any other."""
    if exponent == Negative(ONE):
        return -1
    return int(exponent.text) if isinstance(exponent, Number) and exponent.text.isdigit() else 0


@_differential.register
def _(node: Root, towards: Towards) -> Node | None:
    return _differential(Power(node.radicand, Binary("/", ONE, node.degree or TWO)), towards)


@_differential.register
def _(node: Transpose, towards: Towards) -> Node | None:
    operand = _differential(node.operand, towards)
    return Transpose(operand) if operand is not None else None


@_differential.register
def _(node: Inner, towards: Towards) -> Node | None:
    left, right = _differential(node.left, towards), _differential(node.right, towards)
    if node.order is not None and towards.name in dependencies(node.order, towards.environment):
        raise NoRule
    return _plus(
        replace(node, left=left) if left is not None else None,
        replace(node, right=right) if right is not None else None,
    )


@_differential.register
def _(node: Norm, towards: Towards) -> Node | None:
    operand = _differential(node.operand, towards)
    if operand is None and (node.order is None or towards.name not in dependencies(node.order, towards.environment)):
        return None
    if operand is None or node.order not in (None, TWO, Symbol("F")):
        raise NoRule
    return Binary("/", Inner(node.operand, operand), node)


@_differential.register
def _(node: Apply, towards: Towards) -> Node | None:
    argument = node.argument
    if node.function == "log":
        logarithm = _of_logarithm(argument, towards)
        if node.base is None or logarithm is None:
            return logarithm
        return Binary("/", logarithm, Apply("log", node.base))
    inner = _differential(argument, towards)
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


SLOPES: Mapping[str, Callable[[Node, Node], Node]] = {
    "exp": lambda f, x: f,
    "sin": lambda f, x: Apply("cos", x),
    "cos": lambda f, x: Negative(Apply("sin", x)),
    "tan": lambda f, x: Binary("entrywise", Apply("sec", x), Apply("sec", x)),
    "sinh": lambda f, x: Apply("cosh", x),
    "cosh": lambda f, x: Apply("sinh", x),
    "arctan": lambda f, x: Binary("/", ONE, Binary("+", ONE, Power(x, TWO))),
    "arcsin": lambda f, x: Binary("/", ONE, Root(Binary("-", ONE, Power(x, TWO)))),
    "arccos": lambda f, x: Negative(Binary("/", ONE, Root(Binary("-", ONE, Power(x, TWO))))),
    "tanh": lambda f, x: Binary("-", ONE, Power(f, TWO)),
    "erf": lambda f, x: Binary(
        "*", Binary("/", TWO, Root(Symbol("\\pi"))), Power(Symbol("e"), Negative(Power(x, TWO)))
    ),
}
"""The derivative of a function of numbers, by the function itself and its argument."""


def _of_logarithm(argument: Node, towards: Towards) -> Node | None:
    """The logarithm of a density, and of products of some, as such: the density itself may underflow."""
    environment = towards.environment
    match argument:
        case Call() if environment.named(argument.function) in environment.functions:
            return _of_function(argument, towards, logarithm=True)
        case Binary(operator="*" | "/") if any(isinstance(item, Call) for item in walk(argument)):
            left, right = _of_logarithm(argument.left, towards), _of_logarithm(argument.right, towards)
            return _plus(left, right if argument.operator == "*" else _minus(right))
        case Power() if any(isinstance(item, Call) for item in walk(argument)):
            return _differential(Binary("*", argument.exponent, Apply("log", argument.base)), towards)
    inner = _differential(argument, towards)
    return Binary("\\oslash", inner, argument) if inner is not None else None


@_differential.register
def _(node: Fenced, towards: Towards) -> Node | None:
    inner = _differential(node.operand, towards)
    if inner is None:
        return None
    raise NoRule


@_differential.register
def _(node: Matrix, towards: Towards) -> Node | None:
    rows = [[_differential(entry, towards) for entry in row] for row in node.rows]
    if all(entry is None for row in rows for entry in row):
        return None
    return Matrix(tuple(tuple(entry or ZERO for entry in row) for row in rows))


@_differential.register
def _(node: Sequence, towards: Towards) -> Node | None:
    return _differential(Matrix(tuple((element,) for element in node.elements)), towards)


@_differential.register
def _(node: Cases, towards: Towards) -> Node | None:
    """Between the places where the branches meet."""
    values = [_differential(value, towards) for value, _ in node.branches]
    if all(value is None for value in values):
        return None
    return Cases(tuple((value or ZERO, test) for value, (_, test) in zip(values, node.branches, strict=True)))


@_differential.register
def _(node: BigOperator, towards: Towards) -> Node | None:
    if node.operator != "sum":
        _require_no_letter(node, towards)
        return None
    body = _under((node.binder,), node.body, towards)
    return replace(node, body=body) if body is not None else None


@_differential.register
def _(node: Integral, towards: Towards) -> Node | None:
    body = _under((node.binder,), node.body, towards)
    return replace(node, body=body) if body is not None else None


@_differential.register
def _(node: Moment, towards: Towards) -> Node | None:
    if node.operator != "E" or node.condition is not None or not node.binders:
        _require_no_letter(node, towards)
        return None
    body = _under(node.binders, node.arguments[0], towards)
    return replace(node, arguments=(body,)) if body is not None else None


def _require_no_letter(node: Node, towards: Towards) -> None:
    if towards.name in dependencies(node, towards.environment):
        raise NoRule


def _under(binders: tuple[Binder, ...], body: Node, towards: Towards) -> Node | None:
    """The differential of what stands under an operator whose range does not depend on the letter."""
    environment = towards.environment
    for binder in binders:
        bound = {environment.named(variable) for variable in binder.variables}
        if binder.law is not None and not bound:
            raise NoRule  # what it binds is told by the law
        for part in (binder.lower, binder.upper, binder.domain, binder.law, binder.condition):
            if part is not None and towards.name in dependencies(part, environment):
                raise NoRule
        if towards.name in bound:
            return None
    return _differential(body, towards)


@_differential.register
def _(node: Derivative, towards: Towards) -> Node | None:
    """A derivative by a number is a differential in the direction 1."""
    environment, body = towards.environment, node.body
    if not node.variables:
        raise NoRule
    for variable in reversed(node.variables):
        name = environment.named(variable)
        if not isinstance(variable, Symbol) or name is None or not _is_number(name, environment):
            _require_no_letter(node, towards)
            return None
        inner = differential(applied(body, variable, environment), Towards(name, ONE, environment))
        if inner is None:
            return None
        body = inner
    return _differential(body, towards)


def _is_number(name: str, environment: Environment) -> bool:
    value = environment.bound.get(name)
    return value.rank == 0 if value is not None else np.ndim(environment.symbols.get(name, 0.0)) == 0


@_differential.register
def _(node: Call, towards: Towards) -> Node | None:
    environment = towards.environment
    name = environment.named(node.function) or ""
    definition = environment.definitions.get(f"{name}()")
    if definition is not None:
        return _differential(
            _substituted(definition.body, dict(zip(definition.arguments, node.arguments, strict=True)), environment),
            towards,
        )
    order = len(name) - len(name.rstrip("'"))
    if order and name not in environment.functions and len(node.arguments) == 1:
        plain = replace(node, function=Symbol(name.rstrip("'")))
        inner = _differential(node.arguments[0], towards)
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


@_differential.register
def _(node: Directional, towards: Towards) -> Node | None:
    changed = _along(node, towards)
    for place, direction in enumerate(node.directions):
        inner = _differential(direction, towards)
        if inner is not None:
            directions = (*node.directions[:place], inner, *node.directions[place + 1 :])
            changed = _plus(changed, replace(node, directions=directions))
    return changed


def _along(node: Directional, towards: Towards) -> Node | None:
    """One more derivative of a function, along what each of its arguments changes by."""
    changed: Node | None = None
    for place, argument in enumerate(node.call.arguments):
        inner = _differential(argument, towards)
        if inner is not None:
            more = replace(node, places=(*node.places, place), directions=(*node.directions, inner))
            changed = _plus(changed, more)
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


def _plus(left: Node | None, right: Node | None) -> Node | None:
    if left is None or right is None:
        return right if left is None else left
    return Binary("+", left, right)


def _minus(node: Node | None) -> Node | None:
    return Negative(node) if node is not None else None


def _sum_of(terms: list[Node]) -> Node:
    total = terms[0]
    for term in terms[1:]:
        total = Binary("+", total, term)
    return total


def _product_of(factors: list[Node]) -> Node:
    product = factors[0]
    for factor in factors[1:]:
        product = Binary("*", product, factor)
    return product
