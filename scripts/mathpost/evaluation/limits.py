"""Limits."""

from __future__ import annotations

from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.values import Array
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Limit


@evaluate.register
def _(node: Limit, environment: Environment) -> Array:
    raise EvaluationError(f"`{to_latex(node)}`: a limit is not evaluated; waive the claim with a reason")
