"""The levels of precedence, from lists down to factors.

statement  = logical { "," logical } | logical ":" logical
logical    = comparison { ( "\\land" | "\\lor" ) comparison }
comparison = modular { relation modular }
modular    = sum [ "\\pmod" argument ]
sum        = [ sign ] product { ( "+" | "-" | "\\pm" | "\\cup" … ) [ sign ] product }
product    = factor { [ "\\cdot" | "\\times" | "/" | "\\odot" … ] factor }
factor     = big | function | moment | integral | derivative | limit | postfix
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mathpost.latex.reading.atoms import FACTORING, Atoms
from mathpost.latex.reading.customs import is_annotation, is_set
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Interval,
    Matrix,
    Negative,
    Node,
    Number,
    Relation,
    Sequence,
    Symbol,
)

MAXIMUM_TERMS: Final = 150
INFINITESIMALS: Final = frozenset((*"xyztuvwrs", r"\theta"))


class Levels(Atoms):
    """Rules for the levels of precedence."""

    def statement(self) -> Node:
        """statement = logical { "," logical }"""
        start = self.token.start
        items = [self.logical()]
        while self.token.text in (",", ";") and self.token.kind == "separator" and not self.ends_after_comma():
            self.next()
            while self.at("quad"):
                self.next()
            items.append(self.item())
        if self.token.text == ":" and self.token.kind == "separator" and len(items) == 1:
            if self.ahead().kind in ("eof", "quad", "text"):
                return items[0]
            self.next()
            return Relation(":", items[0], self.statement(), span=self.span(start))
        return items[0] if len(items) == 1 else Sequence(tuple(items), False, span=self.span(start))

    def ends_after_comma(self) -> bool:
        """A trailing comma, or one before an annotation."""
        after = self.ahead()
        if after.kind == "quad":
            after = self.ahead(2)
            opened = after.kind == "open" and self.ahead(3).kind in ("text", "word")
            return (
                after.kind in ("text", "word", "eof", "separator", "connective") or after.text == r"\forall" or opened
            )
        return after.kind in ("eof", "}", "connective", "separator", "text") or after.text == r"\forall"

    def logical(self) -> Node:
        """logical = comparison { ( "\\land" | "\\lor" ) comparison }"""
        start = self.token.start
        node = self.comparison()
        while operator := self.connective():
            self.next()
            node = Binary(operator, node, self.comparison(), span=self.span(start))
        return node

    def connective(self) -> str:
        token = self.token
        if token.kind == "text" and self.depth:
            return {"and": r"\land", ", and": r"\land", "or": r"\lor"}.get(token.text.strip(), "")
        return token.text if token.text in (r"\land", r"\lor") else ""

    def comparison(self) -> Node:
        """comparison = modular { relation modular }; a chain says each of its links."""
        start = self.token.start
        left = self.modular()
        if self.token.kind != "relation":
            return left
        node: Node | None = None
        while self.token.kind == "relation":
            operator = self.next().text
            right = as_domain(operator, self.modular())
            link = Relation(operator, left, right, span=self.span(start))
            node = link if node is None else Binary(r"\land", node, link, span=self.span(start))
            left = right
        assert node is not None
        return node

    def modular(self) -> Node:
        """modular = sum [ "\\pmod" argument ]"""
        start = self.token.start
        node = self.sum()
        if not self.accept(r"\pmod"):
            return node
        return Binary(r"\pmod", node, self.argument(), span=self.span(start))

    def sum(self) -> Node:
        """sum = [ sign ] product { additive [ sign ] product }"""
        start = self.token.start
        node = self.signed_product()
        count = 1
        while self.token.text in c.ADDITIVE and self.token.kind == "operator":
            token = self.next()
            right = self.signed_product()
            count += 1
            if count > MAXIMUM_TERMS:
                raise self.unsupported("so long a sum", token)
            node = Binary(token.text, node, right, span=self.span(start))
        return node

    def signed_product(self) -> Node:
        """[ "+" | "-" | "\\pm" | "\\mp" ] product"""
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_product), span=self.span(token.start))
        if self.accept(r"\pm", r"\mp"):
            return Apply(token.text[1:], self.product(), span=self.span(token.start))
        self.accept("+")
        return self.product()

    def product(self) -> Node:
        """product = factor { [ multiplicative ] factor }"""
        start = self.token.start
        node = self.factor()
        count, divided = 1, False
        while True:
            token = self.token
            if token.text == "|" and token.kind in ("bar", "close") and self.evaluates() and not self.delimits():
                node = self.evaluated(node, start)
                continue
            if token.kind == "operator" and token.text in c.MULTIPLICATIVE:
                self.next()
                if self.is_differential(self.index):
                    break
                right = self.signed_factor()
                operator = self.multiplication(token.text, node, right)
                divided = operator == "/"
            elif self.starts_factor():
                self.undivided(divided, node)
                right, operator, divided = self.factor(), "*", False
                if isinstance(right, Number) and isinstance(node, Number):
                    raise self.unsupported("two numbers side by side", token)
            else:
                break
            dotted = token.kind == "operator" and token.text == r"\cdot"
            node = Binary(operator, node, right, dotted=dotted, span=self.span(start))
            if (count := count + 1) > MAXIMUM_TERMS:
                raise self.unsupported("so long a product", token)
        return node

    def evaluates(self) -> bool:
        """`f |_{x = 0}`"""
        if self.ahead().text != "_":
            return False
        stop = self.end_of_argument(self.index + 2)
        return any(token.text == "=" for token in self.tokens[self.index : stop])

    def delimits(self) -> bool:
        """Whether the bar closes a `\\left.`, that says how far it reaches."""
        return any(s.close == self.index and self.tokens[i].text == "." for i, s in self.shapes.items())

    def evaluated(self, node: Node, start: int) -> Node:
        """at = product "|_{" variable "=" value "}" """
        self.next()
        for binder in self.all_bounds():
            node = BigOperator("at", binder, node, span=self.span(start))
        return node

    def multiplication(self, text: str, left: Node, right: Node) -> str:
        """`\\times` between sets, and in the shape of one, stays; between numbers it multiplies."""
        operator = c.MULTIPLICATIVE[text]
        if operator == r"\times" and not (self.of_sets or is_set(left) or is_set(right)):
            return "*"
        return operator

    def undivided(self, divided: bool, node: Node) -> None:
        """`a / b c`"""
        if not (divided and self.declared.complete) or self.starts_operator():
            return
        raise self.ambiguous(
            "`a / b c` may mean `(a / b) c` or `a / (b c)`: write `\\frac{a}{b} c`, or brackets", self.token.start
        )

    def signed_factor(self) -> Node:
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_factor), span=self.span(token.start))
        self.accept("+")
        return self.factor()

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
            return token.text in FACTORING
        if kind == "bar":
            return token.text != self.closing and token.text not in self.separating and self.ahead().kind != "script"
        return kind == "text" and not is_annotation(token)

    def is_remark(self) -> bool:
        """`(\\text{as above})`"""
        after = self.ahead()
        if after.kind == "connective":
            return True
        return after.kind == "text" and (is_annotation(after) or after.text.count(" ") > 2)

    def factor(self) -> Node:
        """factor = big | function | moment | integral | derivative | limit | postfix"""
        token = self.token
        rule = _RULES.get(token.text) if token.kind == "command" else None
        if rule is not None:
            return self.deeper(lambda: rule(self))
        if token.kind not in ("name", "word"):
            return self.postfix()
        if self.is_moment():
            return self.moment()
        if token.text == "d" and self.is_quotient():
            return self.partial()
        if token.text == r"\Delta" and self.is_difference():
            return self.difference()
        return self.infinitesimal() if token.text == "d" and self.is_infinitesimal() else self.postfix()

    def is_quotient(self) -> bool:
        """`dy / dx`"""
        texts = [self.ahead(count) for count in range(1, 5)]
        plain = texts[0].kind == "name" and texts[3].kind == "name"
        return plain and texts[1].text == "/" and texts[2].text == "d" and not self.declares("d")

    def is_difference(self) -> bool:
        after = self.ahead()
        return after.kind == "name" and after.text != r"\dots" and not self.declares(r"\Delta")

    def difference(self) -> Node:
        """`\\Delta x` is one name."""
        token = self.next()
        name = self.next()
        symbol = Symbol(f"{token.text} {name.text}", self.bold, span=self.span(token.start))
        return self.with_scripts(symbol)

    def is_infinitesimal(self) -> bool:
        """`dx` outside an integral is one name."""
        token, after = self.token, self.ahead()
        known = self.declares("d") or "d" in self.bound
        return after.kind == "name" and after.start == token.end and after.text in INFINITESIMALS and not known

    def infinitesimal(self) -> Node:
        token = self.next()
        name = self.next()
        return self.with_scripts(Symbol(f"d{name.text}", self.bold, span=self.span(token.start)))


_RULES: Final[dict[str, Callable[[Levels], Node]]] = {
    **dict.fromkeys(c.FUNCTIONS, Levels.function), **dict.fromkeys(c.BIG, Levels.big),
    **dict.fromkeys(c.INTEGRALS, Levels.integral), **dict.fromkeys(c.LIMITS, Levels.limit),
    **dict.fromkeys(c.MOMENTS, Levels.moment), r"\nabla": Levels.nabla, r"\partial": Levels.partial,
}  # fmt: skip


def as_domain(operator: str, node: Node) -> Node:
    """Behind `\\in`, a pair in brackets is an interval."""
    if operator not in (r"\in", r"\notin", r"\subset", r"\subseteq"):
        return node
    if (
        isinstance(node, Sequence)
        and node.parenthesised
        and len(node.elements) == 2
        and not any(map(is_set, node.elements))
    ):
        return Interval(node.elements[0], node.elements[1], (False, False), span=node.span)
    if isinstance(node, Matrix) and len(node.rows) == 1 and len(node.rows[0]) == 2:
        return Interval(node.rows[0][0], node.rows[0][1], (True, True), span=node.span)
    return node
