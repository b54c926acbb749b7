"""Indicator functions: 1 where a condition holds."""

from __future__ import annotations

from mathpost.latex.reading.customs import INDICATORS
from mathpost.latex.reading.grammar.atoms.atoms import Atoms
from mathpost.latex.reading.grammar.names.arguments import Scripts
from mathpost.latex.reading.grammar.ranges import as_domain
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Indicator, Node, Number, Relation, Symbol


class Indicators(Atoms):
    """Rules for indicators."""

    def indicator(self, node: Node) -> Node | None:
        r"""
        indicator = indicator-name ( "_" argument | "(" expression ")" | "[" expression "]" | "\{" expression "\}" )
        """
        name = node.text if isinstance(node, Number) else getattr(node, "name", "")
        if name not in INDICATORS or self.declares(name):
            return None
        if self.token.text == "_":
            return self.subscripted_condition(node)
        if self.token.kind != "open" or self.token.text not in ("(", "[", r"\{"):
            return None
        return self.bracketed_condition(node, certain=name.startswith("\\"))

    def subscripted_condition(self, node: Node) -> Node | None:
        """A subscript that holds a relation, in brackets or not."""
        start = self.index
        scripts = self.scripts()
        tokens = self.tokens_of(scripts.lower) if scripts.lower else []
        if scripts.lower is None or scripts.upper is not None or all(t.kind != "relation" for t in tokens):
            of_set = self.of_set(node, scripts)
            self.index = self.index if of_set else start
            return of_set
        bracketed = tokens[0].kind == "open" and tokens[-1].kind == "close"
        lower = scripts.lower
        lower = lower._replace(start=lower.start + bracketed, stop=lower.stop - bracketed)
        return Indicator(self.node_of(lower), span=self.span(node.span[0]))

    def of_set(self, node: Node, scripts: Scripts) -> Node | None:
        """The indicator of a set, at what stands in the bracket behind it."""
        if scripts.lower is None or scripts.upper or not (isinstance(node, Symbol) and node.name == r"\mathbb{1}"):
            return None
        if self.token.text != "(":
            return None
        opening = self.next()
        element = self.inside(self.expression)
        self.expect(")", opening)
        domain = as_domain(r"\in", self.node_of(scripts.lower))
        return Indicator(Relation(r"\in", element, domain), span=self.span(node.span[0]))

    def bracketed_condition(self, node: Node, certain: bool) -> Node | None:
        shape = self.shapes[self.index]
        relational = any(mark in c.RELATIONS for mark in shape.marks)
        if not (relational or (certain and not (isinstance(node, Symbol) and node.name == r"\mathbb{I}"))):
            return None
        opening = self.next()
        condition = self.inside(self.expression)
        if self.token.text != c.BRACKETS[opening.text]:
            raise self.malformed(f"expected `{c.BRACKETS[opening.text]}`")
        self.next()
        return Indicator(condition, span=self.span(node.span[0]))
