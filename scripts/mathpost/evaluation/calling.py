"""Calling what the author bound: a function of plain numbers and arrays, at a whole batch of points.

An author writes `lambda x, theta: …` for one point. It is tried on the whole batch, and the result is kept only if
it agrees with single calls at probes; otherwise every point is called by itself. So nobody has to write functions
that broadcast, and those who do get the speed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from mathpost.evaluation.environment import NEVER, Broadcasting, Environment, Function
from mathpost.evaluation.laws import density, is_law, log_density
from mathpost.evaluation.values import Array, Numbers, batch_axes, constant, from_backend, numeric
from mathpost.ground.errors import EvaluationError

FEW = 4
PROBE_RTOL = 1e-12
TRIALS = 3


def is_family(function: Function) -> bool:
    """Whether the binding takes the conditions alone and returns a law."""
    conditions = function.conditions
    return conditions > 0 and not is_law(function.value) and function.parameters == conditions


def gives_law(function: Function) -> bool:
    """Whether the values of a declared function are densities of a law, whose logarithms do not underflow."""
    return is_law(function.value) or is_family(function)


def value_at(function: Function, arguments: list[Array], environment: Environment, logarithm: bool) -> Array:
    """The value of a declared function, or its logarithm: a law's own log-density does not underflow."""
    name = f"log {function}" if logarithm else str(function)
    return call_batch(_plain(function, logarithm), arguments, name, environment.broadcasting)


def _plain(function: Function, logarithm: bool) -> Callable[..., Any]:
    law_density = log_density if logarithm else density
    if is_law(function.value):
        return lambda *x: law_density(function.value, _together(x))
    if isinstance(function.value, np.ndarray):
        raise EvaluationError(f"`{function}` is bound to data, which have no density: take an expectation over them")
    if is_family(function):
        own = len(function.arguments) - function.conditions
        return lambda *given: law_density(function.value(*given[own:]), _together(given[:own]))
    wanted = function.parameters
    if wanted not in (None, len(function.arguments)):
        raise EvaluationError(
            f"`{function}` is bound to a function of {wanted} arguments, not {len(function.arguments)}"
        )
    if not logarithm:
        plain: Callable[..., Any] = function.value
        return plain
    return lambda *arguments: np.log(function.value(*arguments))


def _together(values: tuple[Any, ...]) -> Any:
    """The place of a joint law: the values of its variables side by side."""
    return values[0] if len(values) == 1 else np.stack(np.broadcast_arrays(*values), axis=-1)


def call_batch(function: Callable[..., Any], arguments: list[Array], name: str, broadcasting: Broadcasting) -> Array:
    """The function's values at every point of the batch. Errors: EvaluationError with what the function raised."""
    key = (name, *((argument.core, argument.values.shape, argument.values.tobytes()) for argument in arguments))
    known = broadcasting.calls.get(key)
    if known is None:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            known = _Batch.of(function, arguments, name, broadcasting).values()
        broadcasting.remember(key, known, sum(argument.values.size for argument in arguments))
    return known


@dataclass(frozen=True)
class _Batch:
    """A function, and the arguments it is called with: arrays whose leading axes are those of the batch.

    `kind` is what a function that broadcasts for one batch does so for another of.
    """

    function: Callable[..., Any]
    arguments: list[Numbers]
    shape: tuple[int, ...]
    name: str
    kind: tuple[Any, ...]
    known: Broadcasting

    @classmethod
    def of(cls, function: Callable[..., Any], arguments: list[Array], name: str, known: Broadcasting) -> _Batch:
        axes = batch_axes(*arguments) if arguments else 0
        padded = [argument.with_axes(axes) for argument in arguments]
        shape = np.broadcast_shapes(*(values.shape[:axes] for values in padded))
        kind = (name, *((argument.core, len(argument.batch)) for argument in arguments))
        return cls(function, padded, shape, name, kind, known)

    def values(self) -> Array:
        """After `TRIALS` batches of one kind that agreed with single calls, or one that did not, it is known whether
        the function broadcasts."""
        if prod(self.shape) > FEW:
            trials = self.known.trials.get(self.kind, 0)
            whole = self._whole() if trials != NEVER else None
            if whole is not None and (trials >= TRIALS or self._agrees(whole, trials)):
                self.known.trials[self.kind] = trials + 1
                return whole
            self.known.trials[self.kind] = NEVER
        values = [self._single(point) for point in np.ndindex(*self.shape)]
        shapes = {value.values.shape for value in values}
        if len(shapes) > 1:
            raise EvaluationError(f"{self.name} gives values of several shapes: {sorted(shapes)}")
        return Array(np.stack([value.values for value in values]).reshape(self.shape + values[0].core), values[0].rank)

    def _whole(self) -> Array | None:
        try:
            # an author's function may raise anything at all when it is given a batch; then it is called point by point
            values = np.asarray(from_backend(self.function(*self.arguments)))
        except Exception:
            return None
        axes = len(self.shape)
        leading = values.shape[:axes]
        fits = len(leading) == axes and all(own in (1, full) for own, full in zip(leading, self.shape, strict=True))
        if values.dtype.kind not in "biufc" or not fits:
            return None
        return Array(np.broadcast_to(numeric(values), self.shape + values.shape[axes:]), values.ndim - axes)

    def _agrees(self, whole: Array, trials: int) -> bool:
        """Whether a batch has the values of single calls, at four points at first and at two once it was found to."""
        size = prod(self.shape)
        probes = (0, size // 3, size // 2, size - 1)
        for flat in probes if trials == 0 else probes[1::2]:
            point = tuple(int(index) for index in np.unravel_index(flat, self.shape))
            single = self._single(point)
            if single.core != whole.core:
                return False
            if not np.allclose(single.values, whole.values[point], rtol=PROBE_RTOL, atol=0, equal_nan=True):
                return False
        return True

    def _single(self, point: tuple[int, ...]) -> Array:
        """A single call, made once."""
        here = [values[tuple(map(min, point, (n - 1 for n in values.shape)))] for values in self.arguments]
        key = (self.name, *((np.shape(value), value.tobytes()) for value in here))
        value = self.known.calls.get(key)
        if value is None:
            value = self._called(list(map(_entry, here)))
            self.known.remember(key, value, sum(map(np.size, here)))
        return value

    def _called(self, here: list[Any]) -> Array:
        try:
            result = self.function(*here)
        except EvaluationError:
            raise
        except Exception as error:
            raise EvaluationError(f"{self.name} raised {type(error).__name__}: {error}") from error
        return constant(result)


def _entry(value: Any) -> Any:
    return np.array(value) if np.ndim(value) else complex(value) if np.iscomplexobj(value) else float(value)


def law_at(function: Function, conditions: list[Array]) -> Any:
    """The law a function stands for where its conditions have the given values (no batch)."""
    if is_law(function.value) or isinstance(function.value, np.ndarray):
        return function.value
    if not is_family(function):
        raise EvaluationError(f"`{function}` is bound to a density, not to a law: bind a function of its conditions")
    if any(condition.batch for condition in conditions):
        raise EvaluationError(f"`{function}` is needed at one point here")
    return function.value(*(_entry(condition.values) for condition in conditions))
