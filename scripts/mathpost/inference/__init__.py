"""What the symbols of a text are, found in its formulas and its words: nothing is evaluated, and nobody is asked.
Imports the text and the reader of LaTeX. Its ways in: `read_passages`, `said_of` and `find_shapes`.
"""

from __future__ import annotations

from mathpost.inference.passages import Passages, Statement, read_passages
from mathpost.inference.sayings import Fact, said_of
from mathpost.inference.shapes import find_shapes

__all__ = ["Fact", "Passages", "Statement", "find_shapes", "read_passages", "said_of"]
