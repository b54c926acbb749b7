"""What the hooks run before a commit: `mathpost check --static`, and outputs taken out by `mathpost strip`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from making import GOOD, code, write
from mathpost.commands.strip import strip_outputs
from mathpost.text.problems import find_problems
from places import NOTEBOOK


def test_outputs_are_a_problem_until_they_are_stripped(tmp_path: Path) -> None:
    shown = code("1 + 1")
    shown.execution_count, shown.metadata = 3, {"scrolled": True, "tags": ["a"]}
    path = write(tmp_path / "a.ipynb", *GOOD, shown)

    assert [str(problem) for problem in find_problems(path)] == [
        f"{path}: the notebook has outputs: mathpost strip a.ipynb"
    ]
    assert strip_outputs(path)
    assert find_problems(path) == []
    assert json.loads(path.read_text())["cells"][-1]["metadata"] == {"tags": ["a"]}
    assert not strip_outputs(path)


def test_a_stripped_notebook_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(NOTEBOOK.read_bytes())
    before = path.read_bytes()

    assert not strip_outputs(path)
    assert path.read_bytes() == before


def test_the_real_post_is_checked_without_what_takes_long_to_load() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "mathpost", "check", "--static"]
    done = subprocess.run([*command, str(NOTEBOOK)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")
    assert not [line for line in done.stderr.splitlines() if line.endswith((" numpy", " nbformat", " papermill"))]


def test_the_commands_of_the_hooks_work(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", *GOOD[:-1])
    done = subprocess.run(
        [sys.executable, "-m", "mathpost", "check", "--static", str(path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout == f"{path}, cell 3, line 5: @fig-a points to nothing: no equation or figure has this label\n"
    stripped = subprocess.run([sys.executable, "-m", "mathpost", "strip", str(path)], check=False)
    assert stripped.returncode == 0
