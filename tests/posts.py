"""Posts of public blogs, and the display formulas in them: what the trial of the reader is made on.

Of a blog its Markdown is read, or the pages where it publishes nothing else. A formula that stands between two dollars
on each side within a line is none on display: Jekyll's Markdown has no other dollars for those in the prose.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from corpus import Repository
from mathpost.latex.reading import Macros
from mathpost.text.macros import macros_in
from mathpost.text.markup import Dialect, scan

MARKDOWN: Final = (".md", ".mdx", ".markdown")
SCRIPTS: Final = (".html", ".js", ".ts", ".json")
_LAYOUTS: Final = ("_includes", "_layouts", "layouts", "src")
_FRONT: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_CONTENT: Final = '<div class="post-content">'
_LISTING: Final = re.compile(r"<(pre|code|script|style)\b.*?</\1>", re.DOTALL)
_DISPLAY: Final = re.compile(r"\$\$((?:(?!\$\$|</?(?:div|p|h\d|ul|li|table|td)\b).)+)\$\$", re.DOTALL)
_TAG: Final = re.compile(r"</?(?:em|strong|br|span)\b[^>]*>")
_BEFORE: Final = re.compile(r"(?:[>*-] |[\[(*:]|\s)*")
_BEHIND: Final = re.compile(r"[\])*.,;]*\s*(?:\{[:#][^}]*\})?")


@dataclass(frozen=True)
class Formula:
    """One display formula without macros, and the line on which it begins."""

    post: PurePosixPath
    line: int
    latex: str


@dataclass(frozen=True)
class Blog:
    """A repository, and which of its files are posts."""

    repository: Repository
    is_post: Callable[[PurePosixPath], bool]

    @property
    def name(self) -> str:
        return self.repository.name

    @cached_property
    def formulas(self) -> list[Formula]:
        """Those of every post; macros of the site are known in all, a post's own from where it defines them."""
        found: list[Formula] = []
        for path, data in sorted(self.repository.contents(self.is_post).items()):
            macros = Macros(self.macros)
            found += [formula for formula in _formulas(path, data.decode("utf-8", "replace"), macros) if formula.latex]
        return found

    @cached_property
    def macros(self) -> dict[str, str]:
        files = self.repository.contents(lambda path: path.suffix in SCRIPTS and path.parts[0] in _LAYOUTS)
        return {name: body for data in files.values() for name, body in macros_in(data.decode("utf-8", "replace"))}


def _formulas(path: PurePosixPath, text: str, macros: Macros) -> Iterator[Formula]:
    if path.suffix == ".html":
        yield from _of_page(path, text, macros)
        return
    text = _FRONT.sub(lambda front: "\n" * front[0].count("\n"), text)
    for equation in scan(text, Dialect.PAGE).equations:
        latex = macros.expand(equation.latex).strip()
        if equation.display and _stands_alone(text, equation.start, equation.end):
            yield Formula(path, equation.line, latex)


def _of_page(path: PurePosixPath, page: str, macros: Macros) -> Iterator[Formula]:
    text = _LISTING.sub(lambda listing: "\n" * listing[0].count("\n"), page)
    for match in _DISPLAY.finditer(text, text.find(_CONTENT)):
        latex = html.unescape(_TAG.sub("", match[1]))
        yield Formula(path, text.count("\n", 0, match.start()) + 1, macros.expand(latex).strip())


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but punctuation stands beside a formula on its lines."""
    if text[start] != "$":
        return True
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    return bool(_BEFORE.fullmatch(before) and _BEHIND.fullmatch(text[end : stop if stop >= 0 else len(text)]))
