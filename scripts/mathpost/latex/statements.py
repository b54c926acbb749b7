"""A formula into statements and their sides, without parsing them: one side that can't be read hides no other.

Relations, commas, `\\quad` and rows split on the outermost level only: inside brackets, braces, scripts and
environments that mean something they do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mathpost.errors import FormulaError
from mathpost.latex import commands as c
from mathpost.latex.tokens import Token, tokenize


@dataclass(frozen=True)
class Chain:
    """`sides[0] relations[0] sides[1] …`; an empty first side goes on from what stands before. `places` are those of
    the relations in the formula."""

    sides: tuple[str, ...]
    relations: tuple[str, ...]
    places: tuple[int, ...]


def find_chains(latex: str) -> list[Chain]:
    """The statements of a formula. One that can't be cut is a single side."""
    try:
        tokens = tokenize(latex)[:-1]
    except (FormulaError, RecursionError):
        return [Chain((latex.strip(),), (), ())]
    chains: list[Chain] = []
    for statement in _statements(_rows(tokens)):
        chain = _chain(latex, statement)
        if chain is None:
            continue
        if chains and chains[-1].relations and _is_range(chain):
            continue
        if chain.sides[0] == "" and chains and chain.relations:
            chain = Chain((chains[-1].sides[-1], *chain.sides[1:]), chain.relations, chain.places)
        chains.append(chain)
    return _merged(chains)


def _merged(chains: list[Chain]) -> list[Chain]:
    """Rows that go on from the one before make one chain."""
    merged: list[Chain] = []
    for chain in chains:
        before = merged[-1] if merged else None
        if before and chain.relations and before.sides[-1] == chain.sides[0] and before.relations:
            merged[-1] = Chain(
                before.sides + chain.sides[1:], before.relations + chain.relations, before.places + chain.places
            )
        else:
            merged.append(chain)
    return merged


def levels(tokens: list[Token]) -> list[int]:
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


