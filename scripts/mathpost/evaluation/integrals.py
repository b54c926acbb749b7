"""Integrals: over what they run, whether they exist, and their value by a fixed rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import (
    Weights,
    refuse_declared_box,
    require_used,
    variable_name,
)
from mathpost.evaluation.conditions import end_of, ends_of, is_half
from mathpost.evaluation.domains import Box
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.pieces import bind_integral, bind_varying_interval
from mathpost.evaluation.pointwise import singly
from mathpost.evaluation.ratios import in_logarithms, refuse_vanishing
from mathpost.evaluation.values import Array, Numbers, constant, mapped, multiply, reduce_last, rounded
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import (
    Binary,
    Binder,
    Integral,
    Interval,
    Node,
    Number,
    Power,
    Relation,
    Symbol,
)

LARGEST_SHARE_OUTSIDE = 1e-7
DIVERGENT = (
    "an integral does not converge absolutely, or its integrand falls off too slowly to be integrated: "
    "what stands under it must vanish towards the ends of its range; waive the claim with a reason, or cut the range"
)


def integrated(weights: Weights, value: Array, inner: Environment) -> Array:
    """The sum of a rule. Errors: EvaluationError where its terms do not fall off towards the ends of the range."""
    if value.in_balls:
        terms = multiply(mapped(balls.computed, weights.values), value)
        sizes = _sizes(rounded(terms), inner)
        if not np.all(np.isfinite(sizes)):
            logarithms = np.moveaxis(balls.log_sizes(terms.with_axes(inner.depth)), inner.depth - 1, -1)
            sizes = np.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
            _require_convergence(weights, sizes, inner, value.rank)
        inner.trace.note_rounded(np.asarray(sizes.sum(axis=-1).max(initial=0.0)))
        return reduce_last(np.sum, terms, inner.depth, weights.values.batch[-1])
    terms = multiply(weights.values, value)
    sizes = _sizes(terms, inner)
    _require_convergence(weights, sizes, inner, value.rank)
    inner.trace.summed = max(inner.trace.summed, float(sizes.sum(axis=-1).max(initial=0.0)))
    return reduce_last(np.sum, terms, inner.depth, weights.values.batch[-1])


def _require_convergence(weights: Weights, sizes: Numbers, inner: Environment, rank: int) -> None:
    if np.any(weights.outermost.values):
        outer = np.moveaxis(weights.outermost.with_axes(inner.depth, rank), inner.depth - 1, -1)
        if np.any((sizes * outer).sum(axis=-1) > LARGEST_SHARE_OUTSIDE * sizes.sum(axis=-1)):
            raise EvaluationError(DIVERGENT)


def _sizes(terms: Array, inner: Environment) -> Numbers:
    """The sizes of terms, with the innermost batch axis last."""
    return np.moveaxis(np.abs(terms.with_axes(inner.depth)), inner.depth - 1, -1)


@evaluate.register
def _(node: Integral, environment: Environment) -> Array:
    binder, node = node.binder, replace(node, body=in_logarithms(node.body, environment))
    if len(binder.variables) > 1 and (sides := _sides_of_cube(binder)) is not None:
        nested = node.body
        for variable in binder.variables:
            nested = Integral(Binder((variable,), lower=sides[0], upper=sides[1]), nested)
        return evaluate(nested, environment)
    if len(binder.variables) > 1:
        require_used(node, ("variables", "domain", "lower", "upper"))
        inner_integral = Integral(replace(binder, variables=binder.variables[:1]), node.body)
        return evaluate(Integral(replace(binder, variables=binder.variables[1:]), inner_integral), environment)
    require_used(node, ("variables", "condition", *(("domain",) if binder.domain else ("lower", "upper"))))
    name = variable_name(binder, environment)
    if binder.lower is not None and binder.upper is not None:
        require_used(node, ("variables", "lower", "upper"))
        lower, upper = number_of(binder.lower, environment), number_of(binder.upper, environment)
        if (lower.batch or upper.batch) and not np.all(np.isfinite([*lower.values.flat, *upper.values.flat])):
            return singly(node, environment, lambda here: evaluate(node, here))
        if lower.batch or upper.batch:
            inner, weights = bind_varying_interval(name, lower, upper, node.body, environment)
            return integrated(weights, _integrand(node.body, inner), inner)
        if lower.values.size == upper.values.size == 1 and lower.values.item() >= upper.values.item():
            return _backwards(node, environment)
    box = _box(binder, name, environment)
    if box is None and binder.domain is None:
        refuse_declared_box(name, node.body, environment)
    inner, weights = bind_integral(name, box, node.body, environment)
    return integrated(weights, _integrand(node.body, inner), inner)


def _integrand(body: Node, inner: Environment) -> Array:
    refuse_vanishing(body, inner)
    return evaluate(body, inner)


def _sides_of_cube(binder: Binder) -> tuple[Node, Node] | None:
    """The ends of the interval that each of the variables runs through: those of `[0, 1]^2` under two."""
    match binder.domain:
        case Power(base=Interval(lower=lower, upper=upper), exponent=Number(text=text)) if binder.condition is None:
            return (lower, upper) if text == str(len(binder.variables)) else None
    return None


def _backwards(node: Integral, environment: Environment) -> Array:
    """An integral from the greater end to the lesser, or from an end to itself."""
    lower, upper = node.binder.lower, node.binder.upper
    if lower is not None and upper is not None and end_of(lower, environment) == end_of(upper, environment):
        return mapped(balls.at_points, constant(0.0)) if environment.in_balls else constant(0.0)
    forwards = replace(node, binder=replace(node.binder, lower=upper, upper=lower))
    return mapped(np.negative, evaluate(forwards, environment))


def _box(binder: Binder, name: str, environment: Environment) -> Box | None:
    if (binder.lower is None) != (binder.upper is None):
        raise EvaluationError(f"the integral over `{name}` has only one bound: write both")
    if binder.lower is not None and binder.upper is not None:
        return _ordered_box(end_of(binder.lower, environment), end_of(binder.upper, environment))
    condition = binder.condition
    if isinstance(binder.domain, Interval) or is_half(binder.domain):
        condition = Relation("\\in", Symbol(name), binder.domain)
    elif isinstance(binder.domain, Relation | Binary):
        condition = binder.domain
    if condition is not None:
        ends = ends_of(condition, name, environment)
        if ends is None:
            raise EvaluationError(f"`{to_latex(condition)}` below an integral is no interval: write bounds, or a set")
        return _ordered_box(*ends)
    if binder.domain is None:
        # a letter that is bound to a Box, and no Variable, is there to be integrated over
        own = environment.symbols.get(name)
        return own if isinstance(own, Box) else None
    if binder.domain == Symbol("\\mathbb{R}"):
        return None
    value = environment.symbols.get(environment.named(binder.domain) or "")
    if isinstance(value, Box):
        return value
    raise EvaluationError(f"`{to_latex(binder.domain)}` is not bound to a Box, so nothing can be integrated over it")


def _ordered_box(lower: float, upper: float) -> Box:
    if not lower < upper:
        raise EvaluationError(f"the integral runs from {lower:g} to {upper:g}: its bounds must be in order")
    return Box(lower, upper)
