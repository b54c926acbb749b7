"""Products and quotients, written with a sign or side by side."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.customs import is_set
from mathpost.latex.reading.grammar.levels.factors import Factors
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import BigOperator, Binary, Binder, Negative, Node, Number, Relation, Sequence

MAXIMUM_FACTORS: Final = 150


class Products(Factors):
    """Rules for products."""

    def product(self) -> Node:
        """product = factor { factor | multiplicative signed-factor | evaluation }"""
        start = self.token.start
        node = self.factor()
        count, divided = 1, False
        while True:
            token = self.token
            if token.text == "|" and token.kind in ("bar", "close") and self.evaluates() and not self.delimits():
                node = self.evaluation(node, start)
                continue
            if token.kind == "operator" and token.text in c.MULTIPLICATIVE:
                self.next()
                if self.is_differential(self.index):
                    break
                right = self.signed_factor()
                operator = self.multiplication(token.text, node, right)
                divided = operator == "/"
            elif self.starts_factor():
                self.undivided(divided)
                right, operator, divided = self.factor(), "*", False
                if isinstance(right, Number) and isinstance(node, Number):
                    raise self.unsupported("two numbers side by side", token)
            else:
                break
            dotted = token.kind == "operator" and token.text == r"\cdot"
            node = Binary(operator, node, right, dotted=dotted, span=self.span(start))
            if isinstance(right, Sequence) and not right.parenthesised:
                raise self.unsupported("a list beside a factor", token)
            if (count := count + 1) > MAXIMUM_FACTORS:
                raise self.unsupported("so long a product", token)
        return node

    def signed_factor(self) -> Node:
        """signed-factor = "-" signed-factor | [ "+" ] factor"""
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_factor), span=self.span(token.start))
        self.accept("+")
        return self.factor()

    def evaluation(self, node: Node, start: int) -> Node:
        """evaluation = "|" bounds

        `f |_{x = 0}`, `f |_a^b`, `f |_{x_0}`
        """
        self.next()
        opening = self.index
        scripts = self.scripts()
        lower = self.node_of(scripts.lower) if scripts.lower else None
        if lower is not None and not isinstance(lower, Relation | Sequence):  # at a point that names no variable
            upper = self.node_of(scripts.upper) if scripts.upper else None
            return BigOperator("at", Binder((), lower=lower, upper=upper), node, span=self.span(start))
        self.index = opening
        for binder in self.bounds():
            node = BigOperator("at", binder, node, span=self.span(start))
        return node

    def evaluates(self) -> bool:
        """Whether a bar evaluates what stands before it: a value stands under it, or it can mean nothing else."""
        if self.ahead().text != "_":
            return False
        stop = self.end_of_argument(self.index + 2)
        if any(token.text == "=" for token in self.tokens[self.index : stop]):
            return True
        return self.closing != "|" and "|" not in self.separating

    def delimits(self) -> bool:
        """Whether the bar closes a `\\left.`, that says how far it reaches."""
        return any(s.close == self.index and self.tokens[i].text == "." for i, s in self.shapes.items())

    def multiplication(self, text: str, left: Node, right: Node) -> str:
        """`\\times` between sets, and in the shape of one, stays; between numbers it multiplies."""
        operator = c.MULTIPLICATIVE[text]
        if operator == r"\times" and not (self.of_sets or is_set(left) or is_set(right)):
            return "*"
        return operator

    def undivided(self, divided: bool) -> None:
        """`a / b c`"""
        if not (divided and self.declared.complete) or self.starts_operator():
            return
        raise self.ambiguous(
            "`a / b c` may mean `(a / b) c` or `a / (b c)`: write `\\frac{a}{b} c`, or brackets", self.token.start
        )
