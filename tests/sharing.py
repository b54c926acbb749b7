"""What is made once for all workers of a session: the first who asks makes it, the others wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def made_once(path: Path, make: Callable[[Path], None]) -> Path:
    """A file or a folder, made by one of those who ask for it. After one that failed, the next one tries."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock, done = (path.with_name(f"{path.name}.{state}") for state in ("lock", "done"))
    with FileLock(lock):
        if not done.exists():
            make(path)
            done.touch()
    return path
