"""What a binder ranges over: the index of a sum, the variable of an expectation or of an integral.

Each function returns the environment inside the binder, with one more batch axis open, and the weights of the points
along that axis where there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.calling import gives_law, is_family
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import Environment, Function
from mathpost.evaluation.isotropic import isotropic
from mathpost.evaluation.laws import is_discrete, is_law, support_points
from mathpost.evaluation.mass import MANY_ZEROS
from mathpost.evaluation.quadrature import Rule
from mathpost.evaluation.values import Array, Numbers, elementwise
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binary,
    Binder,
    Call,
    Index,
    Integral,
    Moment,
    Node,
    Number,
    Power,
    Symbol,
)

MOST_CONSTANTS = 40
Evaluate = Callable[[Node, Environment], Array]


def along_new_axis(points: Numbers, environment: Environment) -> Array:
    """Points of shape (N, …) as the values of a variable that opens the next batch axis."""
    return Array(points.reshape((1,) * environment.depth + points.shape), points.ndim - 1)


def variable_name(binder: Binder, environment: Environment) -> str:
    names = [environment.key(variable) for variable in binder.variables if isinstance(variable, Symbol)]
    if len(names) != 1 or len(binder.variables) != 1:
        raise EvaluationError("this operator must bind one variable, a plain name")
    return names[0]


@dataclass(frozen=True)
class Range:
    """The inside of a sum: its environment, the number of points, and where a point belongs to the range if not all
    do (a bound may depend on the variable of an outer sum)."""

    environment: Environment
    count: int
    inside: Array | None = None


def bind_integer_range(name: str, lower: Array, upper: Array, environment: Environment) -> Range:
    """Bind `name` to lower, lower + 1, …, upper. Errors: EvaluationError if the ends are no whole numbers, or all
    ranges are empty."""
    ends = np.concatenate([lower.values.ravel(), upper.values.ravel()])
    if lower.rank or upper.rank or not np.all(np.isfinite(ends)) or np.any(ends != np.rint(ends)):
        shown = " and ".join(f"{value.values.ravel()[0]:g}" for value in (lower, upper))
        raise EvaluationError(f"the bounds of `{name}` are {shown}, which are not whole numbers")
    environment.refuse_too_many(float(upper.values.max() - lower.values.min()))
    bound = bind_points(name, np.arange(lower.values.min(), upper.values.max() + 1), environment)
    if lower.values.size == 1 and upper.values.size == 1:
        return bound
    here = bound.environment.bound[name]
    above = elementwise(np.greater_equal, here, lower)
    return Range(
        bound.environment, bound.count, elementwise(np.logical_and, above, elementwise(np.less_equal, here, upper))
    )


def bind_points(name: str, points: Numbers, environment: Environment) -> Range:
    if len(points) == 0:
        raise EvaluationError(f"`{name}` ranges over nothing")
    return Range(environment.bind({name: along_new_axis(points, environment)}), len(points))


def points_of_set(value: object, name: str) -> Numbers:
    """The points of a bound finite set. Errors: EvaluationError if it is not one."""
    if isinstance(value, Variable):
        value = value.domain
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (list, tuple, range, np.ndarray)):
        return np.asarray(value, dtype=float)
    raise EvaluationError(f"`{name}` is not bound to a finite set: bind it to the array of its points")


def points_from_use(name: str, body: Node, environment: Environment, evaluate: Evaluate) -> Numbers:
    """The values of a variable without bounds, as its uses tell them: entries, samples, a declared domain, a support.

    Errors: EvaluationError if the uses tell nothing or disagree.
    """
    declared = declared_range(name, environment)
    if declared is not None and not isinstance(declared.domain, Box):
        points = np.asarray(declared.domain)
        _refuse_other_uses(name, points, body, environment, evaluate)
        return points
    lengths = set(_lengths(name, body, environment, evaluate))
    if len(lengths) == 1:
        return np.arange(1.0, lengths.pop() + 1)
    if lengths:
        raise EvaluationError(f"`{name}` has no bounds, and its uses differ in length: {sorted(lengths)}")
    supports = _supports(name, body, environment)
    if supports:
        return np.unique(np.concatenate(supports))
    raise EvaluationError(f"`{name}` has no bounds, and nothing says what it ranges over: write them out")


def declared_range(name: str, environment: Environment) -> Variable | None:
    """What the notation says that a letter ranges over; `s'` is another `s`, unless it is bound itself."""
    declared = environment.symbols.get(name, environment.symbols.get(name.rstrip("'")))
    return declared if isinstance(declared, Variable) else None


def refuse_two_lengths(name: str, body: Node, environment: Environment) -> None:
    """Errors: EvaluationError for an index of data of different lengths: which of them counts is not for us to say."""
    lengths = {
        samples.shape[axis]
        for node in walk(body)
        if isinstance(node, Index) and (samples := environment.samples(node)) is not None
        for axis, index in enumerate(node.indices)
        if axis < samples.ndim and isinstance(index, Symbol) and environment.key(index) == name
    }
    if len(lengths) > 1:
        shown = " and ".join(map(str, sorted(lengths)))
        raise EvaluationError(f"`{name}` counts data of two lengths, {shown}: bind arrays of one length")


def has_uses(name: str, body: Node, environment: Environment, evaluate: Evaluate) -> bool:
    """Whether entries, samples or a discrete law of a body tell what a variable ranges over."""
    return any(_lengths(name, body, environment, evaluate)) or bool(_supports(name, body, environment))


def _supports(name: str, body: Node, environment: Environment) -> list[Numbers]:
    laws = [function.value for function in laws_of(name, body, environment)]
    return [support_points(law) for law in laws if is_discrete(law)]


def _refuse_other_uses(name: str, points: Numbers, body: Node, environment: Environment, evaluate: Evaluate) -> None:
    """Errors: EvaluationError where a declared domain is another than the entries or the law that a sum runs over."""
    if points.ndim > 1:
        return
    try:
        others = [np.arange(1.0, length + 1) for length in _lengths(name, body, environment, evaluate)]
    except EvaluationError:
        others = []  # a base of entries that only the inside of the operator knows
    missed = any(set(other) != set(points) for other in others)
    if missed or any(not set(support) <= set(points) for support in _supports(name, body, environment)):
        raise EvaluationError(
            f"`{name}` has no bounds: the notation gives it {len(points)} values, and what is added up is declared for "
            "others: write the bounds"
        )


def require_used(node: BigOperator | Moment | Integral, used: tuple[str, ...]) -> None:
    """Errors: EvaluationError for a part of a binder that would be dropped."""
    for binder in node.binders if isinstance(node, Moment) else (node.binder,):
        for part in ("lower", "upper", "domain", "law", "condition"):
            found = getattr(binder, part)
            if found is not None and part not in used:
                raise EvaluationError(
                    f"`{to_latex(found)}` at `{to_latex(node)}` is not evaluated: write it otherwise, or bind the whole"
                )


def refuse_declared_box(name: str, body: Node, environment: Environment) -> None:
    """Errors: EvaluationError for an integral without bounds over a letter that the notation keeps in a box."""
    declared = environment.symbols.get(name)
    if not isinstance(declared, Variable) or any(laws_of(name, body, environment)):
        return
    if not isinstance(declared.domain, Box) or np.any(np.isfinite([declared.domain.lower, declared.domain.upper])):
        raise EvaluationError(
            f"the integral over `{name}` has no bounds: it may run through all numbers, or through the domain that the "
            "notation gives: write the bounds"
        )


def _lengths(name: str, body: Node, environment: Environment, evaluate: Evaluate) -> Iterator[int]:
    for each in walk(body):
        node = environment.as_entry(each)
        if not isinstance(node, Index):
            continue
        for axis, index in enumerate(node.indices):
            counts = isinstance(index, Symbol) and environment.key(index) == name
            if not counts or not isinstance(node.base, Symbol | Call):
                continue
            samples = environment.samples(node)
            is_function = samples is None and environment.named(node.base) in environment.functions
            if (samples is None and node.raised) or is_function:
                continue
            shape = evaluate(node.base, environment).core if samples is None else samples.shape
            if axis >= len(shape):
                raise EvaluationError(f"`{name}` has no bounds, and what it is an index of has no entries")
            yield shape[axis]


def laws_of(name: str, body: Node, environment: Environment) -> Iterator[Function]:
    """The laws whose density at `name` the body speaks of."""
    for node in walk(body):
        if not isinstance(node, Call) or environment.named(node.function) not in environment.functions:
            continue
        if [environment.named(argument) for argument in node.arguments][:1] == [name]:
            function = environment.function_of(node)
            if is_law(function.value):
                yield function


@dataclass(frozen=True)
class Weights:
    """The weights of the points along a new axis, and which of the points are the outermost of their rule."""

    values: Array
    outermost: Array

    @classmethod
    def of(cls, rule: Rule, environment: Environment) -> Weights:
        """Those of one rule for all points of the batch, or of one for each of them."""
        if rule.weights.ndim > 1:
            return cls(Array(rule.weights, 0), Array(rule.outermost, 0))
        return cls(along_new_axis(rule.weights, environment), along_new_axis(rule.outermost, environment))


def log_size(body: Node, inner: Environment, count: int, evaluate: Evaluate) -> Numbers:
    """The logarithm of a body's size at the points of the innermost axis, the greatest over all else.

    In balls where float64 underflows or overflows.
    """
    with np.errstate(all="ignore"):
        value = evaluate(body, inner)
        sizes = np.log(np.abs(value.with_axes(inner.depth)))
        lost = np.mean(value.values == 0) > MANY_ZEROS or not np.all(np.isfinite(value.values))
        if lost and not calls_author(body, inner):
            with balls.precision(balls.SEARCH_BITS), suppress(EvaluationError):
                value = evaluate(body, replace(inner, in_balls=True, fine=False))
                sizes = balls.log_sizes(value.with_axes(inner.depth))
    sizes = np.where(np.isnan(sizes) | np.isposinf(sizes), -np.inf, sizes)
    others = tuple(axis for axis in range(sizes.ndim) if axis != inner.depth - 1)
    return np.broadcast_to(sizes.max(axis=others), (count,))


def calls_author(body: Node, environment: Environment) -> bool:
    """Whether a function of the author stands in a body, whose values are floats and nothing more."""
    return any(
        not gives_law(function)
        for node in walk(body)
        if isinstance(node, Call)
        for function in environment.functions.get(environment.named(node.function) or "", ())
    )


def constants_of(name: str, body: Node, environment: Environment, evaluate: Evaluate) -> list[float]:
    """The numbers that a body is built from, and their negatives: where something is likely to happen."""
    found: set[float] = set()
    for node in walk(body):
        if len(found) > MOST_CONSTANTS:
            break
        if not isinstance(node, (Number, Symbol, Power, Binary, Index)) or _mentions(node, name, environment):
            continue
        try:
            value = evaluate(node, environment)
        except EvaluationError:
            continue
        if value.rank == 0 and value.values.size == 1:
            found |= {float(value.values.item()), -float(value.values.item())}
    return sorted(constant for constant in found if np.isfinite(constant))


def _mentions(node: Node, name: str, environment: Environment) -> bool:
    return any(isinstance(item, Symbol) and environment.key(item) == name for item in walk(node))


def law_named(node: Node, environment: Environment, evaluate: Evaluate) -> tuple[Function, list[Array]]:
    """The law that a node stands for, as a function and the values of its conditions."""
    function, conditions = law_and_conditions(node, environment)
    return function, [evaluate(condition, environment) for condition in conditions]


def law_and_conditions(node: Node, environment: Environment) -> tuple[Function, tuple[Node, ...]]:
    """The law that a node stands for, as a function and its conditions."""
    if isinstance(node, Call):
        node = isotropic(node, environment)
        family = _family_of_conditions(node, environment)
        if family is not None:
            return family, node.arguments
        function = environment.function_of(node)
        split = len(function.arguments) - function.conditions
        return function, (*node.arguments[split:], *environment.left_out(node, function))
    if isinstance(node, Index) and (family := _family_of_indices(node, environment)) is not None:
        return family, node.indices
    if not isinstance(node, Symbol):
        raise EvaluationError("a law is a name, such as `P`, or a call, such as `q(z | x)`")
    name = environment.key(node)
    if is_law(environment.symbols.get(name)):
        return Function(name, ("\\cdot",), (), 0, environment.symbols[name]), ()
    candidates = environment.functions.get(name, ())
    laws = [item for item in candidates if is_family(item) or is_law(item.value) or isinstance(item.value, np.ndarray)]
    laws = [item for item in laws if item.conditions == min(law.conditions for law in laws)]
    if len(laws) != 1:
        known = ", ".join(f"`{item}`" for item in candidates) or "nothing"
        raise EvaluationError(f"`{name}` must be one law here, and the notation has {known}")
    return laws[0], tuple(map(Symbol, _conditions(laws[0])))


def _family_of_conditions(node: Call, environment: Environment) -> Function | None:
    r"""The family that a call names by its conditions alone, as `\mathcal{N}(\mu, \sigma^2)` does."""
    for function in environment.functions.get(environment.named(node.function) or "", ()):
        own = len(function.arguments) - function.conditions
        if (
            is_family(function)
            and (len(node.arguments) > 1 or function.arguments[0] == "\\cdot")
            and function.conditions == len(node.arguments)
            and function.separators[own:] == node.separators
        ):
            return function
    return None


def _family_of_indices(node: Index, environment: Environment) -> Function | None:
    r"""The family that is called by its index, as in `x \sim q_t` of a declared `q_t(x)`."""
    found = [
        function
        for function in environment.functions.get(environment.named(node.base) or "", ())
        if is_family(function) and function.conditions == len(node.indices)
    ]
    return found[0] if len(found) == 1 and not node.raised else None


def _conditions(function: Function) -> tuple[str, ...]:
    return function.arguments[len(function.arguments) - function.conditions :]


def variables_of_law(law: Node, function: Function, environment: Environment) -> list[str]:
    """What `\\mathbb{E}_{q(z)}` and `\\mathbb{E}_P` bind: the arguments of the call, or those of the declaration."""
    count = len(function.arguments) - function.conditions
    written = [environment.named(argument) for argument in law.arguments[:count]] if isinstance(law, Call) else []
    named = [name for name in written if name is not None]
    return named if len(named) == count else list(function.arguments[:count])
