"""What JupyterLab takes for a formula: its way through a Markdown cell, told once more, apart from the package.

It cuts the text at dollars, braces, environments and blank lines, and goes through the pieces once. What stands in
code, in comments and in the addresses of links is hidden here: some of it is a formula to JupyterLab, but none to its
author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

PIECES: Final = re.compile(
    r"(\$\$?|\\(?:begin|end)\{[a-z]*\*?\}|\\[{}$]|[{}]|(?:\n\s*)+|\\\\(?:\(|\)|\[|\]))", re.IGNORECASE
)
FENCE: Final = re.compile(r"^[ \t]*(?P<fence>`{3,}|~{3,})[^`\n]*\n[\s\S]*?^[ \t]*(?P=fence)[`~]*[ \t]*$", re.MULTILINE)
CODE: Final = re.compile(r"(?:^|(?<=[^\\]))(?P<ticks>`+)[^\n]*?[^`\n](?P=ticks)(?!`)", re.MULTILINE)
COMMENT: Final = re.compile(r"<!--[\s\S]*?-->")
ADDRESS: Final = re.compile(r"(?<=\])\([^()\s]*\)")
HIDDEN: Final = "\ue000"
ENDS: Final = {"$": "$", "$$": "$$", r"\\(": r"\\)", r"\\[": r"\\]"}
PARAGRAPH: Final = re.compile(r"\n.*\n")


def find_formulas(text: str) -> Iterator[str]:
    """The formulas of a cell, with their delimiters."""
    pieces = PIECES.split(_with_hidden(text))
    start = last = None
    end, braces = "", 0
    for number in range(1, len(pieces), 2):
        piece = pieces[number]
        if start is None:
            end, braces = _end_for(piece), 0
            start, last = (number, None) if end else (None, None)
        elif piece == end:
            last = number
            if not braces:
                yield "".join(pieces[start : number + 1])
                start = None
        elif PARAGRAPH.match(piece):
            if last is not None:
                yield "".join(pieces[start : last + 1])
            start = None
        else:
            braces = max(0, braces + (piece == "{") - (piece == "}"))
    if start is not None and last is not None:
        yield "".join(pieces[start : last + 1])


def _end_for(piece: str) -> str:
    """What ends the formula that a piece begins; empty if it begins none."""
    return piece.replace("begin", "end", 1) if piece.startswith(r"\begin") else ENDS.get(piece, "")


def _with_hidden(text: str) -> str:
    for hidden in (FENCE, CODE, COMMENT, ADDRESS):
        text = hidden.sub(lambda match: HIDDEN * len(match[0]), text)
    return text
