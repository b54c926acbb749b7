"""Kernels from the fork server are like those that are started as ever, and end as they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from making import code, write
from mathpost.notebooks import Record, execute
from mathpost.notebooks.forking import VARIABLE
from mathpost.text import read
from planting import garden
from programs import CONTEXT

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone"),
]

WORLD = """
import json, locale, os, random, signal, sys, threading

def connection(argument):
    return "parent_handle" in argument or argument.endswith("kernel.json")

print(json.dumps({
    "argv": [argument for argument in sys.argv if not connection(argument)],
    "environment": {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"},
    "flags": repr(sys.flags),
    "folder": os.getcwd(),
    "globals": sorted(globals()),
    "group": os.getpgid(0) == os.getsid(0) == os.getpid(),
    "hash": hash("a"),
    "locale": locale.getlocale(),
    "main": repr(sys.modules["__main__"]),
    "path": sys.path,
    "signals": [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
    "threads": sorted(type(thread).__name__ for thread in threading.enumerate()),
    "zone": __import__("time").tzname,
}))
"""
PARENT = "import os\nprint(os.getppid())"
FILES = "print([os.readlink(f'/proc/self/fd/{number}').split(':')[0] for number in (1, 2)])"
CHANCE = (
    "import random\nimport numpy as np\nprint(random.random(), np.random.random(), np.random.default_rng().random())"
)


def printed(record: Record) -> str:
    outputs = [output for cell in record.notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if "text" in output)


@pytest.fixture
def printed_by(tmp_path: Path) -> Callable[[str], str]:
    return lambda source: printed(execute(read(write(tmp_path / "a.ipynb", code(source)))))


def started_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)


def wait_until(happened: Callable[[], object]) -> None:
    for _ in range(300):
        if happened():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen in half a minute")


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or nothing of it is left but its entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_lives_in_the_same_world(printed_by: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    forked, parent = json.loads(printed_by(WORLD)), int(printed_by(PARENT))
    started_as_ever(monkeypatch)
    world, own = json.loads(printed_by(WORLD)), int(printed_by(PARENT))

    for one in (forked, world):
        one["environment"].pop(VARIABLE, None)
        for name in ("IPYTHONDIR", "MATHPOST_SNAPSHOT", "TMPDIR"):
            del one["environment"][name]
    assert forked == world
    assert (own, parent != own) == (os.getpid(), True)


def test_it_makes_the_same_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = garden(tmp_path)
    started_as_ever(monkeypatch)
    again = execute(read(ground.source))

    for record in (ground.record, again):
        for output in (output for cell in record.notebook.cells for output in cell.get("outputs", [])):
            for verdict in output.get("data", {}).get("application/vnd.mathpost.verdicts+json", {}).get("verdicts", []):
                verdict["seconds"] = 0
    assert ground.record.notebook == again.notebook


def test_it_draws_its_own_numbers(printed_by: Callable[[str], str]) -> None:
    numbers = [number for _ in range(3) for number in printed_by(CHANCE).split()]
    assert len(set(numbers)) == 9


def test_in_another_environment_it_is_started_as_ever(
    printed_by: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert int(printed_by(PARENT)) == os.getpid()


def test_without_the_server_it_is_started_as_ever(
    printed_by: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = os.environ[VARIABLE].rpartition(":")[2]
    monkeypatch.setenv(VARIABLE, f"{tmp_path}/gone:{environment}")
    assert int(printed_by(PARENT)) == os.getpid()


def test_what_it_started_ends_with_it(printed_by: Callable[[str], str]) -> None:
    started = printed_by("import subprocess\nprint(subprocess.Popen(['sleep', '1000']).pid)")
    wait_until(lambda: has_ended(int(started)))


def test_it_ends_with_whoever_wanted_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    source = f"import os, time\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}}\\n')\ntime.sleep(1000)"
    wanting = CONTEXT.Process(target=execute, args=(read(write(tmp_path / "a.ipynb", code(source))),))
    wanting.start()
    wait_until(lambda: told.exists() and told.read_text().endswith("\n"))
    pid = int(told.read_text())
    assert not has_ended(pid)
    wanting.kill()
    wanting.join()
    wait_until(lambda: has_ended(pid))


THREE = """
import json, os, sys
from pathlib import Path
from mathpost.notebooks import execute
from mathpost.text import read

printed = [execute(read(Path(sys.argv[1]))).notebook.cells[1].outputs[0].text.splitlines() for _ in range(3)]
print(json.dumps([os.getpid(), printed, os.environ["MATHPOST_FORK_SERVER"].rpartition(":")[0]]))
"""


def test_the_server_is_there_from_the_second_kernel_on_and_ends_with_who_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    command = [sys.executable, "-c", THREE, str(write(tmp_path / "a.ipynb", code(f"{PARENT}\n{FILES}")))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    own, printed, address = json.loads(done.stdout)
    first, second, third = (int(parent) for parent, _ in printed)

    assert first == own
    assert len({files for _, files in printed}) == 1
    assert second == third != own
    wait_until(lambda: has_ended(second))
    assert not Path(address).parent.exists()


LEFT = {
    "a session of its own": """
import subprocess, sys
left = subprocess.Popen(
    [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"],
    start_new_session=True, stdout=subprocess.PIPE,
)
left.stdout.readline()
print(left.pid)
""",
    "a daemon": """
import os, time
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(write, str(os.getpid()).encode())
        time.sleep(600)
    os._exit(0)
print(os.read(read, 20).decode())
""",
}


@pytest.mark.parametrize("is_forked", [True, False], ids=["forked", "as ever"])
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_what_a_cell_leaves_running_ends_with_its_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, is_forked: bool
) -> None:
    if not is_forked:
        started_as_ever(monkeypatch)
    record = execute(read(write(tmp_path / "a.ipynb", code(source))))
    wait_until(lambda: has_ended(int(printed(record))))


def test_a_process_that_would_have_outlived_its_kernel_is_told(tmp_path: Path) -> None:
    record = execute(read(write(tmp_path / "a.ipynb", code(LEFT["a session of its own"]))))
    (warning,) = record.warnings()
    assert warning.cell is None
    assert warning.text.startswith("a cell had left a process running, which was ended: ")
    assert warning.text.endswith("-c import time; print(flush=True); time.sleep(600)")


@pytest.mark.parametrize("name", ["json", "mathpost", "zmq"])
def test_a_module_beside_the_notebook_does_not_keep_a_kernel_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / f"{name}.py").write_text("raise RuntimeError('not ours')")
    started_as_ever(monkeypatch)
    assert printed(execute(read(write(tmp_path / "a.ipynb", code("print('here')"))))) == "here\n"
