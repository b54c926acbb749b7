"""Functions whose meaning is fixed by custom, and how far each reaches: `\\log x y`, `\\log(x) y`."""

from __future__ import annotations

from typing import Final

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.customs import CONSTANTS, DENSITIES
from mathpost.latex.reading.grammar.atoms import symbol_of
from mathpost.latex.reading.grammar.names import spell
from mathpost.latex.reading.grammar.prefixes.big_operators import BigOperators
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import walk
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
    Prime,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.spelling import decorate, head_of

_ENDING: Final = (Apply, Moment, BigOperator, Integral, Derivative, Limit)


class Functions(BigOperators):
    """Rules for functions."""

    def function(self) -> Node:
        """function = function-name scripts over scripted

        `\\log_2 x` has a base, `\\log^2 x` is a power.
        """
        token = self.next()
        scripts = self.scripts()
        if scripts.primes and self.token.text == "(" and not self.declared.complete:
            derived = Prime(Symbol(token.text[1:]), Number(str(scripts.primes)), span=self.span(token.start))
            return self.call(derived)
        if scripts.primes:
            raise self.unsupported("the prime of a function", token)
        if token.text in c.OPERATOR_NAMES and scripts.lower and not (self.starts_factor() or self.at("operator")):
            return Symbol(decorate(token.text[1:], spell(self.tokens_of(scripts.lower))), span=self.span(token.start))
        base = self.node_of(scripts.lower) if scripts.lower else None
        exponent = self.node_of(scripts.upper) if scripts.upper else None
        head = self.latex[token.start : self.token.start].strip()
        argument, power = self.deeper(lambda: self.operand(head))
        name = c.NATURAL.get(token.text, token.text)[1:]
        if exponent == Negative(Number("1")):
            self.require_inverse(token)
            name, exponent = c.INVERSES.get(token.text, name), None if token.text in c.INVERSES else exponent
        if token.text in c.NATURAL and base is None and self.declared.complete:
            raise self.ambiguous(
                f"`{token.text}` may be the logarithm to base 10, 2 or e: write `\\log_{{10}}`, `\\log_2` or `\\ln`",
                token.start,
            )
        if self.token.text == "/" and self.declared.complete:
            argument = self.over(argument, token)
        node: Node = Apply(name, argument, base, span=self.span(token.start))
        if self.token.text == "_":
            node = self.scripted(node, True)
        for raised in (exponent, power):
            node = node if raised is None else Power(node, raised, span=self.span(token.start))
        return node

    def require_inverse(self, token: Token) -> None:
        """Errors: AmbiguousFormula for `\\exp^{-1}`, unless custom has a name for the inverse."""
        if token.text not in c.INVERSES and self.declared.complete:
            name = f"\\operatorname{{{token.text[1:]}}}" if token.text in c.OPERATOR_NAMES else token.text
            raise self.ambiguous(
                f"`{name}^{{-1}}` may be the inverse function or the reciprocal: bind the inverse under another name, "
                f"or write `\\frac{{1}}{{{name}(x)}}`",
                token.start,
            )

    def over(self, argument: Node, token: Token) -> Node:
        """over = operand [ "/" factor ]

        Errors: AmbiguousFormula for `\\log p(x) / q(x)`: densities are compared by the logarithm of a ratio.
        """
        one, other = _called(argument), self.ahead().text
        chosen = self.reading("ratio")
        if not any(one in family and other in family for family in DENSITIES) or not one or chosen == "factor":
            return argument
        if chosen:
            self.next()
            return Binary("/", argument, self.factor(), span=argument.span)
        middle = self.token
        head = self.latex[token.start : middle.start].strip()
        raise self.ambiguous(
            f"`{head} / {other}…` may be `\\left( {head} \\right) / {other}…` or the logarithm of the ratio, "
            f"`{token.text} \\frac{{…}}{{{other}…}}`: write one of them",
            middle.start,
            "ratio",
        )

    def operand(self, head: str) -> tuple[Node, Node | None]:
        """operand = raised-bracket | postfix { postfix } | [ "-" ] juxtaposed

        One postfix or several where a bar begins it: `\\log |x| |y|`.
        """
        token = self.token
        if token.kind == "open" and token.text in ("(", "[", r"\{"):
            return self.raised_bracket()
        if self.accept("-"):
            return Negative(self.juxtaposed(head), span=self.span(token.start)), None
        if (token.kind == "bar" and self.starts_factor()) or (token.kind == "open" and token.text in ("|", "||")):
            node = self.postfix()
            while self.token.text in ("|", "||") and self.starts_factor():
                node = Binary("*", node, self.postfix(), span=self.span(token.start))
            return node, None
        if token.kind == "operator" or not self.starts_factor():
            raise self.malformed("expected the argument of a function")
        return self.juxtaposed(head), None

    def raised_bracket(self) -> tuple[Node, Node | None]:
        """raised-bracket = ( bracket | set ) scripted

        A number raised over the bracket raises the function; under a notation any power is undecided.
        """
        opening = self.token
        self.braces_group = True
        node = self.set() if opening.text == r"\{" else self.bracket()
        if self.token.text != "^":
            return node, None
        chosen = self.reading("power")
        if self.declared.complete and not chosen:
            raise self.ambiguous(
                "the power may belong to the function or to its argument: write `(\\log (x))^2` or `\\log (x^2)`",
                self.token.start,
                "power",
            )
        raised = self.scripted(node, True)
        if chosen:
            return (node, raised.exponent) if isinstance(raised, Power) and chosen == "value" else (raised, None)
        if isinstance(raised, Power) and isinstance(raised.exponent, Number):
            return node, raised.exponent
        return raised, None

    def juxtaposed(self, head: str) -> Node:
        """juxtaposed = factor { factor }

        It ends before another function, and goes on behind a call to a call of the same family alone. Behind a
        fraction or a root that holds letters, the notation decides.
        """
        start, before = self.token.start, self.token
        node = last = self.factor()
        while not isinstance(last, _ENDING) and self.starts_factor() and not self.starts_operator():
            index = self.index
            factor = self.factor()
            stops = (_called(last) and not _goes_on(last, factor, self.tokens[index])) or _is_closed(last, before)
            chosen = self.reading("log")
            if stops and self.declared.complete and not chosen:
                raise self.undecided_operand(head, start, index)
            if stops and chosen != "product" and (self.declared.complete or _called(last)):
                self.index = index
                break
            node, last, before = Binary("*", node, factor, span=self.span(start)), factor, self.tokens[index]
        return node

    def undecided_operand(self, head: str, start: int, index: int) -> FormulaError:
        middle, end = self.tokens[index - 1].end, self.tokens[self.index - 1].end
        part, whole, rest = self.latex[start:middle], self.latex[start:end], self.latex[middle:end].strip()
        one, other = rf"{head} \left( {whole} \right)", rf"\left( {head} {part} \right) {rest}"
        return self.undecided(f"{head} {whole}", one, other, "log", self.tokens[index].start)

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


def _is_closed(node: Node, token: Token) -> bool:
    """Whether a factor looks finished, a fraction or a root, and is no mere coefficient: it holds letters."""
    if token.text not in (r"\frac", r"\sqrt", r"\binom"):
        return False
    return any(isinstance(item, Symbol | Call) and getattr(item, "name", "") not in CONSTANTS for item in walk(node))


def _goes_on(left: Node, right: Node, token: Token) -> bool:
    """Behind a density, a function reaches on to another density and to a power of a bracket, to nothing else."""
    one, other = _called(left), _called(right)
    if not other:
        return isinstance(right, Power) and token.kind == "open"
    return one == other or any(one in family and other in family for family in DENSITIES)
