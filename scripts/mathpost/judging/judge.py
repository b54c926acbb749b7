"""Judging one claim under one draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from mathpost.evaluation import Environment
from mathpost.ground.errors import EvaluationError, FormulaError
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import Case
from mathpost.judging.counterexample import attacked
from mathpost.judging.draw import Draw
from mathpost.judging.quantifiers import as_stated
from mathpost.judging.relations import JUDGES
from mathpost.latex import parse
from mathpost.latex.reading import parse_pattern
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Declared, Node, Power, Symbol
from mathpost.text.claims import Claim, parse_claim

UNFORESEEN = "it could not be evaluated ({kind}: {error}): write it otherwise, or waive it with a reason"


def parse_sides(claim: Claim, draw: Draw) -> tuple[Node, Node]:
    """Both sides as trees; the left side of a definition is read as a pattern, since it declares what it names."""
    return _sides(claim, draw.declared)


@lru_cache(maxsize=1024)
def _sides(claim: Claim, declared: Declared) -> tuple[Node, Node]:
    if claim.relation != ":=" or claim.refusal:
        return parse_claim(claim, declared)
    return parse_pattern(claim.left), parse(claim.right, declared)


def judge_in(claim: Claim, draw: Draw) -> Judgement:
    if draw.notation.problem:
        return Judgement("inconclusive", reason=draw.notation.problem)
    try:
        left, right = parse_sides(claim, draw)
    except FormulaError as error:
        return Judgement("inconclusive", reason=error.pointed())
    try:
        draw = as_stated(draw, claim.conditions, claim.relation, left, right) if claim.conditions else draw
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    judgement = judge(claim.relation, left, right, draw)
    read_as_power = [*_bracketed_exponents(claim.left, left), *_bracketed_exponents(claim.right, right)]
    remarks = tuple(f"`{text}` is read as a power: a sample index needs data in the notation" for text in read_as_power)
    return replace(judgement, remarks=(*judgement.remarks, *remarks))


def _bracketed_exponents(latex: str, tree: Node) -> Iterator[str]:
    """The exponents that look like a sample index: that of `p^{(y)}`."""
    for node in walk(tree):
        if isinstance(node, Power) and latex[: node.exponent.span[0]].rstrip().endswith("("):
            yield f"^{{({latex[slice(*node.exponent.span)]})}}"


def judge(relation: str, left: Node, right: Node, draw: Draw) -> Judgement:
    """Judge `left relation right`. A side without a value makes the claim inconclusive; nothing is raised."""
    if relation not in JUDGES:
        return Judgement("inconclusive", reason=f"`{relation}` is not evaluated: waive the claim with a reason")
    two_faced = draw.declared.bold
    if _folded(left, two_faced) == _folded(right, two_faced) and relation not in (":=", "\\neq"):
        return Judgement("inconclusive", reason="both sides are the same expression, so nothing is checked")
    try:
        case = Case(relation, left, right, draw, draw.environment(left, right))
        judgement = attacked(JUDGES[relation](case), case, JUDGES[relation])
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    except np.linalg.LinAlgError as error:
        return Judgement("inconclusive", reason=f"a matrix of the claim: {error}")
    except Exception as error:
        # one claim that was not foreseen must not end a run that has judged all others
        return Judgement("inconclusive", reason=UNFORESEEN.format(kind=type(error).__name__, error=error))
    return _with_remarks(judgement, case.environment)


def _folded(node: Node, two_faced: frozenset[str]) -> Node:
    """The tree with the faces gone that make no difference under the notation."""
    if isinstance(node, Symbol):
        return replace(node, bold=node.bold and node.name in two_faced)
    return rebuild(node, lambda child: _folded(child, two_faced))


def _with_remarks(judgement: Judgement, environment: Environment) -> Judgement:
    return replace(judgement, remarks=(*judgement.remarks, *sorted(environment.trace.remarks)))
