"""What can go wrong, told apart by what the person at the keyboard does about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_LINE = 160
LONGEST_TEXT = 400


@dataclass(frozen=True)
class Place:
    """Where in a source something stands: `file`, cell (counted from 1) and line (within the cell, from 1)."""

    file: Path | None = None
    cell: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        parts = [str(self.file) if self.file else "", f"cell {self.cell}" if self.cell else ""]
        parts.append(f"line {self.line}" if self.line else "")
        return ", ".join(part for part in parts if part)


class MathpostError(Exception):
    """Any error with a message for the author. `exit_code` is what a command ends with."""

    exit_code = 2

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place or Place()

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}: {self.message}" if where else self.message


class InputError(MathpostError):
    """The notebook, the configuration or the command line is wrong: the author mends it."""


def together(errors: Sequence[InputError]) -> InputError:
    """One error that tells all of some: at the place of the first, the others with theirs."""
    first, *rest = errors
    return InputError("\n".join([first.message, *map(str, rest)]), first.place)


class Drift(MathpostError):
    """A claim, number, page or figure no longer agrees with what the notebook gives."""

    exit_code = 1


class EngineError(MathpostError):
    """The kernel, Hugo or the disk failed: nothing is known about the post."""

    exit_code = 3


class FormulaError(MathpostError):
    """A formula that gives no tree; shown with a caret under the culprit.

    `latex` is the formula as written and `position` the offset in it, counted from 0.
    """

    def __init__(self, message: str, latex: str, position: int, place: Place | None = None) -> None:
        super().__init__(message, place)
        self.latex = latex
        self.position = position

    def __str__(self) -> str:
        return f"{self.place}: {self.pointed()}" if str(self.place) else self.pointed()

    def pointed(self) -> str:
        """The message, the line of the formula and a caret under the culprit, without the place."""
        before = self.latex[: self.position]
        line_start = before.rfind("\n") + 1
        line = self.latex[line_start:].split("\n", 1)[0]
        shown, column = _around(line, self.position - line_start)
        return f"{self.message}\n    {shown}\n    {' ' * column}^"


def _around(line: str, column: int) -> tuple[str, int]:
    """What a terminal can show of a line around a column, and where that is then."""
    if len(line) <= LONGEST_LINE:
        return line, column
    start = max(0, min(column - LONGEST_LINE // 2, len(line) - LONGEST_LINE))
    left, right = "…" if start else "", "…" if start + LONGEST_LINE < len(line) else ""
    return f"{left}{line[start : start + LONGEST_LINE]}{right}", column - start + len(left)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text, of which no more is left than a reader takes in."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class MalformedFormula(FormulaError):
    """The LaTeX is wrong: a brace is not closed, an operand is missing."""


class UnsupportedFormula(FormulaError):
    """The LaTeX may well be right, but it is outside the language that is read."""


class AmbiguousFormula(FormulaError):
    """Custom reads it in two ways, and the notation does not decide; `form` is what it may choose by, if it may."""

    form = ""


class EvaluationError(MathpostError):
    """A tree without a value: a symbol without a binding, shapes that do not fit, a free index."""


class AmbiguousValue(EvaluationError):
    """Custom gives a tree two values, and the notation does not decide; `form` is what it may choose by."""

    def __init__(self, message: str, form: str) -> None:
        super().__init__(message)
        self.form = form


def relative(path: Path) -> Path:
    """A path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def with_relative_file(error: MathpostError) -> MathpostError:
    """An error with its file as one would type it here."""
    if error.place.file:
        error.place = Place(relative(error.place.file), error.place.cell, error.place.line)
    return error
