"""Integrals: over what they run, whether they exist, and their value by a fixed rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import (
    calls_author,
    laws_of,
    refuse_declared_box,
    require_used,
    variable_name,
)
from mathpost.evaluation.convergence import has_mass_at_ends, integrated, require_convergence, sizes_of
from mathpost.evaluation.domains import Box
from mathpost.evaluation.ends import end_of, ends_of, is_half
from mathpost.evaluation.environment import Environment, Trace
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.oscillation import CONDITIONAL, integral_to_infinity, oscillates
from mathpost.evaluation.pieces import bind_exactly, bind_integral, bind_varying_interval
from mathpost.evaluation.pointwise import singly
from mathpost.evaluation.ratios import in_logarithms, refuse_vanishing
from mathpost.evaluation.values import Array, constant, mapped, multiply, rounded
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


@evaluate.register
def _(node: Integral, environment: Environment) -> Array:
    node = replace(node, body=in_logarithms(node.body, environment))
    if len(node.binder.variables) > 1:
        return _over_several(node, environment)
    binder = node.binder
    require_used(node, ("variables", "condition", *(("domain",) if binder.domain else ("lower", "upper"))))
    name = variable_name(binder, environment)
    if binder.lower is not None and binder.upper is not None:
        require_used(node, ("variables", "lower", "upper"))
        found = _between(
            node, name, number_of(binder.lower, environment), number_of(binder.upper, environment), environment
        )
        if found is not None:
            return found
    box = _box(binder, name, environment)
    if box is None and binder.domain is None:
        refuse_declared_box(name, node.body, environment)
    if (found := _oscillating(node, name, box, environment)) is not None:
        return found
    inner, weights = bind_integral(name, box, node.body, environment)
    value = _integrand(node.body, inner)
    exact = _exactly(name, box, node.body, environment) if box and has_mass_at_ends(weights, value, inner) else None
    return integrated(weights, value, inner) if exact is None else exact


def _over_several(node: Integral, environment: Environment) -> Array:
    """One integral inside of the other, the first variable innermost."""
    binder = node.binder
    sides = _sides_of_cube(binder)
    if sides is None:
        require_used(node, ("variables", "domain", "lower", "upper"))
    nested = node.body
    for variable in binder.variables:
        own = replace(binder, variables=(variable,)) if sides is None else Binder((variable,), *sides)
        nested = Integral(own, nested)
    return evaluate(nested, environment)


def _between(node: Integral, name: str, lower: Array, upper: Array, environment: Environment) -> Array | None:
    """An integral whose bounds depend on other variables, or are not in order; None for any other."""
    if lower.batch or upper.batch:
        if not np.all(np.isfinite([*lower.values.flat, *upper.values.flat])):
            return singly(node, environment, lambda here: evaluate(node, here))
        inner, weights = bind_varying_interval(name, lower, upper, node.body, environment)
        return integrated(weights, _integrand(node.body, inner), inner)
    if lower.values.size == upper.values.size == 1 and lower.values.item() >= upper.values.item():
        return _backwards(node, environment)
    return None


def _oscillating(node: Integral, name: str, box: Box | None, environment: Environment) -> Array | None:
    """The value where the body oscillates towards infinity; None where it does not, or is looked at inside of others.

    At the coarse resolution it is what it may be instead, so that the distance is an error bound.
    """
    if box is None:
        box = Box(-np.inf, np.inf) if not any(laws_of(name, node.body, environment)) else Box(0.0, 1.0)
    ends = (float(box.lower), float(box.upper)) if box.lower.ndim == 0 else (0.0, 1.0)
    floats = replace(environment, in_balls=False, trace=Trace())
    if np.all(np.isfinite(ends)) or environment.points > 1 or not oscillates(name, ends, node.body, floats):
        return None
    trace = environment.trace

    def told(here: Environment) -> Array:
        found = integral_to_infinity(name, ends, node.body, replace(here, in_balls=False))
        if found is None:
            inner, weights = bind_integral(name, box, node.body, here)
            return integrated(weights, _integrand(node.body, inner), inner)
        trace.methods.add("quadrature with a smooth cut-off")
        trace.summed = max(trace.summed, found.size)
        trace.remarks |= {CONDITIONAL} if found.conditional else set()
        trace.note_rounded(np.asarray(found.size))
        value = constant(found.value if environment.fine else found.value + found.error)
        return mapped(balls.computed, value) if environment.in_balls else value

    return singly(node, environment, told)


def _exactly(name: str, box: Box, body: Node, environment: Environment) -> Array | None:
    """An integral whose mass lies next to the ends of a finite range; None where balls tell no more than float64."""
    finite = box.lower.ndim == 0 and bool(np.isfinite(box.lower)) and bool(np.isfinite(box.upper))
    if not finite or environment.in_balls or environment.points > 1 or calls_author(body, environment):
        return None
    with balls.precision(balls.BITS):
        inner, weights = bind_exactly(name, box, environment)
        try:
            value = evaluate(body, inner)
        except EvaluationError:
            return None
        terms = multiply(mapped(balls.computed, weights.values), value)
        require_convergence(weights, sizes_of(rounded(terms), inner), inner, value.rank)
        return rounded(integrated(weights, value, inner))


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
