"""Moments: expectations, variances, covariances."""

from __future__ import annotations

from dataclasses import replace

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.grammar.prefixes.integrals import Integrals
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Binder, Moment, Node, Number, Power, Sequence, Symbol


class Moments(Integrals):
    """Rules for moments."""

    def moment(self) -> Node:
        """moment = moment-name laws [ quad ] ( moment-arguments scripted | signed-product )"""
        bold = self.is_bold_moment()
        token = self.next()
        self.index += 3 if bold else 0  # the group of `\\mathbf{E}`
        operator = c.MOMENTS.get(token.text, "E")
        if self.token.kind in ("eof", "close", "}", "separator", "relation"):
            return Symbol(token.text, span=(token.start, token.end))
        binders, power = self.laws()
        if self.token.kind == "quad":
            self.next()
        if self.token.kind == "open" and self.token.text in ("(", "[", r"\{"):
            opening = self.token.start
            function = self.token.text != "(" or self.holds_name(self.shapes[self.index])
            arguments, condition = self.body(list(binders), self.moment_arguments)
            moment = Moment(operator, binders, arguments, condition, span=self.span(token.start))
            if operator != "Cov" and not function and self.token.text == "^":
                return self.raised_moment(moment, opening)
            node = self.scripted(moment, True)
        else:
            body = self.body(list(binders), self.signed_product)
            node = Moment(operator, binders, (body,), span=self.span(token.start))
        return node if power is None else Power(node, power, span=node.span)

    def raised_moment(self, node: Moment, opening: int) -> Node:
        """`\\mathbb{E}(X - a)^2`: the power of the expectation, or the expectation of the power."""
        stop = self.token.start
        raised = self.scripted(node, True)
        if not isinstance(raised, Power) or self.reading("E") == "value":
            return raised
        if not self.declared.complete or self.reading("E") == "argument":
            return replace(node, arguments=(Power(node.arguments[0], raised.exponent),), span=raised.span)
        raise self.undecided_power(node, opening, (stop, raised.span[1]))

    def undecided_power(self, node: Moment, opening: int, power: tuple[int, int]) -> FormulaError:
        start, (stop, end) = node.span[0], power
        head = self.latex[start:opening].rstrip().removesuffix(r"\left").rstrip()
        inner, called = self.latex[start + len(head) : end].strip(), self.latex[start:stop]
        one, other = rf"{head}\left[ {inner} \right]", rf"\left( {called} \right){self.latex[stop:end]}"
        return self.undecided(self.latex[start:end], one, other, "E", start)

    def laws(self) -> tuple[tuple[Binder, ...], Node | None]:
        """laws = [ "_" binder ] [ "^" argument ]

        `_{x \\sim p}`, `_{q(z)}`, `^\\pi`; a number raised is a power.
        """
        scripts = self.scripts()
        under = self.binder(scripts.lower, laws=True) if scripts.lower else []
        binders = [binder for binder in under if binder != Binder(())]
        upper = self.node_of(scripts.upper) if scripts.upper else None
        if isinstance(upper, Number):
            return tuple(binders), upper
        return tuple(binders) + ((Binder((), law=upper),) if upper is not None else ()), None

    def moment_arguments(self) -> tuple[tuple[Node, ...], Node | None]:
        r"""moment-arguments = "[" items "]" | "(" items ")" | "\{" items "\}" """
        shape = self.shapes[self.index]
        opening = self.next()
        within = self.shapes.get(self.index) if self.token.text == "(" else None
        if within and within.close + 1 == shape.close and within.dividing("|"):  # `\\mathbb{E}[(x | y)]`
            arguments = self.moment_arguments()
            self.close(opening)
            return arguments
        items, separators = self.inside(self.items, separating=shape.dividing("|"))
        self.close(opening)
        if "|" not in separators:
            return tuple(items), None
        bar = separators.index("|") + 1
        given = items[bar] if len(items) == bar + 1 else Sequence(tuple(items[bar:]), parenthesised=False)
        return tuple(items[:bar]), given

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

    def is_bold_moment(self) -> bool:
        """`\\mathbf{E}[X]`, where no E is declared."""
        if self.token.text not in c.BOLD or self.declares("E"):
            return False
        following = [token.text for token in self.tokens[self.index + 1 : self.index + 5]]
        if following[:3] != ["{", "E", "}"]:
            return False
        index = self.index + 4 if following[3] != "_" else self.end_of_argument(self.index + 5)
        return self.tokens[index].text == "["
