"""Notebooks in short, each with what becomes of it: cells behind lines `%%% md`, `%%% py` or `%%% raw`.

Behind the kind of a cell stand its tags; a word with `=` is metadata. The last part, `%%% then`, is the page and the
notices, or the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from places import CASES

FIELD = CASES / "field"
MARK = re.compile(r"^%%% (md|py|raw|then)(.*)\n", re.MULTILINE)
MAKERS: Mapping[str, Callable[..., NotebookNode]] = {"md": new_markdown_cell, "py": new_code_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class FieldCase:
    """The cells of a notebook, and what becomes of it."""

    name: str
    cells: tuple[NotebookNode, ...]
    then: str


def field_cases() -> list[FieldCase]:
    return [read_case(path.stem) for path in sorted(FIELD.glob("*.txt"))]


def read_case(name: str) -> FieldCase:
    _, *parts = MARK.split((FIELD / f"{name}.txt").read_text(encoding="utf-8"))
    cells = [parts[start : start + 3] for start in range(0, len(parts), 3)]
    then = next((source for kind, _, source in cells if kind == "then"), "")
    return FieldCase(name, tuple(_cell(*cell) for cell in cells if cell[0] != "then"), then.rstrip("\n"))


def _cell(kind: str, words: str, source: str) -> NotebookNode:
    tags = [word for word in words.split() if "=" not in word]
    metadata = dict(word.split("=", 1) for word in words.split() if "=" in word)
    return MAKERS[kind](source.rstrip("\n"), metadata={**metadata, **({"tags": tags} if tags else {})})
