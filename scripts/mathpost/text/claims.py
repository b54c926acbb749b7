"""Equations into claims: chains, rows of an alignment, blocks that go on from the one before, annotations apart.

equation  = statement { separator statement }      separator: "\\quad", "," between relations, "\\implies", "and" …
statement = row { "\\\\" row }                      a row that begins with a relation goes on from the last side
row       = side { relation side }
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mathpost.ground.errors import FormulaError, InputError, Place
from mathpost.latex import parse
from mathpost.latex.reading import Chain, as_domain, find_chains
from mathpost.latex.tree.nodes import UNDECLARED, Declared, Node
from mathpost.text.cells import Cell, markdown_of
from mathpost.text.markup import Equation, Heading

TWICE = "the label {label} is used twice: give each equation its own"


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
    cell: Cell
    sections: tuple[str, ...]
    equation: Equation
    chains: tuple[Chain, ...]


def find_claims(cells: Iterable[Cell]) -> list[Claim]:
    """Every relation that the text asserts, in order. Errors: InputError for a label that is used twice."""
    claims: list[Claim] = []
    last = ""
    for found in _find_named(cells):
        own = list(_claims_of(found, last))
        claims.extend(own)
        sides = [side for chain in found.chains for side in chain.sides if side]
        if found.equation.display and sides:
            last = sides[-1]
    return claims


def find_named_equations(cells: Iterable[Cell]) -> Iterator[tuple[str, Cell, Equation]]:
    """Every equation that makes a claim: its name, its cell, and itself."""
    for found in _find_named(cells):
        if found.chains:
            yield found.name, found.cell, found.equation


def parse_claim(claim: Claim, declared: Declared = UNDECLARED) -> tuple[Node, Node]:
    """The trees of both sides. Errors: FormulaError, with the place of the claim."""
    try:
        left, right = parse(claim.left, declared), parse(claim.right, declared)
    except FormulaError as error:
        place = replace(error.place, cell=claim.cell, line=claim.line)
        raise type(error)(f"{claim.id}: {error.message}", error.latex, error.position, place) from None
    return left, as_domain(claim.relation, right)


def _find_named(cells: Iterable[Cell]) -> Iterator[_Found]:
    """Equations with their names: the label, or the section and a number."""
    open_headings: list[Heading] = []
    counts: dict[str, int] = {}
    labels: set[str] = set()
    for cell in markdown_of(cells):
        marks = list(cell.markup.headings)
        for equation in cell.markup.equations:
            while marks and marks[0].start < equation.start:
                open_headings = _under(marks.pop(0), open_headings)
            latex = equation.meaning
            chains = tuple(find_chains(latex))
            claiming = any(chain.relations for chain in chains)
            name = equation.label or ""
            if name and name in labels:
                raise InputError(TWICE.format(label=name), Place(None, cell.number, equation.line))
            labels.add(name)
            anchor = open_headings[-1].anchor if open_headings else "top"
            if not name and claiming:
                counts[anchor] = counts.get(anchor, 0) + 1
                name = f"{anchor}/{counts[anchor]}"
            sections = tuple(heading.anchor for heading in open_headings)
            yield _Found(name, latex, cell, sections, equation, chains if claiming else ())
        for heading in marks:
            open_headings = _under(heading, open_headings)


def _under(heading: Heading, open_headings: list[Heading]) -> list[Heading]:
    return [open_heading for open_heading in open_headings if open_heading.level < heading.level] + [heading]


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
            found.cell.number,
            line,
            found.sections,
            latex,
            relation,
            left,
            right,
            equation.display,
            equation.waiver,
        )
