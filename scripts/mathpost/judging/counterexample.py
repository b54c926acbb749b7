"""Looking for a point where a claim fails that holds at generic points.

The letters that stand for all values of a box are tried at more Sobol points, just inside the ends, and at 0, ±1 and
every constant of the formula, where `max`, |·| and indicators have their kinks. A weak claim is then attacked: from the
worst points a search in shrinking boxes makes the difference as large, or the margin of an order as small, as it can.
What it finds counts if the claim fails there when it is judged like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product, zip_longest
from math import prod
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation import Box, Environment, Variable, balls, evaluate
from mathpost.evaluation.binding import constants_of
from mathpost.evaluation.domains import UNBOUNDED_REACH
from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.extrema import box_of
from mathpost.evaluation.optimise import is_arg
from mathpost.evaluation.sets import memberships
from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import RTOL, Case, aligned, point_told, stated_tolerance
from mathpost.judging.enclosure import CHEAP_POINTS
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binder,
    Call,
    Cases,
    Derivative,
    Fenced,
    Indicator,
    Integral,
    Interval,
    Limit,
    Moment,
    Node,
    Sequence,
    Symbol,
)

MORE_POINTS = 64
FEW_POINTS = 4
BISECTIONS = 80
ANOTHER_SEED = 7
INSIDE = 1e-9
MOST_SPECIAL = 200
SPECIAL_DIMENSIONS = 2
STARTS = 4
AROUND = 16
STEPS = 14
FEW_STEPS = 4
SHRINK = 0.4
CONFIRMED = 3
FAR = (10.0, 1e3)

EQUALITIES = ("=", "\\equiv", "\\approx", "\\simeq")
MEMBERSHIPS = ("\\in", "\\notin")
ORDERS = tuple(relation for relation in RELATIONS if relation not in ("=", "\\neq"))
Places: TypeAlias = Mapping[str, Numbers]


@dataclass(frozen=True)
class Domain:
    """The boxes of the letters that a claim speaks of, side by side: one dimension for each entry."""

    boxes: Mapping[str, Box]

    @property
    def lower(self) -> Numbers:
        return np.concatenate([_finite(box)[0] for box in self.boxes.values()])

    @property
    def upper(self) -> Numbers:
        return np.concatenate([_finite(box)[1] for box in self.boxes.values()])

    def places(self, points: Numbers) -> Places:
        """Points of shape (N, dimensions), cut into the values of each letter."""
        ends = np.cumsum([box.size for box in self.boxes.values()])[:-1]
        columns = np.split(points, ends, axis=1)
        return {
            name: column.reshape((len(points), *box.lower.shape))
            for (name, box), column in zip(self.boxes.items(), columns, strict=True)
        }


def _finite(box: Box) -> tuple[Numbers, Numbers]:
    """The ends of a box; an infinite side is cut where `Box.points` cuts it."""
    low, high = np.atleast_1d(box.lower), np.atleast_1d(box.upper)
    return (
        np.where(np.isfinite(low), low, np.minimum(high, 0) - UNBOUNDED_REACH),
        np.where(np.isfinite(high), high, np.maximum(low, 0) + UNBOUNDED_REACH),
    )


def domain_of(case: Case) -> Domain:
    """The boxes of the letters in a claim, in what the text defines and in arguments left out."""
    names = set(_names_in((case.left, case.right), case.environment, set()))
    symbols = {**case.draw.notation.environment.symbols, **case.draw.domains}
    return Domain(
        {
            name: value.domain
            for name, value in symbols.items()
            if name in names and isinstance(value, Variable) and isinstance(value.domain, Box)
        }
    )


def points_of(case: Case) -> int:
    """At how many points a claim is tried before it is attacked: those of all letters that it speaks of, together."""
    environment, sides = case.environment, (case.left, case.right)
    bound = {environment.named(name) for side in sides for node in walk(side) for name in _bound_by(node)}
    names = (set(_names_in(sides, environment, set())) - bound) & environment.universal
    lengths = zip_longest(*(environment.bound[name].batch for name in names), fillvalue=1)
    return prod(max(each) for each in lengths)


def _bound_by(node: Node) -> tuple[Node, ...]:
    return node.variables if isinstance(node, Binder) else ()


def _names_in(trees: tuple[Node, ...], environment: Environment, known: set[str]) -> Iterator[str]:
    for node in (item for tree in trees for item in walk(tree)):
        if isinstance(node, Symbol):
            name = environment.key(node)
            yield name
            for function in environment.functions.get(name.rstrip("'"), ()):
                yield from function.arguments  # it may stand alone
            for key in (name, f"{name}()"):
                if key in environment.definitions and key not in known:
                    yield from _names_in((environment.definitions[key].body,), environment, known | {key})
        if isinstance(node, Call):
            for function in environment.functions.get(environment.named(node.function) or "", ()):
                yield from function.arguments


def counterexamples(case: Case) -> Iterator[Case]:
    """The claim at single points where it may fail, the worst first; none where there is nothing to search."""
    domain = domain_of(case)
    if not domain.boxes or any(is_arg(side) or _is_derived(side) for side in (case.left, case.right)):
        return
    points = _more_points(case, domain)
    sobol = FEW_POINTS if _is_costly(case) else MORE_POINTS
    case.tried.update(sobol=sobol, special=len(points) - sobol)
    badness = _badness(case, domain, points)
    if badness.max() < 0 and np.isfinite(badness.max()) and _is_weak(case):
        points, badness = _searched(case, domain, points, badness)
    for worst in np.argsort(-badness, kind="stable")[:CONFIRMED]:
        if badness[worst] >= 0:
            yield _case_at(case, domain, points[worst : worst + 1])


def _is_derived(side: Node) -> bool:
    """Whether a side is a difference quotient, which is true to its order at generic points alone."""
    return any(
        isinstance(node, Derivative) or (isinstance(node, Symbol) and node.name.endswith("'")) for node in walk(side)
    )


def _case_at(case: Case, domain: Domain, points: Numbers) -> Case:
    return replace(case, environment=case.draw.environment(case.left, case.right, places=domain.places(points)))


def _more_points(case: Case, domain: Domain) -> Numbers:
    lower, upper = domain.lower, domain.upper
    if _is_costly(case):
        inside = INSIDE * (upper - lower)
        return np.concatenate([Box(lower, upper).points(FEW_POINTS, ANOTHER_SEED), [lower + inside, upper - inside]])
    sobol = Box(lower, upper).points(MORE_POINTS, ANOTHER_SEED)
    special = [_special_values(case, domain, axis) for axis in range(len(lower))]
    if len(lower) <= SPECIAL_DIMENSIONS:
        return np.concatenate([sobol, list(product(*special))[:MOST_SPECIAL]])
    ends = np.array([values[:2] for values in special])
    singly = [
        _with(sobol[k % MORE_POINTS], axis, value)
        for axis, values in enumerate(special)
        for k, value in enumerate(values)
    ]
    return np.concatenate([sobol, ends.T, singly[:MOST_SPECIAL]])


def _with(point: Numbers, axis: int, value: float) -> Numbers:
    changed = point.copy()
    changed[axis] = value
    return changed


def _special_values(case: Case, domain: Domain, axis: int) -> list[float]:
    """Just inside the ends, and what the formula speaks of; in an infinite box also far away."""
    low, high = float(domain.lower[axis]), float(domain.upper[axis])
    inside = INSIDE * (high - low)
    first = next(iter(domain.boxes))
    constants = {c for side in (case.left, case.right) for c in constants_of(first, side, case.environment, evaluate)}
    values = {0.0, 1.0, -1.0, *constants, *(sign * far for far in FAR for sign in (-1, 1))}
    least, greatest = (
        np.concatenate([np.atleast_1d(getattr(box, end)) for box in domain.boxes.values()])[axis]
        for end in ("lower", "upper")
    )
    return [low + inside, high - inside, *sorted(value for value in values if least < value < greatest)]


def _is_costly(case: Case) -> bool:
    return any(
        isinstance(node, (Integral, Moment, Limit))
        or (
            isinstance(node, BigOperator)
            and (node.binder.law is not None or box_of(node, case.environment) is not None)
        )
        for side in (case.left, case.right)
        for node in walk(side)
    )


def _is_weak(case: Case) -> bool:
    """Whether a claim may be true nearly everywhere: an order, a difference, or equal sides with kinks."""
    if _is_costly(case) or case.relation in MEMBERSHIPS:
        return False
    return case.relation not in EQUALITIES or any(
        isinstance(node, (Fenced, Indicator, Cases, Call))
        or getattr(node, "function", "") in ("max", "min", "sgn", "sign")
        for side in (case.left, case.right)
        for node in walk(side)
    )


def _badness(case: Case, domain: Domain, points: Numbers) -> Numbers:
    """How far each point is from holding, at least 0 where the claim may fail; minus infinity where it has no value."""
    if case.relation in MEMBERSHIPS:
        return _badness_of_members(case, domain, points)
    try:
        there = case.draw.everywhere(case.left, case.right, places=domain.places(points))
        with np.errstate(all="ignore"):
            a, b, rank = aligned(evaluate(case.left, there), evaluate(case.right, there))
        holding = case.draw.holding(there) if case.draw.given else np.asarray(True)
    except (EvaluationError, np.linalg.LinAlgError):
        return np.full(len(points), -np.inf)
    with np.errstate(all="ignore"):
        bad = _distance_from_holding(case, a, b)
    holding = np.asarray(holding.any(axis=tuple(range(a.ndim - rank, holding.ndim))))
    holding = holding.reshape(holding.shape + (1,) * rank)
    bad = np.where(np.isfinite(a) & np.isfinite(b) & ~np.isnan(bad) & holding, bad, -np.inf)
    if bad.ndim == 0:
        return np.full(len(points), float(bad))
    return np.broadcast_to(bad.reshape(len(bad), -1).max(axis=1), (len(points),))


def _badness_of_members(case: Case, domain: Domain, points: Numbers) -> Numbers:
    suspect = np.full(len(points), True)
    with suppress(EvaluationError), np.errstate(all="ignore"):  # one point without a value: each is tried by itself
        found = memberships(case.left, case.right, _case_at(case, domain, points).environment)
        broken = [inside if case.relation == "\\notin" else ~inside for inside in found]
        suspect = np.logical_or.reduce([_at_any_of_others(tests, len(points)) for tests in broken])
    badness = np.full(len(points), -1.0)
    for place in np.flatnonzero(suspect):
        badness[place] = _badness_of_member(_case_at(case, domain, points[place : place + 1]))
    return badness


def _at_any_of_others(tests: Numbers, count: int) -> Numbers:
    """At each of the points of the first axis: whether a test is true somewhere along the other axes."""
    rows = tests.reshape(tests.shape[0] if tests.ndim else 1, -1)
    return np.broadcast_to(rows.any(axis=1), (count,))


def _badness_of_member(case: Case) -> float:
    """1 where an element is surely not where it is said to be: not within rounding of the end of an interval."""
    try:
        with np.errstate(all="ignore"):
            found = memberships(case.left, case.right, case.environment)
            if not any(map(np.any, found)) if case.relation == "\\notin" else all(map(np.all, found)):
                return -1.0
            return -1.0 if _is_beside_an_end(case) else 1.0
    except EvaluationError:
        return -np.inf


def _is_beside_an_end(case: Case) -> bool:
    enclosed = case.draw.enclose(case.left, case.environment, balls.BITS, CHEAP_POINTS)
    if enclosed is not None and enclosed.rounded is None:
        return False
    match case.right:
        case Interval(lower=lower, upper=upper):
            ends: tuple[Node, ...] = (lower, upper)
        case Sequence(elements=elements):
            ends = elements
        case _:
            return False
    value = evaluate(case.left, case.environment).values
    return any(np.any(np.isclose(value, evaluate(end, case.environment).values, rtol=RTOL, atol=RTOL)) for end in ends)


def _distance_from_holding(case: Case, a: Numbers, b: Numbers) -> Any:
    size = np.maximum(np.abs(a), np.abs(b))
    if case.relation in EQUALITIES:
        stated = stated_tolerance(case)
        allowed = RTOL * size if stated is None else stated.allowed
        return np.abs(a - b) / (allowed + np.finfo(float).tiny) - 1
    if case.relation == "\\neq":
        return RTOL * size - np.abs(a - b)
    return (b - a if case.relation in (">", "\\geq") else a - b) + RTOL * size


def _searched(case: Case, domain: Domain, points: Numbers, badness: Numbers) -> tuple[Numbers, Numbers]:
    """The worst points, each moved to a worse one by a search in shrinking boxes."""
    lower, upper = domain.lower, domain.upper
    starts = points[np.argsort(-badness, kind="stable")[:STARTS]]
    best, worst = starts, badness[np.argsort(-badness, kind="stable")[:STARTS]]
    cloud = Box(-np.ones(len(lower)), np.ones(len(lower))).points(AROUND, ANOTHER_SEED)
    reach, inside = (upper - lower) / 4, INSIDE * (upper - lower)
    least, greatest = np.minimum(lower + inside, starts.min(axis=0)), np.maximum(upper - inside, starts.max(axis=0))
    for _ in range(FEW_STEPS if case.relation in EQUALITIES else STEPS):
        if worst.max() >= 0:
            break
        tried = np.clip(best[:, None, :] + cloud * reach, least, greatest)
        case.tried["searched"] += len(best) * AROUND
        found = _badness(case, domain, tried.reshape(-1, len(lower))).reshape(len(best), -1)
        top = found.argmax(axis=1)
        better = found.max(axis=1) > worst
        best = np.where(better[:, None], tried[np.arange(len(best)), top], best)
        worst = np.where(better, found.max(axis=1), worst)
        reach = reach * SHRINK
    return best, worst


def attacked(judgement: Judgement, case: Case, judge: Callable[[Case], Judgement]) -> Judgement:
    """A passing judgement, or the failing one at a counterexample."""
    if judgement.outcome != "pass" or case.relation not in (*EQUALITIES, *ORDERS, *MEMBERSHIPS, "\\neq"):
        return judgement
    for candidate in counterexamples(case):
        with suppress(EvaluationError, np.linalg.LinAlgError):
            there = judge(candidate)
            if there.outcome == "fail":
                return replace(there, reason=f"{there.reason}, though it holds at generic points")
    return _crossing(judgement, case) if case.relation == "\\neq" else judgement


def _crossing(judgement: Judgement, case: Case) -> Judgement:
    """Two sides that are said to differ, and of which each is the greater one somewhere, are equal in between."""
    domain = domain_of(case)
    if not domain.boxes or _is_costly(case):
        return judgement
    above = replace(case, relation="\\leq")
    points = _more_points(case, domain)
    signs = np.sign(_badness(above, domain, points))
    finite = np.isfinite(_badness(case, domain, points))
    greater, less = points[finite & (signs > 0)], points[finite & (signs < 0)]
    if not (len(greater) and len(less)):
        return judgement
    low, high = less[:1], greater[:1]
    case.tried["searched"] += BISECTIONS
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if _badness(above, domain, middle)[0] > 0 else (middle, high)
    if _badness(case, domain, high)[0] < 0:
        return judgement  # they jump
    point = point_told(_case_at(case, domain, high), (np.intp(0),), 1)
    return replace(
        judgement, outcome="fail", reason=f"the two sides cross{point}, though they differ at generic points"
    )
