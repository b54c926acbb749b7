r"""What a token is.

A formula is cut into tokens once. Each has a kind, and a text in canonical spelling: `\le`, `≤` and `\leqslant` are all
the relation `\leq`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "number", "name", "word", "text",                            # operands: 2.5, x or \theta, softmax, \text{if }
    "operator", "relation", "connective", "separator",           # between operands: +, \leq, \implies, a comma
    "open", "close", "bar", "{", "}",                            # brackets; a bar is | or ||, facing either way
    "script", "command",                                         # _ ^ '; what a rule of its own reads: \frac, \sum
    "begin", "end", "row", "cell",                               # \begin{cases}, \end{cases}, \\, &
    "layout", "quad", "aside", "eof",                            # \begin{align}; space as wide as a \quad; what stands
                                                                 # beside the line, as a label under a brace; the end
]  # fmt: skip


class Token(NamedTuple):
    """One sign: `text` is its canonical spelling, `start` and `end` its place in the source."""

    kind: Kind
    text: str
    start: int
    end: int
