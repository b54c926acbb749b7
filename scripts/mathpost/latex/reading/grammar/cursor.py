"""A place in the tokens of a formula, with the few verbs that all rules share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from mathpost.ground.errors import AmbiguousFormula, FormulaError, MalformedFormula, UnsupportedFormula
from mathpost.latex.reading.customs import READINGS
from mathpost.latex.reading.grammar.shapes import coordinates_in, shapes_of
from mathpost.latex.reading.tokens import Kind, Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Declared, Node

MAXIMUM_DEPTH: Final = 36
NAMELIKE: Final = frozenset(("name", "word", "text", "number"))
T = TypeVar("T")


def _advice(token: Token) -> str:
    """What to do about a command that is not read."""
    if token.text == r"\exists":
        return ": that something exists is not evaluated; waive the claim with a reason"
    if token.text == r"\_":
        return r": a subscript is written `_`, a name with an underscore in `\text{…}`"
    known = token.kind != "command" or token.text in c.KNOWN
    return "" if known else ": it is not defined in this document"


class Cursor:
    """Tokens, the next one and its index; the rules are methods of its subclasses."""

    def __init__(self, latex: str, tokens: list[Token], declared: Declared, pattern: bool) -> None:
        self.latex = latex
        self.tokens = tokens
        self.declared = declared
        self.pattern = pattern
        self.shapes = shapes_of(tokens)
        self.index = 0
        self.stop = len(tokens)  # of the group that is read by itself
        self.depth = 0
        self.closing = ""  # the bar that ends the innermost fence
        self.separating: frozenset[str] = frozenset()  # the bars that separate items here
        self.integrating = False  # within an integral, where `d x` ends it
        self.bold = False  # under a bold face
        self.of_sets = False  # in the exponent of a set, where `\times` counts dimensions
        self.bound: list[str] = []  # the names that the operators around bind
        self.running: list[str] = []  # those that a sum or product counts
        self.braces_group = False  # where `\{ \}` behind an operator is no set
        self.taken: list[Node] = []  # differentials read within a numerator
        self.coordinates = coordinates_in(tokens)
        self.worded = any(token.kind == "text" for token in tokens)

    # -- verbs ---------------------------------------------------------------------------------------------------------

    @property
    def index(self) -> int:
        """The index of the next token, which is held beside it."""
        return self._index

    @index.setter
    def index(self, index: int) -> None:
        self._index = index
        self.token = self.tokens[index]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def at(self, *kinds: Kind) -> bool:
        """Whether the next token is of one of these kinds; the type checker can't know that rules move on."""
        return self.token.kind in kinds

    def next(self) -> Token:
        token = self.token
        if token.kind != "eof":
            self.index += 1
        return token

    def accept(self, *texts: str) -> Token | None:
        token = self.token
        return self.next() if token.text in texts and token.kind not in NAMELIKE and token.kind != "eof" else None

    def expect(self, text: str, opening: Token) -> Token:
        token = self.accept(text)
        if token is None:
            raise self.malformed(f"expected `{text}` for the `{opening.text}` at column {opening.start + 1}")
        return token

    def span(self, start: int) -> tuple[int, int]:
        return start, self.tokens[self.index - 1].end if self.index else start

    # -- errors --------------------------------------------------------------------------------------------------------

    def found(self) -> str:
        token = self.token
        return "the end" if token.kind == "eof" else f"`{self.latex[token.start : token.end]}`"

    def malformed(self, expected: str) -> FormulaError:
        return MalformedFormula(f"{expected}, found {self.found()}", self.latex, self.token.start)

    def unsupported(self, what: str | None = None, token: Token | None = None) -> FormulaError:
        token = token or self.token
        advice = "" if what else _advice(token)
        what = what or f"`{self.latex[token.start : token.end]}`"
        return UnsupportedFormula(f"not supported: {what} at column {token.start + 1}{advice}", self.latex, token.start)

    def ambiguous(self, message: str, position: int, form: str = "") -> FormulaError:
        """The error for what custom reads in two ways; `form` is what a notation chooses by."""
        error = AmbiguousFormula(message, self.latex, position)
        error.form = form
        return error

    def reading(self, form: str) -> str:
        """What is chosen of a form that custom reads in two ways; nothing where the notation leaves it open."""
        return next((chosen for name, chosen in self.declared.readings if name == form), "")

    def undecided(self, part: str, one: str, other: str, form: str, position: int) -> FormulaError:
        """The error that shows both readings of a part, each with its brackets."""
        choices = " or ".join(f'"{choice}"' for choice in READINGS[form])
        return self.ambiguous(
            f"`{part}` may be `{one}` or `{other}`: write one of them, or choose for the whole notation, "
            f'reading={{"{form}": …}} with {choices}',
            position,
            form,
        )

    # -- nesting -------------------------------------------------------------------------------------------------------

    def inside(self, rule: Callable[[], T], closing: str = "", separating: frozenset[str] = frozenset()) -> T:
        """Applies a rule within a bracket, where bars and differentials mean what the bracket says."""
        saved = self.closing, self.separating, self.integrating
        self.closing, self.separating, self.integrating = closing, separating, False
        node = self.deeper(rule)
        self.closing, self.separating, self.integrating = saved
        return node

    def deeper(self, rule: Callable[[], T]) -> T:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise self.unsupported("so deep a nesting")
        node = rule()
        self.depth -= 1
        return node

    def within(self, start: int, stop: int, rule: Callable[[], T], separating: frozenset[str] = frozenset()) -> T:
        """Applies a rule to the tokens from `start` to `stop`, all of them, and comes back."""
        saved = self.index, self.stop
        self.index, self.stop = start, stop
        node = self.inside(rule, separating=separating)
        if self.index != stop:
            raise self.malformed("expected the end of this group")
        self.index, self.stop = saved
        return node

    def declares(self, name: str) -> bool:
        known = self.declared
        return name in known.symbols or name in known.functions or name in known.data or name in known.divergences
