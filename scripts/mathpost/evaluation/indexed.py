r"""Functions that the text tells apart by indices: `m_t(x)`, and `q(x_t \mid x_{t-1})` beside `q(x_t \mid x_0)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathpost.latex.tree.nodes import Binary, Index, Node, Number, Relation, Symbol

_BELOW = re.compile(r"(?P<base>.+)_\{<\s*(?P<letter>[A-Za-z])\}")
_NUMBERED = re.compile(r"(?P<base>.+)_(?:(?P<digit>\d)|\{(?P<digits>\d+)\})")


@dataclass(frozen=True)
class Step:
    """An index as a letter and a whole number beside it: `t - 1`; no letter for a number alone."""

    letter: str | None
    offset: int

    def moved(self, by: int) -> Step:
        return Step(self.letter, self.offset + by)

    @property
    def node(self) -> Node:
        if self.letter is None:
            return Number(str(self.offset))
        letter, offset = Symbol(self.letter), Number(str(abs(self.offset)))
        return letter if not self.offset else Binary("+" if self.offset > 0 else "-", letter, offset)


def step_of(node: Node) -> Step | None:
    match node:
        case Symbol(name=name):
            return Step(name, 0)
        case Number(text=text) if text.isdigit():
            return Step(None, int(text))
        case Binary(operator="+" | "-" as operator, left=left, right=Number(text=text)) if text.isdigit():
            step = step_of(left)
            return step and step.moved(int(text) if operator == "+" else -int(text))
    return None


def index_of(argument: Node) -> tuple[str, Node] | None:
    """The name of an indexed argument and its index, `x_{t-1}` or `x_0`; None for any other."""
    match argument:
        case Index(base=Symbol(name=name), indices=(index,)):
            return name, index
        case Symbol(name=name) if found := _BELOW.fullmatch(name):
            return found["base"], Relation("<", Symbol(r"\cdot"), Symbol(found["letter"]))
        case Symbol(name=name) if found := _NUMBERED.fullmatch(name):
            return found["base"], Number(found["digit"] or found["digits"])
    return None


def tells(arguments: tuple[Node, ...]) -> bool:
    """Whether the indices of a declaration say which function it is: those that are more than one letter."""
    indices = [found[1] for argument in arguments if (found := index_of(argument))]
    return any(isinstance(each, Index) for each in arguments) and any(
        not isinstance(index, Symbol) for index in indices
    )


def letters_of(arguments: tuple[Node, ...]) -> tuple[str, ...]:
    """The letters that the indices of a declaration run with."""
    found = [_steps(found[1]) for argument in arguments if (found := index_of(argument))]
    return tuple(dict.fromkeys(step.letter for steps in found for step in steps if step.letter))


def _steps(index: Node) -> list[Step]:
    if isinstance(index, Relation):
        return [*_steps(index.left), *_steps(index.right)] if index.operator == ":" else _steps(index.right)
    step = step_of(index)
    return [step] if step else []


def matched(declared: tuple[Node, ...], called: tuple[Node, ...]) -> dict[str, Step] | None:
    """What the letters of a declaration are in a call; None where its indices are others."""
    found: dict[str, Step] = {}
    pairs = [(index_of(own), index_of(other)) for own, other in zip(declared, called, strict=False)]
    ordered = sorted(pairs, key=lambda pair: pair[0] is not None and not isinstance(pair[0][1], Symbol))
    for own, other in ordered:
        if own is None:
            continue
        if other is None or own[0] != other[0] or not _matches(own[1], other[1], found):
            return None
    return found


def _matches(own: Node, other: Node, found: dict[str, Step]) -> bool:
    if isinstance(own, Relation) or isinstance(other, Relation):
        if not (isinstance(own, Relation) and isinstance(other, Relation) and own.operator == other.operator):
            return False
        ends = [(own.left, other.left), (own.right, other.right)]
        return all(_matches(*pair, found) for pair in (ends if own.operator == ":" else ends[1:]))
    step, called = step_of(own), step_of(other)
    if step is None or called is None:
        return own == other
    if step.letter is None:
        return step == called
    meant = called.moved(-step.offset)
    return found.setdefault(step.letter, meant) == meant
