"""Where an integrand over one random variable jumps or has a kink: at the ends of events, of |·| and of `max`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from mathpost.evaluation.environment import PROBABILITIES, Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.values import Array, Numbers
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Call,
    Cases,
    Fenced,
    Indicator,
    Interval,
    Node,
    Relation,
    Sequence,
    SetOf,
    Symbol,
)
from mathpost.latex.tree.spelling import head_of

HALVINGS = 200
ACCURACY = 4e-16


def kinks_of(name: str, bodies: tuple[Node, ...], later: tuple[str, ...], environment: Environment) -> list[Node]:
    """What is zero where a formula has a kink or jumps as the variable of that name grows, whatever is bound later."""
    found = [kink for body in bodies for node in _opened(body, environment) for kink in _kinks_at(node)]
    return [
        kink
        for kink in dict.fromkeys(found)
        if speaks_of(name, kink, environment) and not any(speaks_of(other, kink, environment) for other in later)
    ]


def _opened(body: Node, environment: Environment) -> Iterator[Node]:
    """The parts of a formula, those of what the text defines included."""
    seen = set[str]()
    waiting = [body]
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            name = environment.key(node) if isinstance(node, Symbol) else ""
            if name in environment.definitions and name not in seen:
                seen.add(name)
                waiting.append(environment.definitions[name].body)


def _kinks_at(node: Node) -> Iterator[Node]:
    match node:
        case Indicator(condition=condition):
            yield from _ends_of(condition)
        case Call(function=Symbol(name=name), arguments=parts) if head_of(name) in PROBABILITIES:
            yield from (end for part in parts for end in _ends_of(part))
        case Cases(branches=branches):
            yield from (end for _, condition in branches if condition is not None for end in _ends_of(condition))
        case Fenced(kind="abs"):
            yield node.operand
        case Apply(function="sgn" | "sign"):
            yield node.argument
        case Apply(function="max" | "min", argument=Sequence(elements=elements) | SetOf(elements=elements)):
            for left, right in combinations(elements, 2):
                yield Binary("-", left, right)


def _ends_of(condition: Node) -> Iterator[Node]:
    for node in walk(condition):
        match node:
            case Relation(operator="\\in" | "\\notin", left=left, right=Interval(lower=lower, upper=upper)):
                yield Binary("-", left, lower)
                yield Binary("-", left, upper)
            case Relation(operator="<" | ">" | "\\leq" | "\\geq", left=left, right=right):
                yield Binary("-", left, right)


def speaks_of(name: str, node: Node, environment: Environment) -> bool:
    return any(isinstance(part, Symbol) and environment.key(part) == name for part in _opened(node, environment))


def breaks_of(
    name: str,
    kinks: list[Node],
    grid: Numbers,
    environment: Environment,
    follow: Callable[[Node, Environment], Environment] = lambda _, inner: inner,
) -> Numbers:
    """Where the kinks lie, at each point of the batch: of shape batch + (places,), filled up with NaN.

    `grid` holds increasing points, of shape batch + (N,), between which a sign that changes is sought; `follow` binds
    what is a function of the variable.
    """
    places = [_zeros_once(name, kink, grid, environment, follow) for kink in kinks]
    batch = np.broadcast_shapes(*(found.shape[:-1] for found in places))
    return np.concatenate([np.broadcast_to(found, batch + found.shape[-1:]) for found in places], axis=-1)


def _zeros_once(
    name: str,
    kink: Node,
    grid: Numbers,
    environment: Environment,
    follow: Callable[[Node, Environment], Environment],
) -> Numbers:
    """The zeros of a kink, which floats and balls, and several terms of a claim, ask for alike."""
    bound = tuple((other, array.values.tobytes()) for other, array in environment.bound.items() if not array.in_balls)
    key = (name, kink, grid.tobytes(), environment.depth, environment.dependence, bound)
    if key not in environment.kinks:
        environment.kinks[key] = _zeros(name, kink, grid, environment, follow)
    return environment.kinks[key]


def _zeros(
    name: str,
    kink: Node,
    grid: Numbers,
    environment: Environment,
    follow: Callable[[Node, Environment], Environment],
) -> Numbers:
    def at(points: Numbers) -> Numbers:
        with np.errstate(all="ignore"):
            value = number_of(kink, follow(kink, environment.bind({name: Array(points, 0)})))
        return value.with_axes(environment.depth + 1)

    above = at(grid) > 0
    points = np.broadcast_to(grid, above.shape[:-1] + grid.shape[-1:])
    above = np.broadcast_to(above, points.shape)
    changed = above[..., 1:] != above[..., :-1]
    count = int(changed.sum(axis=-1).max(initial=0))
    first = np.argsort(~changed, axis=-1, kind="stable")[..., :count]
    low, high = (np.take_along_axis(side, first, axis=-1) for side in (points[..., :-1], points[..., 1:]))
    rising = np.take_along_axis(above[..., 1:], first, axis=-1)
    for _ in range(HALVINGS if count else 0):
        middle = low + (high - low) / 2
        right = (at(middle) > 0) == rising
        low, high = np.where(right, low, middle), np.where(right, middle, high)
        if np.all(high - low <= ACCURACY * np.maximum(np.abs(low), np.abs(high)) + 1e-300):
            break
    return np.where(np.take_along_axis(changed, first, axis=-1), high, np.nan)
