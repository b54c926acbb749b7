r"""An operator over several letters at once: `\sum_{i,j}`, `\sum_{i<j}`, `\sum_{x, y \in S}`, `\sum_{(i,j) \in E}`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from mathpost.evaluation.binding import (
    Range,
    along_new_axis,
    bind_integer_range,
    bind_points,
    declared_range,
    has_uses,
    points_from_use,
)
from mathpost.evaluation.ends import Ends, ends_of
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.sets import set_points
from mathpost.evaluation.values import constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import BigOperator, Binary, Binder, Node, Relation, Sequence, Symbol

RISING = frozenset(("<", "\\leq"))


def own_names(binder: Binder, known: frozenset[str], environment: Environment) -> list[str]:
    r"""The letters that a binder binds: in `s_j = \sum_{i \neq j} x_i` the `j` is known, and stays what it is.

    Errors: EvaluationError for what is no plain name.
    """
    names = [environment.key(variable) for variable in _letters(binder) if isinstance(variable, Symbol)]
    if len(names) != len(_letters(binder)):
        raise EvaluationError("an operator must bind plain names")
    own = [name for name in names if name not in known]
    is_condition = binder.lower is None and binder.upper is None and binder.domain is None
    return own if is_condition and own and binder.condition is not None else names


def _letters(binder: Binder) -> tuple[Node, ...]:
    first = binder.variables[0] if binder.variables else None
    return first.elements if isinstance(first, Sequence) else binder.variables


def bind_several(node: BigOperator, names: list[str], environment: Environment) -> list[Range]:
    """The ranges of some letters, each within the one before; pairs of a set share one."""
    binder = node.binder
    if binder.domain is not None:
        points = set_points(binder.domain, environment)
        if points.ndim == 2 and points.shape[1] == len(names):
            values = {name: along_new_axis(points[:, place], environment) for place, name in enumerate(names)}
            return [Range(environment.bind(values), len(points))]
        if isinstance(binder.variables[0], Sequence):
            raise EvaluationError(f"`{to_latex(binder.domain)}` holds no tuples of {len(names)}: bind an array of them")
    ranges: list[Range] = []
    for name in names:
        inner = ranges[-1].environment if ranges else environment
        ranges.append(_range_of(name, node, inner))
    return ranges


def _range_of(name: str, node: BigOperator, environment: Environment) -> Range:
    binder = node.binder
    if binder.domain is not None:
        return bind_points(name, set_points(binder.domain, environment), environment)
    if binder.lower is not None and binder.upper is not None:
        lower, upper = number_of(binder.lower, environment), number_of(binder.upper, environment)
        return bind_integer_range(name, lower, upper, environment)
    if declared_range(name, environment) is not None or has_uses(name, node.body, environment, number_of):
        return bind_points(name, points_from_use(name, node.body, environment, number_of), environment)
    low, high = _ends_of_chain(binder, environment)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise EvaluationError(f"`{name}` has no bounds, and nothing says what it ranges over: write them out")
    return bind_integer_range(name, constant(np.ceil(low)), constant(np.floor(high)), environment)


def _ends_of_chain(binder: Binder, environment: Environment) -> Ends:
    r"""In `1 \leq i < j \leq n` every letter lies between the ends of the chain."""
    ends = (-np.inf, np.inf)
    links = list(_links(binder.condition)) if binder.condition is not None else []
    if any(link.operator not in RISING for link in links):
        return ends
    for link in links:
        for variable in (link.left, link.right):
            with suppress(EvaluationError):
                found = ends_of(link, environment.named(variable) or "", environment)
                ends = (max(ends[0], found[0]), min(ends[1], found[1])) if found else ends
    return ends


def _links(condition: Node) -> Iterator[Relation]:
    if isinstance(condition, Binary):
        yield from _links(condition.left)
        yield from _links(condition.right)
    elif isinstance(condition, Relation):
        yield condition
