"""A claim and what its symbols mean become a verdict. Imports the text, for its claims, and evaluation; knows no
kernel and no page. Its ways in: `Notation` and `check`, which an author calls.
"""

from __future__ import annotations

from mathpost.judging.checks import check
from mathpost.judging.notation import Notation

__all__ = ["Notation", "check"]
