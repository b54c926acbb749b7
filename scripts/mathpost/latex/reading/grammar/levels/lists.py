"""Lists: what stands on a side, in a group, and between brackets."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.customs import SUCH_THAT
from mathpost.latex.reading.grammar.levels.logic import Logic
from mathpost.latex.reading.grammar.names import spell
from mathpost.latex.reading.tokens import depths_of
from mathpost.latex.tree.nodes import Node, Relation, Sequence, Symbol
from mathpost.latex.tree.spelling import decorate

_JOINS: Final = frozenset(("and", "or", ", and"))
_ALONE: Final = frozenset((r"\cdot", "*", r"\bullet", "-", "+"))
_AFTER: Final = frozenset(("close", "separator", "eof", "}", "cell", "row", "end"))


class Lists(Logic):
    """Rules for lists."""

    def expression(self) -> Node:
        """expression = logical { ( "," | ";" ) { quad } item } | logical ":" expression"""
        start = self.token.start
        items = [self.logical()]
        while self.token.text in (",", ";") and self.token.kind == "separator" and not self.ends_after_comma():
            self.next()
            while self.at("quad"):
                self.next()
            items.append(self.item())
        if self.token.text == ":" and self.token.kind == "separator" and len(items) == 1:
            if self.ahead().kind in ("eof", "quad", "text"):
                return items[0]
            self.next()
            return Relation(":", items[0], self.expression(), span=self.span(start))
        return items[0] if len(items) == 1 else Sequence(tuple(items), False, span=self.span(start))

    def ends_after_comma(self) -> bool:
        """A trailing comma, or one before an annotation."""
        after = self.ahead()
        if after.kind == "quad":
            after = self.ahead(2)
            opened = after.kind == "open" and self.ahead(3).kind in ("text", "word")
            return (
                after.kind in ("text", "word", "eof", "separator", "connective") or after.text == r"\forall" or opened
            )
        return after.kind in ("eof", "}", "connective", "separator", "text") or after.text == r"\forall"

    def items(self) -> tuple[list[Node], list[str]]:
        """items = item { ( separator | bar | such-that ) item }"""
        items, separators = [self.item()], []
        while self.lists_on():
            token = self.next()
            if token.text in (".", ",") and self.token.kind in ("close", "}"):
                break
            if token.text == "," and self.token.text == r"\forall" and not self.states_behind():
                items[-1] = self.quantifier(items[-1])
                continue
            separators.append(":" if token.kind == "text" else token.text)
            items.append(self.item())
        return items, separators

    def lists_on(self) -> bool:
        """Whether another item follows."""
        token = self.token
        if token.kind == "text":
            return token.text.strip() in SUCH_THAT
        return token.kind == "separator" or (token.kind == "bar" and token.text in self.separating)

    def states_behind(self) -> bool:
        """Whether a quantifier has its condition behind it: `\\forall x : x > 0`."""
        return any(token.text == ":" for token in self.tokens[self.index : self.end_of_item()])

    def item(self) -> Node:
        """item = placeholder | words | logical"""
        if self.worded and self.is_said():
            return self.words()
        if self.token.kind == "relation" and self.ahead().kind in ("close", "separator"):
            raise self.unsupported("a relation alone in brackets")
        return self.placeholder() or self.logical()

    def words(self) -> Node:
        """words = text { text | symbol | number | command }

        An event in words is one name: `\\text{reject } H_0`.
        """
        start, stop = self.token.start, self.end_of_item()
        said = ""
        while self.index < stop:
            first = self.index
            while self.index < stop and self.token.kind != "text":
                self.next()
            formula = spell(self.tokens[first : self.index])
            said += f" ${formula}$" if formula else ""
            if self.index < stop:
                said += " " + self.next().text
        return Symbol(" ".join(said.replace("{", " ").replace("}", " ").split()), span=self.span(start))

    def is_said(self) -> bool:
        """Whether an item is told in words: texts beside names, and no sign that joins them."""
        held = self.tokens[self.index : self.end_of_item()]
        depths = depths_of(held)
        outer = [token for token, depth in zip(held, depths, strict=True) if not depth]
        said = (token.text for token in outer if token.kind == "text" and token.text.strip() not in _JOINS)
        joined = any(token.kind in ("operator", "relation", "open", "bar", "quad", "begin") for token in outer)
        return len(outer) > 1 and not joined and any(" " in text for text in said)

    def end_of_item(self) -> int:
        """Where the next separator or the end of the bracket stands."""
        depth = 0
        for index in range(self.index, len(self.tokens)):
            token = self.tokens[index]
            depth += {"open": 1, "{": 1, "begin": 1, "close": -1, "}": -1, "end": -1}.get(token.kind, 0)
            ends = token.kind in ("separator", "row", "cell", "eof") or token.text in self.separating
            such = token.kind == "text" and token.text.strip() in SUCH_THAT
            if depth < 0 or (depth == 0 and (ends or such)):
                return index
        return len(self.tokens) - 1

    def placeholder(self) -> Node | None:
        r"""placeholder = "." | ":" | "\cdot" | "*" | "\bullet" | "+" | "-" | relation "_" argument

        A sign alone between two separators: `p(\cdot | x)`, `A_{:, i}`, the order `>_u`.
        """
        token, after = self.token, self.ahead()
        if token.kind == "relation" and after.text == "_":
            self.next()
            scripts = self.scripts()
            lower = spell(self.tokens_of(scripts.lower)) if scripts.lower else ""
            return Symbol(decorate(token.text, lower), span=self.span(token.start))
        if token.kind == "separator" and token.text in (".", ":") and after.kind in ("close", "separator", "bar"):
            name = r"\cdot" if token.text == "." else ":"
        elif (
            token.kind == "operator"
            and token.text in _ALONE
            and (after.kind in _AFTER or after.text in self.separating)
        ):
            name = "-" if token.text == "-" else r"\cdot"
        else:
            return None
        self.next()
        return Symbol(name, span=(token.start, token.end))
