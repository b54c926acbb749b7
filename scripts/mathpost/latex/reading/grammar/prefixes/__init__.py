"""Operators that stand before what they act on: functions, big operators, moments, integrals, derivatives. Imports the
atoms. Its ways in: `Functions`, whose rules the level above inherits, and `names_of`.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.prefixes.bounds import names_of
from mathpost.latex.reading.grammar.prefixes.functions import Functions

__all__ = ["Functions", "names_of"]
