"""Operators that stand before what they act on.

big        = ( "\\sum" | "\\prod" | "\\max" … ) bounds signed-product
arg        = ( "\\arg\\max" | "\\arg\\min" ) bounds sum                    to the end of its side
extremum   = ( "\\max" | "\\min" | "\\sup" | "\\inf" ) bracket
function   = ( "\\log" | "\\exp" … ) [ "_" base ] [ "^" power ] operand
operand    = bracket | fence { fence } | [ "-" ] juxtaposed
juxtaposed = factor { factor }                          ending before another function
moment     = ( "\\mathbb{E}" | "Var" | "Cov" ) bounds ( bracket | signed-product )
limit      = "\\lim_{" variable "\\to" target "}" signed-product
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mathpost.latex.reading.brackets import BAR, NONE
from mathpost.latex.reading.indicators import Indicators
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Binder,
    Call,
    Derivative,
    Index,
    Integral,
    Limit,
    Moment,
    Negative,
    Node,
    Number,
    Power,
    Relation,
    Sequence,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.spelling import head_of

T = TypeVar("T")
DENSITIES = ("pqr", "PQ", ("p", "P", "q", r"\mathcal{N}"))


class Operators(Indicators):
    """Rules for big operators, functions, moments and limits."""

    def big(self) -> Node:
        """big = operator bounds signed-product; arg = operator bounds sum"""
        token = self.next()
        operator = c.BIG[token.text]
        binders = self.all_bounds()
        if token.text in c.EXTREMA and binders == [Binder(())] and self.token.text in ("(", "[", r"\{"):
            node = Apply(operator, self.extremes(), span=self.span(token.start))
            return self.with_scripts(node, True)
        if len(binders) > 1 and operator.startswith("arg"):
            raise self.unsupported("several domains under one `\\arg`", token)
        if self.token.kind == "quad":
            self.next()
        running = len(self.running)
        if operator in ("sum", "prod"):
            self.running.extend(name for name in _names_of(binders) if len(name) == 1)
        body = self.body(binders, self.sum if operator.startswith("arg") else self.signed_product)
        del self.running[running:]
        for binder in reversed(binders):
            body = BigOperator(operator, binder, body, span=self.span(token.start))
        return body

    def extremes(self) -> Node:
        """extremum = "(" list ")" | "\\{" list "\\}" """
        if self.token.text == r"\{":
            return self.set()
        shape = self.shapes[self.index]
        opening = self.next()
        items, separators = self.listed(shape)
        self.close_arguments(opening)
        if any(separator != "," for separator in separators):
            raise self.unsupported("these separators", opening)
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def body(self, binders: list[Binder], rule: Callable[[], T]) -> T:
        """What an operator acts on; its variables are bound there."""
        names = _names_of(binders)
        self.bound.extend(names)
        self.braces_group = self.token.text == r"\{"
        node = self.deeper(rule)
        if names:
            del self.bound[-len(names) :]
        return node

    # -- functions -----------------------------------------------------------------------------------------------------

    def function(self) -> Node:
        """function = name [ "_" base ] [ "^" power ] operand"""
        token = self.next()
        scripts = self.read_scripts()
        if scripts.primes:
            raise self.unsupported("the prime of a function", token)
        base = self.script_node(scripts.lower) if scripts.lower else None
        exponent = self.script_node(scripts.upper) if scripts.upper else None
        argument, power = self.deeper(self.operand)
        name = token.text[1:]
        if exponent == Negative(Number("1")) and token.text in c.INVERSES:
            name, exponent = c.INVERSES[token.text], None
        node: Node = Apply(name, argument, base, span=self.span(token.start))
        if self.token.text == "_":
            node = self.with_scripts(node, True)
        for raised in (exponent, power):
            node = node if raised is None else Power(node, raised, span=self.span(token.start))
        return node

    def operand(self) -> tuple[Node, Node | None]:
        """operand = bracket | fence | [ "-" ] juxtaposed; with the power behind a bracket"""
        token = self.token
        if token.kind == "open" and token.text in ("(", "[", r"\{"):
            return self.bracket_operand()
        if self.accept("-"):
            return Negative(self.juxtaposed(), span=self.span(token.start)), None
        if (token.kind == "bar" and self.starts_factor()) or (token.kind == "open" and token.text in ("|", "||")):
            node = self.postfix()
            while self.token.text in ("|", "||") and self.starts_factor():
                node = Binary("*", node, self.postfix(), span=self.span(token.start))
            return node, None
        if token.kind == "operator" or not self.starts_factor():
            raise self.malformed("expected the argument of a function")
        return self.juxtaposed(), None

    def bracket_operand(self) -> tuple[Node, Node | None]:
        """One bracket; a number raised over it raises the function, any other power is undecided."""
        opening = self.token
        self.braces_group = True
        node = self.set() if opening.text == r"\{" else self.bracket()
        if self.token.text != "^":
            return node, None
        if self.declared.complete:
            raise self.ambiguous(
                "the power may belong to the function or to its argument: write `(\\log (x))^2` or `\\log (x^2)`",
                self.token.start,
            )
        raised = self.with_scripts(node, True)
        if isinstance(raised, Power) and isinstance(raised.exponent, Number):
            return node, raised.exponent
        return raised, None

    def juxtaposed(self) -> Node:
        """juxtaposed = factor { factor }"""
        start = self.token.start
        node = last = self.factor()
        while not isinstance(last, _ENDING) and self.starts_factor() and not self.starts_operator():
            index = self.index
            factor = self.factor()
            if _called(last) and not _goes_on(last, factor, self.tokens[index]):
                if self.declared.complete:
                    raise self.ambiguous(
                        "the function may or may not reach this factor: write brackets, `\\log (a) b` or `\\log (a b)`",
                        self.tokens[index].start,
                    )
                self.index = index
                break
            node, last = Binary("*", node, factor, span=self.span(start)), factor
        return node

    def starts_operator(self) -> bool:
        """Whether a function or big operator comes next."""
        text = self.token.text
        if text in c.MOMENTS or (self.token.kind in ("name", "word") and self.is_moment()):
            return True
        return self.token.kind == "command" and (
            text in c.FUNCTIONS or text in c.BIG or text in c.INTEGRALS or text in c.LIMITS or text == r"\nabla"
        )

    # -- moments -------------------------------------------------------------------------------------------------------

    def is_moment(self) -> bool:
        """`\\mathbb{E}`; `E` only where a square bracket or a law says so."""
        token = self.token
        if token.text in c.MOMENTS:
            return not (self.declared.complete and token.text in self.declared.symbols)
        if token.text != "E" or self.declares("E"):
            return False
        after = self.ahead()
        if token.kind == "word":
            return after.kind in ("open", "script")
        if after.text == "_":
            stop = self.end_of_argument(self.index + 2)
            sampled = any(t.text == r"\sim" for t in self.tokens[self.index : stop])
            return sampled or self.tokens[stop].text == "["
        return after.text == "["

    def moment(self) -> Node:
        """moment = operator bounds ( bracket | signed-product )"""
        token = self.next()
        operator = c.MOMENTS.get(token.text, "E")
        if self.token.kind in ("eof", "close", "}", "separator", "relation"):
            return Symbol(token.text, span=(token.start, token.end))
        binders, power = self.laws()
        if self.token.kind == "quad":
            self.next()
        if self.token.kind == "open" and self.token.text in ("(", "[", r"\{"):
            arguments, condition = self.body(list(binders), self.moment_arguments)
            node: Node = Moment(operator, binders, arguments, condition, span=self.span(token.start))
            node = self.with_scripts(node, True)
        else:
            body = self.body(list(binders), self.signed_product)
            node = Moment(operator, binders, (body,), span=self.span(token.start))
        return node if power is None else Power(node, power, span=node.span)

    def laws(self) -> tuple[tuple[Binder, ...], Node | None]:
        """`_{x \\sim p}`, `_{q(z)}`, `^\\pi`; a number raised is a power."""
        scripts = self.read_scripts()
        binders = (
            [binder for binder in self.under(scripts.lower, True) if binder != Binder(())] if scripts.lower else []
        )
        upper = self.script_node(scripts.upper) if scripts.upper else None
        if isinstance(upper, Number):
            return tuple(binders), upper
        return tuple(binders) + ((Binder((), law=upper),) if upper is not None else ()), None

    def moment_arguments(self) -> tuple[tuple[Node, ...], Node | None]:
        """`[f]`, `[X | Y]`, `(X, Y)`"""
        shape = self.shapes[self.index]
        opening = self.next()
        separating = BAR if "mid" in shape.marks or shape.bars("|") % 2 else NONE
        items, separators = self.inside(self.items, separating=separating)
        self.close_arguments(opening)
        if "|" not in separators:
            return tuple(items), None
        bar = separators.index("|") + 1
        given = items[bar] if len(items) == bar + 1 else Sequence(tuple(items[bar:]), parenthesised=False)
        return tuple(items[:bar]), given

    # -- limits --------------------------------------------------------------------------------------------------------

    def limit(self) -> Node:
        """limit = "\\lim_{" variable "\\to" target "}" signed-product"""
        token = self.next()
        scripts = self.read_scripts()
        under = self.script_node(scripts.lower) if scripts.lower else None
        if token.text != r"\lim" or not (isinstance(under, Relation) and under.operator == r"\to"):
            raise self.unsupported(token=token)
        return Limit(under.left, under.right, self.deeper(self.signed_product), span=self.span(token.start))


_ENDING = (Apply, Moment, BigOperator, Integral, Derivative, Limit)


def _names_of(binders: list[Binder]) -> list[str]:
    return [head.name for binder in binders for head in map(_symbol_of, binder.variables) if head]


def _symbol_of(node: Node) -> Symbol | None:
    if isinstance(node, Index):
        return _symbol_of(node.base)
    return node if isinstance(node, Symbol) else None


def _called(node: Node) -> str:
    """The head of the function that a factor calls."""
    if isinstance(node, Power | Index):
        return _called(node.base)
    if isinstance(node, Transpose):
        return _called(node.operand)
    if isinstance(node, Call):
        symbol = _symbol_of(node.function)
        return head_of(symbol.name) if symbol else "f"
    return ""


def _goes_on(left: Node, right: Node, token: Token) -> bool:
    """Behind a density, a function reaches on to another density and to a power of a bracket, to nothing else."""
    one, other = _called(left), _called(right)
    if not other:
        return isinstance(right, Power) and token.kind == "open"
    return one == other or any(one in family and other in family for family in DENSITIES)
