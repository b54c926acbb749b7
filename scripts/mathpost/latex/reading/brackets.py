"""Brackets: grouping, argument lists, sets, intervals, norms.

group     = "{" statement "}"
bracket   = "(" list ")" | "[" list "]"            one item: grouping; more: a tuple, an interval, a row
set       = "\\{" [ list [ ( ":" | "|" ) list ] ] "\\}" [ "_{" binder "}" [ "^" upper ] ]
fence     = "|" sum "|" | "||" sum "||" | "\\lfloor" sum "\\rfloor" | "\\lceil" sum "\\rceil"
inner     = "\\langle" sum ( "," | "|" ) sum "\\rangle"
call      = name ( "(" arguments ")" | "[" arguments "]" )
arguments = argument { ( "," | ";" | ":" | "|" | "||" ) argument }
argument  = comparison | "\\cdot"
"""

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.cursor import Shape
from mathpost.latex.reading.ranges import between, with_ranges
from mathpost.latex.reading.scripts import Scripted
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import (
    Binary,
    Binder,
    Call,
    Fenced,
    Inner,
    Interval,
    Matrix,
    Negative,
    Node,
    Norm,
    Number,
    Relation,
    Sequence,
    SetBuilder,
    SetOf,
    Symbol,
)

BAR: Final = frozenset(("|",))
DOUBLE_BAR: Final = frozenset(("||",))
NONE: Final[frozenset[str]] = frozenset()


