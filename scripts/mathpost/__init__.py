"""mathpost: a Hugo blog whose equations are evaluated from their own LaTeX."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mathpost.evaluation import Box, Variable
    from mathpost.judging import Notation, check

__all__ = ["Box", "Notation", "Variable", "check"]

# what an author imports, found when it is asked for: the commands that read and never evaluate start without SciPy
_HOMES = {
    "Box": "mathpost.evaluation",
    "Notation": "mathpost.judging",
    "Variable": "mathpost.evaluation",
    "check": "mathpost.judging",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'mathpost' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
