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
from mathpost.evaluation.ends import end_of, ends_of, is_half
from mathpost.evaluation.environment import NEVER, Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.mass import DECADES, local_maxima, zoomed
from mathpost.evaluation.optimise import STARTS, Objective, improved_value, objective_over
from mathpost.evaluation.pointwise import singly
from mathpost.evaluation.values import Array, Numbers, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import BigOperator, Interval, Limit, Negative, Relation, Symbol

GRID = 20_000
COSTLY_GRID = 400
LIMITS = ("sup", "inf")
COUNTING = frozenset("ijklmntNKT")
"""Letters that count where an extremum is taken between bounds; any other may stand for all numbers between them."""
NOT_FINITE = "`{shown}`: what is searched is not finite in a part of its domain"
NOT_REACHED = "`{shown}` is not reached: the values are best towards an end that does not belong to the domain"


def box_of(node: BigOperator, environment: Environment) -> Box | None:
    """The interval or box over which an extremum is taken; None where it is a finite set, or nothing says what."""
    binder = node.binder
    if node.operator not in ("max", "min", *LIMITS) or len(binder.variables) != 1:
        return None
    letter = binder.variables[0]
    name = environment.named(letter)
    if name is None or not isinstance(letter, Symbol):
        return None
    declared = environment.symbols.get(environment.named(binder.domain) or "" if binder.domain else name)
    declared = declared.domain if isinstance(declared, Variable) else declared
    within = declared if isinstance(declared, Box) else None
    if isinstance(binder.domain, Interval) or is_half(binder.domain) or binder.domain == Symbol("\\mathbb{R}"):
        ends = ends_of(Relation("\\in", Symbol(name), binder.domain), name, environment) if binder.domain else None
        return Box(*ends) if ends is not None and ends[0] < ends[1] else None
    if binder.lower is not None or binder.upper is not None or binder.condition is not None:
        return _between(node, letter, within, environment) if binder.domain is None else None
    return within


def _between(node: BigOperator, letter: Symbol, within: Box | None, environment: Environment) -> Box | None:
    """The interval that bounds or a condition leave of a letter that may have any value.

    None for one that counts by custom, or that whole bounds may have counted, where no box is declared for it.
    """
    binder, name = node.binder, environment.key(letter)
    if (within is None and name in (*COUNTING, *environment.symbols)) or (within is not None and within.lower.ndim):
        return None
    condition = binder.condition
    if binder.lower is not None and binder.upper is not None and condition is None:
        ends = end_of(binder.lower, environment), end_of(binder.upper, environment)
        if within is None and all(end == np.rint(end) for end in ends):
            return None
    elif condition is not None and binder.lower is None and binder.upper is None:
        found = ends_of(condition, name, environment)
        if found is None:
            return None
        ends = found
    else:
        return None
    if within is not None:
        ends = max(ends[0], float(within.lower)), min(ends[1], float(within.upper))
    return Box(*ends) if ends[0] < ends[1] else None


def _leaves_ends_out(node: BigOperator) -> bool:
    """Whether a condition is strict: a greatest value at an end of what it allows is not reached."""
    condition = node.binder.condition
    links = walk(condition) if condition is not None else ()
    return any(isinstance(link, Relation) and link.operator in ("<", ">") for link in links)


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
    if node.operator not in LIMITS and _leaves_ends_out(node) and best <= max(sizes[0], sizes[-1]) > sizes[1:-1].max():
        raise EvaluationError(NOT_REACHED.format(shown=to_latex(node)))
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
