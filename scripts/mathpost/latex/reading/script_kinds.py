"""What custom takes a script for: a word, an index, or the power of a set."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading import commands as c
from mathpost.latex.reading.tokens import Token
from mathpost.latex.tree.nodes import Index, Interval, Node, Power, SetOf, Symbol

TRANSPOSES: Final = frozenset(("T", r"\top", "⊤"))


def is_set(node: Node) -> bool:
    """Whether custom takes a node for a set: `\\mathbb{R}`, `\\mathcal{X}`, `\\{0, 1\\}`, and their powers."""
    if isinstance(node, Power | Index):
        return is_set(node.base)
    if isinstance(node, Symbol):
        return node.name.startswith((r"\mathbb{", r"\mathcal{")) and node.name not in c.MOMENTS
    return isinstance(node, SetOf | Interval)


def is_worded(tokens: list[Token]) -> bool:
    """Whether a script is made of words, and is no expression with words in it."""
    if len(tokens) == 1 and tokens[0].kind == "command":
        return tokens[0].text[1:] in c.WORDS
    tokens = _outermost(tokens)
    plain = not any(
        token.kind in ("operator", "command", "relation") and token.text not in ("-", "/", "+") for token in tokens
    )
    bracket = any(token.kind == "open" for token in tokens[1:])
    return any(map(is_text, tokens)) and plain and not bracket and tokens[0].text not in ("-", "+")


def _outermost(tokens: list[Token]) -> list[Token]:
    """Without the scripts inside."""
    kept: list[Token] = []
    depth, skipping = 0, -1
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if skipping < 0 and token.kind == "script" and token.text != "'":
            skipping = depth
        elif skipping >= 0:
            if depth == skipping:
                skipping = -1
        else:
            kept.append(token)
    return kept


def is_text(token: Token) -> bool:
    return token.kind == "text" or (token.kind == "word" and token.text not in TRANSPOSES)


def is_index(tokens: list[Token]) -> bool:
    """Whether custom takes a script for an index: letters i to t, digits, and sums of those."""
    found = False
    for token in tokens:
        if token.kind == "number" or token.text in c.INDEX_LETTERS:
            found = True
        elif token.text not in ("+", "-", ",", "'", "(", ")", "|", "_", "^") and token.kind not in "{}":
            return False
    return found and tokens[0].text not in ("+", "|", ",")
