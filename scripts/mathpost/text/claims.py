"""Equations into claims: chains, rows of an alignment, blocks that go on from the one before, annotations apart.

equation  = statement { separator statement }      separator: "\\quad", "," between relations, "\\implies", "and" …
statement = row { "\\\\" row }                      a row that begins with a relation goes on from the last side
row       = side { relation side }
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mathpost.ground.errors import AmbiguousFormula, FormulaError, InputError, Place, UnsupportedFormula
from mathpost.latex import parse
from mathpost.latex.reading import Chain, Condition, Refusal, as_domain, find_chains, parse_pattern
from mathpost.latex.tree.nodes import UNDECLARED, Call, Declared, Index, Node, Symbol
from mathpost.text.cells import Cell
from mathpost.text.elements import Equation, Heading

TWICE = "the label {label} is used twice: give each equation its own"
NOTHING_BEFORE = "`{part}` goes on from nothing: write out its left side"
UNREAD_BEFORE = "`{part}` goes on from a formula that is not read: write out its left side"
BETWEEN = "`{part}` goes on from `{display}`, or from `{inline}` in the text between: write out its left side"


_ANY = re.compile(r"\b(?:any|every|each|all)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE)
_CONGRUENT = ("\\equiv", "\\not\\equiv")
_MODULUS = re.compile(r"\\(?:pmod|bmod|mod)\b.*\Z", re.DOTALL)
_BOUNDED = re.compile(r"\\?[A-Za-z]+ (?:<|>|\\leq|\\geq|\\neq|\\in)")


@dataclass(frozen=True)
class Claim:
    """One thing the text asserts: `left relation right`. `id` is the equation's label, with `.row` for several.

    `conditions` say for which values it holds. With a `refusal`, it is what is not read: all of it is `left`.
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
    conditions: tuple[Condition, ...] = ()


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
        placed = type(error)(f"{claim.id}: {error.message}", error.latex, error.position, place)
        if isinstance(error, AmbiguousFormula) and isinstance(placed, AmbiguousFormula):
            placed.form = error.form
        raise placed from None
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
            chains = find_chains(latex)
            if not (equation.display or equation.labels) and is_spoken_of(chains, markup.source[: equation.start]):
                chains = (Chain((latex.strip(),), (), ()),)
            claiming = any(chain.is_claim for chain in chains)
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
            yield _Found(name, latex, cell, sections, equation, chains)
        for heading in marks:
            open_headings = _under(heading, open_headings)


def is_spoken_of(chains: tuple[Chain, ...], before: str) -> bool:
    """Whether a formula of the prose says which values a sentence is about, as in `for any step $t < T$`.

    A letter that is bounded behind such words is a condition; it claims nothing.
    """
    return len(chains) == 1 and bool(_BOUNDED.fullmatch(_told(chains[0]))) and bool(_ANY.search(before))


def _told(chain: Chain) -> str:
    """The left side and the relations."""
    return " ".join((chain.sides[0].strip(), *chain.relations))


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


@dataclass(frozen=True)
class _Link:
    """What a claim is made of: both sides and their relation, or what was refused; `place` is that in the formula.

    `latex` is as it is written; a definition has on its left what it defines.
    """

    left: str
    relation: str
    right: str
    place: int
    latex: str
    refusal: Refusal | None = None
    conditions: tuple[Condition, ...] = ()


def _claims_of(found: _Found, before: _Before) -> Iterator[Claim]:
    """Each link of each chain. Errors: InputError for a waiver of a row that is not there."""
    equation = found.equation
    links = [link for chain in _attached(found, before) for link in _links(chain)]
    if equation.waived_rows and max(equation.waived_rows) > len(links):
        told = f"{found.name} makes {len(links)} claims: rows=… names another"
        raise InputError(told, Place(None, found.cell.number, equation.line))
    names = [_label_at(found, link.place) for link in links]
    for number, (link, name) in enumerate(zip(links, names, strict=True), 1):
        yield Claim(
            id=f"{name}.{names[:number].count(name)}" if names.count(name) > 1 else name,
            equation=name,
            cell=found.cell.number,
            line=equation.line + found.latex[: link.place].count("\n"),
            sections=found.sections,
            latex=link.latex,
            relation=link.relation,
            left=link.left,
            right=link.right,
            display=equation.display,
            waiver=equation.waiver if not equation.waived_rows or number in equation.waived_rows else None,
            refusal=link.refusal,
            conditions=link.conditions,
        )


def _links(chain: Chain) -> Iterator[_Link]:
    if chain.refusal:
        yield _Link(chain.sides[0], "", "", chain.places[0], chain.sides[0], chain.refusal)
    modulus = _MODULUS.search(chain.sides[-1])
    for index, relation in enumerate(chain.relations):
        left, right = chain.sides[index], chain.sides[index + 1]
        if modulus and relation in _CONGRUENT and not _MODULUS.search(right):
            right = f"{right} {modulus.group()}"  # what stands behind a chain is said of each of its congruences
        sides = (right, ":=", left) if _defines_its_right(left, relation, right) else (left, relation, right)
        latex = f"{left} {relation} {right}"
        yield _Link(*sides, chain.places[index], latex, conditions=chain.conditions)


def _defines_its_right(left: str, relation: str, right: str) -> bool:
    """`a + b =: F`, and `a + b := F`, whose left side is no name that could be defined."""
    return relation == "=:" or (relation == ":=" and not _is_name(left) and _is_name(right))


def _is_name(latex: str) -> bool:
    try:
        return isinstance(parse_pattern(latex), Symbol | Call | Index)
    except FormulaError:
        return False


def _label_at(found: _Found, place: int) -> str:
    """What a claim is called: by its equation, or by its row if rows have labels; a label ends its row."""
    if not found.equation.has_labelled_rows:
        return found.name
    ends = [found.latex.rfind(label) for label in found.equation.labels]
    return next((label for end, label in zip(ends, found.equation.labels, strict=True) if end > place), found.name)
