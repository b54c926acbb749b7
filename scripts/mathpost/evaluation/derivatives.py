"""Derivatives: of numbers and arrays, by numbers, arrays and their entries, again and again.

A formula that has a differential is derived exactly, and what the author bound along a line. Any other has difference
quotients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import factorial
from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.calling import gives_law, value_at
from mathpost.evaluation.dependence import HERE, applied, dependencies, moving_letter, require_dependence
from mathpost.evaluation.differentials import NoRule, Towards, differential
from mathpost.evaluation.directional import ACCURATE, derivative
from mathpost.evaluation.environment import Environment, Function
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.operators import weighted_sum
from mathpost.evaluation.values import Array, Numbers, constant, mapped, rounded, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Call, Derivative, Directional, Index, Inner, Matrix, Node, Sequence, Symbol

# central differences of eighth and sixth order (Fornberg, 1988, table 1): offsets, numerators, common denominator
STENCILS = {
    True: ([-4, -3, -2, -1, 1, 2, 3, 4], [3, -32, 168, -672, 672, -168, 32, -3], 840),
    False: ([-3, -2, -1, 1, 2, 3], [-1, 9, -45, 45, -9, 1], 60),
}
STENCIL_STEP = 2e-3
MOST_DIRECTIONS = 3
UNSAID = "`{shown}` does not say with respect to what: write it below the \\nabla"


@dataclass(frozen=True)
class Mover:
    """What a derivative moves: a letter at a point, in one direction, or in all of those in which its entries grow.

    The directions of all entries stand along a batch axis of their own, which the result has behind its own axes.
    """

    name: str
    point: Array
    direction: Array
    shape: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return int(np.prod(self.shape))


@evaluate.register
def _(node: Derivative, environment: Environment) -> Array:
    """Derivatives; by a vector or a matrix, those by each of its entries, behind the axes of what is derived."""
    node = _flattened(node)
    if not node.variables:
        return _gradient(node, environment)
    if (place := _place(node, environment)) is not None:
        letter = Symbol(f"{HERE.name}_{{x}}")
        node = replace(node, variables=(letter,) * len(node.variables), body=_put(letter, place, node.body))
        return evaluate(node, environment.at({letter.name: evaluate(place, environment)}))
    if node.kind == "nabla" and (direction := _direction(node, environment)) is not None:
        return evaluate(direction, environment)
    body, environment = _held(node, environment) if node.kind == "partial" else (node.body, environment)
    for variable in reversed(node.variables):
        body = applied(body, variable, environment)
        require_dependence(body, variable, environment)
    movers = [_mover(variable, environment) for variable in node.variables]
    if node.kind == "nabla" and movers[-1].shape and evaluate(body, environment).rank:
        raise EvaluationError(f"`{to_latex(node)}` is the gradient of something that is not a number")
    try:
        return _exact(body, movers, environment)
    except (NoRule, EvaluationError):
        return _by_quotients(replace(node, body=body), movers[0], environment)


def _flattened(node: Derivative) -> Derivative:
    r"""`\nabla^2 f` is the matrix of second derivatives: one derivative by the same letters twice."""
    body, variables = node.body, node.variables
    order = 1
    while node.kind == "nabla" and isinstance(body, Derivative) and (body.kind, body.variables) == ("nabla", variables):
        body, order = body.body, order + 1
    return replace(node, variables=variables * order, body=body) if variables else node


def _gradient(node: Derivative, environment: Environment) -> Array:
    r"""`\nabla f(x)` without a letter below: by the argument of f; by each of several that are numbers."""
    body, order = node.body, 1
    while isinstance(body, Derivative) and not body.variables:
        body, order = body.body, order + 1
    call = applied(body, None, environment)
    if not isinstance(call, Call):
        name = moving_letter(call, environment)
        if name is None or name == environment.named(call):
            raise EvaluationError(UNSAID.format(shown=to_latex(node)))
        return evaluate(replace(node, variables=(Symbol(name),) * order, body=call), environment)
    values = [evaluate(argument, environment) for argument in call.arguments]
    if any(separator != "," for separator in call.separators) or order > 2 or not values:
        raise EvaluationError(UNSAID.format(shown=to_latex(node)))
    letters = [Symbol(f"{HERE.name}_{{{place}}}") for place in range(len(values))]
    inner = environment.at({letter.name: value for letter, value in zip(letters, values, strict=True)})
    moved = replace(call, arguments=tuple(letters))
    if len(values) == 1:
        return evaluate(Derivative("nabla", (letters[0],) * order, moved), inner)
    if any(value.rank for value in values):
        raise EvaluationError(UNSAID.format(shown=to_latex(node)))
    if order == 1:
        return evaluate(Sequence(tuple(Derivative("partial", (letter,), moved) for letter in letters)), inner)
    rows = tuple(tuple(Derivative("partial", (a, b), moved) for b in letters) for a in letters)
    return evaluate(Matrix(rows), inner)


def _place(node: Derivative, environment: Environment) -> Index | None:
    r"""`\nabla_x p(x_2)` is the gradient of p, which is declared as `p(x)`, at the place x_2; that place, or None."""
    variable = node.variables[0]
    name = environment.named(variable)
    if not isinstance(variable, Symbol) or set(node.variables) != {variable}:
        return None
    calls = [item for item in walk(node.body) if isinstance(item, Call) and isinstance(item.function, Symbol)]
    found = [
        argument
        for call in calls
        for argument, own in zip(call.arguments, environment.arguments_of(call), strict=False)
        if isinstance(argument, Index) and own == name == environment.named(argument.base)
    ]
    spoken = sum(isinstance(item, Symbol) and environment.key(item) == name for item in walk(node.body))
    return found[0] if len(set(found)) == 1 and len(found) == spoken else None


def _put(letter: Symbol, place: Node, body: Node) -> Node:
    return letter if body == place else rebuild(body, lambda child: _put(letter, place, child))


def _direction(node: Derivative, environment: Environment) -> Node | None:
    r"""`\nabla_v f(x)` is the derivative in the direction v, where v is a vector that f does not depend on."""
    (variable, *others), call = node.variables, applied(node.body, None, environment)
    name = environment.named(variable)
    if others or not isinstance(call, Call) or len(call.arguments) != 1 or name is None:
        return None
    if not environment.is_bound(name) or name in dependencies(call, environment):
        return None
    if evaluate(variable, environment).rank != 1:
        return None
    return Inner(Derivative("nabla", (), call), variable)


def _held(node: Derivative, environment: Environment) -> tuple[Node, Environment]:
    r"""`\partial f(x, t) / \partial t` moves t where it is written, and not the x that depends on it."""
    call = applied(node.body, node.variables[-1], environment)
    names = {environment.named(variable) for variable in node.variables}
    if not isinstance(call, Call) or not any(argument in node.variables for argument in call.arguments):
        return node.body, environment
    held: dict[str, Array] = {}
    arguments = list(call.arguments)
    for place, argument in enumerate(arguments):
        if (
            argument not in node.variables
            and names & dependencies(argument, environment)
            and not isinstance(argument, Symbol)
        ):
            letter = Symbol(f"{HERE.name}_{{{place}}}")
            held[letter.name] = evaluate(argument, environment)
            arguments[place] = letter
    return (replace(call, arguments=tuple(arguments)), environment.at(held)) if held else (node.body, environment)


def _mover(variable: Node, environment: Environment) -> Mover:
    name = environment.named(variable)
    if name is None or not (isinstance(variable, Symbol) or (isinstance(variable, Index) and not variable.raised)):
        raise EvaluationError(f"`{to_latex(variable)}`: a derivative is taken with respect to a name")
    base = variable.base if isinstance(variable, Index) else variable
    point = evaluate(applied(base, None, environment), environment)
    if not isinstance(variable, Index):
        units = np.eye(int(np.prod(point.core, dtype=int))).reshape(-1, *point.core)
        return Mover(name, point, constant(1.0) if point.rank == 0 else Array(units, point.rank), point.core)
    if evaluate(variable, environment).rank:
        raise EvaluationError(f"`{to_latex(variable)}`: a derivative is taken with respect to a name or an entry")
    places = [number_of(index, environment) for index in variable.indices]
    return Mover(name, point, _unit(places, point.core, environment.firsts.get(name, 1)))


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


def _exact(body: Node, movers: list[Mover], environment: Environment) -> Array:
    """By the differential of the formula, once for each letter that moves. Errors: NoRule."""
    tree: Node | None = body
    inner = environment
    for place, mover in enumerate(movers):
        direction = Symbol(f"\\mathrm{{d}}{mover.name}_{{{len(environment.bound)},{place}}}")
        inner = _moving(mover, direction.name, inner)
        if tree is not None:
            tree = differential(tree, Towards(mover.name, direction, inner))
    value = evaluate(tree, inner) if tree is not None else mapped(lambda values: 0 * values, evaluate(body, inner))
    return _with_own_axes(value, [mover for mover in movers if mover.shape], environment)


def _moving(mover: Mover, direction: str, environment: Environment) -> Environment:
    """The environment where a letter stands at its point, and another for the direction that it moves in."""
    depth = environment.depth
    around = environment.at({mover.name: mover.point})
    around = replace(around, varied=around.varied | {mover.name})
    if not mover.shape:
        return around.at({direction: mover.direction})
    units = mover.direction.values
    return around.bind({direction: Array(units.reshape((1,) * depth + units.shape), len(mover.shape))})


def _with_own_axes(value: Array, movers: list[Mover], environment: Environment) -> Array:
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


@evaluate.register
def _(node: Directional, environment: Environment) -> Array:
    """A symmetric multilinear form, by polarisation: from derivatives along the sums and differences of directions."""
    function = environment.function_of(node.call)
    arguments = [number_of(argument, environment) for argument in node.call.arguments]
    directions = [number_of(direction, environment) for direction in node.directions]
    order = len(directions)
    if len({*node.places}) == 1 and all(direction.rank == 0 for direction in directions):
        unit = {node.places[0]: constant(1.0)}
        value, error = _along(function, arguments, unit, order, environment, node.logarithm)
        for direction in directions:
            size = direction.with_axes(environment.depth, value.rank)
            value, error = replace(value, values=value.values * size), error * np.abs(size)
        return _known_to(value, error, environment)
    if order > MOST_DIRECTIONS:
        raise EvaluationError("a derivative of this order by several letters is not evaluated")
    total, bound = None, np.asarray(0.0)
    for signs in product((1.0, -1.0), repeat=order - 1):
        towards: dict[int, Array] = {}
        for place, direction, sign in zip(node.places, directions, (1.0, *signs), strict=True):
            signed = replace(direction, values=sign * direction.values)
            towards[place] = _added(towards[place], signed, environment) if place in towards else signed
        value, error = _along(function, arguments, towards, order, environment, node.logarithm)
        share = np.prod(signs) / (factorial(order) * 2 ** (order - 1))
        part = replace(value, values=share * value.values)
        total = part if total is None else _added(total, part, environment)
        bound = bound + np.abs(share) * error
    assert total is not None
    return _known_to(total, bound, environment)


def _added(left: Array, right: Array, environment: Environment) -> Array:
    if left.core != right.core:
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} and {shape_of(right)}")
    return Array(left.with_axes(environment.depth) + right.with_axes(environment.depth), left.rank)


def _along(
    function: Function,
    arguments: list[Array],
    towards: dict[int, Array],
    order: int,
    environment: Environment,
    logarithm: bool,
) -> tuple[Array, Numbers]:
    """The derivative of an author's function where some of its arguments move, and its error."""
    depth = environment.depth
    starts = [np.expand_dims(argument.with_axes(depth), depth) for argument in arguments]
    ways = {place: np.expand_dims(direction.with_axes(depth), depth) for place, direction in towards.items()}
    ranks = [argument.rank for argument in arguments]
    if any(towards[place].core != arguments[place].core for place in towards):
        raise EvaluationError("a direction has another shape than what moves")
    rank = 0

    def line(places: Numbers) -> Numbers:
        nonlocal rank
        moved = list(starts)
        for place, way in ways.items():
            along = places.reshape((1,) * depth + (-1,) + (1,) * ranks[place])
            moved[place] = starts[place] + along * way
        values = [Array(value, own) for value, own in zip(moved, ranks, strict=True)]
        result = value_at(function, values, environment, logarithm)
        rank = result.rank
        full = result.with_axes(depth + 1)
        full = np.broadcast_to(full, (*full.shape[:depth], len(places), *full.shape[depth + 1 :]))
        return np.moveaxis(full, depth, 0)

    value, error = derivative(line, order, _scale(arguments, towards), is_analytic=not gives_law(function))
    return Array(value, rank), error


