"""A notebook as it is committed: without outputs and without counts of executions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mathpost.commands.terminal import STDOUT
from mathpost.ground.errors import relative
from mathpost.ground.files import read_input, write_atomic
from mathpost.text.notebook_file import notebook_in

# What an editor notes about a reader's screen, not about the notebook.
TRANSIENT = ("collapsed", "execution", "ExecuteTime", "scrolled", "outputId")


def strip(paths: Sequence[Path], *, as_json: bool) -> int:
    """Strip notebooks, and say which had something to take."""
    stripped = [path for path in paths if strip_outputs(path)]
    STDOUT.tell(
        [str(path) for path in stripped],
        "\n".join(f"stripped {relative(path)}" for path in stripped),
        as_json=as_json,
    )
    return 0


def strip_outputs(path: Path) -> bool:
    """Take the outputs out of a notebook; False if there was nothing to take."""
    notebook = notebook_in(read_input(path, "notebook"), path)
    changed = [_strip_cell(cell) for cell in notebook["cells"]]
    if not any(changed):
        return False
    return write_atomic(path, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())


def _strip_cell(cell: dict[str, Any]) -> bool:
    before = json.dumps(cell)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    for name in TRANSIENT:
        cell.get("metadata", {}).pop(name, None)
    return json.dumps(cell) != before
