"""`mathpost mutate`: how sharp the checks of the real post are, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from making import code, text, write
from mathpost.commands.mutate import judge_mutants_of, read_mutants
from mathpost.ground.errors import Drift, EngineError, InputError
from places import CASES, NOTEBOOK


def _rows(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" | ") for line in lines if line and not line.startswith("#")]


@pytest.mark.kernel
def test_no_true_rewrite_of_the_post_is_flagged() -> None:
    rows = [(row[0], " | ".join(row[1:])) for row in _rows("rewrites.txt")]
    assert len(rows) >= 60
    results = judge_mutants_of(NOTEBOOK, [{"equation": equation, "latex": latex} for equation, latex in rows])
    assert not [result for result in results if result.outcome != "equivalent"]


@pytest.mark.kernel
def test_every_mutant_of_the_posts_equations_is_killed() -> None:
    results = judge_mutants_of(NOTEBOOK)
    labelled = [result for result in results if result.equation.startswith("eq-")]
    assert len(labelled) > 700
    assert not [result for result in labelled if result.outcome == "survived"]


def small_post(folder: Path, equation: str) -> Path:
    return write(
        folder / "post.ipynb",
        code("from mathpost import Notation, check"),
        text(f"$${equation}$$ {{#eq-a}}"),
        code('check("eq-a", Notation({"a": 2.0}))'),
    )


@pytest.mark.kernel
def test_a_mutant_of_no_equation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no equation 'eq-nothing' makes a claim; those that do are eq-a"):
        judge_mutants_of(small_post(tmp_path, "a = 2"), [{"equation": "eq-nothing", "latex": "a = b"}])


@pytest.mark.kernel
def test_a_post_that_does_not_hold_has_no_sharpness(tmp_path: Path) -> None:
    with pytest.raises(Drift, match="mend the post first, since eq-a does not hold: mathpost check"):
        judge_mutants_of(small_post(tmp_path, "a = 3"))


DEADLY = """
import os

from mathpost import Notation, check


def f(x):
    if x > 2.5:
        os._exit(1)
    return 2 * x


"""


@pytest.mark.kernel
def test_a_mutant_that_ends_the_kernel_costs_no_other(tmp_path: Path) -> None:
    post = write(
        tmp_path / "post.ipynb",
        code(DEADLY),
        text("$$f(a) = 4$$ {#eq-a}"),
        text("$$b = 3$$ {#eq-b}"),
        code('check("eq-a", Notation({"a": 2.0, "f(x)": f}))'),
        code('check("eq-b", Notation({"b": 3.0}))'),
    )
    mutants = ["f(a) = 5", "f(a + 1) = 4", "f(2) = 4", "f(a^2) = 4"]
    wanted = [{"equation": "eq-a", "latex": latex} for latex in mutants]
    results = judge_mutants_of(post, [*wanted, {"equation": "eq-b", "latex": "b = 2"}])
    assert [(result.outcome, result.reason) for result in results] == [
        ("killed", "eq-a is fail: the two sides differ"),
        ("killed", "the kernel died while it was judged"),
        ("equivalent", "it evaluates the same on every draw"),
        ("killed", "the kernel died while it was judged"),
        ("killed", "eq-b is fail: the two sides differ"),
    ]


@pytest.mark.kernel
def test_a_post_that_ends_the_kernel_itself_is_not_run_for_ever(tmp_path: Path) -> None:
    post = write(tmp_path / "post.ipynb", text("$$a = 3$$ {#eq-a}"), code("import os; os._exit(1)"))
    with pytest.raises(EngineError, match="the kernel died while it ran this cell"):
        judge_mutants_of(post)


@pytest.mark.parametrize("content", ["", "{}", '[{"equation": 1, "latex": "a"}]'])
def test_a_file_of_mutants_is_a_list_of_equations_and_latex(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mutants.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_mutants(file)
