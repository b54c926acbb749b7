"""The ledger of a mutation test: what was judged, written down as it happens, so that a crash costs one mutant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from mathpost.judging.mutants import Mutant, MutantResult

CRASHED = "the kernel died while it was judged"

Key: TypeAlias = tuple[int, str, str]


@dataclass(frozen=True)
class Ledger:
    """The mutants that the checks of a run have judged so far, a line each in a file; `check` counts the checks.

    What was begun and not ended is what the kernel died of. A mutant that stands there already is not judged again.
    """

    file: Path
    check: int

    @cached_property
    def known(self) -> Mapping[Key, MutantResult]:
        return entries(self.file)

    def judged(self, mutant: Mutant, judge: Callable[[Mutant], MutantResult]) -> MutantResult:
        """What stands in the ledger of a mutant, or else what the judge says of it, which stands there from then on."""
        known = self.known.get((self.check, mutant.equation, mutant.latex))
        if known is not None:
            return known
        self._write(MutantResult(mutant.equation, mutant.latex, "killed", CRASHED))
        result = judge(mutant)
        self._write(result)
        return result

    def _write(self, result: MutantResult) -> None:
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"check": self.check, **result.to_json()}) + "\n")


def entries(file: Path) -> Mapping[Key, MutantResult]:
    """The last that a ledger says of each mutant; nothing where it was not begun."""
    found: dict[Key, MutantResult] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        entry = json.loads(line)
        check = entry.pop("check")
        found[check, entry["equation"], entry["latex"]] = MutantResult(**entry)
    return found


def crashes(file: Path) -> int:
    """How many mutants a kernel died of."""
    return sum(result.reason == CRASHED for result in entries(file).values())
