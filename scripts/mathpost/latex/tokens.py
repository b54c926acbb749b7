"""LaTeX into tokens: what is only for the eye falls away, and every spelling of a sign becomes one.

formula  = { token | face for the eye | wrapper argument }
token    = number | name | word | text | open | close | bar | separator | operator | relation | script
         | command | begin | end | row | cell | quad | { | }
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from mathpost.errors import MalformedFormula, UnsupportedFormula
from mathpost.latex import commands as c

MAXIMUM_LENGTH: Final = 20_000
MAXIMUM_NESTING: Final = 40


@dataclass(frozen=True, slots=True)
class Token:
    """One sign: `text` is its canonical spelling, `start` and `end` its place in the source."""

    kind: str
    text: str
    start: int
    end: int


def custom_word(run: str) -> bool:
    """Whether custom takes a run of letters for one name."""
    if run in c.CUSTOMARY_WORDS:
        return True
    return len(run) >= 4 and not re.fullmatch(r"(?:d[a-z])+|[ijklmnxyzabc]+", run)


def tokenize(latex: str, is_word: Callable[[str], bool] = custom_word) -> list[Token]:
    """The tokens of a formula, an `eof` token last."""
    if len(latex) > MAXIMUM_LENGTH:
        raise UnsupportedFormula(f"not supported: a formula of more than {MAXIMUM_LENGTH} characters", latex[:200], 0)
    reader = _Reader(latex, is_word)
    reader.read(0, len(latex))
    reader.tokens.append(Token("eof", "", len(latex), len(latex)))
    return reader.tokens


_SCAN: Final = re.compile(
    r"""(?P<space>(?:\s|~|%[^\n]*(?:\n|$))+)
    |(?P<number>\d+(?:\{,\}\d{3})+(?:\.\d+)?|\d{1,3}(?:,000)+(?!\d)|\d+(?:\.\d+)?(?:[eE][-+]\d+)?|\.\d+)
    |(?P<letters>[A-Za-z]+)
    |(?P<command>\\(?:(?:operatorname|tag|hspace|vspace)\*|[A-Za-z]+|.|\n))
    |(?P<other>:=|=:|\|\||\.\.\.|\.\.|<=|>=|->|<-|.)""",
    re.VERBOSE | re.DOTALL,
)
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_SHORTHANDS: Final = {"<=": r"\leq", ">=": r"\geq", "->": r"\to", "<-": r"\leftarrow"}
_ROW_SPACE: Final = re.compile(r"\*?(?:[ \t]*\[-?[\d.]+[ \t]*(?:pt|em|ex|mm|cm|mu|in|\\baselineskip)\])?")
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,'/&+:-]*")
_LETTERING: Final = re.compile(r"\s*(?:\{\s*)?(\\?[A-Za-z]+|[0-9])")


class _Reader:
    """Reads a source once, from left to right."""

    def __init__(self, latex: str, is_word: Callable[[str], bool]) -> None:
        self.latex = latex
        self.is_word = is_word
        self.tokens: list[Token] = []
        self.nesting = 0

    def read(self, position: int, stop: int) -> None:
        """formula = { number | letters | command | other }"""
        self.nesting += 1
        if self.nesting > MAXIMUM_NESTING:
            raise UnsupportedFormula("not supported: so deep a nesting", self.latex, position)
        while position < stop:
            match = _SCAN.match(self.latex, position, stop)
            assert match is not None
            kind = match.lastgroup
            if kind == "space":
                position = match.end()
            elif kind == "number":
                position = self.number(match.group(), position)
            elif kind == "letters":
                position = self.letters(match.group(), position)
            elif kind == "command":
                position = self.command(match.group(), position, match.end(), stop)
            else:
                position = self.sign(match.group(), position, match.end())
        self.nesting -= 1

    def emit(self, kind: str, text: str, start: int, end: int) -> int:
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
        """A run of letters is a command, a word, or single names."""
        end = start + len(run)
        if self.tokens and self.tokens[-1].kind == "script" and self.tokens[-1].text != "'":
            return self.emit("name", run[0], start, start + 1)
        if len(run) > 1:
            if run in c.WORDS:
                return self.canonical(c.WORDS[run], start, end)
            if self.is_word(run):
                return self.emit("word", run, start, end)
        for offset, letter in enumerate(run):
            self.emit("name", letter, start + offset, start + offset + 1)
        return end

    def sign(self, text: str, start: int, end: int) -> int:
        """Any character that is neither letter, digit nor command."""
        text = _SHORTHANDS.get(text) or c.UNICODE.get(text, text)
        if text == "…":
            text = r"\dots"
        if text.startswith("\\"):
            return self.canonical(text, start, end)
        if text in "{}":
            return self.brace(text, start, end)
        kind = _SIGNS.get(text)
        if text in ("..", "..."):
            return self.emit("name", r"\dots", start, end)
        if kind is None:
            if text.isalpha():
                return self.emit("name", text, start, end)
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
                self.tokens[-2:] = [replace(before, start=self.tokens[-2].start, end=end)]
                return end
        return self.emit(text, text, start, end)

    def command(self, text: str, start: int, end: int, stop: int) -> int:
        """One command with what belongs to it."""
        if text in c.SPACING or text in ("\\\n",):
            return end if text not in (r"\left", r"\right", r"\middle") else self.sized(text, start, end)
        if text in c.OPENING or text in c.CLOSING or text in c.BETWEEN or text in c.SIZES:
            return self.sized(text, start, end)
        if text == r"\color":
            return self.colour(text, start, end)
        if text in c.DROPPED:
            return self.dropped(text, end)
        if text in c.WRAPPERS:
            return self.wrapper(text, start, end)
        if text in c.STACKS:
            return self.stack(text, start, end)
        if text in c.ARROWS:
            return self.arrow(text, start, end)
        if text in c.TEXT or text in c.UPRIGHT:
            return self.upright(text, start, end)
        if text in c.LETTERING or c.SYNONYMS.get(text) in c.LETTERING:
            return self.lettering(c.SYNONYMS.get(text, text), start, end)
        if text in (r"\begin", r"\end"):
            return self.environment(text, start, end)
        if text in c.FENCING:
            return self.fencing(text, start, end)
        if text == r"\not":
            return self.negation(start, end, stop)
        return self.canonical(text, start, end)

    def canonical(self, text: str, start: int, end: int) -> int:
        """A command by its canonical spelling and its kind."""
        kind = c.DIRECTED.get(text)
        text = c.SYNONYMS.get(text, text)
        if text == "\\\\":
            end = _ROW_SPACE.match(self.latex, end).end()  # type: ignore[union-attr]
        if kind is None:
            kind = _kind_of(text)
        if kind == "arg":
            return self.emit("command", r"\arg", start, end)
        if text in (r"\max", r"\min", r"\sup", r"\inf") and self.tokens and self.tokens[-1].text in (r"\arg", "arg"):
            start = self.tokens.pop().start
            text = "\\arg" + text[1:]
        return self.emit(kind, text, start, end)

    def sized(self, text: str, start: int, end: int) -> int:
        """`\\left(`, `\\bigr]`, `\\Big|`: a bracket that says which way it faces."""
        match = _SCAN.match(self.latex, self.skip_space(end))
        if match is None:
            raise MalformedFormula(f"a bracket is missing behind `{text}`", self.latex, start)
        sign = match.group() if match.lastgroup != "other" else match.group()[:1]
        position = match.start() + len(sign)
        sign = {"<": r"\langle", ">": r"\rangle", "/": "/", r"\backslash": "/"}.get(sign, c.SYNONYMS.get(sign, sign))
        if sign in ("/", "=", "+") or (sign in ("{", "}") and text in c.SIZES):
            return self.sign(sign, start, position) if sign not in "{}" else match.start()
        if sign not in _BRACKET_SIGNS:
            if text in (r"\left", r"\right", r"\middle"):
                raise MalformedFormula(f"a bracket is missing behind `{text}`", self.latex, start)
            return end
        if text in c.BETWEEN:
            return self.emit("separator", sign, start, position)
        if sign in ("|", "||", "."):
            kind = "open" if text in c.OPENING else "close" if text in c.CLOSING else "bar"
            return self.emit(kind, sign, start, position)
        return self.emit(_SIGNS.get(sign) or _kind_of(sign), sign, start, position)

    def skip_space(self, position: int) -> int:
        """Past spaces, spacing commands and comments."""
        while position < len(self.latex):
            match = _SCAN.match(self.latex, position)
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
            match = _SCAN.match(self.latex, start)
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

    def dropped(self, text: str, end: int) -> int:
        """`\\tag{1}`: gone with its argument."""
        count = c.DROPPED[text]
        if count == 0:
            match = re.compile(r"\s*-?[\d.]*\s*(?:mu|pt|em|ex|cm|mm)?").match(self.latex, end)
            return match.end() if match and text != r"\mathchoice" else end
        bracket = re.compile(r"\s*\[[^\]]*\]").match(self.latex, end)
        end = bracket.end() if bracket else end
        for _ in range(count):
            end = self.argument(end, text)[2]
        return end

    def wrapper(self, text: str, start: int, end: int) -> int:
        """`\\underbrace{a}_{b}`, `\\cancel{a}`, `\\textcolor{red}{a}`: `a` counts."""
        for _ in range(c.WRAPPERS[text]):
            end = self.argument(end, text)[2]
        first, last, end = self.argument(end, text)
        opening = len(self.tokens)
        self.emit("{", "{", start, first)
        before = len(self.tokens)
        self.read(first, last)
        transparent = text in _TRANSPARENT or (text in _COLOURED and _is_fragment(self.tokens[before:]))
        if transparent:
            before = opening if text in _TRANSPARENT else len(self.tokens)
            del self.tokens[opening]
        if text == r"\substack":
            self.tokens[before:] = [
                Token("separator", ",", t.start, t.end) if t.kind == "row" else t for t in self.tokens[before:]
            ]
        if transparent:
            self.cover(before, start, end)
        else:
            self.emit("}", "}", last, end)
        while text in c.LABELLED:
            following = self.skip_space(end)
            if following >= len(self.latex) or self.latex[following] not in "_^":
                break
            end = self.argument(following + 1, text)[2]
        return end

    def colour(self, text: str, start: int, end: int) -> int:
        """`\\color{red}`; braces right behind it hold what is coloured."""
        end = self.argument(end, text)[2]
        following = self.skip_space(end)
        if self.latex[following : following + 1] != "{":
            return end
        return self.wrapper(text, start, following)

    def stack(self, text: str, start: int, end: int) -> int:
        """`\\overset{!}{=}` is `=`; `\\underset{x}{\\max}` is `\\max_{x}`; else the base alone counts."""
        if c.STACKS[text] == "under" and self.latex[end : end + 1] == "[":
            raise UnsupportedFormula(f"not supported: `{text}[` at column {start + 1}", self.latex, start)
        first, last, end = self.argument(end, text)
        mark = self.latex[first:last]
        first_base, last_base, end = self.argument(end, text)
        before = len(self.tokens)
        self.read(first_base, last_base)
        base = self.tokens[before:]
        if len(base) == 1 and base[0].kind == "relation":
            defines = base[0].text == "=" and re.search(r"def|\\triangle|\\Delta", mark)
            self.tokens[before:] = [Token("relation", ":=" if defines else base[0].text, start, end)]
        elif c.STACKS[text] == "under" and any(
            t.text in c.BIG or t.text in c.MOMENTS or t.text in c.LIMITS for t in base
        ):
            self.emit("script", "_", start, first)
            self.emit("{", "{", start, first)
            self.read(first, last)
            self.emit("}", "}", last, last + 1)
        self.cover(before, start, end)
        return end

    def cover(self, first: int, start: int, end: int) -> None:
        """Lets the tokens from `first` on cover the source from `start` to `end`."""
        if first < len(self.tokens):
            self.tokens[first] = replace(self.tokens[first], start=start)
            self.tokens[-1] = replace(self.tokens[-1], end=end)

    def arrow(self, text: str, start: int, end: int) -> int:
        """`\\xrightarrow[below]{above}` is its arrow."""
        bracket = re.compile(r"\s*\[[^\]]*\]").match(self.latex, end)
        end = self.argument(bracket.end() if bracket else end, text)[2]
        return self.emit(_kind_of(c.ARROWS[text]), c.ARROWS[text], start, end)

    def upright(self, text: str, start: int, end: int) -> int:
        """`\\operatorname{softmax}` is a word, `\\text{for all }` a text, `\\mathrm{d}` a word of one letter."""
        first, last, after = self.argument(end, text)
        if text in (r"\rm", r"\it", r"\sf", r"\tt") and self.latex[first - 1 : first] != "{":
            run = re.compile(r"\s*[A-Za-z]+").match(self.latex, end)
            if run is None:
                return end
            first, last, after = run.start(), run.end(), run.end()
        content = self.latex[first:last]
        plain = (
            re.sub(r"\\[,;:! ]|\\_|[{}]|~|\s|\\nolimits|\\limits", " ", content)
            if "\\" in content or "~" in content
            else content
        )
        plain = " ".join(plain.split())
        plain = plain.replace("_", "-") if text in c.TEXT else plain
        if c.SYNONYMS.get(plain.replace(" ", "")) or plain.replace(" ", "") in c.WORDS:
            word = c.WORDS.get(plain.replace(" ", ""))
            if word:
                return self.canonical(word, start, after)
        if text in c.TEXT:
            return self.text(content, plain, start, after)
        if _WORD.fullmatch(plain) and not (len(plain) > 1 and plain.isdigit()):
            return self.emit("word", plain, start, after)
        if not plain:
            return after
        self.emit("{", "{", start, first)
        self.read(first, last)
        return self.emit("}", "}", last, after)

    def text(self, content: str, plain: str, start: int, end: int) -> int:
        """A text keeps its outer spaces: they tell an annotation from a name."""
        if not plain:
            return end
        if plain in _SIGNS:
            return self.emit(_SIGNS[plain], plain, start, end)
        lead = " " if content[:1].isspace() or content[:1] in "~" or content[:2] == "\\ " else ""
        trail = " " if content[-1:].isspace() or content[-1:] == "~" else ""
        return self.emit("text", f"{lead}{plain}{trail}", start, end)

    def lettering(self, text: str, start: int, end: int) -> int:
        """`\\mathcal{L}`, `\\mathbb R`: the face is part of the name."""
        match = _LETTERING.match(self.latex, end)
        if match is None:
            raise MalformedFormula(f"`{text}` has no argument", self.latex, start)
        braced = "{" in match.group()
        _, last, after = (
            self.argument(end, text) if braced else (match.start(1), match.start(1) + 1, match.start(1) + 1)
        )
        letters = match.group(1) if braced or match.group(1).startswith("\\") else match.group(1)[0]
        after = max(after, match.end()) if letters.startswith("\\") else after
        face = {r"\cal": r"\mathcal", r"\Bbb": r"\mathbb", r"\frak": r"\mathfrak"}.get(text, text)
        whole = not braced or not self.latex[match.end() : last].strip()
        self.emit("name", f"{face}{{{letters}}}", start, after if whole else match.end())
        if not whole:
            before = len(self.tokens)
            self.read(match.end(), last)
            self.cover(before, match.end(), after)
        return after

    def environment(self, text: str, start: int, end: int) -> int:
        """`\\begin{cases}`, with the columns of an array."""
        first, last, end = self.argument(end, text)
        name = self.latex[first:last].strip()
        if text == r"\begin":
            option = re.compile(r"\s*\[[a-z]+\]").match(self.latex, end)
            end = option.end() if option else end
            if name in c.COLUMNED and self.latex[self.skip_space(end) : self.skip_space(end) + 1] == "{":
                end = self.argument(end, text)[2]
        if name in c.LAYOUTS:
            return self.emit("layout", text[1:], start, end)
        return self.emit(text[1:], name, start, end)

    def fencing(self, text: str, start: int, end: int) -> int:
        """`\\abs{x}` is `\\left|x\\right|`"""
        first, last, end = self.argument(end, text)
        opening, closing = c.FENCING[text]
        self.emit("open", opening, start, first)
        self.read(first, last)
        return self.emit("close", closing, last, end)

    def negation(self, start: int, end: int, stop: int) -> int:
        """`\\not=`"""
        before = len(self.tokens)
        first, last, after = self.argument(end, r"\not")
        self.read(first, min(last, stop))
        relation = self.tokens[before] if len(self.tokens) == before + 1 else None
        if relation is None or relation.text not in c.NEGATED:
            raise UnsupportedFormula(f"not supported: `\\not` at column {start + 1}", self.latex, start)
        self.tokens[before:] = [Token("relation", c.NEGATED[relation.text], start, after)]
        return after


_ARITY: Final = {
    **dict.fromkeys((*c.TEXT, *c.UPRIGHT, *c.BOLD, *c.ACCENTS, *c.LETTERING, r"\sqrt"), 1), r"\frac": 2, r"\binom": 2,
}  # fmt: skip
_TRANSPARENT: Final = frozenset((r"\mathop", r"\mathrel", r"\mathbin", r"\substack", r"\underline"))
_COLOURED: Final = frozenset((r"\color", r"\textcolor", r"\boxed", r"\cancel", r"\bcancel", r"\xcancel", r"\colorbox"))


def _is_fragment(tokens: list[Token]) -> bool:
    """Whether coloured tokens are no expression by themselves: they begin with an operator, or hold a relation."""
    if not tokens:
        return True
    ends = tokens[0].kind in ("operator", "relation", "close") or tokens[-1].kind in ("operator", "relation", "open")
    depth = 0
    for token in tokens:
        depth += {"open": 1, "{": 1, "close": -1, "}": -1}.get(token.kind, 0)
        if depth < 0 or (depth == 0 and token.kind in ("relation", "row", "cell")):
            return True
    return ends or depth != 0


def _kind_of(text: str) -> str:
    return _KINDS.get(text) or _SIGNS.get(text, "command")


_SIGNS: Final = {
    **dict.fromkeys("([", "open"), **dict.fromkeys(")]", "close"), **dict.fromkeys(("|", "||"), "bar"),
    **dict.fromkeys(",;:.?", "separator"), **dict.fromkeys("+-*/!", "operator"), **dict.fromkeys("_^'", "script"),
    **dict.fromkeys(("=", "<", ">", ":=", "=:"), "relation"), "&": "cell",
}  # fmt: skip
_KINDS: Final = {
    **dict.fromkeys(c.NAMES, "name"), **dict.fromkeys(c.ADDITIVE | set(c.MULTIPLICATIVE), "operator"),
    **dict.fromkeys(c.RELATIONS, "relation"), **dict.fromkeys(c.CONNECTIVES, "connective"),
    **dict.fromkeys(c.QUADS, "quad"), r"\dots": "name", r"\land": "operator", r"\lor": "operator", "\\\\": "row",
    r"\cr": "row", r"\mathbb{E}": "name", r"\mathbb{R}": "name", r"\mathbb{N}": "name", r"\mathbb{Z}": "name",
    "KL": "word", "iid": "word", "Pr": "word",
    **dict.fromkeys((r"\{", r"\langle", r"\lfloor", r"\lceil", r"\llbracket", r"\ulcorner"), "open"),
    **dict.fromkeys((r"\}", r"\rangle", r"\rfloor", r"\rceil", r"\rrbracket", r"\urcorner"), "close"),
}  # fmt: skip
_PLAIN_SPACES: Final = c.SPACING - {r"\left", r"\right", r"\middle"}
_BRACKET_SIGNS: Final = frozenset(c.BRACKETS) | frozenset(c.BRACKETS.values())
