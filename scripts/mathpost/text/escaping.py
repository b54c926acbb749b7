"""Backslashes of a page for a Markdown renderer that eats them, and how they are undone.

Each sign of them may also be meant: `\\\\\\\\` is an empty row to LaTeX, `\\_` an underscore that is shown, `\\\\{` a
row that begins with a brace. Only a page that has two kinds of them was escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# In words and names an underscore is an underscore.
_IN_WORDS: Final = re.compile(r"\\(?:text\w*|mbox|[hf]box|math(?:rm|it|tt|sf|bf|normal)|operatorname\*?)\s*\{[^{}]*\}")
_ROW: Final = re.compile(r"\\{4}")
_INDEX: Final = re.compile(r"(?<=[A-Za-z0-9})])\\[_*](?=[{A-Za-z0-9\\])")
# Not `\\%` and `\\&`: so a row ends before a comment, and one begins.
_SIGN: Final = re.compile(r"(?<!\\)\\\\[{}|,;:!]")
_DELIMITER: Final = re.compile(r"\\\\[(\[]")


def is_escaped(formulas: Iterable[str], delimiters: Iterable[str]) -> bool:
    """Whether a page carries the backslashes of a Markdown renderer that eats them: two kinds of them or more.

    The kinds are a row break of four, an index or a star with one, a sign such as a brace with two, and a delimiter of
    a formula with two.
    """
    written = [_IN_WORDS.sub("", formula) for formula in formulas]
    kinds = [any(map(kind.search, written)) for kind in (_ROW, _INDEX, _SIGN)]
    return sum([*kinds, any(map(_DELIMITER.match, delimiters))]) > 1


def undo_escaping(latex: str) -> str:
    """One level of Markdown's escaping undone, where it can only be that."""
    return re.sub(
        r"\\\\(\\\\|(?=[{}|,;:!_%#&]))|\\([_*])", lambda match: match[2] or ("\\\\" if match[1] else "\\"), latex
    )
