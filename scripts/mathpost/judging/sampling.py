"""How far a statistic of the sampled data may be from what it estimates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from mathpost.evaluation import Environment
from mathpost.evaluation.optimise import ROUGHLY_CONVERGED, Optimum, is_arg, refined
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.judging.draw import value_of
from mathpost.latex import to_latex
from mathpost.latex.tree import children, walk
from mathpost.latex.tree.nodes import BigOperator, Index, Node, Symbol

NO_SCALE = "nothing was sampled, so `\\approx` has no scale: give the notation an rtol"
GROUPS = 20


def standard_error(left: Node, right: Node, environment: Environment) -> Numbers:
    """The standard error of the difference of two sides, component by component, by the delete-a-group jackknife
    (Shao and Tu, 1995, ch. 2).

    The data are left out in `GROUPS` groups, and each side that uses them is evaluated on the rest; a symbol that
    bounds a sum over the samples counts those that remain. Errors: EvaluationError where neither side uses data, or
    one uses single samples.
    """
    sampled = [side for side in (left, right) if is_sampled(side, environment)]
    if not sampled:
        raise EvaluationError(NO_SCALE)
    for side in sampled:
        _refuse_single_samples(side, environment, frozenset())
    replicates: Numbers = np.zeros(1)
    for side, sign in ((left, 1.0), (right, -1.0)):
        if side in sampled:
            replicates = replicates + sign * _replicates(side, environment)
    deviations = replicates - replicates.mean(axis=0)
    return np.asarray(np.sqrt((GROUPS - 1) / GROUPS * np.sum(deviations**2, axis=0)))


def is_sampled(side: Node, environment: Environment) -> bool:
    return any(_data_in(side, environment))


def _refuse_single_samples(node: Node, environment: Environment, running: frozenset[str]) -> None:
    if isinstance(node, Index) and environment.samples(node) is not None:
        names = {environment.named(index) for index in node.indices if isinstance(index, Symbol)}
        if not names & running:
            raise EvaluationError(
                f"`{to_latex(node)}` is one sample, so nothing says how far it may be off: give the notation an rtol"
            )
    if isinstance(node, BigOperator):
        own = {environment.named(variable) for variable in node.binder.variables} or _all_indices(node, environment)
        running = running | {name for name in own if name is not None}
    for child in children(node):
        _refuse_single_samples(child, environment, running)


def _all_indices(node: BigOperator, environment: Environment) -> set[str | None]:
    """What a sum may run over that does not say so."""
    return {environment.named(i) for item in walk(node.body) if isinstance(item, Index) for i in item.indices}


def _replicates(side: Node, environment: Environment) -> Numbers:
    """The values of a side without each of the groups, along the first axis."""
    start = value_of(side, environment)
    values = []
    for group in range(GROUPS):
        rest = _without(group, side, environment)
        if isinstance(start, Optimum) and is_arg(side):
            values.append(refined(side, rest, start, start.places[0], ROUGHLY_CONVERGED))
            continue
        value = value_of(side, rest)
        values.append(value.with_axes(environment.depth) if isinstance(value, Array) else value.places[0])
    return np.array(values)


def _data_in(side: Node, environment: Environment) -> Iterator[int]:
    """The number of samples, for each use of data."""
    for node in walk(side):
        samples = environment.samples(node) if isinstance(node, Index) else None
        if samples is not None:
            yield len(samples)


def _without(group: int, side: Node, environment: Environment) -> Environment:
    length = next(_data_in(side, environment))
    kept = np.arange(length) % GROUPS != group

    def rest_of(samples: Mapping[str, Numbers]) -> Mapping[str, Numbers]:
        return {name: values[kept] if len(values) == length else values for name, values in samples.items()}

    counts = {name: float(kept.sum()) for name in _sample_sizes(side, length, environment)}
    return replace(
        environment,
        data=rest_of(environment.data),
        entries=rest_of(environment.entries),
        symbols={**environment.symbols, **counts},
    )


def _sample_sizes(side: Node, length: int, environment: Environment) -> Iterator[str]:
    """The names that bound a sum over samples, such as the m of `\\sum_{i=1}^m f(x^{(i)})`."""
    for node in walk(side):
        if (
            isinstance(node, BigOperator)
            and isinstance(node.binder.upper, Symbol)
            and any(_data_in(node.body, environment))
        ):
            name = environment.key(node.binder.upper)
            if environment.symbols.get(name) == length:
                yield name
