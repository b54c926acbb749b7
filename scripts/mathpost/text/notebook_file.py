"""The file of a notebook: JSON in UTF-8, with a list of cells. What is otherwise is told in plain words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from mathpost.ground.errors import InputError, Place
from mathpost.text.written import NO_CHARACTER, UNTEXT

FORMAT: Final = 4
NOT_UTF8: Final = "cannot be read as a notebook: byte {byte} is not UTF-8: save it in this encoding"
NOT_JSON: Final = "cannot be read as a notebook: {reason}"
TOO_DEEP: Final = "cannot be read as a notebook: it is nested too deeply"
NO_CELLS: Final = "cannot be read as a notebook: it has no list of cells"
NO_METADATA: Final = "cannot be read as a notebook: its metadata are no object"
NO_CELL: Final = "cannot be read as a notebook: cell {number} has no {what}"
OTHER_FORMAT: Final = "is not a valid notebook: save it in the format 4"


def notebook_in(data: bytes, path: Path) -> dict[str, Any]:
    """What a notebook's file holds: its `cells` have a `cell_type` and a `source`, a text or lines of one.

    A byte order mark is let pass. Errors: InputError for what is no notebook of the format 4.
    """
    notebook = _json(data, path)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if isinstance(notebook, dict) and (notebook.get("nbformat", FORMAT) != FORMAT or "worksheets" in notebook):
        raise InputError(OTHER_FORMAT, Place(path))
    if not isinstance(notebook, dict) or not isinstance(cells, list):
        raise InputError(NO_CELLS, Place(path))
    if not isinstance(notebook.get("metadata", {}), dict):
        raise InputError(NO_METADATA, Place(path))
    for number, cell in enumerate(cells, 1):
        if what := _missing(cell):
            raise InputError(NO_CELL.format(number=number, what=what), Place(path))
        _require_text("".join(cell["source"]), Place(path, number))
    return notebook


def _json(data: bytes, path: Path) -> object:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(NOT_UTF8.format(byte=error.start + 1), Place(path)) from None
    except RecursionError:
        raise InputError(TOO_DEEP, Place(path)) from None
    except ValueError as error:
        raise InputError(NOT_JSON.format(reason=error), Place(path)) from None


def _missing(cell: object) -> str:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return "cell_type"
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        return "metadata that are an object"
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return "tags that are a list of words"
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return "" if all(isinstance(line, str) for line in lines) else "source"


def _require_text(source: str, place: Place) -> None:
    if found := UNTEXT.search(source):
        line = source.count("\n", 0, found.start()) + 1
        raise InputError(NO_CHARACTER.format(code=ord(found[0])), Place(place.file, place.cell, line))
