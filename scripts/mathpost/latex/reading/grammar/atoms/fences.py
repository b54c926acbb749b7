"""Bars and brackets that mean something by themselves: absolute values, norms, floors, inner products."""

from __future__ import annotations

from mathpost.latex.reading.grammar.names import Scripted
from mathpost.latex.reading.grammar.shapes import Shape
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Fenced, Indicator, Inner, Node, Norm, Relation, Sequence


class Fences(Scripted):
    """Rules for fences."""

    def fence(self) -> Node:
        r"""fence = "|" expression "|" | "||" expression "||"
        | "\lfloor" expression "\rfloor" | "\lceil" expression "\rceil"
        """
        opening = self.next()
        closing = c.BRACKETS[opening.text]
        node = self.inside(self.expression, closing=closing if opening.text in ("|", "||") else "")
        if self.token.text != closing or (self.token.kind in ("open", "separator") and self.token.kind != opening.kind):
            raise self.malformed(f"expected `{closing}` for the `{opening.text}` at column {opening.start + 1}")
        self.next()
        span = self.span(opening.start)
        if opening.text == "||":
            return Norm(node, span=span)
        if opening.text == r"\llbracket" and isinstance(node, Relation):
            return Indicator(node, span=span)
        if opening.text == r"\llbracket":
            raise self.unsupported("`\\llbracket`", opening)
        return Fenced({"|": "abs", r"\lfloor": "floor", r"\lceil": "ceil"}[opening.text], node, span=span)

    def inner(self) -> Node:
        r"""inner = "\langle" items "\rangle" """
        shape = self.shapes[self.index]
        opening = self.next()
        items, separators = self.listed(shape)
        self.expect(r"\rangle", opening)
        span = self.span(opening.start)
        if len(items) == 2 and separators[0] in (",", "|"):
            return Inner(items[0], items[1], span=span)
        if len(items) == 1:
            raise self.unsupported("`\\langle` around one expression", opening)
        return Sequence(tuple(items), span=span)

    def listed(self, shape: Shape) -> tuple[list[Node], list[str]]:
        """The items in a bracket of this shape, and the separators between them."""
        return self.inside(self.items, separating=shape.dividing("|") | shape.dividing("||"))
