"""Mutation testing of the checks: does a changed equation go unnoticed?

A mutant is killed if one of its claims does not pass. One whose claims all pass is equivalent if it evaluates the same
as the original on every draw, at more points than the check itself tries; otherwise it survived, and the check is not
sharp enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation import Box, Environment
from mathpost.evaluation.optimise import is_arg, objective_of
from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError, FormulaError
from mathpost.judging.draw import Draw, Measured, numbers_of
from mathpost.judging.judge import judge_in, parse_sides
from mathpost.judging.relations import name_defined
from mathpost.latex import to_latex
from mathpost.latex.changing import mutations
from mathpost.latex.reading import parse_pattern
from mathpost.latex.tree.nodes import BigOperator, Node
from mathpost.text.cells import Cell, with_equation
from mathpost.text.claims import Claim, find_claims, find_named_equations

MUTANTS_MIME = "application/vnd.mathpost.mutants+json"
MORE_POINTS = 64
ANOTHER_SEED = 20
ORDER_POINTS = 256
SAME = 1e-9


@dataclass(frozen=True)
class Mutant:
    """A changed equation: its claims, each beside the claim of the original that it stands for."""

    equation: str
    latex: str
    claims: tuple[tuple[Claim, Claim | None], ...]


@dataclass(frozen=True)
class MutantResult:
    """`outcome` is `killed`, `survived` or `equivalent`; `reason` says by what, or why."""

    equation: str
    latex: str
    outcome: str
    reason: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)


Recorder: TypeAlias = Callable[[Mutant, Callable[[Mutant], MutantResult]], MutantResult]


def mutants_in_text(
    wanted: Iterable[Mapping[str, str]], claims: Sequence[Claim], cells: Sequence[Cell]
) -> Iterator[Mutant]:
    """The wanted mutants of equations among `claims`: the claims are found again with it."""
    checked = {claim.equation for claim in claims}
    originals = {claim.id: claim for claim in claims}
    equations = {name: (cell, equation) for name, cell, equation in find_named_equations(cells)}
    for item in wanted:
        name, latex = item["equation"], item["latex"]
        if name not in checked:
            continue
        cell, equation = equations[name]
        found = find_claims(with_equation(each, equation, latex) if each is cell else each for each in cells)
        pairs = [(claim, originals.get(claim.id)) for claim in found if claim.equation in checked]
        affected = [pair for pair in pairs if pair[0].equation == name or _says_something_else(*pair)]
        yield Mutant(name, latex, tuple(affected))


def _says_something_else(claim: Claim, original: Claim | None) -> bool:
    """Whether a mutant changed the claim of another equation, which goes on from it, into more than `a = a`."""
    if original is None or claim.left.strip() == claim.right.strip():
        return False
    return (claim.left, claim.relation, claim.right) != (original.left, original.relation, original.right)


def own_mutants(claims: Sequence[Claim], draw: Draw) -> Iterator[Mutant]:
    """The tool's own mutants: each side of each claim, changed in one place."""
    for position, claim in enumerate(claims):
        if claim.waiver is not None:
            continue
        try:
            left, right = parse_sides(claim, draw)
        except FormulaError:
            continue
        if not _is_continued(claims, position):
            for tree in mutations(left, draw.declared):
                yield _with_side(claims, position, "left", tree)
        for tree in mutations(right, draw.declared):
            yield _with_side(claims, position, "right", tree)
        for relation in OTHER_RELATIONS.get(claim.relation, ()):
            changed = replace(claim, relation=relation, latex=f"{claim.left} {relation} {claim.right}")
            yield Mutant(claim.equation, changed.latex, ((changed, claim),))


OTHER_RELATIONS = {"=": ("\\neq",), "\\neq": ("=",), "\\approx": ("\\neq",), "\\leq": (">",), "\\geq": ("<",)}


def _is_continued(claims: Sequence[Claim], position: int) -> bool:
    """Whether the left side of a claim is the right side of the one before it, and was changed there."""
    return position > 0 and claims[position - 1].right == claims[position].left