def _rows(tokens: list[Token]) -> list[list[Token]]:
    """Rows of a layout; a row break inside a bracket breaks nothing."""
    tokens = _without_arrays(tokens)
    rows: list[list[Token]] = [[]]
    inside = 0
    for token, level in zip(tokens, levels(tokens), strict=True):
        inside += {"begin": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "row" and level == 0:
            rows.append([])
        elif token.kind != "layout" and (token.kind != "row" or inside):
            rows[-1].append(token)
    return [row for row in map(_columns, rows) if row]


def _columns(row: list[Token]) -> list[Token]:
    """A `&` behind a complete claim begins another column, like `\\quad`; any other only aligns."""
    kept: list[Token] = []
    found = levels(row)
    for index, token in enumerate(row):
        if token.kind != "cell" or found[index] > 0:
            kept.append(token)
            continue
        after = next((t for t in row[index + 1 :] if t.kind != "cell"), None)
        goes_on = after is None or after.kind in ("operator", "relation", "script")
        if kept and not goes_on and _has_relation(kept) and _completes(kept):
            kept.append(Token("quad", token.text, token.start, token.end))
    return kept


def _without_arrays(tokens: list[Token]) -> list[Token]:
    """An `array` on the outermost level whose cells hold relations lays out rows, like `align`."""
    kept = list(tokens)
    found = levels(tokens)
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


def _statements(rows: list[list[Token]]) -> list[list[Token]]:
    """Rows joined where one goes on from another, then cut at connectives, `\\quad` and commas."""
    joined: list[list[Token]] = []
    for row in rows:
        first = next((t for t in row if t.kind != "quad"), None)
        going_on = first is not None and first.kind == "operator" and first.text not in (r"\lnot",)
        row = row[next((i for i, t in enumerate(row) if t.kind != "quad"), 0) :] if going_on else row
        unfinished = joined and joined[-1] and joined[-1][-1].kind in ("operator", "relation", "script")
        if joined and (unfinished or (going_on and not _has_relation(row))):
            joined[-1].extend(row)
        else:
            joined.append(list(row))
    return [piece for row in joined for piece in _cut(row)]


def _has_relation(tokens: list[Token]) -> bool:
    return any(t.kind == "relation" and level == 0 for t, level in zip(tokens, levels(tokens), strict=True))


def _cut(row: list[Token]) -> list[list[Token]]:
    """One row into statements."""
    pieces: list[list[Token]] = [[]]
    found = levels(row)
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
        return bool(piece) and _completes(piece)
    if token.kind == "text":
        return bool(piece) and _completes(piece) and more and is_conjunction(token)
    if token.kind != "separator" or token.text not in (",", ";", ":"):
        return False
    if not stated or token.text == ":":
        return _ends_quantifier(row, found, index, piece)
    return _next_states(row, found, index + 1)


def _ends_quantifier(row: list[Token], found: list[int], index: int, piece: list[Token]) -> bool:
    """Whether a claim begins here, behind `\\forall x`; `\\forall x, y \\in S` goes on."""
    quantifier = next((i for i, token in enumerate(piece) if token.text == r"\forall"), None)
    relation = next((i for i in range(index, len(row)) if found[i] == 0 and row[i].kind == "relation"), None)
    if quantifier is None or relation is None:
        return False
    if row[index].text == ":":
        return quantifier == 0
    bound = [token for token in row[index + 1 : relation] if token.text not in c.BOLD and token.kind not in "{}"]
    return _next_states(row, found, index + 1) and not (len(bound) == 1 and row[relation].text in _BOUNDING)


_BOUNDING: Final = frozenset((r"\in", r"\notin", r"\neq", r"\subset", r"\subseteq", "<", ">", r"\leq", r"\geq"))


def _completes(piece: list[Token]) -> bool:
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


def _is_range(chain: Chain) -> bool:
    """`i = 1, \\dots, n` behind a claim says for which `i` it holds."""
    dotted = re.search(r",\s*(?:\\[lc]?dots[cb]?|\.\.\.)\s*(?:,|$)", chain.sides[-1])
    return len(chain.relations) == 1 and chain.relations[0] in ("=", r"\in") and dotted is not None


def _comments(token: Token) -> bool:
    return token.kind == "text" and token.text != token.text.strip() and " " in token.text.strip()


def is_conjunction(token: Token) -> bool:
    """`\\text{and}`, `\\text{where}`: a new statement follows."""
    words = token.text.strip(" ,;:()").lower().split()
    if token.text.lstrip()[:1] in (";", "(", ",", ":", "-", "%", "#"):
        return True
    return not words or words[0] in c.ANNOTATIONS or words[0].strip(",.:;") in c.ANNOTATIONS


def _trimmed(piece: list[Token]) -> list[Token]:
    """Without the annotation: `\\forall i`, `\\text{for all } x`, and without punctuation at its ends."""
    found = levels(piece)
    for index, token in enumerate(piece):
        if found[index] == 0 and token.text in (r"\forall", r"\because"):
            piece = piece[:index]
            break
    leading = next((token for token in piece if token.kind != "quad"), None)
    if leading is not None and leading.kind == "text" and leading.text.split()[:1] in (["for"], ["For"]):
        return []
    while piece and (piece[0].kind in ("quad", "connective") or (piece[0].kind == "text" and is_conjunction(piece[0]))):
        piece = piece[1:]
    while piece and (piece[-1].kind in ("quad", "connective") or piece[-1].text in (",", ";", ".", ":")):
        piece = piece[:-1]
    if len(piece) > 1 and piece[0].kind in ("open", "{") and piece[1].kind in ("text", "connective"):
        return []
    if _is_number(piece):
        return []
    if not _has_relation(piece) and any(_comments(token) for token in piece[1:]):
        return []
    if (
        piece
        and all(token.kind in ("text", "word", "separator", "quad") for token in piece)
        and piece[0].kind == "text"
    ):
        return piece if len(piece) == 1 and piece[0].text.strip().count(" ") < 2 and piece[0].text[0] != " " else []
    return piece


def _chain(latex: str, piece: list[Token]) -> Chain | None:
    """A statement cut at its relations."""
    found = levels(piece)
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    places: list[int] = []
    for token, level in zip(piece, found, strict=True):
        if level == 0 and token.kind == "relation" and token.text in c.CLAIMING:
            sides.append([])
            relations.append(token.text)
            places.append(token.start)
        else:
            sides[-1].append(token)
    texts = [source_of(latex, side) for side in sides]
    if relations and not texts[-1]:
        return Chain((source_of(latex, piece),), (), ())
    return Chain(tuple(texts), tuple(relations), tuple(places)) if any(texts) else None


def source_of(latex: str, tokens: list[Token]) -> str:
    """The LaTeX of some tokens, in one line where they came from several rows."""
    if not tokens:
        return ""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if runs and not latex[runs[-1][1] : token.start].strip(" \t\n~"):
            runs[-1] = (min(runs[-1][0], token.start), max(runs[-1][1], token.end))
        elif runs and _harmless(latex[runs[-1][1] : token.start]):
            runs[-1] = (runs[-1][0], max(runs[-1][1], token.end))
        else:
            runs.append((token.start, max(token.end, token.start)))
    return " ".join(latex[start:end] for start, end in runs).strip()


def _harmless(between: str) -> bool:
    """Spacing and sizing commands between two tokens are kept; alignment marks, tags and rows are not."""
    if between.count("{") != between.count("}") or between.find("}") < between.find("{"):
        return False
    return not any(mark in between for mark in ("&", "\\\\", "\\tag", "\\label", "\\begin", "\\end", "%"))
