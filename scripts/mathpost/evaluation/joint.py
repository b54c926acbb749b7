"""Joint laws: what the law of several variables says of each of them, and of some given the others.

A joint law is one of SciPy's multivariate normal laws, a table over finite domains, laws that are independent of each
other, or a prior with a family, from which Bayes' rule makes the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, permutations
from typing import Any, Protocol, TypeAlias

import numpy as np
from scipy import stats

from mathpost.evaluation.calling import call_batch, is_family
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import DENSITIES, Broadcasting, Function
from mathpost.evaluation.laws import (
    Derived,
    Family,
    density,
    expectation_rule,
    is_discrete,
    is_law,
    is_multivariate_normal,
)
from mathpost.evaluation.quadrature import Rule
from mathpost.evaluation.tables import tabulated
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree.spelling import head_of

MOST_VARIABLES = 3
TOTAL = 1e-9
Places: TypeAlias = tuple[int, ...]


class Joint(Protocol):
    """The law of several variables, which are told by their places."""

    def law(self, own: Places, given: Places) -> Callable[..., Any]:
        """The law of some variables as a function of the values of others; all else is integrated out."""


@dataclass(frozen=True)
class Normal:
    """A multivariate normal law. The conditional one: Bishop, Pattern Recognition and Machine Learning, 2.3.1."""

    mean: Numbers
    covariance: Numbers

    def law(self, own: Places, given: Places) -> Callable[..., Any]:
        rows, columns = np.array(own), np.array(given, dtype=int)
        inside, across = self.covariance[np.ix_(rows, rows)], self.covariance[np.ix_(rows, columns)]
        slopes = np.linalg.solve(self.covariance[np.ix_(columns, columns)], across.T).T
        rest = inside - slopes @ across.T

        def at(*values: Any) -> Any:
            shifts = np.array(
                [np.asarray(value) - self.mean[place] for value, place in zip(values, given, strict=True)]
            )
            mean = [self.mean[row] + np.tensordot(slopes[k], shifts, 1) for k, row in enumerate(own)]
            one = len(own) == 1
            return stats.norm(mean[0], np.sqrt(rest[0, 0])) if one else stats.multivariate_normal(mean, rest)

        return at


@dataclass(frozen=True)
class Table:
    """Probabilities over finite domains, one axis for each variable."""

    domains: tuple[Numbers, ...]
    table: Numbers

    def law(self, own: Places, given: Places) -> Callable[..., Any]:
        others = tuple(axis for axis in range(self.table.ndim) if axis not in own + given)
        kept = sorted(own + given)
        table = np.transpose(self.table.sum(axis=others), [kept.index(axis) for axis in given + own])
        domains = tuple(self.domains[axis] for axis in own)

        def at(*values: float) -> Any:
            places = tuple(_place(value, self.domains[axis]) for value, axis in zip(values, given, strict=True))
            inside = table[places]
            if not inside.sum() > 0:
                raise EvaluationError("a law is conditioned on what has the probability 0")
            return listed(domains, inside / inside.sum())

        return at


def _place(value: float, domain: Numbers) -> int:
    found = np.flatnonzero(domain == float(value))
    if len(found) != 1:
        raise EvaluationError(f"{value:g} is none of the values that a table of probabilities lists")
    return int(found[0])


def listed(domains: tuple[Numbers, ...], table: Numbers) -> Derived:
    """The law of a table: of a number if it has one axis, else of a point."""
    points = np.stack([grid.ravel() for grid in np.meshgrid(*domains, indexing="ij")], axis=-1)
    points, masses = points[:, 0] if len(domains) == 1 else points, table.ravel()

    def probability(x: Numbers) -> Numbers:
        same = (
            np.asarray(x)[..., None] == points
            if points.ndim == 1
            else np.all(np.asarray(x)[..., None, :] == points, axis=-1)
        )
        return np.asarray(same @ masses)

    return Derived(True, probability, lambda _: Rule.exact(points, masses, "exact sum"))


@dataclass(frozen=True)
class Independent:
    """Laws of numbers that are independent of each other."""

    laws: tuple[Any, ...]

    def law(self, own: Places, given: Places) -> Callable[..., Any]:
        chosen = tuple(self.laws[place] for place in own)
        found = chosen[0] if len(chosen) == 1 else _side_by_side(chosen)
        return lambda *_: found


def _side_by_side(laws: tuple[Any, ...]) -> Derived:
    def probability(x: Numbers) -> Numbers:
        return np.asarray(np.prod([density(law, np.asarray(x)[..., k]) for k, law in enumerate(laws)], axis=0))

    def rule(fine: bool) -> Rule:
        rules = [expectation_rule(law, fine) for law in laws]
        points = np.stack([grid.ravel() for grid in np.meshgrid(*(each.points for each in rules), indexing="ij")], -1)
        weights, marks = (
            [grid.ravel() for grid in np.meshgrid(*columns, indexing="ij")]
            for columns in ([each.weights for each in rules], [each.outermost for each in rules])
        )
        methods = sorted({each.method for each in rules} - {"exact sum"}) or ["exact sum"]
        return Rule(points, np.prod(weights, axis=0), " and ".join(methods), np.any(marks, axis=0))

    return Derived(all(map(is_discrete, laws)), probability, rule)


@dataclass(frozen=True)
class Bayesian:
    """A prior of the first variable, and the law of the second for each value of the first."""

    prior: Any
    family: Callable[..., Any]
    broadcasting: Broadcasting = field(default_factory=Broadcasting, compare=False)

    def law(self, own: Places, given: Places) -> Callable[..., Any]:
        match own, given:
            case (0,), ():
                return lambda: self.prior
            case (1,), (0,):
                return self.family
            case (0,), (1,):
                return self._posterior
            case (1,), ():
                return self._marginal
        return lambda: self._both(own)

    def _likelihood(self, z: Numbers, x: Numbers) -> Numbers:
        """The density of each x under the law at each z."""
        places = [Array(each, 0) for each in np.broadcast_arrays(z, x)]
        density_at = lambda here, there: density(self.family(here), there)  # noqa: E731
        return call_batch(density_at, places, "the law of a joint law", self.broadcasting).values

    def _total(self, x: Numbers) -> Numbers:
        base = expectation_rule(self.prior, True)
        return np.asarray(self._likelihood(base.points, np.asarray(x)[..., None]) @ base.weights)

    def _posterior(self, x: float) -> Derived:
        def rule(fine: bool) -> Rule:
            base = expectation_rule(self.prior, fine)
            weights = base.weights * self._likelihood(base.points, np.asarray(x))
            if not weights.sum() > 0:
                raise EvaluationError("a law is conditioned on what has the probability 0")
            return Rule(base.points, weights / weights.sum(), base.method, base.outermost)

        def probability(z: Numbers) -> Numbers:
            return (
                density(self.prior, np.asarray(z))
                * self._likelihood(np.asarray(z), np.asarray(x))
                / self._total(np.asarray(x))
            )

        return Derived(is_discrete(self.prior), probability, rule)

    def _marginal(self) -> Derived:
        def rule(fine: bool) -> Rule:
            both = self._both((0, 1)).rule(fine)
            return Rule(both.points[:, 1], both.weights, both.method, both.outermost)

        return Derived(is_discrete(self._example), self._total, rule)

    @cached_property
    def _example(self) -> Any:
        return self.family(expectation_rule(self.prior, False).points[0])

    def _both(self, own: Places) -> Derived:
        def probability(x: Numbers) -> Numbers:
            first, second = np.asarray(x)[..., own.index(0)], np.asarray(x)[..., own.index(1)]
            return density(self.prior, first) * self._likelihood(first, second)

        def rule(fine: bool) -> Rule:
            base = expectation_rule(self.prior, fine)
            rules = [expectation_rule(self.family(point), fine) for point in base.points]
            first = np.concatenate(
                [np.full(len(each.weights), point) for point, each in zip(base.points, rules, strict=True)]
            )
            second = np.concatenate([each.points for each in rules])
            weights = np.concatenate([weight * each.weights for weight, each in zip(base.weights, rules, strict=True)])
            marks = np.concatenate([mark | each.outermost for mark, each in zip(base.outermost, rules, strict=True)])
            methods = sorted({base.method, rules[0].method} - {"exact sum"}) or ["exact sum"]
            columns = (first, second) if own == (0, 1) else (second, first)
            return Rule(np.stack(columns, axis=-1), weights, " and ".join(methods), marks)

        return Derived(is_discrete(self.prior) and is_discrete(self._example), probability, rule)


# -- what a notation declares ------------------------------------------------------------------------------------------


def as_law(function: Function, symbols: Mapping[str, Any]) -> Any:
    """What a function is bound to, as a law where it is one: laws side by side and tables of probabilities too."""
    value, own = function.value, _own(function)
    table = tabulated(function, symbols)
    if table is not None:
        return table
    if isinstance(value, tuple) and len(value) == len(own) and all(map(is_law, value)):
        return _side_by_side(value)
    domains = _domains(own, symbols) if isinstance(value, np.ndarray) else None
    if domains is not None and value.shape == tuple(map(len, domains)) and _is_table(value):
        return listed(domains, value)
    return value


def _own(function: Function) -> tuple[str, ...]:
    return function.arguments[: len(function.arguments) - function.conditions]


def _domains(names: Sequence[str], symbols: Mapping[str, Any]) -> tuple[Numbers, ...] | None:
    """The finite domains that the notation gives to some variables."""
    found = []
    for name in names:
        declared = symbols.get(name)
        if not isinstance(declared, Variable) or isinstance(declared.domain, Box):
            return None
        points = np.asarray(declared.domain)
        if points.ndim != 1:
            return None
        found.append(points)
    return tuple(found) if len(found) > 1 else None


def _is_table(values: Numbers) -> bool:
    return bool(values.dtype.kind in "iuf" and np.all(values >= 0) and abs(values.sum() - 1) < TOTAL)


def derived_functions(
    functions: Mapping[str, tuple[Function, ...]], symbols: Mapping[str, Any]
) -> dict[str, tuple[Function, ...]]:
    """The marginal and conditional laws that follow from those declared, under the same names."""
    derived: dict[str, tuple[Function, ...]] = {}
    for name, declared in functions.items():
        found: dict[tuple[tuple[str, ...], frozenset[str]], Function] = {}
        for names, parameters, joint in _joints(declared, symbols):
            for function in _parts(name, names, parameters, joint):
                found.setdefault(_signature(function), function)
        for function in declared:
            found.pop(_signature(function), None)
        if found:
            derived[name] = tuple(found.values())
    return derived


def _signature(function: Function) -> tuple[tuple[str, ...], frozenset[str]]:
    own = _own(function)
    return own, frozenset(function.arguments[len(own) :])


JointOf: TypeAlias = Callable[..., Joint]


def _joints(
    declared: Iterable[Function], symbols: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], JointOf]]:
    """The names of the variables, those of the parameters, and the joint law at each value of these."""
    declared = tuple(declared)
    for function in declared:
        own, behind = _own(function), function.separators[len(_own(function)) - 1 :]
        if not 1 < len(own) <= MOST_VARIABLES or "|" in behind:
            continue
        joint = _joint_of(function, own, symbols)
        if joint is not None:
            yield own, function.arguments[len(own) :], joint
    for prior in declared:
        if len(prior.arguments) != 1 or not is_law(prior.value):
            continue
        for family in declared:
            if family.separators == ("|",) and family.arguments[1:] == prior.arguments and is_family(family):
                yield (*prior.arguments, family.arguments[0]), (), _constant(Bayesian(prior.value, family.value))


def _constant(joint: Joint) -> JointOf:
    return lambda *_: joint


def _joint_of(function: Function, own: tuple[str, ...], symbols: Mapping[str, Any]) -> JointOf | None:
    value = function.value
    if isinstance(value, tuple) and len(value) == len(own) and all(map(is_law, value)):
        return _constant(Independent(value))
    if is_multivariate_normal(value) and len(value.mean) == len(own):
        return _constant(Normal(np.asarray(value.mean), np.asarray(value.cov)))
    if is_family(function):
        return lambda *parameters: _normal_of(function, value(*parameters), len(own))
    domains = _domains(own, symbols) if head_of(function.name) in DENSITIES else None
    if domains is not None and function.conditions == 0 and not is_law(value):
        table = _table_of(value, domains)
        return _constant(Table(domains, table)) if table is not None else None
    return None


def _normal_of(function: Function, law: Any, count: int) -> Joint:
    if not is_multivariate_normal(law) or len(law.mean) != count:
        raise EvaluationError(f"`{function}`: marginal and conditional laws follow from normal laws and tables only")
    return Normal(np.asarray(law.mean), np.asarray(law.cov))


def _table_of(value: Any, domains: tuple[Numbers, ...]) -> Numbers | None:
    """The probabilities of a function of finitely many points, if that is what it gives."""
    if isinstance(value, np.ndarray):
        fits = value.shape == tuple(map(len, domains)) and _is_table(value)
        return value if fits else None
    shape = tuple(map(len, domains))
    try:
        # an author's function may raise anything where it is no table
        table = np.array(
            [float(value(*(d[k] for d, k in zip(domains, place, strict=True)))) for place in np.ndindex(shape)]
        )
    except Exception:
        return None
    return table.reshape(shape) if _is_table(table) else None


def _parts(name: str, names: tuple[str, ...], parameters: tuple[str, ...], joint: JointOf) -> Iterator[Function]:
    places = range(len(names))
    for count in range(1, len(names) + 1):
        for own in permutations(places, count):
            rest = [place for place in places if place not in own]
            for given in (given for size in range(len(rest) + 1) for given in combinations(rest, size)):
                yield _part(name, names, parameters, joint, own, given)


def _part(
    name: str, names: tuple[str, ...], parameters: tuple[str, ...], joint: JointOf, own: Places, given: Places
) -> Function:
    arguments = (*(names[place] for place in own), *(names[place] for place in given), *parameters)
    signs = (",",) * (len(own) - 1) + (("|",) + (",",) * (len(given) - 1) if given else ())
    signs += ((";",) + (",",) * (len(parameters) - 1)) if parameters else ()

    def of(*values: Any) -> Any:
        return joint(*values[len(given) :]).law(own, given)(*values[: len(given)])

    conditions = len(given) + len(parameters)
    value = Family(of, conditions) if conditions else of()
    return Function(name, arguments, signs, conditions, value)
