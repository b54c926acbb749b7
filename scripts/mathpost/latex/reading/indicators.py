"""Indicator functions.

indicator  = ( "\\mathbb{1}" | "\\mathbf{1}" | "I" ) ( "[" condition "]" | "_{" condition "}" )
"""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.binders import Binders
from mathpost.latex.reading.names import Scripts
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Indicator, Node, Number, Symbol

INDICATORS = frozenset((r"\mathbb{1}", r"\mathbb{I}", "1", "I"))


class Indicators(Binders):
    """Rules for indicators."""

    def indicator(self, node: Node) -> Node | None:
        """indicator = one ( bracket | "_{" condition "}" )"""
        name = node.text if isinstance(node, Number) else getattr(node, "name", "")
        if name not in INDICATORS or self.declares(name):
            return None
        certain = name.startswith("\\")
        if self.token.text == "_":
            start = self.index
            scripts: Scripts = self.read_scripts()
            tokens = self.script_tokens(scripts.lower) if scripts.lower else []
            if any(t.kind == "relation" for t in tokens) and scripts.upper is None and scripts.lower:
                content = tokens[1:-1] if tokens[0].kind == "open" and tokens[-1].kind == "close" else tokens
                shift = 1 if len(content) < len(tokens) else 0
                lower = replace(scripts.lower, start=scripts.lower.start + shift, stop=scripts.lower.stop - shift)
                return Indicator(self.script_node(lower), span=self.span(node.span[0]))
            self.index = start
            return None
        if self.token.kind != "open" or self.token.text not in ("(", "[", r"\{"):
            return None
        return self.bracketed_condition(node, certain)

    def bracketed_condition(self, node: Node, certain: bool) -> Node | None:
        shape = self.shapes[self.index]
        relational = any(mark in c.RELATIONS for mark in shape.marks)
        if not (relational or (certain and not (isinstance(node, Symbol) and node.name == r"\mathbb{I}"))):
            return None
        opening: Token = self.next()
        condition = self.inside(self.statement)
        if self.token.text != c.BRACKETS[opening.text]:
            raise self.malformed(f"expected `{c.BRACKETS[opening.text]}`")
        self.next()
        return Indicator(condition, span=self.span(node.span[0]))
