"""Judging one claim under one draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from mathpost.evaluation import Environment
from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.optimise import is_arg
from mathpost.ground.errors import AmbiguousFormula, AmbiguousValue, EvaluationError, FormulaError, UnsupportedFormula
from mathpost.ground.verdicts import OUTCOMES, Effort, Judgement
from mathpost.judging.antiderivatives import as_derivatives
from mathpost.judging.comparison import Case
from mathpost.judging.counterexample import attacked, points_of
from mathpost.judging.coupling import judged_however_coupled
from mathpost.judging.distribution import GIVEN
from mathpost.judging.draw import Draw
from mathpost.judging.given import at_values_of_given
from mathpost.judging.quantifiers import as_stated
from mathpost.judging.relations import JUDGES, OF_LAWS
from mathpost.latex import parse, to_latex
from mathpost.latex.reading import READINGS, Condition, parse_pattern, split_bar
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Binary, Call, Integral, Matrix, Node, Power, Relation, Sequence, Symbol
from mathpost.text.claims import Claim, parse_claim

SAME = "both sides are the same expression, so nothing is checked"
JUDGED = {"pass": "holds", "fail": "fails"}
UNFORESEEN = "it could not be evaluated ({kind}: {error}): write it otherwise, or waive it with a reason"


def parse_sides(claim: Claim, draw: Draw) -> tuple[Node, Node]:
    """Both sides as trees; the left side of a definition is read as a pattern, since it declares what it names."""
    if claim.relation in OF_LAWS and not claim.refusal:
        return _with_condition(claim.left, draw), _with_condition(claim.right, draw)
    if claim.relation != ":=" or claim.refusal:
        return parse_claim(claim, draw.declared)
    return _name_to_define(claim.left), parse(claim.right, draw.declared)


def _name_to_define(latex: str) -> Node:
    """Errors: FormulaError for what could not be defined."""
    try:
        return parse_pattern(latex)
    except UnsupportedFormula as error:
        told = "a definition needs a name on one of its sides, `x`, `x_i` or `f(x)`: write `=` for an equality"
        raise UnsupportedFormula(told, error.latex, error.position) from None


def _with_condition(latex: str, draw: Draw) -> Node:
    r"""A side of a statement about laws: `\theta | k` is what it is a law of, and the condition behind the bar."""
    own, bar, given = split_bar(latex)
    if not bar:
        return parse(latex, draw.declared)
    parts = parse(given, draw.declared)
    conditions = parts.elements if isinstance(parts, Sequence) else (parts,)
    separators = ("|", *(",",) * (len(conditions) - 1))
    return Call(Symbol(GIVEN), (parse(own, draw.declared), *conditions), separators)


def judge_in(claim: Claim, draw: Draw) -> Judgement:
    """Judge a claim under a draw. Where custom reads it in two ways, it holds, or fails, if it does so in both."""
    if draw.notation.problem:
        return Judgement("inconclusive", reason=draw.notation.problem)
    try:
        return _judge_as_read(claim, draw)
    except AmbiguousFormula as error:
        return _judge_in_each_reading(claim, draw, error.form, error.pointed())
    except AmbiguousValue as error:
        return _judge_in_each_reading(claim, draw, error.form, error.message)


def _judge_in_each_reading(claim: Claim, draw: Draw, form: str, told: str) -> Judgement:
    undecided = Judgement("inconclusive", reason=told)
    if not form or claim.relation == ":=" or form in draw.notation.reading:
        return undecided
    judged = {}
    for reading in READINGS[form]:
        notation = replace(draw.notation, reading={**draw.notation.reading, form: reading})
        judged[reading] = judge_in(claim, draw.afresh(notation=notation))
    told_apart = {reading: each for reading, each in judged.items() if each.reason != SAME}
    if len(told_apart) < len(judged) and any(each.outcome != "pass" for each in told_apart.values()):
        return undecided
    judged = told_apart or judged
    if any(each.outcome not in JUDGED for each in judged.values()):
        return undecided
    if len({judgement.outcome for judgement in judged.values()}) > 1:
        return undecided
    judgement = next(iter(judged.values()))
    told = (
        f"custom reads it in two ways, {form} as {' or '.join(READINGS[form])}: it {JUDGED[judgement.outcome]} in both"
    )
    return replace(judgement, remarks=(*judgement.remarks, told))


def _judge_as_read(claim: Claim, draw: Draw) -> Judgement:
    """Errors: AmbiguousFormula, AmbiguousValue."""
    try:
        left, right = parse_sides(claim, draw)
    except AmbiguousFormula:
        raise
    except FormulaError as error:
        return Judgement("inconclusive", reason=error.pointed())
    try:
        draw = as_stated(draw, claim.conditions, claim.relation, left, right) if claim.conditions else draw
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    judgement = judge_statement(claim.relation, left, right, draw)
    read_as_power = [*_bracketed_exponents(claim.left, left), *_bracketed_exponents(claim.right, right)]
    remarks = tuple(f"`{text}` is read as a power: a sample index needs data in the notation" for text in read_as_power)
    return replace(judgement, remarks=(*judgement.remarks, *remarks))


def _bracketed_exponents(latex: str, tree: Node) -> Iterator[str]:
    """The exponents that look like a sample index: that of `p^{(y)}`."""
    for node in walk(tree):
        if isinstance(node, Power) and latex[: node.exponent.span[0]].rstrip().endswith("("):
            yield f"^{{({latex[slice(*node.exponent.span)]})}}"


def judge_statement(relation: str, left: Node, right: Node, draw: Draw) -> Judgement:
    """Judge what may be made of several relations: an implication, or `a, b > 0`, which says the same of both."""
    match relation:
        case "\\implies":
            return _implied(left, right, draw)
        case "\\iff":
            return _worst((_implied(left, right, draw), _implied(right, left, draw)))
    if isinstance(left, Sequence) and not left.parenthesised and relation in RELATIONS and not _is_list(right):
        return _worst(judge(relation, part, right, draw) for part in left.elements)
    return judge(relation, left, right, draw)


def _implied(condition: Node, stated: Node, draw: Draw) -> Judgement:
    """Judge a statement where a condition holds."""
    links = list(_links(stated))
    if not links or not list(_links(condition)):
        return Judgement("inconclusive", reason="an implication needs a relation on both of its sides")
    try:
        told = Condition(to_latex(condition), "given")
        draws = [as_stated(draw, (told,), link.operator, link.left, link.right) for link in links]
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    if any(each is draw for each in draws):
        told_of = f"`{to_latex(condition)}` is no condition that could be tried on `{to_latex(stated)}`"
        return Judgement("inconclusive", reason=f"{told_of}: write two formulas, or waive the claim with a reason")
    return _worst(judge(link.operator, link.left, link.right, each) for link, each in zip(links, draws, strict=True))


def _links(node: Node) -> Iterator[Relation]:
    match node:
        case Relation():
            yield node
        case Binary(operator="\\land", left=left, right=right):
            yield from _links(left)
            yield from _links(right)


def _worst(judgements: Iterable[Judgement]) -> Judgement:
    return max(judgements, key=lambda judgement: OUTCOMES.index(judgement.outcome))


def _is_list(node: Node) -> bool:
    return isinstance(node, Sequence | Matrix)


def judge(relation: str, left: Node, right: Node, draw: Draw) -> Judgement:
    """Judge `left relation right`. A side without a value makes the claim inconclusive; nothing is raised."""
    if relation not in JUDGES:
        return Judgement("inconclusive", reason=f"`{relation}` is not evaluated: waive the claim with a reason")
    two_faced = draw.declared.bold
    if _folded(left, two_faced) == _folded(right, two_faced) and relation not in (":=", "\\neq"):
        return Judgement("inconclusive", reason=SAME)
    draw = at_values_of_given(left, right, draw)
    return judged_however_coupled(lambda under: _judged(relation, left, right, under), relation, left, right, draw)


def _judged(relation: str, left: Node, right: Node, draw: Draw) -> Judgement:
    try:
        if relation == "=" and (isinstance(left, Integral) or isinstance(right, Integral)):
            left, right = as_derivatives(left, right, draw.environment())
        case = Case(relation, left, right, draw, draw.environment(left, right))
        judgement = attacked(JUDGES[relation](case), case, JUDGES[relation])
    except AmbiguousValue:
        raise
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    except np.linalg.LinAlgError as error:
        return Judgement("inconclusive", reason=f"a matrix of the claim: {error}")
    except Exception as error:
        # one claim that was not foreseen must not end a run that has judged all others
        return Judgement("inconclusive", reason=UNFORESEEN.format(kind=type(error).__name__, error=error))
    return _with_remarks(replace(judgement, effort=_effort(case)), case.environment)


def _folded(node: Node, two_faced: frozenset[str]) -> Node:
    """The tree with the faces gone that make no difference under the notation."""
    if isinstance(node, Symbol):
        return replace(node, bold=node.bold and node.name in two_faced)
    return rebuild(node, lambda child: _folded(child, two_faced))


def _effort(case: Case) -> Effort:
    tried = case.tried
    optima = [case.draw.measure(side, case.environment) for side in (case.left, case.right) if is_arg(side)]
    return Effort(
        bits=tried["bits"] or None,
        exact=bool(tried["bits"]) and not tried["rounded"],
        points=points_of(case),
        sobol=tried["sobol"],
        special=tried["special"],
        searched=tried["searched"],
        objective=case.environment.trace.objective + sum(side.objective for side in optima),
    )


def _with_remarks(judgement: Judgement, environment: Environment) -> Judgement:
    return replace(judgement, remarks=(*judgement.remarks, *sorted(environment.trace.remarks)))
