"""Changed formulas: each tree that differs in one place, in a way an author might get wrong. Imports the tree alone.
Its way in: `mutations`.
"""

from __future__ import annotations

from mathpost.latex.changing.variants import mutations

__all__ = ["mutations"]
