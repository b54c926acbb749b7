"""What cells have started and left running: it ends with their kernel, in whatever session it has gone to live."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psutil

PATIENCE = 1.0  # seconds, for what has been killed to be gone


@dataclass(frozen=True)
class Leftover:
    """A process, how it was called, and whether it would outlive its kernel, whose group dies with it."""

    process: psutil.Process
    command: str
    outlives: bool


def started_by(kernel: int, cookie: str) -> list[Leftover]:
    """What a kernel has started, and that in turn: its descendants, and whoever has inherited its `cookie`.

    The cookie is a value in the environment of no other kernel; it tells those whose parents have gone before them.
    """
    try:
        found = psutil.Process(kernel).children(recursive=True)
    except psutil.NoSuchProcess:
        found = []
    known = {kernel, *(process.pid for process in found)}
    found += [process for process in _holding(cookie) if process.pid not in known]
    return [leftover for process in found for leftover in _told(process, kernel)]


def end(leftovers: Iterable[Leftover]) -> list[str]:
    """Kill them; gives the command lines of those that would have outlived their kernel."""
    all_of_them = list(leftovers)
    for leftover in all_of_them:
        try:
            leftover.process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs([leftover.process for leftover in all_of_them], PATIENCE)
    return [leftover.command for leftover in all_of_them if leftover.outlives]


def _holding(cookie: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if cookie in process.environ().values():
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone, or somebody else's
            continue


def _told(process: psutil.Process, kernel: int) -> Iterator[Leftover]:
    """Nothing where it has ended meanwhile."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            command = " ".join(process.cmdline()) or process.name()
            yield Leftover(process, command, os.getpgid(process.pid) != kernel)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return
