"""One row of a formula into statements, without reading what they say."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.customs import begins_annotation
from mathpost.latex.reading.statements.rows import SIGNS, completes
from mathpost.latex.reading.tokens import Token, depths_of
from mathpost.latex.reading.tokens import commands as c

BOUNDING: Final = frozenset((r"\in", r"\notin", r"\neq", r"\subset", r"\subseteq", "<", ">", r"\leq", r"\geq"))
"""Relations that say what a variable runs over."""


IMPLICATIONS: Final = frozenset((r"\implies", r"\iff"))
"""Connectives that make one statement of two."""


def cut(row: list[Token]) -> list[list[Token]]:
    """One row into statements; one behind an implication begins with its sign, a piece that begins with the mark `if`
    is the condition of the one before."""
    pieces: list[list[Token]] = [[]]
    found = depths_of(row)
    places = [i for i, token in enumerate(row) if found[i] == 0 and token.kind == "relation"]
    last, stated = (places[-1] if places else -1), False
    for index, token in enumerate(row):
        if found[index] == 0 and _separates(row, found, index, pieces[-1], stated, index < last):
            stating = stated
            pieces.append([token] if token.kind == "quad" and token.text == "if" else [])
            stated = False
            if token.kind in ("connective", "quad", "text", "separator", "operator"):
                pieces[-1] += [token] if token.kind == "text" or (token.text in IMPLICATIONS and stating) else []
                continue
        stated = token.text != r"\forall" and (stated or (found[index] == 0 and token.kind == "relation"))
        pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _separates(row: list[Token], found: list[int], index: int, piece: list[Token], stated: bool, more: bool) -> bool:
    """Whether a new statement begins at this token: `stated` where one stands before, `more` where one follows."""
    token = row[index]
    if token.kind == "connective":
        return True
    if token.kind == "quad":
        return bool(piece) and completes(piece) and not _announces(piece) and not _goes_on(row, found, index)
    if token.kind == "text":
        goes_on = _goes_on(row, found, index)
        return bool(piece) and completes(piece) and more and begins_annotation(token) and not goes_on
    if token.text == r"\land":
        return stated and _next_states(row, found, index + 1)
    if token.kind != "separator" or token.text not in (",", ";", ":"):
        return False
    if not stated or token.text == ":":
        return _ends_quantifier(row, found, index, piece)
    return _next_states(row, found, index + 1)


def _announces(piece: list[Token]) -> bool:
    """`\\text{and} \\quad`, `\\text{for} \\quad`: words that belong to what stands behind the space."""
    words = [token for token in piece if token.kind != "quad"]
    return len(words) == 1 and words[0].kind == "text" and begins_annotation(words[0])


def _goes_on(row: list[Token], found: list[int], index: int) -> bool:
    """Whether an operator behind a space or a text goes on from what stands before; a sign begins a statement, too."""
    after = next((place for place in range(index + 1, len(row)) if row[place].kind != "quad"), None)
    if after is None or row[after].kind != "operator":
        return False
    if row[index].kind == "text":
        return row[after].text not in SIGNS or not begins_for(row[index]) or not _next_states(row, found, after)
    return row[after].text not in SIGNS or not _next_states(row, found, after)


def _ends_quantifier(row: list[Token], found: list[int], index: int, piece: list[Token]) -> bool:
    """Whether a claim begins here, behind `\\forall x`; `\\forall x, y \\in S` goes on."""
    said = [token for token in piece if token.kind != "quad"]
    first = next((token for token in said if token.kind != "text" or begins_for(token)), None)
    quantified = any(token.text == r"\forall" for token in piece) or (first is not None and begins_for(first))
    if first is None or not quantified:
        return False
    if first.text != r"\forall" and not begins_for(first) and row[index].text == ":":
        return False
    relation = next((i for i in range(index, len(row)) if found[i] == 0 and row[i].kind == "relation"), None)
    if relation is None or row[index].text == ":":
        return relation is not None
    if any(row[i].text == ":" and found[i] == 0 for i in range(index, relation)):
        return False
    bound = [token for token in row[index + 1 : relation] if token.text not in c.BOLD and token.kind not in "{}"]
    return _next_states(row, found, index + 1) and not (len(bound) == 1 and row[relation].text in BOUNDING)


def begins_for(token: Token) -> bool:
    """`\\text{for all }`"""
    return token.kind == "text" and token.text.lower().split()[:1] == ["for"]


def _next_states(row: list[Token], found: list[int], index: int) -> bool:
    """Whether a relation follows before the next comma: `x = 1, y = 2`, but not `x = 1, 2`."""
    for place in range(index, len(row)):
        token = row[place]
        if found[place] > 0:
            continue
        if token.kind == "relation" or (place == index and token.kind == "quad"):
            return True
        if token.kind == "separator" and token.text in (",", ";"):
            return False
    return False
