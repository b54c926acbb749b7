"""What a cell shows when it runs, as a page has it: Markdown, LaTeX and tables as such, all else as it is printed.

An output comes in several forms; as in JupyterLab the richest is taken that can be shown safely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mathpost.ground.errors import Place
from mathpost.ground.verdicts import MIME as VERDICTS
from mathpost.notebooks import Record
from mathpost.notebooks.kernel import ANSI
from mathpost.notebooks.record import CellWarning, Notebook
from mathpost.pages.figures import live_of, picture_of
from mathpost.pages.html import notices_in
from mathpost.pages.made import plain_but_formulas
from mathpost.pages.tables import read_tables, to_markdown
from mathpost.pages.traces import ADDRESS, has_address, is_representation, without_addresses, without_paths
from mathpost.text.cells import Cell
from mathpost.text.markup import scan
from mathpost.text.options import Display, Shown

UNLABELLED: Final = "draws a picture that is not on the page: give it '#| label: fig-…' if it should be"
UNSHOWN: Final = "shows {what} that is not on the page: begin the cell with '#| output: true' if it should be"
REPRESENTED: Final = "shows {text}, which only names an object: it is not on the page (a ';' behind the line hides it)"
ADDRESSED: Final = "prints a memory address, which is another one each time: its line is not on the page"
NOT_STATIC: Final = "shows what {name} draws in a browser: it is not on the page; for a static image, {advice}"
HTML: Final = "shows HTML that is no table: it is not on the page"
RAW: Final = "is a raw cell of the type {kind}: it is not on the page, which has Markdown"
SHORT: Final = 60
RICH: Final = {"text/html": "a table", "text/markdown": "Markdown", "text/latex": "LaTeX"}


@dataclass(frozen=True)
class Part:
    """A part of what a cell shows. `kind` is `text` (as printed), `table` (Markdown as Hugo has it) or `markdown`."""

    kind: str
    text: str


def parts_of(cell: Cell, record: Record) -> list[Part]:
    """What a cell shows, without its pictures. Errors: InputError for a formula in it that asserts something."""
    place = Place(record.text.path, cell.number)
    as_is = cell.options is not None and cell.options.as_is
    return _joined([part for output in record.cell(cell.number).outputs if (part := _part(output, place, as_is))])


def notices_of(record: Record) -> Iterator[CellWarning]:
    """What the page has nothing of, though a cell shows it."""
    for cell in record.text.cells:
        if cell.kind == "code":
            told = list(_told(cell, record.cell(cell.number).outputs))
        else:
            kind = cell.kind == "raw" and cell.number != 1 and record.cell(cell.number).metadata
            told = [RAW.format(kind=kind.get("raw_mimetype") or kind.get("format"))] if kind else []
            told += notices_in(cell.markup)
        yield from (CellWarning(cell.number or 1, text) for text in dict.fromkeys(told))


def _part(output: Notebook, place: Place, as_is: bool) -> Part | None:
    if output.output_type == "stream":
        text = _clean(str(output.text), place.file) if output.name == "stdout" else ""
        return Part("markdown" if as_is else "text", without_addresses(text)) if text else None
    data = output.get("data", {})
    if VERDICTS in data or picture_of(data) or live_of(data):
        return None
    rich = _rich(data, place)
    plain = str(data.get("text/plain", ""))
    if rich is not None or is_representation(plain) or not plain:
        return rich
    return Part("text", _clean(plain, place.file))


def _rich(data: Mapping[str, Any], place: Place) -> Part | None:
    tables = read_tables(str(data["text/html"])) if "text/html" in data else None
    if tables is not None:
        return Part("table", to_markdown(tables, lambda text: plain_but_formulas(_clean(text, place.file), place)))
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            text = _clean(str(data[kind]), place.file)
            is_text = kind == "text/latex" and not scan(text).equations
            return Part("text" if is_text else "markdown", without_addresses(text))
    return None


def _clean(text: str, notebook: Path | None) -> str:
    return without_paths(ANSI.sub("", text), notebook or Path()).strip("\n")


def _joined(parts: Sequence[Part]) -> list[Part]:
    """What is printed in one go stands in one block."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind == "text":
            joined[-1] = Part("text", f"{joined[-1].text}\n{part.text}".strip("\n"))
        else:
            joined.append(part)
    return [part for part in joined if part.text]


def _told(cell: Cell, outputs: Sequence[Notebook]) -> Iterator[str]:
    display = cell.display
    for output in outputs:
        is_silenced = display.figures is Shown.NO
        if cell.figure is None and picture_of(output.get("data", {})) and not is_silenced:
            yield UNLABELLED
        elif display.outputs is not Shown.NO:
            yield from _dropped(output)
        elif display == Display() and cell.options and cell.options.output is None:
            yield from _unshown(output.get("data", {}))


def _dropped(output: Notebook) -> Iterator[str]:
    if output.output_type == "stream":
        if output.name == "stdout" and has_address(str(output.text)):
            yield ADDRESSED
        return
    data = output.get("data", {})
    plain = str(data.get("text/plain", ""))
    if VERDICTS in data or picture_of(data):
        return
    if live := live_of(data):
        yield NOT_STATIC.format(name=live[0], advice=live[1])
    elif not any(kind in data for kind in ("text/markdown", "text/latex")) and is_representation(plain):
        html = str(data.get("text/html", ""))
        if not html:
            yield REPRESENTED.format(text=_short(plain))
        elif read_tables(html) is None:
            yield HTML


def _unshown(data: Mapping[str, Any]) -> Iterator[str]:
    if VERDICTS in data or picture_of(data):
        return
    for kind, what in RICH.items():
        if kind in data and (kind != "text/html" or read_tables(str(data[kind])) is not None):
            yield UNSHOWN.format(what=what)
            return


def _short(text: str) -> str:
    """What is told is the same the next time, too."""
    line = " ".join(ADDRESS.sub("at …", text).split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
