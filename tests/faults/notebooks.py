"""Notebook files that are none, and names that no post can have."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from faulting import SLUG, Fault, Planting
from making import text, write
from mathpost.site import Site

DEEP = 200_000
VALID = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def holds(data: bytes | str) -> Planting:
    """The notebook's file holds these bytes."""
    return lambda site: _notebook(site).write_bytes(data if isinstance(data, bytes) else data.encode())


def is_made_of(**changed: Any) -> Planting:
    """The notebook is an empty one with other entries."""
    return holds(json.dumps({**VALID, **changed}))


def edited(change: Callable[[Any], object]) -> Planting:
    """The post as it is published, but for a change of its JSON."""

    def plant(site: Site) -> None:
        notebook = nbformat.read(_notebook(site), as_version=4)
        change(notebook)
        _notebook(site).write_text(json.dumps(notebook))

    return plant


def encoded(encoding: str) -> Planting:
    def plant(site: Site) -> None:
        path = _notebook(site)
        path.write_bytes(path.read_text(encoding="utf-8").replace("small", "grüß").encode(encoding))

    return plant


def beside(name: str) -> Planting:
    """A second notebook of this name, a good one."""
    return lambda site: write(site.notebooks / f"{name}.ipynb", text("Well."))


def replaced_by(make: Callable[[Path], object]) -> Planting:
    def plant(site: Site) -> None:
        _notebook(site).unlink()
        make(_notebook(site))

    return plant


def cut_in_half(site: Site) -> None:
    data = _notebook(site).read_bytes()
    _notebook(site).write_bytes(data[: len(data) // 2])


def of_another_case(site: Site) -> None:
    write(site.notebooks / "Mean.ipynb", text("Well."))


def _notebook(site: Site) -> Path:
    return site.notebooks / f"{SLUG}.ipynb"


FAULTS = (
    Fault("a notebook of no bytes", holds(b"")),
    Fault("a notebook of NULs", holds(b"\0" * 500)),
    Fault("a notebook that is a picture", holds(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))),
    Fault("a notebook that is a web page", holds("<!doctype html><title>Sign in</title>")),
    Fault("a notebook with marks of a merge", holds("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n")),
    Fault("a notebook cut in half", cut_in_half),
    Fault("a notebook that is a list", holds("[]")),
    Fault("a notebook that is a number", holds("4")),
    Fault("a notebook that is null", holds("null")),
    Fault("a notebook that is an empty object", holds("{}")),
    Fault("a notebook of deep brackets", holds("[" * DEEP)),
    Fault("a notebook of deep objects", holds('{"a":' * DEEP + "1" + "}" * DEEP)),
    Fault("a notebook of the format 3", is_made_of(nbformat=3, worksheets=[{"cells": []}])),
    Fault("a notebook of a format to come", is_made_of(nbformat=5, nbformat_minor=0)),
    Fault("a notebook whose format is a word", is_made_of(nbformat="four")),
    Fault("a notebook whose cells are an object", is_made_of(cells={"a": 1})),
    Fault("a notebook with a cell that is a word", is_made_of(cells=["x"])),
    Fault("a notebook with a cell of no type", is_made_of(cells=[{"source": "x", "metadata": {}}])),
    Fault(
        "a notebook with a cell of another type",
        is_made_of(cells=[{"cell_type": "heading", "source": "x", "metadata": {}}]),
    ),
    Fault("a source that is a number", edited(lambda nb: nb.cells[3].update(source=3))),
    Fault("a source with half of a surrogate", edited(lambda nb: nb.cells[3].update(source="A \ud800 b."))),
    Fault("a source with a NUL", edited(lambda nb: nb.cells[3].update(source="A \0 b."))),
    Fault("metadata that are a list", edited(lambda nb: nb.update(metadata=[]))),
    Fault("tags that are a number", edited(lambda nb: nb.cells[1].metadata.update(tags=7))),
    Fault("two cells of one id", edited(lambda nb: [cell.update(id="one") for cell in nb.cells]), slow=True),
    Fault(
        "a notebook of another language",
        edited(
            lambda nb: nb.metadata.update(
                language_info={"name": "R"}, kernelspec={"name": "ir", "language": "R", "display_name": "R"}
            )
        ),
    ),
    Fault("UTF-16", encoded("utf-16")),
    Fault("Latin-1", encoded("latin-1")),
    Fault("a byte order mark", encoded("utf-8-sig"), slow=True),
    Fault("a folder in place of a notebook", replaced_by(Path.mkdir)),
    Fault("a link to nothing in place of a notebook", replaced_by(lambda path: path.symlink_to("gone.ipynb"))),
    Fault("a link to itself in place of a notebook", replaced_by(lambda path: path.symlink_to(path.name))),
    Fault(
        "a link to a file of the system in place of a notebook",
        replaced_by(lambda path: path.symlink_to("/etc/passwd")),
    ),
    Fault("a pipe in place of a notebook", replaced_by(lambda path: os.mkfifo(path))),
    Fault("a slug that Hugo keeps", beside("index")),
    Fault("a slug that Hugo keeps, with a line", beside("_index")),
    Fault("a slug with spaces", beside("my post")),
    Fault("a slug that is a picture", beside("\N{SNOWMAN}")),
    Fault("a slug of a dash", beside("-f")),
    Fault("a slug with a dot", beside("a.b")),
    Fault("a slug that leads up", beside("..")),
    Fault("a slug with an end of line", beside("a\nb")),
    Fault("a slug of 220 letters", beside("a" * 220)),
    Fault("two slugs that differ in case", of_another_case),
    Fault("a command for a slug that leads up", lambda site: None, ("publish", "../mean")),
    Fault("a command for an absolute path", lambda site: None, ("publish", "/etc/passwd")),
    Fault("a command for a slug that is not there", lambda site: None, ("publish", "median")),
    Fault("a command with a NaN", lambda site: None, ("publish", "mean", "-p", "m", "nan")),
    Fault("a command with an unknown parameter", lambda site: None, ("publish", "mean", "-p", "k", "1")),
)
