"""The levels of precedence, from lists down to factors: where a sum, a product, a relation is parsed. Imports the
prefixes. Its ways in: `Lists`, which has the rules of every level, and `as_domain`.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.levels.comparisons import as_domain
from mathpost.latex.reading.grammar.levels.lists import Lists

__all__ = ["Lists", "as_domain"]
