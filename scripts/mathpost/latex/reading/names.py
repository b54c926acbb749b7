"""Names, their faces and accents, and the scripts behind them as they stand.

name   = letter | greek | word | face argument | accent argument
script = ( "_" | "^" ) argument | "'"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from mathpost.latex.reading.cursor import Cursor
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Call, Index, Node, Number, Power, Symbol, Transpose
from mathpost.latex.tree.spelling import accented

ARITY: Final = {r"\frac": 2, r"\binom": 2, r"\sqrt": 1, **dict.fromkeys(c.ACCENTS, 1), **dict.fromkeys(c.BOLD, 1)}


@dataclass(frozen=True, slots=True)
class Script:
    """The tokens of a script, by their indices; `grouped` where braces hold them."""

    start: int
    stop: int
    grouped: bool


@dataclass(frozen=True, slots=True)
class Scripts:
    lower: Script | None = None
    upper: Script | None = None
    primes: int = 0


class Names(Cursor):
    """Rules for names."""

    def symbol(self) -> Node:
        """name = letter | greek | word"""
        token = self.next()
        if token.kind in ("name", "word") and self.is_numbered(token):
            return self.numbered(token)
        if token.text == r"\infty" or token.kind != "text":
            return Symbol(token.text, self.bold, span=(token.start, token.end))
        return Symbol(" ".join(token.text.split()), self.bold, span=(token.start, token.end))

    def is_numbered(self, token: Token) -> bool:
        """Whether digits follow a name at once: `r1`, but `n2^n` is a product."""
        digits = self.token
        apart = digits.kind != "number" or digits.start != token.end or self.index >= self.stop
        return not apart and digits.text.isdigit() and token.text[-1].isalpha() and self.ahead().text != "^"

    def numbered(self, token: Token) -> Node:
        """numbered = letter digits"""
        name = f"{token.text}{self.token.text}"
        if self.declared.complete and not self.declares(name):
            advice = f"write `{token.text}_{self.token.text}`, or `{token.text} \\cdot {self.token.text}`"
            raise self.ambiguous(f"`{name}` may be one name or a product: {advice}", token.start)
        self.next()
        return Symbol(name, self.bold, span=self.span(token.start))

    def number(self) -> Node:
        """number = digits [ "." digits ]; a bold one is a vector."""
        token = self.next()
        span = (token.start, token.end)
        return Symbol(token.text, True, span=span) if self.bold else Number(token.text, span=span)

    def face(self) -> Node:
        """name = face argument"""
        self.next()
        saved, self.bold = self.bold, True
        node = self.argument()
        self.bold = saved
        return node

    def accent(self) -> Node:
        """name = accent argument"""
        token = self.next()
        node = self.argument()
        return self.under_accent(node, token)

    def under_accent(self, node: Node, token: Token) -> Node:
        if isinstance(node, Symbol):
            name = accented(node.name, c.ACCENTS[token.text])
            return replace(node, name=name, span=(token.start, self.span(0)[1]))
        if isinstance(node, Number):
            return Symbol(f"{c.ACCENTS[token.text]}{{{node.text}}}", span=self.span(token.start))
        if isinstance(node, Index | Power):
            return replace(node, base=self.under_accent(node.base, token))
        if isinstance(node, Transpose):
            return replace(node, operand=self.under_accent(node.operand, token))
        if isinstance(node, Call):
            return replace(node, function=self.under_accent(node.function, token))
        raise self.unsupported(f"`{token.text}` over an expression", token)

    def argument(self) -> Node:
        """argument = "{" expression "}" | atom"""
        if self.token.kind == "{":
            return self.group()
        if self.token.kind in ("eof", "}"):
            raise self.malformed("expected an argument")
        return self.deeper(self.atom)

    # -- scripts -------------------------------------------------------------------------------------------------------

    def read_scripts(self) -> Scripts:
        """scripts = { "_" argument | "^" argument | "'" }"""
        scripts = Scripts()
        while self.token.kind == "script":
            token = self.next()
            if token.text == "'":
                scripts = replace(scripts, primes=scripts.primes + 1)
                continue
            if (scripts.lower if token.text == "_" else scripts.upper) is not None:
                raise self.malformed(f"expected one `{token.text}` only")
            script = self.read_script()
            if script.start == script.stop:
                continue
            if token.text == "_":
                scripts = replace(scripts, lower=script)
            else:
                scripts = self.primed(replace(scripts, upper=script))
        return scripts

    def primed(self, scripts: Scripts) -> Scripts:
        """`x^{\\prime}` is `x'`."""
        upper = scripts.upper
        if upper and all(token.text == "'" for token in self.tokens[upper.start : upper.stop]):
            return replace(scripts, upper=None, primes=scripts.primes + upper.stop - upper.start)
        if upper and self.tokens[upper.start].text == "'" and upper.stop - upper.start > 1:
            return replace(scripts, upper=replace(upper, start=upper.start + 1), primes=scripts.primes + 1)
        return scripts

    def read_script(self) -> Script:
        start = self.index
        stop = self.end_of_argument(start)
        self.index = stop
        if self.tokens[start].kind == "{":
            return Script(start + 1, stop - 1, True)
        return Script(start, stop, False)

    def end_of_argument(self, index: int) -> int:
        token = self.tokens[index]
        if token.kind in ("eof", "}", "script", "row", "cell", "end", "quad") and token.text != "'":
            self.index = index
            raise self.malformed("expected a script")
        if token.kind == "{":
            close = self.shapes[index].close
            if self.tokens[close].kind != "}":
                self.index = close
                raise self.malformed(f"expected `}}` for the `{{` at column {token.start + 1}")
            return close + 1
        index += 1
        for _ in range(ARITY.get(token.text, 0)):
            index = self.end_of_argument(index)
        return index

    def script_tokens(self, script: Script) -> list[Token]:
        return self.tokens[script.start : script.stop]

    def script_node(self, script: Script) -> Node:
        saved, self.bold = self.bold, False
        rule = self.statement if script.grouped else self.atom
        node = self.within(script.start, script.stop, rule)
        self.bold = saved
        return node
