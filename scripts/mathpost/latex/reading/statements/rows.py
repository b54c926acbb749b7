"""The rows of a formula: what an alignment lays out, row by row, and which rows go on from the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from mathpost.latex.reading.statements.groups import has_relation
from mathpost.latex.reading.tokens import Token, depths_of

SIGNS = frozenset(("-", r"\pm", r"\mp"))
"""Operators that may stand before a number, too."""


@dataclass(frozen=True)
class Row:
    """`is_indented` where its first column is empty, `is_aligned` where an `&` stands before its first relation."""

    tokens: list[Token]
    is_indented: bool
    is_aligned: bool


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
    signs = [
        token for token, level in zip(tokens, depths_of(tokens), strict=True) if level == 0 and token.kind != "quad"
    ]
    relation = next((index for index, token in enumerate(signs) if token.kind == "relation"), 0)
    is_aligned = relation > 0 and signs[relation - 1].kind == "cell"
    return Row(_columns(tokens), first is not None and first.kind == "cell", is_aligned)


def _columns(row: list[Token]) -> list[Token]:
    """A `&` behind a complete claim begins another column, like `\\quad`; any other only aligns."""
    kept: list[Token] = []
    found = depths_of(row)
    for index, token in enumerate(row):
        if token.kind != "cell" or found[index] > 0:
            kept.append(token)
            continue
        after = next((t for t in row[index + 1 :] if t.kind != "cell"), None)
        another = index + 1 < len(row) and row[index + 1].kind == "cell"  # `& &` passes over a column
        goes_on = after is None or (not another and after.kind in ("operator", "relation", "script"))
        if kept and not goes_on and has_relation(kept) and completes(kept):
            kept.append(Token("quad", token.text, token.start, token.end))
    return kept


def completes(piece: list[Token]) -> bool:
    return piece[-1].kind not in ("operator", "relation", "command", "script")


def joined(rows: list[Row]) -> list[Row]:
    """Rows of statements: one that goes on from the row before is part of it."""
    statements: list[Row] = []
    for before, row in pairwise([Row([], False, False), *rows]):
        going_on = _goes_on(row, before)
        tokens = row.tokens
        if going_on:
            tokens = tokens[next((i for i, t in enumerate(tokens) if t.kind != "quad"), 0) :]
        last = statements[-1].tokens if statements else []
        if last and (going_on or not completes(last)):
            statements[-1] = replace(statements[-1], tokens=[*last, *tokens])
        else:
            statements.append(row)
    return statements


def _goes_on(row: Row, before: Row) -> bool:
    """Whether a row begins with an operator that the row before needs.

    A sign may begin a statement of its own, unless it stands in another column than those of the row before.
    """
    first = next((token for token in row.tokens if token.kind != "quad"), None)
    if first is None or first.kind != "operator":
        return False
    return first.text not in SIGNS or not has_relation(row.tokens) or (row.is_indented and not before.is_indented)
