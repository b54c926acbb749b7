"""Integrals and their differentials."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.prefixes.derivatives import Derivatives
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Apply, Binder, Integral, Node, Number, Relation, Sequence, Symbol


class Integrals(Derivatives):
    """Rules for integrals."""

    def integral(self) -> Node:
        """integral = integral-sign scripts ( differentials [ integrand ] | integrand differentials )"""
        token = self.next()
        scripts = self.scripts()
        lower = self.limit_of(scripts.lower)
        upper = self.limit_of(scripts.upper)
        outer, self.integrating = self.integrating, True
        early = self.differentials(c.INTEGRALS[token.text], outer)
        if early and not self.starts_factor():
            body: Node = Number("1")
        else:
            body = self.integrand(bool(early))
        found = early or [*self.taken, *self.differentials(c.INTEGRALS[token.text] - len(self.taken), outer)]
        self.taken = []
        self.integrating = outer
        binder = _domain(Binder(tuple(found)), lower, upper)
        node = Integral(binder, body, span=self.span(token.start))
        return Apply("oint", node, span=node.span) if token.text == r"\oint" else node

    def integrand(self, early: bool) -> Node:
        """integrand = sum | signed-product

        All up to the differential, or the product where it stands first or is missing.
        """
        rule = self.sum if not early and self.has_differential() else self.signed_product
        self.taken = []
        return self.deeper(rule)

    def differentials(self, count: int, outer: bool) -> list[Node]:
        r"""differentials = { differential [ "\dots" ] }

        A nested integral takes its own; the outermost takes all.
        """
        found: list[Node] = []
        while self.is_differential(self.index) and (len(found) < count or not outer):
            found.append(self.differential())
            if self.token.text == r"\dots" and self.is_differential(self.index + 1):
                found.append(self.atom())
        return found

    def differential(self) -> Node:
        """differential = "d" scripts postfix"""
        self.next()
        self.scripts()
        saved, self.integrating = self.integrating, False
        node = self.postfix()
        self.integrating = saved
        return node

    def limit_of(self, argument: Argument | None) -> Node | None:
        return self.node_of(argument) if argument else None

    def is_differential(self, index: int) -> bool:
        token, after = self.tokens[index], self.tokens[min(index + 1, len(self.tokens) - 1)]
        if not self.integrating or token.text != "d" or token.kind not in ("name", "word"):
            return False
        if after.text == "^" and index + 3 < len(self.tokens):
            after = self.tokens[self.end_of_argument(index + 2)]
        return after.kind in ("name", "word") or after.text in c.BOLD or after.text in c.ACCENTS or after.kind == "{"

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
