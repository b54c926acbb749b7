"""What a derivative moves: letters, entries and steps of sequences, each in all the directions that it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mathpost.evaluation.dependence import applied
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.steps import recursion_of
from mathpost.evaluation.values import Array, Numbers, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Index, Node, Symbol


@dataclass(frozen=True)
class Mover:
    """What a derivative moves: a letter at a point, in one direction, or in all of those in which its entries grow.

    The directions of all entries stand along a batch axis of their own, which the result has behind its own axes. Of a
    sequence that the text defines one `step` moves.
    """

    name: str
    point: Array
    direction: Array
    shape: tuple[int, ...] = ()
    step: Array | None = None

    @property
    def count(self) -> int:
        return int(np.prod(self.shape))


def mover_of(variable: Node, environment: Environment) -> Mover:
    name = environment.named(variable)
    if name is None or not (isinstance(variable, Symbol) or (isinstance(variable, Index) and not variable.raised)):
        raise EvaluationError(f"`{to_latex(variable)}`: a derivative is taken with respect to a name")
    if isinstance(variable, Index) and recursion_of(variable, environment) is not None:
        return _step_mover(name, variable, environment)
    base = variable.base if isinstance(variable, Index) else variable
    point = evaluate(applied(base, None, environment), environment)
    if not isinstance(variable, Index):
        units = np.eye(int(np.prod(point.core, dtype=int))).reshape(-1, *point.core)
        return Mover(name, point, constant(1.0) if point.rank == 0 else Array(units, point.rank), point.core)
    if evaluate(variable, environment).rank:
        raise EvaluationError(f"`{to_latex(variable)}`: a derivative is taken with respect to a name or an entry")
    places = [number_of(index, environment) for index in variable.indices]
    return Mover(name, point, _unit(places, point.core, environment.firsts.get(name, 1)))


def _step_mover(name: str, variable: Index, environment: Environment) -> Mover:
    """One step of a sequence moves, or an entry of it, and with it all that is made of it."""
    step, *places = (number_of(index, environment) for index in variable.indices)
    point = evaluate(replace(variable, indices=variable.indices[:1]), environment)
    if places:
        return Mover(name, point, _unit(places, point.core, 1), step=step)
    units = np.eye(int(np.prod(point.core, dtype=int))).reshape(-1, *point.core)
    direction = constant(1.0) if point.rank == 0 else Array(units, point.rank)
    return Mover(name, point, direction, point.core, step)


def _unit(places: list[Array], core: tuple[int, ...], first: int) -> Array:
    """The direction in which one entry grows; those along the first axis count from `first`."""
    axes = max(len(place.batch) for place in places)
    unit: Numbers = np.ones(())
    for axis, (place, length) in enumerate(zip(places, core, strict=True)):
        here = place.with_axes(axes)[(..., *(None,) * len(core))]
        begin = 1 if axis else first
        counted = np.arange(begin, begin + length).reshape((-1,) + (1,) * (len(core) - axis - 1))
        unit = unit * (here == counted)
    return Array(np.broadcast_to(unit, unit.shape[:axes] + core).astype(float), len(core))


def moving(mover: Mover, direction: str, environment: Environment) -> Environment:
    """The environment where a letter stands at its point, and another for the direction that it moves in."""
    depth = environment.depth
    around = environment
    if mover.step is None:
        around = environment.at({mover.name: mover.point})
        around = replace(around, varied=around.varied | {mover.name})
    if not mover.shape:
        return around.at({direction: mover.direction})
    units = mover.direction.values
    return around.bind({direction: Array(units.reshape((1,) * depth + units.shape), len(mover.shape))})


def with_own_axes(value: Array, movers: list[Mover], environment: Environment) -> Array:
    """The value where the batch axes of directions have become its last own axes, of the shapes of what moves."""
    if not movers:
        return value
    if value.is_row:
        raise EvaluationError("the derivative of a row by an array is not evaluated")
    depth, rank = environment.depth, value.rank
    counts = tuple(mover.count for mover in movers)
    values = value.with_axes(depth + len(movers))
    batch = values.shape[:depth]
    values = np.broadcast_to(values, batch + counts + value.core)
    values = np.moveaxis(values, range(depth, depth + len(movers)), range(-len(movers), 0))
    own = tuple(length for mover in movers for length in mover.shape)
    return Array(values.reshape(batch + value.core + own), rank + len(own))
