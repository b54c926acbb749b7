"""Files that are read at once, written whole or not at all, and locked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mathpost.ground.errors import EngineError, InputError, Place


def read_input(path: Path, kind: str) -> bytes:
    """All bytes of a file that is to be a notebook, or of another kind. Errors: InputError where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no such {kind}", Place(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read as a {kind}: {error.strerror}", Place(path)) from None


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file so that no one ever sees half of it; False where these very bytes stand there already."""
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise EngineError(f"cannot be written: {error.strerror or error}", Place(path)) from error
    return True


@contextmanager
def locked(path: Path, *, refusal: str = "") -> Iterator[None]:
    """Hold the lock that a file stands for. It ends with the process, however that ends.

    Who else wants it waits; with a `refusal` that is the message of an InputError instead.
    """
    from filelock import FileLock, Timeout  # loaded by who takes a lock: a command that finds nothing to do takes none

    try:
        lock = FileLock(path, blocking=not refusal).acquire()
    except Timeout:
        raise InputError(refusal) from None
    except OSError as error:
        raise EngineError(f"cannot be locked: {error.strerror or error}", Place(path)) from error
    with lock:
        yield


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
