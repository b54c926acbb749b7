"""Marginal, conditional and posterior normal laws.

The formulas: Bishop, Pattern Recognition and Machine Learning, 2.3; here by precision matrices, where the evaluation of
claims goes by covariances.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


def marginal_normal(law: Any, keep: Sequence[int]) -> Any:
    """The law of some entries, counted from 0, of a `multivariate_normal`: (2.98)."""
    places = np.asarray(keep)
    return stats.multivariate_normal(np.asarray(law.mean)[places], np.asarray(law.cov)[np.ix_(places, places)])


def conditional_normal(law: Any, given: Sequence[int], values: ArrayLike) -> Any:
    """The law of the other entries of a `multivariate_normal`, in their order, where some have given values.

    By the precision matrix, (2.73) and (2.75): the covariance is the inverse of its block.
    """
    mean, precision = np.asarray(law.mean), np.linalg.inv(law.cov)
    held = np.asarray(given)
    rest = np.array([place for place in range(len(mean)) if place not in held])
    block, across = precision[np.ix_(rest, rest)], precision[np.ix_(rest, held)]
    covariance = np.linalg.inv(block)
    shift = np.atleast_1d(np.asarray(values, dtype=float)) - mean[held]
    return stats.multivariate_normal(mean[rest] - covariance @ (across @ shift), (covariance + covariance.T) / 2)


def posterior_normal(prior: Any, matrix: ArrayLike, noise: ArrayLike, observed: ArrayLike) -> Any:
    """The law of z given x, where z has the normal law `prior`, and x is `matrix` z with normal noise of a covariance.

    (2.116) and (2.117); `matrix` has a row for each entry of x. The law is a `multivariate_normal`, or a `norm` where
    the prior is one.
    """
    one = not hasattr(prior, "cov")
    mean, covariance = (prior.mean(), prior.var()) if one else (prior.mean, prior.cov)
    a, weights = np.atleast_2d(np.asarray(matrix, dtype=float)), np.linalg.inv(np.atleast_2d(noise))
    mean, precision = np.atleast_1d(mean), np.linalg.inv(np.atleast_2d(covariance))
    covariance = np.linalg.inv(precision + a.T @ weights @ a)
    centre = covariance @ (a.T @ weights @ np.atleast_1d(observed) + precision @ mean)
    if one:
        return stats.norm(centre[0], np.sqrt(covariance[0, 0]))
    return stats.multivariate_normal(centre, (covariance + covariance.T) / 2)
