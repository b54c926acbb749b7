"""The rows of a formula: what an alignment lays out, row by row, and which rows go on from the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from mathpost.latex.reading.statements.groups import has_relation
from mathpost.latex.reading.tokens import Token, depths_of

SIGNS = frozenset(("-", r"\pm", r"\mp"))
"""Operators that may stand before a number, too."""

_BETWEEN = frozenset(("&", "if"))
"""Spaces that stand for a column; behind `if`, it says when the statement holds."""


@dataclass(frozen=True)
class Row:
    """`cells` says in which cell a token stands that begins at a place of the source, counted from 0. `is_indented`
    where the first is empty, `is_aligned` where an `&` stands before the first relation."""

    tokens: list[Token]
    cells: Mapping[int, int] = field(default_factory=dict)
    is_indented: bool = False
    is_aligned: bool = False

    def span(self, tokens: list[Token]) -> range:
        """From the first cell of some tokens to the last."""
        found = [self.cells[token.start] for token in tokens if token.start in self.cells]
        return range(min(found), max(found) + 1) if found else range(1)


def rows_of(tokens: list[Token]) -> list[Row]:
    """Rows of a layout; a row break inside a bracket breaks nothing."""
    rows: list[list[Token]] = [[]]
    inside = 0
    for token, level in zip(tokens, depths_of(tokens), strict=True):
        inside += {"begin": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "row" and level == 0:
            rows.append([])
        elif token.kind != "layout" and (token.kind != "row" or inside):
            rows[-1].append(token)
    return [_row(row) for row in rows if any(token.kind != "cell" for token in row)]


def _row(tokens: list[Token]) -> Row:
    first = next((token for token in tokens if token.kind != "quad"), None)
    levels = depths_of(tokens)
    signs = [token for token, level in zip(tokens, levels, strict=True) if level == 0 and token.kind != "quad"]
    relation = next((index for index, token in enumerate(signs) if token.kind == "relation"), 0)
    is_aligned = relation > 0 and signs[relation - 1].kind == "cell"
    cells, cell = dict[int, int](), 0
    for token, level in zip(tokens, levels, strict=True):
        cell += level == 0 and token.kind == "cell"
        cells[token.start] = cell
    return Row(tokens, cells, first is not None and first.kind == "cell", is_aligned)


def columns_of(row: list[Token]) -> list[list[Token]]:
    """A `&` behind a complete claim begins another column, with a space; any other only aligns, and is left out."""
    columns: list[list[Token]] = [[]]
    found = depths_of(row)
    for index, token in enumerate(row):
        if token.kind == "quad" and token.text in _BETWEEN:
            columns.append([token])
        elif token.kind != "cell" or found[index] > 0:
            columns[-1].append(token)
        elif columns[-1] and has_relation(columns[-1]) and completes(columns[-1]) and not _aligns(row, found, index):
            columns.append([Token("quad", token.text, token.start, token.end)])
    return columns


def _aligns(row: list[Token], found: list[int], index: int) -> bool:
    """Whether a claim goes on behind an `&`; `& &` passes over a column, and `& -x &= y` may begin another claim."""
    place = next((place for place in range(index + 1, len(row)) if row[place].kind != "cell"), None)
    if place is None:
        return True
    if place > index + 1:
        return False
    stop = next((i for i in range(place, len(row) - 1) if row[i].kind == "cell" and found[i] == 0), None)
    if stop and row[place].text in SIGNS and row[stop + 1].kind == "relation" and not has_relation(row[place:stop]):
        return False
    return row[place].kind in ("operator", "relation", "script")


def completes(piece: list[Token]) -> bool:
    return piece[-1].kind not in ("operator", "relation", "command", "script")


def joined(rows: list[Row]) -> list[Row]:
    """Rows of statements: what goes on from the row before is part of it, in its own column where it has several."""
    statements: list[Row] = []
    has_columns = False
    for before, row in pairwise([Row([]), *rows]):
        columns = [column for column in columns_of(statements[-1].tokens) if column] if statements else []
        has_columns = has_columns or len(columns) > 1
        rest = row
        if has_columns:
            statements[-1], rest = _sorted_into(statements[-1], columns, row)
        elif columns and (_goes_on(row, before) or not completes(columns[0])):
            more = _without_lead(row.tokens)
            statements[-1], rest = _with(statements[-1], [*statements[-1].tokens, *more], row), Row([])
        if any(token.kind != "cell" for token in rest.tokens):
            statements.append(rest)
    return [replace(row, tokens=[token for column in columns_of(row.tokens) for token in column]) for row in statements]


def _goes_on(row: Row, before: Row) -> bool:
    """Whether a row begins with an operator that the row before needs.

    A sign may begin a statement of its own, unless it stands in another column than those of the row before.
    """
    first = next((token for token in row.tokens if token.kind not in ("quad", "cell")), None)
    if first is None or first.kind != "operator":
        return False
    return first.text not in SIGNS or not has_relation(row.tokens) or (row.is_indented and not before.is_indented)


def _with(row: Row, tokens: list[Token], more: Row) -> Row:
    return replace(row, tokens=tokens, cells={**row.cells, **more.cells})


def _without_lead(tokens: list[Token]) -> list[Token]:
    return tokens[next((i for i, token in enumerate(tokens) if token.kind not in ("quad", "cell")), len(tokens)) :]


def _sorted_into(last: Row, columns: list[list[Token]], row: Row) -> tuple[Row, Row]:
    """Several columns with what goes on from each of them in the next row, and what is left of that row.

    An operator behind a statement that begins anew may go on from that, or from its column: it joins neither.
    """
    stops = [0, *(last.span(column).stop for column in columns)]
    places = {cell: place for place, span in enumerate(pairwise(stops)) for cell in range(*span)}
    added: list[list[Token]] = [[] for _ in columns]
    rest: list[Token] = []
    for place, group in groupby(row.tokens, lambda token: places.get(row.cells[token.start], len(columns))):
        run = list(group)
        bare, begun = _without_lead(run), _without_lead(rest)
        adds = bool(bare) and _adds(bare, row.cells[bare[0].start] > stops[place], columns[place:])
        if adds and not _is_read_on(columns, place) and (not begun or begun[0].kind == "relation"):
            added[place] += bare
        elif place == len(columns) or not bare or not begun:
            rest += run
        else:
            rest += [Token("connective" if adds else "quad", "&", run[0].start, run[0].start), *bare]
    tokens = [token for column, more in zip(columns, added, strict=True) for token in (*column, *more)]
    remark = _without_lead(rest)
    if any(added) and remark and not has_relation(remark):
        tokens, rest = [*tokens, Token("quad", "&", remark[0].start, remark[0].start), *remark], []
    return _with(last, tokens, row), replace(row, tokens=rest)


def _adds(run: list[Token], is_right: bool, over: list[list[Token]]) -> bool:
    """Whether some tokens go on from the first column over them; a sign on its left side begins a statement."""
    if not over or run[0].kind != "operator":
        return bool(over) and not completes(over[0])
    return run[0].text not in SIGNS or is_right or not has_relation(run)


def _is_read_on(columns: list[list[Token]], place: int) -> bool:
    """Whether the next column goes on from this one: what stands below it may go on from either."""
    after = _without_lead(columns[place + 1]) if place + 1 < len(columns) else []
    return bool(after) and after[0].kind == "relation"
