"""Mutants of a formula: every tree that differs from it in one place, in a way an author might get wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mathpost.latex.tree import walk, with_one_changed
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Binder,
    Call,
    Declared,
    Index,
    Integral,
    Moment,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Symbol,
    Transpose,
)

EXCHANGED = {"sum": "prod", "prod": "sum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax",
             "sup": "inf", "inf": "sup"}  # fmt: skip
OPPOSITE = {"+": ("-",), "-": ("+",), "*": ("/",), "\\odot": ()}
ONE = Number("1")
TWO = Number("2")


def mutations(tree: Node, declared: Declared) -> Iterator[Node]:
    """Each mutant once, never the tree itself."""
    seen = {tree}
    for mutant in _everywhere(tree, _local(tree, declared)):
        if mutant not in seen:
            seen.add(mutant)
            yield mutant


def _everywhere(node: Node, local: Callable[[Node], Iterator[Node]]) -> Iterator[Node]:
    """The mutants of a node itself, and those with one mutated child."""
    yield from local(node)
    yield from with_one_changed(node, lambda child: _everywhere(child, local))


def _local(tree: Node, declared: Declared) -> Callable[[Node], Iterator[Node]]:
    neighbours = _neighbours(tree, declared)

    def local(node: Node) -> Iterator[Node]:
        for rule in RULES:
            yield from rule(node)
        if isinstance(node, Symbol):
            yield from (other for other in neighbours.get(_kind(node, declared), ()) if other != node)

    return local


def _kind(symbol: Symbol, declared: Declared) -> str:
    if symbol.name in declared.functions:
        return "function"
    return "symbol" if symbol.name in declared.symbols | declared.data else "index"


def _neighbours(tree: Node, declared: Declared) -> dict[str, list[Symbol]]:
    """The other names of the same formula, by kind: what a slip of the pen puts in a name's place."""
    found: dict[str, list[Symbol]] = {}
    for node in walk(tree):
        if isinstance(node, Symbol):
            names = found.setdefault(_kind(node, declared), [])
            if node not in names:
                names.append(node)
    return found


def _logs_and_powers(node: Node) -> Iterator[Node]:
    match node:
        case Apply(function="log"):
            yield node.argument
        case Call() | Index():
            yield Apply("log", node)
        case Power(exponent=Number()):
            yield node.base
        case Power():
            yield node.base
            yield Power(node.base, Negative(node.exponent))
        case Norm():
            yield Power(node, TWO)


def _signs_and_factors(node: Node) -> Iterator[Node]:
    match node:
        case Negative():
            yield node.operand
        case Number(text=text):
            yield from (Number(other) for other in _near(text))
        case Binary(operator=operator):
            yield from (Binary(other, node.left, node.right) for other in OPPOSITE.get(operator, ()))
            yield node.left
            yield node.right
            if operator in ("-", "/"):
                yield Binary(operator, node.right, node.left)
        case Apply() | Call() | Moment():
            yield Negative(node)


def _near(text: str) -> Iterator[str]:
    if text.isdigit():
        yield str(int(text) + 1)
        if int(text) > 0:
            yield str(int(text) - 1)


def _operators(node: Node) -> Iterator[Node]:
    match node:
        case BigOperator(operator=operator, binder=binder):
            if operator in EXCHANGED:
                yield BigOperator(EXCHANGED[operator], binder, node.body)
            yield from (BigOperator(operator, other, node.body) for other in _bounds(binder))
            yield from _lost_bracket(node)
            if not operator.startswith("arg"):
                yield node.body
        case Moment(operator="E", arguments=(argument,)):
            yield argument
            yield from _bracket_closed_early(node, argument)
        case Integral(binder=binder):
            yield from (Integral(other, node.body) for other in _bounds(binder))


def _bounds(binder: Binder) -> Iterator[Binder]:
    if isinstance(binder.upper, Symbol):
        yield replace(binder, upper=Binary("-", binder.upper, ONE))


def _lost_bracket(node: BigOperator) -> Iterator[Node]:
    """`\\sum (a + b)` without its bracket is `(\\sum a) + b`."""
    if isinstance(node.body, Binary) and node.body.operator in "+-" and not node.operator.startswith("arg"):
        yield Binary(node.body.operator, replace(node, body=node.body.left), node.body.right)


def _bracket_closed_early(node: Moment, argument: Node) -> Iterator[Node]:
    if isinstance(argument, Binary) and argument.operator in "+-":
        yield Binary(argument.operator, replace(node, arguments=(argument.left,)), argument.right)


def _brackets_of_products(node: Node) -> Iterator[Node]:
    """`a (b + c)` without its bracket is `a b + c`."""
    match node:
        case Binary(operator="*", right=Binary(operator="+" | "-" as sign) as right):
            yield Binary(sign, Binary("*", node.left, right.left), right.right)
        case Negative(operand=Binary(operator="+" | "-" as sign) as inner):
            yield Binary(sign, Negative(inner.left), inner.right)
        case Negative(operand=BigOperator(body=Binary(operator="+" | "-" as sign) as body) as big):
            yield Binary(sign, Negative(replace(big, body=body.left)), body.right)


def _arguments_and_shapes(node: Node) -> Iterator[Node]:
    match node:
        case Transpose():
            yield node.operand
        case Index(raised=True):
            yield node.base
        case Index(indices=(index,)):
            yield replace(node, indices=(Binary("+", index, ONE),))
        case Call(arguments=(first, second, *rest)):
            yield replace(node, arguments=(second, first, *rest))
        case Norm(order=order):
            yield replace(node, order=ONE if order != ONE else TWO)


RULES = (_logs_and_powers, _signs_and_factors, _operators, _brackets_of_products, _arguments_and_shapes)
