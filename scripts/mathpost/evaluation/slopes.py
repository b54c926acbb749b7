"""What differentials are made of: sums of parts that may be nothing, and the derivatives of functions of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Negative,
    Node,
    Number,
    Root,
    Symbol,
)

ONE, TWO, ZERO = Number("1"), Number("2"), Number("0")


def _squared(node: Node) -> Node:
    return Binary("entrywise", node, node)


SLOPES: Mapping[str, Callable[[Node, Node], Node]] = {
    "exp": lambda f, x: f,
    "sin": lambda f, x: Apply("cos", x),
    "cos": lambda f, x: Negative(Apply("sin", x)),
    "tan": lambda f, x: _squared(Apply("sec", x)),
    "sinh": lambda f, x: Apply("cosh", x),
    "cosh": lambda f, x: Apply("sinh", x),
    "arctan": lambda f, x: _squared(Apply("cos", f)),
    "arcsin": lambda f, x: Apply("sec", f),
    "arccos": lambda f, x: Negative(Apply("csc", f)),
    "tanh": lambda f, x: _squared(Apply("sech", x)),
    "erf": lambda f, x: Binary(
        "*", Binary("/", TWO, Root(Symbol("\\pi"))), Apply("exp", Negative(Binary("entrywise", x, x)))
    ),
}
"""The derivative of a function of numbers, by the function itself and its argument, which may be a vector of them."""


def plus(left: Node | None, right: Node | None) -> Node | None:
    if left is None or right is None:
        return right if left is None else left
    return Binary("+", left, right)


def minus(node: Node | None) -> Node | None:
    return Negative(node) if node is not None else None


def sum_of(terms: list[Node]) -> Node:
    total = terms[0]
    for term in terms[1:]:
        total = Binary("+", total, term)
    return total


def product_of(factors: list[Node]) -> Node:
    product = factors[0]
    for factor in factors[1:]:
        product = Binary("*", product, factor)
    return product
