"""What the tokens of a decoration say, in the spelling of names."""

from __future__ import annotations

from collections.abc import Sequence

from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.words import WORDS
from mathpost.latex.tree.spelling import braced, join


def spell(tokens: Sequence[Token]) -> str:
    """What a decoration says, whatever its face."""
    text, index = "", 0
    while index < len(tokens):
        piece, index = _piece(tokens, index)
        text = join(text, piece)
    return text


def _piece(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    token = tokens[index]
    if token.kind == "{" or token.text in c.BOLD or token.kind in ("}", "quad", "row", "cell"):
        return "", index + 1
    if token.kind == "script" and token.text != "'" and index + 1 < len(tokens):
        inner, index = _argument(tokens, index + 1)
        return token.text + braced(inner), index
    if token.text in c.ACCENTS and index + 1 < len(tokens):
        inner, index = _argument(tokens, index + 1)
        return f"{c.ACCENTS[token.text]}{{{inner}}}", index
    if token.kind == "command" and token.text[1:] in WORDS:
        return token.text[1:], index + 1
    return "*" if token.text == r"\ast" else " ".join(token.text.split()), index + 1


def _argument(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    while tokens[index].text in c.BOLD and index + 1 < len(tokens):
        index += 1
    if tokens[index].kind != "{":
        return _piece(tokens, index)
    depth, start = 0, index
    while index < len(tokens):
        depth += {"{": 1, "}": -1}.get(tokens[index].kind, 0)
        index += 1
        if depth == 0:
            break
    return spell(tokens[start + 1 : index - 1]), index
