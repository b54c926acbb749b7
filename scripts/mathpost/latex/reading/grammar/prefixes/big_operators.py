"""Big operators: sums, products, extrema, limits."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.prefixes.bounds import names_of
from mathpost.latex.reading.grammar.prefixes.moments import Moments
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Apply, BigOperator, Binder, Limit, Node, Relation, Sequence


class BigOperators(Moments):
    """Rules for big operators."""

    def big(self) -> Node:
        r"""big = big-operator bounds ( signed-product | sum | extremes scripted )

        The sum behind `\arg\max`, that reaches to the end of its side; the extremes behind `\max` with a bracket.
        """
        token = self.next()
        operator = c.BIG[token.text]
        binders = self.bounds()
        if token.text in c.EXTREMA and binders == [Binder(())] and self.token.text in ("(", "[", r"\{"):
            node = Apply(operator, self.extremes(), span=self.span(token.start))
            return self.scripted(node, True)
        if len(binders) > 1 and operator.startswith("arg"):
            raise self.unsupported("several domains under one `\\arg`", token)
        if self.token.kind == "quad":
            self.next()
        running = len(self.running)
        if operator in ("sum", "prod"):
            self.running.extend(name for name in names_of(binders) if len(name) == 1)
        body = self.body(binders, self.sum if operator.startswith("arg") else self.signed_product)
        del self.running[running:]
        for binder in reversed(binders):
            body = BigOperator(operator, binder, body, span=self.span(token.start))
        return body

    def extremes(self) -> Node:
        """extremes = set | "(" items ")" | "[" items "]" """
        if self.token.text == r"\{":
            return self.set()
        shape = self.shapes[self.index]
        opening = self.next()
        items, separators = self.listed(shape)
        self.close(opening)
        if any(separator != "," for separator in separators):
            raise self.unsupported("these separators", opening)
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def limit(self) -> Node:
        r"""limit = "\lim" scripts signed-product"""
        token = self.next()
        scripts = self.scripts()
        under = self.node_of(scripts.lower) if scripts.lower else None
        if isinstance(under, Sequence) and isinstance(under.elements[-1], Relation):  # `x, y \to 0`
            last = under.elements[-1]
            under = replace(last, left=Sequence((*under.elements[:-1], last.left), False))
        if token.text != r"\lim" or not (isinstance(under, Relation) and under.operator == r"\to"):
            raise self.unsupported(token=token)
        return Limit(under.left, under.right, self.deeper(self.signed_product), span=self.span(token.start))
