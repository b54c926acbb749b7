"""What can be said about a notebook without running it: mistakes that are found in a second, before a commit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import AmbiguousFormula, FormulaError, InputError, Place
from mathpost.text.cells import Cell
from mathpost.text.claims import parse_claim
from mathpost.text.options import Shown
from mathpost.text.post import PostText, Problem, read

SECTION, TABLE = "sec-", "tbl-"
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
PART = re.compile(r"-\d+$")  # of a figure of several pictures, which only an execution counts
NO_ALT = "{label} has no alternative text: add '#| fig-alt: what the figure shows'"
UNREACHED = 'no check reaches {id}: call check("{target}", …) in a code cell'
HAS_OUTPUTS = "the notebook has outputs: mathpost strip {path}"


@dataclass(frozen=True)
class Checks:
    """What the `check` calls of the code are aimed at; `complete` if each target is written out."""

    targets: tuple[tuple[str, Place], ...]
    complete: bool


def find_problems(path: Path) -> list[Problem]:
    """All mistakes of a notebook that its text alone shows, in the order of its cells."""
    try:
        text = read(path)
    except InputError as error:
        return [Problem(error.place, error.message)]
    problems = [*text.problems, *_figures(text)]
    if not any(problem.about == "text" for problem in text.problems):
        problems += [*_formulas(text), *_references(text), *_aims(text)]
    if any(cell.has_outputs for cell in text.cells):
        problems.append(Problem(Place(path), HAS_OUTPUTS.format(path=path.name)))
    return sorted(set(problems), key=lambda problem: (problem.place.cell or 0, problem.place.line or 0))


def _aims(text: PostText) -> Iterator[Problem]:
    """What the checks are aimed at, and what they do not reach."""
    checks = _checks_of(text)
    anchors = {f"#{heading.anchor}" for cell in text.markdown for heading in cell.markup.headings}
    known = anchors | _labels(text) | {claim.id for claim in text.claims} | {number.label for number in text.numbers}
    for target, place in checks.targets:
        if target not in known:
            kind = "anchor" if target[0] == "#" else "label"
            yield Problem(place, f"check({target!r}): nothing in the text has this {kind}")
    if checks.complete:
        yield from _unreached(text, {target for target, _ in checks.targets})


def section_labels(text: PostText) -> Iterator[str]:
    """The anchors of headings that `@sec-…` may point to."""
    for cell in text.markdown:
        yield from (heading.anchor for heading in cell.markup.headings if heading.anchor.startswith(SECTION))


def table_labels(text: PostText) -> Iterator[str]:
    """The labels of tables, of the text and of code, in their order."""
    for cell in text.cells:
        if cell.options and cell.options.table_caption and cell.display.outputs is not Shown.NO:
            label = cell.options.label or ""
            yield from [label] if label.startswith(TABLE) else []
        yield from (caption.label for caption in cell.markup.table_captions)


def _labels(text: PostText) -> set[str]:
    return {label for cell in text.markdown for equation in cell.markup.equations for label in equation.labels}


def _formulas(text: PostText) -> Iterator[Problem]:
    """What a notation may still decide is no mistake."""
    for claim in text.claims:
        try:
            if claim.waiver is None:
                parse_claim(claim)
        except AmbiguousFormula:
            continue
        except FormulaError as error:
            yield Problem(Place(text.path, error.place.cell, error.place.line), error.pointed())


def _references(text: PostText) -> Iterator[Problem]:
    figures = {cell.figure for cell in text.code if cell.figure}
    known = _labels(text) | figures | set(section_labels(text)) | set(table_labels(text))
    for cell in text.markdown:
        for reference in cell.markup.references:
            if reference.label not in known and PART.sub("", reference.label) not in figures:
                written = cell.source[reference.start : reference.end]
                yield Problem(Place(text.path, cell.number, reference.line), reference.nowhere(written))


def _unreached(text: PostText, targets: set[str]) -> Iterator[Problem]:
    for claim in text.claims:
        reaching = {claim.id, claim.equation, *(f"#{anchor}" for anchor in claim.sections)}
        if claim.waiver is None and not reaching & targets:
            target = f"#{claim.sections[-1]}" if claim.sections else claim.equation
            yield Problem(Place(text.path, claim.cell, claim.line), UNREACHED.format(id=claim.id, target=target))
    for number in text.numbers:
        if number.label not in targets:
            message = UNREACHED.format(id=number.label, target=number.label)
            yield Problem(Place(text.path, number.cell, number.line), message)


def _figures(text: PostText) -> Iterator[Problem]:
    seen: set[str | None] = set()
    for cell in text.code:
        if cell.options is None or cell.figure is None:
            continue
        label, place = cell.figure, Place(text.path, cell.number)
        if not cell.options.alts:
            yield Problem(place, NO_ALT.format(label=label), "code")
        if label in seen:
            yield Problem(place, f"{label} names a figure already: give each its own label", "code")
        seen.add(label)


def _checks_of(text: PostText) -> Checks:
    targets: list[tuple[str, Place]] = []
    complete = True
    for cell in text.code:
        for call in _calls(cell) if cell.options is None or cell.options.evaluates else ():
            written = _written(call.args[0]) if call.args else None
            complete = complete and written is not None
            targets += [(target, Place(text.path, cell.number, call.lineno)) for target in written or ()]
    return Checks(tuple(targets), complete)


def _calls(cell: Cell) -> list[ast.Call]:
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
