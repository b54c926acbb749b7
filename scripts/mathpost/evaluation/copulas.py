"""Ways in which random variables may hang together of which only the law of each is known.

A way leaves the law of each as it is: by a density of their ranks made of Legendre's polynomials, whose means are zero
(Sarmanov, 1966; the first term alone is the copula of Farlie, Gumbel and Morgenstern), or so that all are monotone
functions of one (the bounds of Fréchet and Hoeffding; Nelsen, An Introduction to Copulas, 2.5 and 3.2.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from scipy import special, stats

from mathpost.evaluation.laws import is_discrete, is_multivariate_normal, quantiles
from mathpost.evaluation.values import Numbers
from mathpost.ground.errors import EvaluationError

Interval: TypeAlias = tuple[Numbers, Numbers]
LEAN = 0.9
"""Correlation of the normal scores of a number and a count, of which neither is a function of the other."""


@dataclass(frozen=True)
class Together:
    """One way: `terms` are degree, degree and factor of products of polynomials in the ranks of two variables.

    Where `tied` is 1 or -1, the variables at odd places among `names` rise, or fall, with those at even ones. `names`
    are all that hang together, in order.
    """

    terms: tuple[tuple[int, int, float], ...] = ()
    tied: int = 0
    names: tuple[str, ...] = ()

    def sign(self, name: str) -> int:
        return self.tied if self.names.index(name) % 2 else 1


CURVED = (
    Together(((1, 1, 0.5), (2, 1, 0.3), (2, 2, -0.2))),
    Together(((1, 1, -0.3), (1, 2, 0.5), (2, 2, 0.2))),
)
"""Neither symmetric nor monotone."""


def ways_together(laws: dict[str, Any]) -> tuple[Together, ...]:
    """The ways in which claims are tried, by the laws of the names; None for one that is not known beforehand."""
    names = tuple(sorted(laws))
    counts = [law is not None and is_discrete(law) for law in laws.values()]
    on_lines = all(law is not None and (is_discrete(law) or is_on_a_line(law)) for law in laws.values())
    mixed = len(set(counts)) > 1 and len(names) > 2
    ways = CURVED if mixed or not on_lines else (*CURVED, Together(tied=1), Together(tied=-1))
    return tuple(replace(way, names=names) for way in ways)


def is_on_a_line(law: Any) -> bool:
    return not isinstance(law, np.ndarray) and not is_discrete(law) and quantiles(law) is not None


def ranks(law: Any, values: Numbers) -> Interval:
    """The probabilities below a value of a law, without it and with it; of a vector those of its first entry."""
    if is_multivariate_normal(law):
        law, values = stats.norm(law.mean[0], np.sqrt(law.cov[0, 0])), values[..., 0]
    if not hasattr(law, "cdf"):
        raise EvaluationError("a law without a distribution function cannot be tried dependent: declare the joint law")
    below = np.asarray(law.cdf(values))
    return (below - np.asarray(law.pmf(values)) if is_discrete(law) else below), below


def polynomial(degree: int, rank: Interval) -> Numbers:
    """Legendre's polynomial of a rank, which falls at first; of a count its mean over all ranks that it has."""
    low, high = rank
    width = np.asarray(high - low)
    steps = np.divide(
        _integral(degree, high) - _integral(degree, low), width, out=np.zeros(width.shape), where=width > 0
    )
    return np.where(width > 0, steps, 1 - 2 * high if degree == 1 else 1 - 6 * high + 6 * high**2)


def _integral(degree: int, u: Numbers) -> Numbers:
    return np.asarray(u - u**2 if degree == 1 else u - 3 * u**2 + 2 * u**3)


def smooth_tilt(way: Together, name: str, known: dict[str, Interval], share: dict[frozenset[str], float]) -> Numbers:
    """The density of a variable's law, given those beside it, by that without them; `known` are the ranks of all.

    `share` says how much each pair that is not independent hangs together, in sum at most one.
    """

    def density(names: Sequence[str]) -> Numbers:
        pairs = [tuple(sorted(pair)) for pair in combinations(names, 2)]
        terms = [
            share[frozenset(pair)] * factor * polynomial(i, known[pair[0]]) * polynomial(j, known[pair[1]])
            for pair in pairs
            if frozenset(pair) in share
            for i, j, factor in way.terms
        ]
        return np.asarray(1 + sum(terms))

    beside = [other for other in known if other != name]
    return density([*beside, name]) / density(beside)


def tied_tilt(way: Together, name: str, known: dict[str, Interval]) -> Numbers:
    """The same for counts, which share the ranks of one variable; a count leans to a number beside it."""
    turned = {each: rank if way.sign(each) > 0 else (1 - rank[1], 1 - rank[0]) for each, rank in known.items()}
    own, beside = turned.pop(name), list(turned.values())
    if np.all(own[0] == own[1]) or any(np.all(low == high) for low, high in beside):
        return _leaning(own, beside[0])
    low = np.maximum.reduce(np.broadcast_arrays(*(rank[0] for rank in beside)))
    high = np.minimum.reduce(np.broadcast_arrays(*(rank[1] for rank in beside)))
    shared = np.clip(np.minimum(high, own[1]) - np.maximum(low, own[0]), 0, None)
    whole = np.clip(high - low, 0, None) * (own[1] - own[0])
    return np.asarray(
        np.divide(shared, whole, out=np.zeros(shared.shape), where=np.broadcast_to(whole > 0, shared.shape))
    )


def _leaning(one: Interval, other: Interval) -> Numbers:
    """A count and a number by the normal copula: the probability of the count at the number, by that without it."""
    count, number = (one, other) if np.any(one[0] < one[1]) else (other, one)
    score = special.ndtri(np.clip(number[1], 1e-300, 1 - 1e-16))
    ends = [special.ndtr((special.ndtri(np.clip(end, 0, 1)) - LEAN * score) / np.sqrt(1 - LEAN**2)) for end in count]
    width = np.asarray(count[1] - count[0])
    given = ends[1] - ends[0]
    return np.asarray(np.divide(given, width, out=np.zeros(given.shape), where=np.broadcast_to(width > 0, given.shape)))


def tied_value(law: Any, other: Any, values: Numbers, sign: int) -> Numbers:
    """The value of a law that has the rank of a value of another, or the opposite one."""
    inverses = quantiles(law)
    assert inverses is not None
    below, above = (
        np.asarray(other.cdf(values)),
        np.asarray(other.sf(values) if hasattr(other, "sf") else other.ccdf(values)),
    )
    lower, upper = inverses if sign > 0 else inverses[::-1]
    return np.asarray(np.where(below < 0.5, lower(np.minimum(below, 0.5)), upper(np.minimum(above, 0.5))))
