"""The syntax tree of a formula: a closed union of frozen nodes, the walk over them, and their s-expression. Knows no
spelling and imports nothing of ours. Its ways in: the nodes and `walk`.
"""

from __future__ import annotations

from mathpost.latex.tree.sexpr import to_sexpr
from mathpost.latex.tree.walking import children, rebuild, walk

__all__ = ["children", "rebuild", "to_sexpr", "walk"]
