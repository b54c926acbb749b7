"""And, or."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mathpost.latex.reading.customs import SUCH_THAT
from mathpost.latex.reading.grammar.levels.comparisons import Comparisons
from mathpost.latex.tree.nodes import Binary, Node, Symbol

QUANTIFIERS: Final = (r"\forall", r"\exists")


class Logic(Comparisons):
    """Rules for what joins conditions."""

    def logical(self) -> Node:
        r"""logical = quantified | comparison { ( "\land" | "\lor" | "and" | "or" ) comparison } [ quantifier ]"""
        start = self.token.start
        if self.depth and self.token.text in QUANTIFIERS:
            return self.quantified()
        node = self.comparison()
        while operator := self.connective():
            self.next()
            node = Binary(operator, node, self.comparison(), span=self.span(start))
        if self.depth and self.token.text == r"\forall":
            return self.quantifier(node)
        return node

    def quantified(self) -> Node:
        """quantified = quantifier [ ( ":" | "," | such-that ) logical ]

        A condition for all values, or for one, within a bracket.
        """
        opening = self.token
        quantifier = self.quantifier(Symbol(r"\cdot"))
        divides = self.token.kind == "separator" or (self.token.kind == "text" and self.token.text.strip() in SUCH_THAT)
        if not divides or self.token.text in self.separating:
            raise self.unsupported("a quantifier without a condition", opening)
        self.next()
        return replace(quantifier, body=self.logical(), span=self.span(opening.start))

    def connective(self) -> str:
        token = self.token
        if token.kind == "text" and self.depth:
            return {"and": r"\land", ", and": r"\land", "or": r"\lor"}.get(token.text.strip(), "")
        return token.text if token.text in (r"\land", r"\lor") else ""
