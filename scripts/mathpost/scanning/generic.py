"""Random things that are nothing in particular: smooth functions, sequences, laws, matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import beta

from mathpost.evaluation.values import Numbers

COMPONENTS = 3
WAVES = 3
UNSAID = 0.37
"""The value of what a law is given where a call does not say it."""


def smooth(generator: np.random.Generator, lengths: Sequence[int], low: float, high: float) -> Callable[..., Numbers]:
    """A function of so many numbers (length 0) and vectors, between two values, without any symmetry."""
    weights = [[generator.uniform(0.4, 1.3, size=max(1, length)) for length in lengths] for _ in range(WAVES)]
    phases, sizes = generator.uniform(0, 6, WAVES), generator.dirichlet(np.ones(WAVES))

    def value(*arguments: Any) -> Numbers:
        total: Any = 0.0
        for own, phase, size in zip(weights, phases, sizes, strict=True):
            inner: Any = phase
            for weight, argument, length in zip(own, arguments, lengths, strict=True):
                given = np.asarray(argument, dtype=float)
                inner = inner + (given @ weight if length else given * weight[0])
            total = total + size * np.sin(inner)
        return np.asarray((low + high) / 2 + (high - low) / 2 * total)

    return value


def stacked(parts: Sequence[Callable[..., Numbers]], shape: tuple[int, ...]) -> Callable[..., Numbers]:
    """A function whose values are vectors or matrices, one part for each entry."""

    def value(*arguments: Any) -> Numbers:
        entries = np.stack(np.broadcast_arrays(*(part(*arguments) for part in parts)), axis=-1)
        return entries.reshape((*entries.shape[:-1], *shape))

    return value


@dataclass(frozen=True)
class Joint:
    """A mixture of products: a law of any number of letters whose every marginal and conditional is a closed form.

    `factors[k][letter]` gives the density of a letter in component k, and `weights` gives the component's probability
    from what the whole law is given.
    """

    factors: tuple[Mapping[str, Callable[[Any], Numbers]], ...]
    weights: tuple[Callable[..., Numbers], ...]
    conditions: tuple[str, ...]

    def density(self, drawn: Sequence[str], given: Sequence[str]) -> Callable[..., Numbers]:
        """p(drawn | given) as a function of all of them, in this order; letters that are left out are summed out."""
        behind = [letter for letter in given if letter not in self.conditions]

        def value(*arguments: Any) -> Numbers:
            at = dict(zip((*drawn, *given), arguments, strict=True))
            sizes = [np.exp(weight(*(at.get(name, UNSAID) for name in self.conditions))) for weight in self.weights]
            whole, part = 0.0, 0.0
            for size, own in zip(sizes, self.factors, strict=True):
                among = size * _product([own[letter](at[letter]) for letter in behind])
                part = part + among
                whole = whole + among * _product([own[letter](at[letter]) for letter in drawn])
            return np.asarray(whole / part)

        return value


def _product(values: Sequence[Numbers]) -> Any:
    result: Any = 1.0
    for value in values:
        result = result * value
    return result


def joint(
    generator: np.random.Generator,
    letters: Sequence[str],
    supports: Mapping[str, Numbers | tuple[float, float]],
    conditions: Mapping[str, int],
) -> Joint:
    """A generic law of letters, each on its points or in its interval; given letters with lengths."""
    factors = tuple(
        {letter: _factor(generator, supports[letter.rstrip("'").split("@")[0]]) for letter in letters}
        for _ in range(COMPONENTS)
    )
    lengths = tuple(conditions.values())
    weights = tuple(smooth(generator, lengths, -1.2, 1.2) for _ in range(COMPONENTS))
    return Joint(factors, weights, tuple(conditions))


def _factor(generator: np.random.Generator, support: Numbers | tuple[float, float]) -> Callable[[Any], Numbers]:
    if isinstance(support, tuple):
        return _beta(generator.integers(4, 7, 2), *support)
    table = generator.dirichlet(np.full(len(support), 2.0)) * 0.94 + 0.06 / len(support)

    def probability(x: Any) -> Numbers:
        places = np.abs(np.asarray(x, dtype=float)[..., None] - support).argmin(axis=-1)
        return np.asarray(table[places])

    return probability


def _beta(powers: Numbers, low: float, high: float) -> Callable[[Any], Numbers]:
    """The density of a beta law on an interval: smooth, without a symmetry, and flat where it ends."""
    first, second = (int(power) for power in powers)
    factor = 1 / (beta(first, second) * (high - low) ** (first + second - 1))

    def density(x: Any) -> Numbers:
        at = np.asarray(x, dtype=float)
        return np.asarray(factor * (at - low) ** (first - 1) * (high - at) ** (second - 1))

    return density


def matrix(generator: np.random.Generator, rows: int, columns: int, words: frozenset[str]) -> Numbers:
    """A well-conditioned matrix that is as the words say, and generic beyond that."""
    if "diagonal" in words and rows == columns:
        return np.asarray(np.diag(generator.uniform(0.6, 2.4, rows)))
    if words & {"orthogonal", "orthonormal columns"} and rows >= columns:
        return np.asarray(np.linalg.qr(generator.normal(size=(rows, columns)))[0])
    if "definite" in words and rows == columns:
        root = generator.normal(size=(rows, rows))
        return np.asarray(root @ root.T / rows + 0.7 * np.eye(rows))
    plain = generator.normal(size=(rows, columns)) + 1.5 * np.eye(rows, columns)
    if "skew" in words and rows == columns:
        return np.asarray((plain - plain.T) / 2)
    return np.asarray((plain + plain.T) / 2 if "symmetric" in words and rows == columns else plain)
