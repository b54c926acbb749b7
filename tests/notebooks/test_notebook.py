"""Reading and executing notebooks: what a run gives, and what is said when it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from making import code, parameters, text, write
from mathpost.ground.errors import EngineError, InputError, MathpostError
from mathpost.notebooks import Record, execute
from mathpost.notebooks.record import CellWarning, inline_values_of
from mathpost.text import read

Run = Callable[..., Record]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*cells: NotebookNode, **options: object) -> Record:
        return execute(read(write(tmp_path / "a.ipynb", *cells)), **options)  # type: ignore[arg-type]

    return run


def message_of(path: Path, error: MathpostError) -> str:
    return str(error).replace(str(path), "a.ipynb")


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("# not JSON")
    with pytest.raises(InputError) as caught:
        read(path)
    assert message_of(path, caught.value).startswith("a.ipynb: cannot be read as a notebook: ")


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '{"nbformat": 4}',
        '{"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "metadata": {}}',
        '{"cells": [{}], "nbformat": 4, "nbformat_minor": 5}',
    ],
)
def test_json_that_is_no_notebook_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(InputError, match=r"a valid notebook|as a notebook"):
        read(path)


def test_a_notebook_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.ipynb")
    assert message_of(tmp_path / "a.ipynb", caught.value) == "a.ipynb: there is no such notebook"


def test_a_post_begins_with_its_front_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb")
    notebook = json.loads(path.read_text())
    notebook["cells"] = [{**notebook["cells"][0], "cell_type": "markdown"}]
    path.write_text(json.dumps(notebook))
    with pytest.raises(InputError) as caught:
        read(path).require_sound()
    expected = "a.ipynb, cell 1: a post begins with its front matter: make the first cell a raw cell with YAML"
    assert message_of(path, caught.value) == expected


def test_one_cell_holds_the_parameters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", parameters("m = 1"), text("…"), parameters("n = 2"))
    with pytest.raises(InputError) as caught:
        read(path).require_sound()
    assert message_of(path, caught.value) == "a.ipynb, cell 4: a second cell is tagged 'parameters': keep one"


@pytest.mark.kernel
def test_a_run_leaves_the_file_as_it_is_and_no_trace_of_itself_in_the_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", parameters("m = 1"), text("There are `{python} m` and `{python} 2 * m`."))
    before = path.read_bytes()
    record = execute(read(path), {"m": 4})
    assert path.read_bytes() == before
    assert [cell.cell_type for cell in record.notebook.cells] == ["raw", "code", "markdown"]
    assert inline_values_of(record.notebook.cells[2]) == ("4", "8")
    assert record.notebook.metadata.mathpost.parameters == {"m": 4}
    assert sorted(record.notebook.metadata.mathpost.versions) == [
        "ipykernel",
        "mathpost",
        "matplotlib",
        "numpy",
        "python",
        "scipy",
    ]


@pytest.mark.kernel
def test_inline_code_sees_the_values_at_its_place_and_leaves_no_name_behind(run: Run) -> None:
    record = run(
        code("x = 1"),
        text("`{python} x`"),
        code("x = 2; before = set(globals())"),
        text("`{python} x` and `{python} f'{x:.2f}'` and `{python} sum(x + i for i in range(3))`"),
        code(
            "print(sorted(name for name in set(globals()) - before if not name.startswith('_') and name != 'before'))"
        ),
    )
    assert [inline_values_of(cell) for cell in record.notebook.cells if cell.cell_type == "markdown"] == [
        ("1",),
        ("2", "2.00", "9"),
    ]
    assert record.notebook.cells[-1].outputs[0].text == "[]\n"


@pytest.mark.kernel
def test_all_wrong_inline_code_is_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", text("one `{python} 1`\ntwo `{python} nope`"), text("three `{python} 1 / 0`"))
    with pytest.raises(InputError) as caught:
        execute(read(path))
    assert message_of(path, caught.value) == (
        "a.ipynb, cell 2, line 2: the inline code `nope` gives NameError: name 'nope' is not defined\n"
        "a.ipynb, cell 3, line 1: the inline code `1 / 0` gives ZeroDivisionError: division by zero"
    )


@pytest.mark.kernel
def test_the_kernel_is_this_python_in_a_fixed_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another kernel is registered under the same name, and a start-up file lies in the profile."""
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "0.py").write_text("sneaky = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    path = write(
        tmp_path / "notebooks" / "a.ipynb",
        code(
            "import json, os, sys\nnames = ['TZ', 'PYTHONHASHSEED', 'MATHPOST_NOTEBOOK']\n"
            "print(json.dumps([sys.prefix, os.getcwd(), 'sneaky' in globals(), *map(os.environ.get, names)]))"
        ),
    )
    import sys

    assert json.loads(execute(read(path)).notebook.cells[1].outputs[0].text) == [
        sys.prefix, str(path.parent), False, "UTC", "0", str(path),
    ]  # fmt: skip


