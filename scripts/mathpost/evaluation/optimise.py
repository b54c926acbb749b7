r"""Where an objective is largest or smallest: the value of `\arg\max` and `\arg\min`.

The objective is tried on a whole domain at once. From its peaks, Newton steps with difference quotients lead to the
optima; their rounding error and the curvature tell how well a place is known. Where the steps lead nowhere, SciPy's
L-BFGS-B improves the start, and a search by halving steps ends at a kink. An objective that is flat, not a number, or
best at the edge of its domain has no optimum to compare.

The objectives of a chain of claims are mostly best at one place. So a place where another one was best takes the part
of the start beside it, if it is better: it still must be stationary, and better than all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

import numpy as np
from scipy import optimize, spatial

from mathpost.evaluation.binding import along_new_axis, constants_of, require_used
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import NEVER, Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import BigOperator, Call, Index, Integral, Moment

STARTS = 64
PROMISING_STARTS = 8
IMPROVED_STARTS = 3
PATH_POINTS = 9
EDGE = 1e-6
FLAT = 1e-10
STEP = 4e-3
NARROWER_STEPS = (1e-4, 1e-5, 1e-6)
DENSE_STARTS = 20_000
NEWTON_STEPS = 12
CONVERGED = 1e-8
ROUGHLY_CONVERGED = 1e-3
SURE = 1e-11
MOST_KNOWN = 4
LONGEST_MOVE = 0.1
PLATEAU = "the objective is flat around its best point, so the place is not determined"
NOISE = 64 * np.finfo(float).eps

Objective: TypeAlias = Callable[[Numbers], Numbers]


@dataclass(frozen=True, eq=False)
class Optimum:
    """`places` has shape (k, n), the k best points; `tolerance` (n,) says how well they are known; `step` is that of
    the difference quotients which found the first."""

    places: Numbers
    tolerance: Numbers
    scalar: bool
    step: float = STEP


@dataclass(frozen=True, eq=False)
class Start:
    """A place in shares of the box, and the step of the difference quotients there."""

    place: Numbers
    step: float = STEP


def is_arg(node: object) -> TypeGuard[BigOperator]:
    return isinstance(node, BigOperator) and node.operator in ("argmax", "argmin")


def objective_of(node: BigOperator, environment: Environment) -> tuple[Objective, Variable, bool]:
    """The function that `\\arg\\max` makes as large as it can, of points of shape (N, n); its variable; is it scalar.

    For `\\arg\\min` the sign is turned. Errors: EvaluationError if the variable has no declared domain.
    """
    name, variable = _searched(node, environment)
    scalar = variable.domain.lower.ndim == 0 if isinstance(variable.domain, Box) else variable.domain[0].ndim == 0
    return objective_over(name, 1.0 if node.operator == "argmax" else -1.0, node, scalar, environment), variable, scalar


def objective_over(name: str, sign: float, node: BigOperator, scalar: bool, environment: Environment) -> Objective:
    """The body of an operator as a function of points of shape (N, n), times a sign."""

    def objective(points: Numbers) -> Numbers:
        environment.trace.objective += len(points)
        values = along_new_axis(points[:, 0] if scalar else points, environment)
        with np.errstate(all="ignore"):
            result = evaluate(node.body, environment.bind({name: values}))
        signed: Numbers = sign * _one_number_each(result, environment.depth, len(points), node)
        return signed

    return objective


def _searched(node: BigOperator, environment: Environment) -> tuple[str, Variable]:
    require_used(node, ("variables", "domain"))
    names = [environment.named(variable) for variable in node.binder.variables]
    if len(names) != 1 or names[0] is None:
        raise EvaluationError(f"`{to_latex(node)}` does not say over which variable: write one below it")
    where = node.binder.domain
    declared = environment.symbols.get(environment.named(where) or "" if where else names[0])
    variable = Variable(declared) if isinstance(declared, Box) else declared
    if not isinstance(variable, Variable):
        raise EvaluationError(f"`{names[0]}` has no domain to search: bind it to Variable(Box(lower, upper))")
    return names[0], variable


def _one_number_each(result: Array, depth: int, count: int, node: BigOperator) -> Numbers:
    if result.rank != 0:
        raise EvaluationError(f"the objective of `{to_latex(node)}` is not a number")
    values = result.with_axes(depth + 1)
    if any(length != 1 for length in values.shape[:depth]):
        raise EvaluationError(f"the objective of `{to_latex(node)}` depends on a free variable or index")
    return np.broadcast_to(values.reshape(-1), (count,))


def optimum(node: BigOperator, environment: Environment) -> Optimum:
    """All places where the objective is best. Errors: EvaluationError where there is none to speak of."""
    objective, variable, scalar = objective_of(node, environment)
    if not isinstance(variable.domain, Box):
        return _best_of_finite(objective, np.stack(variable.domain).reshape(len(variable.domain), -1), scalar)
    lower, width = _corner_and_width(variable.domain)
    if not np.all(np.isfinite(width)):
        raise EvaluationError(f"`{to_latex(node)}`: an infinite box cannot be searched; give finite bounds")
    overlooked = (_overlooked(node, environment) - lower) / width if len(lower) == 1 else np.empty((0, len(lower)))
    known = environment.optima.setdefault((lower.tobytes(), width.tobytes()), [])
    winners = _search(lambda shares: objective(lower + shares * width), len(lower), overlooked, known)
    _remember(winners[0].start, known)
    places, tolerance = _distinct(winners)
    return Optimum(lower + places * width, tolerance * width, scalar, winners[0].start.step)


def _overlooked(node: BigOperator, environment: Environment) -> Numbers:
    """Where a peak may lie that is too narrow for the starts: at the constants of the objective, and on a dense grid
    where that is cheap."""
    name, variable = _searched(node, environment)
    assert isinstance(variable.domain, Box)
    low, high = float(variable.domain.lower), float(variable.domain.upper)
    constants = [c for c in constants_of(name, node.body, environment, evaluate) if low < c < high]
    cheap = not any(isinstance(item, (BigOperator, Integral, Moment, Index)) for item in walk(node.body))
    if cheap and any(isinstance(item, Call) for item in walk(node.body)):
        objective_of(node, environment)[0](np.linspace(low, high, STARTS)[:, None])
        cheap = NEVER not in environment.broadcasting.trials.values()
    grid = np.linspace(low, high, DENSE_STARTS + 2)[1:-1] if cheap else np.empty(0)
    return np.concatenate([constants, grid])[:, None]


def _corner_and_width(box: Box) -> tuple[Numbers, Numbers]:
    """What turns shares of a box into its points: vectors also where the box is an interval."""
    return np.atleast_1d(box.lower), np.atleast_1d(box.upper - box.lower)


def refined(
    node: BigOperator, environment: Environment, known: Optimum, place: Numbers, converged: float = CONVERGED
) -> Numbers:
    """The optimum next to a place of a known one, for an objective that has changed a little."""
    objective, variable, _ = objective_of(node, environment)
    if isinstance(variable.domain, Box):
        lower, width = _corner_and_width(variable.domain)
        start = Start((place - lower) / width, known.step)
        near = _near(lambda shares: objective(lower + shares * width), start, converged)
        if near is not None:
            return np.asarray(lower + near.start.place * width)
    return np.asarray(optimum(node, environment).places[0])


def _best_of_finite(objective: Objective, points: Numbers, scalar: bool) -> Optimum:
    values = _checked(objective(points))
    spread = values.max() - values[np.isfinite(values)].min()
    if spread <= FLAT * abs(values.max()):
        raise EvaluationError("the objective is the same at every point of its domain")
    return Optimum(points[values >= values.max() - FLAT * spread], np.zeros(points.shape[1]), scalar)


def _checked(values: Numbers) -> Numbers:
    if np.any(np.isnan(values)) or np.any(values == np.inf):
        raise EvaluationError("the objective is not finite in a part of its domain")
    if not np.any(np.isfinite(values)):
        raise EvaluationError("the objective is finite nowhere in its domain")
    return values


def _search(objective: Objective, dimensions: int, overlooked: Numbers, known: list[Start]) -> list[_Found]:
    """The best local optima."""
    starts = Box(np.zeros(dimensions), np.ones(dimensions)).points(STARTS * 2 ** (dimensions - 1), seed=0)
    at_once = np.concatenate([starts, overlooked, *(start.place[None] for start in known)])
    ends = np.cumsum([len(starts), len(overlooked)])
    values, of_overlooked, of_known = np.split(objective(at_once), ends)
    values = _checked(values)
    spread = values.max() - values[np.isfinite(values)].min()
    if spread <= FLAT * abs(values.max()):
        raise EvaluationError("the objective is flat: it has the same value in all of its domain")
    better = list(zip(known, of_known, strict=True))
    best, *others = _promising(starts, values, better)
    found = [_local_optimum(objective, best, spread)]
    if not _is_at_edge(found[0].start.place):
        others = _on_other_hills(objective, others, found[0].start.place)
    found += [_local_optimum(objective, start, spread) for start in others[: IMPROVED_STARTS - 1]]
    places = _above(overlooked, of_overlooked, max(item.value for item in found) + FLAT * spread)
    found += [_narrow_optimum(objective, place) for place in places]
    greatest = max(item.value for item in found)
    winners = [item for item in found if item.value >= greatest - FLAT * spread]
    for item in winners:
        if _is_at_edge(item.start.place):
            raise EvaluationError("the objective is best at the edge of its domain: it has no maximum inside")
    return winners


def _is_at_edge(place: Numbers) -> bool:
    return bool(np.any(place < EDGE) or np.any(place > 1 - EDGE))


def _remember(start: Start, known: list[Start]) -> None:
    beside = any(np.all(np.abs(other.place - start.place) < CONVERGED) for other in known)
    if len(known) < MOST_KNOWN and not beside:
        known.append(start)


def _above(places: Numbers, values: Numbers, least: float) -> Numbers:
    """The best of some places, if they are better than all that was found."""
    best = np.flatnonzero(values > least)
    return places[best[np.argsort(-values[best], kind="stable")][:IMPROVED_STARTS]]


def _narrow_optimum(objective: Objective, place: Numbers) -> _Found:
    """The optimum of a peak that is narrower than the step of the difference quotients."""
    least = float(objective(place[None])[0])
    for step in NARROWER_STEPS:
        near = _newton(objective, Start(place, step))
        if near is not None and near.value >= least:
            return near
    return _compass(objective, place)


def _promising(starts: Numbers, values: Numbers, known: list[tuple[Start, float]]) -> list[Start]:
    """The best starts that none of their nearest neighbours beats, or what is known to be better in their midst.

    On a plateau, where all are equal, are none.
    """
    distances, neighbours = spatial.KDTree(starts).query(starts, k=1 + 2 * starts.shape[1])
    around = values[neighbours]
    peaks = np.flatnonzero(np.isfinite(values) & (values >= around.max(axis=1)) & (values > around.min(axis=1)))
    if not peaks.size:
        raise EvaluationError(PLATEAU)
    best = peaks[np.argsort(-values[peaks], kind="stable")][:PROMISING_STARTS]
    return [_best_within(distances[peak].max(), Start(starts[peak]), values[peak], known) for peak in best]


def _best_within(distance: float, start: Start, value: float, known: list[tuple[Start, float]]) -> Start:
    for other, at_other in known:
        if at_other > value and np.linalg.norm(other.place - start.place) <= distance:
            start, value = other, at_other
    return start


def _on_other_hills(objective: Objective, starts: list[Start], top: Numbers) -> list[Start]:
    """The starts from which the way to a known optimum leads down somewhere."""
    if not starts:
        return starts
    shares = np.linspace(0, 1, PATH_POINTS)[:, None]
    paths = [start.place + shares * (top - start.place) for start in starts]
    values = objective(np.concatenate(paths)).reshape(len(starts), PATH_POINTS)
    noise = NOISE * np.abs(values).max(axis=1)
    climbs = np.all(np.diff(values, axis=1) >= -noise[:, None], axis=1)
    return [start for start, climbing in zip(starts, climbs, strict=True) if not climbing]


def improved_value(objective: Objective, starts: Numbers, values: Numbers) -> float:
    """The greatest value in the unit box that the best starts lead to."""
    best, spread = float(values.max()), float(np.ptp(values))
    if spread <= FLAT * abs(best):
        return best
    for start in starts[np.argsort(-values, kind="stable")[: 2 * IMPROVED_STARTS]]:
        place, _ = _improved(objective, start, spread)
        onto_edges = np.where(place < 1e-5, 0.0, np.where(place > 1 - 1e-5, 1.0, place))
        near = _newton(objective, Start(place))
        best = max(best, *objective(np.array([place, onto_edges])), near.value if near else -np.inf)
        if near is None:
            best = max(best, _climbed(objective, onto_edges))
    return float(best)


def _climbed(objective: Objective, place: Numbers) -> float:
    """The value that a search by halving steps ends at, also on a plateau or at an edge."""
    try:
        return _compass(objective, place).value
    except EvaluationError:
        return float(objective(place[None])[0])


def _improved(objective: Objective, start: Numbers, spread: float) -> tuple[Numbers, float]:
    shifts = np.concatenate([np.eye(len(start)), -np.eye(len(start))]) * 1e-6

    def loss_and_slope(place: Numbers) -> tuple[float, Numbers]:
        inside = np.clip(place, 2e-6, 1 - 2e-6)
        values = -objective(np.concatenate([inside[None], inside + shifts])) / spread
        values = np.nan_to_num(values, nan=1e6, posinf=1e6, neginf=-1e6)
        ahead, behind = np.split(values[1:], 2)
        return float(values[0]), (ahead - behind) / 2e-6

    result = optimize.minimize(
        loss_and_slope, start, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(start), options={"maxiter": 60}
    )
    return result.x, -float(result.fun) * spread


def _local_optimum(objective: Objective, start: Start, spread: float) -> _Found:
    near = _near(objective, start)
    if near is not None:
        return near
    improved, value = _improved(objective, start.place, spread)
    if _is_at_edge(improved):
        return _Found(Start(improved), np.zeros(len(improved)), value)
    return _newton(objective, Start(improved)) or _compass(objective, improved)


@dataclass(frozen=True)
class _Found:
    """A local optimum, how far its place is uncertain, and the objective there."""

    start: Start
    tolerance: Numbers
    value: float


def _near(objective: Objective, start: Start, converged: float = CONVERGED) -> _Found | None:
    """The optimum beside a start. A step that served another objective serves here if it leaves nothing unsure."""
    if start.step != STEP:
        near = _newton(objective, start, converged)
        if near is not None and (converged > CONVERGED or np.all(near.tolerance <= 8 * SURE)):
            return near
    return _newton(objective, Start(start.place), converged)


def _newton(objective: Objective, start: Start, converged: float = CONVERGED) -> _Found | None:
    """Newton steps to the stationary point, and how far rounding and truncation leave it uncertain.

    The step of the difference quotients shrinks until the error of their order is lost in the rounding, or is nothing.
    None where the objective is not curved like one at a maximum, or the steps lead nowhere.
    """
    place, step = start.place, start.step
    for _ in range(NEWTON_STEPS):
        room = float(np.min(np.minimum(place, 1 - place)))
        if room <= EDGE:
            return None
        local = _derivatives(objective, place, min(step, room / 8))
        if not np.all(np.isfinite(local.curvature)):
            return None
        flattest = np.linalg.eigvalsh(local.curvature).max()
        if flattest >= -FLAT * max(abs(local.value), float(np.abs(local.curvature).max())):
            return None
        move = -np.linalg.solve(local.curvature, local.slope)
        length = float(np.linalg.norm(move))
        place = place + move * min(1.0, LONGEST_MOVE / max(length, LONGEST_MOVE))
        noise = NOISE * abs(local.value) / step
        uncertainty = (noise + local.truncation) / abs(flattest)
        if local.truncation > noise and uncertainty > SURE:
            step *= max((noise / local.truncation) ** (1 / 5), 1 / 16)
        elif length < converged:
            # the steps converge quadratically, so that the next one would be about the square of the last
            tolerance = np.full(len(place), 4 * (uncertainty + length**1.5))
            return _Found(Start(place, step), tolerance, local.value + float(local.slope @ move) / 2)
    return None


@dataclass(frozen=True)
class _Local:
    """An objective around a point: value, gradient, Hessian, and the error of the gradient's order."""

    value: float
    slope: Numbers
    curvature: Numbers
    truncation: float


