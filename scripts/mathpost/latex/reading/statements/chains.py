"""A formula into chains of sides and relations, without parsing them: one side that can't be read hides no other.

Relations, commas, `\\quad` and rows split on the outermost level only: inside brackets, braces, scripts and
environments that mean something they do not. Whatever is neither a side nor a relation, nor stands beside a statement
as a condition, a remark or punctuation, is refused: a chain with a refusal is a claim that is not read.
"""

from __future__ import annotations

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.statements.beside import chains_beside
from mathpost.latex.reading.statements.chain import Chain
from mathpost.latex.reading.statements.groups import opened
from mathpost.latex.reading.statements.reader import Reader
from mathpost.latex.reading.statements.refusals import Refusal
from mathpost.latex.reading.statements.rows import joined, rows_of
from mathpost.latex.reading.tokens import RELATING, Token, tokenize
from mathpost.latex.reading.tokens import commands as c


def find_chains(latex: str) -> list[Chain]:
    """The statements of a formula. One that can't be cut is a claim all the same where a relation stands in it."""
    try:
        tokens = tokenize(latex)[:-1]
    except (FormulaError, RecursionError) as error:
        return [_uncut(latex, error)]
    if any(token.kind == "relation" for token in _unclosed(tokens)):
        return [_uncut(latex, None)]
    line = [token for token in tokens if token.kind != "aside"]
    cleared, faces = opened(line, latex)
    reader = Reader(latex, faces)
    for row in joined(rows_of(cleared)):
        reader.read_row(row)
    return [*chains_beside(latex, tokens, find_chains), *reader.finish()]


def _unclosed(tokens: list[Token]) -> list[Token]:
    """All from the first bracket on that is never closed."""
    openings: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind in ("open", "{", "begin"):
            openings.append(index)
        elif token.kind in ("close", "}", "end") and openings:
            openings.pop()
    return tokens[openings[0] :] if openings else []


def _uncut(latex: str, error: FormulaError | RecursionError | None) -> Chain:
    """What has no tokens, or a bracket that is never closed; reading its sides says why."""
    match = RELATING.search(latex)
    if match is None:
        return Chain((latex.strip(),), (), ())
    left, right = latex[: match.start()].strip(), latex[match.end() :].strip()
    if left and right:
        sign = c.SYNONYMS.get(match.group(), c.UNICODE.get(match.group(), match.group()))
        return Chain((left, right), (sign,), (match.start(),))
    reason = error.message if isinstance(error, FormulaError) else "a bracket in this formula is not closed"
    position = error.position if isinstance(error, FormulaError) else 0
    return Chain((latex.strip(),), (), (match.start(),), Refusal(reason, latex, position))
