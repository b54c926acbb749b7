r"""Sets: their points, and membership, what stands on both sides of `\in`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from mathpost.evaluation.binding import along_new_axis, points_of_set
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.ends import ends_of
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.values import Array, Numbers, batch_axes, elementwise, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binary,
    Dots,
    Index,
    Indicator,
    Interval,
    Node,
    Power,
    Relation,
    Sequence,
    SetBuilder,
    SetOf,
    Symbol,
)

JOINED: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
    "\\cup": np.logical_or,
    "\\cap": np.logical_and,
    "\\setminus": lambda first, second: first & ~second,
}
SET_NAMES = ("\\mathcal{", "\\mathbb{", "\\chi", "\\Omega")
COUNTING = frozenset("ijklmnst") | {"\\ell"}
WHOLE = {"\\mathbb{N}": 0.0, "\\mathbb{Z}": -np.inf}


def memberships(element: Node, domain: Node, environment: Environment) -> list[Numbers]:
    """Whether an element lies in a set, at each point of the batch; of `a, b \\in S`, whether each does.

    Errors: EvaluationError where the element has no value or the set no meaning.
    """
    if isinstance(element, Sequence) and not element.parenthesised:
        return [found for part in element.elements for found in memberships(part, domain, environment)]
    factors = _factors(domain)
    if len(factors) == 1:
        return [contains(domain, evaluate(element, environment), environment)]
    if not isinstance(element, Sequence) or len(element.elements) != len(factors):
        raise EvaluationError(f"`{to_latex(element)}` is no tuple of {len(factors)}, as `{to_latex(domain)}` asks for")
    _refuse_mixed_samples(element, environment)
    pairs = zip(element.elements, factors, strict=True)
    parts = [Array(contains(factor, evaluate(part, environment), environment), 0) for part, factor in pairs]
    axes = batch_axes(*parts)
    return [np.logical_and.reduce(np.broadcast_arrays(*(part.with_axes(axes) for part in parts)))]


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


def contains(domain: Node, value: Array, environment: Environment) -> Numbers:
    """Whether each value of a batch lies in a set."""
    if not np.all(np.isfinite(value.values)):
        raise EvaluationError("a value that is not finite is in no set")
    match domain:
        case Symbol(name=name) if name.startswith("\\mathbb{R}") or name in WHOLE:
            return _whole(_in_numbers(name, value.values), value) if value.rank == 0 else _nowhere(value)
        case Power():
            return _in_power(domain, value, environment)
        case Interval():
            return _in_interval(domain, value, environment) if value.rank == 0 else _nowhere(value)
        case Sequence(elements=(lower, upper)):
            return contains(Interval(lower, upper, (False, False)), value, environment)
        case SetOf() if not any(isinstance(element, Dots) for element in domain.elements):
            return _listed_among(domain, value, environment)
        case Binary(operator="\\cup" | "\\cap" | "\\setminus"):
            first, second = (contains(part, value, environment) for part in (domain.left, domain.right))
            return JOINED[domain.operator](first, second)
        case SetOf() | SetBuilder() | BigOperator():
            points = set_points(domain, environment)
            return np.isin(value.values, points) if value.rank == 0 else _nowhere(value)
        case Symbol():
            return _in_bound_set(domain, value, environment)
    raise EvaluationError(f"`{to_latex(domain)}` is not evaluated as a set")


def _in_power(domain: Power, value: Array, environment: Environment) -> Numbers:
    """Whether each value of a batch is an array of so many elements of a set: `\\mathbb{R}^n`, `\\{0, 1\\}^n`."""
    count = _dimensions(domain.exponent, environment)
    if isinstance(domain.base, Symbol) and (name := domain.base.name).startswith("\\mathbb{R}"):
        fits = _has_dimensions(value, count)
        return _whole(_in_numbers(name, value.values), value) if fits else _nowhere(value)
    if value.core[: len(count)] != count:
        return _nowhere(value)
    return _whole(contains(domain.base, Array(value.values, value.rank - len(count)), environment), value)


def _listed_among(domain: SetOf, value: Array, environment: Environment) -> Numbers:
    """Whether a value is one of the elements that are written out, at each point of the batch."""
    elements = [number_of(element, environment) for element in domain.elements]
    equal = [
        elementwise(np.equal, value, element)
        for element in elements
        if (element.core, element.is_row) == (value.core, value.is_row)
    ]
    if not equal:
        return _nowhere(value)
    axes = batch_axes(value, *equal)
    found = [_whole(each.with_axes(axes), Array(each.with_axes(axes), each.rank)) for each in equal]
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*found)))


def _nowhere(value: Array) -> Numbers:
    return np.zeros(value.batch, dtype=bool)


def _whole(tests: Numbers, value: Array) -> Numbers:
    """Of tests of the parts of each value: whether all parts pass."""
    return np.asarray(np.all(tests, axis=tuple(range(len(value.batch), np.ndim(tests)))))


def _in_numbers(name: str, values: Numbers) -> Numbers:
    """The real numbers and their halves, `\\mathbb{R}_{+}`, `\\mathbb{R}_{\\geq 0}`, and the whole numbers."""
    if name in WHOLE:
        return np.asarray((values == np.rint(values)) & (values >= WHOLE[name]))
    mark = name.removeprefix("\\mathbb{R}")
    if not mark:
        return np.ones(values.shape, dtype=bool)
    if mark in ("_{+}", "^{+}", "_{\\geq0}"):
        return np.asarray(values >= 0)
    if mark in ("_{++}", "_{>0}"):
        return np.asarray(values > 0)
    raise EvaluationError(f"`{name}` is not evaluated as a set")


def _dimensions(exponent: Node, environment: Environment) -> tuple[int, ...]:
    """`n` is (n,), `2 n` is (2 n,); `m \\times n` is (m, n)."""
    if isinstance(exponent, Binary) and exponent.operator == "\\times":
        return _dimensions(exponent.left, environment) + _dimensions(exponent.right, environment)
    value = evaluate(exponent, environment)
    if value.values.ndim or not float(value.values).is_integer():
        raise EvaluationError(f"`{to_latex(exponent)}` is {shape_of(value)}, which is no dimension")
    return (int(value.values),)


def _has_dimensions(value: Array, dimensions: tuple[int, ...]) -> bool:
    """Whether a value has this shape: `\\mathbb{R}^{n \\times 1}` holds the vectors of `\\mathbb{R}^n`."""
    if value.rank == 1:
        return dimensions in (value.core, (1, *value.core) if value.is_row else (*value.core, 1))
    return value.core == dimensions


def _in_interval(interval: Interval, value: Array, environment: Environment) -> Numbers:
    ends = [evaluate(end, environment) for end in (interval.lower, interval.upper)]
    axes = batch_axes(value, *ends)
    lower, upper, here = (each.with_axes(axes) for each in (*ends, value))
    above = here >= lower if interval.closed[0] else here > lower
    below = here <= upper if interval.closed[1] else here < upper
    return np.asarray(above & below)


def _in_bound_set(domain: Symbol, value: Array, environment: Environment) -> Numbers:
    name = environment.key(domain)
    if name not in environment.symbols:
        raise EvaluationError(f"`{name}` has no binding: add `{name}` to the notation")
    bound = environment.symbols[name]
    bound = bound.domain if isinstance(bound, Variable) else bound
    if isinstance(bound, Box):
        return _whole(bound.contains(value.values), value) if value.core == bound.lower.shape else _nowhere(value)
    points = set_points(domain, environment)
    if points.shape[1:] != value.core:
        return _nowhere(value)
    rows = value.values.reshape(-1, prod(value.core))
    found = [np.any(np.all(points.reshape(len(points), -1) == row, axis=1)) for row in rows]
    return np.reshape(np.asarray(found, dtype=bool), value.batch)


def set_points(domain: Node, environment: Environment) -> Numbers:
    """The points of a finite set: a bound name, written out as `\\{1, \\dots, m\\}`, or made of such.

    Errors: EvaluationError for what is no finite set.
    """
    match domain:
        case Symbol(name="\\emptyset" | "\\varnothing"):
            return np.empty(0)
        case Symbol():
            name = environment.key(domain)
            if name not in environment.symbols:
                raise EvaluationError(f"`{name}` has no binding: add `{name}` to the notation")
            return points_of_set(environment.symbols[name], name)
        case SetOf():
            return _listed(domain, environment)
        case Binary(operator="\\cup"):
            both = [set_points(part, environment) for part in (domain.left, domain.right)]
            return np.unique(np.concatenate(both), axis=0)
        case Binary(operator="\\cap" | "\\setminus"):
            points = set_points(domain.left, environment)
            inside = contains(domain.right, Array(points, points.ndim - 1), environment)
            return np.asarray(points[inside == (domain.operator == "\\cap")])
        case SetBuilder():
            return _built(domain, environment)
        case BigOperator(operator="bigcup", body=SetOf(elements=elements)) if domain.binder.domain is not None:
            letter, over = domain.binder.variables[0], domain.binder.domain
            return np.unique([_images(element, letter, over, (), environment) for element in elements])
    raise EvaluationError(f"`{to_latex(domain)}` is not evaluated as a finite set")


def _built(domain: SetBuilder, environment: Environment) -> Numbers:
    r"""`\{x \in S : x > 0\}`, `\{x^2 : x \in S\}`."""
    parts = [domain.element, *conjuncts(domain.condition)]
    over = [part for part in parts if isinstance(part, Relation) and part.operator == "\\in"]
    if not over and isinstance(domain.element, Symbol) and _counts(domain.element, environment):
        told = f"in `{to_latex(domain)}`, `{to_latex(domain.element)}` is read as a whole number"
        environment.trace.remarks.add(told)
        over = [Relation("\\in", domain.element, Symbol("\\mathbb{Z}"))]
    if len(over) != 1:
        raise EvaluationError(f"`{to_latex(domain)}` does not say of which set its elements are")
    element = over[0].left if domain.element is over[0] else domain.element
    tests = tuple(part for part in parts if part is not over[0] and part is not domain.element)
    return np.unique(_images(element, over[0].left, over[0].right, tests, environment))


def _counts(letter: Symbol, environment: Environment) -> bool:
    """Whether a letter that nothing binds is a whole number, by custom."""
    return letter.name in COUNTING and not environment.is_bound(environment.key(letter))


def _whole_numbers(over: Symbol, name: str, tests: tuple[Node, ...], environment: Environment) -> Numbers:
    """The whole numbers to which conditions confine a letter. Errors: EvaluationError where these are not finite."""
    ends = [found for test in tests if (found := ends_of(test, name, environment)) is not None]
    low = max([WHOLE[over.name], *(lower for lower, _ in ends)])
    high = min([np.inf, *(upper for _, upper in ends)])
    if not (np.isfinite(low) and np.isfinite(high)):
        raise EvaluationError(f"`{over.name}` is not finite here: write between which numbers `{name}` lies")
    if over.name == "\\mathbb{N}" and not any(lower >= 0 for lower, _ in ends):
        raise EvaluationError(f"`{over.name}` begins at 0 or at 1: write with which number `{name}` begins")
    environment.refuse_too_many(high - low)
    return np.arange(np.ceil(low), np.floor(high) + 1)


def _images(element: Node, letter: Node, over: Node, tests: tuple[Node, ...], environment: Environment) -> Numbers:
    """What an expression is at the points of a finite set that pass all tests."""
    if not isinstance(letter, Symbol):
        raise EvaluationError(f"`{to_latex(letter)}` is no plain name")
    name = environment.key(letter)
    if isinstance(over, Symbol) and over.name in WHOLE and environment.key(over) not in environment.symbols:
        points = _whole_numbers(over, name, tests, environment)
    else:
        points = set_points(over, environment)
    inner = replace(environment, depth=0, points=1)
    if not len(points):
        return points
    inner = inner.bind({name: along_new_axis(points, inner)})
    values = number_of(element, inner)
    if values.rank or values.values.ndim > 1:
        raise EvaluationError(f"`{to_latex(element)}` hangs on another variable: bind a name to the set")
    kept = np.ones(len(points), dtype=bool)
    for test in tests:
        kept &= evaluate(Indicator(test), inner).values > 0
    return np.broadcast_to(values.values, kept.shape)[kept]


def conjuncts(condition: Node) -> Iterator[Node]:
    match condition:
        case Binary(operator="\\land", left=left, right=right):
            yield from conjuncts(left)
            yield from conjuncts(right)
        case _:
            yield condition


def is_finite_set(node: Node, environment: Environment) -> bool:
    """Whether a formula is a set by itself, and no number or array."""
    match node:
        case SetOf() | SetBuilder() | BigOperator(operator="bigcup"):
            return True
        case Binary(operator="\\cup" | "\\cap" | "\\setminus"):
            return True
        case Symbol(name="\\emptyset" | "\\varnothing"):
            return True
        case Symbol():
            return isinstance(environment.symbols.get(environment.key(node)), (set, frozenset, range))
    return False


def counted(node: Node, environment: Environment) -> int | None:
    r"""How many elements `|S|` counts: of a set, or of an array of points whose name custom takes for that of a set.

    None for any other operand.
    """
    named = isinstance(node, Symbol) and node.name.startswith(SET_NAMES)
    bound = environment.symbols.get(environment.key(node)) if isinstance(node, Symbol) else None
    points = named and not (isinstance(bound, np.ndarray) and bound.ndim == 0) and not isinstance(bound, (int, float))
    if not is_finite_set(node, environment) and not (points and bound is not None):
        return None
    return len(np.unique(set_points(node, environment), axis=0))


def _listed(domain: SetOf, environment: Environment) -> Numbers:
    places = [place for place, element in enumerate(domain.elements) if isinstance(element, Dots)]
    if not places:
        return np.asarray([number_of(element, environment).values for element in domain.elements])
    (place,) = places if len(places) == 1 else (0,)
    if not 0 < place == len(domain.elements) - 2:
        raise EvaluationError(f"`{to_latex(domain)}` does not say where it begins and ends")
    written = [number_of(element, environment).values for element in domain.elements if not isinstance(element, Dots)]
    if any(value.size != 1 for value in written):
        raise EvaluationError(f"`{to_latex(domain)}` does not list numbers")
    return _progression([float(value.reshape(())) for value in written], to_latex(domain))


def _progression(written: list[float], shown: str) -> Numbers:
    """`1, 3, …, 9` in equal steps. Errors: EvaluationError where what is written has others: `1, 2, 4, …, 64`."""
    *first, last = written
    step = first[1] - first[0] if len(first) > 1 else 1.0
    count = (last - first[0]) / step if step else -1.0
    points = first[0] + step * np.arange(round(count) + 1)
    alike = len(points) >= len(first) and np.allclose(points[: len(first)], first, rtol=0, atol=1e-9 * abs(step))
    if count < 0 or abs(count - round(count)) > 1e-9 or not alike:
        raise EvaluationError(f"`{shown}` does not go on in equal steps: write its elements, or bind a name to the set")
    return np.asarray(points)


@evaluate.register
def _(node: SetBuilder, environment: Environment) -> Array:
    r"""The points, for `\max \{f(x) : x \in S\}`."""
    return Array(set_points(node, environment), 1)
