"""Integrals and derivatives.

integral     = ( "\\int" | "\\iint" ) bounds ( sum differential { differential } | differential product )
differential = "d" [ "^" number ] name
derivative   = "\\nabla" [ "_" variables ] [ "^2" ] reach
             | "\\frac" "{" mark [ expression ] "}" "{" mark variable { mark variable } "}" [ reach ]
             | mark postfix "/" mark postfix | "\\partial_" variable reach
mark         = "\\partial" | "d"
reach        = factor { factor }             up to the first call, function or bracket
"""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.names import Script
from mathpost.latex.reading.operators import Operators
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Binder,
    Derivative,
    Index,
    Integral,
    Node,
    Number,
    Power,
    Relation,
    Sequence,
    Symbol,
    Transpose,
)


class Calculus(Operators):
    """Rules for integrals and derivatives."""

    # -- integrals -----------------------------------------------------------------------------------------------------

    def integral(self) -> Node:
        """integral = sign bounds ( sum differentials | differentials product )"""
        token = self.next()
        scripts = self.read_scripts()
        lower = self.limit_of(scripts.lower)
        upper = self.limit_of(scripts.upper)
        outer, self.differentials = self.differentials, 1
        early = self.differential_list(c.INTEGRALS[token.text], outer)
        if early and not self.starts_factor():
            body: Node = Number("1")
        else:
            body = self.integrand(bool(early))
        found = early or [*self.taken, *self.differential_list(c.INTEGRALS[token.text] - len(self.taken), outer)]
        self.taken = []
        self.differentials = outer
        binder = _domain(Binder(tuple(found)), lower, upper)
        node = Integral(binder, body, span=self.span(token.start))
        return Apply("oint", node, span=node.span) if token.text == r"\oint" else node

    def limit_of(self, script: Script | None) -> Node | None:
        return self.script_node(script) if script else None

    def integrand(self, early: bool) -> Node:
        """All up to the differential, or the product where it stands first or is missing."""
        rule = self.sum if not early and self.has_differential() else self.signed_product
        self.taken = []
        return self.deeper(rule)

    def differential_list(self, count: int, outer: int) -> list[Node]:
        """A nested integral takes its own; the outermost takes all."""
        found: list[Node] = []
        while self.is_differential(self.index) and (len(found) < count or not outer):
            found.append(self.differential())
            if self.token.text == r"\dots" and self.is_differential(self.index + 1):
                found.append(self.atom())
        return found

    def is_differential(self, index: int) -> bool:
        token, after = self.tokens[index], self.tokens[min(index + 1, len(self.tokens) - 1)]
        if not self.differentials or token.text != "d" or token.kind not in ("name", "word"):
            return False
        if after.text == "^" and index + 3 < len(self.tokens):
            after = self.tokens[self.end_of_argument(index + 2)]
        return after.kind in ("name", "word") or after.text in c.BOLD or after.text in c.ACCENTS or after.kind == "{"

    def differential(self) -> Node:
        """differential = "d" [ "^" number ] name"""
        self.next()
        self.read_scripts()
        saved, self.differentials = self.differentials, 0
        node = self.postfix()
        self.differentials = saved
        return node

    def has_differential(self) -> bool:
        """Whether one stands further on, on this level or in the numerator of a fraction."""
        depth, index = 0, self.index
        while self.tokens[index].kind != "eof":
            kind = self.tokens[index].kind
            depth += {"open": 1, "{": 1, "begin": 1, "close": -1, "}": -1, "end": -1}.get(kind, 0)
            if depth < 0 or (depth == 0 and kind == "relation"):
                return False
            if self.is_differential(index) and (depth == 0 or self.ends_numerator(index)):
                return True
            index += 1
        return False

    def ends_numerator(self, index: int) -> bool:
        return self.tokens[min(index + 2, len(self.tokens) - 1)].kind == "}"

    # -- fractions and derivatives -------------------------------------------------------------------------------------

    def fraction(self) -> Node:
        """fraction = "\\frac" argument argument, a derivative where both begin with a mark"""
        token = self.next()
        upper = self.read_script()
        lower = self.read_script()
        mark = self.mark(upper, lower)
        if mark:
            return self.quotient(token, mark, upper, lower)
        saved = self.index
        numerator = self.numerator(upper)
        denominator = self.script_or_malformed(lower)
        self.index = saved
        return Binary("/", numerator, denominator, span=self.span(token.start))

    def script_or_malformed(self, script: Script) -> Node:
        if script.start == script.stop:
            self.index = script.start
            raise self.malformed("expected an expression in the fraction")
        bold = self.bold
        node = self.within(script.start, script.stop, self.statement if script.grouped else self.atom)
        self.bold = bold
        return node

    def numerator(self, script: Script) -> Node:
        """`\\int \\frac{dx}{x}`: the differential of an integral may stand here."""
        start = script.stop - 2
        if self.differentials and start >= script.start and self.is_differential(start):
            symbol = self.tokens[start + 1]
            self.taken.append(Symbol(symbol.text, span=(symbol.start, symbol.end)))
            if start == script.start:
                return Number("1")
            return self.within(script.start, start, self.statement)
        return self.script_or_malformed(script)

    def mark(self, upper: Script, lower: Script) -> str:
        """`\\partial` or `d`, where a fraction is a derivative."""
        over, under = self.script_tokens(upper), self.script_tokens(lower)
        if not over or len(under) < 2 or over[0].text != under[0].text or over[0].text not in (r"\partial", "d"):
            return ""
        if over[0].text == r"\partial":
            return "partial"
        known = self.declares("d") or "d" in self.bound
        follows = under[1].kind in ("name", "word") or under[1].text in c.BOLD or under[1].text in c.ACCENTS
        plain = (
            len(over) == 1
            or over[1].kind in ("name", "word", "open")
            or over[1].text == "^"
            or over[1].kind == "command"
        )
        return "d" if follows and plain and not known else ""

    def quotient(self, token: Token, kind: str, upper: Script, lower: Script) -> Node:
        """derivative = "{" mark [ "^" n ] [ expression ] "}" "{" mark variable … "}" [ reach ]"""
        saved = self.index
        start, order = upper.start + 1, 1
        if start < upper.stop and self.tokens[start].text == "^":
            start = self.end_of_argument(start + 1)
            order = self.order(upper.start + 2, start)
        variables = self.within(lower.start, lower.stop, lambda: self.denominators(order))
        if start < upper.stop:
            body = self.within(start, upper.stop, self.statement)
            self.index = saved
        else:
            self.index = saved
            body = self.deeper(self.reach)
        return Derivative(kind, variables, body, span=self.span(token.start))

    def order(self, start: int, stop: int) -> int:
        """The number over `\\partial` or `d`."""
        digits = [token for token in self.tokens[start:stop] if token.kind not in "{}"]
        if len(digits) != 1 or digits[0].text not in tuple("123456789"):
            raise self.unsupported("a derivative of this order", self.tokens[start])
        return int(digits[0].text)

    def denominators(self, order: int) -> tuple[Node, ...]:
        """mark variable { mark variable }; under `\\partial^2`, `\\partial x^2` counts twice"""
        opening = self.token
        variables: list[Node] = []
        while self.token.text in (r"\partial", "d"):
            self.next()
            variables.append(self.postfix())
        if len(variables) == order:
            return tuple(variables)
        counted = [base for node in variables for base in _repeated(node)]
        if len(counted) != order:
            raise self.unsupported("a derivative whose orders over and under the bar differ", opening)
        return tuple(counted)

    def reach(self) -> Node:
        """reach = factor { factor }, up to the first call, function or bracket"""
        start = self.token.start
        if not self.starts_factor():
            raise self.malformed("expected what is differentiated")
        node: Node | None = None
        while node is None or self.starts_factor():
            bracket = self.token.kind == "open"
            factor = self.factor()
            node = factor if node is None else Binary("*", node, factor, span=self.span(start))
            if bracket or _whole(factor):
                break
        return node

    def nabla(self) -> Node:
        """derivative = "\\nabla" [ "_" variables ] [ "^2" ] reach"""
        token = self.next()
        scripts = self.read_scripts()
        under = self.script_node(scripts.lower) if scripts.lower else None
        variables = under.elements if isinstance(under, Sequence) else (under,) if under is not None else ()
        order = self.script_node(scripts.upper) if scripts.upper else Number("1")
        if not isinstance(order, Number) or order.text not in "123456":
            raise self.unsupported("this power of `\\nabla`", token)
        if self.accept(r"\cdot"):
            return Apply("div", self.deeper(self.reach), span=self.span(token.start))
        body = self.deeper(self.reach)
        transposed = isinstance(body, Transpose) and self.tokens[self.index - 1].kind != "close"
        inner = body.operand if transposed and isinstance(body, Transpose) else body
        for _ in range(int(order.text)):
            inner = Derivative("nabla", variables, inner, span=self.span(token.start))
        return Transpose(inner, span=inner.span) if transposed else inner

    def partial(self) -> Node:
        """derivative = "\\partial" postfix "/" "\\partial" postfix | "\\partial_" variable reach"""
        token = self.next()
        if self.token.text == "_":
            scripts = self.read_scripts()
            assert scripts.lower is not None
            under = self.script_node(scripts.lower)
            variables = under.elements if isinstance(under, Sequence) else (under,)
            return Derivative("partial", variables, self.deeper(self.reach), span=self.span(token.start))
        if not self.starts_factor():
            raise self.unsupported(token=token)
        body = self.postfix()
        if self.token.text == "/" and self.ahead().text == token.text:
            self.next()
            variables = self.denominators(1)
            return Derivative("partial" if token.text != "d" else "d", variables, body, span=self.span(token.start))
        raise self.unsupported(f"`{token.text}` alone", token)


