"""One draw: a notation with its free variables and indices at definite points, and the values of formulas there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from mathpost.evaluation import Box, Environment, Variable, balls, evaluate
from mathpost.evaluation.binding import along_new_axis
from mathpost.evaluation.conditions import satisfied
from mathpost.evaluation.copulas import Together
from mathpost.evaluation.environment import Definition, Trace
from mathpost.evaluation.optimise import Optimum, is_arg, optimum, refined
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.judging.free import free_indices, free_twins
from mathpost.judging.notation import Notation
from mathpost.latex.tree.nodes import BigOperator, Declared, Node

GENERIC_POINTS = 8
POINTS_UNDER_A_CONDITION = 64
LARGEST_QUADRATURE_ERROR = 1e-6
LARGEST_SAMPLING_ERROR = 0.05
EXACT = {"exact sum", "mean over the data"}

T = TypeVar("T")
Value: TypeAlias = Array | Optimum
Place: TypeAlias = tuple[Node, frozenset[tuple[str, tuple[int, ...]]], bytes]
"""A formula with the shapes of the letters that stand for all values, and what values these are."""


@dataclass(frozen=True)
class Measured:
    """A value, an error bound of its shape, and the methods that made the bound.

    `summed` is the greatest sum of the sizes of the terms of an integral, `objective` the number of places where the
    objective of an optimum was evaluated.
    """

    value: Value
    error: Numbers
    methods: frozenset[str]
    summed: float = 0.0
    objective: int = 0


@dataclass(frozen=True)
class Enclosed:
    """A value in balls, at a precision in bits; `rounded` is the greatest known to float64 only, if any was."""

    value: Array
    bits: int
    rounded: float | None


@dataclass(frozen=True)
class Draw:
    """A notation at the points where its claims are tried; `definitions` grow with every `:=` of the text, and
    `domains` are those that the text gives to letters of the claim at hand, `given` the conditions it holds under.
    `known` is all that was evaluated before."""

    notation: Notation
    points: int = GENERIC_POINTS
    seed: int = 1
    definitions: dict[str, Definition] = field(default_factory=dict)
    known: dict[tuple[Hashable, ...], Any] = field(default_factory=dict)
    is_perturbed: bool = False
    domains: Mapping[str, Variable] = field(default_factory=dict)
    given: tuple[Node, ...] = ()
    dependence: Together | None = None

    @property
    def declared(self) -> Declared:
        """What the parser must know of the names: the notation's, and those that the text has defined."""
        own = self.notation.declared
        if not self.definitions:
            return own
        functions = {name.removesuffix("()") for name in self.definitions if name.endswith("()")}
        symbols = {name.removesuffix("[]") for name in self.definitions if not name.endswith("()")}
        return replace(own, functions=own.functions | functions, symbols=own.symbols | symbols)

    def perturbed(self, *, whole: bool = False) -> Draw:
        """The draw with other numbers in place of the bound ones: formulas that agree by chance agree no more."""
        notation = self.notation.perturbed(np.random.default_rng(self.seed), whole=whole)
        return self.afresh(notation=notation, is_perturbed=True)

    def afresh(self, **changes: Any) -> Draw:
        """The draw with changes under which nothing holds that was evaluated before."""
        return replace(self, known={}, **changes)

    def once(self, key: tuple[Hashable, ...], compute: Callable[[], T]) -> T:
        """What was computed under a key before, or is now."""
        if key not in self.known:
            self.known[key] = compute()
        return cast(T, self.known[key])

    def environment(self, *formulas: Node, places: Mapping[str, Numbers] | None = None) -> Environment:
        """The environment for a claim: variables at generic points, free sample indices at every sample.

        `places` are other points for some of the variables, of which all have equally many.

        Each finite variable and each free index has a batch axis of its own; all boxes share the first one. Under a
        condition, all share one, of the points where it holds.
        Errors: EvaluationError for an index that is free in one place and bound in another, and for a condition that
        holds nowhere.
        """
        environment = self.everywhere(*formulas, places=places)
        return only_where(self.holding(environment), environment) if self.given else environment

    def holding(self, environment: Environment) -> Numbers:
        """Whether the conditions hold, at each point where the claim could be tried; all batch axes are there."""
        with np.errstate(all="ignore"):
            tests = [satisfied(condition, environment).with_axes(environment.depth) for condition in self.given]
        return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*tests)))

    def everywhere(self, *formulas: Node, places: Mapping[str, Numbers] | None = None) -> Environment:
        """The same without its conditions."""
        environment = replace(self.notation.environment, definitions=self.definitions, trace=Trace())
        symbols = {**environment.symbols, **self.domains}
        environment = replace(environment, symbols=symbols, dependence=self.dependence)
        twins = free_twins((*formulas, *self.given), environment)
        environment = replace(environment, symbols={**symbols, **twins})
        environment = self._bind_boxes(environment, places or {})
        for name, value in environment.symbols.items():
            if isinstance(value, Variable) and not isinstance(value.domain, Box):
                environment = environment.bind_universally({name: along_new_axis(np.stack(value.domain), environment)})
        for name, span in sorted(free_indices((*formulas, *self.given), environment).items()):
            points = along_new_axis(np.arange(float(span.first), span.last + 1), environment)
            environment = environment.bind_universally({name: points})
        return environment

    def _bind_boxes(self, environment: Environment, places: Mapping[str, Numbers]) -> Environment:
        boxes = {
            name: value.domain
            for name, value in environment.symbols.items()
            if isinstance(value, Variable) and isinstance(value.domain, Box)
        }
        usual = POINTS_UNDER_A_CONDITION if self.given else self.points
        count = next((len(points) for points in places.values()), usual)
        values = {
            name: along_new_axis(
                places[name] if name in places else box.points(count, self.seed + 101 * position), environment
            )
            for position, (name, box) in enumerate(boxes.items())
        }
        tried = b"".join(points.tobytes() for points in places.values())
        return replace(environment.bind_universally(values), tried=tried) if values else environment

    def measure(self, node: Node, environment: Environment) -> Measured:
        """The value of one side of a claim. Errors: EvaluationError where it has none, or not well enough."""
        return self.once(("measured", *_place(node, environment)), lambda: _measure(node, environment))

    def enclose(self, node: Node, environment: Environment, bits: int, points: int) -> Enclosed | None:
        """The value of one side in balls, of at most so many points. None where something in it has no ball."""
        found = self._enclosed(node, environment, bits, points)
        return found if found is not None and balls.are_finite(found.value.values) else None

    def is_undefined(self, node: Node, environment: Environment, bits: int, points: int) -> bool:
        """Whether a side of exact numbers has no finite value in balls, such as the logarithm of what may be 0."""
        found = self._enclosed(node, environment, bits, points)
        return found is not None and found.rounded is None and not balls.are_finite(found.value.values)

    def _enclosed(self, node: Node, environment: Environment, bits: int, points: int) -> Enclosed | None:
        key = ("enclosed", *_place(node, environment), bits, points)
        return self.once(key, lambda: _enclose(node, environment, bits, points))


