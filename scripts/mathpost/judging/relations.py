"""What each relation asserts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.sets import is_member
from mathpost.evaluation.values import Array, Numbers, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement, Summary
from mathpost.judging.comparison import (
    LOST_DIGITS,
    RTOL,
    Case,
    aligned,
    approximate,
    equal,
    gap_of,
    judgement_of,
    point_told,
)
from mathpost.judging.draw import at_point
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Call, Node, Sequence, Symbol

Judge: TypeAlias = Callable[[Case], Judgement]


def _ordered(case: Case) -> Judgement:
    left, right = case.measure()
    gap = gap_of(case, left, right)
    if gap.rank:
        raise EvaluationError("only numbers have an order")
    above = gap.signed if case.relation in (">", "\\geq") else -gap.signed
    if case.relation in ("<", ">") and gap.is_rounded and np.any(~(above > gap.error)) and np.all(above >= -gap.error):
        raise EvaluationError(LOST_DIGITS)
    holding = above > gap.error if case.relation in ("<", ">") else above >= -gap.error
    return judgement_of(case, gap, holding, "the order is broken")


def _different(case: Case) -> Judgement:
    left, right = case.measure()
    gap = gap_of(case, left, right)
    judgement = judgement_of(case, gap, gap.apart > gap.allowed, "the two sides are equal")
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
    if case.relation == "\\in" and is_member(case.left, case.right, case.environment):
        return None
    for point, here in _single_points(case.environment):
        if any(
            is_member(element, case.right, here) != (case.relation == "\\in") for element in _elements_of(case.left)
        ):
            return tuple(np.intp(k) for k in point)
    return () if case.relation == "\\in" else None


def _elements_of(side: Node) -> tuple[Node, ...]:
    return side.elements if isinstance(side, Sequence) and not side.parenthesised else (side,)


def _single_points(environment: Environment) -> Iterator[tuple[tuple[int, ...], Environment]]:
    """The environment at each point of the batch by itself."""
    lengths = [environment.bound[name].batch for name in environment.universal]
    for point in np.ndindex(*np.broadcast_shapes(*_filled(lengths))):
        values = {
            name: Array(np.expand_dims(value, tuple(range(environment.depth))), np.ndim(value))
            for name, value in at_point(environment, point).items()
        }
        yield point, environment.at(values)


def _filled(shapes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    longest = max((len(shape) for shape in shapes), default=0)
    return [shape + (1,) * (longest - len(shape)) for shape in shapes]


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


def _proportional(case: Case) -> Judgement:
    left, right = case.measure()
    a, b, rank = aligned(left.value, right.value)
    if not np.all(np.isfinite(a) & np.isfinite(b)):
        raise EvaluationError("a side of the proportion is not finite")
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
        return equal(case)
    case.draw.measure(case.right, environment)
    case.draw.definitions[name] = Definition(arguments, case.right)
    return Judgement("pass", tolerance_source="a definition", reason="")


def _same_law(case: Case) -> Judgement:
    raise EvaluationError("a statement about how data were drawn is not evaluated: waive it with a reason")


JUDGES: Mapping[str, Judge] = {
    "=": equal,
    "\\equiv": equal,
    ":=": _defined,
    "\\approx": approximate,
    "\\simeq": approximate,
    "\\neq": _different,
    "\\in": _member,
    "\\notin": _member,
    "\\propto": _proportional,
    "\\sim": _same_law,
    **{relation: _ordered for relation in RELATIONS if relation not in ("=", "\\neq")},
}
