"""Tables: arrays with an axis for each argument of a function whose letters range over finite sets, as `q(s, a)`.

Values at states and actions, transition probabilities and policies come as arrays; `p(s' | s, a)` is a law for each
value of its conditions where its entries are probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import DENSITIES, Function
from mathpost.evaluation.laws import Derived, Family
from mathpost.evaluation.quadrature import Rule
from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree.spelling import head_of

TOTAL = 1e-9
Places: TypeAlias = tuple[Numbers, ...]


def tabulated(function: Function, symbols: Mapping[str, Any]) -> Any | None:
    """What a function is that is bound to a table of its values; None where it is bound to something else.

    An array behind a density of one letter is data, and one of several that adds up to 1 a joint law. What is given
    back raises EvaluationError for a value that is not listed.
    """
    table, names = function.value, function.arguments
    if not isinstance(table, np.ndarray) or table.dtype.kind not in "biuf" or function.shapes:
        return None
    if head_of(function.name) in DENSITIES and "|" not in function.separators and _is_data(table):
        return None
    domains = [points for name in names if (points := finite_domain(name, symbols)) is not None]
    if len(domains) != len(names) or table.shape != tuple(map(len, domains)):
        return None
    own = len(names) - function.conditions
    if "|" in function.separators and _are_laws(table, own):
        return Family(_laws(function, domains[:own], domains[own:]), function.conditions)
    return lambda *values: table[_places(function, values, domains)]


def finite_domain(name: str, symbols: Mapping[str, Any]) -> Numbers | None:
    """The values of a letter that the notation lists. `s'` is another `s`, unless it is bound itself."""
    declared = symbols.get(name, symbols.get(name.rstrip("'")))
    if not isinstance(declared, Variable) or isinstance(declared.domain, Box):
        return None
    points = np.asarray(declared.domain)
    return points if points.ndim == 1 else None


def _is_data(table: Numbers) -> bool:
    return table.ndim == 1 or bool(np.all(table >= 0) and abs(table.sum() - 1) < TOTAL)


def _are_laws(table: Numbers, own: int) -> bool:
    return bool(np.all(table >= 0) and np.all(np.abs(table.sum(axis=tuple(range(own))) - 1) < TOTAL))


def _laws(function: Function, own: list[Numbers], given: list[Numbers]) -> Callable[..., Derived]:
    """The law of some letters at each value of the others; at many values at once it has a density and no rule."""
    table = function.value

    def at(*conditions: Any) -> Derived:
        places = _places(function, conditions, given)

        def probability(x: Any) -> Numbers:
            values = (x,) if len(own) == 1 else tuple(np.moveaxis(np.asarray(x), -1, 0))
            return np.asarray(table[(*_places(function, values, own), *places)])

        def rule(_: bool) -> Rule:
            masses = table[(..., *places)].ravel()
            grids = [grid.ravel() for grid in np.meshgrid(*own, indexing="ij")]
            points = grids[0] if len(own) == 1 else np.stack(grids, axis=-1)
            return Rule.exact(points, masses, "exact sum")

        return Derived(True, probability, rule)

    return at


def _places(function: Function, values: tuple[Any, ...], domains: list[Numbers]) -> Places:
    return tuple(_place(function, np.asarray(value), points) for value, points in zip(values, domains, strict=True))


def _place(function: Function, values: Numbers, points: Numbers) -> Numbers:
    same = values[..., None] == points
    if not np.all(same.any(axis=-1)):
        strange = values[~same.any(axis=-1)].ravel()[0]
        raise EvaluationError(f"`{function}` is bound to a table, which has no value at {strange:g}")
    return np.asarray(same.argmax(axis=-1))
