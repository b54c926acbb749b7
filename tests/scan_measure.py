"""How well a scan does on digests whose steps are labelled: `make measure-scan LABELS=path/to/labels.json`.

The file lists digests, `{"digest", "file", "steps": [{"line", "latex", "label", "group"}]}`; files lie beside it. Steps
that one slip makes wrong share a `group`: one finding among them is enough.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mathpost.scanning import Scanned, scan
from mathpost.scanning.steps import Outcome

DECIDED = ("follows", "false")
_LAYOUT = re.compile(r"\s|\\[,;: ]|\\quad")


@dataclass
class Measure:
    """What was counted over all digests; each share is told beside what it was counted of."""

    steps: int = 0
    decided: int = 0
    slips: dict[tuple[str, str], bool] = field(default_factory=dict)
    findings: int = 0
    right: int = 0
    alarms: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def shares(self) -> tuple[float, float, float]:
        """The decided share of the steps labelled true or false, of slips found, and of findings that are right."""
        found = sum(self.slips.values())
        return (
            self.decided / max(1, self.steps),
            found / max(1, len(self.slips)),
            self.right / max(1, self.findings) if self.findings else 1.0,
        )

    def __str__(self) -> str:
        decided, found, right = self.shares
        return "\n".join(
            (
                f"decided: {self.decided} of {self.steps} steps labelled true or false, {decided:.0%}",
                f"found: {sum(self.slips.values())} of {len(self.slips)} slips, {found:.0%}",
                f"right: {self.right} of {self.findings} findings, {right:.0%}",
                f"time: {statistics.median(self.seconds):.1f} s of processor time a file in the median, "
                f"{max(self.seconds):.1f} s at most",
                *(f"false alarm: {alarm}" for alarm in self.alarms),
                *(f"follows, though labelled false: {step}" for step in self.passed),
                *(f"missed: {step}" for step in self.missed),
            )
        )


def measured(labels: Path) -> Measure:
    """Scan all digests of a list of labels."""
    measure = Measure()
    for digest in json.loads(labels.read_text(encoding="utf-8")):
        start = time.process_time()
        scanned = scan(labels.parent / digest["file"])
        measure.seconds.append(time.process_time() - start)
        _count(measure, digest, scanned)
    return measure


def _count(measure: Measure, digest: Mapping[str, Any], scanned: Scanned) -> None:
    for step in digest["steps"]:
        outcome = _outcome_of(step, scanned.outcomes)
        kind, label = (outcome.kind if outcome else "missing"), step["label"]
        told = f"{digest['digest']}:{step['line']} {step['latex']}"
        if label in ("true", "false"):
            measure.steps += 1
            measure.decided += kind in DECIDED
        if label == "false":
            slip = (digest["digest"], step.get("group") or told)
            measure.slips[slip] = measure.slips.get(slip, False) or kind == "false"
            if kind == "follows" and not step.get("group"):
                measure.passed.append(told)
            if kind != "false":
                measure.missed.append(f"{told} ({kind}: {outcome.reason if outcome else ''})")
        if kind == "false":
            measure.findings += 1
            measure.right += label == "false"
            if label != "false":
                measure.alarms.append(f"{told} ({label})")


def _outcome_of(step: Mapping[str, Any], outcomes: Sequence[Outcome]) -> Outcome | None:
    """What the scan says of a labelled step: the same formula near its line, or the same link of a chain."""
    near = [each for each in outcomes if abs(each.statement.claim.line - step["line"]) < 4]
    found = [*_alike(step["latex"], near), *_ending_alike(step["latex"], near)]
    return found[0] if found else None


def _alike(latex: str, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    return (each for each in outcomes if _bare(each.statement.claim.latex) == _bare(latex))


def _ending_alike(latex: str, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    ends = [part for part in latex.split("=", 1)[1:] if part]
    return (each for each in outcomes for end in ends if _bare(each.statement.claim.right) == _bare(end))


def _bare(latex: str) -> str:
    return _LAYOUT.sub("", latex)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    print(measured(parser.parse_args().labels))
