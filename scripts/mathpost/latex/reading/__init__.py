"""A formula becomes a tree: `tokens` of its LaTeX, `statements` cut into sides, and each side by the levels of the
`grammar`, which asks the notation, and the `customs` where that is silent. Imports the tree. Its ways in: `parse` and
`find_chains`.
"""

from __future__ import annotations

from mathpost.latex.reading.customs import READINGS
from mathpost.latex.reading.grammar import as_domain, parse, parse_pattern
from mathpost.latex.reading.statements import Chain, Condition, Refusal, find_chains, split_bar
from mathpost.latex.reading.tokens import Macros

__all__ = [
    "READINGS",
    "Chain",
    "Condition",
    "Macros",
    "Refusal",
    "as_domain",
    "find_chains",
    "parse",
    "parse_pattern",
    "split_bar",
]
