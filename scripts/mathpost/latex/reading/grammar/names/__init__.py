"""Names with their faces, accents and scripts: the tightest level of the grammar. Imports the cursor, the customs and
the spelling of names. Its way in: `Scripted`, whose rules the level above inherits.
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.names.arguments import Scripts
from mathpost.latex.reading.grammar.names.decorations import spell
from mathpost.latex.reading.grammar.names.scripts import Scripted

__all__ = ["Scripted", "Scripts", "spell"]
