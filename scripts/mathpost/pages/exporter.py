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
from mathpost.notebooks.kernel import ANSI
from mathpost.notebooks.notebook import Notebook, cells_of, execute, front_matter_of, inline_values_of, is_record
from mathpost.pages.figures import PNG, Figure, figures_of
from mathpost.pages.prose import (
    UNCLOSED_SHORTCODE,
    Target,
    Text,
    hugo_latex,
    number_equations,
    rewrite,
    without_shortcodes,
)
from mathpost.pages.seal import sealed
from mathpost.text.frontmatter import FrontMatter, parse_options, to_yaml, without_options
from mathpost.text.markdown import Equation, find_equations, find_headings

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


@dataclass(frozen=True)
class Formula:
    """A formula of a page as Hugo gets it, and where it was written."""

    latex: str
    label: str | None
    place: Place


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
        metadata = (resources or {}).get("metadata", {})
        path = Path(metadata.get("path", "")) / f"{metadata.get('name', 'notebook')}.ipynb"
        record = nb if is_record(nb) else execute(path)
        content = _content(record, path)
        text, resources = super().from_notebook_node(nb, {**(resources or {}), "content": content}, **options)
        made = record.metadata["mathpost"]
        text = sealed(text, made.get("versions", {}), made.get("parameters", {}))
        resources["outputs"] = {f"images/{path.stem}/{figure.name}": figure.data for figure in content.figures}
        return text, resources


def export(executed: Notebook, path: Path) -> Page:
    """The page of an executed notebook. The same record gives the same bytes."""
    metadata = {"path": str(path.parent), "name": path.stem}
    exporter = HugoExporter()  # type: ignore[no-untyped-call]
    text, resources = exporter.from_notebook_node(executed, {"metadata": metadata})
    content: Content = resources["content"]
    return Page(
        front_matter=front_matter_of(executed, path),
        text=text,
        figures=content.figures,
        formulas=tuple(_formulas(executed, path)),
        cells=tuple(_starts(text, content.blocks)),
    )


def _content(executed: Notebook, path: Path) -> Content:
    source = f"notebooks/{path.name}"
    front_matter = to_yaml(front_matter_of(executed, path), math=True, notebook=source)
    figures = figures_of(executed, path)
    return Content(source, front_matter, tuple(_blocks(executed, figures, path)), tuple(figures))


def _blocks(executed: Notebook, figures: Sequence[Figure], path: Path) -> Iterator[Block]:
    texts = [Text(number, cell.source, inline_values_of(cell)) for number, cell in cells_of(executed, "markdown")]
    targets = number_equations(texts, Place(path))
    for number, figure in enumerate(figures, 1):
        targets[figure.label] = Target(figure.label, str(number), Place(path, figure.cell))
    drawn = {
        figure.cell: Block("figure", figure.cell, attributes=_attributes(figure, targets, path)) for figure in figures
    }
    anchors = _anchors(texts)
    prose = {text.number: rewrite(text, anchors[text.number], targets, Place(path)) for text in texts}
    for number, cell in enumerate(executed.cells, 1):
        if cell.cell_type == "markdown":
            yield Block("markdown", number, prose[number].strip("\n"))
        elif cell.cell_type == "raw" and number > 1:
            yield Block("raw", number, cell.source.strip("\n"))
        elif cell.cell_type == "code":
            yield from _code_blocks(number, cell, path)
            if number in drawn:
                yield drawn[number]


def _anchors(texts: Iterable[Text]) -> dict[int, dict[int, str]]:
    """For each cell, its headings' anchors by position; one heading numbers another across cells."""
    anchors: dict[int, dict[int, str]] = {}
    starts: list[tuple[int, int]] = []
    document = ""
    for text in texts:
        starts.append((len(document), text.number))
        anchors[text.number] = {}
        document += text.source + "\n\n"
    for heading in find_headings(document):
        start, number = next(pair for pair in reversed(starts) if pair[0] <= heading.start)
        anchors[number][heading.start - start] = heading.anchor
    return anchors


def _attributes(figure: Figure, targets: Mapping[str, Target], path: Path) -> dict[str, str]:
    caption = rewrite(Text(figure.cell, figure.caption), {}, targets, Place(path))
    return {
        "id": figure.label,
        "src": f"/images/{path.stem}/{figure.name}",
        "alt": figure.alt,
        "caption": f"Fig {targets[figure.label].number}. {caption}".strip(),
        "align": "center",
        "width": str(figure.width),
        "height": str(figure.height),
    }


def _code_blocks(number: int, cell: Notebook, path: Path) -> Iterator[Block]:
    place = Place(path, number)
    if not parse_options(cell.source, place).echo:
        return
    yield Block("code", number, _shown(without_options(cell.source), place))
    printed = "\n".join(part for part in map(_printed, cell.outputs) if part)
    if printed:
        text = ANSI.sub("", printed).replace(f"{path.parent}/", "").replace(str(Path.home()), "~")
        yield Block("output", number, _shown(text, place))


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


def _formulas(executed: Notebook, path: Path) -> Iterator[Formula]:
    for number, cell in cells_of(executed, "markdown"):
        for equation in find_equations(cell.source):
            yield _formula(equation, number, path)


def _formula(equation: Equation, number: int, path: Path) -> Formula:
    return Formula(hugo_latex(equation), equation.label, Place(path, number, equation.line))


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
