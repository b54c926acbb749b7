"""Lists: what stands on a side, in a group, and between brackets."""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.grammar.levels.logic import Logic
from mathpost.latex.tree.nodes import Node, Relation, Sequence, Symbol

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
        """items = item { ( separator | bar ) item }"""
        items, separators = [self.item()], []
        while self.token.kind == "separator" or (self.token.kind == "bar" and self.token.text in self.separating):
            token = self.next()
            if token.text in (".", ",") and self.token.kind in ("close", "}"):
                break
            separators.append(token.text)
            items.append(self.item())
        return items, separators

    def item(self) -> Node:
        """item = placeholder | logical"""
        if self.token.kind == "relation" and self.ahead().kind in ("close", "separator"):
            raise self.unsupported("a relation alone in brackets")
        return self.placeholder() or self.logical()

    def placeholder(self) -> Node | None:
        r"""placeholder = "." | ":" | "\cdot" | "*" | "\bullet" | "+" | "-"

        A sign alone between two separators: `p(\cdot | x)`, `A_{:, i}`.
        """
        token, after = self.token, self.ahead()
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
