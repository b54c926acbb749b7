"""A notebook: read, executed, and what its execution recorded. The executed notebook is the record of a post."""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any, TypeAlias

import nbformat
from nbformat import NotebookNode

from mathpost.ground.errors import InputError, Place
from mathpost.ground.verdicts import MIME as VERDICTS
from mathpost.ground.verdicts import Verdict
from mathpost.notebooks.kernel import ANSI, Run, run_cells
from mathpost.notebooks.variables import DIGEST
from mathpost.notebooks.variables import MIME as VARIABLES
from mathpost.text.frontmatter import FrontMatter, parse_front_matter
from mathpost.text.markdown import find_inline_code
from mathpost.text.parameters import NONE, Parameters, check_known, declared_in, fit

Notebook: TypeAlias = NotebookNode

INLINE = "application/vnd.mathpost.inline+json"
INJECTED = {"injected-parameters", "mathpost-inline"}
RECORDED = ("mathpost", "numpy", "scipy", "matplotlib", "ipykernel")
CELL_TIMEOUT = 120.0
NONE_SET: Mapping[str, str] = {}
FILE_OF_CELL = re.compile(r"(?:/\S*?ipykernel_\d+/\d+\.py|<ipython-input-[^>]*>):(\d+): ")
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


@dataclass(frozen=True)
class CellWarning:
    """What a cell wrote to its standard error."""

    cell: int
    text: str


def read(path: Path) -> Notebook:
    """A notebook of which one can make a post: front matter first, one cell of parameters at most."""
    place = Place(path)
    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
    except FileNotFoundError:
        raise InputError("there is no such notebook", place) from None
    except (OSError, UnicodeDecodeError, nbformat.reader.NotJSONError) as error:
        raise InputError(f"cannot be read as a notebook: {str(error).splitlines()[0][:120]}", place) from None
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"is not a valid notebook: {str(error).splitlines()[0][:120]}", place) from None
    if not isinstance(notebook, NotebookNode) or "cells" not in notebook:
        raise InputError("is not a valid notebook: save it in the format 4", place)
    if not notebook.cells or notebook.cells[0].cell_type != "raw":
        raise InputError("a post begins with its front matter: make the first cell a raw cell with YAML", place)
    _parameters_cell(notebook, path)
    return notebook


def front_matter_of(notebook: Notebook, path: Path) -> FrontMatter:
    return parse_front_matter(notebook.cells[0].source, Place(path, 1))


def declared_parameters(notebook: Notebook, path: Path) -> dict[str, object]:
    """The parameters that a notebook has, by name, with their literal values."""
    number, source = _parameters_cell(notebook, path)
    return declared_in(source, Place(path, number))


def execute(
    path: Path,
    parameters: Parameters = NONE,
    *,
    timeout: float = CELL_TIMEOUT,
    environment: Mapping[str, str] = NONE_SET,
    variables: bool = False,
    progress: Callable[[int, int], None] = lambda cell, cells: None,
) -> Notebook:
    """Run a notebook from its top in a kernel of its own; the file is left as it is.

    `environment` are variables of the kernel's process; with `variables` the record has a digest of each name's value
    behind each cell.
    """
    path = path.resolve()
    notebook = read(path)
    front_matter_of(notebook, path)
    declared = declared_parameters(notebook, path)
    check_known(parameters, declared, Place(path))
    given = fit(parameters, declared, Place(path))
    run = Run(path, timeout, lambda cell: progress(cell, len(notebook.cells)), environment)
    return _record(run_cells(_prepared(notebook, variables), given, run), given, path)


def is_record(notebook: Notebook) -> bool:
    """Whether `execute` made it: the values of inline code are in no other executed notebook."""
    return "mathpost" in notebook.metadata


def cells_of(notebook: Notebook, kind: str) -> list[tuple[int, Notebook]]:
    """The cells of a kind with their numbers, which count all cells from 1."""
    return [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == kind]


def text_cells_of(notebook: Notebook) -> list[tuple[int | None, str]]:
    return [(number, cell.source) for number, cell in cells_of(notebook, "markdown")]


def inline_values_of(cell: Notebook) -> tuple[str, ...]:
    """The values of a Markdown cell's inline code, in order."""
    return tuple(cell.metadata.get("mathpost", {}).get("inline", ()))


def records_of(executed: Notebook) -> list[tuple[tuple[str, ...], Verdict]]:
    """What the checks in the notebook found, in the order of the cells, each with what its check was aimed at."""
    return [
        (tuple(record.get("target", ())), Verdict.from_json(verdict))
        for record in recorded(executed, VERDICTS)
        for verdict in record["verdicts"]
    ]


