r"""`\mathbb{E}[X | Y] = \rho Y`: both sides are functions of a random variable, and are compared at its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mathpost.evaluation import Environment, Variable
from mathpost.evaluation.chance import declared_laws, names_outside
from mathpost.evaluation.laws import is_discrete, is_law
from mathpost.judging.distribution import GIVEN, places_of
from mathpost.judging.draw import Draw
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Call, Moment, Node, Sequence, Symbol

VALUES = 9
"""Quantiles of a random variable at which a claim about what is expected given it is tried."""


def at_values_of_given(left: Node, right: Node, draw: Draw) -> Draw:
    """The draw in which what stands behind a bar, and has a law and no value, has the values that it may take."""
    environment = replace(draw.notation.environment, definitions=draw.definitions)
    given = {name for side in (left, right) for name in _given(side, environment)}
    names = names_outside((left, right), environment, lambda name: name in given) if given else []
    found = {name: values for name in names if (values := _values(name, environment)) is not None}
    return draw.afresh(domains={**draw.domains, **found}) if found else draw


def _given(side: Node, environment: Environment) -> Iterator[str]:
    for node in walk(side):
        match node:
            case Moment(binders=(), condition=Symbol() as name):
                yield environment.key(name)
            case Moment(binders=(), condition=Sequence(elements=parts)):
                yield from (environment.key(part) for part in parts if isinstance(part, Symbol))
            case Call(function=Symbol(name=name), arguments=(_, *parts)) if name == GIVEN:
                yield from (environment.key(part) for part in parts if isinstance(part, Symbol))


def _values(name: str, environment: Environment) -> Variable | None:
    if environment.is_bound(name):
        return None
    laws = declared_laws([name], (), environment)
    if len(laws) != 1 or not is_law(laws[0].value):
        return None
    points = places_of(laws[0].value)
    if points.ndim > 1:
        return None
    step = 1 if is_discrete(laws[0].value) else max(1, len(points) // VALUES)
    return Variable([float(point) for point in points[step // 2 :: step]])
