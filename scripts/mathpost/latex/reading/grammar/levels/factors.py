"""Factors: an operator before what it acts on, told by its command, or what closes more tightly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mathpost.latex.reading.customs import INFINITESIMALS, is_annotation
from mathpost.latex.reading.grammar.prefixes import Functions
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Node, Symbol


class Factors(Functions):
    """Rules for factors."""

    def factor(self) -> Node:
        """factor = function | big | limit | moment | integral | nabla | named-nabla | partial
        | difference | infinitesimal | postfix
        """
        token = self.token
        rule = _RULES.get(token.text) if token.kind == "command" else None
        if rule is not None and (token.text not in c.ACCENTS or self.is_named_nabla()):
            return self.deeper(lambda: rule(self))
        if token.kind not in ("name", "word"):
            return self.moment() if self.is_bold_moment() else self.postfix()
        if self.is_moment():
            return self.moment()
        if token.text == "d" and self.is_quotient():
            return self.partial()
        if token.text == r"\Delta" and self.is_difference():
            return self.difference()
        return self.infinitesimal() if token.text == "d" and self.is_infinitesimal() else self.postfix()

    def difference(self) -> Node:
        r"""difference = "\Delta" name scripted

        One name.
        """
        token = self.next()
        name = self.next()
        symbol = Symbol(f"{token.text} {name.text}", self.bold, span=self.span(token.start))
        return self.scripted(symbol)

    def infinitesimal(self) -> Node:
        """infinitesimal = "d" name scripted

        One name, outside an integral.
        """
        token = self.next()
        name = self.next()
        return self.scripted(Symbol(f"d{name.text}", self.bold, span=self.span(token.start)))

    def is_quotient(self) -> bool:
        """`dy / dx`"""
        texts = [self.ahead(count) for count in range(1, 5)]
        plain = texts[0].kind == "name" and texts[3].kind == "name"
        return plain and texts[1].text == "/" and texts[2].text == "d" and not self.declares("d")

    def is_difference(self) -> bool:
        after = self.ahead()
        return after.kind == "name" and after.text != r"\dots" and not self.declares(r"\Delta")

    def is_infinitesimal(self) -> bool:
        token, after = self.token, self.ahead()
        known = self.declares("d") or "d" in self.bound
        return after.kind == "name" and after.start == token.end and after.text in INFINITESIMALS and not known

    def starts_factor(self) -> bool:
        """Whether what follows may be multiplied by juxtaposition."""
        token = self.token
        kind = token.kind
        if kind in ("name", "word"):
            return not self.is_differential(self.index)
        if kind == "open":
            return not self.is_remark()
        if kind == "{":
            return not self.is_remark()
        if kind in ("number", "begin"):
            return True
        if kind == "command":
            return token.text in c.FACTORING
        if kind == "bar":
            return token.text != self.closing and token.text not in self.separating and self.ahead().kind != "script"
        return kind == "text" and not is_annotation(token)

    def is_remark(self) -> bool:
        r"""remark = ( open | "{" ) ( connective | comment )

        `(\text{as above})`
        """
        after = self.ahead()
        if after.kind == "connective":
            return True
        return after.kind == "text" and (is_annotation(after) or after.text.count(" ") > 2)


_RULES: Final[dict[str, Callable[[Factors], Node]]] = {
    **dict.fromkeys(c.FUNCTIONS, Factors.function), **dict.fromkeys(c.BIG, Factors.big),
    **dict.fromkeys(c.INTEGRALS, Factors.integral), **dict.fromkeys(c.LIMITS, Factors.limit),
    **dict.fromkeys(c.MOMENTS, Factors.moment), r"\nabla": Factors.nabla, r"\partial": Factors.partial,
    **dict.fromkeys(c.ACCENTS, Factors.named_nabla),
}  # fmt: skip
