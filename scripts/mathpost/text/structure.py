"""The structure of a Markdown text, by markdown-it: what is code, HTML, heading, link, image or table, and where.

The grammar is CommonMark with tables, strikethrough, footnotes and definition lists, as Goldmark has it in Hugo. The
tokens of markdown-it know lines alone; here each span is found again in the source, character by character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

_PLACED_RULES: Final = ("backticks", "html_inline", "autolink", "link", "image")
_BLOCKS: Final = {"fence": "fence", "code_block": "indented", "html_block": "html", "table_open": "table"}
_INLINE: Final = {"code_inline": "code", "html_inline": "html", "image": "image"}
_MARKER: Final = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)", re.MULTILINE)
_MARKS: Final = re.compile(r"#{1,6}[ \t]*")
_DEFINED: Final = re.compile(r"\[(?:\\.|[^\]\\])*\]:", re.DOTALL)


@dataclass(frozen=True)
class Span:
    """Something in the source, from `start` to `end`; its content goes from `first` to `last`.

    `kind` is `text` (a run of inline text: of a paragraph, a heading, a cell of a table), `heading`, `table`, `item`
    (of a list; its content begins behind its marker), `fence`, `indented` (code), `html` (a block of it or a tag),
    `definition` (of a link; its content begins behind its name), `code`, `link`, `autolink` or `image`. `detail` is the
    level of a heading, the tag of an inline piece of HTML, where a link leads.
    """

    kind: str
    start: int
    end: int
    first: int
    last: int
    detail: str = ""


def find_spans(text: str) -> list[Span]:
    """Every span of a text in the order in which they begin; an outer one comes before those in it."""
    source = _Source(text)
    return sorted(source.spans(_parser().parse(text)), key=lambda span: (span.start, -span.end))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"inline_definitions": True}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # a link to anywhere is one; we judge later
    for rule in list(parser.inline.ruler.__rules__):
        if rule.name in _PLACED_RULES:
            parser.inline.ruler.at(rule.name, _noting_places(rule.fn))
    return parser


def _noting_places(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule; the first token that it makes says where it began and ended, and where a link's text ends."""

    def placed(state: StateInline, silent: bool) -> bool:
        start, made = state.pos, len(state.tokens) + bool(state.pending)
        matched = rule(state, silent)
        if matched and not silent and len(state.tokens) > made:
            token = state.tokens[made]
            opening = start + (token.type == "image")
            label = state.md.helpers.parseLinkLabel(state, opening) if state.src[opening] == "[" else state.pos
            token.meta = {"span": (start, state.pos, label)}
        return matched

    return placed


class _Source:
    """A text, in which the tokens of its parts are found again."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [match.start() for match in re.finditer("\n", text)]
        self.lines = list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))

    def spans(self, tokens: Sequence[Token]) -> Iterator[Span]:
        heading, in_row, place = None, False, 0
        for token in tokens:  # `place` is where the search for the next marker or cell in a line goes on
            if token.map is None:
                in_row = in_row and token.type != "tr_close"
            elif token.type in _BLOCKS:
                start, end = self._lines_of(token)
                yield Span(_BLOCKS[token.type], start, end, start, end, token.info)
            elif token.type == "definition":
                yield self._definition(*self._lines_of(token))
            elif token.type == "heading_open":
                heading = token
            elif token.type == "list_item_open":
                start, end = self._lines_of(token)
                marker = _MARKER.match(self.text, place if start <= place <= end else start)
                assert marker is not None
                place = marker.end()
                yield Span("item", start, end, place, end)
            elif token.type == "tr_open":
                in_row, place = True, self._lines_of(token)[0]
            elif token.type == "inline" and token.content:
                places = self._in_row(token.content, place) if in_row else self._in_lines(token, heading)
                place = places[-1] + 1
                yield from self._inline(token, heading, places)
                heading = None

    def _lines_of(self, token: Token) -> tuple[int, int]:
        assert token.map is not None
        first, last = token.map[0], max(token.map[1] - 1, token.map[0])
        return self.lines[first][0], self.lines[min(last, len(self.lines) - 1)][1]

    def _definition(self, start: int, end: int) -> Span:
        name = _DEFINED.search(self.text, start, end)
        assert name is not None
        return Span("definition", name.start(), end, name.end(), end)

    def _inline(self, token: Token, heading: Token | None, places: list[int]) -> Iterator[Span]:
        first, last = places[0], places[-1] + 1
        if heading is not None:
            yield Span("heading", *self._lines_of(heading), first, last, heading.tag[1:])
        yield Span("text", first, last, first, last)
        places.append(last)
        for child in token.children or ():
            if "span" in child.meta:
                start, end, label = child.meta["span"]
                yield self._child(child, places[start], places[end - 1] + 1, places[label])

    def _child(self, child: Token, start: int, end: int, label: int) -> Span:
        if child.type == "link_open":
            kind = "autolink" if child.markup == "autolink" else "link"
            return Span(kind, start, end, start + 1, label, str(child.attrs.get("href", "")))
        if child.type == "image":
            return Span("image", start, end, start + 2, label, str(child.attrs.get("src", "")))
        if child.type == "html_inline":
            return Span("html", start, end, start, end, child.content)
        marks = len(child.markup)
        return Span("code", start, end, start + marks, end - marks)

    def _in_lines(self, token: Token, heading: Token | None) -> list[int]:
        """For each character of inline content, where it stands in the source."""
        assert token.map is not None
        places: list[int] = []
        for number, content in enumerate(token.content.split("\n"), token.map[0]):
            start, end = self.lines[number]
            if places:
                places.append(start - 1)
            core = content.strip(" \t")
            if heading is not None and heading.markup.startswith("#"):
                marks = _MARKS.search(self.text, start)
                assert marks is not None
                at = self.text.index(core, marks.end(), end)
            else:
                at = self.text.rindex(core, start, end)
            before = len(content) - len(content.lstrip(" \t"))
            places += [max(start, at - before + k) for k in range(len(content))]
        return places

    def _in_row(self, content: str, place: int) -> list[int]:
        """The same for a cell of a table, in which `\\|` stands for `|`; the cell before it ended at `place`."""
        found = re.compile(re.escape(content).replace(r"\|", r"\\?\|")).search(self.text, place)
        assert found is not None
        escapes = {match.start() for match in re.finditer(r"\\(?=\|)", found[0])} if "|" in content else set()
        return [found.start() + k for k in range(len(found[0])) if k not in escapes]
