"""Functions whose meaning is fixed by custom, and how far each reaches: `\\log x y`, `\\log(x) y`."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.customs import DENSITIES
from mathpost.latex.reading.grammar.prefixes.big_operators import BigOperators
from mathpost.latex.reading.grammar.prefixes.bounds import symbol_of
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
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
    Transpose,
)
from mathpost.latex.tree.spelling import head_of

_ENDING: Final = (Apply, Moment, BigOperator, Integral, Derivative, Limit)


class Functions(BigOperators):
    """Rules for functions."""

    def function(self) -> Node:
        """function = function-name scripts operand scripted

        `\\log_2 x` has a base, `\\log^2 x` is a power.
        """
        token = self.next()
        scripts = self.scripts()
        if scripts.primes:
            raise self.unsupported("the prime of a function", token)
        base = self.node_of(scripts.lower) if scripts.lower else None
        exponent = self.node_of(scripts.upper) if scripts.upper else None
        argument, power = self.deeper(self.operand)
        name = token.text[1:]
        if exponent == Negative(Number("1")) and token.text in c.INVERSES:
            name, exponent = c.INVERSES[token.text], None
        node: Node = Apply(name, argument, base, span=self.span(token.start))
        if self.token.text == "_":
            node = self.scripted(node, True)
        for raised in (exponent, power):
            node = node if raised is None else Power(node, raised, span=self.span(token.start))
        return node

    def operand(self) -> tuple[Node, Node | None]:
        """operand = raised-bracket | postfix { postfix } | [ "-" ] juxtaposed

        One postfix or several where a bar begins it: `\\log |x| |y|`.
        """
        token = self.token
        if token.kind == "open" and token.text in ("(", "[", r"\{"):
            return self.raised_bracket()
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

    def raised_bracket(self) -> tuple[Node, Node | None]:
        """raised-bracket = ( bracket | set ) scripted

        A number raised over the bracket raises the function; under a notation any power is undecided.
        """
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
        raised = self.scripted(node, True)
        if isinstance(raised, Power) and isinstance(raised.exponent, Number):
            return node, raised.exponent
        return raised, None

    def juxtaposed(self) -> Node:
        """juxtaposed = factor { factor }

        It ends before another function, and goes on behind a call to a call of the same family alone.
        """
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


def _called(node: Node) -> str:
    """The head of the function that a factor calls."""
    if isinstance(node, Power | Index):
        return _called(node.base)
    if isinstance(node, Transpose):
        return _called(node.operand)
    if isinstance(node, Call):
        symbol = symbol_of(node.function)
        return head_of(symbol.name) if symbol else "f"
    return ""


def _goes_on(left: Node, right: Node, token: Token) -> bool:
    """Behind a density, a function reaches on to another density and to a power of a bracket, to nothing else."""
    one, other = _called(left), _called(right)
    if not other:
        return isinstance(right, Power) and token.kind == "open"
    return one == other or any(one in family and other in family for family in DENSITIES)
