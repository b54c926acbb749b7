"""What says for which values a statement holds: a quantifier, a range, a limit. It is kept apart from what is claimed.

condition = ( "\\forall" | "\\text{for all}" ) ( names [ relation … ] | bounds )
          | name "=" value "," "\\dots" "," value                    behind a statement about that name
          | name relation … | value relation name relation …        behind a statement about that name
          | ( "\\text{if}" | "\\text{when}" ) bounds
          | name "\\to" ( "0" | "\\infty" )
"""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from mathpost.latex.reading.statements.cutting import BOUNDING, begins_for
from mathpost.latex.reading.tokens import Token, depths_of, partners_of
from mathpost.latex.reading.tokens import commands as c

_QUANTIFYING: Final = frozenset("for all any each every some given fixed".split())
_SAYING: Final = frozenset(
    """we get have has is are holds hold obtain obtains find finds then that becomes gives so follows yields must
    know see reads equals""".split()
)
_DOTTED: Final = re.compile(r",\s*(?:\\[lc]?dots[cb]?|\.\.\.|…)\s*,\s*\S")


_GIVEN: Final = frozenset("if when whenever".split())
_ORDERING: Final = frozenset((r"\neq", "<", ">", r"\leq", r"\geq"))


@dataclass(frozen=True)
class Confined:
    """A condition as it stands: `places` are the statements that it stands with; none where it stands before all."""

    tokens: list[Token]
    kind: Literal["all", "given"]
    places: list[int] | None


def begins_given(token: Token) -> bool:
    """`\\text{if }`, `\\text{when }`"""
    words = token.text.lower().replace(",", " ").split()
    return token.kind == "text" and bool(words) and _GIVEN.issuperset(words)


def gives(tokens: list[Token]) -> bool:
    """Whether all that stands behind an `if` is relations that can be tried."""
    relations = relations_in(tokens)
    return bool(relations) and all(token.text in BOUNDING | {"="} for token in relations)


def confines_letter(tokens: list[Token], spoken: set[str]) -> bool:
    """`t < T`, `0 < x < 1`, `i \\neq j` behind a statement about that letter: a name without scripts on a side of its
    own, beside nothing but orders."""
    relations = [index for index, token in enumerate(tokens) if token.kind == "relation"]
    if not 0 < len(relations) < 3 or any(tokens[index].text not in _ORDERING for index in relations):
        return False
    letter = tokens[: relations[0]] if len(relations) == 1 else tokens[relations[0] + 1 : relations[1]]
    is_name = len(letter) == 1 and letter[0].kind == "name" and letter[0].text in spoken
    return is_name and sum(token.text == letter[0].text for token in tokens) == 1


def relations_in(tokens: list[Token]) -> list[Token]:
    """Those on the outermost level."""
    return [t for t, level in zip(tokens, depths_of(tokens), strict=True) if t.kind == "relation" and level == 0]


def is_quantifier(token: Token) -> bool:
    """`\\text{for all }`, and not `\\text{for a fair coin }`"""
    words = token.text.lower().replace(",", " ").split()
    return begins_for(token) and set(words) <= _QUANTIFYING


def may_quantify(token: Token) -> bool:
    """`\\text{for large }`: behind a statement, it says for which values it holds."""
    return begins_for(token) and _SAYING.isdisjoint(token.text.lower().split())


def split_condition(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """What a quantifier binds, and what is said of it without a comma between them."""
    if all(token.kind != "relation" for token in tokens):
        return tokens, []
    stop = _end_of_names(tokens)
    behind = tokens[stop] if stop < len(tokens) else None
    relations = relations_in(tokens)
    if stop and behind and behind.kind not in ("relation", "operator", "separator"):
        return tokens[:stop], tokens[stop:]
    if not relations or any(token.text == r"\exists" for token in tokens):
        return [], tokens
    if bounds(tokens):
        return tokens, []
    return (tokens, []) if stop and len(relations) == 1 and behind is relations[0] else ([], tokens)


def bounds(tokens: list[Token]) -> bool:
    """Whether a condition says what runs where, one relation for each name, two around one: `x \\in S, 0 < y < 1`."""
    segments: list[list[Token]] = [[]]
    for token, level in zip(tokens, depths_of(tokens), strict=True):
        if token.text in (",", ";") and level == 0:
            segments.append([])
        else:
            segments[-1].append(token)
    return all(map(_bounds_one, segments)) and bool(relations_in(tokens))


def _bounds_one(segment: list[Token]) -> bool:
    relations = relations_in(segment)
    most = 1 if segment and _is_name(segment[0]) else 2
    return len(relations) <= most and all(token.text in BOUNDING for token in relations)


def _end_of_names(tokens: list[Token]) -> int:
    """Where a list of names ends that begins a condition: `x`, `x_i, y`, `\\mathbf{x}`."""
    partners = partners_of(tokens)
    place = 0
    while place < len(tokens) and (end := _end_of_name(tokens, partners, place)) > place:
        if not (end + 1 < len(tokens) and tokens[end].text == "," and _is_name(tokens[end + 1])):
            return end
        place = end + 1
    return place


def _is_name(token: Token) -> bool:
    return token.kind in ("name", "word") or token.text in c.BOLD or token.text in c.ACCENTS


def _end_of_name(tokens: list[Token], partners: dict[int, int], place: int) -> int:
    if not _is_name(tokens[place]):
        return place
    end = place + 1
    if tokens[place].kind == "command":
        end = partners.get(end, end) + 1
    while end < len(tokens) and tokens[end].kind == "script":
        end = end + 1 if tokens[end].text == "'" else partners.get(end + 1, end + 1) + 1
    return end


def is_unmistakable(condition: list[Token], latex: str) -> bool:
    """Whether a condition that stands without a statement is one: `\\forall x, y > 0` may state something."""
    relations = relations_in(condition)
    if _DOTTED.search(latex):
        return True
    levels = depths_of(condition)
    listed = any(token.text == "," and level == 0 for token, level in zip(condition, levels, strict=True))
    return bool(relations) and not listed and all(token.text in BOUNDING for token in relations)


def is_range(tokens: list[Token], stated: set[str]) -> bool:
    """`i = 1, \\dots, n` behind a claim says for which `i` it holds, if the claim speaks of `i`."""
    relations = relations_in(tokens)
    if len(relations) != 1 or relations[0].text not in ("=", r"\in"):
        return False
    right = tokens[tokens.index(relations[0]) + 1 :]
    if relations[0].text == r"\in" and right and right[0].text == r"\{":
        right = right[1 : partners_of(right).get(0)]
    levels = depths_of(right)
    dotted = any(t.text == r"\dots" and not level for t, level in zip(right[1:], levels[1:], strict=True))
    listed = any(t.text == "," and not level for t, level in zip(right, levels, strict=True))
    return dotted and listed and any(token.text in stated for token in tokens[: _end_of_names(tokens)])


def is_limit(tokens: list[Token]) -> bool:
    """`n \\to \\infty`, `h \\to 0`: what is let go somewhere asserts nothing."""
    left = _end_of_names(tokens)
    if left == 0 or left >= len(tokens) or tokens[left].text != r"\to":
        return False
    target = [token.text for token in tokens[left + 1 :] if token.text not in ("+", "-", "^", "{", "}")]
    return target in (["0"], [r"\infty"]) and all(token.text != "_" for token in tokens[:left])