def _repeated(node: Node) -> list[Node]:
    """`x^2` is `x`, twice."""
    if isinstance(node, Power) and isinstance(node.exponent, Number) and node.exponent.text in tuple("23456789"):
        return [node.base] * int(node.exponent.text)
    return [node]


def _whole(node: Node) -> bool:
    """Whether a derivative reaches no further than this factor: a call, a function, a power of one."""
    if isinstance(node, Power | Index):
        return _whole(node.base)
    if isinstance(node, Transpose):
        return _whole(node.operand)
    return not isinstance(node, Symbol | Number | Binary)


def _domain(binder: Binder, lower: Node | None, upper: Node | None) -> Binder:
    """`_a^b`, `_{x = a}^b`, `_{x \\in S}`, `_S`, `_x`"""
    if isinstance(lower, Relation) and lower.operator == r"\in":
        return replace(binder, variables=binder.variables or (lower.left,), domain=lower.right)
    if isinstance(lower, Relation) and lower.operator == "=":
        return replace(binder, variables=binder.variables or (lower.left,), lower=lower.right, upper=upper)
    if isinstance(lower, Relation) and lower.operator == r"\sim":
        return replace(binder, variables=binder.variables or (lower.left,), law=lower.right)
    if isinstance(lower, Relation):
        return replace(binder, condition=lower)
    if upper is not None or lower is None:
        return replace(binder, lower=lower, upper=upper)
    names = lower.elements if isinstance(lower, Sequence) else (lower,)
    if set(names) <= set(binder.variables) or (
        not binder.variables and isinstance(lower, Symbol) and lower.name[0] != "\\"
    ):
        return replace(binder, variables=binder.variables or names)
    return replace(binder, domain=lower)