def _with_side(claims: Sequence[Claim], position: int, side: str, tree: Node) -> Mutant:
    claim, latex = claims[position], to_latex(tree)
    changed = replace(claim, left=latex) if side == "left" else replace(claim, right=latex)
    changed = replace(changed, latex=f"{changed.left} {changed.relation} {changed.right}")
    pairs = [(changed, claim)]
    if side == "right" and position + 1 < len(claims) and _is_continued(claims, position + 1):
        following = claims[position + 1]
        pairs.append((replace(following, left=latex), following))
    return Mutant(claim.equation, changed.latex, tuple(pairs))


def judge_mutants(
    wanted: Sequence[Mapping[str, str]] | None,
    claims: Sequence[Claim],
    cells: Sequence[Cell],
    draws: Sequence[Draw],
    recorded: Recorder = lambda mutant, judge: judge(mutant),
) -> list[MutantResult]:
    """The outcome for each mutant of the equations among `claims`; without `wanted`, for the tool's own mutants.

    `draws` are those that have judged the original claims, so that they know the definitions of the text. `recorded`
    gives what is known of a mutant, or asks for it.
    """
    if any(draw.notation.problem for draw in draws):
        return []
    made = own_mutants(claims, draws[0]) if wanted is None else mutants_in_text(wanted, claims, cells)
    elsewhere = Elsewhere.of(draws)
    judge = partial(_result_or_reason, claims=claims, draws=draws, elsewhere=elsewhere)
    return [recorded(mutant, judge) for mutant in made]


def _result_or_reason(
    mutant: Mutant, claims: Sequence[Claim], draws: Sequence[Draw], elsewhere: Elsewhere
) -> MutantResult:
    """The outcome for a mutant, whatever it raises: hours of judging must not be lost to one."""
    try:
        return _result(mutant, claims, draws, elsewhere)
    except FormulaError as error:
        return MutantResult(mutant.equation, mutant.latex, "killed", f"it cannot be read: {error.message}")
    except Exception as error:
        reason = f"it cannot be told from the original ({type(error).__name__}: {error})"
        return MutantResult(mutant.equation, mutant.latex, "survived", reason)


@dataclass(frozen=True)
class Elsewhere:
    """Where equivalence is tried: the draws at more points, and with other numbers."""

    wider: tuple[Draw, ...]
    perturbed: tuple[Draw, ...]

    @classmethod
    def of(cls, draws: Sequence[Draw]) -> Elsewhere:
        wider = tuple(Draw(draw.notation, MORE_POINTS, ANOTHER_SEED, dict(draw.definitions)) for draw in draws)
        return cls(wider, tuple(draw.perturbed() for draw in wider))


def _result(mutant: Mutant, claims: Sequence[Claim], draws: Sequence[Draw], elsewhere: Elsewhere) -> MutantResult:
    judged = [claim for claim, _ in mutant.claims]
    if not judged:
        return MutantResult(mutant.equation, mutant.latex, "killed", "it makes no claim any more")
    if any(claim.relation == ":=" for claim in judged):
        # what it defines is used by other claims, which must be judged anew, and by no other mutant
        changed = {claim.id for claim in judged}
        draws = [_without_definitions_of(judged, draw) for draw in draws]
        judged += [claim for claim in claims if claim.id not in changed]
        elsewhere = Elsewhere.of(draws)
    for claim in judged:
        for outcome, reason in _outcomes(claim, draws):
            if outcome not in ("pass", "unchecked"):
                return MutantResult(mutant.equation, mutant.latex, "killed", f"{claim.id} is {outcome}: {reason}")
    originals = [claim for claim in claims if claim.equation in {claim.equation for claim in judged}]
    if _is_equivalent(mutant, originals, elsewhere):
        return MutantResult(mutant.equation, mutant.latex, "equivalent", "it evaluates the same on every draw")
    return MutantResult(mutant.equation, mutant.latex, "survived", _why_it_survived(mutant))


def _without_definitions_of(claims: Sequence[Claim], draw: Draw) -> Draw:
    """The draw before the text has defined what these claims define anew."""
    environment = draw.notation.environment
    anew = {name_defined(parse_pattern(claim.left), environment) for claim in claims if claim.relation == ":="}
    kept = {name: meaning for name, meaning in draw.definitions.items() if name not in anew}
    return Draw(draw.notation, definitions=kept)


