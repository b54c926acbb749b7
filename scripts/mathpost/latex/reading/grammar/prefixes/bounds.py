"""What stands under and over an operator: what it binds, and where that runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from mathpost.latex.reading.customs import ADJACENT, INDEX_LETTERS, LAWS, SUCH_THAT
from mathpost.latex.reading.grammar.atoms import Postfixes, symbol_of
from mathpost.latex.reading.grammar.ranges import bounded, with_ranges
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binary,
    Binder,
    Call,
    Dots,
    Index,
    Node,
    Norm,
    Relation,
    Sequence,
    Symbol,
)
from mathpost.latex.tree.spelling import head_of

T = TypeVar("T")


class Bounds(Postfixes):
    """Rules for bounds, domains, laws and conditions."""

    def quantifier(self, body: Node) -> BigOperator:
        r"""quantifier = ( "\forall" | "\exists" ) comparison [ "," "\dots" "," comparison ]"""
        token = self.next()
        items, separators = [self.comparison()], list[str]()
        while self.token.text == "," and (self.ahead().text == r"\dots" or isinstance(items[-1], Dots)):
            separators.append(self.next().text)
            items.append(self.comparison())
        binders = _Collector(self, laws=False).collect(items, separators)
        if len(binders) > 1:
            raise self.unsupported("several domains under a quantifier", token)
        return BigOperator(token.text[1:], binders[0], body, span=(body.span[0], self.span(token.start)[1]))

    def bounds(self) -> list[Binder]:
        """bounds = [ "_" binder ] [ "^" argument ]"""
        scripts = self.scripts()
        binders = self.binder(scripts.lower) if scripts.lower else [Binder(())]
        if scripts.upper is None:
            return binders
        upper = self.node_of(scripts.upper)
        uppers = upper.elements if isinstance(upper, Sequence) and len(binders) > 1 else (upper,) * len(binders)
        if len(binders) > 1 and len(set(uppers)) == 1 and not isinstance(upper, Sequence):
            return [replace(b, upper=upper) if b.lower is not None else b for b in binders]
        return [replace(binder, upper=bound) for binder, bound in zip(binders, uppers, strict=True)]

    def single_bound(self) -> Binder:
        start = self.index
        binders = self.bounds()
        if len(binders) > 1:
            self.index = start
            raise self.unsupported("several domains under this operator")
        return binders[0]

    def binder(self, argument: Argument, laws: bool = False) -> list[Binder]:
        r"""binder = part { ( separator | bar | "\\" | quad | text ) part }"""
        tokens = self.tokens_of(argument)
        if 1 < len(tokens) < 4 and all(t.text in INDEX_LETTERS for t in tokens):
            return [Binder(tuple(Symbol(t.text, span=(t.start, t.end)) for t in tokens))]
        if argument.grouped:
            items, separators = self.within(argument.start, argument.stop, self.parts)
        else:
            items, separators = [self.node_of(argument)], []
        return _Collector(self, laws).collect(items, separators)

    def parts(self) -> tuple[list[Node], list[str]]:
        """The parts and what separates them; `\\text{s.t.}` reads as `:`."""
        self.separating = frozenset("|") if [t.text for t in self.tokens].count("|") % 2 else frozenset()
        items, separators = [self.part()], []
        while self.token.kind in ("separator", "row", "quad", "text") or self.token.text in self.separating:
            token = self.next()
            while token.kind == "separator" and (self.at("quad", "row") or (token.text == self.token.text == ",")):
                self.next()
            if self.token.kind in ("}", "eof"):
                break
            text = {"row": ",", "quad": ",", "text": ":"}.get(token.kind, token.text)
            separators.append(text)
            items.append(self.part())
        return items, separators

    def part(self) -> Node:
        """part = [ text | such-that ] logical"""
        token = self.token
        if token.kind in ("text", "word") and token.text.strip() in SUCH_THAT:
            self.next()
            return self.logical()
        if token.kind == "text" and token.text.strip() in ("all", "for all", "over", "any", "states"):
            self.next()
            if self.token.kind in ("}", "eof"):
                return Symbol(token.text.strip(), span=(token.start, token.end))
        return self.logical()

    def is_law(self, node: Node) -> bool:
        """Whether a name alone under an expectation is a law."""
        if isinstance(node, Call):
            return True
        if isinstance(node, Index):
            return self.is_law(node.base)
        if not isinstance(node, Symbol):
            return False
        if self.declared.complete and self.declares(node.name):
            return node.name in self.declared.functions
        head = head_of(node.name)
        return head in LAWS or head.startswith((r"\mathcal", r"\mathbb"))

    def body(self, binders: list[Binder], rule: Callable[[], T], *, of_sets: bool = False) -> T:
        """What an operator acts on; its variables are bound there. Braces group it, but for an operator on sets."""
        names = names_of(binders)
        self.bound.extend(names)
        self.braces_group = self.token.text == r"\{" and not of_sets
        node = self.deeper(rule)
        if names:
            del self.bound[-len(names) :]
        return node


class _Collector:
    """Sorts the parts under an operator into binders."""

    def __init__(self, reader: Bounds, laws: bool) -> None:
        self.reader = reader
        self.laws = laws
        self.binders: list[Binder] = []
        self.pending: list[Node] = []

    def collect(self, items: list[Node], separators: list[str]) -> list[Binder]:
        conditional = False
        items, separators = with_ranges(items, separators)
        for item, separator in zip(items, ["", *separators], strict=True):
            conditional = conditional or separator in (":", "|", ";")
            if conditional:
                self.condition(item)
            else:
                self.part(item)
        self.flush()
        return self.binders or [Binder(())]

    def part(self, item: Node) -> None:
        chain = bounded(item)
        if chain:
            self.add(Binder((chain[0],), lower=chain[1], upper=chain[2]))
        elif isinstance(item, Relation) and item.operator == "=" and _names_only(item.left):
            self.add(Binder(self.take(item.left), lower=item.right))
        elif isinstance(item, Relation) and item.operator in (r"\in", r"\subset", r"\subseteq"):
            self.domain(item)
        elif isinstance(item, Relation) and item.operator == r"\sim":
            self.add(Binder(self.take(item.left), law=item.right))
        elif isinstance(item, Relation) or (isinstance(item, Binary) and item.operator in (r"\land", r"\lor")):
            self.condition(item)
        elif self.laws and not self.pending and self.reader.is_law(item):
            self.add(Binder((), law=item))
        elif isinstance(item, Sequence) and isinstance(item.elements[-1], Relation):
            for element in item.elements:
                self.part(element)
        elif isinstance(item, Sequence):
            self.pending.extend(item.elements)
        else:
            self.pending.append(item)

    def domain(self, item: Relation) -> None:
        if not _names_only(item.left):
            self.condition(item)
        elif item.operator == r"\in":
            self.add(Binder(self.take(item.left), domain=item.right))
        else:
            self.add(Binder(self.take(item.left), condition=item))

    def take(self, left: Node) -> tuple[Node, ...]:
        own = left.elements if isinstance(left, Sequence) else (left,)
        variables = (*self.pending, *own)
        self.pending = []
        return variables

    def add(self, binder: Binder) -> None:
        self.flush()
        self.binders.append(binder)

    def flush(self) -> None:
        if self.pending:
            self.binders.append(Binder(tuple(self.pending)))
            self.pending = []

    def condition(self, item: Node) -> None:
        variables = () if self.pending or self.binders else self.bound_in(item)
        self.flush()
        last = self.binders.pop() if self.binders else Binder(variables)
        both = item if last.condition is None else Binary(r"\land", last.condition, item)
        self.binders.append(replace(last, condition=both))

    def bound_in(self, item: Node) -> tuple[Node, ...]:
        """The variables of a condition that stands alone: `i < j` binds both, unless `j` is known already."""
        if isinstance(item, Binary):
            left = self.bound_in(item.left)
            return left + tuple(node for node in self.bound_in(item.right) if node not in left)
        if not isinstance(item, Relation):
            return ()
        first, second = _variable(item.left), _variable(item.right)
        if item.operator == "=" and first is None:
            return ()
        if first is None:
            return (second,) if second else ()
        if second is not None and first.name in self.reader.bound:
            return (second,) if second.name not in self.reader.bound else ()
        known = second is None or second.name in self.reader.bound or self.reader.declares(second.name)
        if known or second is None or first.name + second.name not in ADJACENT:
            return (first,)
        return (first, second)


def _variable(node: Node) -> Symbol | None:
    if isinstance(node, Symbol):
        return node
    return _variable(node.operand) if isinstance(node, Norm) else None


def _names_only(node: Node) -> bool:
    """Whether a left side may be bound: a name, an entry, or several; `f(x) = 0` is a condition."""
    if isinstance(node, Sequence):
        return all(map(_names_only, node.elements))
    return symbol_of(node) is not None


def names_of(binders: list[Binder]) -> list[str]:
    return [head.name for binder in binders for head in map(symbol_of, binder.variables) if head]
