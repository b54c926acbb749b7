"""Executed notebook -> page: an nbconvert exporter to Hugo, which `jupyter nbconvert --to hugo` finds too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from mathpost.ground.errors import InputError, Place
from mathpost.ground.verdicts import MIME as VERDICTS
from mathpost.notebooks import Record
from mathpost.notebooks.execution import record_of
from mathpost.notebooks.kernel import ANSI
from mathpost.notebooks.record import Notebook
from mathpost.pages.figures import PNG, Figure, figures_of
from mathpost.pages.prose import UNCLOSED_SHORTCODE, Passage, rewrite, without_shortcodes
from mathpost.pages.seal import sealed
from mathpost.site.formulas import Formula, Target, formulas_of, number_equations
from mathpost.text import PostText
from mathpost.text.cells import Cell
from mathpost.text.frontmatter import FrontMatter, to_yaml, without_options

TEMPLATES = Path(__file__).with_name("templates")
BACKTICKS = re.compile(r"`{3,}")


@dataclass(frozen=True)
class Block:
    """One part of a page and the cell it comes from. `kind` is `markdown`, `code`, `output`, `figure` or `raw`."""

    kind: str
    cell: int
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def fence(self) -> str:
        return "`" * max([3, *(len(run) + 1 for run in BACKTICKS.findall(self.text))])


@dataclass(frozen=True)
class Content:
    """All that a page is made of, in order."""

    source: str
    front_matter: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Page:
    """What is published from a notebook. `cells` are pairs: a line of the text, the cell that begins there."""

    front_matter: FrontMatter
    text: str
    figures: tuple[Figure, ...]
    formulas: tuple[Formula, ...]
    cells: tuple[tuple[int, int], ...]

    def cell_at(self, line: int) -> int | None:
        """The cell that the page has a line from."""
        return next((cell for start, cell in reversed(self.cells) if start <= line), None)


class HugoExporter(TemplateExporter):
    """Markdown for Hugo, with figures beside it. A notebook without a record of its values is executed first."""

    export_from_notebook = "Hugo"
    output_mimetype = "text/markdown"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".md"

    @default("template_name")
    def _template_name(self) -> str:
        return "hugo"

    @default("template_file")
    def _template_file(self) -> str:
        return "index.md.j2"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "quoted", _quoted

    def from_notebook_node(  # type: ignore[override]
        self, nb: Notebook, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page's text; the figures are in `resources["outputs"]`, where nbconvert's writer looks for them."""
        resources = resources or {}
        record = resources.get("record") or record_of(nb, _path_of(resources.get("metadata", {})))
        content = _content(record)
        text, resources = super().from_notebook_node(nb, {**resources, "content": content}, **options)
        text = sealed(text, record.versions, record.parameters)
        folder = f"images/{record.text.path.stem}"
        resources["outputs"] = {f"{folder}/{figure.name}": figure.data for figure in content.figures}
        return text, resources


def export(record: Record) -> Page:
    """The page of an executed post. The same record gives the same bytes."""
    exporter = HugoExporter()  # type: ignore[no-untyped-call]
    text, resources = exporter.from_notebook_node(record.notebook, {"record": record})
    content: Content = resources["content"]
    return Page(
        front_matter=record.text.front_matter,
        text=text,
        figures=content.figures,
        formulas=content.formulas,
        cells=tuple(_starts(text, content.blocks)),
    )


def _path_of(metadata: Mapping[str, str]) -> Path:
    return Path(metadata.get("path", "")) / f"{metadata.get('name', 'notebook')}.ipynb"


def _content(record: Record) -> Content:
    source = f"notebooks/{record.text.path.name}"
    front_matter = to_yaml(record.text.front_matter, math=True, notebook=source)
    figures = figures_of(record)
    targets = number_equations(record.text)
    for number, figure in enumerate(figures, 1):
        targets[figure.label] = Target(figure.label, str(number), Place(record.text.path, figure.cell))
    blocks = tuple(_blocks(record, figures, targets))
    return Content(source, front_matter, blocks, tuple(figures), formulas_of(record.text, targets))


def _blocks(record: Record, figures: Sequence[Figure], targets: Mapping[str, Target]) -> Iterator[Block]:
    text = record.text
    drawn = {figure.cell: _figure_block(figure, text, targets) for figure in figures}
    prose = {cell.number: rewrite(_passage(cell, record), targets, text.path) for cell in text.markdown}
    for number, cell in enumerate(text.cells, 1):
        if cell.kind == "markdown":
            yield Block("markdown", number, prose[number].strip("\n"))
        elif cell.kind == "raw" and number > 1:
            yield Block("raw", number, cell.source.strip("\n"))
        elif cell.kind == "code":
            yield from _code_blocks(cell, record)
            if number in drawn:
                yield drawn[number]


def _passage(cell: Cell, record: Record) -> Passage:
    numbers = tuple(number for number in record.text.numbers if number.cell == cell.number)
    return Passage(cell.number or 1, cell.markup, numbers, record.inline_values(cell.number))


def _figure_block(figure: Figure, text: PostText, targets: Mapping[str, Target]) -> Block:
    caption = rewrite(Passage(figure.cell, text.cells[figure.cell - 1].caption), targets, text.path)
    return Block("figure", figure.cell, attributes=_attributes(figure, caption, targets, text.path))


def _attributes(figure: Figure, caption: str, targets: Mapping[str, Target], path: Path) -> dict[str, str]:
    return {
        "id": figure.label,
        "src": f"/images/{path.stem}/{figure.name}",
        "alt": figure.alt,
        "caption": f"Fig {targets[figure.label].number}. {caption}".strip(),
        "align": "center",
        "width": str(figure.width),
        "height": str(figure.height),
    }


def _code_blocks(cell: Cell, record: Record) -> Iterator[Block]:
    if cell.options is None or not cell.options.echo:
        return
    path, number = record.text.path, cell.number or 1
    yield Block("code", number, _shown(without_options(cell.source), Place(path, number)))
    printed = "\n".join(part for part in map(_printed, record.cell(number).outputs) if part)
    if printed:
        text = ANSI.sub("", printed).replace(f"{path.parent}/", "").replace(str(Path.home()), "~")
        yield Block("output", number, _shown(text, Place(path, number)))


def _shown(code: str, place: Place) -> str:
    shown = without_shortcodes(code)
    if UNCLOSED_SHORTCODE.search(shown):
        raise InputError(
            "Hugo cannot show {{< or {{% in code where no >}} or %}} follows: write it in two parts", place
        )
    return shown


def _printed(output: Notebook) -> str:
    """What an output says in plain text. Warnings, tables of verdicts and pictures are for the notebook's author."""
    if output.output_type == "stream":
        return str(output.text).strip("\n") if output.name == "stdout" else ""
    data = output.get("data", {})
    return "" if PNG in data or VERDICTS in data else str(data.get("text/plain", "")).strip("\n")


def _starts(text: str, blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    position = 0
    for block in blocks:
        found = text.find(block.text or block.attributes.get("src", ""), position)
        position = max(found, position)
        yield text.count("\n", 0, position) + 1, block.cell


def _quoted(value: str) -> str:
    """A shortcode's argument: plain where possible, raw where quotes or LaTeX are in it."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "`" + value.replace("`", "'") + "`"
