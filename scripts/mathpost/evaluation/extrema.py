r"""The value of `\max`, `\min`, `\sup` and `\inf` over an interval or a box: by a global search.

An interval is tried on a grid, a logarithmic one where it is infinite, and at every constant of the formula; the best
local maxima are zoomed in on. A box is tried at Sobol points, the best of which are improved as for `\arg\max`. Half
the points must lead to the same value; the verdict names their number. Where the values are best towards an infinite
end, `\sup` and `\inf` are the limit.
"""

from __future__ import annotations

import numpy as np

from mathpost.evaluation.binding import constants_of
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.ends import ends_of, is_half
from mathpost.evaluation.environment import NEVER, Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.mass import DECADES, local_maxima, zoomed
from mathpost.evaluation.optimise import STARTS, Objective, improved_value, objective_over
from mathpost.evaluation.pointwise import singly
from mathpost.evaluation.values import Array, Numbers, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import BigOperator, Interval, Limit, Negative, Relation, Symbol

GRID = 20_000
COSTLY_GRID = 400
LIMITS = ("sup", "inf")
NOT_FINITE = "`{shown}`: what is searched is not finite in a part of its domain"
NOT_REACHED = "`{shown}` is not reached: the values are best towards an end that does not belong to the domain"


def box_of(node: BigOperator, environment: Environment) -> Box | None:
    """The interval or box over which an extremum is taken; None where it is a finite set, or nothing says what."""
    binder = node.binder
    if node.operator not in ("max", "min", *LIMITS) or len(binder.variables) != 1 or binder.lower or binder.upper:
        return None
    name = environment.named(binder.variables[0])
    declared = environment.symbols.get(environment.named(binder.domain) or "" if binder.domain else name or "")
    declared = declared.domain if isinstance(declared, Variable) else declared
    if name is None or not isinstance(binder.variables[0], Symbol):
        return None
    if isinstance(binder.domain, Interval) or is_half(binder.domain) or binder.domain == Symbol("\\mathbb{R}"):
        ends = ends_of(Relation("\\in", Symbol(name), binder.domain), name, environment) if binder.domain else None
        return Box(*ends) if ends is not None and ends[0] < ends[1] else None
    if binder.condition is not None or not isinstance(declared, Box):
        return None
    return declared


def extremum(node: BigOperator, box: Box, environment: Environment) -> Array:
    """Errors: EvaluationError where the values are not finite, or a greatest one is not reached."""
    if environment.in_balls:
        raise EvaluationError(f"`{to_latex(node)}` has no ball")
    return singly(node, environment, lambda here: constant(_best(node, box, here)))


def _best(node: BigOperator, box: Box, environment: Environment) -> float:
    name = environment.named(node.binder.variables[0]) or ""
    sign = 1.0 if node.operator in ("max", "sup") else -1.0
    objective = objective_over(name, sign, node, box.lower.ndim == 0, environment)
    if box.lower.ndim:
        return sign * _best_in_box(node, objective, box, environment)
    return sign * _best_on_line(node, name, objective, (float(box.lower), float(box.upper)), sign, environment)


def _best_on_line(
    node: BigOperator, name: str, objective: Objective, ends: tuple[float, float], sign: float, environment: Environment
) -> float:
    def size_at(places: Numbers) -> Numbers:
        return np.nan_to_num(objective(places[:, None]), nan=-np.inf, posinf=np.inf, neginf=-np.inf)

    size_at(Box(*ends).points(STARTS, seed=0))  # then it is known whether functions take batches
    count = COSTLY_GRID if NEVER in environment.broadcasting.trials.values() else GRID
    count = count if environment.fine else count // 2
    environment.trace.methods.add(f"search on a grid of {count if environment.fine else 2 * count} points")
    constants = [value for value in constants_of(name, node.body, environment, evaluate) if ends[0] < value < ends[1]]
    points = np.unique(np.concatenate([_grid(ends, count), constants]))
    sizes = size_at(points)
    if np.any(np.isposinf(sizes)) or not np.any(np.isfinite(sizes)):
        raise EvaluationError(NOT_FINITE.format(shown=to_latex(node)))
    best = max([float(sizes.max()), *(zoomed(size_at, points, sizes, top)[1] for top in local_maxima(sizes))])
    for end, place in zip(ends, (0, -1), strict=True):
        if np.isinf(end) and sizes[place] >= best - 1e-6 * max(abs(best), 1e-3):
            return _towards(node, end, sign, best, environment)
    return best


def _towards(node: BigOperator, end: float, sign: float, best: float, environment: Environment) -> float:
    if node.operator not in LIMITS:
        raise EvaluationError(NOT_REACHED.format(shown=to_latex(node)))
    infinity = Symbol("\\infty")
    target = infinity if end > 0 else Negative(infinity)
    limit = evaluate(Limit(node.binder.variables[0], target, node.body), environment)
    return max(best, sign * float(limit.values.reshape(())))


def _grid(ends: tuple[float, float], count: int) -> Numbers:
    if np.all(np.isfinite(ends)):
        return np.linspace(*ends, count)
    away = np.logspace(*DECADES, count // 2)
    points = np.concatenate([-away, [0.0], away, np.linspace(-10, 10, count // 4)])
    finite = [end for end in ends if np.isfinite(end)]
    near = [end + side * away for end in finite for side in (-1, 1)]
    points = np.concatenate([points, *near, np.asarray(finite)])
    return points[(points >= ends[0]) & (points <= ends[1])]


def _best_in_box(node: BigOperator, objective: Objective, box: Box, environment: Environment) -> float:
    width = box.upper - box.lower
    if not np.all(np.isfinite(width)):
        raise EvaluationError(f"`{to_latex(node)}`: an infinite box cannot be searched; give finite bounds")
    count = STARTS * 2 ** (box.size + 1) // (1 if environment.fine else 2)
    environment.trace.methods.add(f"search from {STARTS * 2 ** (box.size + 1)} Sobol points")
    shares = Box(np.zeros(box.size), np.ones(box.size)).points(count, seed=0)
    values = objective(box.lower + shares * width)
    if not np.all(np.isfinite(values)):
        raise EvaluationError(NOT_FINITE.format(shown=to_latex(node)))
    return improved_value(lambda places: objective(box.lower + places * width), shares, values)
