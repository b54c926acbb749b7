"""Operators that stand before what they act on: functions, big operators, moments, integrals, derivatives. Imports the
atoms. Its way in: `Functions`, whose rules the level above inherits.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.prefixes.functions import Functions

__all__ = ["Functions"]
