"""Atoms, and what stands right behind them.

postfix  = atom { script | "!" | arguments }
atom     = number | name | bracket | group | set | fence | fraction | root | binomial | environment
root     = "\\sqrt" [ "[" degree "]" ] argument
binomial = "\\binom" argument argument | "{" sum "\\choose" sum "}"
"""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.environments import Environments
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Binary, Binomial, Dots, Factorial, Node, Number, Root, Symbol

CHOICES: Final = frozenset((r"\choose", r"\over", r"\atop"))
FACTORING: Final = frozenset(
    (r"\frac", r"\sqrt", r"\binom", r"\nabla", r"\partial", *c.FUNCTIONS, *c.BIG, *c.INTEGRALS, *c.LIMITS, *c.MOMENTS,
     *c.BOLD, *c.ACCENTS)
)  # fmt: skip


class Atoms(Environments):
    """Rules for atoms."""

    def postfix(self) -> Node:
        """postfix = atom { script | "!" | arguments }"""
        bracketed = self.token.kind == "open"
        node = self.atom()
        if self.token.text in ("_", "(", "[", r"\{") and not bracketed:
            node = self.indicator(node) or node
        node = self.with_scripts(node, bracketed)
        while True:
            entry = bracketed and self.token.text == "["  # `[V]_{ij} [X]_{jk}` are entries of two matrices
            if self.token.kind == "open" and not entry and self.calls(node):
                node = self.call(node)
            elif self.token.text == "!" and self.token.kind == "operator":
                self.next()
                node = Factorial(node, span=self.span(node.span[0]))
            elif self.token.text == r"\%":
                self.next()
                node = Binary("/", node, Number("100"), span=self.span(node.span[0]))
            elif self.token.kind == "script" and not isinstance(node, Symbol):
                node = self.with_scripts(node, True)
            else:
                return node

    def atom(self) -> Node:
        """atom = number | name | bracket | group | set | fence | fraction | root | binomial | environment"""
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
        if kind == "bar":
            return self.fence()
        if kind == "begin":
            return self.environment()
        if kind == "command":
            return self.command()
        raise self.malformed("expected an operand")

    def command(self) -> Node:
        token = self.token
        text = token.text
        if text in c.BOLD:
            return self.face()
        if text in c.ACCENTS:
            return self.accent()
        if text == r"\frac":
            return self.fraction()
        if text == r"\sqrt":
            return self.root()
        if text == r"\binom":
            self.next()
            upper, lower = self.read_script(), self.read_script()
            nodes = (self.script_or_malformed(upper), self.script_or_malformed(lower))
            return Binomial(*nodes, span=self.span(token.start))
        if text in FACTORING:
            return self.factor()
        raise self.unsupported()

    def choice(self) -> Node:
        """binomial = "{" sum "\\choose" sum "}", and the old `{a \\over b}`"""
        opening = self.index
        shape = self.shapes[opening]
        divider = next((i for i in range(opening, shape.close) if self.tokens[i].text in CHOICES), None)
        if divider is None:
            return self.group()
        node = self.divided(opening + 1, divider, shape.close)
        self.index = shape.close + 1
        return node

    def divided(self, start: int, divider: int, stop: int) -> Node:
        """`n \\choose k` and `a \\over b`, between two tokens."""
        upper = self.within(start, divider, self.statement)
        lower = self.within(divider + 1, stop, self.statement)
        self.index = stop
        span = (self.tokens[start].start, self.tokens[stop].end)
        if self.tokens[divider].text == r"\over":
            return Binary("/", upper, lower, span=span)
        return Binomial(upper, lower, span=span)

    def root(self) -> Node:
        """root = "\\sqrt" [ "[" degree "]" ] argument"""
        token = self.next()
        degree = None
        if self.token.text == "[" and self.token.kind == "open":
            close = self.shapes[self.index].close
            degree = self.within(self.index + 1, close, self.statement)
            self.index = close + 1
        radicand = self.inside(self.argument)
        return Root(radicand, degree, span=self.span(token.start))
