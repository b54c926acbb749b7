r"""`D_{KL}(p \\| q)` of two laws, where the notation does not bind it: the expectation of log p - log q under p."""

from __future__ import annotations

from typing import Any

import numpy as np

from mathpost.evaluation.laws import expectation_rule, is_discrete, is_law, log_density
from mathpost.ground.errors import EvaluationError

CONVERGED = 1e-10


def kl_divergence(p: Any, q: Any) -> float:
    """In nats. Errors: EvaluationError for data, for laws of two kinds and where the quadrature has not converged."""
    if not (is_law(p) and is_law(q)) or is_discrete(p) != is_discrete(q):
        raise EvaluationError("a divergence is evaluated of two laws that are both discrete or both continuous")
    fine, coarse = (_expected(p, q, resolution) for resolution in (True, False))
    if abs(fine - coarse) > CONVERGED * max(1.0, abs(fine)):
        raise EvaluationError("the quadrature of a divergence has not converged: bind it in the notation")
    return fine


def _expected(p: Any, q: Any, fine: bool) -> float:
    rule = expectation_rule(p, fine)
    met = rule.weights > 0
    points, weights = rule.points[met], rule.weights[met]
    own, other = log_density(p, points), log_density(q, points)
    terms = weights * (own - other)
    return float(np.sum(terms)) if np.all(np.isfinite(own)) else float("nan")
