"""The outline of a post: each thing that it states and that can drift, found in the notebook's text; nothing is run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError, MathpostError, Place
from mathpost.text.claims import find_claims
from mathpost.text.frontmatter import parse_options
from mathpost.text.markdown import find_headings, find_inline_code
from mathpost.text.numbers import find_numbers

PAGE = "page"
FIGURE = "fig-"


@dataclass(frozen=True)
class Statement:
    """One thing that is compared. `kind` is `claim`, `number`, `value` (of inline code), `figure` or `page`."""

    name: str
    kind: str
    cell: int
    line: int


THE_PAGE = Statement(PAGE, "page", 1, 1)


@dataclass(frozen=True)
class SourceCell:
    """A cell as its file has it: its number, counted from 1, its kind and its text."""

    number: int
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    has_outputs: bool = False


def read_cells(path: Path) -> list[SourceCell]:
    """The cells of a notebook, in order. Errors: InputError if the file is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            SourceCell(
                number,
                cell["cell_type"],
                "".join(cell["source"]),
                tuple(cell.get("metadata", {}).get("tags", ())),
                bool(cell.get("outputs") or cell.get("execution_count")),
            )
            for number, cell in enumerate(cells, 1)
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"cannot be read as a notebook: {str(error).splitlines()[0][:120]}", Place(path)) from None


def is_post(path: Path) -> bool:
    """Whether a file is the notebook of a post: in a site's `notebooks`, and it begins with its front matter."""
    if path.suffix != ".ipynb" or path.parent.name != "notebooks" or not (path.parent.parent / "config.toml").is_file():
        return False
    try:
        return [cell.kind for cell in read_cells(path)][:1] == ["raw"]
    except InputError:
        return True  # damaged, and to be told so


def outline_of(path: Path) -> list[Statement]:
    """Everything that a post states. One whose text can't be read has its page alone: there the mistake is told."""
    try:
        return read_outline(path)
    except MathpostError:
        return [THE_PAGE]


def read_outline(path: Path) -> list[Statement]:
    """Everything that a post states, in the order of the text; the page as a whole comes first.

    Errors: InputError for text that can't be read: a label used twice, a waiver without a reason, an unknown option.
    """
    cells = read_cells(path)
    texts: list[tuple[int | None, str]] = [(cell.number, cell.source) for cell in cells if cell.kind == "markdown"]
    try:
        found = [
            *(Statement(claim.id, "claim", claim.cell or 1, claim.line) for claim in find_claims(texts)),
            *(Statement(number.label, "number", number.cell or 1, number.line) for number in find_numbers(texts)),
            *_values(cells),
            *_figures(cells, path),
        ]
    except MathpostError as error:
        error.place = Place(path, error.place.cell, error.place.line)
        raise
    return [THE_PAGE, *sorted(found, key=lambda statement: (statement.cell, statement.line))]


def value_names(texts: Iterable[tuple[int, str]]) -> Iterator[tuple[str, int, int]]:
    """Each inline code of the text, in order: its name (section and number in it), cell and line."""
    anchor, count = "top", 0
    document = list(texts)
    headings = list(find_headings("\n\n".join(text for _, text in document)))
    shift = 0
    for cell, text in document:
        for code in find_inline_code(text):
            here = next((h.anchor for h in reversed(headings) if h.start <= shift + code.start), "top")
            anchor, count = here, count + 1 if here == anchor else 1
            yield f"{anchor}/value-{count}", cell, code.line
        shift += len(text) + 2


def _values(cells: Iterable[SourceCell]) -> Iterator[Statement]:
    texts = [(cell.number, cell.source) for cell in cells if cell.kind == "markdown"]
    for name, cell, line in value_names(texts):
        yield Statement(name, "value", cell, line)


def _figures(cells: Iterable[SourceCell], path: Path) -> Iterator[Statement]:
    for cell in cells:
        if cell.kind == "code":
            label = parse_options(cell.source, Place(path, cell.number)).label
            if label is not None and label.startswith(FIGURE):
                yield Statement(label, "figure", cell.number, 1)
