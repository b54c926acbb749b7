"""Notebooks in short: cells behind lines `%%% md`, `%%% py` or `%%% raw`, with the tags of a cell behind its kind."""

from __future__ import annotations

import re

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from places import CASES

MARK = re.compile(r"^%%% (md|py|raw)(.*)\n", re.MULTILINE)
MAKERS = {"md": new_markdown_cell, "py": new_code_cell, "raw": new_raw_cell}


def read_notebook(name: str) -> list[NotebookNode]:
    """The cells of `cases/field/<name>.txt`. A word with `=` behind a kind is metadata, any other one a tag."""
    return cells_of((CASES / "field" / f"{name}.txt").read_text(encoding="utf-8"))


def cells_of(short: str) -> list[NotebookNode]:
    _, *parts = MARK.split(short)
    return [_cell(*parts[start : start + 3]) for start in range(0, len(parts), 3)]


def _cell(kind: str, words: str, source: str) -> NotebookNode:
    tags = [word for word in words.split() if "=" not in word]
    metadata = dict(word.split("=", 1) for word in words.split() if "=" in word)
    cell: NotebookNode = MAKERS[kind](source.rstrip("\n"), metadata={**metadata, **({"tags": tags} if tags else {})})
    return cell
