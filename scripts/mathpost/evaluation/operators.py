"""The operators that bind a variable: sums, products, extrema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from mathpost.evaluation import balls, series
from mathpost.evaluation.arithmetic import truth
from mathpost.evaluation.binding import (
    Range,
    along_new_axis,
    bind_integer_range,
    bind_points,
    constants_of,
    has_uses,
    log_size,
    points_from_use,
    refuse_two_lengths,
    require_used,
    variable_name,
)
from mathpost.evaluation.domains import Variable
from mathpost.evaluation.elementary import elementary
from mathpost.evaluation.ends import Ends, ends_of
from mathpost.evaluation.environment import MOST_POINTS, Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.extrema import COUNTING, box_of, extremum
from mathpost.evaluation.limits import superior
from mathpost.evaluation.matrices import product_in_order
from mathpost.evaluation.places import evaluated_at
from mathpost.evaluation.sets import set_points
from mathpost.evaluation.several import bind_several, own_names
from mathpost.evaluation.values import (
    Array,
    Numbers,
    constant,
    elementwise,
    multiply,
    reduce_last,
    rounded,
    shape_of,
)
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Index,
    Node,
    Sequence,
    Symbol,
)

REDUCTIONS: Mapping[str, Callable[..., Numbers]] = {
    "sum": np.sum,
    "prod": np.prod,
    "max": np.max,
    "min": np.min,
    "sup": np.max,
    "inf": np.min,
}
BALL_REDUCTIONS: Mapping[str, Callable[..., Numbers]] = {
    "sum": np.sum,
    "prod": np.prod,
    "max": balls.greatest,
    "min": balls.least,
    "sup": balls.greatest,
    "inf": balls.least,
}
NEUTRAL = {"sum": 0.0, "prod": 1.0, "max": -np.inf, "sup": -np.inf, "min": np.inf, "inf": np.inf}
WHOLE_OR_ALL = "`{shown}`: `{name}` may run through whole numbers or through all: bind a name to the finite set"


@evaluate.register
def _(node: BigOperator, environment: Environment) -> Array:
    if (found := _of_no_points(node, environment)) is not None:
        return found
    if node.operator not in REDUCTIONS:
        raise EvaluationError(f"`{to_latex(node)}` stands inside an expression; give its value a name of its own")
    if node.operator in ("sum", "prod") and (endless := _endless(node, environment)) is not None:
        node, ends = endless
        if node.operator == "sum":
            return _series(node, ends, environment)
        logarithm = _series(replace(node, operator="sum", body=Apply("log", node.body)), ends, environment)
        return elementary("exp", logarithm)
    ranges = _ranges(node, environment)
    inner = ranges[-1].environment
    body = evaluate(node.body, inner)
    tests = [bound.inside for bound in ranges if bound.inside is not None]
    if node.binder.condition is not None:
        tests.append(truth(node.binder.condition, inner))
    if node.operator == "prod" and body.rank:
        return _product_of_matrices(node, body, ranges, tests)
    for test in tests:
        body = _where(test, body, NEUTRAL[node.operator])
    reduction = (BALL_REDUCTIONS if body.in_balls else REDUCTIONS)[node.operator]
    for bound in reversed(ranges):
        body = reduce_last(reduction, body, bound.environment.depth, bound.count)
    return body


def _product_of_matrices(node: BigOperator, body: Array, ranges: list[Range], tests: list[Array]) -> Array:
    if len(ranges) > 1:
        raise EvaluationError(f"`{to_latex(node)}` multiplies {shape_of(body)} with others: write the factors in order")
    (bound,) = ranges
    axes = bound.environment.depth
    values = body.with_axes(axes)
    values = np.broadcast_to(values, (*values.shape[: axes - 1], bound.count, *body.core))
    inside = [test.with_axes(axes) > 0 for test in tests]
    return product_in_order(
        Array(values, body.rank), np.logical_and.reduce(inside) if inside else None, to_latex(node), bound.environment
    )


def _ranges(node: BigOperator, environment: Environment) -> list[Range]:
    """What the letters run over, each within the one before."""
    binder = node.binder
    if len(binder.variables) < 2 and not any(isinstance(variable, Sequence) for variable in binder.variables):
        return [_bind_range(node, environment)]
    known = environment.universal - environment.symbols.keys()
    names = own_names(binder, known | (environment.bound.keys() - environment.universal), environment)
    require_used(node, ("variables", "condition", *(("domain",) if binder.domain else ("lower", "upper"))))
    return bind_several(node, names, environment)


def _of_no_points(node: BigOperator, environment: Environment) -> Array | None:
    """What an operator gives that runs through no list of points; None for any other."""
    if node.operator == "at":
        return evaluated_at(node, environment)
    if node.operator in ("limsup", "liminf"):
        return superior(node, environment)
    box = box_of(node, environment)
    return extremum(node, box, environment) if box is not None else None


def _endless(node: BigOperator, environment: Environment) -> tuple[BigOperator, Ends] | None:
    """A sum or product without an end, and its ends, of which its condition says no more. None for any other."""
    binder = node.binder
    if binder.lower is not None and binder.upper is not None:
        lower, upper = (number_of(end, environment).values for end in (binder.lower, binder.upper))
        if not (np.all(np.isinf(lower)) or np.all(np.isinf(upper))):
            return None
        require_used(node, ("variables", "condition", "lower", "upper"))
        if lower.size != 1 or upper.size != 1 or not lower.item() < upper.item():
            name = variable_name(binder, environment)
            raise EvaluationError(f"the bounds of `{name}` are no range of whole numbers")
        return node, (float(lower.item()), float(upper.item()))
    if binder.condition is None or len(binder.variables) != 1 or binder.lower or binder.upper or binder.domain:
        return None
    name = variable_name(binder, environment)
    ends = ends_of(binder.condition, name, environment)
    if ends is None or np.all(np.isfinite(ends)) or has_uses(name, node.body, environment, number_of):
        return None
    _refuse_declared(name, environment)
    whole = [_first_whole(end, name, binder.condition, environment) for end in ends]
    return replace(node, binder=replace(binder, condition=None)), (whole[0], whole[1])


def _first_whole(end: float, name: str, condition: Node, environment: Environment) -> float:
    """The whole number nearest to an end that its condition allows: 1 for `k > 0`."""
    if not np.isfinite(end):
        return end
    near = np.round(end) + np.array([-1.0, 0.0, 1.0])
    inner = environment.bind({name: along_new_axis(near, environment)})
    allowed = near[rounded(truth(condition, inner)).values.reshape(-1) > 0]
    return float(allowed[np.argmin(np.abs(allowed - end))])


def _series(node: BigOperator, ends: Ends, environment: Environment) -> Array:
    """A sum to infinity, or from minus infinity, or both: the two are added."""
    name = variable_name(node.binder, environment)
    start, stop = ends
    if np.isinf(start) and np.isinf(stop):
        below = _series_from(name, -1.0, -1, node, environment)
        return elementwise(np.add, _series_from(name, 0.0, 1, node, environment), below)
    return _series_from(name, stop if np.isinf(start) else start, -1 if np.isinf(start) else 1, node, environment)


def _series_from(name: str, start: float, step: int, node: BigOperator, environment: Environment) -> Array:
    def bound_to(places: Numbers, within: Environment) -> Environment:
        return within.bind({name: along_new_axis(start + step * (places - start), within)})

    def terms_at(places: Numbers, within: Environment) -> Array:
        inner = bound_to(places, within)
        body = evaluate(node.body, inner)
        if node.binder.condition is not None:
            body = _where(truth(node.binder.condition, inner), body, 0.0)
        return body

    def log_sizes(places: Numbers) -> Numbers:
        return log_size(node.body, bound_to(places, floats), len(places), evaluate)

    if start != np.rint(start):
        raise EvaluationError(f"`{name}` begins at {start:g}, which is no whole number")
    floats = replace(environment, in_balls=False, most_points=MOST_POINTS)
    constants = [step * (c - start) + start for c in constants_of(name, node.body, floats, evaluate)]
    # inside of another operator, whose points would make the search as many times as long
    found = series.plan(log_sizes, constants, start) if environment.points == 1 else series.PLAIN
    environment.trace.methods.add("truncated series")
    if found.accelerated:
        first = start + np.arange(series.FIRST_TERMS)
        return _accelerated(terms_at, log_sizes, first, environment)
    count = found.terms if environment.fine else found.terms // 2
    terms = terms_at(start + np.arange(count), environment)
    return reduce_last(np.sum, terms, environment.depth + 1, count)


def _accelerated(
    terms_at: Callable[[Numbers, Environment], Array],
    log_sizes: Callable[[Numbers], Numbers],
    first: Numbers,
    environment: Environment,
) -> Array:
    """Each series of a batch by Levin's u-transform. Errors: EvaluationError where a plain sum does not agree."""
    power = series.power_of(log_sizes, first[0])
    floats = replace(environment, in_balls=False)
    plain = terms_at(first, floats)
    batch = np.moveaxis(np.broadcast_to(*_over(plain, len(first), environment)), environment.depth, -1)
    with balls.precision(balls.BITS):
        exact = terms_at(first[: series.LEVIN_TERMS + 1], replace(environment, in_balls=True))
        rows = np.moveaxis(np.broadcast_to(*_over(exact, series.LEVIN_TERMS + 1, environment)), environment.depth, -1)
        count = _levin_terms(exact, environment)
        sums = [
            _limit(row, terms, count, power)
            for row, terms in zip(rows.reshape(-1, rows.shape[-1]), batch.reshape(-1, batch.shape[-1]), strict=True)
        ]
    if np.any([series.alternate(row[-50:]) for row in batch.reshape(-1, batch.shape[-1])]) and power <= 1:
        environment.trace.remarks.add("a series converges conditionally: it was summed by Levin's u-transform")
    value = np.array(sums).reshape(rows.shape[:-1])
    return Array(balls.computed(value) if environment.in_balls else value, plain.rank)


