"""What a script means: decoration, sample, entry, transpose or power.

What of it does not decorate the name: `_` is an entry. `^` is a sample where it stands in brackets on data, a transpose
where it is `T` or `\\top`, else a power.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mathpost.latex.reading.customs import (
    DECORATING,
    INDEX_LETTERS,
    LABELLED_MATRICES,
    TRANSPOSES,
    is_index,
    is_indexed,
    is_pair,
    is_set,
    is_text,
    is_upper_index,
    is_worded,
)
from mathpost.latex.reading.grammar.names.arguments import Scripts
from mathpost.latex.reading.grammar.names.decorations import Decorations, spell
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import Token
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Derivative,
    Fenced,
    Index,
    Inner,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Prime,
    Relation,
    Sequence,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.spelling import decorate, head_of

BAR: Final = frozenset(("|",))


class Scripted(Decorations):
    """Rules for scripts by their meaning."""

    def scripted(self, base: Node, bracketed: bool = False) -> Node:
        """scripted = { decoration | sample | entry | power | transpose | "'" }"""
        if self.token.kind != "script":
            return base
        start = base.span[0]
        scripts = self.scripts()
        if isinstance(base, Symbol) and not bracketed:
            base, scripts = self.decorated(base, scripts)
        elif scripts.primes and isinstance(base, Index) and isinstance(base.base, Symbol):
            base = replace(base, base=replace(base.base, name=decorate(base.base.name, primes=scripts.primes)))
        elif scripts.primes:
            base = Prime(base, Number(str(scripts.primes)), span=self.span(start))
        if scripts.upper and not bracketed and self.is_upper_index(base, scripts):
            base, scripts = Index(base, self.indices(scripts.upper), True, span=base.span), scripts._replace(upper=None)
        base = self.sampled(base, scripts)
        scripts = self.rest_of_upper(base, scripts)
        base = self.subscripted(base, scripts.lower)
        base = self.raised(base, scripts.upper)
        return replace(base, span=self.span(start))

    def sampled(self, base: Node, scripts: Scripts) -> Node:
        """sample = "^" ( "(" | "[" ) indices ( ")" | "]" )"""
        inner = self.bracketed_part(scripts.upper) if scripts.upper else None
        if inner is None or not self.is_sample(base, inner):
            return base
        return Index(base, self.indices(inner), True, span=base.span)

    def is_upper_index(self, base: Node, scripts: Scripts) -> bool:
        """Whether custom takes a superscript for an index: on a bold letter, beside a lower one, and on coordinates."""
        if self.pattern or self.declared.complete or not isinstance(base, Symbol) or scripts.upper is None:
            return False
        if not is_upper_index(self.tokens_of(scripts.upper)):
            return False
        head = head_of(base.name)
        if base.bold:
            return not head[-1].isupper() or head in LABELLED_MATRICES
        if scripts.lower:
            return any(token.kind == "name" for token in self.tokens_of(scripts.lower))
        decorated = "_" in base.name and self.tokens[scripts.upper.start].text in INDEX_LETTERS
        return decorated or base.name in self.coordinates

    def is_sample(self, base: Node, inner: Argument) -> bool:
        derived = isinstance(base, Derivative) and not self.declared.complete
        if not (isinstance(base, Symbol) or derived) or inner.start >= inner.stop:
            return False
        tokens = self.tokens_of(inner)
        if self.pattern:
            return is_index(tokens)
        if self.declared.complete:
            return isinstance(base, Symbol) and base.name in self.declared.data
        if isinstance(base, Symbol) and base.bold:
            return all(token.kind in ("name", "number") or token.text in ("+", "-") for token in tokens)
        single = len(tokens) == 1 and tokens[0].kind == "name"
        return getattr(base, "name", "") != "e" and (is_index(tokens) or single or is_indexed(tokens))

    def rest_of_upper(self, base: Node, scripts: Scripts) -> Scripts:
        """What a sample leaves of its superscript: `x^{(i)T}` is `(x^{(i)})^T`."""
        if not (isinstance(base, Index) and base.raised and scripts.upper):
            return scripts
        inner = self.bracketed_part(scripts.upper)
        if inner is None:
            return scripts
        start = inner.stop + 1
        while start < scripts.upper.stop and self.tokens[start].text == "^":
            start += 1
        rest = Argument(start, scripts.upper.stop, True) if start < scripts.upper.stop else None
        return scripts._replace(upper=rest)

    def subscripted(self, base: Node, lower: Argument | None) -> Node:
        """entry = "_" indices

        The subscript of a norm is its order, that of `[x]_+` says that it is the positive part.
        """
        if lower is None:
            return base
        tokens = self.tokens_of(lower)
        if isinstance(base, Norm | Inner) and base.order is None:
            return replace(base, order=self.norm_order(lower))
        if isinstance(base, Fenced) and base.kind == "abs" and tokens[0].kind in ("number", "name"):
            return Norm(base.operand, self.norm_order(lower))
        if len(tokens) == 1 and tokens[0].text == "+":
            return Apply("max", Sequence((Number("0"), base)))
        if not tokens or is_worded(tokens) or tokens[0].text in DECORATING - {"-"}:
            raise self.unsupported("a decoration behind a bracket", tokens[0])
        return Index(base, self.indices(lower))

    def norm_order(self, lower: Argument) -> Node:
        tokens = self.tokens_of(lower)
        if any(map(is_text, tokens)) or (len(tokens) == 1 and tokens[0].text in DECORATING):
            return Symbol(spell(tokens))
        node = self.node_of(lower)
        return replace(node, parenthesised=True) if isinstance(node, Sequence) else node

    def indices(self, argument: Argument) -> tuple[Node, ...]:
        r"""indices = index-letter { index-letter | number } | expression [ ( "|" | "\to" ) expression ]"""
        tokens = self.tokens_of(argument)
        if tokens[0].text in ("<", r"\leq"):
            end = self.within(argument.start + 1, argument.stop, self.expression)
            return (Relation(tokens[0].text, Symbol(r"\cdot"), end),)
        letters = [t for t in tokens if t.kind not in "{}"]
        pair = not self.declared.complete and (is_pair(letters) or self.counts_beside(letters))
        if pair or (1 < len(letters) < 9 and all(map(self.counts, letters))):
            return tuple(_primed(letters))
        if len(letters) == 2 and self.is_corner(*letters):
            return tuple(
                Number(t.text, span=(t.start, t.end)) if t.kind == "number" else Symbol(t.text, span=(t.start, t.end))
                for t in letters
            )
        bars = [i for i in range(argument.start, argument.stop) if self.tokens[i].text == "|"]
        if len(bars) == 1:
            left = self.within(argument.start, bars[0], self.expression, BAR)
            return (Relation("|", left, self.within(bars[0] + 1, argument.stop, self.expression, BAR)),)
        node = self.node_of(argument)
        if isinstance(node, Relation) and node.operator == r"\to" and self.declared.complete:
            return node.left, node.right
        return node.elements if isinstance(node, Sequence) and not node.parenthesised else (node,)

    def counts(self, token: Token) -> bool:
        """Whether a letter runs through whole numbers, by custom or because a sum says so."""
        return token.text in INDEX_LETTERS or token.text == "'" or token.text in self.running

    def counts_beside(self, letters: list[Token]) -> bool:
        """Whether one of two letters is counted by a sum, so that they are two indices: `z_{Ii}` under `\\sum_i`."""
        names = len(letters) == 2 and all(token.kind == "name" for token in letters)
        return names and any(token.text in self.running for token in letters)

    def is_corner(self, first: Token, second: Token) -> bool:
        """`a_{1n}` and `a_{n1}` are entries; `x_{2i}` is the entry 2 i."""
        if first.text == "1" and second.text in INDEX_LETTERS:
            return True
        return first.text in INDEX_LETTERS and second.kind == "number"

    def raised(self, base: Node, upper: Argument | None) -> Node:
        r"""power = "^" argument
        transpose = "^" ( "T" | "\top" )
        """
        if upper is None:
            return base
        text = spell(self.tokens_of(upper))
        if self.transposes(base, text):
            return Transpose(base)
        if text in ("-T", r"-\top"):
            return Transpose(Power(base, self.minus_one(upper)))
        tokens = self.tokens_of(upper)
        if text == r"\circ" and isinstance(base, Number):
            return Binary("*", base, Symbol(r"\degree"))
        if isinstance(base, Number) and is_worded(self.tokens_of(upper)):
            return Symbol(f"{base.text}^{{{text}}}")
        if isinstance(base, Number) and text in ("+", "-"):
            return Symbol(f"{base.text}^{text}")
        if len(tokens) == 1 and (tokens[0].text in DECORATING or tokens[0].kind in ("word", "text")):
            return self.marked(base, tokens[0])
        order = self.order_of_function(base, upper)
        if order is not None:
            return Prime(base, order)
        saved, self.of_sets = self.of_sets, is_set(base) or isinstance(base, Symbol)
        exponent = self.node_of(upper)
        self.of_sets = saved
        return Power(base, exponent)

    def order_of_function(self, base: Node, upper: Argument) -> Node | None:
        """The order of a derivative, `f^{(2)}` of a declared function, by a number or an index.

        Errors: AmbiguousFormula for anything else in the brackets.
        """
        known = self.declared
        function = isinstance(base, Symbol) and base.name in known.functions and base.name not in known.symbols
        inner = self.bracketed_part(upper)
        if not known.complete or not function or inner is None or self.reading("f^(n)") == "power":
            return None
        if is_index(self.tokens_of(inner)) or self.reading("f^(n)"):
            return self.within(inner.start, inner.stop, self.expression)
        assert isinstance(base, Symbol)
        order = self.latex[self.tokens[inner.start].start : self.tokens[inner.stop - 1].end]
        one, other = (
            rf"\frac{{d^{{{order}}}}}{{dx^{{{order}}}}} {base.name}(x)",
            rf"\left( {base.name}(x) \right)^{{{order}}}",
        )
        raise self.undecided(f"{base.name}^{{({order})}}", one, other, "f^(n)", base.span[0])

    def marked(self, base: Node, mark: Token) -> Node:
        """`(A B)^\\dagger`, `(v)^\\perp`, `(X)^*`: what an expression is raised to says what is done to it."""
        if mark.kind in ("word", "text"):
            raise self.unsupported("a decoration behind a bracket", mark)
        return Power(base, Symbol(mark.text, span=(mark.start, mark.end)))

    def minus_one(self, upper: Argument) -> Node:
        token = self.tokens[upper.start]
        return Negative(Number("1"), span=(token.start, token.end))

    def transposes(self, base: Node, text: str) -> bool:
        if text not in TRANSPOSES or isinstance(base, Number):
            return False
        if text == "T" and (self.declares("T") or "T" in self.bound):
            return False
        return self.declared.complete or getattr(base, "name", "") != r"\gamma"


def _primed(letters: list[Token]) -> list[Symbol]:
    """Letters side by side, each with the primes behind it: `ss'`."""
    found: list[Symbol] = []
    for token in letters:
        if token.text == "'" and found:
            found[-1] = replace(found[-1], name=f"{found[-1].name}'", span=(found[-1].span[0], token.end))
        else:
            found.append(Symbol(token.text, span=(token.start, token.end)))
    return found
