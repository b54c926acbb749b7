"""Decorations: the scripts that belong to a name, and what they say in its spelling.

`_` is a decoration where it is text, where the notation declares the whole name, or where it is no index expression.
`^` is one where it is text, a star, or declared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mathpost.latex.reading.customs import (
    CALLED,
    DECORATING,
    INDEX_LETTERS,
    INVERTED,
    POLICY_VALUES,
    TRANSPOSES,
    is_index,
    is_indexed,
    is_label,
    is_pair,
    is_text,
    is_worded,
)
from mathpost.latex.reading.grammar.names.arguments import Scripts
from mathpost.latex.reading.grammar.names.names import Names
from mathpost.latex.reading.grammar.shapes import Argument, Shape
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.words import WORDS
from mathpost.latex.tree.nodes import Symbol
from mathpost.latex.tree.spelling import braced, decorate, head_of, is_word, join

INVERSE: Final = "-1"
_SINGLE: Final = re.compile(r"(?:\\?[A-Za-z]+)(?:_(?:\\?[A-Za-z]+|\{[^{}]*\}))?'*")


class Decorations(Names):
    """Rules for decorations."""

    def decorated(self, symbol: Symbol, scripts: Scripts) -> tuple[Symbol, Scripts]:
        """decoration = "_" argument | "^" argument

        The part of the scripts that belongs to the name, and the rest.
        """
        name = decorate(symbol.name, primes=scripts.primes)
        lower = spell(self.tokens_of(scripts.lower)) if scripts.lower else ""
        upper = spell(self.tokens_of(scripts.upper)) if scripts.upper else ""
        if lower and upper and self.declares(decorate(name, lower, upper)):
            return replace(symbol, name=decorate(name, lower, upper)), Scripts()
        if scripts.lower:
            text, rest = self.lower_decoration(name, lower, scripts.lower)
            name = decorate(name, lower=text) if text else name
            scripts = scripts._replace(lower=rest)
        if scripts.upper:
            text, rest = self.upper_decoration(name, upper, scripts.upper)
            name = decorate(name, upper=text) if text else name
            scripts = scripts._replace(upper=rest)
        return replace(symbol, name=name), scripts

    def lower_decoration(self, name: str, text: str, argument: Argument) -> tuple[str, Argument | None]:
        """The decoration in a subscript, and what is left as index."""
        tokens = self.tokens_of(argument)
        if self.declares(decorate(name, lower=text)):
            return text, None
        arrow = self.declared.complete and any(token.text == r"\to" for token in tokens)
        if arrow and name in self.declared.data | self.declared.functions | self.declared.symbols:
            return "", argument
        if self.running and self.speaks_of_bound(tokens):
            return "", argument
        if self.pattern and self.depth and any(t.text in INDEX_LETTERS for t in tokens) and not is_worded(tokens):
            return "", argument
        if self.pattern:
            indexed = all(t.text in INDEX_LETTERS or t.text == "," or t.kind in "{}" for t in tokens)
            return ("", argument) if indexed and not is_word(name) else (text, None)
        if is_worded(tokens) or (len(tokens) == 1 and tokens[0].text in DECORATING):
            return self.mixed_decoration(text, argument)
        if self.declared.complete and (name in self.declared.symbols or name in self.declared.data):
            return "", argument
        custom = not self.declared.complete and (is_pair(tokens) or is_indexed(tokens))
        return ("", argument) if custom or is_index(tokens) else (text, None)

    def speaks_of_bound(self, tokens: Sequence[Token]) -> bool:
        """Whether a subscript is an expression of what a sum counts; a slice such as `x_{<t}` stays a name."""
        marked = tokens[0].kind == "relation" or tokens[0].text in DECORATING
        sliced = marked or any(token.text == ":" for token in tokens)
        return not sliced and any(token.text in self.running for token in tokens) and not any(map(is_text, tokens))

    def mixed_decoration(self, text: str, argument: Argument) -> tuple[str, Argument | None]:
        """`_{\\text{old}, i}`: the text decorates, what follows the comma is an index."""
        commas = [i for i in range(argument.start, argument.stop) if self.tokens[i].text == ","]
        for comma in commas:
            before, behind = self.tokens[argument.start : comma], self.tokens[comma + 1 : argument.stop]
            if any(map(is_text, before)) and is_index(behind):
                return spell(before), Argument(comma + 1, argument.stop, True)
            if is_index(before) and any(map(is_text, behind)) and len(commas) == 1:
                return spell(behind), Argument(argument.start, comma, True)
        return text, None

    def upper_decoration(self, name: str, text: str, argument: Argument) -> tuple[str, Argument | None]:
        """The decoration in a superscript, and what is left: `X^{(\\text{train})\\top}` is a name transposed."""
        if self.upper_decorates(name, text, argument):
            return text, None
        inner = self.bracketed_part(argument)
        if inner and inner.stop < argument.stop - 1 and any(map(is_text, self.tokens_of(inner))):
            return spell(self.tokens[argument.start : inner.stop + 1]), Argument(inner.stop + 1, argument.stop, True)
        return "", argument

    def upper_decorates(self, name: str, text: str, argument: Argument) -> bool:
        """Whether a superscript belongs to the name."""
        tokens = self.tokens_of(argument)
        if self.declares(decorate(name, upper=text)):
            return True
        if text in TRANSPOSES:
            return False
        inner = self.bracketed_part(argument)
        if inner and inner.stop == argument.stop - 1:
            content = self.tokens_of(inner)
            sliced = any(token.text == ":" for token in content)
            return any(map(is_text, content)) or sliced or (self.pattern and content[0].kind == "number")
        if not self.declared.complete and is_label(tokens) and head_of(name) != "e":
            return True
        if is_worded(tokens) and not inner:
            return head_of(name) != "e" or all(map(is_text, tokens))
        if len(tokens) == 1 and tokens[0].text in DECORATING:
            return True
        if self.pattern:
            return True
        return self.upper_of_function(name, text, tokens)

    def upper_of_function(self, name: str, text: str, tokens: list[Token]) -> bool:
        """`V^\\pi(s)`, `f^{-1}(x)`, `p^\\theta(x | z)`: the superscript says which function."""
        shape = self.next_bracket()
        if text == INVERSE and shape:
            known = name in self.declared.functions
            return known or (not self.declared.complete and (head_of(name) in CALLED or head_of(name) == "I"))
        if self.declared.complete:
            return False
        if shape and is_word(name) and len(tokens) == 1 and tokens[0].kind == "name":
            return True
        if text == INVERSE and head_of(name) in INVERTED and not self.bold:
            return True
        if text.startswith((r"\pi", r"\mu", "*", r"\star")) and head_of(name) in POLICY_VALUES:
            return True
        capitals = len(tokens) > 1 and all(t.kind == "name" and t.text.isupper() for t in tokens)
        single = _SINGLE.fullmatch(text) is not None
        return bool(shape and shape.listed and single and (capitals or head_of(name) in CALLED))

    def next_bracket(self) -> Shape | None:
        token = self.token
        return self.shapes.get(self.index) if token.kind == "open" and token.text in ("(", "[") else None

    def bracketed_part(self, argument: Argument) -> Argument | None:
        """The content of `(i)` where the superscript begins with it."""
        opening = self.tokens[argument.start]
        if opening.kind != "open" or opening.text not in ("(", "["):
            return None
        close = self.shapes[argument.start].close
        return Argument(argument.start + 1, close, True) if close < argument.stop else None


def spell(tokens: Sequence[Token]) -> str:
    """What a decoration says, whatever its face."""
    text, index = "", 0
    while index < len(tokens):
        piece, index = _piece(tokens, index)
        text = join(text, piece)
    return text


def _piece(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    token = tokens[index]
    if token.kind == "{" or token.text in c.BOLD or token.kind in ("}", "quad", "row", "cell"):
        return "", index + 1
    if token.kind == "script" and token.text != "'" and index + 1 < len(tokens):
        inner, index = _argument(tokens, index + 1)
        return token.text + braced(inner), index
    if token.text in c.ACCENTS and index + 1 < len(tokens):
        inner, index = _argument(tokens, index + 1)
        return f"{c.ACCENTS[token.text]}{{{inner}}}", index
    if token.kind == "command" and token.text[1:] in WORDS:
        return token.text[1:], index + 1
    return "*" if token.text == r"\ast" else " ".join(token.text.split()), index + 1


def _argument(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    while tokens[index].text in c.BOLD and index + 1 < len(tokens):
        index += 1
    if tokens[index].kind != "{":
        return _piece(tokens, index)
    depth, start = 0, index
    while index < len(tokens):
        depth += {"{": 1, "}": -1}.get(tokens[index].kind, 0)
        index += 1
        if depth == 0:
            break
    return spell(tokens[start + 1 : index - 1]), index
