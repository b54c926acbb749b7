"""One post: executed, exported and judged. Each stage is called once, and none calls another."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError
from mathpost.ground.verdicts import Verdict
from mathpost.judging.settling import settle, settle_numbers
from mathpost.notebooks import Record, execute
from mathpost.notebooks.record import CellWarning
from mathpost.pages import Page, export
from mathpost.pages.addresses import find_lost
from mathpost.text import PostText
from mathpost.text.parameters import NONE, Parameters

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Build:
    """A post as its notebook gives it now."""

    record: Record
    page: Page
    verdicts: tuple[Verdict, ...]
    warnings: tuple[CellWarning, ...]
    seconds: float

    @property
    def name(self) -> str:
        """The slug."""
        return self.path.stem

    @property
    def path(self) -> Path:
        """The notebook."""
        return self.record.text.path

    @property
    def holds(self) -> bool:
        """Whether all that it states holds but for what is waived."""
        return not any(verdict.stops for verdict in self.verdicts)


def build_post(
    text: PostText, parameters: Parameters = NONE, *, timeout: float, progress: Progress = lambda cell, cells: None
) -> Build:
    """Execute, export, judge what was read; nothing is written.

    Errors: InputError for a mistake in the text or what a cell raised; EngineError where the kernel failed.
    """
    started = time.perf_counter()
    text.require_sound()
    for lost in find_lost(text):  # before the minutes that executing may take
        raise InputError(lost.message, lost.place)
    record = execute(text, parameters, timeout=timeout, progress=progress)
    page = export(record)
    return Build(
        record=record,
        page=page,
        verdicts=(*settle(text.claims, record.checks), *settle_numbers(text.numbers, record.checks)),
        warnings=(*record.warnings(), *page.notices),
        seconds=time.perf_counter() - started,
    )
