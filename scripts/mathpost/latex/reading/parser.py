"""The reader of formulas: a precedence parser over our own tokens, that knows what the notation declares.

    side       = { lead } statement [ annotation ]                    lead: therefore, a text, "&"
    statement  = logical { "," logical } | logical ":" logical
    logical    = comparison { ( "\\land" | "\\lor" ) comparison }
    comparison = modular { relation modular }
    modular    = sum [ "\\pmod" argument ]
    sum        = [ sign ] product { ( "+" | "-" | "\\pm" | "\\cup" … ) [ sign ] product }
    product    = factor { [ "\\cdot" | "\\times" | "/" | "\\odot" … ] factor }
    factor     = big | function | moment | integral | derivative | limit | postfix
    postfix    = atom { script | "!" | arguments }
    atom       = number | name | bracket | group | set | fence | fraction | root | binomial | environment
    root       = "\\sqrt" [ "[" degree "]" ] argument
    binomial   = "\\binom" argument argument | "{" sum "\\choose" sum "}"

Each rule is a method whose docstring is its production: `levels`, `atoms`, `environments`, `calculus`, `operators`,
`indicators`, `binders`, `calls`, `brackets`, `scripts`, `names`, `cursor`, from the loosest down.
The customs are in docs/reading.md.
"""

from __future__ import annotations

from typing import Final

from mathpost.ground.errors import UnsupportedFormula
from mathpost.latex.reading.customs import INDEX_LETTERS, is_annotation
from mathpost.latex.reading.levels import Levels, as_domain
from mathpost.latex.reading.spelling import spell
from mathpost.latex.reading.tokens import Token, custom_word, tokenize, words_under
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import depth_of
from mathpost.latex.tree.nodes import UNDECLARED, Call, Declared, Index, Node, Symbol

MAXIMUM_TREE: Final = 220


__all__ = ["as_domain", "parse", "parse_pattern"]


def parse(latex: str, declared: Declared = UNDECLARED) -> Node:
    """The tree of one side of a formula."""
    tokens = flatten(tokenize(latex, words_under(declared)))
    return _guarded(Parser(latex, tokens, declared, pattern=False))


def parse_pattern(latex: str) -> Node:
    """The tree of a notation's key: a name, an entry, or a call."""
    tokens = flatten(tokenize(latex, lambda run: custom_word(run) or not INDEX_LETTERS.issuperset(run)))
    node = _guarded(Parser(latex, tokens, UNDECLARED, pattern=True))
    if not isinstance(node, Symbol | Index | Call):
        raise UnsupportedFormula("not supported as the key of a notation: write a name, `x_i`, or `f(x)`", latex, 0)
    return node


def _guarded(parser: Parser) -> Node:
    try:
        node = parser.side()
    except RecursionError:
        raise parser.unsupported("so deep a nesting") from None
    if len(parser.tokens) > MAXIMUM_TREE and depth_of(node) > MAXIMUM_TREE:
        raise parser.unsupported("so long a formula", parser.tokens[0])
    return node


def flatten(tokens: list[Token]) -> list[Token]:
    """Without the rows and columns of a layout; a `\\quad` stays on the outermost level only."""
    kept: list[Token] = []
    inner = brackets = 0
    for token in tokens:
        inner += {"begin": 1, "end": -1}.get(token.kind, 0)
        brackets += {"open": 1, "{": 1, "close": -1, "}": -1}.get(token.kind, 0)
        if token.kind == "layout" or (inner == 0 and token.kind in ("row", "cell")):
            continue
        if (
            token.kind == "quad"
            and (brackets > 0 or (kept and kept[-1].kind in ("operator", "relation")))
            and inner == 0
        ):
            continue
        kept.append(token)
    return kept


class Parser(Levels):
    """A side with what stands around it."""

    def side(self) -> Node:
        """side = { lead } statement [ annotation ]"""
        while self.token.kind in ("connective", "quad") or self.is_lead(self.token):
            self.next()
        if self.token.kind == "eof":
            raise self.malformed("expected an expression")
        if len(self.tokens) == self.index + 2 and self.token.kind in ("operator", "relation"):
            return self.symbol()
        if self.lone_operator():
            return Symbol(spell(self.tokens[self.index : -1]), span=(self.token.start, self.tokens[-1].end))
        opening = self.index
        node = self.statement()
        if self.token.text in c.CHOICES:
            node = self.divided(opening, self.index, len(self.tokens) - 1)
        self.annotation()
        return node

    def lone_operator(self) -> bool:
        """`\\log`, `\\nabla_\\theta`, `\\mathbb{E}_\\pi` spoken of in the prose, with nothing behind them."""
        if self.token.kind != "command" and self.token.text not in c.MOMENTS:
            return False
        if self.token.kind == "command" and (self.token.text not in c.FACTORING or self.token.text in c.ARITY):
            return False
        index = self.index + 1
        while self.tokens[index].kind == "script":
            index = index + 1 if self.tokens[index].text == "'" else self.end_of_argument(index + 1)
        return self.tokens[index].kind == "eof"

    def annotation(self) -> None:
        """annotation = { "," | "." | "\\quad" } [ ( text | "\\forall" | "\\because" | "(" text ) … ]"""
        punctuated = False
        while self.token.kind == "quad" or self.token.text in (",", ".", ";", ":", "?"):
            punctuated = punctuated or self.token.kind == "quad"
            self.next()
        token = self.token
        if (
            token.kind == "eof"
            or token.kind == "connective"
            or token.text in (r"\forall", r"\exists")
            or token.text in c.ENDS
        ):
            return
        opened = token.kind in ("open", "{") and (self.ahead().kind in ("text", "word", "number") or self.is_remark())
        if token.kind in ("open", "{") and self.is_remark():
            return
        if is_annotation(token) or (punctuated and (opened or token.kind in ("text", "word"))):
            return
        if punctuated and any(t.kind == "relation" for t in self.tokens[self.index :]):
            return
        if punctuated:
            raise self.unsupported("two expressions side by side")
        if token.kind in ("command", "open", "begin", "name") or token.text in (r"\lnot",):
            raise self.unsupported()
        raise self.malformed("expected an operator or the end")

    def is_lead(self, token: Token) -> bool:
        """`\\text{where }`, `\\text{output: }`"""
        return is_annotation(token) or (token.kind == "text" and token.text.rstrip().endswith(":"))