class Brackets(Scripted):
    """Rules for everything between two brackets."""

    def group(self) -> Node:
        """group = "{" statement "}" """
        opening = self.next()
        if self.token.kind == "}":
            raise self.malformed("expected an expression in the braces")
        saved = self.index
        node = self.deeper(self.statement)
        if not self.at("}"):
            if self.index == saved:
                raise self.malformed("expected an expression")
            raise self.malformed(f"expected `}}` for the `{{` at column {opening.start + 1}")
        self.next()
        return node

    def bracketed(self) -> Node:
        """Whatever begins with an opening bracket."""
        text = self.token.text
        if text in ("(", "["):
            return self.bracket()
        if text == r"\{":
            return self.set()
        if text == r"\langle":
            return self.angle()
        if text == ".":
            return self.delimited()
        if text in (r"\lfloor", r"\lceil", "|", "||", r"\llbracket"):
            return self.fence()
        raise self.unsupported()

    def delimited(self) -> Node:
        """`\\left. f \\right|_{x = 0}`"""
        opening = self.next()
        node = self.inside(self.statement)
        if self.token.text != "|" or self.token.kind != "close" or not self.evaluates():
            raise self.unsupported("`\\left.` without `\\right|_{x = …}`", opening)
        return self.evaluated(node, opening.start)

    def evaluates(self) -> bool:
        raise NotImplementedError

    def evaluated(self, node: Node, start: int) -> Node:
        raise NotImplementedError

    def listed(self, shape: Shape) -> tuple[list[Node], list[str]]:
        """list = argument { separator argument }"""
        separating = NONE
        if "mid" in shape.marks or shape.bars("|") % 2:
            separating |= BAR
        if "mid" in shape.marks or shape.bars("||") % 2:
            separating |= DOUBLE_BAR
        return self.inside(self.items, separating=separating)

    def items(self) -> tuple[list[Node], list[str]]:
        items, separators = [self.item()], []
        while self.token.kind == "separator" or (self.token.kind == "bar" and self.token.text in self.separating):
            token = self.next()
            if (token.text == "." and self.token.kind in ("close", "}")) or (
                token.text == "," and self.token.kind in ("close", "}")
            ):
                if self.token.kind in ("close", "}"):
                    break
                raise self.unsupported("a full stop inside brackets", token)
            separators.append(token.text)
            items.append(self.item())
        return items, separators

    def item(self) -> Node:
        """argument = comparison | "\\cdot" """
        token, after = self.token, self.ahead()
        if token.text in (".", ":") and token.kind == "separator" and (after.kind in ("close", "separator", "bar")):
            self.next()
            return Symbol(r"\cdot" if token.text == "." else ":", span=(token.start, token.end))
        if (
            token.kind == "operator"
            and (
                after.kind in ("close", "separator", "eof", "}", "cell", "row", "end") or after.text in self.separating
            )
            and token.text in (r"\cdot", "*", r"\bullet", "-", "+")
        ):
            self.next()
            return Symbol(r"\cdot" if token.text != "-" else "-", span=(token.start, token.end))
        if token.kind == "relation" and after.kind in ("close", "separator"):
            raise self.unsupported("a relation alone in brackets")
        return self.logical()

    def logical(self) -> Node:
        raise NotImplementedError

    def bracket(self) -> Node:
        """bracket = "(" list ")" | "[" list "]" """
        shape = self.shapes[self.index]
        opening = self.next()
        if self.token.kind == "close":
            raise self.malformed("expected an expression in the brackets")
        items, separators = self.listed(shape)
        closing = self.close(opening)
        span = self.span(opening.start)
        if any(separator in (":", ".", "?") for separator in separators) and opening.text == "(":
            raise self.unsupported("a colon in brackets", opening)
        if any(separator in ("|", "||") for separator in separators):
            raise self.unsupported("a `|` in brackets without a function before them", opening)
        if len(items) == 1:
            if closing.text != c.BRACKETS[opening.text]:
                raise self.malformed(f"expected `{c.BRACKETS[opening.text]}` for the `{opening.text}`")
            return items[0]
        return self.several(items, separators, opening, closing, span)

    def close(self, opening: Token) -> Token:
        token = self.token
        if token.kind != "close" or token.text not in (")", "]"):
            raise self.malformed(
                f"expected `{c.BRACKETS[opening.text]}` for the `{opening.text}` at column {opening.start + 1}"
            )
        return self.next()

    def several(
        self, items: list[Node], separators: list[str], opening: Token, closing: Token, span: tuple[int, int]
    ) -> Node:
        """A tuple, an interval, a row or a stack of rows."""
        closed = (opening.text == "[", closing.text == "]")
        if closed == (False, False):
            return Sequence(tuple(items), span=span)
        if len(items) == 2 and separators == [","] and (closed != (True, True) or any(map(_is_endpoint, items))):
            return Interval(items[0], items[1], closed, span=span)
        if closed != (True, True):
            raise self.unsupported("brackets that do not match", opening)
        if all(separator == "," for separator in separators):
            return Matrix((tuple(items),), span=span)
        rows: list[list[Node]] = [[items[0]]]
        for separator, item in zip(separators, items[1:], strict=True):
            if separator == ";":
                rows.append([item])
            elif separator == ",":
                rows[-1].append(item)
            else:
                raise self.unsupported(f"`{separator}` in square brackets", opening)
        return Matrix(tuple(map(tuple, rows)), span=span)

    # -- sets ----------------------------------------------------------------------------------------------------------

    def set(self) -> Node:
        """set = "\\{" [ list [ ":" list ] ] "\\}" [ family ]"""
        shape = self.shapes[self.index]
        grouping, self.braces_group = self.braces_group, False
        opening = self.next()
        if self.accept(r"\}"):
            return SetOf((), span=self.span(opening.start))
        items, separators = self.listed(shape)
        self.expect(r"\}", opening)
        span = self.span(opening.start)
        dividers = [index for index, text in enumerate(separators) if text in (":", "|", ";", "||")]
        if dividers:
            elements, conditions = items[: dividers[0] + 1], items[dividers[0] + 1 :]
            conditions, _ = with_ranges(conditions, separators[dividers[0] + 1 :])
            return SetBuilder(_one(elements), _all(conditions), span=span)
        if self.token.text == "_" and self.ahead().text != "+":
            return self.family(_one(items), span)
        if len(items) == 1 and isinstance(items[0], Relation) and items[0].operator in (r"\in", r"\subset"):
            return SetBuilder(items[0].left, items[0], span=span)
        if len(items) == 1 and not isinstance(items[0], Sequence | Relation) and (grouping or self.groups(items[0])):
            return items[0]
        return SetOf(tuple(items), span=span)

    def groups(self, node: Node) -> bool:
        """Braces around one compound expression group it where something is multiplied with it."""
        return isinstance(node, Binary | Call | Negative) and (self.token.kind == "script" or self.starts_factor())

    def family(self, element: Node, span: tuple[int, int]) -> Node:
        """`\\{x_i\\}_{i=1}^n` is `\\{x_i : i \\in \\{1, …, n\\}\\}`."""
        binder = self.bounds()
        if binder.domain is not None and binder.variables:
            condition: Node = Relation(r"\in", binder.variables[0], binder.domain)
        elif binder.lower is not None and binder.upper is not None and binder.variables:
            condition = Relation(r"\in", binder.variables[0], between(binder.lower, binder.upper))
        elif binder.condition is not None:
            condition = binder.condition
        else:
            condition = _one(list(binder.variables) or [Symbol(r"\cdot")])
        return SetBuilder(element, condition, span=self.span(span[0]))

    def bounds(self) -> Binder:
        raise NotImplementedError

    # -- fences --------------------------------------------------------------------------------------------------------

    def fence(self) -> Node:
        """fence = "|" sum "|" | "||" sum "||" | floor | ceiling"""
        opening = self.next()
        closing = c.BRACKETS[opening.text]
        node = self.inside(self.statement, closing=closing if opening.text in ("|", "||") else "")
        if self.token.text != closing or self.token.kind in ("open", "separator"):
            raise self.malformed(f"expected `{closing}` for the `{opening.text}` at column {opening.start + 1}")
        self.next()
        span = self.span(opening.start)
        if opening.text == "||":
            return Norm(node, span=span)
        if opening.text == r"\llbracket":
            raise self.unsupported("`\\llbracket`", opening)
        return Fenced({"|": "abs", r"\lfloor": "floor", r"\lceil": "ceil"}[opening.text], node, span=span)

    def angle(self) -> Node:
        """inner = "\\langle" sum ( "," | "|" ) sum "\\rangle" """
        shape = self.shapes[self.index]
        opening = self.next()
        items, separators = self.listed(shape)
        self.expect(r"\rangle", opening)
        span = self.span(opening.start)
        if len(items) == 2 and separators[0] in (",", "|"):
            return Inner(items[0], items[1], span=span)
        if len(items) == 1:
            raise self.unsupported("`\\langle` around one expression", opening)
        return Sequence(tuple(items), span=span)


def _is_endpoint(node: Node) -> bool:
    if isinstance(node, Number):
        return True
    return (isinstance(node, Symbol) and node.name == r"\infty") or (
        hasattr(node, "operand") and _is_endpoint(node.operand)
    )


def _one(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Sequence(tuple(items), parenthesised=False)


def _all(conditions: list[Node]) -> Node:
    node = conditions[0]
    for condition in conditions[1:]:
        node = Binary(r"\land", node, condition)
    return node
