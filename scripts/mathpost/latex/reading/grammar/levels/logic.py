"""And, or."""

from __future__ import annotations

from mathpost.latex.reading.grammar.levels.comparisons import Comparisons
from mathpost.latex.tree.nodes import Binary, Node


class Logic(Comparisons):
    """Rules for what joins conditions."""

    def logical(self) -> Node:
        r"""logical = comparison { ( "\land" | "\lor" | "and" | "or" ) comparison }"""
        start = self.token.start
        node = self.comparison()
        while operator := self.connective():
            self.next()
            node = Binary(operator, node, self.comparison(), span=self.span(start))
        return node

    def connective(self) -> str:
        token = self.token
        if token.kind == "text" and self.depth:
            return {"and": r"\land", ", and": r"\land", "or": r"\lor"}.get(token.text.strip(), "")
        return token.text if token.text in (r"\land", r"\lor") else ""
