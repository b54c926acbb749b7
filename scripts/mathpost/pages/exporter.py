"""Executed notebook -> page: an nbconvert exporter to Hugo, which `jupyter nbconvert --to hugo` finds too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from mathpost.ground.errors import Place
from mathpost.notebooks import Record
from mathpost.notebooks.execution import record_of
from mathpost.notebooks.record import CellWarning, Notebook
from mathpost.pages.addresses import File
from mathpost.pages.blocks import Block, Blocks, blocks_of
from mathpost.pages.figures import Figure
from mathpost.pages.outputs import notices_of
from mathpost.pages.plain import plain_text
from mathpost.site.formulas import Formula, formulas_of
from mathpost.site.seal import sealed
from mathpost.text.frontmatter import PLAIN_FIELDS, FrontMatter, to_yaml
from mathpost.text.markup import scan

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Content:
    """All that a page is made of."""

    source: str
    front_matter: str
    made: Blocks

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self.made.blocks


@dataclass(frozen=True)
class Page:
    """What is published from a notebook. `cells` are pairs: a line of the text, the cell that begins there.

    `figures` are what cells drew, `files` what the text shows or links to; `notices` tell what the page has nothing of.
    """

    front_matter: FrontMatter
    text: str
    figures: tuple[Figure, ...]
    files: tuple[File, ...]
    formulas: tuple[Formula, ...]
    cells: tuple[tuple[int, int], ...]
    notices: tuple[CellWarning, ...]

    def cell_at(self, line: int) -> int | None:
        """The cell that the page has a line from."""
        return next((cell for start, cell in reversed(self.cells) if start <= line), None)

    @property
    def images(self) -> dict[str, bytes]:
        """Everything that is published beside the page, by its name."""
        return _images(self.figures, self.files)


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
        images = _images(content.made.figures, content.made.files)
        text = sealed(text, record.versions, record.parameters, images)
        folder = f"images/{record.text.path.stem}"
        resources["outputs"] = {f"{folder}/{name}": data for name, data in images.items()}
        return text, resources


def export(record: Record) -> Page:
    """The page of an executed post. The same record gives the same bytes."""
    exporter = HugoExporter()  # type: ignore[no-untyped-call]
    text, resources = exporter.from_notebook_node(record.notebook, {"record": record})
    content: Content = resources["content"]
    return Page(
        front_matter=record.text.front_matter,
        text=text,
        figures=content.made.figures,
        files=content.made.files,
        formulas=(
            *formulas_of(record.text, content.made.targets),
            *_made_formulas(content.blocks, record.text.path),
        ),
        cells=tuple(_starts(text, content.blocks)),
        notices=tuple(notices_of(record)),
    )


def _path_of(metadata: Mapping[str, str]) -> Path:
    return Path(metadata.get("path", "")) / f"{metadata.get('name', 'notebook')}.ipynb"


def _images(figures: Iterable[Figure], files: Iterable[File]) -> dict[str, bytes]:
    return {figure.name: figure.data for figure in figures} | {file.name: file.data for file in files}


def _content(record: Record) -> Content:
    source = f"notebooks/{record.text.path.name}"
    fields = record.text.front_matter.fields
    names = [name for name in PLAIN_FIELDS if name in fields]
    plain = dict(zip(names, map(plain_text, record.text.cells[0].plain), strict=True))
    return Content(source, to_yaml(record.text.front_matter, **plain, math=True, notebook=source), blocks_of(record))


def _made_formulas(blocks: Iterable[Block], path: Path) -> Iterator[Formula]:
    """Those that code wrote: they assert nothing, but a reader sees them."""
    for block in blocks:
        for equation in scan(block.text).equations if block.kind == "made" else ():
            yield Formula(equation.latex, equation.latex, equation.display, None, Place(path, block.cell))


def _starts(text: str, blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    position = 0
    for block in blocks:
        found = text.find(f"{{{{< {block.kind} " if block.is_shortcode else block.text, position)
        position = max(found, position)
        yield text.count("\n", 0, position) + 1, block.cell


def _quoted(value: str) -> str:
    """A shortcode's argument: plain where possible, raw where quotes or LaTeX are in it."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "`" + value.replace("`", "'") + "`"
