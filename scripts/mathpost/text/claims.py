"""Equations into claims: chains, rows of an alignment, blocks that go on from the one before, annotations apart.

equation  = statement { separator statement }      separator: "\\quad", "," between relations, "\\implies", "and" …
statement = row { "\\\\" row }                      a row that begins with a relation goes on from the last side
row       = side { relation side }
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mathpost.ground.errors import FormulaError, InputError, Place, UnsupportedFormula
from mathpost.latex import parse
from mathpost.latex.reading import Chain, Refusal, as_domain, find_chains
from mathpost.latex.tree.nodes import UNDECLARED, Declared, Node
from mathpost.text.cells import Cell, markdown_of
from mathpost.text.markup import Equation, Heading

TWICE = "the label {label} is used twice: give each equation its own"
NOTHING_BEFORE = "`{part}` goes on from nothing: write out its left side"
UNREAD_BEFORE = "`{part}` goes on from a formula that is not read: write out its left side"
BETWEEN = "`{part}` goes on from `{display}`, or from `{inline}` in the text between: write out its left side"


@dataclass(frozen=True)
class Claim:
    """One thing the text asserts: `left relation right`. `id` is the equation's label, with `.row` for several.

    With a `refusal`, it is what is not read: all of it is `left`.
    """

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
    refusal: Refusal | None = None


@dataclass(frozen=True)
class _Before:
    """What a formula without a left side may go on from: the last display, and what is inline behind it."""

    display: str | None = None
    inline: str | None = None
    is_read: bool = True


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
    before = _Before()
    for found in _find_named(cells):
        claims.extend(_claims_of(found, before))
        before = _behind(found, before)
    return claims


def find_named_equations(cells: Iterable[Cell]) -> Iterator[tuple[str, Cell, Equation]]:
    """Every equation that makes a claim: its name, its cell, and itself."""
    for found in _find_named(cells):
        if any(chain.is_claim for chain in found.chains):
            yield found.name, found.cell, found.equation


def parse_claim(claim: Claim, declared: Declared = UNDECLARED) -> tuple[Node, Node]:
    """The trees of both sides. Errors: FormulaError, with the place of the claim."""
    if claim.refusal:
        place = Place(cell=claim.cell, line=claim.line)
        refused = claim.refusal
        raise UnsupportedFormula(f"{claim.id}: {refused.reason}", refused.latex, refused.position, place)
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
            claiming = any(chain.is_claim for chain in chains)
            name = equation.label or ""
            if name and name in labels:
                raise InputError(TWICE.format(label=name), Place(None, cell.number, equation.line))
            labels.add(name)
            anchor = open_headings[-1].anchor if open_headings else "top"
            if not name and claiming:
                counts[anchor] = counts.get(anchor, 0) + 1
                name = f"{anchor}/{counts[anchor]}"
            sections = tuple(heading.anchor for heading in open_headings)
            yield _Found(name, latex, cell, sections, equation, chains)
        for heading in marks:
            open_headings = _under(heading, open_headings)


def _under(heading: Heading, open_headings: list[Heading]) -> list[Heading]:
    return [open_heading for open_heading in open_headings if open_heading.level < heading.level] + [heading]


def _behind(found: _Found, before: _Before) -> _Before:
    """What the formula behind this one may go on from."""
    sides = [side for chain in found.chains for side in chain.sides if side]
    if not sides:
        return before
    is_read = found.chains[-1].refusal is None
    if found.equation.display:
        return _Before(sides[-1], None, is_read)
    return _Before(before.display, sides[-1], is_read)


def _attached(found: _Found, before: _Before) -> Iterator[Chain]:
    """The chains that claim, one without a left side behind the formula just before it in the text."""
    for chain in found.chains:
        if not chain.is_claim:
            continue
        part = found.latex.strip()
        if chain.sides[0]:
            yield chain
        elif before.display is None and before.inline is None:
            yield _refused(chain, NOTHING_BEFORE.format(part=part), part)
        elif not before.is_read:
            yield _refused(chain, UNREAD_BEFORE.format(part=part), part)
        elif found.equation.display and before.display is not None and before.inline is not None:
            between = BETWEEN.format(part=part, display=before.display, inline=before.inline)
            yield _refused(chain, between, part)
        else:
            last = before.display if before.inline is None else before.inline
            yield replace(chain, sides=(last or "", *chain.sides[1:]))


def _refused(chain: Chain, reason: str, part: str) -> Chain:
    return Chain((part,), (), chain.places[:1], Refusal(reason, part, 0))


def _claims_of(found: _Found, before: _Before) -> Iterator[Claim]:
    """Each link of each chain."""
    equation = found.equation
    links: list[tuple[str, str, str, int, Refusal | None]] = []
    for chain in _attached(found, before):
        lines = [equation.line + found.latex[:place].count("\n") for place in chain.places]
        if chain.refusal:
            links.append((chain.sides[0], "", "", lines[0], chain.refusal))
        sides, rows = chain.sides, zip(chain.relations, lines, strict=False)
        links += [(sides[i], relation, sides[i + 1], line, None) for i, (relation, line) in enumerate(rows)]
    for number, (left, relation, right, line, refusal) in enumerate(links, 1):
        name = f"{found.name}.{number}" if len(links) > 1 else found.name
        latex = f"{left} {relation} {right}" if relation else left
        place = (found.name, found.cell.number, line, found.sections)
        yield Claim(name, *place, latex, relation, left, right, equation.display, equation.waiver, refusal)
