"""What the text of a notebook shows to be wrong, before anything is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode

from making import FRONT_MATTER, GOOD, code, parameters, text, write
from mathpost.text.problems import find_problems


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
            "cell 6, line 1: a/1: the `{` at column 9 is not closed: a `}` is missing before the end\n"
            "    \\frac{1}{2\n            ^",
        ),
        (
            r"$$a = \foo{1}$$",
            "cell 6, line 1: a/1: not supported: `\\foo` at column 1: it is not defined in this document\n"
            "    \\foo{1}\n    ^",
        ),
        (
            "\n\n$$a = 2 \\quad b$$",
            "cell 6, line 3: a/1.2: `b` behind a statement is not read: join it with an operator, "
            "or write a formula of its own\n    b\n    ^",
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
        ("#| caption: A", "cell 6, line 1: unknown cell option 'caption': did you mean 'fig-cap'?"),
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
         "2024-12-15T01:06:38+05:30, not 'yes'"),
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
