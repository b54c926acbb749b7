"""A formula becomes a tree, and a tree a formula again: `reading`, `tree`, `printing`, `changing`. Knows no numbers
and no Markdown; imports from the ground alone. Its ways in: `parse` and `to_latex`.
"""

from __future__ import annotations

from mathpost.latex.printing import to_latex
from mathpost.latex.reading import parse

__all__ = ["parse", "to_latex"]
