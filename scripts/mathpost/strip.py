"""A notebook as it is committed: without outputs and without counts of executions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import InputError, Place
from .site import write_atomic

# What an editor notes about a reader's screen, not about the notebook.
TRANSIENT = ("collapsed", "execution", "ExecuteTime", "scrolled", "outputId")


def strip(path: Path) -> bool:
    """Take the outputs out of a notebook; False if there was nothing to take."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        changed = [_strip_cell(cell) for cell in notebook["cells"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"cannot be read as a notebook: {str(error).splitlines()[0][:120]}", Place(path)) from None
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
