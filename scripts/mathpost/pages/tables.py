"""Tables that code shows, as pandas and others write them in HTML, become tables of Markdown: texts and nothing else.

No attribute, style or script comes through. Column levels become one head, as Markdown has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final, TypeAlias

# What makes of a table something to be clicked or drawn; what shows itself so has a text for those who cannot.
LIVE_NAMES: Final = """
    audio button canvas details form iframe img input label math object script select svg video
"""
LIVE: Final = frozenset(LIVE_NAMES.split())
SILENT: Final = frozenset(("style", "title", "head"))
BREAKING: Final = frozenset(("br", "p", "div", "li", "caption", "small", "pre", "h1", "h2", "h3", "h4"))
NUMBER: Final = re.compile(r"[-+−]?(?:[\d][\d,._]*|\.\d+)(?:e[-+]?\d+)?\s*%?|nan|NaN|NaT|None|null|<NA>|-?inf|…|\.\.\.")
LEVELS: Final = " / "


@dataclass
class TableCell:
    text: str = ""
    is_head: bool = False
    columns: int = 1
    rows: int = 1


@dataclass
class Table:
    """Rows of cells; the first `heads` of them are its head."""

    rows: list[list[TableCell]] = field(default_factory=list)
    heads: int = 0


Piece: TypeAlias = "Table | str"


def read_tables(html: str) -> list[Piece] | None:
    """The tables of a piece of HTML and the texts around them; None if it is something else than tables."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    pieces = reader.finished()
    if reader.is_live or not any(isinstance(piece, Table) and piece.rows for piece in pieces):
        return None
    return pieces


def to_markdown(pieces: Sequence[Piece], written: Callable[[str], str]) -> str:
    """Tables and texts as Markdown; `written` makes a text safe for it."""
    return "\n\n".join(_table(piece, written) if isinstance(piece, Table) else written(piece) for piece in pieces)


class _Reader(HTMLParser):
    """Cells, and the texts outside of tables, in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.text: list[str] = []
        self.open: list[Table] = []
        self.cell: TableCell | None = None
        self.in_head = False
        self.silent = 0
        self.is_live = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_live = self.is_live or tag in LIVE
        self.silent += tag in SILENT
        if tag == "table":
            self._end_text()
            # A table in a cell of a table is no table that Markdown has.
            self.is_live = self.is_live or bool(self.open)
            self.open.append(Table())
        elif tag == "thead":
            self.in_head = True
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1].rows.append([])
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            spans = dict(attrs)
            self.cell = TableCell(
                is_head=tag == "th", columns=_span(spans.get("colspan")), rows=_span(spans.get("rowspan"))
            )
        elif tag in BREAKING:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT and self.silent > 0
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "thead":
            self.in_head = False
            if self.open:
                self.open[-1].heads = len(self.open[-1].rows)
        elif tag == "table" and self.open:
            self._end_cell()
            self.pieces.append(self.open.pop())
        elif tag in BREAKING:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(data)

    def finished(self) -> list[Piece]:
        self._end_text()
        return self.pieces

    def _break(self) -> None:
        if self.cell is not None or self.open:
            self.text.append(" ")
        else:
            self._end_text()

    def _end_text(self) -> None:
        text = " ".join("".join(self.text).split())
        if text and self.cell is None:
            self.pieces.append(text)
        self.text = []

    def _end_cell(self) -> None:
        text = " ".join("".join(self.text).split())
        if self.cell is not None:
            self.cell.text = text
            if not self.open[-1].rows:
                self.open[-1].rows.append([])
            self.open[-1].rows[-1].append(self.cell)
        elif text:
            self.pieces.append(text)  # a caption
        self.cell, self.text = None, []


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdecimal() and int(value) else 1


def _table(table: Table, written: Callable[[str], str]) -> str:
    rows = _grid(table)
    heads = table.heads or next((n for n, row in enumerate(table.rows) if not _is_head(row)), 0)
    width = max(map(len, rows))
    head = [LEVELS.join(dict.fromkeys(part for part in column if part)) for column in zip(*rows[:heads], strict=True)]
    body = [[*row, *[""] * (width - len(row))] for row in rows[heads:]]
    marks = ["---:" if _is_numeric([row[column] for row in body]) else "---" for column in range(width)]
    lines = [
        [written(text) for text in head or [""] * width],
        marks,
        *([written(text) for text in row] for row in body),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _is_head(row: Sequence[TableCell]) -> bool:
    return bool(row) and all(cell.is_head for cell in row)


def _grid(table: Table) -> list[list[str]]:
    """The text of each place. A cell of the head stands over all its columns, one of the body in its first place."""
    width = max((sum(cell.columns for cell in row) for row in table.rows), default=0)
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(table.rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            for place in _places(cell, x, y):
                repeats = y < table.heads and place[0] == y
                taken[place] = cell.text if place == (y, x) or repeats else ""
            x += cell.columns
    width = max(width, *(x + 1 for _, x in taken))
    return [[taken.get((y, x), "") for x in range(width)] for y in range(len(table.rows))]


def _places(cell: TableCell, x: int, y: int) -> Iterator[tuple[int, int]]:
    return ((y + down, x + right) for down in range(cell.rows) for right in range(cell.columns))


def _is_numeric(texts: Sequence[str]) -> bool:
    return any(texts) and all(not text or NUMBER.fullmatch(text) for text in texts)