def _place(node: Node, environment: Environment) -> Place:
    shapes = frozenset((name, environment.bound[name].values.shape) for name in environment.universal)
    return node, shapes, environment.tried


def _enclose(node: Node, environment: Environment, bits: int, points: int) -> Enclosed | None:
    batches = [environment.bound[name].with_axes(environment.depth) for name in environment.universal]
    tried = int(np.prod(np.broadcast_shapes(*(values.shape[: environment.depth] for values in batches))))
    trace = Trace()
    within = replace(environment, in_balls=True, most_points=points // max(1, tried), trace=trace)
    try:
        with balls.precision(bits), np.errstate(all="ignore"):
            value = evaluate(node, within)
    except (EvaluationError, np.linalg.LinAlgError, ArithmeticError, TypeError, ValueError):
        return None  # what NumPy cannot do with objects has a value in float64 still
    return Enclosed(value, bits, trace.rounded) if value.in_balls else None


def _measure(node: Node, environment: Environment) -> Measured:
    trace = Trace(remarks=environment.trace.remarks)
    traced = replace(environment, trace=trace)
    with np.errstate(all="ignore"):
        value = value_of(node, traced)
        inexact = frozenset(trace.methods - EXACT)
        halved = Trace(remarks=environment.trace.remarks)
        coarse = _at_lower_resolution(node, value, replace(environment, trace=halved)) if inexact else value
        error = _distance(value, coarse)
    sampled = any("Monte Carlo" in method for method in inexact)
    error = 4 * error if sampled else error
    allowed = LARGEST_SAMPLING_ERROR if sampled else LARGEST_QUADRATURE_ERROR
    size = max(float(np.abs(numbers_of(value)).max(initial=0.0)), trace.summed)
    if np.any(error > allowed * max(size, 1e-300)):
        methods = " and ".join(sorted(inexact))
        raise EvaluationError(f"{methods} has not converged: its error bound is {error.max():.1g}")
    return Measured(value, error, inexact, trace.summed, trace.objective + halved.objective)


def _at_lower_resolution(node: Node, value: Value, environment: Environment) -> Value:
    if isinstance(value, Optimum) and isinstance(node, BigOperator):
        places = np.stack([refined(node, environment.coarse(), value, place) for place in value.places])
        return replace(value, places=places)
    return value_of(node, environment.coarse())


def value_of(node: Node, environment: Environment) -> Value:
    if is_arg(node):
        return optimum(node, environment)
    return evaluate(node, environment)


def numbers_of(value: Value) -> Numbers:
    return value.values if isinstance(value, Array) else value.places


def _distance(fine: Value, coarse: Value) -> Numbers:
    if isinstance(fine, Array) and isinstance(coarse, Array):
        return np.asarray(np.abs(fine.values - coarse.values))
    if isinstance(fine, Optimum) and isinstance(coarse, Optimum) and fine.places.shape == coarse.places.shape:
        return np.asarray(np.abs(fine.places - coarse.places).max(axis=0))
    raise EvaluationError("two resolutions of the quadrature find different numbers of optima")


def only_where(holding: Numbers, environment: Environment) -> Environment:
    """The environment at the points alone where something holds: the letters that it hangs on share one axis.

    Errors: EvaluationError if there are none.
    """
    kept = np.argwhere(holding)
    if not len(kept):
        raise EvaluationError("the condition of the claim holds at none of the points that the notation gives")
    own = [axis for axis, length in enumerate(holding.shape) if length > 1]
    values = {}
    for name in environment.universal:
        array = environment.bound[name]
        padded = array.with_axes(environment.depth)
        if any(padded.shape[axis] > 1 for axis in own):
            points = padded[tuple(np.minimum(kept.T, np.array(padded.shape[: environment.depth])[:, None] - 1))]
            values[name] = Array(points.reshape((1,) * own[0] + points.shape), array.rank)
    return environment.at(values)


def at_point(environment: Environment, index: tuple[int, ...]) -> Mapping[str, Any]:
    """The values of the universally bound variables at one point of the batch."""
    values = {}
    for name in sorted(environment.universal):
        array = environment.bound[name]
        padded = array.with_axes(environment.depth)
        place = tuple(min(k, n - 1) for k, n in zip(index, padded.shape[: environment.depth], strict=False))
        values[name] = padded[place + (0,) * (environment.depth - len(place))]
    return values
