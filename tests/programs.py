"""The programs as a person runs them, each in a process of its own.

`run` forks it from a process that has loaded the programs already. `run_anew` starts it by its command line: where a
test is about how a program is found and loaded.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

Program = Literal["mathpost", "pytest"]

PATIENCE = 180.0  # seconds
AS_AUTHORS_HAVE_IT = ("-p", "no:hypothesispytest")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["pytest", "mathpost.__main__", "mathpost.building", "mathpost.commands.check", "mathpost.drift.findings"]
)


def run(
    program: Program, *arguments: str | Path, folder: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What a program printed and ended with."""
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as printed:
        outputs = (Path(printed) / "stdout", Path(printed) / "stderr")
        code = _fork(program, words, folder or Path.cwd(), environment, outputs)
        stdout, stderr = (output.read_text(encoding="utf-8") for output in outputs)
    return subprocess.CompletedProcess([program, *words], code, stdout, stderr)


def run_at_a_terminal(program: Program, *arguments: str | Path, **environment: str) -> tuple[int, str]:
    """What a program ended with and shows where a person is looking."""
    ours, theirs = os.openpty()
    terminal = Path(os.ttyname(theirs))
    code = _fork(program, [str(argument) for argument in arguments], Path.cwd(), environment, (terminal, terminal))
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    return code, shown


def run_anew(
    program: Program, *arguments: str | Path, folder: Path | None = None, limits: str = ":", **environment: str
) -> subprocess.CompletedProcess[str]:
    """The same, by `python -m`, under the limits that a line of a shell sets before it."""
    words = [sys.executable, "-m", program, *map(str, arguments), *(AS_AUTHORS_HAVE_IT if program == "pytest" else ())]
    return subprocess.run(
        ["/bin/sh", "-c", f'{limits} && exec "$@"', "sh", *words],
        cwd=folder,
        env={**_inherited(), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "GITHUB"))}


def _fork(
    program: Program, words: Sequence[str], folder: Path, environment: Mapping[str, str], outputs: Sequence[Path]
) -> int:
    process = CONTEXT.Process(target=_become, args=(program, words, folder, {**_inherited(), **environment}, outputs))
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{program} {' '.join(words)}: no end within {PATIENCE:g} s")
    return process.exitcode


def _become(
    program: Program, words: Sequence[str], folder: Path, environment: Mapping[str, str], outputs: Sequence[Path]
) -> None:
    for number, output in enumerate(outputs, 1):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [program, *words]
    code = PROGRAMS[program](words)
    atexit._run_exitfuncs()  # a process that was forked for this does not
    sys.exit(code)


def _mathpost(words: Sequence[str]) -> int:
    from mathpost.__main__ import main

    return main(words)


def _pytest(words: Sequence[str]) -> int:
    import pytest

    preloaded = ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    return pytest.main([*words, *AS_AUTHORS_HAVE_IT, *preloaded])


PROGRAMS: Mapping[Program, Callable[[Sequence[str]], int]] = {"mathpost": _mathpost, "pytest": _pytest}