def _over(terms: Array, count: int, environment: Environment) -> tuple[Numbers, tuple[int, ...]]:
    """Terms with an axis of their own also where they do not depend on the index, and the shape that they have then."""
    values = terms.with_axes(environment.depth + 1)
    shape = list(values.shape)
    shape[environment.depth] = count
    return values, tuple(shape)


def _levin_terms(exact: Array, environment: Environment) -> int:
    """How many terms the transform takes: fewer where they are floats, whose rounding it magnifies."""
    count = series.LEVIN_TERMS if balls.are_tight(exact.values) else series.LEVIN_TERMS // 3
    return count if environment.fine else count - 3


def _limit(row: Numbers, terms: Numbers, count: int, power: float) -> float:
    alternating = series.alternate(terms[-50:])
    if not alternating and (power < series.LEAST_POWER or np.any(terms[-50:] * terms[-1] <= 0)):
        raise EvaluationError(series.TOO_SLOW)
    if any(term.contains(0) for term in row):
        raise EvaluationError(series.TOO_SLOW)
    value = float(series.extrapolated(balls.midpoints(row), count).mid())
    series.require_agreement(value, terms, max(power, series.LEAST_POWER))
    return value


def _where(test: Array, body: Array, otherwise: float) -> Array:
    axes = max(len(test.batch), len(body.batch))
    return replace(body, values=np.where(test.with_axes(axes, body.rank) > 0, body.with_axes(axes), otherwise))


