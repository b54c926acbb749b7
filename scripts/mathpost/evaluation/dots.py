r"""Dots: `x_1 + x_2 + \dots + x_n`, `1 \cdot 2 \cdots n`, `(s_1, \dots, s_k)` go on from what is written to the last.

What is written on both sides of the dots differs in one place, which is where the terms count: `1` in `x_1`, `n` in
`x_n`. Where the last term says how the others are made, as `n^2` does of `1 + 4 + 9`, its letter counts. Each term
that is written must be what it would be, or else nobody knows how the terms go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

import numpy as np

from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.values import Array, batch_axes
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import BigOperator, Binary, Binder, Dots, Node, Number, Symbol

COUNTER = Symbol(r"\cdot k")
ALIKE = 1e-9
OPERATORS = {"+": "sum", "*": "prod"}


@dataclass(frozen=True)
class Progression:
    """A term in which `COUNTER` counts from `first` to `last`, `step` by `step`."""

    term: Node
    first: Node
    last: Node
    step: int

    def at(self, place: int) -> Node:
        """The term that stands so many places behind the first."""
        return _put(self.term, Binary("+", self.first, Number(str(place * self.step))) if place else self.first)

    def before_last(self, place: int) -> Node:
        """The term that stands so many places before the last."""
        return _put(self.term, Binary("-", self.last, Number(str(place * self.step))) if place else self.last)

    def reduced(self, operator: str) -> BigOperator:
        """All terms, added up or multiplied."""
        if self.step == 1:
            return BigOperator(operator, Binder((COUNTER,), self.first, self.last), self.term)
        count = Binary("/", Binary("-", self.last, self.first), Number(str(self.step)))
        moved = Binary("+", self.first, Binary("*", Number(str(self.step)), COUNTER))
        return BigOperator(operator, Binder((COUNTER,), Number("0"), count), _put(self.term, moved))


def operands(node: Node, operator: str) -> list[Node]:
    """What a chain of one operator joins."""
    if isinstance(node, Binary) and node.operator == operator:
        return [*operands(node.left, operator), *operands(node.right, operator)]
    return [node]


def with_dots_reduced(node: Binary, environment: Environment) -> Node | None:
    """A sum or product with dots as an operator over all of its terms; None where there are none."""
    if node.operator not in OPERATORS:
        return None
    parts = operands(node, node.operator)
    places = [place for place, part in enumerate(parts) if isinstance(part, Dots)]
    if not places:
        return None
    found = _progression(parts, places, to_latex(node), environment)
    if number_of(found.at(0), environment).rank:
        terms = listed(tuple(parts), environment)  # matrices are multiplied in their order
        return reduce(lambda left, right: Binary(node.operator, left, right), terms)
    return found.reduced(OPERATORS[node.operator])


def listed(elements: tuple[Node, ...], environment: Environment) -> tuple[Node, ...]:
    """A list with what its dots stand for."""
    places = [place for place, element in enumerate(elements) if isinstance(element, Dots)]
    if not places:
        return elements
    shown = ", ".join(map(to_latex, elements))
    found = _progression(list(elements), places, shown, environment)
    ends = [number_of(end, environment) for end in (found.first, found.last)]
    if any(end.values.size != 1 for end in ends):
        raise EvaluationError(f"`{shown}` has not the same length everywhere: bind a name to the list")
    count = (float(ends[1].values.item()) - float(ends[0].values.item())) / found.step
    if count < 0 or count != int(count):
        raise EvaluationError(f"`{shown}` does not reach its last element in whole steps")
    return tuple(found.at(place) for place in range(int(count) + 1))


def _progression(parts: list[Node], places: list[int], shown: str, environment: Environment) -> Progression:
    """How the terms go on. Errors: EvaluationError where they may go on in two ways, or in none."""
    if len(places) > 1 or not 0 < places[0] < len(parts) - 1:
        raise EvaluationError(f"`{shown}` does not say where it begins and ends")
    written, behind = parts[: places[0]], parts[places[0] + 1 :]
    fitting = [each for each in _candidates(written, behind[-1]) if _fits(each, written, behind, environment)]
    if not fitting:
        raise EvaluationError(f"`{shown}`: nothing says how the terms go on: write a sum or product with an index")
    following = [_value(each.at(len(written)), environment) for each in fitting] if len(fitting) > 1 else []
    if any(not _are_alike(value, following[0]) for value in following):
        raise EvaluationError(f"`{shown}` may go on in several ways: write more terms, or a sum with an index")
    return fitting[0]


def _value(node: Node, environment: Environment) -> Array | None:
    try:
        return number_of(node, environment)
    except EvaluationError:
        return None


def _are_alike(first: Array | None, other: Array | None) -> bool:
    if first is None or other is None:
        return first is other
    axes = batch_axes(first, other)
    same = first.core == other.core
    return same and np.allclose(first.with_axes(axes), other.with_axes(axes), rtol=ALIKE, atol=ALIKE)


def _candidates(written: list[Node], last: Node) -> Iterator[Progression]:
    pair = _difference(written[-1], last)
    if pair is not None:
        term, first, end = pair
        for step in (1, 2, -1) if len(written) > 1 else (1,):
            begins = Binary("-", first, Number(str((len(written) - 1) * step))) if len(written) > 1 else first
            yield Progression(term, begins, end, step)
    for letter in sorted({node.name for node in walk(last) if isinstance(node, Symbol)} - {COUNTER.name}):
        if last != Symbol(letter):
            term = _renamed(last, letter)
            yield from (Progression(term, Number(first), Symbol(letter), 1) for first in ("1", "0"))


def _fits(found: Progression, written: list[Node], behind: list[Node], environment: Environment) -> bool:
    """Whether each term that is written is the one that stands in its place, and the steps reach the last one."""
    pairs = [(found.at(place), term) for place, term in enumerate(written)]
    pairs += [(found.before_last(place), term) for place, term in enumerate(reversed(behind))]
    values = [(_value(own, environment), _value(term, environment)) for own, term in pairs]
    first, last = _value(found.first, environment), _value(found.last, environment)
    if first is None or last is None or first.rank or last.rank or any(None in pair for pair in values):
        return False
    apart = (last.with_axes(environment.depth) - first.with_axes(environment.depth)) / found.step
    return bool(np.all(apart == np.rint(apart))) and all(_are_alike(*pair) for pair in values)


def _difference(first: Node, last: Node) -> tuple[Node, Node, Node] | None:
    """The term of which both are made, and what stands in the place where they differ; None if that is two things."""
    found: list[tuple[Node, Node]] = []
    term = _unified(first, last, found)
    return (term, *found[0]) if len(set(found)) == 1 else None


def _unified(first: Any, last: Any, found: list[tuple[Node, Node]]) -> Any:
    if first == last:
        return first
    if isinstance(first, tuple) and isinstance(last, tuple) and len(first) == len(last):
        return tuple(_unified(own, other, found) for own, other in zip(first, last, strict=True))
    plain = isinstance(first, Number | Symbol)
    if type(first) is not type(last) or plain or isinstance(first, str) or not hasattr(first, "span"):
        if hasattr(first, "span") and hasattr(last, "span"):
            found.append((first, last))
            return COUNTER
        found += [(Number("0"), Number("0")), (Number("0"), Number("1"))]  # two different things: no one place
        return first
    parts = [item.name for item in fields(first) if item.name != "span"]
    told = [name for name in parts if isinstance(getattr(first, name), str | bool)]
    if any(getattr(first, name) != getattr(last, name) for name in told):
        found.append((first, last))
        return COUNTER
    return type(first)(**{name: _unified(getattr(first, name), getattr(last, name), found) for name in parts})


def _put(term: Node, value: Node) -> Node:
    return value if term == COUNTER else rebuild(term, lambda child: _put(child, value))


def _renamed(node: Node, letter: str) -> Node:
    if isinstance(node, Symbol) and node.name == letter:
        return COUNTER
    return rebuild(node, lambda child: _renamed(child, letter))
