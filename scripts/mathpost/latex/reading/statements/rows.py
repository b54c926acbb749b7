"""The rows of a formula: what an alignment lays out, row by row, and which rows go on from the one before."""

from __future__ import annotations

from mathpost.latex.reading.statements.cutting import completes, depths_of, has_relation
from mathpost.latex.reading.tokens import Token


def rows_of(tokens: list[Token]) -> list[list[Token]]:
    """Rows of a layout; a row break inside a bracket breaks nothing."""
    tokens = _without_arrays(tokens)
    rows: list[list[Token]] = [[]]
    inside = 0
    for token, level in zip(tokens, depths_of(tokens), strict=True):
        inside += {"begin": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "row" and level == 0:
            rows.append([])
        elif token.kind != "layout" and (token.kind != "row" or inside):
            rows[-1].append(token)
    return [row for row in map(_columns, rows) if row]


def _columns(row: list[Token]) -> list[Token]:
    """A `&` behind a complete claim begins another column, like `\\quad`; any other only aligns."""
    kept: list[Token] = []
    found = depths_of(row)
    for index, token in enumerate(row):
        if token.kind != "cell" or found[index] > 0:
            kept.append(token)
            continue
        after = next((t for t in row[index + 1 :] if t.kind != "cell"), None)
        goes_on = after is None or after.kind in ("operator", "relation", "script")
        if kept and not goes_on and has_relation(kept) and completes(kept):
            kept.append(Token("quad", token.text, token.start, token.end))
    return kept


def _without_arrays(tokens: list[Token]) -> list[Token]:
    """An `array` on the outermost level whose cells hold relations lays out rows, like `align`."""
    kept = list(tokens)
    found = depths_of(tokens)
    for index, token in enumerate(tokens):
        if token.kind != "begin" or token.text != "array" or found[index] != 0:
            continue
        stop = next((i for i in range(index + 1, len(tokens)) if tokens[i].kind == "end" and found[i] == 0), None)
        if stop is None:
            continue
        if any(found[i] == 1 and tokens[i].kind == "relation" for i in range(index + 1, stop)):
            kept[index] = Token("layout", "begin", token.start, token.end)
            kept[stop] = Token("layout", "end", tokens[stop].start, tokens[stop].end)
    return kept


def joined(rows: list[list[Token]]) -> list[list[Token]]:
    """Rows of statements: one that goes on from the row before is part of it."""
    statements: list[list[Token]] = []
    for row in rows:
        first = next((t for t in row if t.kind != "quad"), None)
        going_on = first is not None and first.kind == "operator" and first.text not in (r"\lnot",)
        row = row[next((i for i, t in enumerate(row) if t.kind != "quad"), 0) :] if going_on else row
        unfinished = statements and statements[-1] and statements[-1][-1].kind in ("operator", "relation", "script")
        if statements and (unfinished or (going_on and not has_relation(row))):
            statements[-1].extend(row)
        else:
            statements.append(list(row))
    return statements
