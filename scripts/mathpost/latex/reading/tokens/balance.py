"""Brackets that do not match: which is left open, or closes nothing, and where its partner is missing.

A round bracket and a square one match, as in `[0, 1)`, unless that leaves another bracket alone: then one of the two
has lost its own partner. A dot behind `\\left` or `\\right` matches any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.token import Token

_OPENING = ("open", "{", "begin")
_CLOSING = ("close", "}", "end")
_CLOSES = {**c.BRACKETS, "{": "}"}
_OPENS = {closing: opening for opening, closing in _CLOSES.items()}
_ROUND = ("()", "[]", "(]", "[)")


@dataclass(frozen=True)
class Slip:
    """A bracket without a partner: what is told of it, where it stands in the source, and whether it opens."""

    message: str
    position: int
    opens: bool


def find_slip(tokens: Sequence[Token]) -> Slip | None:
    """The first bracket that has no partner; None where all have."""
    if _matched(tokens, _may_match) is None:
        return None
    return _matched(tokens, _match) or _matched(tokens, _may_match)


def _matched(tokens: Sequence[Token], match: Callable[[Token, Token], bool]) -> Slip | None:
    open_ones: list[Token] = []
    for token in tokens:
        if token.kind in _OPENING:
            open_ones.append(token)
        elif token.kind in _CLOSING:
            if open_ones and match(open_ones[-1], token):
                open_ones.pop()
            elif any(match(opening, token) for opening in open_ones):
                return _left_open(open_ones[-1], token)
            else:
                return _closes_nothing(token)
    return _left_open(open_ones[-1], None) if open_ones else None


def _match(opening: Token, closing: Token) -> bool:
    if "." in (opening.text, closing.text):
        return opening.kind == "open" and closing.kind == "close"
    return (opening.text if opening.kind == "begin" else _CLOSES.get(opening.text)) == closing.text


def _may_match(opening: Token, closing: Token) -> bool:
    return _match(opening, closing) or opening.text + closing.text in _ROUND


def _left_open(opening: Token, before: Token | None) -> Slip:
    missing = rf"\end{{{opening.text}}}" if opening.kind == "begin" else _CLOSES.get(opening.text, opening.text)
    shown = rf"\begin{{{opening.text}}}" if opening.kind == "begin" else opening.text
    ended = rf"\end{{{before.text}}}" if before and before.kind == "end" else before.text if before else ""
    where = f"before the `{ended}` at column {before.start + 1}" if before else "before the end"
    return Slip(
        f"the `{shown}` at column {opening.start + 1} is not closed: a `{missing}` is missing {where}",
        opening.start,
        opens=True,
    )


def _closes_nothing(closing: Token) -> Slip:
    missing = rf"\begin{{{closing.text}}}" if closing.kind == "end" else _OPENS.get(closing.text, closing.text)
    shown = rf"\end{{{closing.text}}}" if closing.kind == "end" else closing.text
    return Slip(
        f"the `{shown}` at column {closing.start + 1} closes nothing: "
        f"a `{missing}` is missing before it, or it is one too many",
        closing.start,
        opens=False,
    )
