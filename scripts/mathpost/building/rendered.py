"""One net under everything: what Hugo has rendered, held against what was read of the text.

Each formula on a page leaves its TeX in an annotation of its MathML. One that was rendered and not read was checked by
nobody; one that was read and not rendered is lost, or stands on the page as raw text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from mathpost.building.post import Build
from mathpost.ground.errors import EngineError, InputError, Place, together
from mathpost.site import Post
from mathpost.text.cells import Cell
from mathpost.text.markup import MARK

UNREAD = "a formula is on the page that was not read, and so not checked: {latex}"
LOST = "the formula was read, but is not on the page as one: {latex}"
RAW = "`{mark}` is on the page as it stands: {around}"
NO_PAGE = "Hugo made no page of this post at {path}: does something else claim its address, or hold it back?"
LED_AWAY = "the page of this post leads elsewhere: /{address}/ is an alias of another page: take it from there"
REDIRECT = re.compile(r'<meta http-equiv="?refresh\b')
AROUND = 40
# What a reader does not see as text, or sees as code; a table of contents repeats headings without their markup.
SILENT = frozenset(("annotation", "code", "head", "kbd", "math", "nav", "pre", "script", "style", "svg"))
INLINE = frozenset(("a", "code", "del", "em", "kbd", "small", "span", "strong", "sub", "sup"))
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


@dataclass(frozen=True)
class Rendered:
    """A built page: the TeX of its formulas, and its visible text outside of formulas and code."""

    formulas: tuple[str, ...]
    text: str


def require_every_page(public: Path, posts: Iterable[Post]) -> None:
    """Raise an EngineError if a post that is published has no page on the site."""
    for post in posts:
        _read_page_of(public, post)


def require_all_read(public: Path, builds: Iterable[tuple[Post, Build]]) -> None:
    """Hold each built page against what was read.

    Errors: InputError that names all that differs; EngineError for a post without a page.
    """
    published = [(post, build) for post, build in builds if not build.page.front_matter.draft]
    problems = [problem for post, build in published for problem in _problems(public, post, build)]
    if problems:
        raise together(problems)


def read_page(html: str) -> Rendered:
    """What stands on a built page."""
    parser = _Page()
    parser.feed(html)
    return Rendered(tuple(map(_plain, parser.formulas)), "".join(parser.text))


def _problems(public: Path, post: Post, build: Build) -> Iterator[InputError]:
    rendered = read_page(_read_page_of(public, post))
    yield from _formulas(rendered, build)
    yield from _raw(rendered, build)


def _read_page_of(public: Path, post: Post) -> str:
    page = public / post.address / "index.html"
    if not page.is_file():
        raise EngineError(NO_PAGE.format(path=f"/{post.address}/"), Place(post.notebook))
    html = page.read_text(encoding="utf-8")
    if REDIRECT.search(html):
        raise EngineError(LED_AWAY.format(address=post.address), Place(post.notebook))
    return html


def _formulas(rendered: Rendered, build: Build) -> Iterator[InputError]:
    """A formula may be rendered more often than it was read: in a table of contents, say."""
    left = Counter(rendered.formulas)
    read: set[str] = set()
    for formula in build.page.formulas:
        latex = _plain(formula.latex)
        if latex and not left[latex]:
            yield InputError(LOST.format(latex=_plain(formula.written)), formula.place)
        left[latex] -= 1
        read.add(latex)
    for latex in dict.fromkeys(rendered.formulas):
        if latex not in read:
            yield InputError(UNREAD.format(latex=latex), Place(build.path))


def _raw(rendered: Rendered, build: Build) -> Iterator[InputError]:
    """What is left of LaTeX and of tags in the visible text, beyond what the text was read to show."""
    record = build.record
    told = " ".join(str(value) for value in build.page.front_matter.fields.values())
    shown = Counter(mark for cell in record.text.cells for mark in _marks_of(cell))
    values = (value for cell in record.text.markdown for value in record.inline_values(cell.number))
    shown.update(mark for value in values for mark in MARK.findall(value))
    for match in MARK.finditer(rendered.text):
        shown[match[0]] -= 1
        if shown[match[0]] < 0 and match[0] not in told:
            first = max(rendered.text.rfind("\n", 0, match.start()) + 1, match.start() - AROUND)
            around = rendered.text[first : match.end() + AROUND].split("\n")[0].strip()
            yield InputError(RAW.format(mark=match[0], around=around), Place(build.path))


def _marks_of(cell: Cell) -> Iterator[str]:
    for markup in cell.texts:
        yield from markup.marks


def _plain(latex: str) -> str:
    return " ".join(latex.split())


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.formulas: list[str] = []
        self.text: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "annotation" and given.get("encoding") == "application/x-tex":
            self.formulas.append("")
        hidden = tag in SILENT or "katex" in (given.get("class") or "").split()
        if tag not in INLINE:
            self.text.append("\n")
        if (self.silent or hidden) and tag not in VOID:
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in VOID:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(data)
        elif self.silent[-1] == "annotation":
            self.formulas[-1] += data
