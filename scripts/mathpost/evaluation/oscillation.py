"""Integrals to infinity of what oscillates there, whether they converge absolutely or not.

The integrand is cut off smoothly at several distances, where it oscillates what lies beyond then counts for next to
nothing (Abel summation, by the error function in place of an exponential), and the rest is extrapolated over powers
of the distance (Richardson). That the integral converges is shown without any cut: the integrals up to all places
between a distance and twice that lie the closer together the farther it is (Cauchy's criterion), by a power of it, and
the value lies where they lead to. What settles in no such way, as that of a sine, has no integral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy import special

from mathpost.evaluation import balls
from mathpost.evaluation.binding import along_new_axis, calls_author
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.pieces import turning
from mathpost.evaluation.quadrature import interval_rule
from mathpost.evaluation.values import Numbers, rounded
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree.nodes import Node

MANY_TURNS = 12
MATTERING, FAR_OUT = 1e-7, 1e-3
LEAST_TURN = 1e-4
SCAN = 800
FINE_SCAN = 4_000
FIRST_REACH, FARTHEST_REACH = 2.0**-8, 2.0**24
SCAN_TURNS, WANTED_TURNS, MOST_TURNS = 60, 400, 1_300
PANELS = 2_000
NODES = 16
HALVINGS = 4
LEAST_POWER = 0.3
ROUNDING = 1e-13
STEEPNESS = (6.0, 7.0)
CONDITIONAL = "an integral converges conditionally: it was cut off smoothly, ever farther away"
UNSETTLED = (
    "an integral does not converge, or too slowly to be told: what stands under it oscillates, and its integrals up to "
    "greater and greater places do not settle; waive the claim with a reason, or cut the range"
)


class Integrand(Protocol):
    """The values at some distances from where a range begins; exactly where float64 may lose what cancels."""

    def __call__(self, distances: Numbers, *, exactly: bool = False) -> Numbers: ...


@dataclass(frozen=True)
class Found:
    """The value of an integral, what it may be wrong by, and the size of what was added up."""

    value: float
    error: float
    size: float
    conditional: bool


def oscillates(name: str, ends: tuple[float, float], body: Node, environment: Environment) -> bool:
    """Whether a body turns often where it counts on an infinite range."""
    rule = interval_rule(*ends, 0.0, 1.0, True)
    inner = environment.bind({name: along_new_axis(rule.points, environment)})
    with np.errstate(all="ignore"):
        value = evaluate(body, inner)
        if value.rank or value.in_balls:
            return False
        values = np.moveaxis(value.with_axes(inner.depth), inner.depth - 1, -1)
        terms = np.nan_to_num(np.abs(values * rule.weights), posinf=0.0)
    if values.shape[-1] < len(rule.points):
        return False
    sizes = np.nan_to_num(np.abs(values), posinf=0.0)
    counting = terms > MATTERING * terms.max(axis=-1, keepdims=True)
    counting |= sizes > FAR_OUT * sizes.max(axis=-1, keepdims=True)
    turns = turning(np.where(counting, np.nan_to_num(values.real, posinf=0.0, neginf=0.0), 0.0))
    return int((turns & counting[..., 1:-1]).sum(axis=-1).max(initial=0)) > MANY_TURNS


def integral_to_infinity(name: str, ends: tuple[float, float], body: Node, environment: Environment) -> Found | None:
    """The integral over a range without an end, or without two; None where nothing oscillates far out.

    Errors: EvaluationError where it does not converge.
    """

    def integrand(start: float, side: int) -> Integrand:
        def at(distances: Numbers, *, exactly: bool = False) -> Numbers:
            within = replace(environment, in_balls=exactly and not calls_author(body, environment))
            places = balls.at_points(distances) if within.in_balls else distances
            inner = within.bind({name: along_new_axis(start + side * places, within)})
            with np.errstate(all="ignore"), balls.precision(balls.BITS):
                values = rounded(evaluate(body, inner)).values.reshape(-1)
            return np.asarray(np.broadcast_to(values, distances.shape))

        return at

    lower, upper = ends
    middle = upper if np.isfinite(upper) else lower if np.isfinite(lower) else 0.0
    halves = [integrand(middle, side) for side, end in ((-1, lower), (1, upper)) if np.isinf(end)]
    reaches = [_reach(half) for half in halves]
    if any(reach is None for reach in reaches):
        return None
    found = [_on_half(half, reach, environment.fine) for half, reach in zip(halves, reaches, strict=True) if reach]
    return Found(
        sum(part.value for part in found),
        sum(part.error for part in found),
        sum(part.size for part in found),
        any(part.conditional for part in found),
    )


def _turns(values: Numbers) -> int:
    """How often values turn by more than rounding would make of what cancels."""
    near = np.abs(values)
    near = np.maximum(np.maximum(near[:-2], near[1:-1]), near[2:])
    steps = np.abs(np.diff(values))
    clear = np.maximum(steps[:-1], steps[1:]) > LEAST_TURN * near
    return int((turning(values, noise=0.0) & clear).sum())


def _reach(integrand: Integrand) -> float | None:
    """How far an integrand is followed: where it has turned often, and is still seen to, or has vanished.

    None where it turns rarely.
    """
    reach, count, wanted, turns = FIRST_REACH, SCAN, SCAN_TURNS, 0
    while turns < WANTED_TURNS and reach <= FARTHEST_REACH:
        values = np.nan_to_num(integrand(reach * np.arange(1, count + 1) / count))
        turns = _turns(values)
        if turns >= SCAN_TURNS and not values[-count // 10 :].any():
            return reach
        if turns >= wanted:
            count, wanted = FINE_SCAN, WANTED_TURNS
        reach *= 2 if count == SCAN else 2**0.5
    if turns > MOST_TURNS:
        raise EvaluationError(UNSETTLED)
    return reach / 2**0.5 if turns >= WANTED_TURNS else None


def _on_half(integrand: Integrand, reach: float, fine: bool) -> Found:
    width = reach / PANELS
    first = interval_rule(0.0, width, 0.0, 1.0, fine)
    nodes, weights = np.polynomial.legendre.leggauss(NODES if fine else NODES - 4)
    distances = (width * (np.arange(1, PANELS)[:, None] + (nodes + 1) / 2)).reshape(-1)
    steps = np.tile(width * weights / 2, PANELS - 1)
    places = np.concatenate([first.points, distances])
    values = np.concatenate([integrand(first.points, exactly=True), integrand(distances)])
    terms = np.concatenate([first.weights, steps]) * values
    if not np.all(np.isfinite(terms)) or np.iscomplexobj(terms):
        raise EvaluationError(UNSETTLED)
    in_panels = np.add.reduceat(terms, [0, *(len(first.points) + len(nodes) * np.arange(PANELS - 1))])
    sizes = np.add.reduceat(np.abs(terms), [0, *(len(first.points) + len(nodes) * np.arange(PANELS - 1))])
    known = [_extrapolated(places, terms, reach, steepness) for steepness in STEEPNESS]
    (value, error), (other, _) = known
    _require_convergence(np.cumsum(in_panels), value)
    size = max(float(np.abs(np.cumsum(in_panels)).max()), abs(value))
    error += abs(value - other) + ROUNDING * size
    return Found(value, error, size, conditional=_power(_octaves(sizes, np.sum)) < LEAST_POWER)


def _extrapolated(places: Numbers, terms: Numbers, reach: float, steepness: float) -> tuple[float, float]:
    """Richardson's tableau of the integrals that are cut off at a distance, at half of it, and so on."""
    before: list[float] = []
    best, error = 0.0, np.inf
    for halving in reversed(range(HALVINGS)):
        cut = reach / 2**halving
        row = [float(np.sum(terms * special.erfc(steepness * (2 * places / cut - 1)) / 2))]
        for power in range(1, len(before) + 1):
            row.append(row[-1] + (row[-1] - before[power - 1]) / (2.0**power - 1))
        for place in range(1, len(row)):
            known = max(abs(row[place] - row[place - 1]), abs(row[place - 1] - before[place - 1]))
            if known < error:
                best, error = row[place], known
        before = row
    return best, error


def _octaves(values: Numbers, of: Callable[[Numbers], float]) -> list[float]:
    """What is told of the panels of each of the last octaves, the farthest last."""
    edges = [len(values) // 2**step for step in range(HALVINGS, -1, -1)]
    return [float(of(values[low:high])) for low, high in pairwise(edges)]


def _power(values: list[float]) -> float:
    """With which power of the distance something falls off from octave to octave."""
    if values[-1] <= 1e-14 * max(values[0], 1e-300):
        return np.inf
    return float(np.log2(values[0] / values[-1]) / (len(values) - 1))


def _require_convergence(integrals: Numbers, value: float) -> None:
    """Errors: EvaluationError where integrals up to far places do not come together, or not at the value."""
    spreads = _octaves(integrals, np.ptp)
    power = _power(spreads)
    floor = 1e-13 * float(np.abs(integrals).max())
    if power < LEAST_POWER and max(spreads) > floor:
        raise EvaluationError(UNSETTLED)
    beyond = spreads[-1] / (2**power - 1) if power > 0 else 0.0
    last = integrals[len(integrals) // 2 :]
    if not last.min() - 2 * beyond - floor <= value <= last.max() + 2 * beyond + floor:
        raise EvaluationError(UNSETTLED)
