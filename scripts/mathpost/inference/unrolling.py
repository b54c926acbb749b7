"""Sequences that a text gives by recursion: what is said of an entry k is tried at a definite k, down to the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mathpost.inference.definitions import TooLarge, free_names, names_bound_by, substituted
from mathpost.inference.sayings import name_of
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import BigOperator, Binary, Index, Negative, Node, Number, Symbol

FIRST_PLACES = (6, 5, 4, 7)
MOST_STEPS = 60


@dataclass(frozen=True)
class Recursion:
    """`name` at `letter` + `shift` is `body`, in which earlier entries stand; the first is at `floor`."""

    name: str
    letter: str
    shift: int
    body: Node
    floor: int = 1


def recursion_of(pattern: Node, body: Node) -> Recursion | None:
    """What `x_{t+1} = f(x_t)` says, if each entry comes from earlier ones."""
    if not (isinstance(pattern, Index) and len(pattern.indices) == 1 and isinstance(pattern.base, Symbol)):
        return None
    place = _linear(pattern.indices[0])
    if place is None:
        return None
    letter, shift = place
    for item in walk(body):
        if isinstance(item, Index) and name_of(item.base) == pattern.base.name:
            other = _linear(item.indices[0]) if len(item.indices) == 1 else None
            if other is None or other[0] != letter or other[1] >= shift:
                return None
    return Recursion(pattern.base.name, letter, shift, body)


def _linear(index: Node) -> tuple[str, int] | None:
    match index:
        case Symbol(name=name):
            return name, 0
        case Binary(operator="+", left=Symbol(name=name), right=Number(text=text)) if text.isdigit():
            return name, int(text)
        case Binary(operator="-", left=Symbol(name=name), right=Number(text=text)) if text.isdigit():
            return name, -int(text)
    return None


def at_definite_places(left: Node, right: Node, recursions: Mapping[str, Recursion]) -> tuple[Node, Node]:
    """Both sides with numbers for the letters that count, and each entry traced back to the first."""
    if not (_speaks_of(left, recursions) or _speaks_of(right, recursions)):
        return left, right
    free = free_names(left) | free_names(right)
    letters = sorted({
        name for side in (left, right) for item in walk(side) if isinstance(item, Index)
        for index in item.indices for name in free_names(index)
    } & free)  # fmt: skip
    places = {letter: Number(str(FIRST_PLACES[k % 4])) for k, letter in enumerate(letters)}
    steps = [MOST_STEPS]
    sides = (substituted(left, places), substituted(right, places))
    return _traced(sides[0], recursions, steps), _traced(sides[1], recursions, steps)


def _traced(node: Node, recursions: Mapping[str, Recursion], steps: list[int]) -> Node:
    match node:
        case Binary() | Negative():
            node = folded(node)
        case BigOperator(operator="sum" | "prod") if _speaks_of(node.body, recursions):
            node = _written_out(node)
    if isinstance(node, Index) and name_of(node.base) in recursions and len(node.indices) == 1:
        recursion, index = recursions[name_of(node.base)], folded(node.indices[0])
        if isinstance(index, Number) and index.text.isdigit() and int(index.text) > recursion.floor:
            steps[0] -= 1
            if steps[0] < 0:
                raise TooLarge
            letter = Number(str(int(index.text) - recursion.shift))
            return _traced(substituted(recursion.body, {recursion.letter: letter}), recursions, steps)
        return replace(node, indices=(index,))
    return rebuild(node, lambda child: _traced(child, recursions, steps))


def _speaks_of(node: Node, recursions: Mapping[str, Recursion]) -> bool:
    return any(isinstance(item, Index) and name_of(item.base) in recursions for item in walk(node))


def _written_out(node: BigOperator) -> Node:
    """A sum or product between two numbers, term by term."""
    binder = node.binder
    lower, upper = (folded(end) if end is not None else None for end in (binder.lower, binder.upper))
    bounds = [end for end in (lower, upper) if isinstance(end, Number) and end.text.isdigit()]
    names = names_bound_by(node)
    if len(bounds) != 2 or len(names) != 1 or not 0 <= int(bounds[1].text) - int(bounds[0].text) < 12:
        return node
    name = next(iter(names))
    terms = [
        substituted(node.body, {name: Number(str(place))})
        for place in range(int(bounds[0].text), int(bounds[1].text) + 1)
    ]
    total = terms[0]
    for term in terms[1:]:
        total = Binary("+" if node.operator == "sum" else "*", total, term)
    return total


def folded(node: Node) -> Node:
    """Sums and differences of whole numbers as one."""
    match node:
        case Binary(operator="+" | "-" as sign, left=left, right=right):
            left, right = folded(left), folded(right)
            if isinstance(left, Number) and isinstance(right, Number) and left.text.isdigit() and right.text.isdigit():
                value = int(left.text) + (int(right.text) if sign == "+" else -int(right.text))
                return Number(str(value)) if value >= 0 else Negative(Number(str(-value)))
            return replace(node, left=left, right=right)
    return node
