r"""The differential of a formula as a formula: what it changes by where a letter moves in a direction.

Each rule is linear in the direction, so that numbers, vectors and matrices have the same rules, in the same order of
the factors (Magnus and Neudecker, Matrix Differential Calculus, 8). A function of the author is differentiated as
such (`Directional`). What has no rule is said to have none, and is left to difference quotients.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from functools import singledispatch

from mathpost.evaluation.dependence import applied, dependencies
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.slopes import ONE, TWO, ZERO, minus, plus, product_of, sum_of
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Binder,
    Cases,
    Fenced,
    Inner,
    Integral,
    Matrix,
    Moment,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Root,
    Sequence,
    Symbol,
    Transpose,
)

MOST_FACTORS = 6


class NoRule(Exception):
    """A formula has no differential that could be written down."""


@dataclass(frozen=True)
class Towards:
    """The letter that moves, the letter that stands for its direction, and the environment of both.

    `step` is the step of a sequence that moves, if it is one. `tangents` are the sequences of what the steps of others
    change by; the environment knows them as definitions. Where it is `immediate`, other steps than the one that is
    derived are held.
    """

    name: str
    direction: Node
    environment: Environment
    step: Node | None = None
    tangents: MutableMapping[str, Definition] = field(default_factory=dict)
    immediate: bool = False


@singledispatch
def differential(node: Node, towards: Towards) -> Node | None:
    """What a formula changes by; nothing where it does not depend on the letter. Errors: NoRule."""
    if towards.name in dependencies(node, towards.environment):
        raise NoRule
    return None


@differential.register
def _(node: Symbol, towards: Towards) -> Node | None:
    environment = towards.environment
    name = environment.key(node)
    if name == towards.name:
        return towards.direction
    if name in environment.bound or name in environment.symbols:
        return None
    if name in environment.definitions:
        return differential(environment.definitions[name].body, towards)
    called = applied(node, None, environment)
    return differential(called, towards) if called != node else None


@differential.register
def _(node: Negative, towards: Towards) -> Node | None:
    return minus(differential(node.operand, towards))


@differential.register
def _(node: Binary, towards: Towards) -> Node | None:
    left, right = differential(node.left, towards), differential(node.right, towards)
    match node.operator:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, minus(right))
        case "*" | "\\times" | "\\odot" | "\\otimes" | "entrywise":
            return plus(
                replace(node, left=left) if left is not None else None,
                replace(node, right=right) if right is not None else None,
            )
        case "/":
            numerator = Binary("/", left, node.right) if left is not None else None
            if right is None:
                return numerator
            return plus(numerator, minus(Binary("*", Binary("/", node, node.right), right)))
    if left is None and right is None:
        return None
    raise NoRule


@differential.register
def _(node: Power, towards: Towards) -> Node | None:
    base, exponent = differential(node.base, towards), differential(node.exponent, towards)
    parts = None
    if base is not None:
        parts = _of_power(node, base)
    if exponent is not None:
        logarithm = ONE if node.base == Symbol("e") else Apply("log", node.base)
        parts = plus(parts, Binary("\\times", Binary("\\times", node, logarithm), exponent))
    return parts


def _of_power(node: Power, base: Node) -> Node | None:
    """In the order of the factors where the exponent is a small whole number, as the base may be a matrix.

    A norm has its square as an inner product, which has no kink.
    """
    if node.exponent == TWO and isinstance(node.base, Norm) and isinstance(base, Binary) and base.operator == "/":
        return Binary("*", TWO, base.left)
    whole = _whole(node.exponent)
    if whole == -1:
        return minus(Binary("*", Binary("*", node, base), node))
    if 0 < whole <= MOST_FACTORS:
        factors = [node.base] * whole
        return sum_of([product_of([*factors[:k], base, *factors[k + 1 :]]) for k in range(whole)])
    power = Power(node.base, Binary("-", node.exponent, ONE))
    return Binary("\\times", Binary("\\times", node.exponent, power), base)


def _whole(exponent: Node) -> int:
    """A whole number that is written as an exponent; 0 for any other."""
    if exponent == Negative(ONE):
        return -1
    return int(exponent.text) if isinstance(exponent, Number) and exponent.text.isdigit() else 0


@differential.register
def _(node: Root, towards: Towards) -> Node | None:
    return differential(Power(node.radicand, Binary("/", ONE, node.degree or TWO)), towards)


@differential.register
def _(node: Transpose, towards: Towards) -> Node | None:
    operand = differential(node.operand, towards)
    return Transpose(operand) if operand is not None else None


@differential.register
def _(node: Inner, towards: Towards) -> Node | None:
    left, right = differential(node.left, towards), differential(node.right, towards)
    if node.order is not None and towards.name in dependencies(node.order, towards.environment):
        raise NoRule
    return plus(
        replace(node, left=left) if left is not None else None,
        replace(node, right=right) if right is not None else None,
    )


@differential.register
def _(node: Norm, towards: Towards) -> Node | None:
    operand = differential(node.operand, towards)
    if operand is None and (node.order is None or towards.name not in dependencies(node.order, towards.environment)):
        return None
    if operand is None or node.order not in (None, TWO, Symbol("F")):
        raise NoRule
    return Binary("/", Inner(node.operand, operand), node)


@differential.register
def _(node: Fenced, towards: Towards) -> Node | None:
    inner = differential(node.operand, towards)
    if inner is None:
        return None
    raise NoRule


@differential.register
def _(node: Matrix, towards: Towards) -> Node | None:
    rows = [[differential(entry, towards) for entry in row] for row in node.rows]
    if all(entry is None for row in rows for entry in row):
        return None
    return Matrix(tuple(tuple(entry or ZERO for entry in row) for row in rows))


@differential.register
def _(node: Sequence, towards: Towards) -> Node | None:
    return differential(Matrix(tuple((element,) for element in node.elements)), towards)


@differential.register
def _(node: Cases, towards: Towards) -> Node | None:
    """Between the places where the branches meet."""
    values = [differential(value, towards) for value, _ in node.branches]
    if all(value is None for value in values):
        return None
    return Cases(tuple((value or ZERO, test) for value, (_, test) in zip(values, node.branches, strict=True)))


@differential.register
def _(node: BigOperator, towards: Towards) -> Node | None:
    if node.operator != "sum":
        require_no_letter(node, towards)
        return None
    body = _under((node.binder,), node.body, towards)
    return replace(node, body=body) if body is not None else None


@differential.register
def _(node: Integral, towards: Towards) -> Node | None:
    body = _under((node.binder,), node.body, towards)
    return replace(node, body=body) if body is not None else None


@differential.register
def _(node: Moment, towards: Towards) -> Node | None:
    if node.operator != "E" or node.condition is not None or not node.binders:
        require_no_letter(node, towards)
        return None
    body = _under(node.binders, node.arguments[0], towards)
    return replace(node, arguments=(body,)) if body is not None else None


def require_no_letter(node: Node, towards: Towards) -> None:
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
    return differential(body, towards)
