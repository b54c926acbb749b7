"""A tree and an environment become a value: sums, laws, quadrature, optimisation, in arrays with batch axes. Imports
the tree and its printer, and knows nothing of texts or claims. Its ways in: `evaluate` and `Environment`.
"""

from __future__ import annotations

from mathpost.evaluation import applying as applying  # these register their rules
from mathpost.evaluation import arithmetic as arithmetic
from mathpost.evaluation import calls as calls
from mathpost.evaluation import chain_rule as chain_rule
from mathpost.evaluation import derivatives as derivatives
from mathpost.evaluation import entries as entries
from mathpost.evaluation import integrals as integrals
from mathpost.evaluation import limits as limits
from mathpost.evaluation import moments as moments
from mathpost.evaluation import operators as operators
from mathpost.evaluation import polarisation as polarisation
from mathpost.evaluation.domains import Box, Variable
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate

__all__ = ["Box", "Environment", "Variable", "evaluate"]
