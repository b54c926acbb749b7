"""The tags in a piece of HTML, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from mathpost.text.elements import Tag

# A comment, an element whose content is no text, or a tag.
NO_TEXT: Final = re.compile(
    r"<!--.*?-->|<(?P<tag>pre|code|script|style|textarea|svg)\b[^>]*>.*?</(?P=tag)\s*>|</?[A-Za-z][^<>]*>", re.DOTALL
)


def tags_of(html: str, line: int) -> tuple[Tag, ...]:
    """The tags that open, with their attributes; `line` is that of the first character."""
    reader = _Reader(line)
    reader.feed(html)
    reader.close()
    return tuple(reader.tags)


def texts_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where text stands in the HTML from `start` to `end`."""
    for match in NO_TEXT.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


class _Reader(HTMLParser):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.first_line = line
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in reversed(attributes)}  # the first of two counts
        self.tags.append(Tag(tag, known, self.first_line + self.getpos()[0] - 1))
