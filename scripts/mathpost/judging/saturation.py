"""Values at which a function of the author has run into the end of float64: `F(40) = 1` for a normal law.

A distribution function comes nearer to 1 than float64 can tell, and returns 1; so does one that is 1, such as that of a
uniform law beyond its end. The two are told apart by the way there: a function that reaches its value comes near to it
within a short last stretch, one that saturates needs about as long for each further digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mathpost.evaluation import Environment
from mathpost.evaluation.calling import gives_law, value_at
from mathpost.evaluation.environment import Function
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.values import Array, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import children
from mathpost.latex.tree.nodes import BigOperator, Call, Derivative, Integral, Limit, Moment, Node

ENDS = (-1.0, 1.0)
BESIDE = 1e-13
NEAR = 1e-8
AWAY = 1e-4
LONG_WAY = 0.35
BISECTIONS = 50
REACH = 2.0 ** np.arange(-6, 12)
MOST_PLACES = 4
SATURATED = (
    "{shown} is {value:.17g} in float64, whose end a function of yours comes near to at {place:.4g}: it cannot be told "
    "from what is a little less; bind a function of the distance, such as `1 - F`, to one that keeps its digits"
)


def refuse_saturated(sides: tuple[Node, ...], environment: Environment) -> None:
    """Errors: EvaluationError for an equality with a value of the author's that float64 has cut off."""
    for call in (call for side in sides for call in _calls(side)):
        functions = environment.functions.get(environment.named(call.function) or "", ())
        if (
            len(functions) != 1
            or len(call.arguments) != 1
            or gives_law(functions[0])
            or not callable(functions[0].value)
        ):
            continue
        argument = evaluate(call.arguments[0], environment)
        if argument.rank or argument.in_balls:
            continue
        values = value_at(functions[0], [argument], environment, False)
        if values.rank == 0:
            _refuse_cut_off(call, functions[0], argument, values, environment)


def _calls(node: Node) -> Iterator[Call]:
    """The calls that stand under no operator: what these add up is not at the end of anything."""
    if isinstance(node, BigOperator | Integral | Moment | Limit | Derivative):
        return
    if isinstance(node, Call):
        yield node
    for child in children(node):
        yield from _calls(child)


def _refuse_cut_off(call: Call, function: Function, argument: Array, values: Array, environment: Environment) -> None:
    def at(place: float) -> float:
        return float(value_at(function, [constant(place)], environment, False).values)

    points, found = np.broadcast_arrays(argument.values, values.values)
    for end in ENDS:
        beside = np.flatnonzero(np.abs(found.ravel() - end) <= BESIDE)
        for place in points.ravel()[beside[:MOST_PLACES]]:
            if _saturates(at, float(place), end):
                raise EvaluationError(SATURATED.format(shown=f"`{to_latex(call)}`", value=end, place=place))


def _saturates(function: Callable[[float], float], place: float, end: float) -> bool:
    """Whether a function that has an end as its value comes near to it by and by, on one side of a place."""
    size = max(1.0, abs(place))
    for side in (-1.0, 1.0):

        def apart(distance: float, side: float = side) -> float:
            try:
                found = abs(function(place + side * distance) - end)
            except EvaluationError:
                return np.nan
            return found

        far = next((float(reach) for reach in size * REACH if apart(float(reach)) > AWAY), None)
        if far is None or apart(size * REACH[0] / 64) > BESIDE:
            continue
        last, near, first = (_first_beyond(apart, far, level) for level in (BESIDE, NEAR, AWAY))
        if first > last and (near - last) / (first - last) > LONG_WAY:
            return True
    return False


def _first_beyond(apart: Callable[[float], float], far: float, level: float) -> float:
    """How far away a function is by more than a level apart from its end, by bisection."""
    low, high = 0.0, far
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if apart(middle) > level else (middle, high)
    return high
