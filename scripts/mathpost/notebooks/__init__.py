"""A notebook is executed in a kernel of its own, and what it recorded is read back. Imports the text, for what is to be
computed in it; the only room to know papermill, nbclient and nbformat. Its ways in: `execute` and `Record`.
"""

from __future__ import annotations

from mathpost.notebooks.execution import execute
from mathpost.notebooks.record import Record

__all__ = ["Record", "execute"]
