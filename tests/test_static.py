"""What the text of a notebook shows to be wrong, before anything is run; and outputs taken out before a commit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode

from making import FRONT_MATTER, code, parameters, text, write
from mathpost.commands.strip import strip_outputs
from mathpost.text.problems import find_problems

ROOT = Path(__file__).parent.parent
GOOD = [
    parameters("m = 3"),
    text("## A\n\n$$a = b$$ {#eq-a}\n\nSee @eq-a and @fig-a. It is 2 {#val-a}."),
    code('check("#a", notation)\ncheck("val-a", a)'),
    code("#| label: fig-a\n#| fig-alt: A"),
]


def problems(tmp_path: Path, *cells: NotebookNode, front_matter: str = FRONT_MATTER) -> list[str]:
    found = find_problems(write(tmp_path / "a.ipynb", *cells, front_matter=front_matter))
    return [str(problem).removeprefix(f"{tmp_path}/a.ipynb").removeprefix(", ") for problem in found]


def test_a_good_notebook_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, *GOOD) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("See @eq-b.", "cell 6, line 1: @eq-b points to nothing: no equation or figure has this label"),
        ("\n\n@fig-b", "cell 6, line 3: @fig-b points to nothing: no equation or figure has this label"),
        ("$$a = c$$ {#eq-a}", "cell 6, line 1: the label eq-a is used twice: give each equation its own"),
        ("3 {#val-a}", "cell 6, line 1: the label val-a is used twice: give each number its own"),
        (
            "It {#val-b}.",
            "cell 6, line 1: there is no number before {#val-b}: write it right there, as in 2.97 {#val-b}",
        ),
        ("3 {#val-b}", 'cell 6, line 1: no check reaches val-b: call check("val-b", …) in a code cell'),
        ("## B\n\n$a = 3$", 'cell 6, line 3: no check reaches b/1: call check("#b", …) in a code cell'),
        (
            "$a = 3$ {#eq-b .unchecked}",
            'cell 6, line 1: an unchecked equation needs a reason: {#eq-… .unchecked reason="…"}',
        ),
        (
            r"$$a = \frac{1}{2$$",
            "cell 6, line 1: a/1: expected `}` for the `{` at column 9, found the end\n"
            "    \\frac{1}{2\n              ^",
        ),
        (
            r"$$a = \foo{1}$$",
            "cell 6, line 1: a/1: not supported: `\\foo` at column 1: it is not defined in this document\n"
            "    \\foo{1}\n    ^",
        ),
    ],
)
def test_a_mistake_in_the_text_is_found(tmp_path: Path, source: str, expected: str) -> None:
    assert problems(tmp_path, *GOOD, text(source)) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('check("#b", notation)', "cell 6, line 1: check('#b'): nothing in the text has this anchor"),
        ('\ncheck(["eq-a", "eq-b"], notation)', "cell 6, line 2: check('eq-b'): nothing in the text has this label"),
        ("#| label: fig-b", "cell 6: fig-b has no alternative text: add '#| fig-alt: what the figure shows'"),
        ("#| label: fig-a\n#| fig-alt: A", "cell 6: fig-a names a figure already: give each its own label"),
        ("#| caption: A", "cell 6: unknown cell option 'caption'; known are: label, fig-cap, fig-alt, echo"),
    ],
)
def test_a_mistake_in_the_code_is_found(tmp_path: Path, source: str, expected: str) -> None:
    assert problems(tmp_path, *GOOD, code(source)) == [expected]


@pytest.mark.parametrize(
    ("front_matter", "expected"),
    [
        ("title: A", "cell 1: the front matter has no 'date': add a line 'date: …'"),
        ("---\ntitle: A", "cell 1: the front matter is not closed: end the cell with a line '---'"),
        ("---\ntitle: A\ndate: yes\n---", "cell 1, line 3: 'date' must be a date such as 2024-12-15 or "
         "2024-12-15T01:06:38+05:30, not True"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_front_matter_is_found(tmp_path: Path, front_matter: str, expected: str) -> None:
    assert problems(tmp_path, *GOOD, front_matter=front_matter) == [expected]


def test_other_mistakes(tmp_path: Path) -> None:
    assert problems(tmp_path, *GOOD, parameters("k = 1")) == ["cell 6: a second cell is tagged 'parameters': keep one"]
    assert (
        problems(tmp_path, parameters("m = "))[0] == "cell 2, line 1: the parameters cell is not Python: invalid syntax"
    )
    (tmp_path / "a.ipynb").write_text("no notebook")
    assert str(find_problems(tmp_path / "a.ipynb")[0]).endswith(
        "a.ipynb: cannot be read as a notebook: Expecting value: line 1 column 1 (char 0)"
    )


def test_a_target_that_is_computed_is_trusted(tmp_path: Path) -> None:
    assert problems(tmp_path, text("$a = b$ {#eq-a}"), code("for name in names:\n    check(name, notation)")) == []


def test_a_cell_with_magic_is_read(tmp_path: Path) -> None:
    assert problems(tmp_path, text("$a = b$ {#eq-a}"), code('%matplotlib inline\n!ls\ncheck("eq-a", notation)')) == []


def test_outputs_are_a_problem_until_they_are_stripped(tmp_path: Path) -> None:
    shown = code("1 + 1")
    shown.execution_count, shown.metadata = 3, {"scrolled": True, "tags": ["a"]}
    path = write(tmp_path / "a.ipynb", *GOOD, shown)

    assert [str(problem) for problem in find_problems(path)] == [
        f"{path}: the notebook has outputs: mathpost strip a.ipynb"
    ]
    assert strip_outputs(path)
    assert find_problems(path) == []
    assert json.loads(path.read_text())["cells"][-1]["metadata"] == {"tags": ["a"]}
    assert not strip_outputs(path)


def test_a_stripped_notebook_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes((ROOT / "notebooks" / "ml_estimation.ipynb").read_bytes())
    before = path.read_bytes()

    assert not strip_outputs(path)
    assert path.read_bytes() == before


def test_the_real_post_is_checked_without_what_takes_long_to_load() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "mathpost", "check", "--static"]
    done = subprocess.run(
        [*command, str(ROOT / "notebooks" / "ml_estimation.ipynb")], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert not [line for line in done.stderr.splitlines() if line.endswith((" numpy", " nbformat", " papermill"))]


def test_the_commands_of_the_hooks_work(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", *GOOD[:-1])
    done = subprocess.run(
        [sys.executable, "-m", "mathpost", "check", "--static", str(path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout == f"{path}, cell 3, line 5: @fig-a points to nothing: no equation or figure has this label\n"
    stripped = subprocess.run([sys.executable, "-m", "mathpost", "strip", str(path)], check=False)
    assert stripped.returncode == 0
