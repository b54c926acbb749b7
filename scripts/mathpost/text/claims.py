"""Equations into claims: chains, rows of an alignment, blocks that go on from the one before, annotations apart.

equation  = statement { separator statement }      separator: "\\quad", "," between relations, "\\implies", "and" …
statement = row { "\\\\" row }                      a row that begins with a relation goes on from the last side
row       = side { relation side }
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mathpost.ground.errors import FormulaError, InputError, Place
from mathpost.latex import parse
from mathpost.latex.reading import Chain, Macros, as_domain, find_chains
from mathpost.latex.tree.nodes import UNDECLARED, Declared, Node
from mathpost.text.markdown import Equation, Heading, find_equations, find_headings

Cells = Iterable[tuple[int | None, str]]


@dataclass(frozen=True)
class Claim:
    """One thing the text asserts: `left relation right`. `id` is the equation's label, with `.row` for several."""

    id: str
    equation: str
    cell: int | None
    line: int
    sections: tuple[str, ...]
    latex: str
    relation: str
    left: str
    right: str
    display: bool
    waiver: str | None


@dataclass(frozen=True)
class _Found:
    """An equation, what it is called, and where it stands; `latex` is without macros."""

    name: str
    latex: str
    cell: int | None
    position: int
    sections: tuple[str, ...]
    equation: Equation
    chains: tuple[Chain, ...]


def find_claims(cells: Cells) -> list[Claim]:
    """Every relation that the text asserts, in order."""
    claims: list[Claim] = []
    last = ""
    for found in _find_named(list(cells)):
        own = list(_claims_of(found, last))
        claims.extend(own)
        sides = [side for chain in found.chains for side in chain.sides if side]
        if found.equation.display and sides:
            last = sides[-1]
    return claims


def find_named_equations(cells: Cells) -> Iterator[tuple[str, int, Equation]]:
    """Every equation that makes a claim: its name, the position of its cell among `cells`, and itself."""
    for found in _find_named(list(cells)):
        if found.chains:
            yield found.name, found.position, found.equation


def parse_claim(claim: Claim, declared: Declared = UNDECLARED) -> tuple[Node, Node]:
    """The trees of both sides. Errors: FormulaError, with the place of the claim."""
    try:
        left, right = parse(claim.left, declared), parse(claim.right, declared)
    except FormulaError as error:
        place = replace(error.place, cell=claim.cell, line=claim.line)
        raise type(error)(f"{claim.id}: {error.message}", error.latex, error.position, place) from None
    return left, as_domain(claim.relation, right)


def _find_named(cells: list[tuple[int | None, str]]) -> Iterator[_Found]:
    """Equations with their names: the label, or the section and a number."""
    open_headings: list[Heading] = []
    counts: dict[str, int] = {}
    labels: set[str] = set()
    headings = _headings(cells)
    macros = Macros()
    for position, (cell, text) in enumerate(cells):
        marks = headings[position]
        for equation in _equations(text, cell):
            while marks and marks[0].start < equation.start:
                heading = marks.pop(0)
                open_headings = [h for h in open_headings if h.level < heading.level] + [heading]
            latex = macros.expand(equation.latex)
            chains = tuple(find_chains(latex))
            claiming = any(chain.relations for chain in chains)
            name = equation.label or ""
            if name and name in labels:
                raise InputError(
                    f"the label {name} is used twice: give each equation its own", Place(None, cell, equation.line)
                )
            labels.add(name)
            anchor = open_headings[-1].anchor if open_headings else "top"
            if not name and claiming:
                counts[anchor] = counts.get(anchor, 0) + 1
                name = f"{anchor}/{counts[anchor]}"
            sections = tuple(heading.anchor for heading in open_headings)
            yield _Found(name, latex, cell, position, sections, equation, chains if claiming else ())
        for heading in marks:
            open_headings = [h for h in open_headings if h.level < heading.level] + [heading]


def _equations(text: str, cell: int | None) -> Iterator[Equation]:
    try:
        yield from find_equations(text)
    except InputError as error:
        raise InputError(error.message, replace(error.place, cell=cell)) from None


def _headings(cells: list[tuple[int | None, str]]) -> list[list[Heading]]:
    """The headings of each cell, their anchors numbered through the whole text."""
    document = "\n\n".join(text for _, text in cells)
    found = list(find_headings(document))
    per_cell: list[list[Heading]] = []
    start = 0
    for _, text in cells:
        end = start + len(text)
        per_cell.append([replace(h, start=h.start - start) for h in found if start <= h.start <= end])
        start = end + 2
    return per_cell


def _claims_of(found: _Found, last: str) -> Iterator[Claim]:
    """Each link of each chain."""
    equation = found.equation
    links: list[tuple[str, str, str, int]] = []
    for chain in found.chains:
        sides = list(chain.sides)
        if not sides[0]:
            sides[0] = last
        for index, relation in enumerate(chain.relations):
            line = equation.line + found.latex[: chain.places[index]].count("\n")
            links.append((sides[index], relation, sides[index + 1], line))
    for number, (left, relation, right, line) in enumerate(links, 1):
        name = f"{found.name}.{number}" if len(links) > 1 else found.name
        latex = f"{left} {relation} {right}"
        yield Claim(
            name,
            found.name,
            found.cell,
            line,
            found.sections,
            latex,
            relation,
            left,
            right,
            equation.display,
            equation.waiver,
        )


# -- files -------------------------------------------------------------------------------------------------------------


def read_text_cells(path: Path) -> list[tuple[int | None, str]]:
    """The Markdown cells of a notebook, or the text of a `.md` file with its front matter blanked."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't be read: {error}", Place(path)) from None
    if path.suffix != ".ipynb":
        return [(None, _without_front_matter(source))]
    try:
        cells = json.loads(source)["cells"]
        return [
            (number, "".join(cell["source"])) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "markdown"
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"is not a notebook: {error}", Place(path)) from None


def _without_front_matter(source: str) -> str:
    """Blank lines in the place of the front matter, so that lines keep their numbers."""
    lines = source.lstrip("\ufeff").split("\n")
    mark = lines[0].strip()
    if mark not in ("---", "+++"):
        return source
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == mark or (mark == "---" and line.strip() == "..."):
            return "\n".join([""] * (number + 1) + lines[number + 1 :])
    return source
