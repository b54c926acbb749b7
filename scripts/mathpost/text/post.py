"""What the text of a post says, read once: its notebook's file as it is now, and everything found in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from mathpost.ground.errors import InputError, MathpostError, Place
from mathpost.ground.files import read_input
from mathpost.text.cells import Cell, cells_of_notebook, code_of, markdown_of
from mathpost.text.claims import Claim, find_claims
from mathpost.text.conventions import readings_around
from mathpost.text.frontmatter import FrontMatter, parse_front_matter
from mathpost.text.macros import macros_around
from mathpost.text.notebook_file import notebook_in
from mathpost.text.numbers import StatedNumber, find_numbers
from mathpost.text.parameters import declared_in

NO_FRONT_MATTER = "a post begins with its front matter: make the first cell a raw cell with YAML"
SECOND_PARAMETERS = "a second cell is tagged 'parameters': keep one"
OTHER_LANGUAGE = (
    "is a notebook in {language}, and the code of a post is Python: "
    "give it a Python kernel and code in Python, or move it to another folder"
)
PYTHON = "python"
KERNELS = {"ir": "R", "xr": "R", "julia": "Julia"}  # of these the notebook does not always name the language
T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """A mistake and where it is; `about` is what it concerns: `head`, `text` or `code`."""

    place: Place
    message: str
    about: str = "text"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class PostText:
    """What the file of a notebook says; nothing of it was executed.

    `data` are the bytes of the file at `path` from which all the rest was read. What could not be read is empty, and
    one of the `problems`. `readings` are the conventions of the site that it lies in.
    """

    path: Path
    data: bytes
    cells: tuple[Cell, ...]
    front_matter: FrontMatter
    parameters: Mapping[str, object]
    claims: tuple[Claim, ...]
    numbers: tuple[StatedNumber, ...]
    problems: tuple[Problem, ...]
    readings: Mapping[str, str]

    @property
    def markdown(self) -> tuple[Cell, ...]:
        return tuple(markdown_of(self.cells))

    @property
    def code(self) -> tuple[Cell, ...]:
        return tuple(code_of(self.cells))

    def require_sound(self, *about: str) -> None:
        """Raise the first problem, if there is one; if it is said of what, the first of these."""
        for problem in self.problems:
            if not about or problem.about in about:
                raise InputError(problem.message, problem.place)


def read(path: Path) -> PostText:
    """The text of the notebook at a path. Errors: InputError if it is no notebook; what else is wrong is in it."""
    return parse(read_input(path, "notebook"), path)


def parse(data: bytes, path: Path) -> PostText:
    """The text of a notebook whose file holds `data`, with the macros and conventions of the site that it lies in."""
    return _parse(data, path, tuple(macros_around(path).items()), tuple(readings_around(path).items()))


@lru_cache(maxsize=16)
def _parse(
    data: bytes, path: Path, macros: tuple[tuple[str, str], ...], readings: tuple[tuple[str, str], ...]
) -> PostText:
    cells = cells_of_notebook(data, path, dict(macros))
    problems: list[Problem] = []
    no_parameters: Mapping[str, object] = {}
    no_claims: tuple[Claim, ...] = ()
    no_numbers: tuple[StatedNumber, ...] = ()
    _or_problem(lambda: _require_python(data, path), None, "head", path, problems)
    head = _or_problem(lambda: _front_matter(cells, path), FrontMatter({}), "head", path, problems)
    parameters = _or_problem(lambda: _parameters(cells, path), no_parameters, "head", path, problems)
    problems += [_problem(cell.problem, "code", path) for cell in cells if cell.problem]
    problems += [
        Problem(Place(path, cell.number, flaw.line), flaw.message)
        for cell in cells
        for markup in cell.texts
        for flaw in markup.flaws
    ]
    claims = _or_problem(lambda: tuple(find_claims(cells)), no_claims, "text", path, problems)
    numbers = _or_problem(lambda: tuple(find_numbers(cells)), no_numbers, "text", path, problems)
    return PostText(path, data, cells, head, parameters, claims, numbers, tuple(problems), dict(readings))


def _language(data: bytes, path: Path) -> str:
    """The language of a notebook's kernel, as the notebook says; Python where it says nothing."""
    metadata = _table(notebook_in(data, path), "metadata")
    kernel = _table(metadata, "kernelspec")
    named = _table(metadata, "language_info").get("name") or kernel.get("language")
    return str(named or KERNELS.get(re.split(r"\W|\d", str(kernel.get("name", "")))[0], PYTHON))


def _table(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _require_python(data: bytes, path: Path) -> None:
    language = _language(data, path)
    if language.lower() not in (PYTHON, "ipython", "python3"):
        raise InputError(OTHER_LANGUAGE.format(language=language), Place(path))


def _front_matter(cells: Sequence[Cell], path: Path) -> FrontMatter:
    if not cells or cells[0].kind != "raw":
        raise InputError(NO_FRONT_MATTER, Place(path, 1))
    return parse_front_matter(cells[0].source, Place(path, 1))


def _parameters(cells: Sequence[Cell], path: Path) -> Mapping[str, object]:
    """The names that the cell of parameters assigns, with their literal values."""
    tagged = [cell for cell in code_of(cells) if "parameters" in cell.tags]
    if len(tagged) > 1:
        raise InputError(SECOND_PARAMETERS, Place(path, tagged[1].number))
    return declared_in(tagged[0].source, Place(path, tagged[0].number)) if tagged else {}


def _or_problem(reading: Callable[[], T], otherwise: T, about: str, path: Path, problems: list[Problem]) -> T:
    try:
        return reading()
    except MathpostError as error:
        problems.append(_problem(error, about, path))
        return otherwise


def _problem(error: MathpostError, about: str, path: Path) -> Problem:
    return Problem(Place(path, error.place.cell, error.place.line), error.message, about)


def value_names(cells: Sequence[Cell]) -> Iterator[tuple[str, int, int]]:
    """Each inline code of the text, in order: its name (section and number in it), cell and line."""
    anchor, count = "top", 0
    open_anchor = "top"
    for cell in markdown_of(cells):
        headings = list(cell.markup.headings)
        for code in cell.markup.codes:
            while headings and headings[0].start <= code.start:
                open_anchor = headings.pop(0).anchor
            anchor, count = open_anchor, count + 1 if open_anchor == anchor else 1
            yield f"{anchor}/value-{count}", cell.number or 1, code.line
        if headings:
            open_anchor = headings[-1].anchor
