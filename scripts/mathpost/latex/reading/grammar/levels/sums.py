"""Sums, differences, unions: operators that bind less than a product, and the signs before one."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.grammar.levels.products import Products
from mathpost.latex.reading.grammar.levels.reach import reaching
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Apply, Binary, Negative, Node

MAXIMUM_TERMS: Final = 150


class Sums(Products):
    """Rules for sums."""

    def sum(self) -> Node:
        """sum = signed-product { additive signed-product }"""
        start = self.token.start
        node = self.signed_product()
        count = 1
        while self.token.text in c.ADDITIVE and self.token.kind == "operator":
            token = self.next()
            right = self.signed_product()
            count += 1
            if count > MAXIMUM_TERMS:
                raise self.unsupported("so long a sum", token)
            reached = None if self.declared.complete else reaching(token.text, node, right)
            node = reached or Binary(token.text, node, right, span=self.span(start))
        return node

    def signed_product(self) -> Node:
        r"""signed-product = "-" signed-product | ( "\pm" | "\mp" ) product | [ "+" ] product"""
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_product), span=self.span(token.start))
        if self.accept(r"\pm", r"\mp"):
            return Apply(token.text[1:], self.product(), span=self.span(token.start))
        self.accept("+")
        return self.product()
