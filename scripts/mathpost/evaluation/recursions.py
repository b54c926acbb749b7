r"""Sequences that the text defines step by step, `h_t := f(h_{t-1}, x_t)`, from the steps that have values.

Each step is evaluated once, from those that it is made of. A sequence may go forwards or back, and several may be made
of one another, as the states and cells of a network.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import defined, evaluate, number_of
from mathpost.evaluation.steps import made_of, recursion_name, step_name, steps_given
from mathpost.evaluation.values import Array, constant
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Index, Symbol

MOST_STEPS = 1000
ITSELF = "step {step} of `{name}` is defined by itself"
NO_END = "`{name}` goes on to steps that nothing gives: bind or define its {end} step, as `{shown}`"


@dataclass
class Unrolled:
    """The steps that are known within one evaluation, and the environment that they are evaluated in."""

    environment: Environment
    known: dict[tuple[str, int], Array | None] = field(default_factory=dict)


def steps_at(node: Index, environment: Environment) -> Array:
    """The values of a sequence at the steps that its index runs through, as the entries of one array, and the first.

    Errors: EvaluationError for an index that is no whole number, and where no step is given to begin with.
    """
    assert isinstance(node.base, Symbol)
    name = environment.key(node.base)
    index = number_of(node.indices[0], environment)
    steps = np.rint(index.values).astype(int)
    if index.rank or np.any(steps != index.values) or np.ptp(steps) > MOST_STEPS:
        raise EvaluationError(f"`{to_latex(node)}`: a step is a whole number")
    unrolled = environment.unrolled or Unrolled(environment)
    first, last = int(steps.min()), int(steps.max())
    _prepare(name, first, last, unrolled)
    values = [_step(name, step, unrolled) for step in range(first, last + 1)]
    if len({value.core for value in values}) > 1:
        raise EvaluationError(f"the steps of `{name}` have several shapes")
    axes = max(len(value.batch) for value in values)
    entries = np.stack(np.broadcast_arrays(*(value.with_axes(axes) for value in values)), axis=axes)
    return Array(entries, values[0].rank + 1)


def _prepare(name: str, first: int, last: int, unrolled: Unrolled) -> None:
    """Evaluate the steps on the way, from the nearest that is given, so that each finds those that it is made of."""
    environment = unrolled.environment
    offsets = [offset for other, offset in made_of(name, environment) if other == name and offset]
    given = steps_given(name, environment)
    if not offsets or all(step in given for step in range(first, last + 1)):
        return
    forwards = offsets[0] < 0
    before = [step for step in given if (step < first if forwards else step > last)]
    if not before and not any(first <= step <= last for step in given):
        end, shown = ("first", step_name(name, 0)) if forwards else ("last", step_name(name, last + 1))
        raise EvaluationError(NO_END.format(name=name, end=end, shown=shown))
    if before:
        way = range(max(before) + 1, first) if forwards else range(min(before) - 1, last, -1)
        for step in way:
            _step(name, step, unrolled)
    for step in range(first, last + 1)[:: 1 if forwards else -1]:
        _step(name, step, unrolled)


def _step(name: str, step: int, unrolled: Unrolled) -> Array:
    key = (name, step)
    if key not in unrolled.known:
        unrolled.known[key] = None
        inside = replace(unrolled.environment, unrolled=unrolled)
        own = step_name(name, step)
        if inside.is_bound(own):
            unrolled.known[key] = evaluate(Symbol(own), inside)
        else:
            definition = inside.definitions[recursion_name(name)]
            unrolled.known[key] = defined(definition, [constant(float(step))], inside)
    value = unrolled.known[key]
    if value is None:
        raise EvaluationError(ITSELF.format(step=step, name=name))
    return value
