r"""Where a condition on a variable says that it runs: `0 < x < 1`, `|t| \leq a`, `x \in [0, 1)`."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Binary, Fenced, Interval, Node, Relation, Symbol

Ends = tuple[float, float]

_BELOW = ("<", "\\leq")
_ABOVE = (">", "\\geq")
_HALVES = {
    **dict.fromkeys(("\\mathbb{R}",), (-np.inf, np.inf)),
    **dict.fromkeys(("\\mathbb{R}_{+}", "\\mathbb{R}_+", "\\mathbb{R}^{+}", "\\mathbb{R}^+"), (0.0, np.inf)),
    **dict.fromkeys(("\\mathbb{R}_{++}", "\\mathbb{R}_{>0}", "\\mathbb{R}_{\\geq0}"), (0.0, np.inf)),
}


def ends_of(condition: Node, name: str, environment: Environment) -> Ends | None:
    """The interval to which a condition confines a variable; None for a condition that is no interval."""
    match condition:
        case Binary(operator="\\land"):
            first, second = (ends_of(part, name, environment) for part in (condition.left, condition.right))
            if first is None or second is None:
                return None
            return max(first[0], second[0]), min(first[1], second[1])
        case Relation(operator="\\in") if environment.named(condition.left) == name:
            return _ends_of_set(condition.right, environment)
        case Relation(operator=operator) if operator in _BELOW:
            return _ends_of_order(condition.left, condition.right, name, environment)
        case Relation(operator=operator) if operator in _ABOVE:
            return _ends_of_order(condition.right, condition.left, name, environment)
    return None


def _ends_of_order(lesser: Node, greater: Node, name: str, environment: Environment) -> Ends | None:
    if _is_name(lesser, name, environment):
        return -np.inf, end_of(greater, environment)
    if _is_name(greater, name, environment):
        return end_of(lesser, environment), np.inf
    if isinstance(lesser, Fenced) and lesser.kind == "abs" and _is_name(lesser.operand, name, environment):
        reach = end_of(greater, environment)
        return -reach, reach
    return None


def _is_name(node: Node, name: str, environment: Environment) -> bool:
    return isinstance(node, Symbol) and environment.key(node) == name


def _ends_of_set(domain: Node, environment: Environment) -> Ends | None:
    match domain:
        case Interval(lower=lower, upper=upper):
            return end_of(lower, environment), end_of(upper, environment)
        case Symbol(name=name):
            return _HALVES.get(name)
    return None


def is_half(domain: Node | None) -> TypeGuard[Symbol]:
    """Whether a set is a half of the real numbers: `\\mathbb{R}^+`."""
    return isinstance(domain, Symbol) and _HALVES.get(domain.name, (-np.inf, np.inf)) != (-np.inf, np.inf)


def end_of(node: Node, environment: Environment) -> float:
    """The value of an end. Errors: EvaluationError where it depends on another variable, or is no number."""
    value = number_of(node, environment)
    if value.values.size != 1:
        raise EvaluationError(f"`{to_latex(node)}` must be one number here")
    return float(value.values.reshape(()))
