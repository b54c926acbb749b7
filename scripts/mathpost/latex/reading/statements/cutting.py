"""One row of a formula into its statements, without their annotations and quantifiers."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.customs import begins_annotation
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c


def depths_of(tokens: list[Token]) -> list[int]:
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


def has_relation(tokens: list[Token]) -> bool:
    return any(t.kind == "relation" and level == 0 for t, level in zip(tokens, depths_of(tokens), strict=True))


def cut(row: list[Token]) -> list[list[Token]]:
    """One row into statements."""
    pieces: list[list[Token]] = [[]]
    found = depths_of(row)
    places = [i for i, token in enumerate(row) if found[i] == 0 and token.kind == "relation"]
    last, stated = (places[-1] if places else -1), False
    for index, token in enumerate(row):
        if found[index] == 0 and _separates(row, found, index, pieces[-1], stated, index < last):
            pieces.append([])
            stated = False
            if token.kind in ("connective", "quad", "text", "separator"):
                continue
        stated = token.text != r"\forall" and (stated or (found[index] == 0 and token.kind == "relation"))
        pieces[-1].append(token)
    return [kept for piece in pieces if (kept := _trimmed(piece))]


def _separates(row: list[Token], found: list[int], index: int, piece: list[Token], stated: bool, more: bool) -> bool:
    """Whether a new statement begins at this token: `stated` where one stands before, `more` where one follows."""
    token = row[index]
    if token.kind == "connective":
        return True
    if token.kind == "quad":
        return bool(piece) and completes(piece)
    if token.kind == "text":
        return bool(piece) and completes(piece) and more and begins_annotation(token)
    if token.kind != "separator" or token.text not in (",", ";", ":"):
        return False
    if not stated or token.text == ":":
        return _ends_quantifier(row, found, index, piece)
    return _next_states(row, found, index + 1)


def _ends_quantifier(row: list[Token], found: list[int], index: int, piece: list[Token]) -> bool:
    """Whether a claim begins here, behind `\\forall x`; `\\forall x, y \\in S` goes on."""
    first = piece[0].text if piece else ""
    if first != r"\forall" and (row[index].text == ":" or all(token.text != r"\forall" for token in piece)):
        return False
    relation = next((i for i in range(index, len(row)) if found[i] == 0 and row[i].kind == "relation"), None)
    if relation is None or row[index].text == ":":
        return relation is not None
    bound = [token for token in row[index + 1 : relation] if token.text not in c.BOLD and token.kind not in "{}"]
    return _next_states(row, found, index + 1) and not (len(bound) == 1 and row[relation].text in _BOUNDING)


_BOUNDING: Final = frozenset((r"\in", r"\notin", r"\neq", r"\subset", r"\subseteq", "<", ">", r"\leq", r"\geq"))


def completes(piece: list[Token]) -> bool:
    return piece[-1].kind not in ("operator", "relation", "command", "script")


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


def _is_number(piece: list[Token]) -> bool:
    """`(1)` behind a formula is its number."""
    bracketed = len(piece) == 3 and piece[0].text == "(" and piece[2].text == ")"
    return bracketed and (piece[1].kind == "number" or piece[1].text in ("*", r"\star", r"\dagger"))


def _comments(token: Token) -> bool:
    return token.kind == "text" and token.text != token.text.strip() and " " in token.text.strip()


def _trimmed(piece: list[Token]) -> list[Token]:
    """Without the annotation: `\\forall i`, `\\text{for all } x`, and without punctuation at its ends."""
    found = depths_of(piece)
    for index, token in enumerate(piece):
        if found[index] == 0 and token.text in (r"\forall", r"\because"):
            piece = piece[:index]
            break
    leading = next((token for token in piece if token.kind != "quad"), None)
    if leading is not None and leading.kind == "text" and leading.text.split()[:1] in (["for"], ["For"]):
        return []
    while piece and _introduces(piece):
        piece = piece[1:]
    while piece and (piece[-1].kind in ("quad", "connective") or piece[-1].text in (",", ";", ".", ":", *c.ENDS)):
        piece = piece[:-1]
    if len(piece) > 1 and piece[0].kind in ("open", "{") and piece[1].kind in ("text", "connective"):
        return []
    if _is_number(piece):
        return []
    if not has_relation(piece) and any(_comments(token) for token in piece[1:]):
        return []
    if (
        piece
        and all(token.kind in ("text", "word", "separator", "quad") for token in piece)
        and piece[0].kind == "text"
    ):
        return piece if len(piece) == 1 and piece[0].text.strip().count(" ") < 2 and piece[0].text[0] != " " else []
    return piece


def _introduces(piece: list[Token]) -> bool:
    """Whether a statement begins behind its first token; an arrow between wide spaces is `\\implies`."""
    first = piece[0]
    arrow = first.text == r"\to" and len(piece) > 1 and piece[1].kind == "quad"
    return arrow or first.kind in ("quad", "connective") or (first.kind == "text" and begins_annotation(first))
