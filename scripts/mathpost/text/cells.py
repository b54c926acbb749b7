"""The cells of a notebook as its file has them, and what stands in each: Markdown scanned once, options of code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from mathpost.ground.errors import InputError, Place
from mathpost.latex.reading import Macros
from mathpost.text.elements import Equation, Markup
from mathpost.text.frontmatter import PLAIN_FIELDS, parse_front_matter
from mathpost.text.markup import Dialect, number_anchors, scan
from mathpost.text.notebook_file import notebook_in
from mathpost.text.options import NOTHING as NOTHING_SHOWN
from mathpost.text.options import CellOptions, Display, Shown, display_of, normal_tags, parse_options

T = TypeVar("T")
NOTHING = Markup()
NO_MACROS: Mapping[str, str] = {}
# A raw cell says what it is written in; one that does not is Markdown, as shortcodes are.
MARKDOWN_TYPES = ("", "text/markdown")


@dataclass(frozen=True)
class Cell:
    """A cell: its number, counted from 1 (none in a page), its kind, its text, and what was found in it.

    The kind is `markdown`, `code` or `raw`. A raw cell that is written in Markdown is a Markdown cell with `is_raw`, in
    which shortcodes are called; other raw cells are on no page, nor is a cell that `is_removed`, whose markup is empty.
    `markup` is that of a Markdown cell, its anchors told apart from those of other cells, `caption` that of a figure's
    caption, `subcaptions` those of its parts, `plain` those of texts that are shown without formulas: of pictures in
    words, and of the front matter's title and description; `options` are those of a code cell, or None where they
    cannot be read, and `problem` says why.
    """

    number: int | None
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    has_outputs: bool = False
    markup: Markup = NOTHING
    caption: Markup = NOTHING
    subcaptions: tuple[Markup, ...] = ()
    plain: tuple[Markup, ...] = ()
    options: CellOptions | None = None
    problem: InputError | None = None
    is_raw: bool = False
    is_removed: bool = False

    @property
    def shown(self) -> tuple[Markup, ...]:
        """What of it stands on the page with formulas."""
        return (self.markup, self.caption, *self.subcaptions)

    @property
    def texts(self) -> tuple[Markup, ...]:
        """All that a reader reads of it."""
        return (*self.shown, *self.plain)

    @property
    def display(self) -> Display:
        """What a page has of a code cell."""
        return display_of(self.options, self.tags) if self.options else NOTHING_SHOWN

    @property
    def figure(self) -> str | None:
        """The label of the figure that a code cell puts on the page."""
        shown = self.options is not None and self.options.is_figure and self.display.figures is not Shown.NO
        return self.options.label if self.options and shown else None


def cells_of_notebook(data: bytes, path: Path, macros: Mapping[str, str] = NO_MACROS) -> tuple[Cell, ...]:
    """The cells of a notebook's file, with the `macros` of its site.

    Errors: InputError if the file is no notebook of the format 4.
    """
    cells = [_cell(number, cell, path) for number, cell in enumerate(notebook_in(data, path)["cells"], 1)]
    return with_meanings(with_anchors(cells), Macros(macros))


def cells_of_texts(
    texts: Iterable[tuple[int | None, str]], dialect: Dialect = Dialect.NOTEBOOK, macros: Mapping[str, str] = NO_MACROS
) -> tuple[Cell, ...]:
    """Markdown cells of texts that follow each other, each with its number."""
    cells = [Cell(number, "markdown", text, markup=scan(text, dialect)) for number, text in texts]
    return with_meanings(with_anchors(cells), Macros(macros))


def with_meanings(cells: Iterable[Cell], macros: Macros) -> tuple[Cell, ...]:
    """The cells with their formulas as macros make them; one that a text defines holds from there on."""
    return tuple(mapped(cell, lambda markup: _expanded(markup, macros)) for cell in cells)


def with_equation(cell: Cell, equation: Equation, latex: str) -> Cell:
    """The cell with another formula in the place of one of its own."""
    changed = replace(equation, latex=latex, meaning=latex)

    def exchanged(markup: Markup) -> Markup:
        equations = tuple(changed if each is equation else each for each in markup.equations)
        return replace(markup, equations=equations)

    return mapped(cell, exchanged)


def mapped(cell: Cell, change: Callable[[Markup], Markup]) -> Cell:
    """The cell with each of its texts changed, in the order in which one reads them."""
    return replace(
        cell,
        markup=change(cell.markup),
        caption=change(cell.caption),
        subcaptions=tuple(map(change, cell.subcaptions)),
        plain=tuple(map(change, cell.plain)),
    )


def _expanded(markup: Markup, macros: Macros) -> Markup:
    if not markup.equations:
        return markup
    equations = tuple(replace(each, meaning=macros.expand(each.latex)) for each in markup.equations)
    return replace(markup, equations=equations)


def with_anchors(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells with the anchors of their headings told apart through all of them."""
    headings = number_anchors(cell.markup.headings for cell in cells)
    return tuple(
        replace(cell, markup=replace(cell.markup, headings=own)) if own else cell
        for cell, own in zip(cells, headings, strict=True)
    )


