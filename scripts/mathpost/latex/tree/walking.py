"""Walking over a tree: the one place that knows how nodes hold their children."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, cast

from mathpost.latex.tree.nodes import Node, _Node


def children(node: Node) -> Iterator[Node]:
    for item in fields(node):
        if item.name != "span":
            yield from _nodes_in(getattr(node, item.name))


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy of `node` with `change` applied to each of its children."""
    changed = {item.name: _rebuilt(getattr(node, item.name), change) for item in fields(node) if item.name != "span"}
    return cast(Node, replace(cast(Any, node), **changed))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, _Node):
        yield cast(Node, value)
    elif isinstance(value, tuple):
        for element in value:
            yield from _nodes_in(element)


def _rebuilt(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, _Node):
        return change(cast(Node, value))
    if isinstance(value, tuple):
        return tuple(_rebuilt(element, change) for element in value)
    return value
