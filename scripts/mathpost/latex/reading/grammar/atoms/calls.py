"""Calls: whether a bracket holds the arguments of a function, and which."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mathpost.latex.reading.customs import CALLED, CONSTANTS, INVERTED
from mathpost.latex.reading.grammar.atoms.indicators import Indicators
from mathpost.latex.reading.grammar.shapes import Shape
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Binary,
    Call,
    Derivative,
    Index,
    Node,
    Power,
    Prime,
    Relation,
    SetBuilder,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.spelling import head_of, is_word


def symbol_of(node: Node) -> Symbol | None:
    """The name of what is called, without its indices."""
    if isinstance(node, Index):
        return symbol_of(node.base)
    return node if isinstance(node, Symbol) else None


def is_probability(node: Node | None) -> bool:
    """Whether custom takes a name for the probability of an event."""
    return isinstance(node, Symbol) and head_of(node.name) in ("P", r"\mathbb{P}", "Pr")


DOUBLE_BAR: Final = frozenset(("||",))


class Calls(Indicators):
    """Rules for calls."""

    def call(self, node: Node) -> Node:
        """call = "(" [ items ] ")" | "[" [ items ] "]" | set"""
        if isinstance(node, Binary) and node.operator == "*":
            node = replace(node, operator=r"\ast")  # of two functions, the convolution
        if isinstance(node, Power):
            return replace(node, base=self.call(node.base), span=self.span(node.span[0]))
        if isinstance(node, Transpose):
            return replace(node, operand=self.call(node.operand), span=self.span(node.span[0]))
        if self.token.text == r"\{":
            return Call(node, (self.set(),), (), span=self.span(node.span[0]))
        symbol = node.base if isinstance(node, Index) else node
        arguments, separators = self.arguments(symbol if isinstance(symbol, Symbol) else None)
        match arguments:
            case (SetBuilder(element=Relation() as event, condition=given),) if is_probability(symbol):
                arguments, separators = (event, given), ("|",)  # `P(\{X = 1 | Y = 2\})`
        return Call(node, arguments, separators, span=self.span(node.span[0]))

    def arguments(self, function: Symbol | None) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """The arguments of a function, and the separators between them."""
        shape = self.shapes[self.index]
        opening = self.next()
        if self.token.kind == "close":
            self.next()
            return (), ()
        separating = shape.dividing("|")
        if self.divides(function, shape):
            separating |= DOUBLE_BAR
        elif shape.bars("||") % 2 and "mid" not in shape.marks:
            name = function.name if function else "f"
            raise self.ambiguous(
                f"`||` is a norm or separates the arguments of a divergence: declare `{name}(P || Q)` in the notation",
                opening.start,
            )
        items, separators = self.inside(self.items, separating=separating)
        self.close(opening)
        return tuple(items), tuple(separators)

    def divides(self, function: Symbol | None, shape: Shape) -> bool:
        """Whether `||` separates the arguments."""
        name = function.name if function else ""
        if self.pattern or name in self.declared.divergences:
            return True
        if self.declared.complete:
            return False
        return shape.bars("||") % 2 == 1

    def makes_function(self, node: Call) -> bool:
        """Whether custom takes what is called for a function itself: `f(g)(x)`, `T(f)(x)`."""
        given = node.arguments[0] if len(node.arguments) == 1 else None
        return not self.declared.complete and isinstance(given, Symbol) and given.name in INVERTED

    def joins_functions(self, node: Binary) -> bool:
        """Whether custom takes a bracket for a function made of two: `(f * g)(x)`, `(f + g)(x)`."""
        if self.declared.complete or node.operator not in ("*", "+", "-", r"\ast"):
            return False
        names = [symbol.name for side in (node.left, node.right) if (symbol := symbol_of(side))]
        functions = [head_of(name) in INVERTED for name in names]
        if node.operator == "*":
            return len(names) == 2 and any(functions) and "*" in self.latex[slice(*node.span)]
        return len(names) == 2 and all(functions)

    # -- whether it is one ---------------------------------------------------------------------------------------------

    def calls(self, node: Node) -> bool:
        """Whether the bracket that follows holds the arguments of a function."""
        if self.token.kind != "open" or self.token.text not in ("(", "["):
            return self.is_of_event(node)
        shape = self.shapes[self.index]
        if isinstance(node, Power | Transpose):
            base = node.base if isinstance(node, Power) else node.operand
            return isinstance(base, Symbol | Index) and self.calls_scripted(base, shape)
        if isinstance(node, Prime):
            return self.speaks_of_function(node.operand)
        if isinstance(node, Binary):
            named = (shape.listed or self.holds_name(shape)) and self.speaks_of_function(node)
            return node.operator == r"\circ" or named or self.joins_functions(node)
        if isinstance(node, Derivative):
            return isinstance(node.body, Symbol) and (shape.listed or self.holds_name(shape))
        if isinstance(node, Call):
            return self.makes_function(node) and (shape.listed or self.holds_name(shape))
        if not self.declared.complete and not self.pattern and self.multiplies(node, shape):
            return False
        if isinstance(node, Index):
            return isinstance(node.base, Symbol | Index) and self.calls_index(node, shape)
        return isinstance(node, Symbol) and self.calls_name(node.name, shape)

    def is_of_event(self, node: Node) -> bool:
        """`P\\{X > 5\\}`"""
        symbol = symbol_of(node)
        custom = not self.declared.complete and not self.pattern and self.token.text == r"\{"
        return custom and is_probability(symbol)

    def multiplies(self, node: Node, shape: Shape) -> bool:
        """Whether custom takes a capital before a bracket for a matrix: `W [h; x]`, `\\mathbf{Q} (x - y)`."""
        symbol = symbol_of(node)
        if symbol is None or not (head_of(symbol.name).isupper() and len(head_of(symbol.name)) == 1):
            return False
        if self.token.text == "[":
            joined = any(token.text in c.BOLD for token in self.tokens[self.index : shape.close])
            return (";" in shape.marks and head_of(symbol.name) not in CALLED) or (symbol.bold and joined)
        return symbol.bold and not shape.listed and not self.holds_name(shape)

    def speaks_of_function(self, node: Node) -> bool:
        """Whether a declared function stands in a bracket without arguments: `(f + g)(x)`."""
        known = self.declared
        heads = {id(item.function) for item in walk(node) if isinstance(item, Call)}
        return known.complete and any(
            isinstance(item, Symbol)
            and item.name.rstrip("'") in known.functions - known.symbols
            and id(item) not in heads
            for item in walk(node)
        )

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
        return head_of(name) in CALLED and (shape.listed or self.holds_name(shape))

    def calls_name(self, name: str, shape: Shape) -> bool:
        known = self.declared
        if self.pattern:
            return True
        if name in known.functions or name in known.divergences:
            return not (known.complete and self.holds_itself(name, shape))
        if name in self.bound and not shape.listed:
            return head_of(name) in CALLED
        if known.complete and name in CONSTANTS and not shape.listed and not self.holds_name(shape):
            return False  # `2 \pi (r + h)` is a product
        if known.complete or name in known.symbols:
            return name not in known.symbols and name not in known.data
        return self.calls_by_custom(name, shape)

    def holds_itself(self, name: str, shape: Shape) -> bool:
        """Whether a function stands without arguments in the bracket behind it, which multiplies then: `s (1 - s)`."""
        for index in range(self.index + 1, shape.close):
            if self.tokens[index].text == name:
                behind = index + 1
                while self.tokens[behind].kind == "script" and self.tokens[behind].text != "'":
                    behind = self.end_of_argument(behind + 1)
                if self.tokens[behind].kind != "open" and self.tokens[behind].text != "'":
                    return True
        return False

    def calls_by_custom(self, name: str, shape: Shape) -> bool:
        head = head_of(name)
        relations = any(mark in c.RELATIONS for mark in shape.marks)
        signs = any(token.text in ("+", "-") for token in self.tokens[self.index : shape.close])
        lone = len(name) == 1 and signs and not (relations or shape.listed)
        if lone and self.holds_itself(name, shape):
            return False  # `p (1 - p)` is a product
        if head in CALLED or is_word(name) or head.startswith((r"\mathcal", r"\mathscr", r"\mathfrak", r"\mathbb")):
            return True
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
            elif token.text in ("|", "(", ")") and token.kind in ("open", "close", "bar"):
                pass
            elif (
                token.kind not in "{}"
                and token.text not in c.BOLD
                and token.text not in c.ACCENTS
                and token.text != "'"
            ):
                return False
            index += 1
        return operands == 1
