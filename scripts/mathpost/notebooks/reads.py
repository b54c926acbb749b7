"""What a notebook reads beside what is known of it: files elsewhere, and the network. The kernel notes it at once.

Python tells of each file that is opened, by the audit event `open` (PEP 578); a library that opens files by itself, as
HDF5's does, is not heard. What Python and its libraries are made of counts by their versions, and is left out here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

FILE = "read.txt"
PACKAGE = Path(__file__).parents[1]
# Nothing of an author's: the system, Python and its libraries, ourselves.
OTHERS = ("/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr", sys.prefix, sys.base_prefix, str(PACKAGE))
WRITING = os.O_WRONLY | os.O_RDWR
OWN_HOSTS = ("localhost", "127.", "::1")


@dataclass(frozen=True)
class Reads:
    """Files that were read, with the size and the time (in ns) that they had then; hosts that were asked."""

    files: tuple[tuple[Path, int, int], ...] = ()
    hosts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        files = [[str(path), size, time] for path, size, time in self.files]
        return {key: found for key, found in (("files", files), ("hosts", list(self.hosts))) if found}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Reads:
        files = tuple((Path(path), size, time) for path, size, time in told.get("files", ()))
        return cls(files, tuple(told.get("hosts", ())))


def listen(folder: Path) -> None:
    """In a kernel: note from now on what is read, in a file in the folder of the run."""
    note = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    others = tuple(f"{place}/" for place in (*OTHERS, str(folder), *_hidden_at_home()))
    sys.addaudithook(_hook(lambda line: os.write(note, f"{line}\n".encode(errors="surrogateescape")), others))


def noted(folder: Path) -> Reads:
    """What was noted of a run."""
    file = folder / FILE
    lines = file.read_bytes().decode(errors="surrogateescape").splitlines() if file.exists() else []
    split = [line.split("\t") for line in lines]
    files = tuple((Path(path), int(size), int(time)) for path, size, time in (each for each in split if len(each) == 3))
    return Reads(files, tuple(each[0] for each in split if len(each) == 1))


def _hook(write: Callable[[str], object], others: tuple[str, ...]) -> Callable[[str, Any], None]:
    known: set[str] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            line = _opened(arguments, known, others)
        elif event == "socket.connect":
            line = _host(arguments)
        else:
            return
        if line and line not in known:
            known.add(line)
            write(line)

    return hook


def _opened(arguments: tuple[Any, ...], known: set[str], others: tuple[str, ...]) -> str:
    """A file that is read and not one that the notebook itself has written before."""
    opened, _, flags = arguments
    if not isinstance(opened, str | bytes | os.PathLike):
        return ""
    path = os.path.realpath(os.fsdecode(opened))
    if path.startswith(others) or path in known or "\n" in path or "\t" in path:
        return ""
    known.add(path)
    if isinstance(flags, int) and flags & WRITING:
        return ""
    if path.endswith(".pyc"):
        path = source_from_cache(path)
    try:
        status = Path(path).stat()
    except OSError:
        return ""
    return f"{path}\t{status.st_size}\t{status.st_mtime_ns}"


def _host(arguments: tuple[Any, ...]) -> str:
    address = arguments[1]
    host = str(address[0]) if isinstance(address, tuple) else ""
    return "" if host.startswith(OWN_HOSTS) else host


def _hidden_at_home() -> Iterable[str]:
    """Where programs keep what is theirs: caches of fonts, settings."""
    home = Path.home()
    return [str(path) for path in home.glob(".*")] if home.is_dir() else []
