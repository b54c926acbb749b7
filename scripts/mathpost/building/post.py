"""The spine: a post is executed, exported and judged; posts that hold become the site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.ground.verdicts import Verdict, worst
from mathpost.judging.numbers import unbound
from mathpost.notebooks.notebook import (
    CellWarning,
    Notebook,
    execute,
    records_of,
    text_cells_of,
    verdicts_of,
    warnings_of,
)
from mathpost.pages import Page, export
from mathpost.pages.figures import unlabelled_images
from mathpost.text.claims import Claim, find_claims
from mathpost.text.numbers import find_numbers
from mathpost.text.parameters import NONE, Parameters

UNREACHED = (
    'no check reached it: call check("{target}", …) in a code cell, '
    'or waive it in the text with {{#{equation} .unchecked reason="…"}}'
)
UNLABELLED = "draws a picture that is not on the page: give it '#| label: fig-…' if it should be"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Build:
    """A post as its notebook gives it now. `name` is the slug, `path` the notebook."""

    name: str
    path: Path
    record: Notebook
    page: Page
    verdicts: tuple[Verdict, ...]
    warnings: tuple[CellWarning, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


def build_post(
    path: Path, parameters: Parameters = NONE, *, timeout: float, progress: Progress = lambda cell, cells: None
) -> Build:
    """Execute, export, judge: the file at `path` is all that is read, nothing is written."""
    started = time.perf_counter()
    record = execute(path, parameters, timeout=timeout, progress=progress)
    page = export(record, path)
    unlabelled = [CellWarning(cell, UNLABELLED) for cell in unlabelled_images(record, path)]
    return Build(
        name=path.stem,
        path=path,
        record=record,
        page=page,
        verdicts=(*settle(find_claims(text_cells_of(record)), record), *settle_numbers(record, path)),
        warnings=(*warnings_of(record), *unlabelled),
        seconds=time.perf_counter() - started,
    )


def settle(claims: Iterable[Claim], record: Notebook) -> list[Verdict]:
    """One verdict for each claim of the text.

    The most specific check decides: by the equation's label, then by the innermost heading; among equals the worst
    verdict wins. A claim that no check reached is `unchecked` where the text waives it, else `inconclusive`.
    """
    records = records_of(record)
    return [_settle(claim, records) for claim in claims]


def settle_numbers(record: Notebook, path: Path) -> list[Verdict]:
    """One verdict for each number that the text states."""
    try:
        stated = list(find_numbers(text_cells_of(record)))
    except InputError as error:
        raise InputError(error.message, Place(path, error.place.cell, error.place.line)) from None
    found = verdicts_of(record)
    return [worst([v for v in found if v.id == number.label] or [unbound(number)]) for number in stated]


def _settle(claim: Claim, records: Sequence[tuple[tuple[str, ...], Verdict]]) -> Verdict:
    ranked = [(closeness(claim, target), verdict) for target, verdict in records if verdict.id == claim.id]
    if ranked:
        best = max(rank for rank, _ in ranked)
        return worst(verdict for rank, verdict in ranked if rank == best)
    if claim.waiver:
        return _verdict(claim, "unchecked", claim.waiver)
    target = f"#{claim.sections[-1]}" if claim.sections else claim.equation
    return _verdict(claim, "inconclusive", UNREACHED.format(target=target, equation=claim.equation))


def _verdict(claim: Claim, outcome: str, reason: str) -> Verdict:
    return Verdict(claim.id, claim.cell, claim.line, claim.latex, claim.relation, outcome, reason=reason)


def closeness(claim: Claim, target: Iterable[str]) -> int:
    """How closely a check aimed at a claim: 1, 2, … by the depth of the heading, more than any for its label."""
    depths: list[int] = [claim.sections.index(name[1:]) + 1 for name in target if name[1:] in claim.sections]
    return max([0, *depths, *(len(claim.sections) + 1 for name in target if name == claim.equation)])
