"""Groups that hold a whole statement are opened, so that it stands on the outermost level.

opened  = "{" statement "}" | bracket statement bracket | face "{" statement "}" | cases | array

Braces are not seen, and are opened anywhere but where they hold an argument; a bracket, a face, a brace below or a
case distinction only where nothing but another statement, a text or punctuation stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mathpost.latex.reading.customs import begins_annotation
from mathpost.latex.reading.tokens import Token, arguments_of, depths_of, layout, partners_of
from mathpost.latex.reading.tokens import commands as c

MAXIMUM_NESTING: Final = 40


@dataclass(frozen=True)
class Face:
    """Where in the source a face such as `\\mathbf` holds a whole statement."""

    command: str
    start: int
    end: int


def has_relation(tokens: list[Token]) -> bool:
    if all(token.kind != "relation" for token in tokens):
        return False
    return any(t.kind == "relation" and level == 0 for t, level in zip(tokens, depths_of(tokens), strict=True))


def opened(tokens: list[Token], latex: str) -> tuple[list[Token], list[Face]]:
    """The tokens without the groups that hold a statement each, and the faces that were among them."""
    faces: list[Face] = []
    if all(token.kind != "relation" for token in tokens):
        return tokens, faces
    for _ in range(MAXIMUM_NESTING):
        if all(token.kind != "relation" or not level for token, level in zip(tokens, depths_of(tokens), strict=True)):
            break
        gone = _gone(tokens, latex, faces)
        if not gone:
            break
        tokens = [replaced for index, token in enumerate(tokens) for replaced in gone.get(index, [token])]
    return tokens, faces


def _gone(tokens: list[Token], latex: str, faces: list[Face]) -> dict[int, list[Token]]:
    """What stands in the place of each token that goes."""
    partners = partners_of(tokens)
    arguments = arguments_of(tokens, partners)
    levels = depths_of(tokens)
    gone: dict[int, list[Token]] = {}
    for start, stop in partners.items():
        inner = tokens[start + 1 : stop]
        if levels[start] or not _states(tokens[start], inner, latex):
            continue
        before = tokens[start - 1] if start else None
        if before and before.kind == "command" and before.text in c.BOLD and stands_alone(tokens, start - 1, stop):
            faces.append(Face(latex[before.start : before.end], tokens[start].end, tokens[stop].start))
            gone |= {start - 1: [], start: [], stop: []}
        elif tokens[start].kind == "begin":
            gone |= _rows_of_environment(tokens, start, stop)
        elif start not in arguments and _is_opened(tokens, start, stop, latex):
            gone |= {start: [], stop: []}
    return gone


def _is_opened(tokens: list[Token], start: int, stop: int, latex: str) -> bool:
    opening = tokens[start]
    if opening.kind == "{":
        is_seen = any(latex.startswith(command, opening.start) for command in layout.LABELLED)
        return not is_seen or stands_alone(tokens, start, stop)
    one_sided = "." in (opening.text, tokens[stop].text)
    holds_rows = any(token.kind in ("begin", "layout", "row") for token in tokens[start:stop])
    plain = opening.text in ("(", "[") or one_sided or (opening.text == r"\{" and holds_rows)
    return plain and stands_alone(tokens, start, stop)


def _states(opening: Token, inner: list[Token], latex: str, *, braced: bool = False) -> bool:
    """Whether a group holds a statement and nothing else; an array behind a brace may be a case distinction."""
    if any(token.text in c.DIVIDERS for token in inner):
        return False
    if opening.kind == "begin" and opening.text == "array" and not braced:
        return has_relation(inner)
    if opening.kind == "begin":
        return (opening.text in c.CASES or opening.text == "array") and any(
            _row_states(row, latex) for row in _rows(inner)
        )
    if has_relation(inner):
        return True
    if opening.text not in (r"\{", "."):
        return has_relation(opened(inner, latex)[0])
    held = [index for index, token in enumerate(inner) if token.kind not in ("layout", "quad", "aside")]
    if not held or partners_of(inner).get(held[0]) != held[-1]:
        return False
    return _states(inner[held[0]], inner[held[0] + 1 : held[-1]], latex, braced=True)


def _rows(inner: list[Token]) -> Iterator[list[list[Token]]]:
    """The cells of each row."""
    row: list[list[Token]] = [[]]
    for token, level in zip(inner, depths_of(inner), strict=True):
        if level == 0 and token.kind == "row":
            yield row
            row = [[]]
        elif level == 0 and token.kind == "cell":
            row.append([])
        elif token.kind not in ("quad", "layout"):
            row[-1].append(token)
    yield row


def _row_states(row: list[list[Token]], latex: str) -> bool:
    """`a = b`, `a & = b`; but `x & x > 0` is a value and its condition."""
    cells = [cell for cell in row if cell]
    if not cells:
        return False
    first = cells[0]
    partner = partners_of(first).get(0)
    whole = partner == len(first) - 1 and _states(first[0], first[1:-1], latex)
    goes_on = any(cell[0].kind == "relation" for cell in cells)
    return whole or goes_on or (has_relation(first) and first[0].kind != "text")


def _rows_of_environment(tokens: list[Token], start: int, stop: int) -> dict[int, list[Token]]:
    """An environment that states something in its rows lays them out, as `align` does."""
    if tokens[start].text != "array" and not stands_alone(tokens, start, stop):
        return {}
    gone = {
        index: [Token("layout", tokens[index].text, tokens[index].start, tokens[index].end)] for index in (start, stop)
    }
    if tokens[start].text == "array":
        return gone
    levels = depths_of(tokens)
    for index in range(start, stop):
        if tokens[index].kind == "cell" and levels[index] == 1 and _is_condition(tokens, levels, index, start, stop):
            gone[index] = [Token("cell", "if", tokens[index].start, tokens[index].end)]
    return gone


def _is_condition(tokens: list[Token], levels: list[int], index: int, start: int, stop: int) -> bool:
    """Whether the cell behind an `&` says when the statement before it holds."""
    row = next((i for i in range(index, start, -1) if tokens[i].kind == "row" and levels[i] == 1), start)
    end = next((i for i in range(index + 1, stop) if tokens[i].kind in ("row", "cell") and levels[i] == 1), stop)
    cell = [token for token in tokens[index + 1 : end] if token.kind not in ("quad", "layout")]
    return (
        bool(cell)
        and cell[0].kind != "relation"
        and any(tokens[i].kind == "relation" and levels[i] == 1 for i in range(row, index))
    )


def stands_alone(tokens: list[Token], start: int, stop: int) -> bool:
    """Whether only other statements, texts and punctuation stand beside a group."""
    before = [token for token in tokens[:start] if token.kind not in ("layout", "aside")]
    after = next((token for token in tokens[stop + 1 :] if token.kind not in ("layout", "aside")), None)
    return _ends_before(before) and (
        after is None or _is_boundary(after) or after.kind == "text" or after.text in c.ENDS
    )


def _ends_before(before: list[Token]) -> bool:
    while before and before[-1].kind == "quad":
        before = before[:-1]
        if before and before[-1].kind not in ("operator", "relation", "script", "command", "text"):
            return True
    if not before or _is_boundary(before[-1]):
        return True
    last = before[-1]
    return last.kind == "text" and (begins_annotation(last) or " " in last.text.strip() or last.text[-1] in " :,")


def _is_boundary(token: Token) -> bool:
    if token.kind == "separator":
        return token.text in (",", ";", ":", ".", "?")
    return token.kind in ("row", "cell", "quad", "connective") or token.text == r"\land"
