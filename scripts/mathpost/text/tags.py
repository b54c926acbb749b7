"""The tags in a piece of HTML, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Final

from mathpost.text.elements import Tag

OPENING: Final = re.compile(r"<!--|</?(?P<name>[A-Za-z][^\s<>/]*)[^<>]*>")
COMMENT: Final = "<!--"
# Elements whose content is no text.
SILENT: Final = frozenset(("pre", "code", "script", "style", "textarea", "svg"))


def spans_without_text(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a comment stands, an element whose content is no text, or a tag, from `start` to `end`."""
    for span, _ in _elements(text, start, end, SILENT):
        yield span


def without_elements(text: str, names: frozenset[str]) -> str:
    """HTML without its comments, and without the elements and the tags of these names."""
    kept, first = [], 0
    for (start, end), name in _elements(text, 0, len(text), names):
        if name in names or name == COMMENT:
            kept.append(text[first:start])
            first = end
    return "".join(kept) + text[first:]


def _elements(text: str, start: int, end: int, whole: frozenset[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Comments, tags, and elements of some names as a whole. What has no end is looked for once."""
    endless: set[str] = set()
    while opening := OPENING.search(text, start, end):
        name = (opening["name"] or COMMENT).lower()
        start = opening.end()
        is_long = name == COMMENT or (name in whole and not opening[0].startswith("</"))
        closing = _closing_of(name).search(text, start, end) if is_long and name not in endless else None
        if closing:
            start = closing.end()
        elif is_long:
            endless.add(name)
        if closing or name != COMMENT:
            yield (opening.start(), start), name


@cache
def _closing_of(name: str) -> re.Pattern[str]:
    return re.compile("-->" if name == COMMENT else rf"</{re.escape(name)}\s*>", re.IGNORECASE)


def tags_of(html: str, line: int) -> tuple[Tag, ...]:
    """The tags that open, with their attributes; `line` is that of the first character."""
    reader = _Reader(line)
    reader.feed(html)
    reader.close()
    return tuple(reader.tags)


def texts_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where text stands in the HTML from `start` to `end`."""
    for first, last in spans_without_text(text, start, end):
        yield start, first
        start = last
    yield start, end


class _Reader(HTMLParser):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.first_line = line
        self.tags: list[Tag] = []
        self.is_endless = False

    def parse_comment(self, start: int, report: bool = True) -> int:
        """Looks once for the end of a comment that has none; the standard library does so for each that opens in it."""
        if self.is_endless:
            return -1
        end: int = super().parse_comment(start, report)
        self.is_endless = end < 0
        return end

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in reversed(attributes)}  # the first of two counts
        self.tags.append(Tag(tag, known, self.first_line + self.getpos()[0] - 1))
