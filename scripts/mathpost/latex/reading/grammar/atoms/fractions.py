"""Fractions, roots and binomials."""

from __future__ import annotations

from mathpost.latex.reading.grammar.atoms.environments import Environments
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Binary, Binomial, Node, Number, Root, Symbol


class Fractions(Environments):
    """Rules for what stands in two halves."""

    def fraction(self) -> Node:
        r"""fraction = "\frac" argument argument | quotient"""
        token = self.next()
        upper = self.skip_argument()
        lower = self.skip_argument()
        mark = self.mark(upper, lower)
        if mark:
            return self.quotient(token, mark, upper, lower)
        saved = self.index
        numerator = self.numerator(upper)
        denominator = self.half(lower)
        self.index = saved
        return Binary("/", numerator, denominator, span=self.span(token.start))

    def numerator(self, argument: Argument) -> Node:
        """`\\int \\frac{dx}{x}`: the differential of an integral may stand here."""
        start = argument.stop - 2
        if self.integrating and start >= argument.start and self.is_differential(start):
            symbol = self.tokens[start + 1]
            self.taken.append(Symbol(symbol.text, span=(symbol.start, symbol.end)))
            if start == argument.start:
                return Number("1")
            return self.within(argument.start, start, self.expression)
        return self.half(argument)

    def half(self, argument: Argument) -> Node:
        """What stands over or under a bar; a face outside reaches it."""
        if argument.start == argument.stop:
            self.index = argument.start
            raise self.malformed("expected an expression in the fraction")
        return self.within(argument.start, argument.stop, self.expression if argument.grouped else self.atom)

    def root(self) -> Node:
        r"""root = "\sqrt" [ "[" expression "]" ] argument"""
        token = self.next()
        degree = None
        if self.token.text == "[" and self.token.kind == "open":
            close = self.shapes[self.index].close
            degree = self.within(self.index + 1, close, self.expression)
            self.index = close + 1
        radicand = self.inside(self.argument)
        return Root(radicand, degree, span=self.span(token.start))

    def binomial(self) -> Node:
        r"""binomial = "\binom" argument argument"""
        token = self.next()
        upper, lower = self.skip_argument(), self.skip_argument()
        return Binomial(self.half(upper), self.half(lower), span=self.span(token.start))

    def choice(self) -> Node:
        """choice = "{" expression divider expression "}" | group"""
        opening = self.index
        shape = self.shapes[opening]
        divider = next((i for i in range(opening, shape.close) if self.tokens[i].text in c.DIVIDERS), None)
        if divider is None:
            return self.group()
        node = self.divided(opening + 1, divider, shape.close)
        self.index = shape.close + 1
        return node

    def divided(self, start: int, divider: int, stop: int) -> Node:
        """`n \\choose k` and `a \\over b`, between two tokens."""
        upper = self.within(start, divider, self.expression)
        lower = self.within(divider + 1, stop, self.expression)
        self.index = stop
        span = (self.tokens[start].start, self.tokens[stop].end)
        if self.tokens[divider].text == r"\over":
            return Binary("/", upper, lower, span=span)
        return Binomial(upper, lower, span=span)
