"""A formula into chains of sides and relations, without parsing them: one side that can't be read hides no other.

Relations, commas, `\\quad` and rows split on the outermost level only: inside brackets, braces, scripts and
environments that mean something they do not. Whatever is neither a side nor a relation, nor stands beside a statement
as a condition, a remark or punctuation, is refused: a chain with a refusal is a claim that is not read.
"""

from __future__ import annotations

from functools import lru_cache

from mathpost.ground.errors import FormulaError, MalformedFormula
from mathpost.latex.reading.statements.beside import chains_beside
from mathpost.latex.reading.statements.chain import Chain
from mathpost.latex.reading.statements.groups import opened
from mathpost.latex.reading.statements.reader import Reader
from mathpost.latex.reading.statements.refusals import Refusal
from mathpost.latex.reading.statements.rows import joined, rows_of
from mathpost.latex.reading.tokens import RELATING, find_slip, tokenize


@lru_cache(maxsize=1024)
def find_chains(latex: str) -> tuple[Chain, ...]:
    """The statements of a formula. One that can't be cut is a claim all the same where a relation stands in it.

    A formula is cut once: a text is read anew for each mutant of one of its equations.
    """
    try:
        tokens = tokenize(latex)[:-1]
    except (FormulaError, RecursionError) as error:
        return (_uncut(latex, error),)
    slip = find_slip(tokens)
    if slip and slip.opens and any(token.kind == "relation" and token.start > slip.position for token in tokens):
        return (_uncut(latex, MalformedFormula(slip.message, latex, slip.position)),)
    line = [token for token in tokens if token.kind != "aside"]
    cleared, faces = opened(line, latex)
    reader = Reader(latex, faces)
    for row in joined(rows_of(cleared)):
        reader.read_row(row)
    return (*chains_beside(latex, tokens, find_chains), *reader.finish())


def _uncut(latex: str, error: FormulaError | RecursionError) -> Chain:
    """What has no tokens, or a bracket without its partner: a claim where a relation stands in it."""
    match = RELATING.search(latex)
    if match is None:
        return Chain((latex.strip(),), (), ())
    reason = error.message if isinstance(error, FormulaError) else "so deep a nesting is not supported"
    position = error.position if isinstance(error, FormulaError) else 0
    return Chain((latex.strip(),), (), (match.start(),), Refusal(reason, latex, position))
