"""Relations inside a formula: those that it asserts as a whole are cut before."""

from __future__ import annotations

from mathpost.latex.reading.grammar.levels.sums import Sums
from mathpost.latex.reading.grammar.ranges import as_domain
from mathpost.latex.tree.nodes import Binary, Node, Relation


class Comparisons(Sums):
    """Rules for relations."""

    def comparison(self) -> Node:
        """comparison = modular { relation modular }

        A chain says each of its links.
        """
        start = self.token.start
        left = self.modular()
        if self.token.kind != "relation":
            return left
        node: Node | None = None
        while self.token.kind == "relation":
            operator = self.next().text
            right = as_domain(operator, self.modular())
            link = Relation(operator, left, right, span=self.span(start))
            node = link if node is None else Binary(r"\land", node, link, span=self.span(start))
            left = right
        assert node is not None
        return node

    def modular(self) -> Node:
        r"""modular = sum [ "\pmod" argument ]"""
        start = self.token.start
        node = self.sum()
        if not self.accept(r"\pmod"):
            return node
        return Binary(r"\pmod", node, self.argument(), span=self.span(start))
