"""Derivatives, and how far each reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.customs import is_text
from mathpost.latex.reading.grammar.names import Scripts, spell
from mathpost.latex.reading.grammar.prefixes.bounds import Bounds
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Call,
    Derivative,
    Index,
    Node,
    Number,
    Power,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.nodes import Sequence as Listed
from mathpost.latex.tree.spelling import accented, decorate


class Derivatives(Bounds):
    """Rules for derivatives."""

    def nabla(self) -> Node:
        r"""nabla = "\nabla" scripts [ "\cdot" ] reach"""
        token = self.next()
        scripts = self.scripts()
        if scripts.upper and all(map(is_text, self.tokens_of(scripts.upper))):
            return self.applied(r"\nabla", scripts, token)
        under = self.node_of(scripts.lower) if scripts.lower else None
        variables = under.elements if isinstance(under, Listed) else (under,) if under is not None else ()
        order = self.node_of(scripts.upper) if scripts.upper else Number("1")
        if not isinstance(order, Number) or order.text not in "123456":
            raise self.unsupported("this power of `\\nabla`", token)
        if self.accept(r"\cdot"):
            return Apply("div", self.deeper(lambda: self.reach(variables, token)), span=self.span(token.start))
        body = self.deeper(lambda: self.reach(variables, token))
        transposed = isinstance(body, Transpose) and self.tokens[self.index - 1].kind != "close"
        inner = body.operand if transposed and isinstance(body, Transpose) else body
        for _ in range(int(order.text)):
            inner = Derivative("nabla", variables, inner, span=self.span(token.start))
        return Transpose(inner, span=inner.span) if transposed else inner

    def named_nabla(self) -> Node:
        r"""named-nabla = accent-mark ( "\nabla" | "{" "\nabla" "}" ) scripts [ reach ]

        `\tilde{\nabla}_\theta L`: another operator than the gradient, that is called with what it acts on.
        """
        token = self.next()
        braced = self.accept("{")
        self.next()
        if braced:
            self.expect("}", braced)
        return self.applied(accented(r"\nabla", c.ACCENTS[token.text]), self.scripts(), token)

    def applied(self, name: str, scripts: Scripts, token: Token) -> Node:
        """An operator with a name of its own, before what it acts on."""
        lower, upper = (spell(self.tokens_of(part)) if part else "" for part in (scripts.lower, scripts.upper))
        symbol = Symbol(decorate(name, lower, upper), span=self.span(token.start))
        if not self.starts_factor():
            return symbol
        body = self.deeper(lambda: self.reach((), token))
        return Call(symbol, (body,), (), span=self.span(token.start))

    def is_named_nabla(self) -> bool:
        """Whether an accent stands over a nabla."""
        braced = self.ahead().kind == "{"
        return self.ahead(1 + braced).text == r"\nabla" and (not braced or self.ahead(3).kind == "}")

    def partial(self) -> Node:
        r"""partial = mark postfix "/" denominators | "\partial" scripts [ reach ]"""
        token = self.next()
        if self.token.text == "_":
            scripts = self.scripts()
            assert scripts.lower is not None
            if not self.starts_factor():  # a direction: `a^\mu \partial_\mu`
                return Symbol(decorate(r"\partial", spell(self.tokens_of(scripts.lower))), span=self.span(token.start))
            under = self.node_of(scripts.lower)
            variables = under.elements if isinstance(under, Listed) else (under,)
            body = self.deeper(lambda: self.reach(variables, token))
            return Derivative("partial", variables, body, span=self.span(token.start))
        if not self.starts_factor():
            raise self.unsupported(token=token)
        body = self.postfix()
        if self.token.text == "/" and self.ahead().text == token.text:
            self.next()
            variables = self.denominators(1)
            return Derivative("partial" if token.text != "d" else "d", variables, body, span=self.span(token.start))
        raise self.unsupported(f"`{token.text}` alone", token)

    def quotient(self, token: Token, kind: str, upper: Argument, lower: Argument) -> Node:
        r"""quotient = "\frac" "{" mark scripts [ expression ] "}" "{" denominators "}" [ reach ]"""
        saved = self.index
        start, order = upper.start + 1, 1
        if start < upper.stop and self.tokens[start].text == "^":
            start = self.end_of_argument(start + 1)
            order = self.order(upper.start + 2, start)
        variables = self.within(lower.start, lower.stop, lambda: self.denominators(order))
        if start < upper.stop:
            body = self.within(start, upper.stop, self.expression)
            self.index = saved
        elif kind == "partial" and order == 1 and not self.starts_factor_at(saved):  # a direction, as `\partial_x`
            name = decorate(r"\partial", spell(self.tokens[lower.start + 1 : lower.stop]))
            return Symbol(name, span=self.span(token.start))
        else:
            self.index = saved
            body = self.deeper(lambda: self.reach(variables, token))
        return Derivative(kind, variables, body, span=self.span(token.start))

    def starts_factor_at(self, index: int) -> bool:
        self.index = index
        return self.starts_factor()

    def order(self, start: int, stop: int) -> int:
        """The number over `\\partial` or `d`."""
        digits = [token for token in self.tokens[start:stop] if token.kind not in "{}"]
        if len(digits) != 1 or digits[0].text not in tuple("123456789"):
            raise self.unsupported("a derivative of this order", self.tokens[start])
        return int(digits[0].text)

    def denominators(self, order: int) -> tuple[Node, ...]:
        """denominators = mark postfix { mark postfix }

        Under `\\partial^2`, `\\partial x^2` counts twice.
        """
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

    def mark(self, upper: Argument, lower: Argument) -> str:
        r"""mark = "\partial" | "d"

        Which of them, where a fraction is a derivative.
        """
        over, under = self.tokens_of(upper), self.tokens_of(lower)
        if not over or len(under) < 2 or over[0].text != under[0].text or over[0].text not in (r"\partial", "d"):
            return ""
        if over[0].text == r"\partial":
            return "partial"
        follows = under[1].kind in ("name", "word") or under[1].text in c.BOLD or under[1].text in c.ACCENTS
        plain = (
            len(over) == 1
            or over[1].kind in ("name", "word", "open")
            or over[1].text == "^"
            or over[1].kind == "command"
        )
        if follows and plain:
            self.require_differential(upper, over[0], under)
        return "d" if follows and plain else ""

    def require_differential(self, upper: Argument, over: Token, under: Sequence[Token]) -> None:
        """Errors: AmbiguousFormula for an italic `d` that the notation binds, as `\\frac{d}{dx}` may be 1/x then."""
        known = self.declares("d") or "d" in self.bound
        if not known or over.kind == under[0].kind == "word" or self.reading("d/dx"):
            return
        shown = self.latex[under[0].start : under[-1].end]
        behind = self.latex[under[0].end : under[-1].end].strip()
        one, other = rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}} {behind}}}", rf"\frac{{d}}{{d \cdot {behind}}}"
        raise self.undecided(rf"\frac{{d}}{{{shown}}}", one, other, "d/dx", self.tokens[upper.start].start)

    def reach(self, variables: Iterable[Node], operator: Token) -> Node:
        """reach = factor { factor }

        Up to the first call, function or bracket.
        """
        first = self.index
        if not self.starts_factor():
            raise self.malformed("expected what is differentiated")
        node: Node | None = None
        while node is None or self.starts_factor():
            bracket = self.token.kind == "open"
            factor = self.factor()
            node = factor if node is None else Binary("*", node, factor, span=self.span(self.tokens[first].start))
            if bracket or _whole(factor):
                return self.reaches_on(node, first, list(variables), operator)
        return node

    def reaches_on(self, node: Node, first: int, variables: list[Node], operator: Token) -> Node:
        """What is differentiated where more factors follow: undecided if they hold the variable, too.

        A square bracket says where it ends.
        """
        joined = self.starts_factor() or (self.token.kind == "operator" and self.token.text in c.MULTIPLICATIVE)
        clear = isinstance(node, Transpose) or self.tokens[first].text == "["
        if not joined or clear or not self.declared.complete:
            return node
        stop, taken = self.index, list(self.taken)
        self.index = first
        whole = self.deeper(self.signed_product)
        chosen = self.reading("d/dx")
        same = _count(whole, variables) == _count(node, variables)
        if chosen == "product" and not same:
            return whole
        if not same and not chosen:
            raise self.undecided_reach(first, stop, operator)
        self.index, self.taken = stop, taken
        return node

    def undecided_reach(self, first: int, stop: int, operator: Token) -> FormulaError:
        start, middle, end = self.tokens[first].start, self.tokens[stop - 1].end, self.tokens[self.index - 1].end
        head, part = self.latex[operator.start : start].strip(), self.latex[start:middle]
        whole, rest = self.latex[start:end], self.latex[middle:end].strip()
        one, other = rf"{head} \left( {whole} \right)", rf"\left( {head} {part} \right) {rest}"
        return self.undecided(f"{head} {whole}", one, other, "d/dx", start)


def _count(node: Node, variables: list[Node]) -> int:
    """How often a tree speaks of some variables."""
    names = [variable.base if isinstance(variable, Index) else variable for variable in variables]
    return sum(item in names for item in walk(node))


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
