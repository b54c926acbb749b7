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
from mathpost.text.cells import Cell
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
    for cell, markup in ((each, markup) for each in cells for markup in each.texts):
        marks = list(markup.headings)
        for equation in markup.equations:
            while marks and marks[0].start < equation.start:
                open_headings = _under(marks.pop(0), open_headings)
            latex = equation.meaning
            chains = tuple(find_chains(latex))
            claiming = any(chain.relations for chain in chains)
            name = equation.label or ""
            for label in equation.labels:
                if label in labels:
                    raise InputError(TWICE.format(label=label), Place(None, cell.number, equation.line))
                labels.add(label)
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
    """Each link of each chain. Errors: InputError for a waiver of a row that is not there."""
    equation = found.equation
    links = list(_links(found, last))
    if equation.waived_rows and max(equation.waived_rows) > len(links):
        told = f"{found.name} makes {len(links)} claims: rows=… names another"
        raise InputError(told, Place(None, found.cell.number, equation.line))
    names = [_label_at(found, place) for _, _, _, place in links]
    for number, ((left, relation, right, place), name) in enumerate(zip(links, names, strict=True), 1):
        row = names[:number].count(name)
        yield Claim(
            id=f"{name}.{row}" if names.count(name) > 1 else name,
            equation=name,
            cell=found.cell.number,
            line=equation.line + found.latex[:place].count("\n"),
            sections=found.sections,
            latex=f"{left} {relation} {right}",
            relation=relation,
            left=left,
            right=right,
            display=equation.display,
            waiver=equation.waiver if not equation.waived_rows or number in equation.waived_rows else None,
        )


def _links(found: _Found, last: str) -> Iterator[tuple[str, str, str, int]]:
    """Left side, relation, right side, and where the relation stands in the formula."""
    for chain in found.chains:
        sides = [chain.sides[0] or last, *chain.sides[1:]]
        for index, relation in enumerate(chain.relations):
            yield sides[index], relation, sides[index + 1], chain.places[index]


def _label_at(found: _Found, place: int) -> str:
    """What a claim is called: by its equation, or by its row if rows have labels; a label ends its row."""
    if not found.equation.has_labelled_rows:
        return found.name
    ends = [found.latex.rfind(label) for label in found.equation.labels]
    return next((label for end, label in zip(ends, found.equation.labels, strict=True) if end > place), found.name)
