r"""Parameters that are written below a name: `p_\theta(x)` is a function of \theta, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import Function
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.values import Numbers
from mathpost.latex.tree.spelling import split_name

ANYWHERE = 0.5


def with_parameters(function: Function, symbols: Mapping[str, Any]) -> Function:
    r"""The function with the letters below its name among its arguments, if its binding asks for them.

    `p_\theta(x)` may be bound to a function of x and \theta, or to one of \theta alone that gives a law; as may
    `q_\phi(z | x)` to one of x and \phi.
    """
    below = split_name(function.name)[1].split(",")
    named = tuple(name for name in below if _is_value(symbols.get(name)))
    if not named or not callable(function.value) or is_law(function.value):
        return function
    if function.arguments[-len(named) :] == named:
        return replace(function, in_name=named)
    conditions, wanted = function.conditions + len(named), function.parameters
    if wanted == conditions:
        arguments = (*function.arguments[len(function.arguments) - function.conditions :], *named)
        if not _gives_law(function.value, [symbols.get(name) for name in arguments]):
            return function
    elif wanted != len(function.arguments) + len(named):
        return function
    signs = (*function.separators, "," if ";" in function.separators else ";", *("," for _ in named[1:]))
    return Function(function.name, (*function.arguments, *named), signs, conditions, function.value, named)


def _is_value(value: Any) -> bool:
    return value is not None and not is_law(value) and not callable(value)


def _gives_law(family: Any, values: list[Any]) -> bool:
    try:
        # an author's function may raise anything where it is called with what it was not made for
        return is_law(family(*map(_example, values)))
    except Exception:
        return False


def gives_number(function: Any, count: int) -> bool:
    """Whether a function of so many arguments gives a number, and not a law."""
    try:
        # an author's function may raise anything where it is called with what it was not made for
        return isinstance(function(*[ANYWHERE] * count), int | float | np.number)
    except Exception:
        return False


def _example(value: Any) -> Numbers | float:
    """A value that a letter may have."""
    if isinstance(value, Variable):
        domain = value.domain
        point = domain.points(2, 1)[0] if isinstance(domain, Box) else domain[0]
        return float(point) if np.ndim(point) == 0 else np.asarray(point)
    return value if _is_value(value) else ANYWHERE
