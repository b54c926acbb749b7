"""A formula becomes a tree: LaTeX into tokens, statements and sides, and each side by a precedence parser that knows
what the notation declares. Imports the tree. Its ways in: `parse` and `find_chains`.
"""

from __future__ import annotations

from mathpost.latex.reading.parser import parse, parse_pattern
from mathpost.latex.reading.statements import find_chains

__all__ = ["find_chains", "parse", "parse_pattern"]
