"""Indices that nothing binds, where something does a term before."""

from __future__ import annotations

from collections.abc import Iterator

from mathpost.inference.definitions import free_names, names_bound_by
from mathpost.inference.sayings import name_of
from mathpost.latex.tree import children, walk
from mathpost.latex.tree.nodes import BigOperator, Binary, Index, Node, Symbol

LOST_BRACKET = "the index `{letter}` is free outside of its sum: is a bracket missing?"
UNBOUND = "the index `{letter}` stands for nothing: it is neither bound nor on the left side"


def stray_index(left: Node, right: Node, *, is_first: bool) -> str:
    """What is wrong with the indices of a statement; empty if nothing is.

    A letter that a sum binds and that goes on behind it in the same sum of terms has lost a bracket; in
    `a_k = f(a_{t})` the t is a slip.
    """
    for side, other in ((right, left), (left, right)) if is_first else ((right, left),):
        for letter in sorted(_lost(side)):
            if letter not in _free_indices(other) or letter in _lost(other):
                return LOST_BRACKET.format(letter=letter)
    return _foreign(left, right) if is_first else ""


def _lost(side: Node) -> set[str]:
    """The letters that are bound in one term, and an index in another of the same sum."""
    found: set[str] = set()
    for node in walk(side):
        if isinstance(node, Binary) and node.operator in "+-":
            bound = {name for item in _last_terms(node.left) for name in _bound_by_sum(item)}
            found |= (bound & _free_indices(node.right)) - _free_indices(node.left)
    return found


def _last_terms(node: Node) -> Iterator[Node]:
    """The operators of a sum's last term."""
    while isinstance(node, Binary) and node.operator in "+-":
        node = node.right
    yield from walk(node)


def _bound_by_sum(node: Node) -> frozenset[str]:
    return names_bound_by(node) if isinstance(node, BigOperator) and node.operator in ("sum", "prod") else frozenset()


def _free_indices(node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
    if isinstance(node, Index):
        inner = {name for index in node.indices for name in free_names(index)} - bound
        return inner | _free_indices(node.base, bound)
    within = bound | names_bound_by(node)
    return set().union(*(_free_indices(child, within) for child in children(node)), set())


def _foreign(left: Node, right: Node) -> str:
    """A letter that only an earlier entry of the same sequence has."""
    if not (isinstance(left, Index) and isinstance(left.base, Symbol)):
        return ""
    own = {name for index in left.indices for name in free_names(index)}
    if not own:
        return ""
    for item in walk(right):
        if isinstance(item, Index) and name_of(item.base) == left.base.name:
            letters = {name for index in item.indices for name in free_names(index)}
            others = free_names(right) - letters
            if letters and not letters & own and not letters & others and _free_indices(right) & letters:
                uses = sum(1 for each in walk(right) if isinstance(each, Symbol) and each.name in letters)
                if uses == len(letters):
                    return UNBOUND.format(letter=sorted(letters)[0])
    return ""
