"""The cells of a notebook as its file has them, and what stands in each: Markdown scanned once, options of code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mathpost.ground.errors import InputError, Place
from mathpost.latex.reading import Macros
from mathpost.text.frontmatter import CellOptions, parse_options
from mathpost.text.markup import Dialect, Markup, number_anchors, scan

NOTHING = Markup()
NO_MACROS: Mapping[str, str] = {}
OLD_FORMAT = "is not a valid notebook: save it in the format 4"


@dataclass(frozen=True)
class Cell:
    """A cell: its number, counted from 1 (none in a page), its kind, its text, and what was found in it.

    `markup` is that of a Markdown cell, its anchors told apart from those of other cells, `caption` that of a figure's
    caption; `options` are those of a code cell, or None where they cannot be read, and `problem` says why.
    """

    number: int | None
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    has_outputs: bool = False
    markup: Markup = NOTHING
    caption: Markup = NOTHING
    options: CellOptions | None = None
    problem: InputError | None = None


def cells_of_notebook(data: bytes, path: Path, macros: Mapping[str, str] = NO_MACROS) -> tuple[Cell, ...]:
    """The cells of a notebook's file, with the `macros` of its site.

    Errors: InputError if the file is no notebook of the format 4.
    """
    try:
        notebook = json.loads(data)
        if "cells" not in notebook and "worksheets" in notebook:
            raise InputError(OLD_FORMAT, Place(path))
        cells = [_cell(number, cell, path) for number, cell in enumerate(notebook["cells"], 1)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"cannot be read as a notebook: {str(error).splitlines()[0][:120]}", Place(path)) from None
    return with_meanings(with_anchors(cells), Macros(macros))


def cells_of_texts(
    texts: Iterable[tuple[int | None, str]], dialect: Dialect = Dialect.NOTEBOOK, macros: Mapping[str, str] = NO_MACROS
) -> tuple[Cell, ...]:
    """Markdown cells of texts that follow each other, each with its number."""
    cells = [Cell(number, "markdown", text, markup=scan(text, dialect)) for number, text in texts]
    return with_meanings(with_anchors(cells), Macros(macros))


def with_meanings(cells: Iterable[Cell], macros: Macros) -> tuple[Cell, ...]:
    """The cells with their formulas as macros make them; one that a text defines holds from there on."""
    return tuple(
        replace(cell, markup=_expanded(cell.markup, macros), caption=_expanded(cell.caption, macros)) for cell in cells
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
    return (cell for cell in cells if cell.kind == "markdown")


def code_of(cells: Iterable[Cell]) -> Iterator[Cell]:
    return (cell for cell in cells if cell.kind == "code")


def _cell(number: int, cell: dict[str, Any], path: Path) -> Cell:
    kind = cell["cell_type"]
    source = "".join(cell["source"]).replace("\r\n", "\n")
    options, problem = _options(source, Place(path, number)) if kind == "code" else (None, None)
    return Cell(
        number=number,
        kind=kind,
        source=source,
        tags=tuple(cell.get("metadata", {}).get("tags", ())),
        has_outputs=bool(cell.get("outputs") or cell.get("execution_count")),
        markup=scan(source) if kind == "markdown" else NOTHING,
        caption=scan(options.caption) if options and options.caption else NOTHING,
        options=options,
        problem=problem,
    )


def _options(source: str, place: Place) -> tuple[CellOptions | None, InputError | None]:
    try:
        return parse_options(source, place), None
    except InputError as error:
        return None, error