def _bind_range(node: BigOperator, environment: Environment) -> Range:
    binder = node.binder
    require_used(node, ("variables", "condition", *(("domain",) if binder.domain else ("lower", "upper"))))
    name = variable_name(binder, environment) if binder.variables else _only_free_index(node, environment)
    if binder.lower is not None and binder.upper is not None:
        refuse_two_lengths(name, node.body, environment)
        if node.operator not in ("sum", "prod") and name not in COUNTING:
            raise EvaluationError(WHOLE_OR_ALL.format(shown=to_latex(node), name=name))
        lower, upper = number_of(binder.lower, environment), number_of(binder.upper, environment)
        return bind_integer_range(name, lower, upper, environment)
    if binder.domain is not None:
        return bind_points(name, set_points(binder.domain, environment), environment)
    if binder.lower is not None or binder.upper is not None:
        raise EvaluationError(f"`{name}` has only one bound: write both")
    ends = ends_of(binder.condition, name, environment) if binder.condition else None
    if ends is not None and not has_uses(name, node.body, environment, number_of):
        if node.operator not in ("sum", "prod"):
            raise EvaluationError(WHOLE_OR_ALL.format(shown=to_latex(node), name=name))
        return _bind_between(name, ends, environment)
    return bind_points(name, points_from_use(name, node.body, environment, number_of), environment)


def _bind_between(name: str, ends: Ends, environment: Environment) -> Range:
    """The whole numbers of an interval, such as `k \\geq 0`. Errors: EvaluationError where the notation has others."""
    _refuse_declared(name, environment)
    lower, upper = constant(np.ceil(ends[0])), constant(np.floor(ends[1]))
    return bind_integer_range(name, lower, upper, environment)


def _refuse_declared(name: str, environment: Environment) -> None:
    if isinstance(environment.symbols.get(name), Variable):
        raise EvaluationError(
            f"`{name}` may run through the whole numbers that the condition allows, or through those values that the "
            f"notation gives it: write the range, as in `{name}=0` below and `\\infty` above, or a set"
        )


def _only_free_index(node: BigOperator, environment: Environment) -> str:
    names = {
        environment.key(index)
        for inner in walk(node.body)
        if isinstance(inner, Index)
        for index in inner.indices
        if isinstance(index, Symbol) and environment.key(index) not in {*environment.bound, *environment.symbols}
    }
    if len(names) != 1:
        raise EvaluationError(f"`{to_latex(node)}` does not say over what: write the index below it")
    environment.trace.remarks.add(f"the sum or product without an index was taken over `{next(iter(names))}`")
    return names.pop()


def weighted_sum(weights: Array, value: Array, inner: Environment) -> Array:
    return reduce_last(np.sum, multiply(weights, value), inner.depth, weights.batch[-1])