def _scale(arguments: list[Array], towards: dict[int, Array]) -> float:
    """How far a line may be followed: as far as what moves is large, or 1."""
    size = max(float(np.abs(arguments[place].values).max(initial=0.0)) for place in towards)
    speed = max(float(np.abs(direction.values).max(initial=0.0)) for direction in towards.values())
    return max(1.0, size) / (speed or 1.0)


def _known_to(value: Array, error: Numbers, environment: Environment) -> Array:
    """A value with its error: as balls, or where the coarser of two resolutions is off by it."""
    if environment.in_balls:
        environment.trace.note_rounded(value.values)
        return replace(value, values=balls.within(value.values, error))
    if np.all(error <= ACCURATE * np.abs(value.values).max(initial=1.0)):
        return value
    environment.trace.methods.add("difference quotients")
    return value if environment.fine else replace(value, values=value.values + error)


def _by_quotients(node: Derivative, mover: Mover, environment: Environment) -> Array:
    """Central differences; in balls the step is beyond all rounding, unless a value is known to float64 only."""
    rest = replace(node, variables=node.variables[1:]) if len(node.variables) > 1 else node.body
    direction = Symbol(f"\\mathrm{{d}}{mover.name}_{{{len(environment.bound)}}}")
    point = mapped(balls.midpoints, mover.point) if mover.point.in_balls else mover.point
    inner = _moving(replace(mover, point=point), direction.name, environment)
    value = _difference(rest, replace(mover, point=point), inner.bound[direction.name], inner)
    return _with_own_axes(value, [mover] if mover.shape else [], environment)


def _difference(body: Node, mover: Mover, direction: Array, environment: Environment) -> Array:
    step = STENCIL_STEP * max(1.0, float(np.abs(rounded(mover.point).values).max()))
    if not mover.point.in_balls:
        return _difference_quotient(body, mover, direction, step, environment)
    exact = _difference_quotient(body, mover, direction, balls.at_points(balls.smallest_step()), environment)
    if balls.are_tight(exact.values):
        return exact
    return _difference_quotient(body, mover, direction, balls.at_points(step), environment)


def _difference_quotient(body: Node, mover: Mover, direction: Array, length: Any, environment: Environment) -> Array:
    offsets, numerators, denominator = STENCILS[environment.fine]
    depth = environment.depth
    along = (np.array(offsets) * length).reshape((1,) * depth + (-1,) + (1,) * mover.point.rank)
    start, towards = (np.expand_dims(array.with_axes(depth), depth) for array in (mover.point, direction))
    inner = environment.bind({mover.name: Array(start + along * towards, mover.point.rank)})
    inner = replace(inner, varied=inner.varied | {mover.name})
    weights = Array((np.array(numerators) / (denominator * length)).reshape((1,) * depth + (-1,)), 0)
    return weighted_sum(weights, evaluate(body, inner), inner)
