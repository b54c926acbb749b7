"""What can be said about a notebook without running it: mistakes that are found in a second, before a commit."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mathpost.ground.errors import AmbiguousFormula, FormulaError, InputError, MathpostError, Place
from mathpost.text.claims import Claim, find_claims, parse_claim
from mathpost.text.frontmatter import parse_front_matter, parse_options
from mathpost.text.markdown import find_equations, find_headings, find_references, find_unclosed
from mathpost.text.numbers import StatedNumber, find_numbers
from mathpost.text.outline import FIGURE, SourceCell, read_cells
from mathpost.text.parameters import declared_in

MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
NO_FRONT_MATTER = "a post begins with its front matter: make the first cell a raw cell with YAML"
NO_ALT = "{label} has no alternative text: add '#| fig-alt: what the figure shows'"
UNREACHED = 'no check reaches {id}: call check("{target}", …) in a code cell'
HAS_OUTPUTS = "the notebook has outputs: mathpost strip {path}"


@dataclass(frozen=True)
class Problem:
    """A mistake and where it is."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class Checks:
    """What the `check` calls of the code are aimed at; `complete` if each target is written out."""

    targets: tuple[tuple[str, Place], ...]
    complete: bool


def find_problems(path: Path) -> list[Problem]:
    """All mistakes of a notebook that its text alone shows, in the order of its cells."""
    try:
        cells = read_cells(path)
    except InputError as error:
        return [Problem(error.place, error.message)]
    problems = [*_head(cells, path), *_text(cells, path), *_figures(cells, path)]
    if any(cell.has_outputs for cell in cells):
        problems.append(Problem(Place(path), HAS_OUTPUTS.format(path=path.name)))
    return sorted(set(problems), key=lambda problem: (problem.place.cell or 0, problem.place.line or 0))


def _head(cells: Sequence[SourceCell], path: Path) -> Iterator[Problem]:
    """The front matter and the parameters."""
    if not cells or cells[0].kind != "raw":
        yield Problem(Place(path, 1), NO_FRONT_MATTER)
    else:
        yield from _problem_of(partial(parse_front_matter, cells[0].source, Place(path, 1)), path)
    tagged = [cell for cell in cells if cell.kind == "code" and "parameters" in cell.tags]
    for cell in tagged[:1]:
        yield from _problem_of(partial(declared_in, cell.source, Place(path, cell.number)), path)
    for cell in tagged[1:]:
        yield Problem(Place(path, cell.number), "a second cell is tagged 'parameters': keep one")


def _text(cells: Sequence[SourceCell], path: Path) -> Iterator[Problem]:
    """Labels, formulas, references, and what the checks are aimed at."""
    texts: list[tuple[int | None, str]] = [(cell.number, cell.source) for cell in cells if cell.kind == "markdown"]
    try:
        claims, numbers = find_claims(texts), list(find_numbers(texts))
    except MathpostError as error:
        yield _problem(error, path)
        return
    for cell, text in texts:
        yield from (Problem(Place(path, cell, found.line), found.message) for found in find_unclosed(text))
    yield from _formulas(claims, path)
    labels = {equation.label for _, text in texts for equation in find_equations(text) if equation.label}
    yield from _references(texts, labels | set(_figure_labels(cells)), path)
    anchors = {f"#{heading.anchor}" for heading in find_headings("\n\n".join(text for _, text in texts))}
    checks = _checks_of(cells, path)
    known = labels | anchors | {claim.id for claim in claims} | {number.label for number in numbers}
    for target, place in checks.targets:
        if target not in known:
            yield Problem(
                place, f"check({target!r}): nothing in the text has this {'anchor' if target[0] == '#' else 'label'}"
            )
    if checks.complete:
        yield from _unreached(claims, numbers, {target for target, _ in checks.targets}, path)


def _formulas(claims: Iterable[Claim], path: Path) -> Iterator[Problem]:
    """What a notation may still decide is no mistake."""
    for claim in claims:
        try:
            if claim.waiver is None:
                parse_claim(claim)
        except AmbiguousFormula:
            continue
        except FormulaError as error:
            yield _problem(error, path)


def _references(texts: Iterable[tuple[int | None, str]], known: set[str], path: Path) -> Iterator[Problem]:
    for cell, text in texts:
        for reference in find_references(text):
            if reference.label not in known:
                message = f"@{reference.label} points to nothing: no equation or figure has this label"
                yield Problem(Place(path, cell, reference.line), message)


def _unreached(
    claims: Iterable[Claim], numbers: Iterable[StatedNumber], targets: set[str], path: Path
) -> Iterator[Problem]:
    for claim in claims:
        reaching = {claim.id, claim.equation, *(f"#{anchor}" for anchor in claim.sections)}
        if claim.waiver is None and not reaching & targets:
            target = f"#{claim.sections[-1]}" if claim.sections else claim.equation
            yield Problem(Place(path, claim.cell, claim.line), UNREACHED.format(id=claim.id, target=target))
    for number in numbers:
        if number.label not in targets:
            message = UNREACHED.format(id=number.label, target=number.label)
            yield Problem(Place(path, number.cell, number.line), message)


def _figures(cells: Iterable[SourceCell], path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for cell in cells:
        if cell.kind != "code":
            continue
        place = Place(path, cell.number)
        try:
            options = parse_options(cell.source, place)
        except InputError as error:
            yield _problem(error, path)
            continue
        if options.label is None or not options.label.startswith(FIGURE):
            continue
        if not options.alt:
            yield Problem(place, NO_ALT.format(label=options.label))
        if options.label in seen:
            yield Problem(place, f"{options.label} names a figure already: give each its own label")
        seen.add(options.label)


def _figure_labels(cells: Iterable[SourceCell]) -> Iterator[str]:
    for cell in cells:
        found = re.search(r"^#\| ?label:\s*(fig-[\w-]+)", cell.source, re.MULTILINE) if cell.kind == "code" else None
        if found:
            yield found[1]


def _checks_of(cells: Iterable[SourceCell], path: Path) -> Checks:
    targets: list[tuple[str, Place]] = []
    complete = True
    for cell in cells:
        for call in _calls(cell) if cell.kind == "code" else ():
            written = _written(call.args[0]) if call.args else None
            complete = complete and written is not None
            targets += [(target, Place(path, cell.number, call.lineno)) for target in written or ()]
    return Checks(tuple(targets), complete)


def _calls(cell: SourceCell) -> list[ast.Call]:
    """The calls of `check`; a cell that is no plain Python has none that are known."""
    try:
        tree = ast.parse(MAGIC.sub("pass", cell.source))
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]


def _written(argument: ast.expr) -> tuple[str, ...] | None:
    """The targets, where they are written out."""
    try:
        value = ast.literal_eval(argument)
    except ValueError:
        return None
    values = (value,) if isinstance(value, str) else value
    return tuple(values) if isinstance(values, list | tuple) and all(isinstance(v, str) and v for v in values) else None


def _problem_of(reading: Callable[[], object], path: Path) -> Iterator[Problem]:
    try:
        reading()
    except MathpostError as error:
        yield _problem(error, path)


def _problem(error: MathpostError, path: Path) -> Problem:
    """An error as a problem of this file; a formula keeps its caret."""
    place = Place(path, error.place.cell, error.place.line)
    error.place = Place()
    return Problem(place, str(error))
