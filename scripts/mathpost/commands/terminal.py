"""What a command says: lines for a person, objects for a program."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mathpost.ground.errors import Place, relative
from mathpost.ground.verdicts import Verdict, values_told

if TYPE_CHECKING:
    from mathpost.building import Build

WIPE = "\x1b[K"
COLOURS = {"pass": "32", "unchecked": "33", "inconclusive": "33", "fail": "31"}


@dataclass(frozen=True)
class Terminal:
    """Where lines go: colour and progress only where a person is looking."""

    stream: TextIO

    @property
    def is_interactive(self) -> bool:
        return self.stream.isatty()

    def colour(self, text: str, outcome: str) -> str:
        if not self.is_interactive or os.environ.get("NO_COLOR"):
            return text
        return f"\x1b[{COLOURS[outcome]}m{text}\x1b[0m"

    def say(self, text: str) -> None:
        """A line; it wipes away what is left of a progress line."""
        print(f"{WIPE if self.is_interactive else ''}{text}", file=self.stream, flush=True)

    def tell(self, result: object, text: str, *, as_json: bool) -> None:
        """A result: as JSON for a program, else as text."""
        self.say(json.dumps(result, indent=2, ensure_ascii=False) if as_json else text)

    def progress(self, name: str, cell: int, cells: int) -> None:
        """A line that follows the execution of a notebook, on a terminal alone."""
        if self.is_interactive:
            print(f"{WIPE}{name}: cell {cell} of {cells}\r", end="", file=self.stream, flush=True)


def say_warnings(build: Build, terminal: Terminal) -> None:
    for warning in build.warnings:
        terminal.say(f"{Place(relative(build.path), warning.cell)}: {warning.text}")


def verdict_lines(build: Build, terminal: Terminal) -> Iterator[str]:
    """One line for each claim, with its remarks; what does not hold also with its place, its values and what to do."""
    for verdict in build.verdicts:
        yield f"{terminal.colour(f'{verdict.outcome:<12}', verdict.outcome)} {verdict.id}"
        lines = verdict.judgement.remarks if verdict.holds else _details(verdict, build.path)
        yield from (f"    {line}" for line in lines)


def summary(build: Build) -> str:
    """How many claims have which outcome: `ml_estimation: 38 claims hold (36 pass, 2 unchecked), 4.1 s`."""
    counts = Counter(verdict.outcome for verdict in build.verdicts)
    listed = ", ".join(f"{counts[outcome]} {outcome}" for outcome in COLOURS if counts[outcome])
    total = len(build.verdicts)
    verb = (
        ("holds" if total == 1 else "hold") if build.holds else ("does not hold" if total == 1 else "do not all hold")
    )
    claims = f"{total} claim{'' if total == 1 else 's'} {verb} ({listed})" if total else "no claims"
    return f"{build.name}: {claims}, {build.seconds:.1f} s"


def verdict_objects(builds: Iterable[Build]) -> list[dict[str, object]]:
    """What `--json` prints: an object for each claim."""
    return [{"post": build.name, **verdict.to_json()} for build in builds for verdict in build.verdicts]


def _details(verdict: Verdict, path: Path) -> Iterator[str]:
    yield f"{Place(relative(path), verdict.cell, verdict.line)}: {' '.join(verdict.latex.split())}"
    found = verdict.judgement
    if found.shows_values:
        yield values_told(found)
    if found.reason:
        yield found.reason
    yield from found.remarks


STDOUT = Terminal(sys.stdout)
STDERR = Terminal(sys.stderr)
