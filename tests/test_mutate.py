"""Mutants: what is tried, what a check kills, and what it may never flag."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mathpost import Box, Notation, Variable
from mathpost.commands.mutate import judge_mutants_of, read_mutants
from mathpost.ground.errors import Drift, InputError
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.judging.mutants import MutantResult, judge_mutants
from mathpost.latex import parse, to_latex
from mathpost.latex.changing import mutations
from mathpost.text.claims import find_claims

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "ml_estimation.ipynb"
CASES = Path(__file__).parent / "cases"

P = stats.rv_discrete(values=([0, 1, 2], [0.2, 0.3, 0.5]))
Q = stats.rv_discrete(values=([0, 1, 2], [0.5, 0.2, 0.3]))
NOTATION = Notation(
    {
        "P(x)": P,
        "Q(x)": Q,
        r"\chi": [0, 1, 2],
        "D(P || Q)": lambda p, q: stats.entropy(p.pk, q.pk),
        "x^{(i)}": np.array([0.3, 1.9, 2.2, 0.4]),
        "m": 4,
        "a": 1.2,
        "t": Variable(Box(-2, 2)),
        r"\theta": Variable(Box(-5, 5)),
        r"\bar{x}": 1.2,
    }
)

# A formula, and mutants that must be among those tried.
TRIED = r"""
\sum_{i=1}^m \log P(x)
    \prod_{i=1}^m \log P(x)
    \sum_{i=1}^{m - 1} \log P(x)
    \sum_{i=2}^m \log P(x)
    \sum_{i=0}^m \log P(x)
    \sum_{i=1}^m P(x)
    \sum_{i=1}^m -\log P(x)
    \sum_{i=1}^m \log Q(x)
\frac{P(x)}{Q(x)}
    \frac{Q(x)}{P(x)}
    \frac{Q(x)}{Q(x)}
    P(x)
\arg\max_\theta (a - \theta)^2
    \arg\min_\theta (a - \theta)^2
    \arg\max_\theta (a - \theta)
    \arg\max_\theta (a + \theta)^2
    \arg\max_\theta (\theta - a)^2
a^\top t
    a t
\sum_{i=1}^m (x^{(i)} + a)
    \left( \sum_{i=1}^m x^{(i)} \right) + a
a (t - 1)
    a t - 1
"""


def _groups(table: str) -> list[tuple[str, list[str]]]:
    groups: list[tuple[str, list[str]]] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            groups[-1][1].append(line.strip())
        else:
            groups.append((line, []))
    return groups


@pytest.mark.parametrize(("latex", "expected"), _groups(TRIED), ids=lambda value: str(value)[:40])
def test_the_slips_of_an_author_are_among_the_mutants(latex: str, expected: list[str]) -> None:
    neighbours = parse(rf"{latex} \cdot Q(x)", NOTATION.declared) if "Q" not in latex else None
    tried = set(mutations(parse(latex, NOTATION.declared), NOTATION.declared))
    assert parse(latex, NOTATION.declared) not in tried
    for mutant in expected:
        if "Q" in mutant and neighbours is not None:
            continue
        assert parse(mutant, NOTATION.declared) in tried, f"{mutant} is not among {[to_latex(m) for m in tried]}"


def outcomes(text: str, wanted: list[Mapping[str, str]] | None = None) -> list[MutantResult]:
    cells = [(1, text)]
    claims = find_claims(cells)
    draws = [Draw(NOTATION)]
    assert all(judge_claim(claim, draws).holds for claim in claims)
    return judge_mutants(wanted, claims, cells, draws)


KL = r"$$ D(P || Q) = \sum_{x \in \chi} P(x) \log \frac{P(x)}{Q(x)} $$ {#eq-kl}"


def test_every_mutant_of_a_sharp_check_is_killed() -> None:
    results = outcomes(KL)
    assert len(results) > 15
    assert {result.outcome for result in results} == {"killed"}


@pytest.mark.parametrize(
    ("latex", "outcome", "reason"),
    [
        (r"D(P || Q) = \sum_{x \in \chi} P(x) \log P(x)", "killed", "eq-kl is fail: the two sides differ"),
        (r"D(P || Q) = \sum_{z \in \chi} P(z) \log \frac{P(z)}{Q(z)}", "equivalent",
         "it evaluates the same on every draw"),
        (r"D(P || Q) = \sum_{x \in \chi} P(x) \log \frac{P(x)}{R(x)}", "killed",
         "eq-kl is inconclusive: `R(…)` has no binding: add `R(…)` to the notation"),
        (r"D(P || Q)", "killed", "it makes no claim any more"),
    ],
)  # fmt: skip
def test_a_wanted_mutant_is_judged_in_its_place_in_the_text(latex: str, outcome: str, reason: str) -> None:
    (result,) = outcomes(KL, [{"equation": "eq-kl", "latex": latex}])
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_mutant_that_is_true_only_of_one_draw_survives() -> None:
    (result,) = outcomes(r"$$ a = \bar{x} $$ {#eq-a}", [{"equation": "eq-a", "latex": r"a = a^2 - a + 0.96"}])
    assert result.outcome == "survived"
    assert result.reason == "all claims of eq-a still pass: check it under a draw in which the two differ"


def test_a_mutated_definition_is_judged_by_what_uses_it() -> None:
    text = r"$u := a t$ {#eq-u} and so $\frac{u}{t} = a$."
    results = outcomes(text, [{"equation": "eq-u", "latex": "u := a t^2"}, {"equation": "eq-u", "latex": "u := t a"}])
    assert [result.outcome for result in results] == ["killed", "equivalent"]


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
