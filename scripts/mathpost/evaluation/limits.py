r"""Limits, by the values along sequences that run to the target, and what these converge to.

A formula without functions of the author is followed in balls of thousands of bits, along a sequence whose distance
from the target is squared from step to step, so that logarithms, too, come to an end. Where that asks for too much, as
a sum of n terms does, the distance is halved, and the values are extrapolated by the epsilon algorithm (Wynn, "On a
device for computing the e_m(S_n) transformation", 1956). A function of the author is followed in float64 and
extrapolated as Ridders (1982) does for derivatives: of Richardson's tableau that entry counts from which its neighbours
differ least.

In each way the differences from step to step must fall off, and a second sequence must lead to the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import along_new_axis
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.values import Array, Numbers, elementwise, mapped
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import BigOperator, Call, Integral, Limit, Moment, Node, Relation, Symbol

COUNTING = frozenset("ijklmnNKT")
"""Letters that run to infinity through whole numbers."""
PHASES = (0.7390851332151607, 0.5671432904097838)
"""Where the two sequences begin, or, in balls, their roots: generic numbers, so that no zeros of a sine are met."""
SQUARINGS = 9
FAR_BITS = 4096
HALVINGS = 9
NEAR_BITS = 512
SMALLEST_HALVING = 26
FALLING = 0.8
SETTLED = 2.0**-60
GROWING = 1.4
LARGE = 100.0
MOST_BALLS = 30_000
WINDOWS = 9
LARGEST_DISAGREEMENT = 1e-7
NO_LIMIT = "`{shown}`: the values do not settle towards the end, so no limit is seen; waive the claim with a reason"
TWO_SIDED = "`{shown}`: from above it comes to {above:.6g}, from below to {below:.6g}; write the side, as in `0^+`"

SAFETY = 10
MOST_SINGLE = 40

Row: TypeAlias = "tuple[float, float]"
"""What a sequence converges to, and an error estimate."""
Extrapolate: TypeAlias = Callable[[list[Any]], "Row | None"]


Rows: TypeAlias = "tuple[Array, Numbers]"
"""The limits of a body, and their error estimates."""


class Unsettled(EvaluationError):
    """Values that do not come to anything."""


@dataclass(frozen=True)
class Course:
    """How a letter runs to a target, or to infinity where there is none: on which side, and through whole numbers."""

    name: str
    target: Node | None
    side: int
    whole: bool


@evaluate.register
def _(node: Limit, environment: Environment) -> Array:
    name = environment.named(node.variable) if isinstance(node.variable, Symbol) else None
    if name is None:
        raise EvaluationError(f"`{to_latex(node)}`: one letter runs to its target, no more")
    found = [_followed(node, course, environment) for course in _courses(node, name, environment)]
    sides = [rows for rows in found if not np.all(np.isnan(rows[0].values))]
    if not sides or np.any(np.isnan(sides[0][0].values)):
        raise EvaluationError(NO_LIMIT.format(shown=to_latex(node)))
    if len(sides) == 2:
        return _told(_of_both_sides(node, *sides), environment)
    return _told(sides[0], environment)


def _told(rows: Rows, environment: Environment) -> Array:
    """The value; at the coarse resolution what it may be instead, so that the distance is an error bound."""
    value, error = rows
    value = replace(value, values=np.where(np.abs(value.values) <= SAFETY * error, 0.0, value.values))
    environment.trace.methods.add("extrapolation along sequences")
    if environment.in_balls:
        environment.trace.note_rounded(value.values)
        return mapped(balls.computed, value)
    if environment.fine:
        return value
    with np.errstate(invalid="ignore"):
        return replace(value, values=np.where(np.isfinite(value.values), value.values + SAFETY * error, value.values))


def _courses(node: Limit, name: str, environment: Environment) -> Iterator[Course]:
    end = number_of(node.target, environment).values
    if np.all(np.isinf(end)) and np.ptp(np.sign(end)) == 0:
        yield Course(name, None, int(np.sign(end.flat[0])), whole=name in COUNTING)
        return
    if not np.all(np.isfinite(end)):
        raise EvaluationError(f"`{to_latex(node.target)}` is no target of a limit")
    for direction, side in (("+", 1), ("-", -1)):
        if node.direction in ("", direction):
            yield Course(name, node.target, side, whole=False)


def _of_both_sides(node: Limit, above: Rows, below: Rows) -> Rows:
    """Errors: EvaluationError where they do not lead to the same."""
    a, b = above[0].values, below[0].values
    with np.errstate(invalid="ignore"):
        apart = np.where(a == b, 0.0, np.abs(a - b))
    excess = np.nan_to_num(apart, nan=np.inf) - LARGEST_DISAGREEMENT * np.maximum(1.0, _sizes(a))
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    if excess[worst] > 0:
        told = {"above": float(a[worst]), "below": float(b[worst])}
        raise EvaluationError(TWO_SIDED.format(shown=to_latex(node), **told))
    return above[0], np.maximum(np.maximum(above[1], below[1]), apart)


def _sizes(values: Numbers) -> Numbers:
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def _followed(node: Limit, course: Course, environment: Environment) -> Rows:
    """The limits along a course, NaN where the body has no values there.

    Errors: EvaluationError where the values do not settle, or two sequences do not lead to the same.
    """
    unsettled = False
    for way, whole in _ways(node.body, course, environment):
        if unsettled and whole and not course.whole:
            break  # the sine of \\pi x is 0 at all whole numbers
        try:
            return _agreeing(way(0), way(1), environment)
        except Unsettled:
            unsettled = True
        except (EvaluationError, ArithmeticError, TypeError, ValueError):
            continue  # this way is not open to the body: the next may be
    raise EvaluationError(NO_LIMIT.format(shown=to_latex(node)))


def _agreeing(first: Rows, second: Rows, environment: Environment) -> Rows:
    """One value of two sequences. Errors: EvaluationError where they lead to different ones."""
    a, b = first[0].values, second[0].values
    with np.errstate(invalid="ignore"):
        apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    error = np.maximum(apart, first[1] + second[1])
    if not np.all(error <= LARGEST_DISAGREEMENT * np.maximum(1.0, _sizes(a))):
        raise Unsettled("two sequences lead to different values")
    environment.trace.summed = max(environment.trace.summed, float(_sizes(a).max(initial=0.0)), 1.0)
    return first[0], error


def _ways(body: Node, course: Course, environment: Environment) -> Iterator[tuple[Callable[[int], Rows], bool]]:
    """What may be tried, the best first. A function that has a limit has it through whole numbers, too."""
    real, whole = replace(course, whole=False), replace(course, whole=True)
    if not _asks_for_floats(body, environment):
        yield partial(_far, body, real, environment), False
        if course.whole:
            yield partial(_far, body, whole, environment), True
        yield partial(_near, body, real, environment), False
        if course.target is None:
            yield partial(_near, body, whole, environment), True
    yield partial(_closer_in_floats, body, real, environment), False
    if course.target is None:
        yield partial(_near_in_floats, body, whole, environment), True


def _asks_for_floats(body: Node, environment: Environment) -> bool:
    """Whether a function of the author, or an integral, gives the values: known to float64, or not far away."""
    return _is_integrated(body) or any(
        isinstance(node, Call) and environment.named(node.function) in environment.functions for node in walk(body)
    )


def _far(body: Node, course: Course, environment: Environment, phase: int) -> Rows:
    """In balls, at distances that are squared from step to step."""
    with balls.precision(FAR_BITS):
        distances = [_far_distance(2**step, phase, course) for step in range(1, SQUARINGS + 1)]
    return _in_balls(body, course, environment, distances, FAR_BITS)


def _far_distance(exponent: int, phase: int, course: Course) -> Any:
    if course.target is not None:
        return balls.root_of(PHASES[phase]) * balls.ball(2) ** -exponent
    if not course.whole:
        return balls.root_of(PHASES[phase]) * balls.ball(2) ** exponent
    # one sequence of odd numbers, and one of even ones
    return balls.ball(2 * int(PHASES[phase] * 2**20) * 2**exponent // 2**20 + (1 - phase))


def _near(body: Node, course: Course, environment: Environment, phase: int) -> Rows:
    """In balls, at distances that are halved; whole numbers are doubled, and their neighbours lie beside them."""
    if course.target is not None or not course.whole:
        sign = 1 if course.target is None else -1
        steps = range(2, HALVINGS + 4)
        with balls.precision(NEAR_BITS):
            distances = [balls.root_of(PHASES[phase]) * balls.ball(2) ** (sign * step) for step in steps]
        return _in_balls(body, course, environment, distances, NEAR_BITS)
    return _in_balls(body, course, environment, [balls.ball(n) for n in _doubled(phase)], NEAR_BITS)


def _doubled(phase: int) -> list[int]:
    return [(1, 3)[phase] * 2 ** (step - phase) for step in range(1, HALVINGS + 1)]


def _in_balls(body: Node, course: Course, environment: Environment, distances: list[Any], bits: int) -> Rows:
    with balls.precision(bits), balls.taken_exactly():
        within = replace(environment, in_balls=True, most_points=MOST_BALLS)
        values = _values(body, course, np.array(distances, dtype=object), within)
        if course.whole and bits == NEAR_BITS:
            beside = _values(body, course, np.array([n + 1 for n in distances[-3:]], dtype=object), within)
            _require_neighbours(values, beside)
        return _limits_of(values, _by_epsilon)


def _require_neighbours(values: Array, beside: Array) -> None:
    """Errors: EvaluationError where what comes next is far from the doubled numbers: `(-1)^n`."""
    last, next_to = values.values[..., -3:].astype(float), beside.values.astype(float)
    step = np.abs(np.diff(values.values[..., -4:].astype(float), axis=-1)).max(axis=-1, keepdims=True)
    if np.any(np.abs(last - next_to) > 2 * step + 1e-12 * np.abs(last)):
        raise Unsettled("neighbours differ")


def _near_in_floats(body: Node, course: Course, environment: Environment, phase: int) -> Rows:
    within = replace(environment, in_balls=False)
    values = _values(body, course, np.array(_doubled(phase), dtype=float), within)
    _require_neighbours(values, _values(body, course, np.array(_doubled(phase)[-3:], dtype=float) + 1, within))
    return _limits_of(values, _by_tableau)


def _closer_in_floats(body: Node, course: Course, environment: Environment, phase: int) -> Rows:
    exponents = np.arange(2, SMALLEST_HALVING if not _is_integrated(body) else HALVINGS + 4)
    distances = PHASES[phase] * 2.0 ** (exponents if course.target is None else -exponents)
    within = replace(environment, in_balls=False)
    return _limits_of(_values(body, course, distances, within), _by_tableau)


def _values(body: Node, course: Course, distances: Numbers, environment: Environment) -> Array:
    """The body along a sequence, whose axis comes last: all at once, or one by one where that cannot be had."""
    moved = course.side * distances
    try:
        if not _is_integrated(body):
            return _along(body, course, moved, environment)
    except EvaluationError:
        if len(distances) > MOST_SINGLE or environment.points > MOST_SINGLE:
            raise
    values = [_along(body, course, moved[k : k + 1], environment, single=True) for k in range(len(moved))]
    return Array(np.concatenate([value.values for value in values], axis=-1), values[0].rank)


def _is_integrated(body: Node) -> bool:
    """Whether an integral asks for a range at a time, so that its mass is looked for."""
    return any(isinstance(node, Integral | Moment) for node in walk(body))


def _along(body: Node, course: Course, moved: Numbers, environment: Environment, *, single: bool = False) -> Array:
    places = Array(moved[0] if single else along_new_axis(moved, environment).values, 0)
    if course.target is not None:
        target = evaluate(course.target, environment) if environment.in_balls else number_of(course.target, environment)
        places = elementwise(np.add, target, places)
    inner = environment.at({course.name: places}) if single else environment.bind({course.name: places})
    with np.errstate(all="ignore"):
        value = evaluate(body, inner)
    values = value.with_axes(environment.depth + (not single))
    if single:
        return Array(values[..., None], value.rank)
    shape = list(values.shape)
    shape[environment.depth] = len(moved)
    return Array(np.moveaxis(np.broadcast_to(values, shape), environment.depth, -1), value.rank)


def _limits_of(values: Array, extrapolate: Extrapolate) -> Rows:
    """The limits along the last axis. Errors: EvaluationError where one of the sequences does not settle."""
    rows = values.values.reshape(-1, values.values.shape[-1])
    if np.iscomplexobj(rows):
        raise EvaluationError("a limit of complex numbers is not evaluated")
    found = [_limit_of(list(row), extrapolate) for row in rows]
    shape = values.values.shape[:-1]
    limits, errors = (np.array([row[k] for row in found]).reshape(shape) for k in (0, 1))
    return Array(limits, values.rank), errors


def _limit_of(row: list[Any], extrapolate: Extrapolate) -> Row:
    finite = [balls.middle(value) for value in row if balls.is_finite_number(value)]
    if len(finite) < len(row) / 2:
        if finite:
            raise Unsettled("too few values")
        return np.nan, 0.0
    if _is_growing(finite):
        return (np.inf if finite[-1] > 0 else -np.inf), 0.0
    found = extrapolate(finite)
    if found is None:
        raise Unsettled("the values do not settle")
    return found


def _is_growing(values: list[Any]) -> bool:
    """Whether values grow beyond all bounds: by a factor at each step, so that they would not stop."""
    last = values[-5:]
    return abs(last[-1]) > LARGE and all(b * a > 0 and abs(b) >= GROWING * abs(a) for a, b in pairwise(last))


def _by_epsilon(values: list[Any]) -> Row | None:
    """Wynn's epsilon algorithm, in balls, for values whose differences fall off by a factor."""
    steps = [abs(b - a) for a, b in pairwise(values)]
    size = max(abs(value) for value in values)
    if size == 0 or steps[-1] <= SETTLED * size:
        return float(values[-1]), 2 * float(steps[-1])
    if not all(b <= FALLING * a for a, b in zip(steps[-4:], steps[-3:], strict=False)):
        return None
    estimates = [_epsilon(values[:count]) for count in (len(values), len(values) - 1, len(values) - 2)]
    if any(estimate is None for estimate in estimates):
        return float(values[-1]), 2 * float(steps[-1])
    best, *others = (float(estimate) for estimate in estimates if estimate is not None)
    return best, max(abs(best - other) for other in others)


