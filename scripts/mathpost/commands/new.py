"""The first notebook of a new post: small, whole, and green."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from mathpost.commands.terminal import STDOUT
from mathpost.ground.errors import InputError, Place, relative
from mathpost.ground.files import write_atomic
from mathpost.site import Post

STARTER = Path(__file__).with_name("starter.json")


def new(post: Post, title: str | None, *, as_json: bool) -> int:
    """Write the notebook of a new post, and say what to do with it."""
    write_starter(post, title or post.slug.replace("-", " ").replace("_", " ").capitalize())
    STDOUT.tell(
        {"notebook": str(post.notebook)},
        f"{relative(post.notebook)} is ready: open it in Jupyter, or make serve",
        as_json=as_json,
    )
    return 0


def write_starter(post: Post, title: str) -> None:
    """Write the notebook of a new post; one that is there already stays as it is."""
    if post.notebook.exists():
        raise InputError("is there already: choose another slug", Place(post.notebook))
    today = datetime.now(UTC).date().isoformat()
    cells = json.loads(STARTER.read_text(encoding="utf-8"))
    cells[0]["source"] = Template(cells[0]["source"]).substitute(
        title=json.dumps(title, ensure_ascii=False), date=today
    )
    notebook = {
        "cells": [_cell(number, **cell) for number, cell in enumerate(cells, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write_atomic(post.notebook, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())


def _cell(number: int, cell_type: str, source: str, **metadata: object) -> dict[str, object]:
    lines = source.splitlines(keepends=True)
    cell: dict[str, object] = {"cell_type": cell_type, "id": f"cell-{number}", "metadata": metadata, "source": lines}
    return cell | ({"execution_count": None, "outputs": []} if cell_type == "code" else {})
