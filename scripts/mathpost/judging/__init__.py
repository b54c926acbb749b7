"""A claim and what its symbols mean become a verdict. Imports the text, for its claims, and evaluation; knows no
kernel and no page. Its ways in: `Notation` and `check`, which an author calls.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mathpost.judging.checks import check
    from mathpost.judging.notation import Notation

__all__ = ["Notation", "check"]

_HOMES = {"Notation": "mathpost.judging.notation", "check": "mathpost.judging.checks"}


def __getattr__(name: str) -> object:
    """Kernels judge: who settles what they have recorded never loads what evaluates, and SciPy with it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mathpost.judging' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
