"""What cells have started and left running: it ends with their kernel, in whatever session it has gone to live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import psutil

PATIENCE = 1.0  # seconds, for what has been killed to be gone


def started_by(kernel: int, cookie: str) -> list[psutil.Process]:
    """The processes that a kernel has started, and theirs: its descendants, and whoever has inherited its `cookie`.

    The cookie is a value in the environment of no other kernel; it tells those whose parents have gone before them.
    """
    try:
        found = psutil.Process(kernel).children(recursive=True)
    except psutil.NoSuchProcess:
        found = []
    known = {kernel, *(process.pid for process in found)}
    return [*found, *(process for process in _holding(cookie) if process.pid not in known)]


def end(processes: Iterable[psutil.Process]) -> list[str]:
    """Kill those that still run; gives their command lines."""
    ended = {process: told for process in processes if (told := _command_of(process))}
    for process in ended:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(ended, PATIENCE)
    return list(ended.values())


def _holding(cookie: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if cookie in process.environ().values():
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone, or somebody else's
            continue


def _command_of(process: psutil.Process) -> str:
    """How it was called; nothing where it has ended."""
    try:
        running = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return " ".join(process.cmdline()) or process.name() if running else ""
    except psutil.NoSuchProcess:
        return ""
