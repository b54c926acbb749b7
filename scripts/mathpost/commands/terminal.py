"""What a command says: lines for a person, objects for a program."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mathpost.ground.errors import Place, relative, shortened
from mathpost.ground.verdicts import OUTCOMES, Verdict, values_told

if TYPE_CHECKING:
    from mathpost.building import Build

WIPE = "\x1b[K"
COLOURS = {"pass": "32", "unchecked": "33", "inconclusive": "33", "fail": "31"}
DEFINED = "defined"
WORDS = {"pass": ("holds", "hold"), "unchecked": ("waived", "waived"), "fail": ("fails", "fail")}


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
        lines = _details(verdict, build.path) if verdict.stops else verdict.judgement.remarks
        yield from (f"    {line}" for line in lines)


def summary(build: Build) -> str:
    """How many claims hold, define, are waived, or do not: `ml_estimation: 44 hold, 2 defined, 1 waived, 3.1 s`."""
    return f"{build.name}: {_counted(build.verdicts)}, {build.seconds:.1f} s"


def _counted(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(DEFINED if verdict.defines else verdict.outcome for verdict in verdicts)
    if not verdicts:
        return "no claims"
    if counts["pass"] == len(verdicts):
        return f"{len(verdicts)} claim{'' if len(verdicts) == 1 else 's'} {_word('pass', len(verdicts))}"
    return ", ".join(
        f"{counts[outcome]} {_word(outcome, counts[outcome])}"
        for outcome in (OUTCOMES[0], DEFINED, *OUTCOMES[1:])
        if counts[outcome] or outcome == "pass"
    )


def _word(outcome: str, count: int) -> str:
    one, many = WORDS.get(outcome, (outcome, outcome))
    return one if count == 1 else many


def verdict_objects(builds: Iterable[Build]) -> list[dict[str, object]]:
    """What `--json` prints: an object for each claim."""
    return [{"post": build.name, **verdict.to_json()} for build in builds for verdict in build.verdicts]


def _details(verdict: Verdict, path: Path) -> Iterator[str]:
    yield f"{Place(relative(path), verdict.cell, verdict.line)}: {shortened(' '.join(verdict.latex.split()))}"
    found = verdict.judgement
    if found.shows_values:
        yield values_told(found)
    if found.reason:
        yield found.reason
    yield from found.remarks


STDOUT = Terminal(sys.stdout)
STDERR = Terminal(sys.stderr)
