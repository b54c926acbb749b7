"""Where what opens is closed, and which braces hold the argument of a command."""

from __future__ import annotations

from collections.abc import Sequence

from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.token import Token


def partners_of(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each group that opens is closed."""
    openings: list[int] = []
    found: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token.kind in ("open", "{", "begin"):
            openings.append(index)
        elif token.kind in ("close", "}", "end") and openings:
            found[openings.pop()] = index
    return found


def arguments_of(tokens: Sequence[Token], partners: dict[int, int]) -> set[int]:
    """The braces that hold an argument of a command, or a script."""
    found: set[int] = set()
    for index, token in enumerate(tokens):
        due = c.ARITY.get(token.text, 1) if token.kind in ("command", "script") and token.text != "'" else 0
        place = index + 1
        while due and place < len(tokens):
            if tokens[place].kind == "open" and tokens[place].text == "[" and token.text == r"\sqrt":
                place = partners.get(place, place) + 1
                continue
            if tokens[place].kind == "{":
                found.add(place)
            place, due = partners.get(place, place) + 1, due - 1
    return found


def depths_of(tokens: Sequence[Token]) -> list[int]:
    """The depth of each token: 0 on the outermost level; layouts do not count."""
    depth, found = 0, []
    for index, token in enumerate(tokens):
        if token.kind in ("close", "}", "end"):
            depth = max(0, depth - 1)
        scripted = index > 0 and tokens[index - 1].kind == "script" and tokens[index - 1].text != "'"
        found.append(depth + scripted)
        if token.kind in ("open", "{", "begin"):
            depth += 1
    return found
