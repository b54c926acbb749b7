"""`mathpost mutate`: how sharp the checks of the real post are, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.commands.mutate import judge_mutants_of, read_mutants
from mathpost.ground.errors import Drift, InputError
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


@pytest.mark.kernel
def test_a_mutant_of_no_equation_is_refused() -> None:
    with pytest.raises(InputError, match="no equation 'eq-nothing' makes a claim; those that do are"):
        judge_mutants_of(NOTEBOOK, [{"equation": "eq-nothing", "latex": "a = b"}])


@pytest.mark.kernel
def test_a_post_that_does_not_hold_has_no_sharpness(tmp_path: Path) -> None:
    copy = tmp_path / "ml_estimation.ipynb"
    copy.write_text(NOTEBOOK.read_text(encoding="utf-8").replace(r"P(x) \\log", r"Q(x) \\log"), encoding="utf-8")
    with pytest.raises(Drift, match="mend the post first, since eq-kl-sum does not hold: mathpost check"):
        judge_mutants_of(copy)


@pytest.mark.parametrize("content", ["", "{}", '[{"equation": 1, "latex": "a"}]'])
def test_a_file_of_mutants_is_a_list_of_equations_and_latex(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mutants.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_mutants(file)