def _derivatives(objective: Objective, place: Numbers, step: float) -> _Local:
    """Differences of sixth order for the gradient, of fourth and second for the Hessian, from one batch of points."""
    size = len(place)
    axes = np.eye(size) * step
    line = [place + k * axis for axis in axes for k in (3, 2, 1, -1, -2, -3)]
    pairs = [(a, b) for a in range(size) for b in range(a)]
    corners = [place + s * axes[a] + t * axes[b] for a, b in pairs for s in (1, -1) for t in (1, -1)]
    values = objective(np.array([place, *line, *corners]))
    on_lines = values[1 : 1 + 6 * size].reshape(size, 6)
    slope = on_lines @ np.array([1, -9, 45, -45, 9, -1]) / (60 * step)
    lower_order = on_lines @ np.array([0, -1, 8, -8, 1, 0]) / (12 * step)
    curvature = np.diag((on_lines @ np.array([0, -1, 16, 16, -1, 0]) - 30 * values[0]) / (12 * step**2))
    for (a, b), corner in zip(pairs, values[1 + 6 * size :].reshape(-1, 4), strict=True):
        curvature[a, b] = curvature[b, a] = (corner[0] - corner[1] - corner[2] + corner[3]) / (4 * step**2)
    # the error of the sixth order is that of the fourth times the square of the step, in units of the objective
    return _Local(float(values[0]), slope, curvature, float(np.abs(slope - lower_order).max()) / 8)


