"""Atoms, which hold together by themselves: brackets, sets, fractions, matrices, calls, and what stands right behind.
Imports the names. Its way in: `Postfixes`, whose rules the level above inherits.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.atoms.calls import symbol_of
from mathpost.latex.reading.grammar.atoms.postfixes import Postfixes

__all__ = ["Postfixes", "symbol_of"]
