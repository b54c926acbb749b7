"""Other routes to what a text derives: divergences, entropies, Gaussians, finite decision processes, and data to try
claims on. Imports nothing of mathpost, so that what it gives is independent of how claims are evaluated. Its ways in:
the functions below, by `from mathpost import laws`.
"""

from __future__ import annotations

from mathpost.laws.data import logistic_data, softmax_data
from mathpost.laws.decisions import FiniteMDP
from mathpost.laws.divergences import (
    cross_entropy,
    entropy,
    kl_divergence,
    mutual_information,
)
from mathpost.laws.gaussians import conditional_normal, marginal_normal, posterior_normal

__all__ = [
    "FiniteMDP",
    "conditional_normal",
    "cross_entropy",
    "entropy",
    "kl_divergence",
    "logistic_data",
    "marginal_normal",
    "mutual_information",
    "posterior_normal",
    "softmax_data",
]
