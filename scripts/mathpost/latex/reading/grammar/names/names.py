"""Names and numbers, with their faces and accents."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.names.arguments import Arguments
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Call, Index, Node, Number, Power, Symbol, Transpose
from mathpost.latex.tree.spelling import accented


class Names(Arguments):
    """Rules for names."""

    def symbol(self) -> Node:
        """symbol = name | word | text | numbered"""
        token = self.next()
        if token.kind in ("name", "word") and self.is_numbered(token):
            return self.numbered(token)
        if token.text == r"\infty" or token.kind != "text":
            return Symbol(token.text, self.bold, span=(token.start, token.end))
        return Symbol(" ".join(token.text.split()), self.bold, span=(token.start, token.end))

    def numbered(self, token: Token) -> Node:
        """numbered = ( name | word ) number"""
        name = f"{token.text}{self.token.text}"
        if self.declared.complete and not self.declares(name):
            advice = f"write `{token.text}_{self.token.text}`, or `{token.text} \\cdot {self.token.text}`"
            raise self.ambiguous(f"`{name}` may be one name or a product: {advice}", token.start)
        self.next()
        return Symbol(name, self.bold, span=self.span(token.start))

    def is_numbered(self, token: Token) -> bool:
        """Whether digits follow a name at once: `r1`, but `n2^n` is a product."""
        digits = self.token
        apart = digits.kind != "number" or digits.start != token.end or self.index >= self.stop
        return not apart and digits.text.isdigit() and token.text[-1].isalpha() and self.ahead().text != "^"

    def number(self) -> Node:
        """A number; a bold one is a vector."""
        token = self.next()
        span = (token.start, token.end)
        mantissa, _, exponent = token.text.lower().partition("e")
        if exponent and self.declared.complete:
            one, other = rf"{mantissa} \times 10^{{{exponent}}}", f"{mantissa} e {exponent}"
            raise self.ambiguous(
                f"`{token.text}` is shown as `{other}`, and may mean `{one}`: write what is meant", token.start
            )
        return Symbol(token.text, True, span=span) if self.bold else Number(token.text, span=span)

    def face(self) -> Node:
        """face = bold argument"""
        self.next()
        saved, self.bold = self.bold, True
        node = self.argument()
        self.bold = saved
        return node

    def accent(self) -> Node:
        """accent = accent-mark argument"""
        token = self.next()
        return self.under_accent(self.argument(), token)

    def under_accent(self, node: Node, token: Token) -> Node:
        if isinstance(node, Symbol):
            name = accented(node.name, c.ACCENTS[token.text])
            return replace(node, name=name, span=(token.start, self.span(0)[1]))
        if isinstance(node, Number):
            return Symbol(f"{c.ACCENTS[token.text]}{{{node.text}}}", span=self.span(token.start))
        if isinstance(node, Index | Power):
            return replace(node, base=self.under_accent(node.base, token))
        if isinstance(node, Transpose):
            return replace(node, operand=self.under_accent(node.operand, token))
        if isinstance(node, Call):
            return replace(node, function=self.under_accent(node.function, token))
        raise self.unsupported(f"`{token.text}` over an expression", token)
