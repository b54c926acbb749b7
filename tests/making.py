"""Small notebooks for the tests."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from mathpost.text.cells import Cell, cells_of_texts

FRONT_MATTER = "---\ntitle: A small post\ndate: 2024-12-15T01:06:38+05:30\n---"


def raw(source: str = FRONT_MATTER) -> NotebookNode:
    cell: NotebookNode = new_raw_cell(source)
    return cell


def code(source: str, *tags: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, metadata={"tags": list(tags)} if tags else {})
    return cell


def parameters(source: str) -> NotebookNode:
    return code(source, "parameters")


def text(source: str) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(source)
    return cell


def cells(*texts: str, first: int = 1) -> tuple[Cell, ...]:
    """Markdown cells of these texts, numbered from `first`."""
    return cells_of_texts(enumerate(texts, first))


def write(path: Path, *cells: NotebookNode, front_matter: str = FRONT_MATTER) -> Path:
    """A notebook with its front matter and these cells, counted from 2."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[raw(front_matter), *cells]), path)
    return path


# A post with one of everything, and nothing wrong with it.
GOOD = [
    parameters("m = 3"),
    text("## A\n\n$$a = b$$ {#eq-a}\n\nSee @eq-a and @fig-a. It is 2 {#val-a}."),
    code('check("#a", notation)\ncheck("val-a", a)'),
    code("#| label: fig-a\n#| fig-alt: A"),
]