def _epsilon(values: list[Any]) -> Any | None:
    """The last entry of an even column of the epsilon table; None where two neighbours are the same."""
    before, now = [0] * (len(values) + 1), list(values)
    best = now[-1]
    for column in range(1, len(values)):
        steps = [b - a for a, b in pairwise(now)]
        if any(step == 0 for step in steps):
            return best if column > 1 else None
        before, now = now, [old + 1 / step for old, step in zip(before[1:], steps, strict=False)]
        if column % 2 == 0:
            best = now[-1]
    return balls.middle(best)


def _by_tableau(values: list[Any]) -> Row | None:
    """Richardson's tableau over whole powers of the distance, and the entry that is known best."""
    steps = np.abs(np.diff(values))
    size = float(np.abs(values).max())
    half = len(steps) // 2
    if steps[half:].max(initial=0.0) > FALLING * steps[:half].max(initial=0.0) and steps[half:].max() > SETTLED * size:
        return None
    before: list[float] = []
    best, error = float(values[-1]), np.inf
    for place, value in enumerate(values):
        row = [float(value)]
        for power in range(1, min(place, 8) + 1):
            row.append(row[-1] + (row[-1] - before[power - 1]) / (2.0**power - 1))
            known = max(abs(row[-1] - row[-2]), abs(row[-1] - before[power - 1]))
            if known < error:
                best, error = row[-1], known
        before = row
    return best, float(error)


