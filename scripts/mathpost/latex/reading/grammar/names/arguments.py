"""What a command or a script takes with it: a group or one atom, skipped first and read when it is known as what."""

from __future__ import annotations

from typing import NamedTuple

from mathpost.latex.reading.grammar.recursion import Recursion
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Node


class Scripts(NamedTuple):
    """The scripts behind one base, as they stand."""

    lower: Argument | None = None
    upper: Argument | None = None
    primes: int = 0


class Arguments(Recursion):
    """Rules for arguments and scripts, whatever they mean."""

    def scripts(self) -> Scripts:
        """scripts = { "_" argument | "^" argument | "'" }"""
        scripts = Scripts()
        while self.token.kind == "script":
            token = self.next()
            if token.text == "'":
                scripts = scripts._replace(primes=scripts.primes + 1)
                continue
            if (scripts.lower if token.text == "_" else scripts.upper) is not None:
                raise self.malformed(f"expected one `{token.text}` only")
            argument = self.skip_argument()
            if argument.start == argument.stop:
                continue
            if token.text == "_":
                scripts = scripts._replace(lower=argument)
            else:
                scripts = self.primed(scripts._replace(upper=argument))
        return scripts

    def primed(self, scripts: Scripts) -> Scripts:
        """`x^{\\prime}` is `x'`."""
        upper = scripts.upper
        if upper and all(token.text == "'" for token in self.tokens_of(upper)):
            return scripts._replace(upper=None, primes=scripts.primes + upper.stop - upper.start)
        if upper and self.tokens[upper.start].text == "'" and upper.stop - upper.start > 1:
            return scripts._replace(upper=upper._replace(start=upper.start + 1), primes=scripts.primes + 1)
        return scripts

    def argument(self) -> Node:
        """argument = group | atom"""
        if self.token.kind == "{":
            return self.group()
        if self.token.kind in ("eof", "}"):
            raise self.malformed("expected an argument")
        return self.deeper(self.atom)

    def skip_argument(self) -> Argument:
        start = self.index
        self.index = stop = self.end_of_argument(start)
        if self.tokens[start].kind == "{":
            return Argument(start + 1, stop - 1, True)
        return Argument(start, stop, False)

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
        for _ in range(c.ARITY.get(token.text, 0)):
            index = self.end_of_argument(index)
        return index

    def tokens_of(self, argument: Argument) -> list[Token]:
        return self.tokens[argument.start : argument.stop]

    def node_of(self, argument: Argument) -> Node:
        """The tree of an argument that was skipped; a face outside does not reach it."""
        saved, self.bold = self.bold, False
        node = self.within(argument.start, argument.stop, self.expression if argument.grouped else self.atom)
        self.bold = saved
        return node
