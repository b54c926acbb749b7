"""The reader of formulas: a precedence parser over our own tokens, that knows what the notation declares.

    side       = { lead } statement [ annotation ]                    lead: therefore, a text, "&"
    statement  = logical { "," logical } | logical ":" logical
    logical    = comparison { ( "\\land" | "\\lor" ) comparison }
    comparison = sum { relation sum }
    sum        = [ sign ] product { ( "+" | "-" | "\\pm" | "\\cup" … ) [ sign ] product }
    product    = factor { [ "\\cdot" | "\\times" | "/" | "\\odot" … ] factor }
    factor     = big | function | moment | integral | derivative | limit | postfix
    postfix    = atom { script | "!" | arguments }
    atom       = number | name | bracket | group | set | fence | fraction | root | binomial | environment
    root       = "\\sqrt" [ "[" degree "]" ] argument
    binomial   = "\\binom" argument argument | "{" sum "\\choose" sum "}"

The rules of names are in `names`, of brackets in `brackets`, of bounds in `binders`, of operators in `operators`, of
integrals and derivatives in `calculus`, of matrices and cases in `environments`; the customs are in docs/reading.md.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from mathpost.errors import UnsupportedFormula
from mathpost.latex import commands as c
from mathpost.latex.environments import Environments
from mathpost.latex.names import ARITY, is_set
from mathpost.latex.nodes import (
    UNDECLARED,
    Apply,
    BigOperator,
    Binary,
    Binomial,
    Call,
    Declared,
    Dots,
    Factorial,
    Index,
    Interval,
    Matrix,
    Negative,
    Node,
    Number,
    Relation,
    Root,
    Sequence,
    Symbol,
)
from mathpost.latex.spelling import head_of, spell
from mathpost.latex.tokens import Token, custom_word, tokenize

MAXIMUM_TERMS: Final = 150
MAXIMUM_TREE: Final = 220
CHOICES: Final = frozenset((r"\choose", r"\over", r"\atop"))
INFINITESIMALS: Final = frozenset((*"xyztuvwrs", r"\theta"))
FACTORING: Final = frozenset(
    (r"\frac", r"\sqrt", r"\binom", r"\nabla", r"\partial", *c.FUNCTIONS, *c.BIG, *c.INTEGRALS, *c.LIMITS, *c.MOMENTS,
     *c.BOLD, *c.ACCENTS)
)  # fmt: skip


def parse(latex: str, declared: Declared = UNDECLARED) -> Node:
    """The tree of one side of a formula."""
    words = _words_of(declared)
    tokens = flatten(
        tokenize(latex, words.__contains__ if declared.complete else lambda run: run in words or custom_word(run))
    )
    return _guarded(Parser(latex, tokens, declared, pattern=False))


def parse_pattern(latex: str) -> Node:
    """The tree of a notation's key: a name, an entry, or a call."""
    tokens = flatten(tokenize(latex, lambda run: custom_word(run) or not c.INDEX_LETTERS.issuperset(run)))
    node = _guarded(Parser(latex, tokens, UNDECLARED, pattern=True))
    if not isinstance(node, Symbol | Index | Call):
        raise UnsupportedFormula("not supported as the key of a notation: write a name, `x_i`, or `f(x)`", latex, 0)
    return node


def _guarded(parser: Parser) -> Node:
    try:
        node = parser.side()
    except RecursionError:
        raise parser.unsupported("so deep a nesting") from None
    if len(parser.tokens) > MAXIMUM_TREE and _depth(node) > MAXIMUM_TREE:
        raise parser.unsupported("so long a formula", parser.tokens[0])
    return node


def _depth(node: Node) -> int:
    level, depth = [node], 0
    while level:
        depth += 1
        level = [child for parent in level for child in _children(parent)]
    return depth


def _children(node: object) -> list[Node]:
    values = [getattr(node, field.name) for field in fields(node) if field.name != "span"]  # type: ignore[arg-type]
    found: list[Node] = []
    while values:
        value = values.pop()
        if isinstance(value, tuple):
            values.extend(value)
        elif hasattr(value, "span"):
            found.append(value)
    return found


def _words_of(declared: Declared) -> frozenset[str]:
    """The runs of letters that the notation declares as one name."""
    names = declared.functions | declared.divergences | declared.data | declared.symbols
    words = {head_of(name) for name in names}
    letters = {word for word in words if len(word) == 1}
    long = {word for word in c.CUSTOMARY_WORDS if not set(word) <= letters}
    return frozenset(word for word in words if len(word) > 1 and word.isalpha()) | long


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


