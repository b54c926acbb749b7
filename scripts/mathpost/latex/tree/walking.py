"""Walking over a tree: the one place that knows how nodes hold their children: in any field that is given by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from mathpost.latex.tree.nodes import Node, _Node


def children(node: Node) -> Iterator[Node]:
    for name in node.__match_args__:
        value = getattr(node, name)
        if isinstance(value, _Node):
            yield cast(Node, value)
        elif isinstance(value, tuple):
            yield from _nodes_in(value)


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, each before its children and these from left to right."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(tuple(children(node))))


def depth_of(node: Node) -> int:
    """How many nodes stand above one another, found level by level: no tree is too deep to be measured."""
    level, depth = [node], 0
    while level:
        depth += 1
        level = [child for parent in level for child in children(parent)]
    return depth


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy of `node` with `change` applied to each of its children."""
    changed = {name: _rebuilt(getattr(node, name), change) for name in node.__match_args__}
    return cast(Node, replace(cast(Any, node), **changed))


def with_one_changed(node: Node, change: Callable[[Node], Iterator[Node]]) -> Iterator[Node]:
    """Every copy of `node` in which one child is another: `change` gives those that may stand in its place."""
    for name in node.__match_args__:
        for changed in _one_changed(getattr(node, name), change):
            yield cast(Node, replace(cast(Any, node), **{name: changed}))


def _nodes_in(elements: tuple[Any, ...]) -> Iterator[Node]:
    for element in elements:
        if isinstance(element, _Node):
            yield cast(Node, element)
        elif isinstance(element, tuple):
            yield from _nodes_in(element)


def _rebuilt(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, _Node):
        return change(cast(Node, value))
    if isinstance(value, tuple):
        return tuple(_rebuilt(element, change) for element in value)
    return value


def _one_changed(value: Any, change: Callable[[Node], Iterator[Node]]) -> Iterator[Any]:
    if isinstance(value, _Node):
        yield from change(cast(Node, value))
    elif isinstance(value, tuple):
        for position, element in enumerate(value):
            for changed in _one_changed(element, change):
                yield (*value[:position], changed, *value[position + 1 :])
