"""Atoms: what holds together by itself, told by its first token."""

from __future__ import annotations

from mathpost.latex.reading.grammar.atoms.fractions import Fractions
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Dots, Node


class Atoms(Fractions):
    """Rules for atoms."""

    def atom(self) -> Node:
        r"""atom = number | symbol | "\dots" | bracketed | choice | fence | environment | command"""
        token = self.token
        kind = token.kind
        if kind == "number":
            return self.number()
        if kind in ("name", "word", "text"):
            if token.text == r"\dots" and kind == "name":
                self.next()
                return Dots(span=(token.start, token.end))
            return self.symbol()
        if kind == "open":
            return self.bracketed()
        if kind == "{":
            return self.choice()
        if kind == "bar" or (kind == "separator" and token.text in ("|", "||")):
            return self.fence()
        if kind == "begin":
            return self.environment()
        if kind == "command":
            return self.command()
        raise self.malformed("expected an operand")

    def command(self) -> Node:
        """command = face | accent | fraction | root | binomial | factor"""
        text = self.token.text
        if text in c.BOLD:
            return self.face()
        if text in c.ACCENTS:
            return self.accent()
        if text == r"\frac":
            return self.fraction()
        if text == r"\sqrt":
            return self.root()
        if text == r"\binom":
            return self.binomial()
        if text in c.FACTORING:
            return self.factor()
        raise self.unsupported()
