"""Big operators: sums, products, extrema, limits."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.prefixes.bounds import names_of
from mathpost.latex.reading.grammar.prefixes.moments import Moments
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binder,
    Index,
    Limit,
    Node,
    Number,
    Relation,
    Sequence,
    Symbol,
)

ARROWS = {r"\to": "", r"\searrow": "+", r"\downarrow": "+", r"\nearrow": "-", r"\uparrow": "-"}


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
        rule = self.sum if operator.startswith("arg") else self.signed_product
        body = self.body(binders, rule, of_sets=operator in ("bigcup", "bigcap"))
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
        approach = _approach(under)
        if token.text != r"\lim" or approach is None:
            raise self.unsupported(token=token)
        variable, target, direction = approach
        body = self.body([Binder((variable,))], self.signed_product)
        return Limit(variable, target, body, direction, span=self.span(token.start))


def _approach(under: Node | None) -> tuple[Node, Node, str] | None:
    r"""What goes where, and from which side: `x \to 0^+`, `x \searrow 0`, `x \to 0, x > 0`."""
    match under:
        case Relation(operator=operator, left=left, right=right) if operator in ARROWS:
            target, side = _one_sided(right)
            return left, target, ARROWS[operator] or side
        case Sequence(elements=(Relation(operator=r"\to") as first, Relation(operator="<" | ">") as second)):
            if second.left == first.left and second.right == first.right:
                return first.left, first.right, "+" if second.operator == ">" else "-"
        case Sequence(elements=(*others, Relation(operator=r"\to") as last)):  # `x, y \to 0`
            return Sequence((*others, last.left), False), last.right, ""
    return None


def _one_sided(target: Node) -> tuple[Node, str]:
    match target:
        case Symbol(name=name) if name.endswith(("^+", "^-")):
            plain = name[:-2]
            is_number = plain.replace(".", "", 1).isdigit()
            return (Number(plain) if is_number else replace(target, name=plain)), name[-1]
        case Index(base=base):
            plain_base, side = _one_sided(base)
            return replace(target, base=plain_base), side
    return target, ""