def _why_it_survived(mutant: Mutant) -> str:
    relation = mutant.claims[0][0].relation
    if relation in WEAK_RELATIONS:
        return f"`{relation}` says so little that this is true as well"
    return f"all claims of {mutant.equation} still pass: check it under a draw in which the two differ"


WEAK_RELATIONS = ("\\neq", "\\geq", "\\leq", ">", "<", "\\in", "\\notin", "\\approx")


def _outcomes(claim: Claim, draws: Sequence[Draw]) -> Iterator[tuple[str, str]]:
    if claim.waiver is not None:
        yield "unchecked", claim.waiver
        return
    for draw in draws:
        judgement = judge_in(claim, draw)
        yield judgement.outcome, judgement.reason


def _is_equivalent(mutant: Mutant, originals: Sequence[Claim], elsewhere: Elsewhere) -> bool:
    """Whether the mutant's claims pass at more points, and each of its sides evaluates as one of the original.

    Which of them does not matter in a chain of equalities; an order or a membership has a left and a right.
    """
    judged = [claim for claim, _ in mutant.claims]
    if any(outcome != "pass" for claim in judged for outcome, _ in _outcomes(claim, elsewhere.wider)):
        return False
    for claim, original in mutant.claims:
        alike = [other for other in originals if other.relation == claim.relation]
        alike = alike if claim.relation in EQUALITIES else [other for other in alike if other == original]
        if not all(_sides_agree(claim, alike, draw) for draw in (*elsewhere.wider, *elsewhere.perturbed)):
            return False
    return True


EQUALITIES = ("=", "\\equiv", "\\approx", ":=")


def _sides_agree(claim: Claim, originals: Sequence[Claim], draw: Draw) -> bool:
    known = [parse_sides(original, draw) for original in originals]
    if draw.is_perturbed and not all(_has_value(side, draw) for pair in known for side in pair):
        return True
    sides = parse_sides(claim, draw)
    if claim.relation in EQUALITIES:
        return all(any(_same(side, other, draw) for pair in known for other in pair) for side in sides)
    return any(all(map(partial(_same, draw=draw), sides, pair)) for pair in known)


def _has_value(side: Node, draw: Draw) -> bool:
    """Whether a side of the original has a value under other numbers: not all notations bear them."""
    try:
        environment = draw.environment(side)
        if is_arg(side):
            return bool(np.isfinite(_objective_everywhere(side, environment, draw)).sum() > 1)
        return bool(np.all(np.isfinite(numbers_of(draw.measure(side, environment).value))))
    except EvaluationError:
        return False


def _same(side: Node, other: Node, draw: Draw) -> bool:
    if side == other:
        return True
    try:
        environment = draw.environment(side, other)
        if is_arg(side) and is_arg(other):
            return _same_order(*(_objective_everywhere(node, environment, draw) for node in (side, other)))
        return same_values(draw.measure(side, environment), draw.measure(other, environment))
    except EvaluationError:
        return False


def same_values(side: Measured, other: Measured) -> bool:
    a, b = numbers_of(side.value), numbers_of(other.value)
    if type(side.value) is not type(other.value) or a.ndim != b.ndim:
        return False
    allowed = SAME * np.maximum(np.abs(a), np.abs(b)).max(initial=0.0) + side.error.max() + other.error.max()
    return bool(np.all(np.abs(a - b) <= allowed))


def _same_order(a: Numbers, b: Numbers) -> bool:
    """Whether two objectives rank all points alike: then one is a growing function of the other."""
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = a[finite], b[finite]
    if len(a) < 2:
        return False
    rises = np.diff(b[np.argsort(a)]) >= -SAME * np.ptp(b)
    back = np.diff(a[np.argsort(b)]) >= -SAME * np.ptp(a)
    return bool(np.all(rises) and np.all(back))


def _objective_everywhere(node: BigOperator, environment: Environment, draw: Draw) -> Numbers:
    def everywhere() -> Numbers:
        objective, variable, _ = objective_of(node, environment)
        return objective(_places(variable.domain))

    return draw.once(("objective", node, environment.universal), everywhere)


def _places(domain: Any) -> Any:
    if isinstance(domain, Box):
        return domain.points(ORDER_POINTS, ANOTHER_SEED).reshape(ORDER_POINTS, -1)
    return np.stack(domain).reshape(len(domain), -1)
