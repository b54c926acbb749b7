"""Executing a post: its notebook is run from the top in a kernel of its own, and the file is left as it is."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

import nbformat
from nbformat import NotebookNode

from mathpost.ground.errors import InputError, Place, together
from mathpost.notebooks.kernel import ENDED, READS, Run, run_cells
from mathpost.notebooks.record import Notebook, Record, data_of
from mathpost.notebooks.variables import DIGEST
from mathpost.notebooks.variables import MIME as VARIABLES
from mathpost.text.elements import InlineCode
from mathpost.text.parameters import NONE, Parameters, check_known, fit
from mathpost.text.post import PostText, parse

INLINE = "application/vnd.mathpost.inline+json"
INJECTED = {"injected-parameters", "mathpost-inline"}
RECORDED = ("mathpost", "numpy", "scipy", "matplotlib", "ipykernel")
CELL_TIMEOUT = 120.0
NONE_SET: Mapping[str, str] = {}
# Runs in the kernel in a namespace of its own, so that nothing but the values is left behind.
EVALUATE = """
from IPython.display import display
for expression in expressions:
    try:
        result = {"value": str(eval(expression, namespace))}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    display({MIME: result}, raw=True)
"""


def execute(
    text: PostText,
    parameters: Parameters = NONE,
    *,
    timeout: float = CELL_TIMEOUT,
    environment: Mapping[str, str] = NONE_SET,
    variables: bool = False,
    progress: Callable[[int, int], None] = lambda cell, cells: None,
) -> Record:
    """Run the notebook that a text was read from; what the file holds by now is not looked at.

    `environment` are variables of the kernel's process; with `variables` the record has a digest of each name's value
    behind each cell. Errors: InputError for what the author did, in the notebook or in the parameters; EngineError
    where the kernel failed.
    """
    text.require_sound("head")
    notebook = notebook_of(text)
    check_known(parameters, text.parameters, Place(text.path))
    given = fit(parameters, text.parameters, Place(text.path))
    run = Run(text, timeout, lambda cell: progress(cell, len(notebook.cells)), environment)
    executed = run_cells(_prepared(notebook, text, variables), given, run)
    return Record(text, _record(executed, given, text))


def notebook_of(text: PostText) -> Notebook:
    """The notebook as nbformat has it. Errors: InputError if it is not valid."""
    place = Place(text.path)
    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(text.data.decode("utf-8-sig"), as_version=4)
            nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"is not a valid notebook: {str(error).splitlines()[0][:120]}", place) from None
    assert isinstance(notebook, NotebookNode)
    return notebook


def record_of(notebook: Notebook, path: Path) -> Record:
    """The record of a notebook in memory: its own where it has one, else it is executed.

    Errors: InputError for a mistake in its text.
    """
    text = parse(nbformat.writes(notebook).encode(), path)
    text.require_sound()
    return Record(text, notebook) if "mathpost" in notebook.metadata else execute(text)


@cache
def versions() -> Mapping[str, str]:
    """With what a record was made."""
    return {"python": python_version(), **{name: _version(name) for name in RECORDED}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _prepared(notebook: Notebook, text: PostText, variables: bool) -> Notebook:
    """A copy whose cells know their numbers, with a hidden cell before each text that holds inline code."""
    prepared = copy.deepcopy(notebook)
    for source in text.code:
        if source.options and not source.options.evaluates:
            prepared.cells[(source.number or 1) - 1].source = ""  # nothing runs, all that is shown is in the text
    codes = {cell.number: cell.markup.codes for cell in text.markdown}
    prepared.cells = [
        each
        for number, cell in enumerate(prepared.cells, 1)
        for each in _with_hidden(number, cell, codes.get(number, ()), variables)
    ]
    return prepared


def _with_hidden(number: int, cell: Notebook, codes: tuple[InlineCode, ...], variables: bool) -> Iterable[Notebook]:
    cell.metadata["mathpost"] = {"cell": number}
    if codes:
        expressions = [code.expression for code in codes]
        names = f"'expressions': {expressions!r}, 'namespace': globals(), 'MIME': {INLINE!r}"
        yield _hidden_cell(number, EVALUATE, names)
    yield cell
    if variables and cell.cell_type == "code":
        yield _hidden_cell(number, DIGEST, f"'namespace': globals(), 'MIME': {VARIABLES!r}")


def _hidden_cell(number: int, source: str, names: str) -> Notebook:
    metadata = {"tags": ["mathpost-inline"], "mathpost": {"cell": number, "hidden": True}}
    cell: Notebook = nbformat.v4.new_code_cell(f"exec({source!r}, {{{names}}})", metadata=metadata)
    return cell


def _record(executed: Notebook, parameters: Parameters, text: PostText) -> Notebook:
    """The executed notebook without what was put into it; the values stand in the metadata of their cells."""
    values = {cell.metadata.mathpost.cell: list(data_of(cell)) for cell in executed.cells if _is_hidden(cell)}
    record = copy.deepcopy(executed)
    record.cells = [cell for cell in record.cells if not INJECTED & set(cell.metadata.get("tags", []))]
    record.metadata.pop("papermill", None)
    problems: list[InputError] = []
    for number, (cell, source) in enumerate(zip(record.cells, text.cells, strict=True), 1):
        cell.metadata.pop("papermill", None)
        digests = [data[VARIABLES] for data in values.get(number, []) if VARIABLES in data]
        if digests:
            cell.metadata["mathpost"] = {"cell": number, "variables": digests[0]}
        results = [data[INLINE] for data in values.get(number, []) if INLINE in data]
        if results:
            problems += _inline_errors(source.markup.codes, results, Place(text.path, number))
            cell.metadata["mathpost"] = {"cell": number, "inline": [result.get("value") for result in results]}
    if problems:
        raise together(problems)
    record.metadata["mathpost"] = {"parameters": dict(parameters), "versions": dict(versions())}
    for name, key in ((ENDED, "ended"), (READS, "reads")):
        if found := record.metadata.pop(name, None):
            record.metadata["mathpost"][key] = found
    return record


def _inline_errors(codes: Iterable[InlineCode], results: Iterable[Mapping[str, Any]], place: Place) -> list[InputError]:
    return [
        InputError(
            f"the inline code `{code.expression}` gives {result['error']}", Place(place.file, place.cell, code.line)
        )
        for code, result in zip(codes, results, strict=True)
        if "error" in result
    ]


def _is_hidden(cell: Notebook) -> bool:
    return bool(cell.metadata.get("mathpost", {}).get("hidden"))
