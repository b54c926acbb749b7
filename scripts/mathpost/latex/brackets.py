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

from dataclasses import replace
from typing import Final

from mathpost.latex import commands as c
from mathpost.latex.cursor import Shape
from mathpost.latex.names import Names
from mathpost.latex.nodes import (
    Binary,
    Binder,
    Call,
    Derivative,
    Fenced,
    Index,
    Inner,
    Interval,
    Matrix,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Relation,
    Sequence,
    SetBuilder,
    SetOf,
    Symbol,
    Transpose,
)
from mathpost.latex.spelling import head_of, is_word
from mathpost.latex.tokens import Token

BAR: Final = frozenset(("|",))
DOUBLE_BAR: Final = frozenset(("||",))
NONE: Final[frozenset[str]] = frozenset()


class Brackets(Names):
    """Rules for everything between two brackets."""

    def group(self) -> Node:
        """group = "{" statement "}" """
        opening = self.next()
        if self.token.kind == "}":
            raise self.malformed("expected an expression in the braces")
        saved = self.index
        node = self.deeper(self.statement)
        if self.token.kind != "}":
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
        if token.kind == "operator" and (
            after.kind in ("close", "separator", "eof", "}", "cell", "row", "end") or after.text in self.separating
        ):
            if token.text in (r"\cdot", "*", r"\bullet", "-", "+"):
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
            condition = Relation(r"\in", binder.variables[0], _range(binder.lower, binder.upper))
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

    # -- calls ---------------------------------------------------------------------------------------------------------

    def calls(self, node: Node) -> bool:
        """Whether the bracket that follows holds the arguments of a function."""
        if self.token.kind != "open" or self.token.text not in ("(", "["):
            return False
        shape = self.shapes[self.index]
        if isinstance(node, Power | Transpose):
            base = node.base if isinstance(node, Power) else node.operand
            return isinstance(base, Symbol | Index) and self.calls_scripted(base, shape)
        if isinstance(node, Binary):
            return node.operator == r"\circ"
        if isinstance(node, Derivative):
            return isinstance(node.body, Symbol) and (shape.listed or self.holds_name(shape))
        if isinstance(node, Index):
            return isinstance(node.base, Symbol | Index) and self.calls_index(node, shape)
        return isinstance(node, Symbol) and self.calls_name(node.name, shape)

    def calls_index(self, node: Index, shape: Shape) -> bool:
        base = node.base.base if isinstance(node.base, Index) else node.base
        if not isinstance(base, Symbol) or (self.declared.complete and base.name in self.declared.data):
            return False
        return self.calls_name(base.name, shape)

    def calls_scripted(self, base: Node, shape: Shape) -> bool:
        """`f^2(x)` calls, `p^y (1 - p)` multiplies."""
        symbol = base.base if isinstance(base, Index) else base
        name = symbol.name if isinstance(symbol, Symbol) else ""
        if self.declared.complete:
            return name in self.declared.functions and name not in self.declared.symbols | self.declared.data
        return head_of(name) in c.CALLED and (shape.listed or self.holds_name(shape))

    def calls_name(self, name: str, shape: Shape) -> bool:
        known = self.declared
        if self.pattern:
            return True
        if name in known.functions or name in known.divergences:
            return True
        if name in self.bound and not shape.listed:
            return head_of(name) in c.CALLED
        if known.complete:
            return name not in known.symbols and name not in known.data
        return self.calls_by_custom(name, shape)

    def calls_by_custom(self, name: str, shape: Shape) -> bool:
        head = head_of(name)
        if head in c.CALLED or is_word(name) or head.startswith((r"\mathcal", r"\mathscr", r"\mathfrak", r"\mathbb")):
            return True
        relations = any(mark in c.RELATIONS for mark in shape.marks)
        return shape.listed or relations or self.holds_name(shape)

    def holds_name(self, shape: Shape) -> bool:
        """Whether a bracket holds one name, number or dot alone: then it groups nothing."""
        operands, index = 0, self.index + 1
        while index < shape.close:
            token = self.tokens[index]
            if token.kind == "script" and token.text != "'":
                index = self.end_of_argument(index + 1)
                continue
            if token.kind in ("name", "word", "text", "number") or token.text in (r"\cdot", "."):
                operands += 1
            elif (
                token.kind not in "{}"
                and token.text not in c.BOLD
                and token.text not in c.ACCENTS
                and token.text != "'"
            ):
                return False
            index += 1
        return operands == 1

    def call(self, node: Node) -> Node:
        """call = name "(" arguments ")" """
        if isinstance(node, Power):
            return replace(node, base=self.call(node.base), span=self.span(node.span[0]))
        if isinstance(node, Transpose):
            return replace(node, operand=self.call(node.operand), span=self.span(node.span[0]))
        symbol = node.base if isinstance(node, Index) else node
        arguments, separators = self.arguments(symbol if isinstance(symbol, Symbol) else None)
        return Call(node, arguments, separators, span=self.span(node.span[0]))

    def arguments(self, function: Symbol | None) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """arguments = argument { separator argument }"""
        shape = self.shapes[self.index]
        opening = self.next()
        if self.token.kind == "close":
            self.next()
            return (), ()
        separating = BAR if shape.bars("|") % 2 or "mid" in shape.marks else NONE
        if self.divides(function, shape):
            separating = separating | DOUBLE_BAR
        elif shape.bars("||") % 2 and "mid" not in shape.marks:
            name = function.name if function else "f"
            raise self.ambiguous(
                f"`||` is a norm or separates the arguments of a divergence: declare `{name}(P || Q)` in the notation",
                opening.start,
            )
        items, separators = self.inside(self.items, separating=separating)
        self.close_arguments(opening)
        return tuple(items), tuple(separators)

    def close_arguments(self, opening: Token) -> None:
        token = self.token
        if token.kind != "close" or token.text != c.BRACKETS[opening.text]:
            raise self.malformed(
                f"expected `{c.BRACKETS[opening.text]}` for the `{opening.text}` at column {opening.start + 1}"
            )
        self.next()

    def divides(self, function: Symbol | None, shape: Shape) -> bool:
        """Whether `||` separates the arguments."""
        name = function.name if function else ""
        if self.pattern or name in self.declared.divergences:
            return True
        if self.declared.complete:
            return False
        return shape.bars("||") % 2 == 1


def _is_endpoint(node: Node) -> bool:
    if isinstance(node, Number):
        return True
    return (
        (isinstance(node, Symbol) and node.name == r"\infty") or (hasattr(node, "operand") and _is_endpoint(node.operand))
    )


def _one(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Sequence(tuple(items), parenthesised=False)


def _all(conditions: list[Node]) -> Node:
    node = conditions[0]
    for condition in conditions[1:]:
        node = Binary(r"\land", node, condition)
    return node


def _range(lower: Node, upper: Node) -> Node:
    from mathpost.latex.nodes import Dots

    return SetOf((lower, Dots(), upper))
