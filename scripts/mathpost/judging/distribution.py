"""What `X \\sim p` and `\\theta | k \\sim p` assert.

Of what nothing gives a law yet they are definitions. Laws are compared with laws; samples are tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import stats

from mathpost.evaluation import Environment
from mathpost.evaluation.binding import along_new_axis, law_and_conditions
from mathpost.evaluation.calling import law_at
from mathpost.evaluation.chance import declared_laws, is_random, law_of, random_names, stated_law
from mathpost.evaluation.environment import Definition, Function
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.laws import density, expectation_rule, is_discrete, quantiles, support_points
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import DEFINITION, Judgement
from mathpost.judging.comparison import Case
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Apply, Binary, Call, Index, Moment, Node, Relation, Symbol

LEVEL = 1e-3
NOT_REJECTED = f"not rejected at the level {LEVEL:g} by the {{test}}, which cannot show that it is true"
FEWEST = 20
SAME = 1e-8
PLACES = 400
FREQUENCIES = np.array([0.23, 0.61, 1.07, 1.9, 2.7])
DEFINED = Judgement("pass", tolerance_source=DEFINITION, reason="")
GIVEN = "\\cdot"
"""The name of what holds `\\theta | k` together."""
EQUAL_IN_LAW = r"\overset{d}{=}"
DRAWN = "a statement about how data were drawn is not evaluated: waive it with a reason"


def same_law(case: Case) -> Judgement:
    """`X \\sim p`: both are one law, or the data are a plausible sample of it, or X is defined so."""
    environment, left = case.environment, case.left
    law, conditions = law_and_conditions(case.right, environment)
    if isinstance(left, Index) and (sample := environment.samples(left)) is not None:
        return _tested(sample, law_at(law, [number_of(each, environment) for each in conditions]))
    name = environment.key(left) if isinstance(left, Symbol) else ""
    if name and not environment.is_bound(name) and not is_random(name, environment) and _is_new(name, law, environment):
        _ = [_law_here(law, conditions, point, environment) for point in _points(conditions, environment)]
        case.draw.definitions[stated_law(name)] = Definition((), case.right)
        return DEFINED
    known = _law_of_left(left, environment)
    if known is not None and known[0] != law:
        return _compared(known, (law, conditions), environment)
    if random_names([left], environment):
        other = Symbol("\\cdot_X")
        known_then = {**environment.definitions, stated_law(other.name): Definition((), case.right)}
        return _by_characteristic_functions(case, other, replace(environment, definitions=known_then))
    raise EvaluationError(DRAWN)


def _is_new(name: str, law: Function, environment: Environment) -> bool:
    """Whether the notation gives no other law to a name than the one that is stated."""
    known = declared_laws([name], (), environment)
    return len(known) != 1 or law in known


Stated = tuple[Function, tuple[Node, ...]]


def _law_of_left(left: Node, environment: Environment) -> Stated | None:
    match left:
        case Symbol():
            known = declared_laws([environment.key(left)], (), environment)
            only = (known[0], tuple(map(Symbol, known[0].arguments[1:]))) if len(known) == 1 else None
            return law_of(environment.key(left), environment) or only
        case Call(function=Symbol(name=name), arguments=(Symbol() as own, *given)) if name == GIVEN:
            values = dict(condition_of(part, environment) for part in given)
            found = declared_laws([environment.key(own)], tuple(values), environment)
            if len(found) != 1:
                raise EvaluationError(
                    f"nothing says which law `{to_latex(own)}` has here: declare `p({to_latex(own)} | …)`"
                )
            return found[0], tuple(values.get(other, Symbol(other)) for other in found[0].arguments[1:])
    return None


def condition_of(part: Node, environment: Environment) -> tuple[str, Node]:
    match part:
        case Symbol():
            return environment.key(part), part
        case Relation(operator="=", left=Symbol() as name):
            return environment.key(name), part.right
    raise EvaluationError(f"`{to_latex(part)}` is not evaluated as a condition")


def equal_in_law(case: Case) -> Judgement:
    """`X \\overset{d}{=} Y`: the two sides have one law, whatever they have to do with each other."""
    if not all(random_names([side], case.environment) for side in (case.left, case.right)):
        raise EvaluationError("an equality of laws is evaluated for random variables: bind them to laws")
    known = [_law_of_left(side, case.environment) for side in (case.left, case.right)]
    if known[0] is not None and known[1] is not None:
        return _compared(known[0], known[1], case.environment)
    return _by_characteristic_functions(case, case.right, case.environment)


# -- law against law ---------------------------------------------------------------------------------------------------


def _points(conditions: tuple[Node, ...], environment: Environment) -> Iterator[tuple[int, ...]]:
    values = [number_of(each, environment).with_axes(environment.depth) for each in conditions]
    yield from np.ndindex(np.broadcast_shapes(*(each.shape[: environment.depth] for each in values)))


def _law_here(law: Function, conditions: tuple[Node, ...], point: tuple[int, ...], environment: Environment) -> Any:
    values = []
    for condition in conditions:
        value = number_of(condition, environment)
        full = value.with_axes(environment.depth)
        place = tuple(min(k, n - 1) for k, n in zip(point, full.shape, strict=False))
        values.append(Array(full[place], value.rank))
    return law_at(law, values)


def _compared(left: Stated, right: Stated, environment: Environment) -> Judgement:
    apart = 0.0
    for point in _points((*left[1], *right[1]), environment):
        one, other = (_law_here(*side, point, environment) for side in (left, right))
        apart = max(apart, _distance(one, other))
    source = "the distribution functions, or densities, of both laws where either has its mass"
    return decided(apart, SAME, source, "the two sides are different laws")


def decided(apart: float, allowed: float, source: str, reason: str) -> Judgement:
    holds = apart <= allowed
    return Judgement("pass" if holds else "fail", 0.0, apart, apart, allowed, source, "" if holds else reason)


def _distance(one: Any, other: Any) -> float:
    """The greatest difference of two distribution functions; or of densities, as a share of the greatest."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        raise EvaluationError("observations are no law: write `x^{(i)}` for them")
    if is_discrete(one) != is_discrete(other):
        return 1.0
    places = [places_of(law) for law in (one, other)]
    if places[0].shape[1:] != places[1].shape[1:]:
        return 1.0
    points = np.concatenate(places)
    if hasattr(one, "cdf") and hasattr(other, "cdf") and points.ndim == 1:
        return float(np.abs(one.cdf(points) - other.cdf(points)).max())
    densities = [density(law, points) for law in (one, other)]
    return float(np.abs(densities[0] - densities[1]).max() / max(map(np.max, densities)))


