"""What a script means: decoration, index, sample, transpose or power.

name     = letter | greek | word | face argument | accent argument
scripted = base { "_" script | "^" script | "'" }
script   = argument          read as decoration, index, sample, transpose or power:

`_` is a decoration where it is text, where the notation declares the whole name, or where it is no index
expression; else an index. `^` is a decoration where it is text, a star, or declared; a sample where it stands in
brackets on data; a transpose where it is `T` or `\\top`; else a power.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from mathpost.latex.reading.cursor import Shape
from mathpost.latex.reading.customs import (
    CALLED,
    DECORATING,
    INDEX_LETTERS,
    POLICY_VALUES,
    TRANSPOSES,
    is_index,
    is_set,
    is_text,
    is_worded,
)
from mathpost.latex.reading.names import Names, Script, Scripts
from mathpost.latex.reading.spelling import spell
from mathpost.latex.reading.tokens import Token
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Fenced,
    Index,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Relation,
    Sequence,
    Symbol,
    Transpose,
)
from mathpost.latex.tree.spelling import decorate, head_of, is_word

INVERSE: Final = "-1"
BAR: Final = frozenset(("|",))


class Scripted(Names):
    """Rules for scripts."""

    def with_scripts(self, base: Node, bracketed: bool = False) -> Node:
        """scripted = base scripts"""
        if self.token.kind != "script":
            return base
        opening = self.token
        start = base.span[0]
        scripts = self.read_scripts()
        if isinstance(base, Symbol) and not bracketed:
            base, scripts = self.decorated(base, scripts)
        elif scripts.primes and isinstance(base, Index) and isinstance(base.base, Symbol):
            base = replace(base, base=replace(base.base, name=decorate(base.base.name, primes=scripts.primes)))
        elif scripts.primes:
            raise self.ambiguous(
                "a prime behind a bracket may transpose or differentiate: write `^\\top`, or `\\frac{d}{dx}`",
                opening.start,
            )
        base = self.sampled(base, scripts)
        scripts = self.rest_of_upper(base, scripts)
        base = self.subscripted(base, scripts.lower)
        base = self.raised(base, scripts.upper)
        return replace(base, span=self.span(start))

    # -- decorations ---------------------------------------------------------------------------------------------------

    def decorated(self, symbol: Symbol, scripts: Scripts) -> tuple[Symbol, Scripts]:
        """The part of the scripts that belongs to the name."""
        name = decorate(symbol.name, primes=scripts.primes)
        lower = spell(self.script_tokens(scripts.lower)) if scripts.lower else ""
        upper = spell(self.script_tokens(scripts.upper)) if scripts.upper else ""
        if lower and upper and self.declares(decorate(name, lower, upper)):
            return replace(symbol, name=decorate(name, lower, upper)), Scripts()
        if scripts.lower:
            text, rest = self.lower_decoration(name, lower, scripts.lower)
            name = decorate(name, lower=text) if text else name
            scripts = replace(scripts, lower=rest)
        if scripts.upper:
            text, rest = self.upper_decoration(name, upper, scripts.upper)
            name = decorate(name, upper=text) if text else name
            scripts = replace(scripts, upper=rest)
        return replace(symbol, name=name), scripts

    def upper_decoration(self, name: str, text: str, script: Script) -> tuple[str, Script | None]:
        """The decoration in a superscript, and what is left: `X^{(\\text{train})\\top}` is a name transposed."""
        if self.upper_decorates(name, text, script):
            return text, None
        inner = self.bracketed_part(script)
        if inner and inner.stop < script.stop - 1 and any(map(is_text, self.script_tokens(inner))):
            return spell(self.tokens[script.start : inner.stop + 1]), Script(inner.stop + 1, script.stop, True)
        return "", script

    def lower_decoration(self, name: str, text: str, script: Script) -> tuple[str, Script | None]:
        """The decoration in a subscript, and what is left as index."""
        tokens = self.script_tokens(script)
        if self.declares(decorate(name, lower=text)):
            return text, None
        if len(tokens) == 1 and tokens[0].text in self.running:
            return "", script
        if self.pattern:
            indexed = all(t.text in INDEX_LETTERS or t.text == "," or t.kind in "{}" for t in tokens)
            return ("", script) if indexed and not is_word(name) else (text, None)
        if is_worded(tokens) or (len(tokens) == 1 and tokens[0].text in DECORATING):
            return self.mixed_decoration(text, script)
        if self.declared.complete and (name in self.declared.symbols or name in self.declared.data):
            return "", script
        return ("", script) if is_index(tokens) else (text, None)

    def mixed_decoration(self, text: str, script: Script) -> tuple[str, Script | None]:
        """`_{\\text{old}, i}`: the text decorates, what follows the comma is an index."""
        commas = [i for i in range(script.start, script.stop) if self.tokens[i].text == ","]
        for comma in commas:
            before, behind = self.tokens[script.start : comma], self.tokens[comma + 1 : script.stop]
            if any(map(is_text, before)) and is_index(behind):
                return spell(before), Script(comma + 1, script.stop, True)
            if is_index(before) and any(map(is_text, behind)) and len(commas) == 1:
                return spell(behind), Script(script.start, comma, True)
        return text, None

    def upper_decorates(self, name: str, text: str, script: Script) -> bool:
        """Whether a superscript belongs to the name."""
        tokens = self.script_tokens(script)
        if self.declares(decorate(name, upper=text)):
            return True
        if text in TRANSPOSES:
            return False
        inner = self.bracketed_part(script)
        if inner and inner.stop == script.stop - 1:
            content = self.script_tokens(inner)
            sliced = any(token.text == ":" for token in content)
            return any(map(is_text, content)) or sliced or (self.pattern and content[0].kind == "number")
        if is_worded(tokens) and not inner:
            return head_of(name) != "e" or all(map(is_text, tokens))
        if len(tokens) == 1 and tokens[0].text in DECORATING:
            return True
        if self.pattern and tokens[0].kind == "number":
            raise self.unsupported("a power in the key of a notation", tokens[0])
        if self.pattern:
            return True
        return self.upper_of_function(name, text, tokens)

    def upper_of_function(self, name: str, text: str, tokens: list[Token]) -> bool:
        """`V^\\pi(s)`, `f^{-1}(x)`, `p^\\theta(x | z)`: the superscript says which function."""
        shape = self.next_bracket()
        if text == INVERSE and shape:
            known = name in self.declared.functions
            return known or (not self.declared.complete and head_of(name) in CALLED)
        if self.declared.complete:
            return False
        if text.startswith((r"\pi", r"\mu", "*", r"\star")) and head_of(name) in POLICY_VALUES:
            return True
        capitals = len(tokens) > 1 and all(t.kind == "name" and t.text.isupper() for t in tokens)
        single = re.fullmatch(r"(?:\\?[A-Za-z]+)(?:_(?:\\?[A-Za-z]+|\{[^{}]*\}))?'*", text) is not None
        return bool(shape and shape.listed and single and (capitals or head_of(name) in CALLED))

    def next_bracket(self) -> Shape | None:
        token = self.token
        return self.shapes.get(self.index) if token.kind == "open" and token.text in ("(", "[") else None

    # -- samples, indices, powers --------------------------------------------------------------------------------------

    def bracketed_part(self, script: Script) -> Script | None:
        """The content of `(i)` where the superscript begins with it."""
        opening = self.tokens[script.start]
        if opening.kind != "open" or opening.text not in ("(", "["):
            return None
        close = self.shapes[script.start].close
        return Script(script.start + 1, close, True) if close < script.stop else None

    def sampled(self, base: Node, scripts: Scripts) -> Node:
        """sample = base "^{(" index ")}" """
        inner = self.bracketed_part(scripts.upper) if scripts.upper else None
        if inner is None or not self.is_sample(base, inner):
            return base
        return Index(base, self.indices(inner), True, span=base.span)

    def is_sample(self, base: Node, inner: Script) -> bool:
        if not isinstance(base, Symbol) or inner.start >= inner.stop:
            return False
        tokens = self.script_tokens(inner)
        if self.pattern:
            return is_index(tokens)
        if self.declared.complete:
            return base.name in self.declared.data
        return base.name != "e" and (is_index(tokens) or (len(tokens) == 1 and tokens[0].kind == "name"))

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
        rest = Script(start, scripts.upper.stop, True) if start < scripts.upper.stop else None
        return replace(scripts, upper=rest)

    def subscripted(self, base: Node, lower: Script | None) -> Node:
        """entry = base "_" indices; the subscript of a norm is its order, that of `[x]_+` its positive part."""
        if lower is None:
            return base
        tokens = self.script_tokens(lower)
        if isinstance(base, Norm) and base.order is None:
            return replace(base, order=self.norm_order(lower))
        if isinstance(base, Fenced) and base.kind == "abs" and tokens[0].kind in ("number", "name"):
            return Norm(base.operand, self.norm_order(lower))
        if len(tokens) == 1 and tokens[0].text == "+":
            return Apply("max", Sequence((Number("0"), base)))
        if any(map(is_text, tokens)) or not tokens or tokens[0].text in DECORATING - {"-"}:
            raise self.unsupported("a decoration behind a bracket", tokens[0])
        return Index(base, self.indices(lower))

    def norm_order(self, lower: Script) -> Node:
        tokens = self.script_tokens(lower)
        if any(map(is_text, tokens)):
            return Symbol(spell(tokens))
        node = self.script_node(lower)
        return replace(node, parenthesised=True) if isinstance(node, Sequence) else node

    def indices(self, script: Script) -> tuple[Node, ...]:
        """indices = expression { "," expression } | letter letter { letter }"""
        tokens = self.script_tokens(script)
        letters = [t for t in tokens if t.kind not in "{}"]
        if 1 < len(letters) < 5 and all(t.text in INDEX_LETTERS for t in letters):
            return tuple(Symbol(t.text, span=(t.start, t.end)) for t in letters)
        if len(letters) == 2 and self.is_corner(*letters):
            return tuple(
                Number(t.text, span=(t.start, t.end)) if t.kind == "number" else Symbol(t.text, span=(t.start, t.end))
                for t in letters
            )
        bars = [i for i in range(script.start, script.stop) if self.tokens[i].text == "|"]
        if len(bars) == 1:
            left = self.within(script.start, bars[0], self.statement, BAR)
            return (Relation("|", left, self.within(bars[0] + 1, script.stop, self.statement, BAR)),)
        node = self.script_node(script)
        return node.elements if isinstance(node, Sequence) and not node.parenthesised else (node,)

    def is_corner(self, first: Token, second: Token) -> bool:
        """`a_{1n}` and `a_{n1}` are entries; `x_{2i}` is the entry 2 i."""
        if first.text == "1" and second.text in INDEX_LETTERS:
            return True
        return first.text in INDEX_LETTERS and second.kind == "number"

    def raised(self, base: Node, upper: Script | None) -> Node:
        """power = base "^" argument; transpose = base "^" ( "T" | "\\top" )"""
        if upper is None:
            return base
        text = spell(self.script_tokens(upper))
        if self.transposes(base, text):
            return Transpose(base)
        if text in ("-T", r"-\top"):
            return Transpose(Power(base, self.minus_one(upper)))
        tokens = self.script_tokens(upper)
        if text == r"\circ" and isinstance(base, Number):
            return Binary("*", base, Symbol(r"\degree"))
        if isinstance(base, Number) and is_worded(self.script_tokens(upper)):
            return Symbol(f"{base.text}^{{{text}}}")
        if isinstance(base, Number) and text in ("+", "-"):
            return Symbol(f"{base.text}^{text}")
        if len(tokens) == 1 and (tokens[0].text in DECORATING or tokens[0].kind in ("word", "text")):
            raise self.unsupported("a decoration behind a bracket", tokens[0])
        saved, self.of_sets = self.of_sets, is_set(base)
        exponent = self.script_node(upper)
        self.of_sets = saved
        return Power(base, exponent)

    def minus_one(self, upper: Script) -> Node:
        token = self.tokens[upper.start]
        return Negative(Number("1"), span=(token.start, token.end))

    def transposes(self, base: Node, text: str) -> bool:
        if text not in TRANSPOSES or isinstance(base, Number):
            return False
        if text == "T" and (self.declares("T") or "T" in self.bound):
            return False
        return self.declared.complete or getattr(base, "name", "") != r"\gamma"
