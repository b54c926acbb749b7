"""The points of an integral over an interval: one rule, or several where the integrand must be cut.

It is cut at its kinks and jumps, at peaks that the points of one rule would miss, at the ends of the supports of laws,
and into pieces with few turns where it oscillates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import Weights, along_new_axis, constants_of, laws_of, log_size
from mathpost.evaluation.domains import Box
from mathpost.evaluation.environment import MOST_POINTS, Environment, Trace
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.kinks import breaks_of, kinks_of
from mathpost.evaluation.laws import interval_of, is_discrete
from mathpost.evaluation.mass import breaks_at_peaks
from mathpost.evaluation.quadrature import Rule, box_rule, ends_rule, interval_rule, split_rule
from mathpost.evaluation.values import Array, Numbers, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binder, Node, Symbol

GRID = 400
TURNS_SEEN = 8
SCAN = 240
DENSE_SCAN = 4_000
LEAST_SCANNED = 6
MOST_PEAKS = 4


@dataclass(frozen=True)
class Stretch:
    """Where an integral runs, with what is known of its integrand: `ends` are numbers, or arrays of shape batch + (1,);
    `centre` and `scale` place the points of an infinite one, `supports` are ends of the laws in it."""

    ends: tuple[Numbers, Numbers]
    centre: float = 0.0
    scale: float = 1.0
    supports: tuple[float, ...] = ()

    @property
    def is_single(self) -> bool:
        return self.ends[0].size == self.ends[1].size == 1

    @property
    def only_ends(self) -> tuple[float, float]:
        return float(self.ends[0].item()), float(self.ends[1].item())


def bind_integral(name: str, box: Box | None, body: Node, environment: Environment) -> tuple[Environment, Weights]:
    """Bind an integration variable to the points of a quadrature rule over a box, or over the supports of the laws
    called in the body where no domain is written."""
    laws = list(laws_of(name, body, environment))
    for law in laws:
        if is_discrete(law.value):
            raise EvaluationError(f"`{law}` is discrete: it has no density to integrate; write a sum")
    places = [interval_of(law.value) for law in laws if hasattr(law.value, "support")]
    centre = float(np.mean([place[2] for place in places])) if places else 0.0
    scale = float(np.max([place[3] for place in places])) if places else 1.0
    if box is None:
        ends = (min(place[0] for place in places), max(place[1] for place in places)) if places else (-np.inf, np.inf)
        box = Box(*ends)
    if box.lower.ndim:
        rule = box_rule(box.lower, box.upper, centre, scale, environment.fine)
        return _bound(name, rule, environment)
    supports = tuple(end for place in places for end in place[:2] if box.lower < end < box.upper)
    return bind_stretch(name, Stretch((box.lower, box.upper), centre, scale, supports), body, environment)


def bind_varying_interval(
    name: str, lower: Array, upper: Array, body: Node, environment: Environment
) -> tuple[Environment, Weights]:
    """Bind an integration variable between bounds that depend on other variables."""
    ends = tuple(end.with_axes(environment.depth)[..., None] for end in (lower, upper))
    if not all(np.all(np.isfinite(end)) for end in ends):
        raise EvaluationError("bounds of an integral that depend on a variable must be finite")
    return bind_stretch(name, Stretch((ends[0], ends[1])), body, environment)


def bind_stretch(name: str, stretch: Stretch, body: Node, environment: Environment) -> tuple[Environment, Weights]:
    breaks = _breaks(name, stretch, body, environment)
    if breaks.shape[-1]:
        rule = split_rule(*stretch.ends, breaks, stretch.centre, stretch.scale, environment.fine)
    elif stretch.is_single:
        rule = interval_rule(*stretch.only_ends, stretch.centre, stretch.scale, environment.fine)
    else:
        rule = split_rule(*stretch.ends, breaks, stretch.centre, stretch.scale, environment.fine)
    return _bound(name, rule, environment)


def bind_exactly(name: str, box: Box, environment: Environment) -> tuple[Environment, Weights]:
    """Bind an integration variable to balls, which lie nearer to the ends of a finite range than float64 can tell.

    A root of what is left to an end, as in $1 / \\sqrt{1 - x}$, still has a millionth of its mass there.
    """
    rule, distances = ends_rule(float(box.lower), float(box.upper), environment.fine)
    environment.trace.methods.add(rule.method)
    from_below, ends = rule.points <= 0, (balls.at_points(box.lower), balls.at_points(box.upper))
    points = np.where(from_below, ends[0] + balls.at_points(distances), ends[1] - balls.at_points(distances))
    inner = replace(environment, in_balls=True)
    return inner.bind({name: along_new_axis(points, inner)}), Weights.of(rule, inner)


def _bound(name: str, rule: Rule, environment: Environment) -> tuple[Environment, Weights]:
    environment.trace.methods.add(rule.method)
    batched = rule.weights.ndim > 1
    points = Array(rule.points, 0) if batched else along_new_axis(rule.points, environment)
    return environment.bind({name: points}), Weights.of(rule, environment)


def _breaks(name: str, stretch: Stretch, body: Node, environment: Environment) -> Numbers:
    """Where to cut, of shape (K,) or batch + (K,)."""
    found = [np.array(stretch.supports)]
    if stretch.is_single:
        found.extend(np.array(_searched(name, stretch, body, here)) for here in _representatives(body, environment))
    fixed = np.unique(np.concatenate(found))
    kinks = kinks_of(name, (body,), tuple(_bound_inside(body, environment)), environment)
    if not kinks:
        return fixed
    within = replace(environment, in_balls=False, trace=Trace())
    places = breaks_of(name, kinks, _grid(stretch, environment.depth), within)
    places = places[..., np.any(np.isfinite(places), axis=tuple(range(places.ndim - 1)))]
    if places.size == places.shape[-1]:
        return np.unique(np.concatenate([fixed, places.reshape(-1)]))
    return np.concatenate([np.broadcast_to(fixed, (*places.shape[:-1], len(fixed))), places], axis=-1)


def _bound_inside(body: Node, environment: Environment) -> Iterator[str]:
    """The letters of operators in a body, whose kinks are another matter."""
    for node in walk(body):
        if isinstance(node, Binder):
            yield from (environment.key(variable) for variable in node.variables if isinstance(variable, Symbol))


def _grid(stretch: Stretch, depth: int) -> Numbers:
    """Increasing points between which kinks are sought, of shape batch + (N,)."""
    if not stretch.is_single:
        lower, upper = stretch.ends
        shares = np.concatenate([[0.0], interval_rule(0.0, 1.0, 0.0, 1.0, False).points, np.linspace(0, 1, GRID)])
        return np.sort(lower + (upper - lower) * np.unique(shares), axis=-1)
    ends = stretch.only_ends
    points = interval_rule(*ends, stretch.centre, stretch.scale, True).points
    if np.all(np.isfinite(ends)):
        points = np.concatenate([points, np.linspace(*ends, GRID + 2)[1:-1]])
    return np.unique(points).reshape((1,) * depth + (-1,))


def _representatives(body: Node, environment: Environment) -> Iterator[Environment]:
    """Where the integral is to be searched that others run around: at their peaks, or in their middle."""
    if environment.points == 1:
        yield environment
        return
    spoken = {environment.key(part) for part in walk(body) if isinstance(part, Symbol)}
    around = [name for name in environment.bound if environment.is_captured(name) and name in spoken]
    places = [_peaks_of(name, environment)[:MOST_PEAKS] for name in around]
    if not around or any(environment.bound[name].rank or environment.bound[name].in_balls for name in around):
        return
    for chosen in islice(product(*places), MOST_PEAKS**2):
        values = {name: constant(place) for name, place in zip(around, chosen, strict=True)}
        yield replace(environment.at(values), points=1)


def _peaks_of(name: str, environment: Environment) -> list[float]:
    """Where the integral over a letter was cut, and the middle of its points."""
    values = environment.bound[name].values
    known = [place for key, found in environment.peaks.items() if key[0] == name for place in found]
    return [float(np.median(values)), *known]


def _searched(name: str, stretch: Stretch, body: Node, environment: Environment) -> list[float]:
    """Where an integral must be cut, so that no peak of its body lies between the points of the rule."""
    ends = stretch.only_ends
    bound = tuple((other, array.values.tobytes()) for other, array in environment.bound.items() if not array.in_balls)
    key = (name, body, *ends, bound)
    if key not in environment.peaks:
        within = replace(environment, in_balls=False, fine=True, trace=Trace(), most_points=MOST_POINTS)

        def size_at(points: Numbers) -> Numbers:
            inner = within.bind({name: along_new_axis(points, within)})
            return log_size(body, inner, len(points), evaluate)

        nodes = interval_rule(*ends, stretch.centre, stretch.scale, True).points
        constants = constants_of(name, body, within, evaluate)
        breaks = breaks_at_peaks(size_at, nodes, ends, constants)
        environment.peaks[key] = [*breaks, *_between_turns(name, ends, body, within)]
    return environment.peaks[key]


def _between_turns(name: str, ends: tuple[float, float], body: Node, environment: Environment) -> Iterator[float]:
    """Cuts that leave few turns in each piece of a finite range on which the body oscillates."""
    if not np.all(np.isfinite(ends)):
        return
    turns = most_turns(name, np.linspace(*ends, SCAN + 2)[1:-1], body, environment)
    if turns > TURNS_SEEN:
        turns = most_turns(name, np.linspace(*ends, DENSE_SCAN + 2)[1:-1], body, environment)
        if turns < DENSE_SCAN / LEAST_SCANNED:
            yield from map(float, np.linspace(*ends, int(turns / TURNS_SEEN) + 2)[1:-1])


def most_turns(name: str, points: Numbers, body: Node, environment: Environment) -> int:
    """How often a body turns along some points, at most over all else that it depends on."""
    inner = environment.bind({name: along_new_axis(points, environment)})
    with np.errstate(all="ignore"):
        values = np.moveaxis(evaluate(body, inner).with_axes(inner.depth), inner.depth - 1, -1)
    if values.shape[-1] < len(points):
        return 0
    return int(turning(values).sum(axis=-1).max(initial=0))


def turning(values: Numbers, noise: float = 1e-12) -> Numbers:
    """At which points of the last axis, but the first and the last, values turn by more than rounding."""
    steps = np.diff(values.real)
    noise = noise * np.abs(values).max(axis=-1, keepdims=True, initial=0.0, where=np.isfinite(values))
    steps = np.where(np.abs(steps) > noise, steps, 0.0)
    return np.asarray(steps[..., 1:] * steps[..., :-1] < 0)