def superior(node: BigOperator, environment: Environment) -> Array:
    r"""`\limsup` and `\liminf` of a sequence: the limit of the extremes of windows that grow.

    Errors: EvaluationError where the letter does not run to infinity through whole numbers.
    """
    match node.binder.condition:
        case Relation(operator="\\to", left=Symbol() as letter, right=Symbol(name="\\infty")):
            name = environment.key(letter)
        case _:
            name = ""
    if name not in COUNTING:
        raise EvaluationError(
            f"`{to_latex(node)}`: write a letter that counts and runs to infinity, as in `n \\to \\infty`"
        )
    course = Course(name, None, 1, whole=True)
    extreme = np.max if node.operator == "limsup" else np.min
    within = replace(environment, in_balls=False)

    def along(start: int) -> Rows:
        values = _values(node.body, course, np.arange(start, start * 2.0**WINDOWS), within)
        ends = [start * (2**step - 1) for step in range(WINDOWS + 1)]
        windows = [extreme(values.values[..., low:high], axis=-1) for low, high in pairwise(ends)]
        return _limits_of(Array(np.stack(windows, axis=-1), values.rank), _by_tableau)

    try:
        return _told(_agreeing(along(2), along(3), environment), environment)
    except EvaluationError:
        raise EvaluationError(NO_LIMIT.format(shown=to_latex(node))) from None
