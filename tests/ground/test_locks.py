"""A lock is held by one process at a time, and by none that has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import contextmanager
from pathlib import Path

import pytest

from mathpost.ground.errors import EngineError, InputError
from mathpost.ground.files import locked

HOLDER = """
import subprocess, sys
from pathlib import Path
from mathpost.ground.files import locked

with locked(Path(sys.argv[1])):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    if sys.stdin.readline() == "raise\\n":
        raise OSError
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock. It has a child, as one that runs Hugo has, which outlives it and is ended here."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        child = int(process.stdout.readline())
        try:
            yield process
        finally:
            process.kill()
            os.kill(child, signal.SIGKILL)


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


ENDS: Mapping[str, Callable[[subprocess.Popen[str]], None]] = {
    "lets go": lambda process: say(process, "leave"),
    "fails": lambda process: say(process, "raise"),
    "is told to end": subprocess.Popen.terminate,
    "is killed": subprocess.Popen.kill,
}


@pytest.mark.parametrize("way", ENDS)
def test_a_lock_is_waited_for_until_its_holder(tmp_path: Path, way: str) -> None:
    path = tmp_path / "folder" / "name.lock"

    def take() -> bool:
        with locked(path):
            return True

    with holder(path) as process, ThreadPoolExecutor() as pool:
        waiting = pool.submit(take)
        with pytest.raises(StillWaiting):
            waiting.result(timeout=0.3)
        ENDS[way](process)
        assert waiting.result(timeout=10)


def test_with_a_refusal_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "name.lock"
    with holder(path), pytest.raises(InputError) as caught, locked(path, refusal="held already: end it first"):
        pass
    assert str(caught.value) == "held already: end it first"
    with locked(path, refusal="held already: end it first"):
        pass


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path / "name.lock"):
            raise ZeroDivisionError


def test_where_no_lock_can_be_the_message_names_it(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught, locked(tmp_path):
        pass
    assert str(caught.value) == f"{tmp_path}: cannot be locked: Is a directory"


def test_who_would_wait_for_itself_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "name.lock"
    with locked(path), pytest.raises(RuntimeError, match=r"^Deadlock: "), locked(path):
        pass
