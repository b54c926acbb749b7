"""One side of a formula becomes a tree."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from mathpost.ground.errors import FormulaError, MalformedFormula, UnsupportedFormula
from mathpost.latex.reading.customs import INDEX_LETTERS, is_annotation
from mathpost.latex.reading.grammar.levels import Lists
from mathpost.latex.reading.grammar.names import spell
from mathpost.latex.reading.grammar.shapes import NONE
from mathpost.latex.reading.tokens import (
    Token,
    arguments_of,
    custom_word,
    find_slip,
    partners_of,
    tokenize,
    words_under,
)
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import depth_of
from mathpost.latex.tree.nodes import UNDECLARED, Call, Declared, Index, Node, Relation, Symbol

MAXIMUM_TREE: Final = 220


@lru_cache(maxsize=1024)
def parse(latex: str, declared: Declared = UNDECLARED) -> Node:
    """The tree of one side of a formula. It is read once: a chain has most sides twice, and a check several draws."""
    tokens = with_bars_apart(without_braces(flatten(tokenize(latex, words_under(declared)))))
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
    except MalformedFormula:
        slip = find_slip(parser.tokens)
        if slip is None:
            raise
        raise MalformedFormula(slip.message, parser.latex, slip.position) from None
    except RecursionError:
        raise parser.unsupported("so deep a nesting") from None
    if len(parser.tokens) > MAXIMUM_TREE and depth_of(node) > MAXIMUM_TREE:
        raise parser.unsupported("so long a formula", parser.tokens[0])
    return node


def flatten(tokens: list[Token]) -> list[Token]:
    """Without the rows and columns of a layout; a `\\quad` stays on the outermost level only."""
    kept: list[Token] = []
    inner = brackets = 0
    for token, after in pairwise([*tokens, tokens[-1]]):
        kind = token.kind
        inner += (kind == "begin") - (kind == "end")
        brackets += (kind in ("open", "{")) - (kind in ("close", "}"))
        if kind in ("layout", "aside") or (inner == 0 and kind in ("row", "cell")):
            continue
        if kind == "quad" and inner == 0:
            goes_on = after.kind == "operator" or (kept and kept[-1].kind in ("operator", "relation"))
            if brackets > 0 or goes_on:
                continue
        kept.append(token)
    return kept


def with_bars_apart(tokens: list[Token]) -> list[Token]:
    """`|A||B|` with two bars between its absolute values, where the bars of a level are `|`, `||`, `|`."""
    if all(token.text != "||" for token in tokens):
        return tokens
    levels: list[list[int]] = [[]]
    doubled: set[int] = set()
    for index, token in enumerate(tokens):
        if token.kind in ("open", "{"):
            levels.append([])
        elif token.kind in ("close", "}") and len(levels) > 1:
            levels.pop()
        elif token.kind in ("relation", "separator"):
            levels[-1].clear()
        elif token.kind == "bar":
            levels[-1].append(index)
            if [tokens[bar].text for bar in levels[-1][-3:]] == ["|", "||", "|"]:
                doubled.add(levels[-1][-2])
    apart: list[Token] = []
    for index, token in enumerate(tokens):
        middle = token.start + 1
        halves = [token._replace(text="|", end=middle), token._replace(text="|", start=middle)]
        apart.extend(halves if index in doubled and token.end == token.start + 2 else [token])
    return apart


def without_braces(tokens: list[Token]) -> list[Token]:
    """Without the braces around an operator alone, with its bounds or without: `{\\sum_i} x_i`, `{\\mathbb{E}}[x]`."""
    found = [index for index, token in enumerate(tokens) if token.kind == "{" and _begins_operator(tokens[index + 1])]
    arguments = arguments_of(tokens, partners_of(tokens)) if found else set()
    gone: set[int] = set()
    for index in found:
        if index in arguments:
            continue
        stop = _end_of_scripts(tokens, index + 2)
        if tokens[stop].kind == "}":
            gone |= {index, stop}
    kept = [token for index, token in enumerate(tokens) if index not in gone] if gone else tokens
    return _with_differentials_outside(kept) if any(token.text in c.INTEGRALS for token in kept) else kept


def _with_differentials_outside(tokens: list[Token]) -> list[Token]:
    """`\\int {f(x) \\, dx}` ends behind its braces: those of a label may hold the differential."""
    partners = partners_of(tokens)
    arguments, moved = arguments_of(tokens, partners), list(tokens)
    for start, stop in partners.items():
        differential = tokens[stop - 2].text == "d" and tokens[stop - 1].kind == "name" and stop - start > 3
        if tokens[start].kind == "{" and start not in arguments and differential:
            moved[stop - 2 : stop + 1] = [tokens[stop], tokens[stop - 2], tokens[stop - 1]]
    return moved


def _end_of_scripts(tokens: list[Token], stop: int) -> int:
    depth = 0
    while tokens[stop].kind != "eof" and (depth or "script" in (tokens[stop].kind, tokens[stop - 1].kind)):
        depth += {"{": 1, "}": -1}.get(tokens[stop].kind, 0)
        stop += 1
    return stop


def _begins_operator(token: Token) -> bool:
    return token.text in c.BIG or token.text in c.MOMENTS or token.text in c.LIMITS


class Parser(Lists):
    """A side with what stands around it, and all rules below."""

    def side(self) -> Node:
        """side = leads ( lone | expression [ divider expression | bar expression ] ) [ annotation ]"""
        self.leads()
        if self.token.kind == "eof":
            raise self.malformed("expected an expression")
        if self.is_lone():
            return self.lone()
        opening = self.index
        self.separating = self.dividing()
        node = self.expression()
        if self.token.text in self.separating:  # `X | Y`, of which a law is told
            self.next()
            self.separating = NONE
            node = Relation("|", node, self.expression(), span=self.span(node.span[0]))
        if self.token.text in c.DIVIDERS:
            node = self.divided(opening, self.index, len(self.tokens) - 1)
        self.annotation()
        return node

    def dividing(self) -> frozenset[str]:
        """The bar, where one stands on the outermost level that closes nothing."""
        depth, is_open = 0, False
        for index in range(self.index, len(self.tokens)):
            token = self.tokens[index]
            depth += {"open": 1, "{": 1, "begin": 1, "close": -1, "}": -1, "end": -1}.get(token.kind, 0)
            if depth == 0 and token.text == "|":
                if token.kind == "separator" and index > self.index:
                    return frozenset("|")
                is_value = not is_open and self.tokens[index + 1].text == "_"  # `f |_{x = 0}`
                is_open = is_open if token.kind != "bar" or is_value else not is_open
        return frozenset("|") if is_open else NONE

    def leads(self) -> None:
        """leads = { connective | quad | comment }"""
        while self.token.kind in ("connective", "quad") or _leads(self.token):
            lead = self.next()
            if lead.kind == "text" and self.token.kind == "operator" and self.token.text not in ("-", r"\pm", r"\mp"):
                raise self.unread(self.token)

    def lone(self) -> Node:
        r"""lone = operator | relation | ( function-name | big-operator | moment-name | integral-sign
        | "\lim" | "\nabla" | "\partial" ) scripts

        `+`, `\log`, `\nabla_\theta`, `\mathbb{E}_\pi` spoken of in the prose, with nothing behind them.
        """
        if self.token.kind in ("operator", "relation"):
            return self.symbol()
        return Symbol(spell(self.tokens[self.index : -1]), span=(self.token.start, self.tokens[-1].end))

    def annotation(self) -> None:
        r"""annotation = { quad | "," | "." | ";" | ":" | "?" }
        [ ( connective | "\forall" | "\exists" | end-sign | remark | comment ) … ]

        Behind a `\quad`, any text and any other statement is a comment, too.
        """
        spaced = False
        while self.token.kind == "quad" or self.token.text in (",", ".", ";", ":", "?"):
            spaced = spaced or self.token.kind == "quad"
            self.next()
        token = self.token
        if token.kind == "eof":
            return
        if self.comments(spaced):
            self.require_prose()
            return
        if spaced:
            raise self.unsupported("two expressions side by side")
        if token.kind in ("command", "open", "begin", "name") or token.text == r"\lnot":
            raise self.unsupported()
        raise self.malformed("expected an operator or the end")

    def comments(self, spaced: bool) -> bool:
        """Whether the rest comments on the side."""
        token, bracketed = self.token, self.token.kind in ("open", "{")
        if token.kind == "connective" or token.text in (r"\forall", r"\exists") or token.text in c.ENDS:
            return True
        if is_annotation(token) or (bracketed and self.is_remark()):
            return True
        if not spaced:
            return False
        return token.kind in ("text", "word") or (bracketed and self.ahead().kind in ("text", "word", "number"))

    def require_prose(self) -> None:
        """An annotation ends its side: behind it stand words, and what they speak of, but nothing that is joined."""
        first, depth = self.token, 0
        if first.text in (r"\forall", r"\exists"):
            return
        ended = first.kind in ("open", "{") or self.is_aside(first)
        for before, token in pairwise(self.tokens[self.index : -1]):
            depth += {"open": 1, "{": 1, "close": -1, "}": -1}.get(before.kind, 0)
            if token.kind == "relation":
                part = self.latex[first.start :].strip()
                message = f"`{part}` is not read: a remark holds no relation; write a statement of its own"
                raise UnsupportedFormula(message, self.latex, first.start)
            if depth or token.kind in ("text", "quad", "separator", "connective") or token.text in c.ENDS:
                continue
            behind = before.kind in ("text", "close", "}") or before.text in c.ENDS
            scripted = token.kind == "script" and before.kind in ("text", "close")
            joins = scripted or (token.kind == "operator" and behind and token.text != r"\lnot")
            if joins or (ended and behind):
                raise self.unread(token)

    def is_aside(self, token: Token) -> bool:
        """`\\text{ (bias) }` says nothing of what stands behind it, and `\\text{ or }` offers it as another side."""
        words = token.text.strip().lower()
        first = words.lstrip(" ,;:(").split()[:1]
        if first and first[0] in ("where", "with", "for", "if", "since", "because", "as", "when"):
            return False
        return token.kind == "text" and (words[:1] in ("(", ";", ",", ":", "-", "%") or words in ("and", "or"))

    def unread(self, token: Token) -> FormulaError:
        part = self.latex[token.start :].strip()
        message = f"`{part}` behind the text is not read: an annotation may only end a side"
        return UnsupportedFormula(message, self.latex, token.start)

    def is_lone(self) -> bool:
        """Whether nothing follows an operator."""
        token, index = self.token, self.index + 1
        if token.kind in ("operator", "relation"):
            return self.tokens[index].kind == "eof"
        if token.kind != "command" and token.text not in c.MOMENTS:
            return False
        if token.kind == "command" and (token.text not in c.FACTORING or token.text in c.ARITY):
            return False
        while self.tokens[index].kind == "script":
            index = index + 1 if self.tokens[index].text == "'" else self.end_of_argument(index + 1)
        return self.tokens[index].kind == "eof"


def _leads(token: Token) -> bool:
    """`\\text{where }`, `\\text{output: }`"""
    return is_annotation(token) or (token.kind == "text" and token.text.rstrip().endswith(":"))