class Parser(Environments):
    """The levels of precedence."""

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
        node = self.statement()
        self.annotation()
        return node

    def lone_operator(self) -> bool:
        """`\\log`, `\\nabla_\\theta`, `\\mathbb{E}_\\pi` spoken of in the prose, with nothing behind them."""
        if self.token.kind != "command" and self.token.text not in c.MOMENTS:
            return False
        if self.token.kind == "command" and (self.token.text not in FACTORING or self.token.text in ARITY):
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
            or token.text in (r"\forall", r"\exists", r"\square", r"\blacksquare")
        ):
            return
        opened = token.kind in ("open", "{") and (self.ahead().kind in ("text", "word", "number") or self.is_remark())
        if token.kind in ("open", "{") and self.is_remark():
            return
        if self.is_annotation(token) or (punctuated and (opened or token.kind in ("text", "word"))):
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
        return self.is_annotation(token) or (token.kind == "text" and token.text.rstrip().endswith(":"))

    def is_annotation(self, token: Token) -> bool:
        """A text that comments: it begins or ends with a space, or with a word like `where`."""
        if token.kind != "text":
            return False
        words = token.text.strip(" (,;:").lower().split()
        if token.text.lstrip()[:1] in (";", "(", ",", ":", "-", "%", "#"):
            return True
        return (
            not words
            or words[0] in c.ANNOTATIONS
            or words[0].strip(",.:;") in c.ANNOTATIONS
            or (len(words) > 3 and token.text[0] in " (")
        )

    # -- levels --------------------------------------------------------------------------------------------------------

    def statement(self) -> Node:
        """statement = logical { "," logical }"""
        start = self.token.start
        items = [self.logical()]
        while self.token.text in (",", ";") and self.token.kind == "separator" and not self.ends_after_comma():
            self.next()
            while self.token.kind == "quad":
                self.next()
            items.append(self.item())
        if self.token.text == ":" and self.token.kind == "separator" and len(items) == 1:
            if self.ahead().kind in ("eof", "quad", "text"):
                return items[0]
            self.next()
            return Relation(":", items[0], self.statement(), span=self.span(start))
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

    def logical(self) -> Node:
        """logical = comparison { ( "\\land" | "\\lor" ) comparison }"""
        start = self.token.start
        node = self.comparison()
        while operator := self.connective():
            self.next()
            node = Binary(operator, node, self.comparison(), span=self.span(start))
        return node

    def connective(self) -> str:
        token = self.token
        if token.kind == "text" and self.depth:
            return {"and": r"\land", ", and": r"\land", "or": r"\lor"}.get(token.text.strip(), "")
        return token.text if token.text in (r"\land", r"\lor") else ""

    def comparison(self) -> Node:
        """comparison = sum { relation sum }; a chain says each of its links."""
        start = self.token.start
        left = self.sum()
        if self.token.kind != "relation":
            return left
        node: Node | None = None
        while self.token.kind == "relation":
            operator = self.next().text
            right = as_domain(operator, self.sum())
            link = Relation(operator, left, right, span=self.span(start))
            node = link if node is None else Binary(r"\land", node, link, span=self.span(start))
            left = right
        assert node is not None
        return node

    def sum(self) -> Node:
        """sum = [ sign ] product { additive [ sign ] product }"""
        start = self.token.start
        node = self.signed_product()
        count = 1
        while self.token.text in c.ADDITIVE and self.token.kind == "operator":
            token = self.next()
            right = self.signed_product()
            count += 1
            if count > MAXIMUM_TERMS:
                raise self.unsupported("so long a sum", token)
            node = Binary(token.text, node, right, span=self.span(start))
        return node

    def signed_product(self) -> Node:
        """[ "+" | "-" | "\\pm" | "\\mp" ] product"""
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_product), span=self.span(token.start))
        if self.accept(r"\pm", r"\mp"):
            return Apply(token.text[1:], self.product(), span=self.span(token.start))
        self.accept("+")
        return self.product()

    def product(self) -> Node:
        """product = factor { [ multiplicative ] factor }"""
        start = self.token.start
        node = self.factor()
        count, divided = 1, False
        while True:
            token = self.token
            if token.text == "|" and token.kind in ("bar", "close") and self.evaluates() and not self.delimits():
                node = self.evaluated(node, start)
                continue
            if token.kind == "operator" and token.text in c.MULTIPLICATIVE:
                self.next()
                if self.is_differential(self.index):
                    break
                right = self.signed_factor()
                operator = self.multiplication(token.text, node, right)
                divided = operator == "/"
            elif self.starts_factor():
                self.undivided(divided, node)
                right, operator, divided = self.factor(), "*", False
                if isinstance(right, Number) and isinstance(node, Number):
                    raise self.unsupported("two numbers side by side", token)
            else:
                break
            node = Binary(operator, node, right, span=self.span(start))
            count += 1
            if count > MAXIMUM_TERMS:
                raise self.unsupported("so long a product", token)
        return node

    def evaluates(self) -> bool:
        """`f |_{x = 0}`"""
        if self.ahead().text != "_":
            return False
        stop = self.end_of_argument(self.index + 2)
        return any(token.text == "=" for token in self.tokens[self.index : stop])

    def delimits(self) -> bool:
        """Whether the bar closes a `\\left.`, that says how far it reaches."""
        return any(s.close == self.index and self.tokens[i].text == "." for i, s in self.shapes.items())

    def evaluated(self, node: Node, start: int) -> Node:
        """at = product "|_{" variable "=" value "}" """
        self.next()
        for binder in self.all_bounds():
            node = BigOperator("at", binder, node, span=self.span(start))
        return node

    def multiplication(self, text: str, left: Node, right: Node) -> str:
        """`\\times` between sets, and in the shape of one, stays; between numbers it multiplies."""
        operator = c.MULTIPLICATIVE[text]
        if operator == r"\times" and not (self.of_sets or is_set(left) or is_set(right)):
            return "*"
        return operator

    def undivided(self, divided: bool, node: Node) -> None:
        """`a / b c`"""
        if not (divided and self.declared.complete) or self.starts_operator():
            return
        raise self.ambiguous(
            "`a / b c` may mean `(a / b) c` or `a / (b c)`: write `\\frac{a}{b} c`, or brackets", self.token.start
        )

    def signed_factor(self) -> Node:
        token = self.token
        if self.accept("-"):
            return Negative(self.deeper(self.signed_factor), span=self.span(token.start))
        self.accept("+")
        return self.factor()

    def starts_factor(self) -> bool:
        """Whether what follows may be multiplied by juxtaposition."""
        token = self.token
        kind = token.kind
        if kind in ("name", "word"):
            return not self.is_differential(self.index)
        if kind == "open":
            return not self.is_remark()
        if kind == "{":
            return not self.is_remark()
        if kind in ("number", "begin"):
            return True
        if kind == "command":
            return token.text in FACTORING
        if kind == "bar":
            return token.text != self.closing and token.text not in self.separating and self.ahead().kind != "script"
        return kind == "text" and not self.is_annotation(token)

    def is_remark(self) -> bool:
        """`(\\text{as above})`"""
        after = self.ahead()
        if after.kind == "connective":
            return True
        return after.kind == "text" and (self.is_annotation(after) or after.text.count(" ") > 2)

    def factor(self) -> Node:
        """factor = big | function | moment | integral | derivative | limit | postfix"""
        token = self.token
        text = token.text
        if token.kind == "command":
            if text in c.FUNCTIONS:
                return self.function()
            if text in c.BIG:
                return self.deeper(self.big)
            if text in c.INTEGRALS:
                return self.deeper(self.integral)
            if text in c.LIMITS:
                return self.limit()
            if text in c.MOMENTS:
                return self.moment()
            if text == r"\nabla":
                return self.nabla()
            if text == r"\partial":
                return self.partial()
        elif token.kind in ("name", "word"):
            if self.is_moment():
                return self.moment()
            if text == "d" and self.is_quotient():
                return self.partial()
            if text == r"\Delta" and self.is_difference():
                return self.difference()
            if text == "d" and self.is_infinitesimal():
                return self.infinitesimal()
        return self.postfix()

    def is_quotient(self) -> bool:
        """`dy / dx`"""
        texts = [self.ahead(count) for count in range(1, 5)]
        plain = texts[0].kind == "name" and texts[3].kind == "name"
        return plain and texts[1].text == "/" and texts[2].text == "d" and not self.declares("d")

    def is_difference(self) -> bool:
        after = self.ahead()
        return after.kind == "name" and after.text != r"\dots" and not self.declares(r"\Delta")

    def difference(self) -> Node:
        """`\\Delta x` is one name."""
        token = self.next()
        name = self.next()
        symbol = Symbol(f"{token.text} {name.text}", self.bold, span=self.span(token.start))
        return self.with_scripts(symbol)

    def is_infinitesimal(self) -> bool:
        """`dx` outside an integral is one name."""
        token, after = self.token, self.ahead()
        known = self.declares("d") or "d" in self.bound
        return after.kind == "name" and after.start == token.end and after.text in INFINITESIMALS and not known

    def infinitesimal(self) -> Node:
        token = self.next()
        name = self.next()
        return self.with_scripts(Symbol(f"d{name.text}", self.bold, span=self.span(token.start)))

    def postfix(self) -> Node:
        """postfix = atom { script | "!" | arguments }"""
        bracketed = self.token.kind == "open"
        node = self.atom()
        if self.token.text in ("_", "(", "[", r"\{") and not bracketed:
            node = self.indicator(node) or node
        node = self.with_scripts(node, bracketed)
        while True:
            if self.token.kind == "open" and self.calls(node):
                node = self.call(node)
            elif self.token.text == "!" and self.token.kind == "operator":
                self.next()
                node = Factorial(node, span=self.span(node.span[0]))
            elif self.token.text == r"\%":
                self.next()
                node = Binary("/", node, Number("100"), span=self.span(node.span[0]))
            elif self.token.kind == "script" and not isinstance(node, Symbol):
                node = self.with_scripts(node, True)
            else:
                return node

    def atom(self) -> Node:
        """atom = number | name | bracket | group | set | fence | fraction | root | binomial | environment"""
        token = self.token
        kind = token.kind
        if kind == "number":
            return self.number()
        if kind in ("name", "word", "text"):
            if token.text == r"\dots" and kind == "name":
                self.next()
                return Dots(span=(token.start, token.end))
            return self.symbol()
        if kind == "open":
            return self.bracketed()
        if kind == "{":
            return self.choice()
        if kind == "bar":
            return self.fence()
        if kind == "begin":
            return self.environment()
        if kind == "command":
            return self.command()
        raise self.malformed("expected an operand")

    def command(self) -> Node:
        token = self.token
        text = token.text
        if text in c.BOLD:
            return self.face()
        if text in c.ACCENTS:
            return self.accent()
        if text == r"\frac":
            return self.fraction()
        if text == r"\sqrt":
            return self.root()
        if text == r"\binom":
            self.next()
            upper, lower = self.read_script(), self.read_script()
            nodes = (self.script_or_malformed(upper), self.script_or_malformed(lower))
            return Binomial(*nodes, span=self.span(token.start))
        if text in FACTORING:
            return self.factor()
        raise self.unsupported()

    def choice(self) -> Node:
        """binomial = "{" sum "\\choose" sum "}", and the old `{a \\over b}`"""
        opening = self.index
        shape = self.shapes[opening]
        divider = next((i for i in range(opening, shape.close) if self.tokens[i].text in CHOICES), None)
        if divider is None:
            return self.group()
        start = self.tokens[opening].start
        upper = self.within(opening + 1, divider, self.statement)
        lower = self.within(divider + 1, shape.close, self.statement)
        self.index = shape.close + 1
        if self.tokens[divider].text == r"\over":
            return Binary("/", upper, lower, span=self.span(start))
        return Binomial(upper, lower, span=self.span(start))

    def root(self) -> Node:
        """root = "\\sqrt" [ "[" degree "]" ] argument"""
        token = self.next()
        degree = None
        if self.token.text == "[" and self.token.kind == "open":
            close = self.shapes[self.index].close
            degree = self.within(self.index + 1, close, self.statement)
            self.index = close + 1
        radicand = self.inside(self.argument)
        return Root(radicand, degree, span=self.span(token.start))


def as_domain(operator: str, node: Node) -> Node:
    """Behind `\\in`, a pair in brackets is an interval."""
    if operator not in (r"\in", r"\notin", r"\subset", r"\subseteq"):
        return node
    if (
        isinstance(node, Sequence)
        and node.parenthesised
        and len(node.elements) == 2
        and not any(map(is_set, node.elements))
    ):
        return Interval(node.elements[0], node.elements[1], (False, False), span=node.span)
    if isinstance(node, Matrix) and len(node.rows) == 1 and len(node.rows[0]) == 2:
        return Interval(node.rows[0][0], node.rows[0][1], (True, True), span=node.span)
    return node
