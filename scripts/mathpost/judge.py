"""Judging one claim under one draw: what each relation asserts, and how far both sides may differ.

Two values are equal to the accuracy of float64: `RTOL` of their size, and `ROUNDING` of the largest value in the same
batch, for what cancels. The bound that a quadrature or an optimiser reports is added, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from mathpost.claims import Claim, parse_claim
from mathpost.draw import Draw, Measured, at_point
from mathpost.errors import EvaluationError, FormulaError
from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.optimise import Optimum
from mathpost.evaluation.sets import is_member
from mathpost.evaluation.values import Array, Numbers, batch_axes, have_one_shape, shape_of
from mathpost.latex.nodes import Call, Negative, Node, Number, Power, Sequence, Symbol
from mathpost.latex.parser import parse, parse_pattern
from mathpost.latex.printer import to_latex
from mathpost.latex.tree import walk
from mathpost.sampling import standard_error
from mathpost.verdicts import Summary

RTOL = 1e-9
ROUNDING = 1e-12
ZERO = 1e-10
STANDARD_ERRORS = 4.0


@dataclass(frozen=True)
class Judgement:
    """What one draw says of a claim; the fields are those of `Verdict`."""

    outcome: str
    left: Summary = None
    right: Summary = None
    difference: float | None = None
    tolerance: float | None = None
    tolerance_source: str = ""
    reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """Both sides of a claim, in the environment in which they are compared."""

    relation: str
    left: Node
    right: Node
    draw: Draw
    environment: Environment

    def measure(self) -> tuple[Measured, Measured]:
        return self.draw.measure(self.left, self.environment), self.draw.measure(self.right, self.environment)


@dataclass(frozen=True)
class Tolerance:
    allowed: Numbers
    source: str


Judge: TypeAlias = Callable[[Case], Judgement]


def parse_sides(claim: Claim, draw: Draw) -> tuple[Node, Node]:
    """Both sides as trees; the left side of a definition is read as a pattern, since it declares what it names."""
    if claim.relation != ":=":
        return parse_claim(claim, draw.declared)
    return parse_pattern(claim.left), parse(claim.right, draw.declared)


def judge_in(claim: Claim, draw: Draw) -> Judgement:
    try:
        left, right = parse_sides(claim, draw)
    except FormulaError as error:
        return Judgement("inconclusive", reason=str(error))
    judgement = judge(claim.relation, left, right, draw)
    read_as_power = [*_bracketed_exponents(claim.left, left), *_bracketed_exponents(claim.right, right)]
    remarks = tuple(f"`{text}` is read as a power: a sample index needs data in the notation" for text in read_as_power)
    return replace(judgement, remarks=(*judgement.remarks, *remarks))


def _bracketed_exponents(latex: str, tree: Node) -> Iterator[str]:
    """Powers that look like a sample index: `p^{(y)}`."""
    for node in walk(tree):
        if isinstance(node, Power) and latex[: node.exponent.span[0]].rstrip().endswith("("):
            yield latex[slice(*node.span)]


def judge(relation: str, left: Node, right: Node, draw: Draw) -> Judgement:
    """Judge `left relation right`. A side without a value makes the claim inconclusive; nothing is raised."""
    if relation not in JUDGES:
        return Judgement("inconclusive", reason=f"`{relation}` is not evaluated: waive the claim with a reason")
    if left == right and relation not in (":=", "\\neq"):
        return Judgement("inconclusive", reason="both sides are the same expression, so nothing is checked")
    try:
        case = Case(relation, left, right, draw, draw.environment(left, right))
        judgement = JUDGES[relation](case)
    except EvaluationError as error:
        return Judgement("inconclusive", reason=error.message)
    except np.linalg.LinAlgError as error:
        return Judgement("inconclusive", reason=f"a matrix of the claim: {error}")
    return _with_remarks(judgement, case.environment)


def _with_remarks(judgement: Judgement, environment: Environment) -> Judgement:
    return replace(judgement, remarks=(*judgement.remarks, *sorted(environment.trace.remarks)))


# --- equality ---------------------------------------------------------------------------------------------------------


def _equal(case: Case) -> Judgement:
    left, right = case.measure()
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return _same_optimum(left, right)
    return _compare(case, left, right, _equality_tolerance(case))


def _equality_tolerance(case: Case) -> Tolerance | None:
    for side in (case.left, case.right):
        digits = _written(side)
        if digits is not None and "." in digits:
            return Tolerance(np.asarray(_half_unit(digits)), "half a unit of the last digit")
        if digits is not None and float(digits) == 0:
            return Tolerance(np.asarray(ZERO), "absolute, beside a zero")
    return None


def _written(side: Node) -> str | None:
    """The digits of a side that is nothing but a number."""
    node = side.operand if isinstance(side, Negative) else side
    return node.text if isinstance(node, Number) else None


def _half_unit(digits: str) -> float:
    decimals = len(digits.partition(".")[2])
    return 0.5 * 10.0**-decimals * (1 + 1e-9)


def _compare(case: Case, left: Measured, right: Measured, stated: Tolerance | None) -> Judgement:
    a, b, rank = _aligned(left.value, right.value, case)
    size = np.maximum(np.abs(a), np.abs(b))
    tolerance = stated or Tolerance(RTOL * size + ROUNDING * size.max(initial=0.0), "float64 accuracy")
    allowed = np.broadcast_to(tolerance.allowed, a.shape) + _bound(left, a, rank) + _bound(right, a, rank)
    methods = " and ".join(sorted(left.methods | right.methods))
    source = f"{tolerance.source}, and the error bound of {methods}" if methods else tolerance.source
    difference = np.abs(a - b)
    holds = bool(np.all(difference <= allowed))
    worst = np.unravel_index(int(np.argmax(size if holds else difference - allowed)), a.shape)
    point = "" if holds else _point(case, worst, a.ndim - rank)
    reason = "" if holds else f"the two sides differ{point}"
    return Judgement(
        "pass" if holds else "fail",
        _summary(a, worst, rank),
        _summary(b, worst, rank),
        float(difference[worst]),
        float(allowed[worst]),
        source,
        reason,
    )


def _aligned(left: object, right: object, case: Case) -> tuple[Numbers, Numbers, int]:
    """Both sides as finite arrays of one shape, and the number of axes that belong to the values themselves."""
    if not (isinstance(left, Array) and isinstance(right, Array)):
        raise EvaluationError("an arg max has no order and no size to compare")
    if not have_one_shape(left, right):
        raise EvaluationError(f"the left side is {shape_of(left)}, the right side {shape_of(right)}")
    for side, value in ((case.left, left), (case.right, right)):
        if not np.all(np.isfinite(value.values)):
            raise EvaluationError(f"`{to_latex(side)}` is not finite")
        if value.values.size == 0:
            raise EvaluationError(f"`{to_latex(side)}` is empty")
    axes = batch_axes(left, right)
    a, b = np.broadcast_arrays(left.with_axes(axes), right.with_axes(axes))
    return a, b, left.rank


def _bound(side: Measured, like: Numbers, rank: int) -> Numbers:
    assert isinstance(side.value, Array)
    padded = Array(side.error, rank).with_axes(like.ndim - rank)
    return np.broadcast_to(padded, like.shape)


def _summary(values: Numbers, worst: tuple[np.intp, ...], rank: int) -> Summary:
    here = values[worst[: values.ndim - rank]]
    if here.ndim == 0:
        return float(here)
    return np.array2string(here, precision=6, threshold=6, edgeitems=2)


def _point(case: Case, worst: tuple[np.intp, ...], axes: int) -> str:
    """Where the sides differ most, in the variables that the claim speaks of."""
    names = {case.environment.named(node) for side in (case.left, case.right) for node in walk(side)}
    values = at_point(case.environment, tuple(int(k) for k in worst[:axes]))
    told = [f"{name} = {_short(value)}" for name, value in values.items() if name in names]
    return f" at {', '.join(told)}" if told else ""


def _short(value: Numbers) -> str:
    return (
        f"{float(value):.4g}" if np.ndim(value) == 0 else np.array2string(value, precision=4, threshold=6, edgeitems=2)
    )


# --- arg max and arg min ----------------------------------------------------------------------------------------------


def _same_optimum(left: Measured, right: Measured, extra: float = 0.0, source: str = "") -> Judgement:
    a, b = (_places(side) for side in (left, right))
    if a.shape[1] != b.shape[1]:
        raise EvaluationError(f"the left side has {a.shape[1]} components, the right side {b.shape[1]}")
    tolerance = _place_tolerance(left) + _place_tolerance(right) + RTOL * np.abs(np.concatenate([a, b])).max() + extra
    apart = np.abs(a[:, None, :] - b[None, :, :])
    excess = (apart - tolerance).max(axis=2)
    holds = bool(np.all(excess.min(axis=0) <= 0) and np.all(excess.min(axis=1) <= 0))
    nearest = apart.max(axis=2)
    difference = max(nearest.min(axis=0).max(), nearest.min(axis=1).max())
    return Judgement(
        "pass" if holds else "fail",
        _place_summary(a),
        _place_summary(b),
        float(difference),
        float(tolerance.max()),
        source or "the curvature of the objective",
        "" if holds else "the optima are at different places",
    )


def _places(side: Measured) -> Numbers:
    if isinstance(side.value, Optimum):
        return side.value.places
    values = side.value.values
    if side.value.rank > 1 or any(length != 1 for length in side.value.batch):
        raise EvaluationError("an arg max can be compared with one number or one vector only")
    if not np.all(np.isfinite(values)):
        raise EvaluationError("the value beside an arg max is not finite")
    return values.reshape(1, -1)


def _place_tolerance(side: Measured) -> Numbers:
    return side.value.tolerance + side.error if isinstance(side.value, Optimum) else np.zeros(1)


def _place_summary(places: Numbers) -> Summary:
    return float(places.item()) if places.size == 1 else np.array2string(places.squeeze(), precision=6, threshold=6)


# --- approximate equality ---------------------------------------------------------------------------------------------


def _approximate(case: Case) -> Judgement:
    left, right = case.measure()
    tolerance = _approximate_tolerance(case, left, right)
    if isinstance(left.value, Optimum) or isinstance(right.value, Optimum):
        return _same_optimum(left, right, float(tolerance.allowed.max()), tolerance.source)
    return _compare(case, left, right, tolerance)


def _approximate_tolerance(case: Case, left: Measured, right: Measured) -> Tolerance:
    for side in (case.left, case.right):
        digits = _written(side)
        if digits is not None:
            return Tolerance(np.asarray(_half_unit(digits)), "half a unit of the last digit")
    if case.draw.notation.rtol is not None:
        size = max(_size(left), _size(right))
        return Tolerance(np.asarray(case.draw.notation.rtol * size), "the rtol of the notation")
    error = standard_error(case.left, case.right, case.environment)
    return Tolerance(np.asarray(STANDARD_ERRORS * error), f"{STANDARD_ERRORS:g} standard errors of what was sampled")


def _size(side: Measured) -> float:
    values = side.value.places if isinstance(side.value, Optimum) else side.value.values
    return float(np.abs(values).max(initial=0.0))


# --- order, difference, membership, proportion, definition ------------------------------------------------------------


def _ordered(case: Case) -> Judgement:
    left, right = case.measure()
    a, b, rank = _aligned(left.value, right.value, case)
    if rank:
        raise EvaluationError("only numbers have an order")
    slack = ROUNDING * np.maximum(np.abs(a), np.abs(b)).max() + _bound(left, a, rank) + _bound(right, a, rank)
    above = case.relation in (">", "\\geq")
    strict = case.relation in ("<", ">")
    margin = (a - b if above else b - a) + (-slack if strict else slack)
    worst = np.unravel_index(int(np.argmin(margin)), a.shape)
    holds = bool(np.all(margin > 0) if strict else np.all(margin >= 0))
    reason = "" if holds else f"the order is broken{_point(case, worst, a.ndim)}"
    values = (_summary(a, worst, 0), _summary(b, worst, 0))
    return Judgement(
        "pass" if holds else "fail", *values, float(abs(a[worst] - b[worst])), float(slack[worst]), "", reason
    )


def _different(case: Case) -> Judgement:
    left, right = case.measure()
    a, b, _ = _aligned(left.value, right.value, case)
    same = _compare(case, left, right, None)
    apart = np.abs(a - b)
    holds = same.outcome == "fail" and bool(np.all(apart > (same.tolerance or 0.0)))
    constant = any(float(np.ptp(side)) == 0 and side.size > 1 for side in (a, b))
    remarks = ("one side is constant, so the claim is weak",) if constant else ()
    reason = "" if holds else "the two sides are equal"
    return Judgement(
        "pass" if holds else "fail", same.left, same.right, same.difference, same.tolerance, "", reason, remarks
    )


def _member(case: Case) -> Judgement:
    holds = is_member(case.left, case.right, case.environment)
    if case.relation == "\\notin":
        holds = not holds
    left, right = _element_summary(case), to_latex(case.right)
    reason = "" if holds else "the left side does not lie in the set"
    return Judgement("pass" if holds else "fail", left, right, tolerance_source="exact", reason=reason)


def _element_summary(case: Case) -> Summary:
    if isinstance(case.left, Sequence):
        return f"{len(case.left.elements)} values"
    value = case.draw.measure(case.left, case.environment).value
    if not isinstance(value, Array):
        return None
    return float(value.values) if value.values.ndim == 0 else f"{shape_of(value)}, {int(np.prod(value.batch))} of them"


def _proportional(case: Case) -> Judgement:
    left, right = case.measure()
    a, b, rank = _aligned(left.value, right.value, case)
    axes = a.ndim - rank
    a, b = (_where_only_the_argument_varies(values, case, axes) for values in (a, b))
    if a.size < 3 or float(np.ptp(a)) == 0 or float(np.ptp(b)) == 0:
        raise EvaluationError("a proportion needs values that vary: bind the argument to a Variable")
    ratios = a / b
    spread = float(np.ptp(ratios) / np.abs(ratios).max())
    holds = spread <= 10 * RTOL
    reason = "" if holds else "the ratio of the two sides is not constant"
    extremes = (float(ratios.min()), float(ratios.max()))
    return Judgement("pass" if holds else "fail", *extremes, spread, 10 * RTOL, "float64 accuracy of the ratio", reason)


def _where_only_the_argument_varies(values: Numbers, case: Case, axes: int) -> Numbers:
    """The values along the axis of the left side's first argument; `p(y | x) \\propto …` is a claim about y."""
    names = {case.environment.named(node) for node in walk(case.left)}
    if isinstance(case.left, Call):
        names = {case.environment.named(case.left.arguments[0])}
    own = [len(case.environment.bound[name].batch) - 1 for name in case.environment.universal if name in names]
    for axis in range(axes):
        if axis not in own:
            values = values.take([0], axis=axis)
    return values.reshape(-1)


def _defined(case: Case) -> Judgement:
    environment = case.environment
    arguments: tuple[str, ...] = ()
    match case.left:
        case Symbol():
            name = environment.key(case.left)
            bound = name in {*environment.symbols, *environment.bound}
        case Call(function=Symbol() as head):
            arguments = tuple(environment.named(argument) or "" for argument in case.left.arguments)
            name, bound = f"{environment.key(head)}()", environment.key(head) in environment.functions
        case _:
            name, bound = "", True
    if bound:
        return _equal(case)
    case.draw.measure(case.right, environment)
    case.draw.definitions[name] = Definition(arguments, case.right)
    return Judgement("pass", tolerance_source="a definition", reason="")


def _same_law(case: Case) -> Judgement:
    raise EvaluationError("a statement about how data were drawn is not evaluated: waive it with a reason")


JUDGES: Mapping[str, Judge] = {
    "=": _equal,
    "\\equiv": _equal,
    ":=": _defined,
    "\\approx": _approximate,
    "\\simeq": _approximate,
    "\\neq": _different,
    "\\in": _member,
    "\\notin": _member,
    "\\propto": _proportional,
    "\\sim": _same_law,
    **{relation: _ordered for relation in RELATIONS if relation not in ("=", "\\neq")},
}