def _compass(objective: Objective, place: Numbers) -> _Found:
    """A search by halving steps, for an objective with a kink at its optimum."""
    radius, size = 0.05, len(place)
    directions = np.concatenate([np.eye(size), -np.eye(size)])
    best = float(objective(place[None])[0])
    lowest = best
    while radius > 1e-10:
        around = np.clip(place + radius * directions, 0, 1)
        values = _checked(objective(around))
        lowest = min(lowest, float(values[np.isfinite(values)].min(initial=lowest)))
        if values.max() > best:
            place, best = around[values.argmax()], float(values.max())
        else:
            radius /= 2
    if best - lowest <= FLAT * abs(best):
        raise EvaluationError(PLATEAU)
    _refuse_ridge(objective, place, best)
    return _Found(Start(place), np.full(size, 1e-7), best)


def _refuse_ridge(objective: Objective, place: Numbers, best: float) -> None:
    directions = np.concatenate([np.eye(len(place)), -np.eye(len(place))])
    near = objective(np.clip(place + 1e-3 * directions, 0, 1))
    if np.any(near >= best - NOISE * abs(best)):
        raise EvaluationError(PLATEAU)


def _distinct(winners: list[_Found]) -> tuple[Numbers, Numbers]:
    tolerance = np.max([item.tolerance for item in winners], axis=0)
    places: list[Numbers] = []
    for place in (item.start.place for item in winners):
        if all(np.any(np.abs(place - other) > 1e-5 + 2 * tolerance) for other in places):
            places.append(place)
    return np.array(places), tolerance
