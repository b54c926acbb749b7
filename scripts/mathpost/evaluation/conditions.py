"""Whether a condition holds, at each point of a batch."""

from __future__ import annotations

import numpy as np

from mathpost.evaluation.arithmetic import truth
from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.values import Array, elementwise, mapped
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Binary, Node, Relation

ALIKE = 1e-9


def satisfied(condition: Node, environment: Environment) -> Array:
    """Whether a condition holds, at each point of the batch; equal is what agrees to the accuracy of float64.

    Errors: EvaluationError where it has no value.
    """
    match condition:
        case Binary(operator="\\land"):
            return elementwise(
                np.logical_and, *(satisfied(part, environment) for part in (condition.left, condition.right))
            )
        case Relation(operator="\\in" | "\\notin"):
            return mapped(lambda values: values > 0, truth(condition, environment))
        case Relation(operator=operator) if operator in RELATIONS:
            return _compared(operator, condition.left, condition.right, environment)
    raise EvaluationError(f"`{to_latex(condition)}` is not evaluated as a condition")


def _compared(operator: str, left: Node, right: Node, environment: Environment) -> Array:
    a, b = number_of(left, environment), number_of(right, environment)
    close = elementwise(lambda x, y: np.asarray(np.isclose(x, y, rtol=ALIKE, atol=0.0)), a, b)
    core = tuple(range(-close.rank, 0))
    if operator in ("=", "\\neq"):
        same = close.values.all(axis=core)
        return Array(np.asarray(same == (operator == "=")), 0)
    ordered = elementwise(RELATIONS[operator], a, b)
    join = np.logical_or if operator in ("\\leq", "\\geq") else np.greater
    return Array(np.asarray(join(ordered.values, close.values).all(axis=core)), 0)
