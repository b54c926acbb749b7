"""How far a big operator reaches where no notation is at hand: to the last term that speaks of what it binds."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.prefixes import names_of
from mathpost.latex.tree import children
from mathpost.latex.tree.nodes import BigOperator, Binary, Integral, Moment, Negative, Node, Symbol


def reaching(operator: str, left: Node, right: Node) -> Node | None:
    """`\\sum_i a_i + b_i` is `\\sum_i (a_i + b_i)`, and so is an optimum that a side begins with; None for others."""
    free = _free_names(right)
    if isinstance(left, BigOperator) and left.operator in ("max", "min", "sup", "inf"):
        return _extended(operator, left, right, free)
    return _reaching_sum(operator, left, right, free)


def _reaching_sum(operator: str, left: Node, right: Node, free: set[str]) -> Node | None:
    if isinstance(left, Binary) and left.operator in ("*", "+", "-"):
        last = _reaching_sum(operator, left.right, right, free)
        return None if last is None else replace(left, right=last)
    if isinstance(left, Negative):
        last = _reaching_sum(operator, left.operand, right, free)
        return None if last is None else replace(left, operand=last)
    if isinstance(left, BigOperator) and left.operator == "sum":
        return _extended(operator, left, right, free)
    return None


def _extended(operator: str, left: BigOperator, right: Node, free: set[str]) -> Node | None:
    inner = _reaching_sum(operator, left.body, right, free)
    if inner is not None:
        return replace(left, body=inner)
    if free.isdisjoint(names_of([left.binder])):
        return None
    return replace(left, body=Binary(operator, left.body, right, span=(left.body.span[0], right.span[1])))


def _free_names(node: Node) -> set[str]:
    """The names in a tree that no operator in it binds."""
    if isinstance(node, Symbol):
        return {node.name}
    names = {name for child in children(node) for name in _free_names(child)}
    if isinstance(node, BigOperator | Integral):
        return names - set(names_of([node.binder]))
    return names - set(names_of(list(node.binders))) if isinstance(node, Moment) else names