def places_of(law: Any) -> Numbers:
    """Points where a law has its mass."""
    if is_discrete(law):
        return support_points(law)
    inverses = quantiles(law)
    if inverses is not None:
        return np.asarray(inverses[0](np.linspace(0.001, 0.999, 99)))
    points = expectation_rule(law, False).points
    return points[:: max(1, len(points) // PLACES)]


def _by_characteristic_functions(case: Case, other: Node, environment: Environment) -> Judgement:
    """The left side and another have one law if E[e^{itX}] is the same at all t: some are tried, by the law's scale."""
    frequency = Symbol("\\cdot_t")
    spread = number_of(Moment("Var", (), (other,)), environment).values
    scale = float(np.sqrt(spread.mean())) if np.all(np.isfinite(spread)) else 1.0
    inner = environment.bind_universally({frequency.name: along_new_axis(FREQUENCIES / scale, environment)})
    apart, bound, fresh = 0.0, SAME, case.draw.afresh()  # what is known of a name there is of another law
    for function in ("cos", "sin"):
        sides = [
            fresh.measure(Moment("E", (), (Apply(function, Binary("*", frequency, side)),)), inner)
            for side in (case.left, other)
        ]
        one, two = (side.value for side in sides)
        if not (isinstance(one, Array) and isinstance(two, Array)) or one.rank or two.rank:
            raise EvaluationError("laws of vectors are compared if both are bound, not those of expressions")
        axes = inner.depth
        apart = max(apart, float(np.abs(one.with_axes(axes) - two.with_axes(axes)).max()))
        bound = max(bound, *(2 * float(side.error.max(initial=0.0)) for side in sides))
    source = "the characteristic functions of both sides"
    return decided(apart, bound, source, "the two sides are different laws")


# -- samples --------------------------------------------------------------------------------------------------------


def _tested(sample: Numbers, law: Any) -> Judgement:
    refuse_few(sample)
    if isinstance(law, np.ndarray) or sample.ndim > 1 or not hasattr(law, "cdf"):
        raise EvaluationError(DRAWN)
    if is_discrete(law):
        return by_level(_p_of_counts(sample, law), "chi-squared test")
    return by_level(float(stats.kstest(sample, law.cdf).pvalue), "Kolmogorov-Smirnov test")


def _p_of_counts(sample: Numbers, law: Any) -> float:
    points = support_points(law)
    expected = np.asarray(law.pmf(points)) * len(sample)
    counts = np.array([np.sum(sample == point) for point in points])
    often = expected >= 5
    observed = np.append(counts[often], len(sample) - counts[often].sum())
    wanted = np.append(expected[often], max(len(sample) - expected[often].sum(), 0.0))
    if wanted[-1] < 1e-9 * len(sample):
        if observed[-1]:
            return 0.0
        observed, wanted = observed[:-1], wanted[:-1]
    statistic = float(np.sum((observed - wanted) ** 2 / wanted))
    return float(stats.chi2.sf(statistic, max(len(wanted) - 1, 1)))


def refuse_few(sample: Numbers) -> None:
    if len(sample) < FEWEST:
        raise EvaluationError(f"{len(sample)} observations say too little about their law: {FEWEST} are the least")


def by_level(p: float, test: str) -> Judgement:
    source = f"{test} at the level {LEVEL:g}"
    reason = "" if p >= LEVEL else f"the {test} rejects it: p = {p:.2g}"
    remarks = (NOT_REJECTED.format(test=test),) if p >= LEVEL else ()
    return Judgement("pass" if p >= LEVEL else "fail", p, LEVEL, None, LEVEL, source, reason, remarks)
