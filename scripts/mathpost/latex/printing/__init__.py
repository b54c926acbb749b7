"""A tree back to LaTeX, so that reading it again gives the same tree. Imports the tree, and from `reading` what it
must know of words and signs. Its way in: `to_latex`.
"""

from __future__ import annotations

from mathpost.latex.printing.printer import to_latex

__all__ = ["to_latex"]
