"""Backslashes of a page for a Markdown renderer that eats them, and how they are undone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_IN_WORDS: Final = re.compile(r"\\(?:text|mbox|textrm|texttt|mathtt|operatorname)\s*\{[^{}]*\}")
_ESCAPED: Final = re.compile(r"\\\\\\\\|(?<=[A-Za-z0-9})])\\_(?=[{A-Za-z0-9\\])")


def is_escaped(formulas: Iterable[str]) -> bool:
    """Whether formulas carry the backslashes of a Markdown renderer that eats them."""
    return any(_ESCAPED.search(_IN_WORDS.sub("", formula)) for formula in formulas)


def undo_escaping(latex: str) -> str:
    """One level of Markdown's escaping undone, where it can only be that."""
    return re.sub(
        r"\\\\(\\\\|(?=[{}|,;:!_%#&]))|\\([_*])", lambda match: match[2] or ("\\\\" if match[1] else "\\"), latex
    )
