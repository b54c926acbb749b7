"""Stretches of the tokens: what a bracket holds, and what an argument."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mathpost.latex.reading.tokens import Token

NONE: Final[frozenset[str]] = frozenset()


class Argument(NamedTuple):
    """The tokens of an argument, by their indices; `grouped` where braces hold them."""

    start: int
    stop: int
    grouped: bool


@dataclass(slots=True)
class Shape:
    """What stands directly inside a bracket: its closing token and the separators and operators on its level."""

    close: int
    marks: list[str] = field(default_factory=list)

    def bars(self, text: str) -> int:
        return self.marks.count(text)

    def dividing(self, bar: str) -> frozenset[str]:
        """The bar, where it separates: as `\\mid`, or by standing there an odd number of times."""
        return frozenset((bar,)) if "mid" in self.marks or self.bars(bar) % 2 else NONE

    @property
    def listed(self) -> bool:
        """Whether it looks like an argument list."""
        marks = self.marks
        return "," in marks or ";" in marks or marks.count("|") % 2 == 1 or marks.count("||") % 2 == 1 or "mid" in marks


def shapes_of(tokens: list[Token]) -> dict[int, Shape]:
    """The shape of every bracket and group, by the index of its opening token."""
    shapes: dict[int, Shape] = {}
    stack: list[tuple[int, Shape]] = []
    top = Shape(len(tokens) - 1)
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind in ("open", "{", "begin"):
            stack.append((index, Shape(len(tokens) - 1)))
        elif kind in ("close", "}", "end") and stack:
            opening, shape = stack.pop()
            shape.close = index
            shapes[opening] = shape
        elif kind == "separator":
            marks = (stack[-1][1] if stack else top).marks
            marks.append("mid" if token.text in ("|", "||") else token.text)
        elif kind in ("bar", "operator", "relation"):
            marks = (stack[-1][1] if stack else top).marks
            if kind != "bar" or tokens[index + 1].text != "_" or marks.count(token.text) % 2:  # `f |_x` closes nothing
                marks.append(token.text)
    shapes.update(stack)
    return shapes


def coordinates_in(tokens: list[Token]) -> frozenset[str]:
    """Names by which something is differentiated with an upper index: `x` of `\\frac{\\partial f}{\\partial x^i}`."""
    if all(token.text != r"\partial" for token in tokens):
        return NONE
    return frozenset(
        name.text
        for mark, name, script, upper in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
        if mark.text == r"\partial" and script.text == "^" and name.kind == upper.kind == "name"
    )
