r"""Membership: what stands on both sides of `\in`."""

from __future__ import annotations

from math import prod

import numpy as np

from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.operators import set_points
from mathpost.evaluation.values import Array, Numbers, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Binary, Index, Interval, Node, Power, Sequence, SetOf, Symbol

WHOLE = {"\\mathbb{N}": 0.0, "\\mathbb{Z}": -np.inf}


def is_member(element: Node, domain: Node, environment: Environment) -> bool:
    """Whether an element lies in a set, at every point of the batch. `a, b \\in S` says it of each.

    Errors: EvaluationError where the element has no value or the set no meaning.
    """
    if isinstance(element, Sequence) and not element.parenthesised:
        return all(is_member(part, domain, environment) for part in element.elements)
    factors = _factors(domain)
    if len(factors) > 1:
        if not isinstance(element, Sequence) or len(element.elements) != len(factors):
            raise EvaluationError(
                f"`{to_latex(element)}` is no tuple of {len(factors)}, as `{to_latex(domain)}` asks for"
            )
        _refuse_mixed_samples(element, environment)
        return all(is_member(part, factor, environment) for part, factor in zip(element.elements, factors, strict=True))
    return contains(domain, evaluate(element, environment), environment)


def _refuse_mixed_samples(element: Sequence, environment: Environment) -> None:
    """Errors: EvaluationError for a tuple such as `(x^{(1)}, y^{(m)})`, whose parts are of different observations."""
    samples = [part for part in element.elements if isinstance(part, Index) and environment.samples(part) is not None]
    lengths = {len(data) for part in samples if (data := environment.samples(part)) is not None}
    if len({part.base for part in samples}) > 1 and len(lengths) == 1 and len({part.indices for part in samples}) > 1:
        raise EvaluationError(f"`{to_latex(element)}` pairs parts of different samples: give them one index")


def _factors(domain: Node) -> list[Node]:
    if isinstance(domain, Binary) and domain.operator == "\\times":
        return [*_factors(domain.left), *_factors(domain.right)]
    return [domain]


def contains(domain: Node, value: Array, environment: Environment) -> bool:
    if not np.all(np.isfinite(value.values)):
        raise EvaluationError("a value that is not finite is in no set")
    match domain:
        case Symbol(name=name) if name.startswith("\\mathbb{R}") or name in WHOLE:
            return value.rank == 0 and _in_numbers(name, value.values)
        case Power(base=Symbol(name=name)) if name.startswith("\\mathbb{R}"):
            return value.core == _dimensions(domain.exponent, environment) and _in_numbers(name, value.values)
        case Power(base=base):
            count = _dimensions(domain.exponent, environment)
            each = Array(value.values, value.rank - len(count))
            return value.core[: len(count)] == count and contains(base, each, environment)
        case Interval():
            return value.rank == 0 and _in_interval(domain, value, environment)
        case Sequence(elements=(lower, upper)):
            return contains(Interval(lower, upper, (False, False)), value, environment)
        case SetOf():
            return value.rank == 0 and bool(np.all(np.isin(value.values, set_points(domain, environment))))
        case Symbol():
            return _in_bound_set(domain, value, environment)
    raise EvaluationError(f"`{to_latex(domain)}` is not evaluated as a set")


def _in_numbers(name: str, values: Numbers) -> bool:
    """The real numbers and their halves, `\\mathbb{R}_{+}`, `\\mathbb{R}_{\\geq 0}`, and the whole numbers."""
    if name in WHOLE:
        return bool(np.all(values == np.rint(values)) and np.all(values >= WHOLE[name]))
    mark = name.removeprefix("\\mathbb{R}")
    if not mark:
        return True
    if mark in ("_{+}", "^{+}", "_{\\geq0}"):
        return bool(np.all(values >= 0))
    if mark in ("_{++}", "_{>0}"):
        return bool(np.all(values > 0))
    raise EvaluationError(f"`{name}` is not evaluated as a set")


def _dimensions(exponent: Node, environment: Environment) -> tuple[int, ...]:
    """`n` is (n,); `m \\times n` is (m, n)."""
    if isinstance(exponent, Binary) and exponent.operator in ("\\times", "*"):
        return _dimensions(exponent.left, environment) + _dimensions(exponent.right, environment)
    value = evaluate(exponent, environment)
    if value.values.ndim or not float(value.values).is_integer():
        raise EvaluationError(f"`{to_latex(exponent)}` is {shape_of(value)}, which is no dimension")
    return (int(value.values),)


def _in_interval(interval: Interval, value: Array, environment: Environment) -> bool:
    lower, upper = (evaluate(end, environment).values for end in (interval.lower, interval.upper))
    above = value.values >= lower if interval.closed[0] else value.values > lower
    below = value.values <= upper if interval.closed[1] else value.values < upper
    return bool(np.all(above & below))


def _in_bound_set(domain: Symbol, value: Array, environment: Environment) -> bool:
    name = environment.key(domain)
    if name not in environment.symbols:
        raise EvaluationError(f"`{name}` has no binding: add `{name}` to the notation")
    bound = environment.symbols[name]
    bound = bound.domain if isinstance(bound, Variable) else bound
    if isinstance(bound, Box):
        return value.core == bound.lower.shape and bool(np.all(bound.contains(value.values)))
    points = set_points(domain, environment)
    if points.shape[1:] != value.core:
        return False
    rows = value.values.reshape(-1, prod(value.core))
    return all(np.any(np.all(points.reshape(len(points), -1) == row, axis=1)) for row in rows)
