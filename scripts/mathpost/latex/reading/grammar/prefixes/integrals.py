"""Integrals and their differentials."""

from __future__ import annotations

from dataclasses import replace

from mathpost.latex.reading.grammar.names import Scripts
from mathpost.latex.reading.grammar.prefixes.derivatives import Derivatives
from mathpost.latex.reading.grammar.ranges import as_domain
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Apply, Binder, Integral, Node, Number, Relation, Sequence, Symbol


class Integrals(Derivatives):
    """Rules for integrals."""

    def integral(self) -> Node:
        """integral = integral-sign { integral-sign } scripts
        ( differentials [ integrand ] | integrand differentials )
        """
        token = self.next()
        scripts, count = self.signs(token)
        lower = self.limit_of(scripts.lower)
        upper = self.limit_of(scripts.upper)
        outer, self.integrating = self.integrating, True
        early = self.differentials(count, outer)
        if early and not self.starts_factor():
            body: Node = Number("1")
        else:
            body = self.integrand(bool(early))
        found = early or [*self.taken, *self.differentials(count - len(self.taken), outer)]
        self.taken = []
        self.integrating = outer
        if not found and upper is None and isinstance(lower, Symbol) and any(node == lower for node in walk(body)):
            found = [lower]
        binder = _domain(Binder(tuple(found)), lower, upper)
        node = Integral(binder, body, span=self.span(token.start))
        node = node if outer else _paired(node)
        return Apply("oint", node, span=node.span) if token.text == r"\oint" else node

    def signs(self, token: Token) -> tuple[Scripts, int]:
        """The scripts of an integral, and over how many variables it runs: `\\int \\int_D` is `\\iint_D`."""
        scripts, count = self.scripts(), c.INTEGRALS[token.text]
        while scripts == Scripts() and self.token.text in c.INTEGRALS and self.token.kind == "command":
            start = self.index
            sign = self.next()
            following = self.scripts()
            if following.upper or not following.lower:
                self.index = start
                break
            scripts, count = following, count + c.INTEGRALS[sign.text]
        return scripts, count

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
    return replace(binder, domain=as_domain(r"\in", lower))


def _paired(node: Integral) -> Integral:
    """`\\int_x \\int_y … dx dy`: each runs over the variable that stands under it, in whatever order they end."""
    chain = [node]
    while isinstance(chain[-1].body, Integral):
        chain.append(chain[-1].body)
    under, ends = [each.binder.domain for each in chain], [each.binder.variables for each in chain]
    if len(chain) < 2 or any(each is None for each in under) or {(each,) for each in under} != set(ends):
        return node
    paired = chain[-1]
    for each in reversed(chain):
        assert each.binder.domain is not None
        paired = replace(each, binder=Binder((each.binder.domain,)), body=paired.body if each is chain[-1] else paired)
    return paired
