"""LaTeX into tokens: characters one by one, and every command with what it does to its arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mathpost.ground.errors import MalformedFormula, UnsupportedFormula
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens import layout
from mathpost.latex.reading.tokens.characters import RELATING, SCAN, SIGNS, Characters, kind_of
from mathpost.latex.reading.tokens.spaces import LENGTH, SKIPS, WIDTHS, width_of
from mathpost.latex.reading.tokens.token import Token
from mathpost.latex.reading.tokens.words import WORDS, custom_word

MAXIMUM_LENGTH: Final = 20_000
MAXIMUM_NESTING: Final = 40

_COLON_EQUAL: Final = re.compile(r"\s*\{\s*(?:\\vcenter\s*\{\s*:\s*\}|:)\s*\}\s*\}?\s*=")
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,'/&+:-]*")
_MARK: Final = re.compile(r"\[[A-Za-z]{2,}\]")
_LETTERING: Final = re.compile(r"\s*(?:\{\s*)?(\\?[A-Za-z]+|[0-9])")
_OPTION: Final = re.compile(r"\s*\[[^\]]*\]")
_PLACEMENT: Final = re.compile(r"\s*\[[a-z]+\]")
_LETTERS: Final = re.compile(r"\s*[A-Za-z]+")
_IN_DOLLARS: Final = re.compile(r"\$[^$]*\$|\\\(.*?\\\)")
_IN_BRACKETS: Final = re.compile(r"[A-Za-z]\([^()]*\)|<[A-Za-z/_]+>|[=-]+>")
_FORMULA: Final = re.compile(r"(?:[^A-Za-z\\]|\\[,;:! ]|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))+")
_FACES: Final = re.compile(
    r"\\(?:text|math)[a-z]*|\\(?:rm|it|tiny|scriptsize|small|mbox|operatorname)(?![A-Za-z])|[{}.\s]"
)
_NOT_SAID: Final = re.compile(r"\\[,;:! ]|\\_|[{}]|~|\s|\\nolimits|\\limits")


def tokenize(latex: str, is_word: Callable[[str], bool] = custom_word) -> list[Token]:
    """The tokens of a formula, an `eof` token last."""
    if len(latex) > MAXIMUM_LENGTH:
        raise UnsupportedFormula(f"not supported: a formula of more than {MAXIMUM_LENGTH} characters", latex[:200], 0)
    tokenizer = _Tokenizer(latex, is_word)
    tokenizer.read(0, len(latex))
    tokenizer.tokens.append(Token("eof", "", len(latex), len(latex)))
    return tokenizer.tokens


class _Tokenizer(Characters):
    """Reads a source once, from left to right."""

    def read(self, position: int, stop: int) -> None:
        """source = { space | number | letters | command | sign }"""
        self.nesting += 1
        if self.nesting > MAXIMUM_NESTING:
            raise UnsupportedFormula("not supported: so deep a nesting", self.latex, position)
        gap = 0.0
        while position < stop:
            match = SCAN.match(self.latex, position, stop)
            assert match is not None
            kind, text = match.lastgroup, match.group()
            if kind == "space" or text in WIDTHS:
                gap += WIDTHS.get(text, text.count("~") / 3)
                position = match.end()
                continue
            if gap >= 1:
                self.emit("quad", r"\quad", position, position)
            gap = 0.0
            if kind == "number":
                position = self.number(text, position)
            elif kind == "letters":
                position = self.letters(text, position)
            elif kind == "command":
                position = self.command(text, position, match.end(), stop)
            else:
                position = self.sign(text, position, match.end())
        self.nesting -= 1

    def command(self, text: str, start: int, end: int, stop: int) -> int:
        """One command with what belongs to it."""
        if text == r"\not":
            return self.negation(start, end, stop)
        if text in layout.SIZED:
            return self.sized(text, start, end)
        if text in layout.SPACING:
            return end
        canonical = c.SYNONYMS.get(text, text)
        rule = _RULES.get(canonical if canonical in c.LETTERING else text, _Tokenizer.canonical)
        return rule(self, canonical if canonical in c.LETTERING else text, start, end)

    def dropped(self, text: str, start: int, end: int) -> int:
        """`\\tag{1}`: gone with its argument."""
        count = layout.DROPPED[text]
        if count == 0:
            match = LENGTH.match(self.latex, end)
            if match is None or text == r"\mathchoice":
                return end
            return self.space(match.group(), start, match.end())
        bracket = _OPTION.match(self.latex, end)
        end = bracket.end() if bracket else end
        for _ in range(count):
            first, last, end = self.argument(end, text)
        if text in layout.BESIDE:
            self.aside(text, first, last)
        return self.space(self.latex[first:last], start, end) if text in SKIPS else end

    def space(self, length: str, start: int, end: int) -> int:
        """A space as wide as a `\\quad` is one."""
        return self.emit("quad", r"\quad", start, end) if width_of(length) >= 1 else end

    def wrapper(self, text: str, start: int, end: int) -> int:
        """`\\underbrace{a}_{b}`, `\\cancel{a}`, `\\textcolor{red}{a}`: `a` counts."""
        if text == r"\mathrel" and (colon := _COLON_EQUAL.match(self.latex, end)):
            return self.emit("relation", ":=", start, colon.end())
        for _ in range(layout.WRAPPERS[text]):
            end = self.argument(end, text)[2]
        first, last, end = self.argument(end, text)
        opening = len(self.tokens)
        self.emit("{", "{", start, first)
        before = len(self.tokens)
        self.read(first, last)
        if text in layout.CROSSED:  # what is crossed out is not said
            self.tokens[before:] = [_crossed(token, text) for token in self.tokens[before:]]
        held = self.tokens[before:]
        if self.makes_relation(text, held):
            self.tokens[opening:] = [Token("relation", rf"{text}{{{self.latex[first:last].strip()}}}", start, end)]
            return end
        transparent = text in layout.TRANSPARENT or (text in layout.COLOURED and _is_fragment(held))
        if transparent:
            before = opening if text in layout.TRANSPARENT else len(self.tokens)
            del self.tokens[opening]
        if text == r"\substack":
            self.tokens[before:] = [
                Token("separator", ",", t.start, t.end) if t.kind == "row" else t for t in self.tokens[before:]
            ]
        if transparent:
            self.cover(before, start, end)
        else:
            self.emit("}", "}", last, end)
        while text in layout.LABELLED:
            following = self.skip_space(end)
            if following >= len(self.latex) or self.latex[following] not in "_^":
                break
            first, last, end = self.argument(following + 1, text)
            self.aside("label", first, last)
        return end

    def makes_relation(self, text: str, held: list[Token]) -> bool:
        """`\\mathrel{R}` is a relation of its own."""
        known = any(token.kind in ("relation", "separator", "bar", "connective") for token in held)
        return text == r"\mathrel" and bool(held) and not known

    def colour(self, text: str, start: int, end: int) -> int:
        """`\\color{red}`; braces right behind it hold what is coloured."""
        end = self.argument(end, text)[2]
        following = self.skip_space(end)
        if self.latex[following : following + 1] != "{":
            return end
        return self.wrapper(text, start, following)

    def stack(self, text: str, start: int, end: int) -> int:
        """`\\overset{!}{=}` is `=`; `\\underset{x}{\\max}` is `\\max_{x}`; else the base alone counts."""
        if layout.STACKS[text] == "under" and self.latex[end : end + 1] == "[":
            raise UnsupportedFormula(f"not supported: `{text}[` at column {start + 1}", self.latex, start)
        first, last, end = self.argument(end, text)
        mark = self.latex[first:last]
        first_base, last_base, end = self.argument(end, text)
        before = len(self.tokens)
        self.read(first_base, last_base)
        base = self.tokens[before:]
        if len(base) == 1 and base[0].kind == "relation":
            self.tokens[before:] = [Token("relation", _under(mark, base[0].text), start, end)]
            self.aside("mark", first, last)
            return end
        if layout.STACKS[text] == "under" and any(
            t.text in c.BIG or t.text in c.MOMENTS or t.text in c.LIMITS for t in base
        ):
            self.emit("script", "_", start, first)
            self.emit("{", "{", start, first)
            self.read(first, last)
            self.emit("}", "}", last, last + 1)
        else:
            self.aside("mark", first, last)
        self.cover(before, start, end)
        return end

    def arrow(self, text: str, start: int, end: int) -> int:
        """`\\xrightarrow[below]{above}` is its arrow."""
        bracket = _OPTION.match(self.latex, end)
        first, last, end = self.argument(bracket.end() if bracket else end, text)
        self.emit(kind_of(layout.ARROWS[text]), layout.ARROWS[text], start, end)
        self.aside("mark", first, last)
        return end

    def upright(self, text: str, start: int, end: int) -> int:
        """`\\operatorname{softmax}` is a word, `\\text{for all }` a text, `\\mathrm{d}` a word of one letter."""
        first, last, after = self.argument(end, text)
        if text in (r"\rm", r"\it", r"\sf", r"\tt") and self.latex[first - 1 : first] != "{":
            run = _LETTERS.match(self.latex, end)
            if run is None:
                return end
            first, last, after = run.start(), run.end(), run.end()
        content = self.latex[first:last]
        if text in c.TEXT and RELATING.search(content):
            return self.relating_text(text, start, first, last, after)
        plain = _NOT_SAID.sub(" ", content) if "\\" in content or "~" in content else content
        plain = " ".join(plain.split())
        plain = plain.replace("_", "-") if text in c.TEXT and "$" not in plain else plain
        if word := WORDS.get(plain.replace(" ", "")):
            return self.canonical(word, start, after)
        if text in c.TEXT:
            return self.text(content, plain, start, after)
        if _WORD.fullmatch(plain) and not (len(plain) > 1 and plain.isdigit()):
            return self.emit("word", plain, start, after)
        if not plain:
            return after
        if _MARK.fullmatch(plain):
            return self.emit("text", plain, start, after)
        self.emit("{", "{", start, first)
        self.read(first, last)
        return self.emit("}", "}", last, after)

    def text(self, content: str, plain: str, start: int, end: int) -> int:
        """A text keeps its outer spaces: they tell an annotation from a name."""
        if not plain:
            return end
        if plain in SIGNS:
            return self.emit(SIGNS[plain], plain, start, end)
        if len(content) == 1 and content.isalpha():
            return self.emit("word", content, start, end)
        before, _, name = plain.rpartition(" ")
        if self.latex[end : end + 1] in ("_", "^") and before.lower() == "where" and name.isalnum():
            self.emit("text", f"{before} ", start, start)  # `\\text{where head}_i` speaks of an entry
            return self.emit("word", name, start, end)
        lead = " " if content[:1].isspace() or content[:1] in "~" or content[:2] == "\\ " else ""
        trail = " " if content[-1:].isspace() or content[-1:] == "~" else ""
        return self.emit("text", f"{lead}{plain}{trail}", start, end)

    def relating_text(self, command: str, start: int, first: int, last: int, end: int) -> int:
        """A text that relates something: its formulas are read, and a box that holds nothing else."""
        content = self.latex[first:last]
        formulas = [match for match in _IN_DOLLARS.finditer(content) if RELATING.search(match[0])]
        plain = " ".join(_NOT_SAID.sub(" ", content).split())
        if not formulas:
            if _FORMULA.fullmatch(content):
                self.read(first, last)
                return end
            if content in SIGNS or WORDS.get(plain):
                return self.text(content, plain, start, end)
            self.text(content, plain, start, end)
            if RELATING.search(_IN_BRACKETS.sub("", content)):
                self.aside("text", first, last)
            return end
        position, begin = first, start
        for match in formulas:
            self.said(position, first + match.start(), begin)
            width = 1 if match[0][0] == "$" else 2
            self.read(first + match.start() + width, first + match.end() - width)
            position = begin = first + match.end()
        self.said(position, last, begin, end)
        return end

    def said(self, first: int, last: int, start: int, end: int = 0) -> None:
        """The words between the formulas of a text."""
        content = self.latex[first:last]
        plain = " ".join(_NOT_SAID.sub(" ", content).split())
        self.text(f" {content.strip()} " if plain else "", plain, start, end or last)

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
            option = _PLACEMENT.match(self.latex, end)
            end = option.end() if option else end
            if name in layout.COLUMNED and self.latex[self.skip_space(end) : self.skip_space(end) + 1] == "{":
                end = self.argument(end, text)[2]
        if name in layout.LAYOUTS:
            return self.emit("layout", text[1:], start, end)
        return self.emit("begin" if text == r"\begin" else "end", name, start, end)

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
        if relation is None or relation.kind not in ("relation", "connective", "separator", "bar"):
            raise UnsupportedFormula(f"not supported: `\\not` at column {start + 1}", self.latex, start)
        negated = c.NEGATED.get(relation.text, rf"\not{relation.text}")
        self.tokens[before:] = [Token("relation", negated, start, after)]
        return after


_RULES: Final[dict[str, Callable[[_Tokenizer, str, int, int], int]]] = {
    **dict.fromkeys(layout.DROPPED, _Tokenizer.dropped), **dict.fromkeys(layout.WRAPPERS, _Tokenizer.wrapper),
    **dict.fromkeys(layout.STACKS, _Tokenizer.stack), **dict.fromkeys(layout.ARROWS, _Tokenizer.arrow),
    **dict.fromkeys(c.TEXT | c.UPRIGHT, _Tokenizer.upright), **dict.fromkeys(c.LETTERING, _Tokenizer.lettering),
    **dict.fromkeys((r"\begin", r"\end"), _Tokenizer.environment), **dict.fromkeys(c.FENCING, _Tokenizer.fencing),
    r"\color": _Tokenizer.colour,
}  # fmt: skip


def _crossed(token: Token, command: str) -> Token:
    return token._replace(text=rf"{command}{{{token.text}}}") if token.kind == "relation" else token


def _under(mark: str, relation: str) -> str:
    """What a relation is below a mark: `:=` for the = under `def`, an equality of laws for that under `d`."""
    said = _said(mark)
    if relation != "=":
        return relation
    return ":=" if said in layout.DEFINING else c.EQUAL_IN_LAW if said in layout.EQUAL_IN_LAW else relation


def _said(mark: str) -> str:
    """The words over a sign, without their faces."""
    return _FACES.sub("", mark)


def _is_fragment(tokens: list[Token]) -> bool:
    """Whether coloured tokens are no expression by themselves: they begin with an operator, or hold a relation."""
    if not tokens:
        return True
    begins = tokens[0].kind in ("operator", "relation", "close", "separator")
    ends = begins or tokens[-1].kind in ("operator", "relation", "open")
    depth = 0
    for token in tokens:
        depth += {"open": 1, "{": 1, "close": -1, "}": -1}.get(token.kind, 0)
        if depth < 0 or (depth == 0 and token.kind in ("relation", "row", "cell")):
            return True
    return ends or depth != 0
