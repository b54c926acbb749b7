"""What a scan says of a file: its findings, each with its place, and how much of the file was tried."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.ground.verdicts import shown
from mathpost.inference import read_passages
from mathpost.scanning.steps import Outcome, outcomes_of
from mathpost.text.cells import Cell, markdown_of
from mathpost.text.documents import read_document

BRACKETS = re.compile(r"bracket|brace|partner|unclosed|never closed|has no end", re.IGNORECASE)
KINDS = ("follows", "false", "definition", "assumption", "not tried")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `kind` is `step`, `index`, `brackets` or `reference`; `mend` would make it true."""

    kind: str
    place: Place
    latex: str
    message: str
    left: object = None
    right: object = None
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f": {self.latex}" if self.latex else "")

    def to_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "cell": self.place.cell,
            "line": self.place.line,
            "latex": self.latex,
            "message": self.message,
            "left": self.left,
            "right": self.right,
            "mend": self.mend or None,
        }


@dataclass(frozen=True)
class Scanned:
    """A file, what was found of each of its statements, and what is wrong."""

    path: Path
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(outcome.kind for outcome in self.outcomes)

    @property
    def coverage(self) -> str:
        """`12 steps follow, 1 does not, 4 definitions and assumptions, 3 not tried`."""
        counts = self.counts
        said = counts["definition"] + counts["assumption"]
        return (
            f"{counts['follows']} steps follow, {counts['false']} do not, {said} define or assume, "
            f"{counts['not tried']} not tried"
        )

    @property
    def untried(self) -> Counter[str]:
        """Why steps were not tried, and how many for each reason."""
        return Counter(outcome.reason for outcome in self.outcomes if outcome.kind == "not tried")

    def to_json(self) -> dict[str, object]:
        return {
            "file": str(self.path),
            "findings": [finding.to_json() for finding in self.findings],
            "statements": [_statement(outcome) for outcome in self.outcomes],
            "coverage": {kind: self.counts[kind] for kind in KINDS},
        }


def _statement(outcome: Outcome) -> dict[str, object]:
    claim = outcome.statement.claim
    return {
        "cell": claim.cell,
        "line": claim.line,
        "latex": claim.latex,
        "display": claim.display,
        "outcome": outcome.kind,
        "reason": outcome.reason,
    }


def scan(path: Path) -> Scanned:
    """Try each step of a file. Errors: InputError for a file that cannot be read."""
    cells = read_document(path)
    try:
        passages = read_passages(cells)
    except InputError as error:
        raise InputError(error.message, Place(path, error.place.cell, error.place.line)) from None
    outcomes = tuple(outcomes_of(passages))
    found = [*_steps(outcomes, path), *_brackets(cells, outcomes, path), *_references(cells, path)]
    found.sort(key=lambda finding: (finding.place.cell or 0, finding.place.line or 0))
    return Scanned(path, outcomes, tuple(found))


def _steps(outcomes: tuple[Outcome, ...], path: Path) -> Iterator[Finding]:
    for outcome in outcomes:
        if outcome.kind == "false":
            claim = outcome.statement.claim
            place = Place(path, claim.cell, claim.line)
            latex = " ".join(claim.latex.split())
            if outcome.left is None:
                yield Finding("index", place, latex, outcome.reason)
                continue
            values = f"left {_told(outcome.left)}, right {_told(outcome.right)}"
            mend = outcome.mend.told if outcome.mend else ""
            message = f"does not follow: {values}" + (f"; {mend}" if mend else "")
            yield Finding("step", place, latex, message, outcome.left, outcome.right, mend)


def _told(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else shown(value if isinstance(value, str) else None)


def _brackets(cells: tuple[Cell, ...], outcomes: tuple[Outcome, ...], path: Path) -> Iterator[Finding]:
    """Formulas without an end, and brackets without a partner."""
    for cell in markdown_of(cells):
        for flaw in cell.markup.flaws:
            if BRACKETS.search(flaw.message):
                yield Finding("brackets", Place(path, cell.number, flaw.line), "", flaw.message)
    seen: set[tuple[int | None, int]] = set()
    for outcome in outcomes:
        claim = outcome.statement.claim
        problem = outcome.statement.problem
        if claim.display and "no partner" in problem and (claim.cell, claim.line) not in seen:
            seen.add((claim.cell, claim.line))
            yield Finding("brackets", Place(path, claim.cell, claim.line), " ".join(claim.latex.split()), problem)


def _references(cells: tuple[Cell, ...], path: Path) -> Iterator[Finding]:
    """`\\eqref{eq:a}` and `@eq-a` where nothing in the file has this label."""
    known = {label for cell in markdown_of(cells) for each in cell.markup.equations for label in each.labels}
    source = "\n".join(cell.source for cell in cells)
    for cell in markdown_of(cells):
        for reference in cell.markup.references:
            label = reference.label
            is_equation = label.startswith(("eq-", "eq:", "eqn:"))
            if is_equation and label not in known and f"{{#{label}" not in source and f"\\label{{{label}" not in source:
                message = f"`{label}` points to nothing: no equation of this file has this label"
                yield Finding("reference", Place(path, cell.number, reference.line), "", message)
