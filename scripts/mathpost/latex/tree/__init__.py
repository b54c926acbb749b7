"""The syntax tree of a formula: a closed union of frozen nodes, the walk over them, the spelling of their names, and
their s-expression. Imports nothing of ours. Its ways in: the nodes and `walk`.
"""

from __future__ import annotations

from mathpost.latex.tree.sexpr import to_sexpr
from mathpost.latex.tree.walking import children, depth_of, rebuild, walk, with_one_changed

__all__ = ["children", "depth_of", "rebuild", "to_sexpr", "walk", "with_one_changed"]
