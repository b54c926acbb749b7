"""Digits, letters, signs and brackets into tokens, and the verbs to read what a command takes with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mathpost.ground.errors import MalformedFormula, UnsupportedFormula
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens import layout
from mathpost.latex.reading.tokens.relations import CLASS, is_relating
from mathpost.latex.reading.tokens.token import Kind, Token
from mathpost.latex.reading.tokens.words import WORDS

_COMMANDS: Final = {name for name in c.RELATIONS if name[1:].isalpha()} | {
    name for name, meaning in c.SYNONYMS.items() if meaning in c.RELATIONS and name[1:].isalpha()
}
SCAN: Final = re.compile(
    r"""(?P<space>(?:\s|~|%[^\n]*(?:\n|$))+)
    |(?P<number>\d+(?:\{,\}\d{3})+(?:\.\d+)?|\d{1,3}(?:,000)+(?!\d)|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)
    |(?P<letters>[A-Za-z]+)
    |(?P<command>\\(?:(?:operatorname|tag|hspace|vspace)\*|[A-Za-z]+|.|\n))
    |(?P<other>:=|=:|\|\||\.\.\.|\.\.|<=|>=|<<|>>|->|.)""",
    re.VERBOSE | re.DOTALL,
)
RELATING: Final = re.compile(
    "|".join(
        [rf"\\(?:{'|'.join(sorted(name[1:] for name in _COMMANDS))})(?![A-Za-z])", r":=|=:|[=<>]|->", CLASS]
        + [re.escape(character) for character, command in c.UNICODE.items() if command in c.RELATIONS]
    )
)
"""Whether a source holds the sign of a relation."""
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_CALLED: Final = re.compile(r"(?:[_^](?:\{[^{}]*\}|\\[A-Za-z]+(?:\{[^{}]*\})?|.))*\s*(?:\\(?:left|[bB]igg?l?))?\(")
"""What makes a function of the word before it: a bracket, behind scripts or not."""
_SUCH_THAT: Final = re.compile(r"s\.\s*t\.(?![A-Za-z0-9])")
_SHORTHANDS: Final = {"<=": r"\leq", ">=": r"\geq", "->": r"\to", "<<": r"\ll", ">>": r"\gg"}
_ROW_SPACE: Final = re.compile(r"\*?(?:[ \t]*\[-?[\d.]+[ \t]*(?:pt|em|ex|mm|cm|mu|in|\\baselineskip)\])?")
_ARITY: Final = c.ARITY | dict.fromkeys((*c.TEXT, *c.UPRIGHT, *c.LETTERING), 1)
SIGNS: Final[dict[str, Kind]] = {
    **dict.fromkeys("([", "open"), **dict.fromkeys(")]", "close"), **dict.fromkeys(("|", "||"), "bar"),
    **dict.fromkeys(",;:.?", "separator"), **dict.fromkeys("+-*/!", "operator"), **dict.fromkeys("_^'", "script"),
    **dict.fromkeys(("=", "<", ">", ":=", "=:"), "relation"), "&": "cell",
}  # fmt: skip
_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(c.NAMES, "name"), **dict.fromkeys(c.ADDITIVE | set(c.MULTIPLICATIVE), "operator"),
    **dict.fromkeys(c.RELATIONS, "relation"), **dict.fromkeys(c.CONNECTIVES, "connective"),
    **dict.fromkeys(layout.QUADS, "quad"), r"\dots": "name", r"\land": "operator", r"\lor": "operator", "\\\\": "row",
    r"\cr": "row", r"\mathbb{E}": "name", r"\mathbb{R}": "name", r"\mathbb{N}": "name", r"\mathbb{Z}": "name",
    "KL": "word", "iid": "word", "Pr": "word",
    **dict.fromkeys((r"\{", r"\langle", r"\lfloor", r"\lceil", r"\llbracket", r"\ulcorner"), "open"),
    **dict.fromkeys((r"\}", r"\rangle", r"\rfloor", r"\rceil", r"\rrbracket", r"\urcorner"), "close"),
}  # fmt: skip
_PLAIN_SPACES: Final = layout.SPACING - {r"\left", r"\right", r"\middle"}
_BRACKET_SIGNS: Final = frozenset(c.BRACKETS) | frozenset(c.BRACKETS.values())


class Characters:
    """A source and its tokens so far; what a command does is in the subclass."""

    def __init__(self, latex: str, is_word: Callable[[str], bool]) -> None:
        self.latex = latex
        self.is_word = is_word
        self.tokens: list[Token] = []
        self.nesting = 0

    def emit(self, kind: Kind, text: str, start: int, end: int) -> int:
        self.tokens.append(Token(kind, text, start, end))
        return end

    def number(self, text: str, start: int) -> int:
        """One digit only, where TeX takes one: behind `_`, `^` and `\\frac`."""
        before = self.tokens[-1] if self.tokens else None
        single = before is not None and (
            before.kind == "script" or before.text in (r"\frac", r"\binom", r"\sqrt")
            or (before.kind == "number" and len(self.tokens) > 1 and self.tokens[-2].text in (r"\frac", r"\binom")
                and before.end == start)
        )  # fmt: skip
        end = start + (1 if single else len(text))
        return self.emit("number", self.latex[start:end].replace("{,}", "").replace(",", ""), start, end)

    def letters(self, run: str, start: int) -> int:
        """A run of letters is a command, a word, `s.t.`, or single names."""
        end = start + len(run)
        if self.tokens and self.tokens[-1].kind == "script" and self.tokens[-1].text != "'":
            return self.emit("name", run[0], start, start + 1)
        if run == "s" and (such := _SUCH_THAT.match(self.latex, start)):
            return self.emit("text", " s.t. ", start, such.end())
        if len(run) > 1:
            if run in WORDS:
                return self.canonical(WORDS[run], start, end)
            if self.is_word(run) or (_CALLED.match(self.latex, end) and self.is_word(f"{run}(")):
                return self.emit("word", run, start, end)
        for offset, letter in enumerate(run):
            self.emit("name", letter, start + offset, start + offset + 1)
        return end

    def sign(self, text: str, start: int, end: int) -> int:
        """Any character that is neither letter, digit nor command."""
        if text in "{}":
            return self.brace(text, start, end)
        kind = SIGNS.get(text)
        if kind is not None:
            return self.emit(kind, text, start, end)
        text = _SHORTHANDS.get(text) or c.UNICODE.get(text, text)
        if text == "…":
            text = r"\dots"
        if text.startswith("\\"):
            return self.canonical(text, start, end)
        kind = SIGNS.get(text)
        if text in ("..", "..."):
            return self.emit("name", r"\dots", start, end)
        if kind is None:
            if text.isalpha():
                return self.emit("name", text, start, end)
            if is_relating(text):
                return self.emit("relation", text, start, end)
            raise UnsupportedFormula(f"not supported: `{text}` at column {start + 1}", self.latex, start)
        return self.emit(kind, text, start, end)

    def brace(self, text: str, start: int, end: int) -> int:
        """`{}` is nothing, except where an argument is due."""
        before = self.tokens[-1] if self.tokens else None
        free = len(self.tokens) < 2 or self.tokens[-2].kind not in ("script", "command", "}")
        if text == "}" and before and before.kind == "{" and free:
            self.tokens.pop()
            return end
        lone = before and (before.kind in ("operator", "relation") or before.text in c.BIG)
        if text == "}" and before and lone and len(self.tokens) > 1:
            outer = self.tokens[-3] if len(self.tokens) > 2 else None
            if self.tokens[-2].kind == "{" and (outer is None or outer.kind not in ("script", "command")):
                self.tokens[-2:] = [before._replace(start=self.tokens[-2].start, end=end)]
                return end
            if self.tokens[-2].kind == "{" and outer and outer.text in c.ACCENTS and before.kind == "relation":
                accented = rf"{outer.text}{{{before.text}}}"  # another relation
                self.tokens[-3:] = [Token("relation", accented, outer.start, end)]
                return end
        return self.emit("{" if text == "{" else "}", text, start, end)

    def canonical(self, text: str, start: int, end: int) -> int:
        """A command by its canonical spelling and its kind."""
        kind = c.DIRECTED.get(text)
        text = c.SYNONYMS.get(text, text)
        if text == "\\\\":
            end = _ROW_SPACE.match(self.latex, end).end()  # type: ignore[union-attr]
        if kind is None:
            kind = kind_of(text)
        if text in c.EXTREMA and self.tokens and self.tokens[-1].text in (r"\arg", "arg"):
            start = self.tokens.pop().start
            text = "\\arg" + text[1:]
        return self.emit(kind, text, start, end)

    def sized(self, text: str, start: int, end: int) -> int:
        """`\\left(`, `\\bigr]`, `\\Big|`: a bracket that says which way it faces."""
        match = SCAN.match(self.latex, self.skip_space(end))
        if match is None:
            raise MalformedFormula(f"a bracket is missing behind `{text}`", self.latex, start)
        sign = match.group() if match.lastgroup != "other" else match.group()[:1]
        position = match.start() + len(sign)
        sign = {"<": r"\langle", ">": r"\rangle", "/": "/", r"\backslash": "/"}.get(sign, c.SYNONYMS.get(sign, sign))
        if sign in ("/", "=", "+") or (sign in ("{", "}") and text in layout.SIZES):
            return self.sign(sign, start, position) if sign not in "{}" else match.start()
        if sign not in _BRACKET_SIGNS:
            if text in (r"\left", r"\right", r"\middle"):
                raise MalformedFormula(f"a bracket is missing behind `{text}`", self.latex, start)
            return end
        if text in layout.BETWEEN:
            return self.emit("separator", sign, start, position)
        if sign in ("|", "||", "."):
            facing: Kind = "open" if text in layout.OPENING else "close" if text in layout.CLOSING else "bar"
            return self.emit(facing, sign, start, position)
        return self.emit(SIGNS.get(sign) or kind_of(sign), sign, start, position)

    def skip_space(self, position: int) -> int:
        """Past spaces, spacing commands and comments."""
        while position < len(self.latex):
            match = SCAN.match(self.latex, position)
            assert match is not None
            if match.lastgroup != "space" and match.group() not in _PLAIN_SPACES:
                break
            position = match.end()
        return position

    def argument(self, position: int, command: str) -> tuple[int, int, int]:
        """Start and end of an argument's content, and where the source goes on."""
        start = self.skip_space(position)
        if start >= len(self.latex) or self.latex[start] == "}":
            raise MalformedFormula(f"`{command}` has no argument", self.latex, position)
        if self.latex[start] != "{":
            match = SCAN.match(self.latex, start)
            assert match is not None
            end = match.end() if match.lastgroup == "command" else start + 1
            for _ in range(_ARITY.get(match.group(), 0)):
                end = self.argument(end, match.group())[2]
            return start, end, end
        depth = 0
        for match in _BRACE.finditer(self.latex, start):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                return start + 1, match.start(), match.end()
        raise MalformedFormula("this brace is not closed", self.latex, start)

    def aside(self, what: str, start: int, end: int) -> None:
        """What stands beside the line is kept where it relates something."""
        if RELATING.search(self.latex, start, end):
            self.emit("aside", what, start, end)

    def cover(self, first: int, start: int, end: int) -> None:
        """Lets the tokens from `first` on cover the source from `start` to `end`."""
        places = [index for index in range(first, len(self.tokens)) if self.tokens[index].kind != "aside"]
        if places:
            self.tokens[places[0]] = self.tokens[places[0]]._replace(start=start)
            self.tokens[places[-1]] = self.tokens[places[-1]]._replace(end=end)


def kind_of(text: str) -> Kind:
    return _KINDS.get(text) or SIGNS.get(text, "command")