def markdown_of(cells: Iterable[Cell]) -> Iterator[Cell]:
    """The cells that are text of the post."""
    return (cell for cell in cells if cell.kind == "markdown" and not cell.is_removed)


def code_of(cells: Iterable[Cell]) -> Iterator[Cell]:
    return (cell for cell in cells if cell.kind == "code")


def _cell(number: int, cell: dict[str, Any], path: Path) -> Cell:
    source = "".join(cell["source"]).replace("\r\n", "\n")
    no_tags: tuple[str, ...] = ()
    tags, tag_problem = _or_problem(lambda: _tags(cell, Place(path, number)), no_tags)
    common = Cell(
        number=number,
        kind=cell["cell_type"],
        source=source,
        tags=tags,
        has_outputs=bool(cell.get("outputs") or cell.get("execution_count")),
        problem=tag_problem,
    )
    if common.kind == "code":
        return _code(common, path)
    is_raw = common.kind == "raw"
    if is_raw and number == 1:
        return replace(common, plain=_plain_fields(source))
    if is_raw and _written_in(cell) not in MARKDOWN_TYPES:
        return common
    removed = "remove-cell" in tags
    return replace(
        common, kind="markdown", markup=NOTHING if removed else scan(source), is_raw=is_raw, is_removed=removed
    )


def _code(cell: Cell, path: Path) -> Cell:
    options, problem = _or_problem(lambda: parse_options(cell.source, Place(path, cell.number)), None)
    line = _line_with(cell.source, "cap")
    return replace(
        cell,
        caption=scan(options.caption, line=line) if options and options.caption else NOTHING,
        subcaptions=tuple(scan(caption, line=line) for caption in _captions_of_parts(options)),
        plain=tuple(scan(alt, line=_line_with(cell.source, "alt")) for alt in (options.alts if options else ())),
        options=options,
        problem=cell.problem or problem,
    )


def _plain_fields(source: str) -> tuple[Markup, ...]:
    """The title and the description of a post. What is wrong with its front matter is told where that is read."""
    try:
        fields = parse_front_matter(source, Place()).fields
    except InputError:
        return ()
    return tuple(scan(str(fields[name]), line=_line_with(source, name)) for name in PLAIN_FIELDS if name in fields)


def _line_with(source: str, name: str) -> int:
    """The line of a cell on which an option or a field of this name begins."""
    named = re.compile(rf"^[#|\s]*[\w-]*{name}:")
    return next((number for number, line in enumerate(source.splitlines(), 1) if named.match(line)), 1)


def _captions_of_parts(options: CellOptions | None) -> tuple[str, ...]:
    """Quarto's `fig-subcap`; a `fig-cap` that is a list says the same."""
    if options is None:
        return ()
    return options.subcaptions or (options.captions if len(options.captions) > 1 else ())


def _tags(cell: dict[str, Any], place: Place) -> tuple[str, ...]:
    return normal_tags(cell.get("metadata", {}).get("tags", ()), place)


def _written_in(cell: dict[str, Any]) -> str:
    """The type of a raw cell, as JupyterLab and as nbformat write it."""
    metadata = cell.get("metadata", {})
    return str(metadata.get("raw_mimetype") or metadata.get("format") or "")


def _or_problem(reading: Callable[[], T], otherwise: T) -> tuple[T, InputError | None]:
    try:
        return reading(), None
    except InputError as error:
        return otherwise, error
