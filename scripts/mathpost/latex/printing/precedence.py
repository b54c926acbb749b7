"""What all printers share: how tightly an expression holds together, and the brackets that this asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mathpost.latex.tree import nodes as n

RELATION, SUM, PRODUCT, FACTOR, POSTFIX = range(5)
"""How tightly a printed expression holds together."""

PRINTERS: Final[dict[type, Callable[..., tuple[str, int]]]] = {}
"""How each node is printed, and how tightly that holds together; `printer` fills it."""


def write(node: n.Node, least: int) -> str:
    text, level = PRINTERS[type(node)](node)
    return text if level >= least else rf"\left( {text} \right)"


def expression(node: n.Node) -> str:
    return write(node, RELATION)


def braces(node: n.Node) -> str:
    return "{" + expression(node) + "}"


_BARS: Final = {"|": r"\mid", "||": r"\parallel"}


def listing(items: tuple[n.Node, ...], separators: tuple[str, ...] | None = None) -> str:
    separators = separators if separators is not None else (",",) * (len(items) - 1)
    text = element(items[0]) if items else ""
    for separator, item in zip(separators, items[1:], strict=True):
        text += (
            f"{separator} {element(item)}"
            if separator in (",", ";")
            else f" {_BARS.get(separator, separator)} {element(item)}"
        )
    return text


def element(node: n.Node) -> str:
    if isinstance(node, n.Sequence) and not node.parenthesised:
        return rf"\left( {expression(node)} \right)"
    return expression(node)


def is_endless(node: n.Node) -> bool:
    return isinstance(node, n.BigOperator) and node.operator.startswith("arg")
