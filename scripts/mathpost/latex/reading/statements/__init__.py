"""A formula becomes statements, and each a chain of sides and relations, cut from the tokens without parsing them.
Imports the tokens and the customs. Its way in: `find_chains`.
"""

from __future__ import annotations

from mathpost.latex.reading.statements.chain import Chain, Condition, split_bar
from mathpost.latex.reading.statements.chains import find_chains
from mathpost.latex.reading.statements.refusals import Refusal

__all__ = ["Chain", "Condition", "Refusal", "find_chains", "split_bar"]
