"""What each relation asserts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from mathpost.evaluation.binding import along_new_axis
from mathpost.evaluation.chance import random_names
from mathpost.evaluation.elementary import CONSTANTS, RELATIONS
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.sets import contains, is_finite_set, memberships, set_points
from mathpost.evaluation.steps import recursion_name, recursion_of, step_name
from mathpost.evaluation.values import Array, Numbers, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import DEFINITION, Judgement, Summary
from mathpost.judging.approximation import approximate
from mathpost.judging.comparison import (
    LOST_DIGITS,
    RTOL,
    Case,
    aligned,
    equal,
    gap_of,
    judgement_of,
    point_told,
    refuse_coarse_samples,
)
from mathpost.judging.congruence import congruent, incongruent
from mathpost.judging.distribution import EQUAL_IN_LAW, equal_in_law, same_law
from mathpost.judging.independence import independent
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Call, Index, Node, Sequence, Symbol

Judge: TypeAlias = Callable[[Case], Judgement]


def _ordered(case: Case) -> Judgement:
    if case.relation == "<" and case.right == Symbol("\\infty"):
        return _finite(case)
    left, right = case.measure()
    gap = gap_of(case, left, right)
    if gap.rank:
        raise EvaluationError("only numbers have an order")
    above = gap.signed if case.relation in (">", "\\geq") else -gap.signed
    if case.relation in ("<", ">") and gap.is_rounded and np.any(~(above > gap.error)) and np.all(above >= -gap.error):
        raise EvaluationError(LOST_DIGITS)
    holding = above > gap.error if case.relation in ("<", ">") else above >= -gap.error
    judgement = judgement_of(case, gap, holding, "the order is broken")
    if judgement.outcome == "pass" and not np.all(above > gap.error):
        refuse_coarse_samples(left, right)
    return judgement


def _finite(case: Case) -> Judgement:
    """`\\mathbb{E}[X^2] < \\infty`: what has no finite value has none, and that is said where it is evaluated."""
    measured = case.draw.measure(case.left, case.environment)
    value, sampled = measured.value, any("Monte Carlo" in method for method in measured.methods)
    if sampled or not isinstance(value, Array) or value.rank or not np.all(np.isfinite(value.values)):
        raise EvaluationError(f"`{to_latex(case.left)}` is not a finite number")
    greatest = float(value.values.max())
    return Judgement("pass", greatest, np.inf, tolerance_source="a value that converges", reason="")


def _different(case: Case) -> Judgement:
    left, right = case.measure()
    gap = gap_of(case, left, right)
    differing = (gap.apart > gap.allowed).any(axis=tuple(range(-gap.rank, 0)), keepdims=True)
    judgement = judgement_of(case, gap, np.broadcast_to(differing, gap.apart.shape), "the two sides are equal")
    constant = any(float(np.ptp(side.astype(float))) == 0 and side.size > 1 for side in (gap.left, gap.right))
    return replace(judgement, remarks=("one side is constant, so the claim is weak",) if constant else ())


def _member(case: Case) -> Judgement:
    broken = _broken_membership(case)
    left, right = _element_summary(case), to_latex(case.right)
    if broken is None:
        return Judgement("pass", left, right, tolerance_source="exact")
    told = "does not lie in the set" if case.relation == "\\in" else "lies in the set"
    point = point_told(case, broken, len(broken))
    return Judgement("fail", left, right, tolerance_source="exact", reason=f"the left side {told}{point}")


def _broken_membership(case: Case) -> tuple[np.intp, ...] | None:
    """A point where an element is not where it is said to be."""
    for inside in memberships(case.left, case.right, case.environment):
        broken = np.argwhere(inside if case.relation == "\\notin" else ~inside)
        if len(broken):
            return tuple(broken[0])
    return None


def _element_summary(case: Case) -> Summary:
    if isinstance(case.left, Sequence):
        return f"{len(case.left.elements)} values"
    value = case.draw.measure(case.left, case.environment).value
    if not isinstance(value, Array):
        return None
    if value.values.ndim == 0:
        return float(value.values)
    count = int(np.prod(value.batch))
    return shape_of(value) if count == 1 else f"{shape_of(value)}, {count} of them"


def _equal(case: Case) -> Judgement:
    sides = (case.left, case.right)
    return _same_set(case) if any(is_finite_set(side, case.environment) for side in sides) else equal(case)


def _same_set(case: Case) -> Judgement:
    """Sets are equal that have the same elements, in whatever order and however often they are written."""
    first, second = (np.unique(set_points(side, case.environment), axis=0) for side in (case.left, case.right))
    same = first.shape == second.shape and bool(np.allclose(first, second, rtol=RTOL, atol=0))
    reason = "" if same else "the two sets differ"
    return Judgement("pass" if same else "fail", tolerance_source="exact", reason=reason)


def _subset(case: Case) -> Judgement:
    """Every element of the left side lies in the right one; `\\subset` of two equal sets is read in two ways."""
    points = set_points(case.left, case.environment)
    inside = contains(case.right, Array(points, points.ndim - 1), case.environment)
    if case.relation == "\\subset" and np.all(inside) and _is_no_larger(case, points):
        raise EvaluationError("the two sets are equal, which `\\subset` may allow or not: write `\\subseteq`")
    holds = bool(np.all(inside))
    reason = "" if holds else "an element of the left side does not lie in the set"
    return Judgement("pass" if holds else "fail", tolerance_source="exact", reason=reason)


def _is_no_larger(case: Case, points: Numbers) -> bool:
    try:
        return len(np.unique(set_points(case.right, case.environment), axis=0)) == len(np.unique(points, axis=0))
    except EvaluationError:
        return False  # an infinite set


def _proportional(case: Case) -> Judgement:
    """`p(y | x) \\propto g(y)` is a claim about y, at each x: the ratio of the sides depends on other letters alone."""
    if case.draw.given:
        raise EvaluationError("a proportion under a condition is not evaluated: waive it with a reason")
    case = _with_axes_of_its_own(case)
    left, right = case.measure()
    a, b, rank = aligned(left.value, right.value)
    if not np.all(np.isfinite(a) & np.isfinite(b)):
        raise EvaluationError("a side of the proportion is not finite")
    own = _axes_of_the_argument(case, a.ndim - rank) + tuple(range(a.ndim - rank, a.ndim))
    if not own or float(np.ptp(a, axis=own).max()) == 0:
        raise EvaluationError("a proportion needs values that vary: bind the argument to a Variable")
    if np.any((a == 0) != (b == 0)):
        return Judgement("fail", reason="one of the two sides is zero where the other is not")
    ratios = np.divide(a, b, out=np.zeros(a.shape), where=b != 0)
    largest = ratios.max(axis=own, where=b != 0, initial=-np.inf)
    smallest = ratios.min(axis=own, where=b != 0, initial=np.inf)
    if np.any(largest < smallest):
        raise EvaluationError("a proportion says nothing where both sides are zero throughout")
    spread = (largest - smallest) / np.maximum(np.abs(largest), np.abs(smallest))
    holds = bool(np.all(spread <= 10 * RTOL))
    reason = "" if holds else "the ratio of the two sides is not constant"
    worst = np.unravel_index(int(np.argmax(spread)), spread.shape)
    extremes = (float(smallest[worst]), float(largest[worst]))
    source = "float64 accuracy of the ratio"
    return Judgement("pass" if holds else "fail", *extremes, float(spread[worst]), 10 * RTOL, source, reason)


def _names_of_the_argument(case: Case) -> set[str]:
    """The universal letters that a proportion is about: the first argument of a call, else all of its left side."""
    head = case.left.arguments[0] if isinstance(case.left, Call) and case.left.arguments else case.left
    return {name for node in walk(head) if (name := case.environment.named(node)) in case.environment.universal}


def _with_axes_of_its_own(case: Case) -> Case:
    """The case where a letter that shares its axis with all other boxes runs along one of its own."""
    environment, names = case.environment, _names_of_the_argument(case)
    shared = [name for name, array in environment.bound.items() if name in environment.universal and array.batch]
    for name in sorted(names):
        points = environment.bound[name]
        beside = [other for other in shared if other != name and environment.bound[other].batch == points.batch]
        if len(points.batch) == 1 and beside:
            moved = along_new_axis(points.values, environment)
            environment = environment.bind_universally({name: moved})
    return replace(case, environment=environment)


def _axes_of_the_argument(case: Case, axes: int) -> tuple[int, ...]:
    ends = {len(case.environment.bound[name].batch) - 1 for name in _names_of_the_argument(case)}
    return tuple(sorted(end for end in ends if end < axes))


def _defined(case: Case) -> Judgement:
    environment = case.environment
    name = name_defined(case.left, environment)
    if name.endswith("[]"):
        return _recursion_defined(name, case)
    plain = name.removesuffix("()")
    known = environment.functions if name != plain else {*environment.symbols, *environment.bound}
    if not name or plain in known:
        return equal(case)
    arguments = case.left.arguments if isinstance(case.left, Call) else ()
    definition = Definition(tuple(environment.named(argument) or "" for argument in arguments), case.right)
    _refuse_another_meaning(name, definition, case)
    # the letter of a function may stand for nothing yet; a random variable has a law, and no value
    if all(map(environment.is_bound, definition.arguments)) and not random_names([case.right], environment):
        case.draw.measure(case.right, environment)
    case.draw.definitions[name] = definition
    return Judgement("pass", tolerance_source=DEFINITION, reason="")


def _recursion_defined(name: str, case: Case) -> Judgement:
    """A sequence by its steps; where the notation binds its entries, they must be those of the definition."""
    assert isinstance(case.left, Index)
    letter = case.environment.named(case.left.indices[0]) or ""
    definition = Definition((letter,), case.right)
    _refuse_another_meaning(name, definition, case)
    if case.environment.is_bound(name.removesuffix("[]")):
        judgement = equal(case)
        if judgement.outcome == "pass":
            case.draw.definitions[name] = definition
        return judgement
    case.draw.definitions[name] = definition
    if case.environment.is_bound(letter) and not _awaits_others(case.right, case.environment):
        try:
            case.draw.measure(case.left, case.environment)
        except EvaluationError:
            del case.draw.definitions[name]
            raise
    return Judgement("pass", tolerance_source="a definition", reason="")


def _awaits_others(body: Node, environment: Environment) -> bool:
    """Whether a step is made of another sequence that the text defines behind it, as gates of the states before."""
    return any(
        isinstance(node, Index)
        and not node.raised
        and isinstance(node.base, Symbol)
        and not environment.is_bound(environment.key(node.base))
        and recursion_of(node, environment) is None
        for node in walk(body)
    )


def name_defined(left: Node, environment: Environment) -> str:
    """Under which name a draw keeps what the left side of a `:=` defines: `u`, `f()`, `h[]` for the steps `h_t`, `h_4`
    for `h_T` where T is 4; empty if it defines nothing."""
    match left:
        case Symbol():
            return environment.key(left)
        case Index(base=Symbol() as base, indices=(Symbol() as letter,), raised=False):
            last = environment.symbols.get(environment.key(letter))
            if isinstance(last, int | float) and float(last).is_integer():
                return step_name(environment.key(base), int(last))
            return recursion_name(environment.key(base))
        case Call(function=Symbol() as head):
            return f"{environment.key(head)}()"
    return ""


def _refuse_another_meaning(name: str, definition: Definition, case: Case) -> None:
    """Errors: EvaluationError for a constant, or for a name that the text has defined otherwise."""
    known = case.draw.definitions.get(name)
    shown = to_latex(case.left)
    if name in CONSTANTS:
        raise EvaluationError(
            f"`{shown}` is the constant {CONSTANTS[name]:.6g}: bind it in the notation to redefine it"
        )
    if known is not None and known != definition:
        told = f"`{shown}` is defined twice, first as `{to_latex(known.body)}`"
        raise EvaluationError(f"{told}: give the second meaning a name of its own")


OF_LAWS = frozenset(("\\sim", "\\perp", EQUAL_IN_LAW))
"""Relations whose sides are no values, but random variables and laws."""
JUDGES: Mapping[str, Judge] = {
    "=": _equal,
    "\\equiv": congruent,
    "\\not\\equiv": incongruent,
    ":=": _defined,
    "\\approx": approximate,
    "\\simeq": approximate,
    "\\neq": _different,
    "\\in": _member,
    "\\notin": _member,
    "\\subset": _subset,
    "\\subseteq": _subset,
    "\\propto": _proportional,
    "\\sim": same_law,
    EQUAL_IN_LAW: equal_in_law,
    "\\perp": independent,
    **{relation: _ordered for relation in RELATIONS if relation not in ("=", "\\neq")},
}