def recorded(executed: Notebook, mime: str) -> list[Mapping[str, Any]]:
    """What the cells recorded under a mime type of ours, in their order."""
    return [data[mime] for _, cell in cells_of(executed, "code") for data in _data_of(cell) if mime in data]


def verdicts_of(executed: Notebook) -> list[Verdict]:
    return [verdict for _, verdict in records_of(executed)]


def warnings_of(executed: Notebook) -> list[CellWarning]:
    """What cells wrote to standard error: shown to the author, never on the page."""
    return [
        CellWarning(number, text)
        for number, cell in cells_of(executed, "code")
        if (text := "".join(output.text for output in cell.outputs if output.get("name") == "stderr"))
        and (text := FILE_OF_CELL.sub(r"line \1: ", ANSI.sub("", text)).strip())
    ]


@cache
def versions() -> Mapping[str, str]:
    """With what a record was made."""
    return {"python": python_version(), **{name: _version(name) for name in RECORDED}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _parameters_cell(notebook: Notebook, path: Path) -> tuple[int | None, str]:
    tagged = [number for number, cell in cells_of(notebook, "code") if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) > 1:
        raise InputError("a second cell is tagged 'parameters': keep one", Place(path, tagged[1]))
    return (tagged[0], notebook.cells[tagged[0] - 1].source) if tagged else (None, "")


def _prepared(notebook: Notebook, variables: bool) -> Notebook:
    """A copy whose cells know their numbers, with a hidden cell before each text that holds inline code."""
    prepared = copy.deepcopy(notebook)
    prepared.cells = [cell for numbered in enumerate(prepared.cells, 1) for cell in _with_hidden(*numbered, variables)]
    return prepared


def _with_hidden(number: int, cell: Notebook, variables: bool) -> Iterable[Notebook]:
    cell.metadata["mathpost"] = {"cell": number}
    if cell.cell_type == "markdown":
        expressions = [code.expression for code in find_inline_code(cell.source)]
        if expressions:
            names = f"'expressions': {expressions!r}, 'namespace': globals(), 'MIME': {INLINE!r}"
            yield _hidden_cell(number, EVALUATE, names)
    yield cell
    if variables and cell.cell_type == "code":
        yield _hidden_cell(number, DIGEST, f"'namespace': globals(), 'MIME': {VARIABLES!r}")


def _hidden_cell(number: int, source: str, names: str) -> Notebook:
    metadata = {"tags": ["mathpost-inline"], "mathpost": {"cell": number, "hidden": True}}
    cell: Notebook = nbformat.v4.new_code_cell(f"exec({source!r}, {{{names}}})", metadata=metadata)
    return cell


def _record(executed: Notebook, parameters: Parameters, path: Path) -> Notebook:
    """The executed notebook without what was put into it; the values stand in the metadata of their cells."""
    values = {cell.metadata.mathpost.cell: list(_data_of(cell)) for cell in executed.cells if _is_hidden(cell)}
    record = copy.deepcopy(executed)
    record.cells = [cell for cell in record.cells if not INJECTED & set(cell.metadata.get("tags", []))]
    record.metadata.pop("papermill", None)
    problems: list[InputError] = []
    for number, cell in enumerate(record.cells, 1):
        cell.metadata.pop("papermill", None)
        digests = [data[VARIABLES] for data in values.get(number, []) if VARIABLES in data]
        if digests:
            cell.metadata["mathpost"] = {"cell": number, "variables": digests[0]}
        results = [data[INLINE] for data in values.get(number, []) if INLINE in data]
        if results:
            problems += _inline_errors(cell, results, Place(path, number))
            cell.metadata["mathpost"] = {"cell": number, "inline": [result.get("value") for result in results]}
    if problems:
        raise InputError("\n".join([problems[0].message, *map(str, problems[1:])]), problems[0].place)
    record.metadata["mathpost"] = {"parameters": dict(parameters), "versions": dict(versions())}
    return record


def _inline_errors(cell: Notebook, results: Iterable[Mapping[str, str]], place: Place) -> list[InputError]:
    return [
        InputError(
            f"the inline code `{code.expression}` gives {result['error']}", Place(place.file, place.cell, code.line)
        )
        for code, result in zip(find_inline_code(cell.source), results, strict=True)
        if "error" in result
    ]


def _is_hidden(cell: Notebook) -> bool:
    return bool(cell.metadata.get("mathpost", {}).get("hidden"))


def _data_of(cell: Notebook) -> Iterable[Mapping[str, Any]]:
    return (output.data for output in cell.outputs if "data" in output)
