"""Files that are read at once, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
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
