"""What `X \\perp Y | Z` asserts: a joint law is a product, a test does not reject it, or it is defined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats

from mathpost.evaluation import Environment
from mathpost.evaluation.calling import law_at
from mathpost.evaluation.chance import declared_laws, independence, is_random
from mathpost.evaluation.environment import Definition, Function
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.laws import density
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import Case
from mathpost.judging.distribution import DEFINED, GIVEN, SAME, by_level, condition_of, decided, places_of, refuse_few
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Call, Index, Node, Symbol


def independent(case: Case) -> Judgement:
    """`X \\perp Y | Z`: the joint law is the product of the others, a test does not reject it, or it is defined."""
    environment = case.environment
    left, (right, behind) = case.left, split_bar(case.right)
    if isinstance(left, Index) and isinstance(right, Index) and not behind:
        return _contingency(left, right, environment)
    if not isinstance(left, Symbol) or not isinstance(right, Symbol):
        raise EvaluationError(f"`{to_latex(case.left)} \\perp {to_latex(case.right)}` is evaluated for names")
    names = (environment.key(left), environment.key(right))
    conditions = tuple(condition_of(part, environment)[0] for part in behind)
    joint = declared_laws(names, conditions, environment)
    if len(joint) == 1:
        return _factorised(names, conditions, joint[0], environment)
    if joint or conditions or not all(is_random(name, environment) for name in names):
        raise EvaluationError(f"nothing says how `{names[0]}` and `{names[1]}` hang together: declare their joint law")
    case.draw.definitions[independence(*names)] = Definition((), left)
    return DEFINED


def split_bar(node: Node) -> tuple[Node, tuple[Node, ...]]:
    match node:
        case Call(function=Symbol(name=name), arguments=(own, *given)) if name == GIVEN:
            return own, tuple(given)
    return node, ()


def _factorised(
    names: tuple[str, str], conditions: tuple[str, ...], joint: Function, environment: Environment
) -> Judgement:
    laws = [_the_law([name], conditions, environment) for name in names]
    apart = 0.0
    for values in _values_of(conditions, environment):
        both, first, second = (_at(law, values, environment) for law in (joint, *laws))
        points = places_of(both)
        columns = [points[:, joint.arguments.index(name)] for name in names]
        product = density(first, columns[0]) * density(second, columns[1])
        whole = density(both, points)
        apart = max(apart, float(np.abs(whole - product).max() / whole.max()))
    source = "the joint density beside the product of the others"
    return decided(apart, SAME, source, f"`{names[0]}` and `{names[1]}` are dependent")


def _the_law(names: list[str], conditions: tuple[str, ...], environment: Environment) -> Function:
    found = declared_laws(names, conditions, environment)
    if len(found) != 1:
        raise EvaluationError(f"nothing says which law `{names[0]}` has: declare it")
    return found[0]


def _at(law: Function, values: dict[str, Array], environment: Environment) -> Any:
    given_names = law.arguments[len(law.arguments) - law.conditions :]
    return law_at(
        law, [values[name] if name in values else number_of(Symbol(name), environment) for name in given_names]
    )


def _values_of(conditions: tuple[str, ...], environment: Environment) -> Iterator[dict[str, Array]]:
    """Some values of what is given, from its law."""
    if not conditions:
        yield {}
        return
    if len(conditions) > 1:
        raise EvaluationError("independence is evaluated given one variable")
    points = places_of(_the_law([conditions[0]], (), environment).value)
    for point in points[:: max(1, len(points) // 5)]:
        yield {conditions[0]: Array(np.asarray(point), 0)}


def _contingency(left: Index, right: Index, environment: Environment) -> Judgement:
    samples = [environment.samples(each) for each in (left, right)]
    if any(each is None or each.ndim > 1 for each in samples):
        raise EvaluationError("independence is tested for samples of numbers")
    classes = [_classes(each) for each in samples if each is not None]
    refuse_few(classes[0])
    if len(classes[0]) != len(classes[1]):
        raise EvaluationError("independence is tested for samples of one length")
    table = np.array(
        [[np.sum((classes[0] == a) & (classes[1] == b)) for b in np.unique(classes[1])] for a in np.unique(classes[0])]
    )
    return by_level(float(stats.chi2_contingency(table).pvalue), "chi-squared test of quartiles")


def _classes(sample: Numbers) -> Numbers:
    """The values themselves if they are few, else the quartile of each."""
    if len(np.unique(sample)) <= 6:
        return sample
    return np.searchsorted(np.quantile(sample, [0.25, 0.5, 0.75]), sample)
