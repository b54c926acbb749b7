"""Round and square brackets and braces: grouping, tuples, intervals, rows."""

from __future__ import annotations

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.grammar.atoms.sets import Sets
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Call, Interval, Matrix, Node, Number, Sequence, Symbol


class Brackets(Sets):
    """Rules for brackets."""

    def bracketed(self) -> Node:
        """bracketed = bracket | set | inner | delimited | fence"""
        text = self.token.text
        if text in ("(", "["):
            return self.bracket()
        if text == r"\{":
            return self.set()
        if text == r"\langle":
            return self.inner()
        if text == ".":
            return self.delimited()
        if text in (r"\lfloor", r"\lceil", "|", "||", r"\llbracket"):
            return self.fence()
        raise self.unsupported()

    def delimited(self) -> Node:
        r"""delimited = "\left." expression evaluation"""
        opening = self.next()
        node = self.inside(self.expression)
        if self.token.text != "|" or self.token.kind != "close" or not self.evaluates():
            raise self.unsupported("`\\left.` without `\\right|_{x = …}`", opening)
        return self.evaluation(node, opening.start)

    def bracket(self) -> Node:
        """bracket = ( "(" | "[" ) items ( ")" | "]" )"""
        shape = self.shapes[self.index]
        opening = self.next()
        if self.token.kind == "close":
            raise self.malformed("expected an expression in the brackets")
        items, separators = self.listed(shape)
        closing = self.close_either(opening)
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
            if separator == ";" or (separator == ":" and self.stacks(items)):
                rows.append([item])
            elif separator == ",":
                rows[-1].append(item)
            else:
                raise self.unsupported(f"`{separator}` in square brackets", opening)
        return Matrix(tuple(map(tuple, rows)), span=span)

    def stacks(self, items: list[Node]) -> bool:
        """Whether custom takes `[x : y]` for vectors on top of one another, and not for a slice."""
        arrays = [isinstance(item, Call) or (isinstance(item, Symbol) and item.bold) for item in items]
        return not self.declared.complete and any(arrays)

    def group(self) -> Node:
        """group = "{" expression "}" """
        opening = self.next()
        if self.token.kind == "}":
            raise self.malformed("expected an expression in the braces")
        saved = self.index
        node = self.deeper(self.expression)
        if not self.at("}"):
            if self.index == saved:
                raise self.malformed("expected an expression")
            raise self.malformed(f"expected `}}` for the `{{` at column {opening.start + 1}")
        self.next()
        return node

    def close_either(self, opening: Token) -> Token:
        """A closing bracket, round or square: an interval may be half open."""
        if self.token.kind != "close" or self.token.text not in (")", "]"):
            raise self.unclosed(opening)
        return self.next()

    def close(self, opening: Token) -> None:
        if self.token.kind != "close" or self.token.text != c.BRACKETS[opening.text]:
            raise self.unclosed(opening)
        self.next()

    def unclosed(self, opening: Token) -> FormulaError:
        return self.malformed(
            f"expected `{c.BRACKETS[opening.text]}` for the `{opening.text}` at column {opening.start + 1}"
        )


def _is_endpoint(node: Node) -> bool:
    if isinstance(node, Number):
        return True
    return (isinstance(node, Symbol) and node.name == r"\infty") or (
        hasattr(node, "operand") and _is_endpoint(node.operand)
    )
