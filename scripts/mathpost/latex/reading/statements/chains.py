"""A formula into statements and their sides, without parsing them: one side that can't be read hides no other.

Relations, commas, `\\quad` and rows split on the outermost level only: inside brackets, braces, scripts and
environments that mean something they do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.statements.cutting import cut, depths_of
from mathpost.latex.reading.statements.rows import joined, rows_of
from mathpost.latex.reading.tokens import Token, tokenize
from mathpost.latex.reading.tokens import commands as c

_ASSERTING: Final = {relation: relation for relation in c.CLAIMING} | {
    spelling: relation for spelling, relation in (c.SYNONYMS | c.UNICODE).items() if relation in c.CLAIMING
}
_SIGN: Final = re.compile(
    "|".join(
        re.escape(sign) + ("(?![A-Za-z])" if sign[-1].isalpha() else "")
        for sign in sorted(_ASSERTING, key=len, reverse=True)
    )
)


@dataclass(frozen=True)
class Chain:
    """`sides[0] relations[0] sides[1] …`; an empty first side goes on from what stands before. `places` are those of
    the relations in the formula."""

    sides: tuple[str, ...]
    relations: tuple[str, ...]
    places: tuple[int, ...]


def find_chains(latex: str) -> list[Chain]:
    """The statements of a formula. One that can't be cut is a claim all the same where a relation stands in it."""
    try:
        tokens = tokenize(latex)[:-1]
    except (FormulaError, RecursionError):
        return [_uncut(latex)]
    if any(token.kind == "relation" for token in _unclosed(tokens)):
        return [_uncut(latex)]
    chains: list[Chain] = []
    for statement in (piece for row in joined(rows_of(tokens)) for piece in cut(row)):
        chain = _chain(latex, statement)
        if chain is None:
            continue
        if chains and chains[-1].relations and _is_range(chain):
            continue
        if chain.sides[0] == "" and chains and chain.relations:
            chain = Chain((chains[-1].sides[-1], *chain.sides[1:]), chain.relations, chain.places)
        chains.append(chain)
    return _merged(chains)


def _unclosed(tokens: list[Token]) -> list[Token]:
    """All from the first bracket on that is never closed."""
    openings: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind in ("open", "{", "begin"):
            openings.append(index)
        elif token.kind in ("close", "}", "end") and openings:
            openings.pop()
    return tokens[openings[0] :] if openings else []


def _uncut(latex: str) -> Chain:
    """What has no tokens, or a bracket that is never closed; reading its sides says why."""
    match = _SIGN.search(latex)
    left, right = (latex[: match.start()].strip(), latex[match.end() :].strip()) if match else ("", "")
    if match is None or not (left and right):
        return Chain((latex.strip(),), (), ())
    return Chain((left, right), (_ASSERTING[match.group()],), (match.start(),))


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


def _is_range(chain: Chain) -> bool:
    """`i = 1, \\dots, n` behind a claim says for which `i` it holds."""
    dotted = re.search(r",\s*(?:\\[lc]?dots[cb]?|\.\.\.)\s*(?:,|$)", chain.sides[-1])
    return len(chain.relations) == 1 and chain.relations[0] in ("=", r"\in") and dotted is not None


def _chain(latex: str, piece: list[Token]) -> Chain | None:
    """A statement cut at its relations."""
    found = depths_of(piece)
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
