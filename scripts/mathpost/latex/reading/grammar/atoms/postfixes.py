"""What stands right behind an atom: scripts, arguments, `!`."""

from __future__ import annotations

from mathpost.latex.reading.grammar.atoms.calls import Calls
from mathpost.latex.tree.nodes import Binary, Factorial, Node, Symbol


class Postfixes(Calls):
    """Rules for what closes most tightly."""

    def postfix(self) -> Node:
        r"""postfix = ( indicator | atom ) scripted { call | "!" | "\%" | scripted }"""
        bracketed = self.token.kind == "open"
        node = self.atom()
        if self.token.text in ("_", "(", "[", r"\{") and not bracketed:
            node = self.indicator(node) or node
        node = self.scripted(node, bracketed)
        while True:
            entry = bracketed and self.token.text == "["  # `[V]_{ij} [X]_{jk}` are entries of two matrices
            if self.token.kind == "open" and not entry and self.calls(node):
                node = self.call(node)
            elif self.token.text == "!" and self.token.kind == "operator":
                self.next()
                if self.token.text == "!":
                    raise self.unsupported("the double factorial `!!`: write a product, or `(n!)!` if that is meant,")
                node = Factorial(node, span=self.span(node.span[0]))
            elif self.token.text == r"\%":
                self.next()
                node = Binary("*", node, Symbol(r"\%"), span=self.span(node.span[0]))
            elif self.token.kind == "script" and not isinstance(node, Symbol):
                node = self.scripted(node, True)
            else:
                return node
