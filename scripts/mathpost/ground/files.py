"""Files that are read at once, written whole or not at all, and locked; folders for a while."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mathpost.ground.errors import EngineError, InputError, Place

WORKING = "mathpost-"
LONGEST_PLACE = 70  # bytes: the name of a socket has 107 at most, and folders and names come behind it
TOO_LONG = "the temporary directory has too long a name for sockets: set TMPDIR to one of at most {most} characters"


def read_input(path: Path, kind: str) -> bytes:
    """All bytes of a file that is to be a notebook, or of another kind. Errors: InputError where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"cannot be read as a {kind}: it is no file", Place(path))
        return path.read_bytes()
    except FileNotFoundError:
        missing = "it is a link to nothing" if path.is_symlink() else f"there is no such {kind}"
        raise InputError(missing, Place(path)) from None
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
def locked(path: Path, *, refusal: str = "", waiting: Callable[[str], None] = lambda owner: None) -> Iterator[None]:
    """Hold the lock that a file stands for. It ends with the process, however that ends.

    Who else wants it waits, and hears for whom; with a `refusal` that is the message of an InputError instead.
    """
    from filelock import FileLock, Timeout  # loaded by who takes a lock: a command that finds nothing to do takes none

    owner = path.with_suffix(".owner")
    try:
        try:
            lock = FileLock(path, blocking=False).acquire()
        except Timeout:
            if refusal:
                raise InputError(refusal) from None
            waiting(_text_of(owner) or "another process")
            lock = FileLock(path).acquire()
    except OSError as error:
        raise EngineError(f"cannot be locked: {error.strerror or error}", Place(path)) from error
    with lock:
        if not refusal:
            write_atomic(owner, f"process {os.getpid()}, since {time.strftime('%H:%M:%S')}".encode())
        yield


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def working_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for as long as someone needs it; those of processes that were killed go first.

    Errors: EngineError where a socket in it would have too long a name.
    """
    place = Path(tempfile.gettempdir())
    if len(os.fsencode(place)) > LONGEST_PLACE:
        raise EngineError(TOO_LONG.format(most=LONGEST_PLACE), Place(place))
    for path in filter(_is_left_over, place.glob(f"{WORKING}*")):
        shutil.rmtree(path, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{WORKING}{os.getpid()}-")


def _is_left_over(path: Path) -> bool:
    """Whether a working folder of ours belongs to a process that has ended."""
    owner = path.name.removeprefix(WORKING).partition("-")[0]
    try:
        return owner.isdigit() and path.stat().st_uid == os.getuid() and not _is_running(int(owner))
    except FileNotFoundError:  # whoever it belongs to was quicker
        return False


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
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
