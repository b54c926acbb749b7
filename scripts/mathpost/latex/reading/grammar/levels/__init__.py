"""The levels of precedence, from lists down to factors: where a sum, a product, a relation is parsed. Imports the
prefixes. Its way in: `Lists`, which has the rules of every level.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.levels.lists import Lists

__all__ = ["Lists"]