@pytest.mark.kernel
def test_warnings_are_kept_for_the_author_without_paths_of_this_machine(run: Run) -> None:
    record = run(code("print('fine')"), code("import warnings\nwarnings.warn('careful')"))
    assert list(record.warnings()) == [CellWarning(3, "line 2: UserWarning: careful\n  warnings.warn('careful')")]


@pytest.mark.kernel
def test_each_code_cell_is_announced(run: Run) -> None:
    heard: list[tuple[int, int]] = []
    run(code("1"), text("`{python} 1`"), code("2"), progress=lambda cell, cells: heard.append((cell, cells)))
    assert heard == [(2, 4), (4, 4)]


@pytest.mark.kernel
def test_what_a_cell_prints_is_one_text_however_slowly_it_comes(run: Run) -> None:
    slow = "import sys, time\nfor part in 'abc':\n    print(part, end='', flush=True)\n    time.sleep(0.3)"
    assert [output.text for output in run(code(slow)).notebook.cells[1].outputs] == ["abc"]


@pytest.mark.kernel
def test_a_flood_of_output_is_cut(run: Run) -> None:
    record = run(code("for i in range(100_000): print(i)"), code("print('after')"))
    flood = record.notebook.cells[1].outputs[0].text
    assert len(flood) < 101_000
    assert flood.startswith("0\n1\n2\n")
    assert flood.endswith("\n… (cut here: the cell prints more than is kept)\n")
    assert record.notebook.cells[2].outputs[0].text == "after\n"


@pytest.mark.kernel
def test_pieces_that_a_cell_prints_faster_than_they_are_read_are_all_kept(tmp_path: Path) -> None:
    pieces = 3_000  # ZeroMQ would keep a thousand
    path = write(tmp_path / "a.ipynb", code(f"for i in range({pieces}): print(i % 10, end='', flush=True)"))
    (output,) = execute(read(path)).notebook.cells[1].outputs
    assert output.text == "0123456789" * (pieces // 10)


RAISING = {
    "x = 1\ny = x / 0": "a.ipynb, cell 2, line 2: ZeroDivisionError: division by zero\n    y = x / 0",
    "def f():\n    raise KeyError('k')\n\nf()": "a.ipynb, cell 2, line 2: KeyError: 'k'\n    raise KeyError('k')",
    "x = 1\nx =": "a.ipynb, cell 2, line 2: SyntaxError: invalid syntax\n    x =",
    "import sys\nsys.exit()": "a.ipynb, cell 2: SystemExit",
    "class Silent(Exception):\n    def _render_traceback_(self):\n        return []\n\nraise Silent('no trace')": (
        "a.ipynb, cell 2: Silent: no trace"
    ),
    "get_ipython().set_custom_exc((ValueError,), lambda *told, **more: None)\nraise ValueError('unseen')": (
        "a.ipynb, cell 2: ValueError: unseen"
    ),
    "input()": "a.ipynb, cell 2, line 1: StdinNotImplementedError: raw_input was called, but this frontend does not "
    "support input requests.\n    input()",
}


@pytest.mark.kernel
@pytest.mark.parametrize("source", RAISING)
def test_a_cell_that_raises_is_named_with_its_line(tmp_path: Path, source: str) -> None:
    path = write(tmp_path / "a.ipynb", code(source, "raises-exception"), code("print('never')"))
    with pytest.raises(InputError) as caught:
        execute(read(path))
    assert message_of(path, caught.value) == RAISING[source]


@pytest.mark.kernel
def test_a_cell_that_hangs_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code("1"), code("while True: pass"))
    with pytest.raises(EngineError) as caught:
        execute(read(path), timeout=0.5)
    assert message_of(path, caught.value) == (
        "a.ipynb, cell 3: the cell ran for more than 0.5 s and was stopped: make it faster, "
        "or raise cell_timeout in config.toml"
    )


@pytest.mark.kernel
def test_a_kernel_that_dies_is_named_with_the_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code("import os\nos._exit(3)"))
    with pytest.raises(EngineError) as caught:
        execute(read(path))
    assert message_of(path, caught.value) == (
        "a.ipynb, cell 2: the kernel died while it ran this cell: did it run out of memory, or crash in compiled code?"
    )


@pytest.mark.kernel
def test_what_cells_put_into_the_temporary_directory_goes_with_their_kernel(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code("import tempfile\nprint(tempfile.mkdtemp())"))
    (output,) = execute(read(path)).notebook.cells[1].outputs
    assert not Path(output.text.strip()).exists()
