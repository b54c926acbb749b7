"""Ranges as they are written: `1 \\leq i \\leq n`, `i = 1, \\dots, n`, and `[a, b)` behind `\\in`."""

from __future__ import annotations

from mathpost.latex.reading.customs import is_set
from mathpost.latex.tree.nodes import Binary, Dots, Interval, Matrix, Node, Number, Relation, Sequence, SetOf, Symbol


def between(lower: Node, upper: Node) -> Node:
    """The set `\\{lower, \\dots, upper\\}`."""
    return SetOf((lower, Dots(), upper))


def with_ranges(items: list[Node], separators: list[str]) -> tuple[list[Node], list[str]]:
    """`c = 1, \\dots, C` is `c \\in \\{1, \\dots, C\\}`, and `i = 1, 2` is `i \\in \\{1, 2\\}`."""
    start = items[0]
    if isinstance(start, Relation) and start.operator == "=" and set(separators) == {","}:
        values = (start.right, *items[1:])
        if all(isinstance(value, Number) for value in values):
            return [Relation(r"\in", start.left, SetOf(values), span=start.span)], []
    places = [i for i, item in enumerate(items) if isinstance(item, Dots)]
    if len(places) != 1 or not 0 < places[0] < len(items) - 1:
        return items, separators
    first = next((i for i in range(places[0], -1, -1) if isinstance(items[i], Relation)), None)
    if first is None or items[first].operator not in ("=", r"\in"):  # type: ignore[union-attr]
        return items, separators
    relation, stop = items[first], places[0] + 2
    assert isinstance(relation, Relation)
    elements = SetOf((relation.right, *items[first + 1 : stop]))
    whole = Relation(r"\in", relation.left, elements, span=relation.span)
    return [*items[:first], whole, *items[stop:]], separators[:first] + separators[stop - 1 :]


def bounded(item: Node) -> tuple[Node, Node, Node] | None:
    """`1 \\leq i \\leq n`"""
    if not (isinstance(item, Binary) and item.operator == r"\land"):
        return None
    first, second = item.left, item.right
    if not (isinstance(first, Relation) and isinstance(second, Relation)):
        return None
    if first.operator == second.operator == r"\leq" and isinstance(first.right, Symbol) and first.right == second.left:
        return first.right, first.left, second.right
    return None


def as_domain(operator: str, node: Node) -> Node:
    """Behind `\\in`, a pair in brackets is an interval."""
    if operator not in (r"\in", r"\notin", r"\subset", r"\subseteq"):
        return node
    if (
        isinstance(node, Sequence)
        and node.parenthesised
        and len(node.elements) == 2
        and not any(map(is_set, node.elements))
    ):
        return Interval(node.elements[0], node.elements[1], (False, False), span=node.span)
    if isinstance(node, Matrix) and len(node.rows) == 1 and len(node.rows[0]) == 2:
        return Interval(node.rows[0][0], node.rows[0][1], (True, True), span=node.span)
    if isinstance(node, Binary) and node.operator in ("*", r"\times"):
        sides = as_domain(operator, node.left), as_domain(operator, node.right)
        if all(isinstance(side, Interval) or is_set(side) or is_product(side) for side in sides):
            return Binary(r"\times", *sides, span=node.span)
    return node


def is_product(node: Node) -> bool:
    """A product of sets."""
    return isinstance(node, Binary) and node.operator == r"\times"
