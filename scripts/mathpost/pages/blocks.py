"""The blocks of a page, in order: each cell of an executed post becomes prose, code, outputs, figures, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mathpost.ground.errors import InputError, Place
from mathpost.notebooks import Record
from mathpost.pages.addresses import Addresses, File
from mathpost.pages.anchors import anchors_of_post
from mathpost.pages.figures import Drawing, Figure, drawings_of
from mathpost.pages.made import scanned
from mathpost.pages.outputs import Part, parts_of
from mathpost.pages.plain import plain_text
from mathpost.pages.prose import (
    UNCLOSED_SHORTCODE,
    Passage,
    rewrite,
    without_shortcodes,
)
from mathpost.pages.traces import has_address
from mathpost.site.formulas import Target, number_equations
from mathpost.text import PostText
from mathpost.text.cells import Cell
from mathpost.text.elements import Markup
from mathpost.text.markup import number_anchors, scan
from mathpost.text.options import Shown, without_options
from mathpost.text.problems import SECTION, table_labels

BACKTICKS: Final = re.compile(r"`{3,}")
FIGURE: Final = "figure"
NO_TABLE: Final = "{label} labels a table, and the cell shows none: end it with a data frame"
CODE, OUTPUT, BOTH = "Code", "Output", "Code and output"
UNSHOWABLE: Final = "Hugo cannot show {{< or {{% in code where no >}} or %}} follows: write it in two parts"
ADDRESS: Final = "the inline code `{code}` gives a memory address, which is another one each time: {value}"


@dataclass(frozen=True)
class Block:
    """One part of a page and the cell it comes from.

    `kind` is `markdown`, `made` (Markdown that code wrote), `code`, `output`, or the name of a shortcode, which has
    `attributes` in the place of a text.
    """

    kind: str
    cell: int
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_shortcode(self) -> bool:
        return self.kind not in ("markdown", "made", "code", "output")

    @property
    def fence(self) -> str:
        return "`" * max([3, *(len(run) + 1 for run in BACKTICKS.findall(self.text))])


@dataclass(frozen=True)
class Blocks:
    """All that a page is made of, in order, with the files that are published beside it.

    `targets` are what its references point to, by label.
    """

    blocks: tuple[Block, ...]
    targets: Mapping[str, Target]
    figures: tuple[Figure, ...]
    files: tuple[File, ...]


def blocks_of(record: Record) -> Blocks:
    """The blocks of an executed post. Errors: InputError for what cannot be published."""
    drawings = drawings_of(record)
    composer = _Composer(record, drawings)
    blocks = tuple(composer.blocks())
    figures = tuple(figure for drawing in drawings for figure in drawing.figures)
    return Blocks(blocks, composer.targets, figures, tuple(composer.addresses.files))


class _Composer:
    """A record, and what its texts refer to."""

    def __init__(self, record: Record, drawings: Sequence[Drawing]) -> None:
        self.record = record
        self.text = record.text
        self.path = record.text.path
        self.drawn = {drawing.cell: drawing for drawing in drawings}
        self.targets = {
            **number_equations(self.text),
            **_targets(drawings, self.path),
            **_tables(self.text),
            **_sections(self.text),
        }
        self.addresses = Addresses(
            self.text,
            anchors_of_post(self.text, [figure.id for drawing in drawings for figure in drawing.figures]),
            {cell.number or 1: record.cell(cell.number).get("attachments", {}) for cell in self.text.markdown},
            frozenset(figure.name for drawing in drawings for figure in drawing.figures),
        )
        self.headings = [cell.markup.headings for cell in self.text.markdown]

    def blocks(self) -> Iterator[Block]:
        # All prose first: what is wrong in the text is said before what is wrong in what code made.
        prose = {cell.number: self._prose(cell) for cell in self.text.markdown}
        for number, cell in enumerate(self.text.cells, 1):
            if cell.number in prose:
                yield Block("markdown", number, prose[cell.number].strip("\n"))
            elif cell.kind == "code":
                yield from self._code_cell(cell, number)

    def _prose(self, cell: Cell) -> str:
        place = Place(self.path, cell.number)
        values = self.record.inline_values(cell.number)
        for code, value in zip(cell.markup.codes, values, strict=True):
            if has_address(value):
                where = Place(self.path, cell.number, code.line)
                raise InputError(ADDRESS.format(code=code.expression, value=value), where)
        numbers = tuple(number for number in self.text.numbers if number.cell == cell.number)
        edits = tuple(self.addresses.edits(cell.markup, place))
        in_html = self.addresses.html_addresses(cell.markup, place)
        return self._rewritten(Passage(cell.number or 1, cell.markup, numbers, values, edits, in_html, cell.is_raw))

    def _rewritten(self, passage: Passage) -> str:
        return rewrite(passage, self.targets, self.path)

    def _code_cell(self, cell: Cell, number: int) -> Iterator[Block]:
        display = cell.display
        shows_figure = number in self.drawn
        if display.code is Shown.FOLDED:
            yield self._fold(cell, number, BOTH if display.folds_together else CODE)
        if display.code is not Shown.NO:
            yield Block("code", number, _shown(without_options(cell.source), Place(self.path, number)))
        if display.code is Shown.FOLDED and not display.folds_together:
            yield Block("details-end", number)
        outputs = list(self._outputs(cell, number)) if display.outputs is not Shown.NO else []
        outputs += self._drawing(self.drawn[number], cell) if shows_figure else []
        if display.outputs is Shown.FOLDED and not display.folds_together and outputs:
            outputs = [self._fold(cell, number, OUTPUT), *outputs, Block("details-end", number)]
        yield from outputs
        if display.folds_together:
            yield Block("details-end", number)

    def _fold(self, cell: Cell, number: int, summary: str) -> Block:
        attributes = {"summary": (cell.options.summary if cell.options else "") or summary}
        opened = {"open": "true"} if cell.options and cell.options.opened else {}
        return Block("details-begin", number, attributes=attributes | opened)

    def _outputs(self, cell: Cell, number: int) -> Iterator[Block]:
        place = Place(self.path, number)
        caption = self._table_caption(cell, number)
        for part in parts_of(cell, self.record):
            if part.kind == "text":
                yield Block("output", number, _shown(part.text, place))
            elif part.kind == "table":
                if caption:
                    yield caption
                    caption = None
                yield Block("made", number, without_shortcodes(part.text))
            else:
                yield Block("made", number, self._made(part, number))
        if caption and cell.options and cell.options.label:
            raise InputError(NO_TABLE.format(label=cell.options.label), place)

    def _made(self, part: Part, number: int) -> str:
        place = Place(self.path, number)
        markup = self._told_apart(scanned(part.text, place).markup)
        edits = tuple(self.addresses.edits(markup, place))
        in_html = self.addresses.html_addresses(markup, place)
        return self._rewritten(Passage(number, markup, addresses=edits, html_addresses=in_html)).strip("\n")

    def _told_apart(self, markup: Markup) -> Markup:
        """The anchors of headings that code made give way to those of the text."""
        if not markup.headings:
            return markup
        *_, own = number_anchors([*self.headings, markup.headings])
        self.headings.append(own)
        return replace(markup, headings=own)

    def _table_caption(self, cell: Cell, number: int) -> Block | None:
        options = cell.options
        if options is None or not options.table_caption or options.is_figure:
            return None
        caption = self._rewritten(Passage(number, cell.caption))
        if target := self.targets.get(options.label or ""):
            caption = f"Table {target.number}. {caption}\n{{#{target.label}}}"
        return Block("made", number, caption)

    def _drawing(self, drawing: Drawing, cell: Cell) -> list[Block]:
        caption = self._rewritten(Passage(drawing.cell, cell.caption))
        title = f"Fig {self.targets[drawing.label].number}. {caption}".strip()
        if not drawing.has_parts:
            return [self._figure(drawing.figures[0], title, {"align": "center"})]
        captions = [self._rewritten(Passage(drawing.cell, markup)) for markup in cell.subcaptions]
        parts = [
            self._figure(figure, f"({_letter(number)}) {caption}".strip(), {})
            for number, (figure, caption) in enumerate(
                zip(drawing.figures, captions or [""] * len(drawing.figures), strict=True)
            )
        ]
        opening = {"id": drawing.label, "columns": str(drawing.columns)}
        return [
            Block("subfigures-begin", drawing.cell, attributes=opening),
            *parts,
            Block("subfigures-end", drawing.cell, attributes={"caption": title}),
        ]

    def _figure(self, figure: Figure, caption: str, more: Mapping[str, str]) -> Block:
        attributes = {
            "id": figure.id,
            "src": f"/images/{self.path.stem}/{figure.name}",
            "alt": figure.alt,
            "caption": caption,
            **more,
            "width": str(figure.width),
            "height": str(figure.height),
        }
        return Block(FIGURE, figure.cell, attributes=attributes)


def _targets(drawings: Iterable[Drawing], path: Path) -> dict[str, Target]:
    targets = {}
    for number, drawing in enumerate(drawings, 1):
        place = Place(path, drawing.cell)
        targets[drawing.label] = Target(drawing.label, str(number), place)
        for index, figure in enumerate(drawing.figures if drawing.has_parts else ()):
            targets[figure.id] = Target(figure.id, f"{number}{_letter(index)}", place)
    return targets


def _tables(text: PostText) -> dict[str, Target]:
    labels = enumerate(table_labels(text), 1)
    return {label: Target(label, str(number), Place(text.path)) for number, label in labels}


def _sections(text: PostText) -> dict[str, Target]:
    """Headings with an anchor of their own that begins as Quarto has it; a reference shows their title."""
    headings = [heading for cell in text.markdown for heading in cell.markup.headings]
    return {
        heading.anchor: Target(heading.anchor, "", Place(text.path), title=plain_text(scan(heading.title)))
        for heading in headings
        if heading.anchor.startswith(SECTION)
    }


def _letter(index: int) -> str:
    letter = chr(ord("a") + index % 26)
    return letter if index < 26 else _letter(index // 26 - 1) + letter


def _shown(code: str, place: Place) -> str:
    shown = without_shortcodes(code)
    if UNCLOSED_SHORTCODE.search(shown):
        raise InputError(UNSHOWABLE, place)
    return shown
