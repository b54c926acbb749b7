"""A document with formulas: a notebook, or a page of Markdown of any site, which is one cell without a number."""

from __future__ import annotations

from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.text.cells import Cell, cells_of_notebook, cells_of_texts
from mathpost.text.macros import macros_around
from mathpost.text.markup import Dialect


def read_document(path: Path) -> tuple[Cell, ...]:
    """The cells of a notebook, or the text of a page, its front matter blanked so that lines keep their numbers."""
    try:
        data = path.read_bytes()
        if path.suffix == ".ipynb":
            return cells_of_notebook(data, path, macros_around(path))
        text = _without_front_matter(data.decode("utf-8"))
        return cells_of_texts([(None, text)], Dialect.PAGE, macros_around(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't be read: {error}", Place(path)) from None


def _without_front_matter(source: str) -> str:
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    mark = lines[0].strip()
    if mark not in ("---", "+++"):
        return "\n".join(lines)
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == mark or (mark == "---" and line.strip() == "..."):
            return "\n".join([""] * (number + 1) + lines[number + 1 :])
    return "\n".join(lines)
