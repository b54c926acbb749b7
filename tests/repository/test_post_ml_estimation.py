"""The post "Maximum Likelihood Estimation and Loss Functions": it says what was agreed, and what it says is true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mathpost.commands.mutate import judge_mutants_of
from mathpost.ground.verdicts import Verdict
from mathpost.judging.settling import settle
from mathpost.notebooks import Record
from mathpost.notebooks.record import inline_values_of
from mathpost.text import read
from places import CASES, NOTEBOOK, ROOT
from programs import run

TEXT = read(NOTEBOOK)
MARKUPS = [cell.markup for cell in TEXT.markdown]
EQUATIONS = [equation for markup in MARKUPS for equation in markup.equations]

SECTIONS = [
    (2, "Maximum Likelihood estimation (MLE)"),
    (3, "Conditional Log Likelihood"),
    (2, "What is Kullback-Leibler (KL) divergence"),
    (2, "Connecting MLE to KL Divergence"),
    (2, "Mean Squared Error as Maximum Likelihood"),
    (3, "Linear Regression"),
    (3, "Deriving MSE loss with Maximum Likelihood Estimation"),
    (2, "Cross Entropy as Maximum Likelihood"),
    (3, "Logistic Regression"),
    (3, "Deriving Binary Cross Entropy loss with Maximum Likelihood Estimation"),
    (2, "Citation"),
    (2, "References"),
]


def plain(latex: str) -> str:
    """LaTeX without what only sets it: the environment around its rows, its number, its spacing."""
    return " ".join(re.sub(r"\\(begin|end)\{align\*\}|\\tag\{\d+\}", " ", latex).split())


def agreed_equations() -> dict[str, str]:
    text = (CASES / "ml_estimation_equations.txt").read_text(encoding="utf-8")
    return {label: plain(latex) for label, latex in re.findall(r"^(eq-\S+)\n\.\n(.*?)\n\.$", text, re.M | re.S)}


def test_its_sections_stand_in_the_agreed_order() -> None:
    assert [(heading.level, heading.title) for markup in MARKUPS for heading in markup.headings] == SECTIONS


def test_its_display_equations_read_as_agreed() -> None:
    found = {equation.label: plain(equation.latex) for equation in EQUATIONS if equation.display}
    assert found == agreed_equations()


@pytest.mark.parametrize("latex", (CASES / "ml_estimation_inline.txt").read_text(encoding="utf-8").splitlines())
def test_its_prose_makes_the_agreed_claim(latex: str) -> None:
    assert latex in {equation.latex for equation in EQUATIONS if not equation.display}


def test_it_waives_no_claim() -> None:
    assert [claim.id for claim in TEXT.claims if claim.waiver] == []


def test_every_reference_has_a_target() -> None:
    labels = {equation.label for equation in EQUATIONS}
    labels |= set(re.findall(r"#\| label: (fig-\w+)", NOTEBOOK.read_text(encoding="utf-8")))
    assert {reference.label for markup in MARKUPS for reference in markup.references} <= labels


def test_it_is_committed_without_outputs_and_with_readable_cell_names() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell["id"])] == []
    assert [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.fixture(params=[{}, {"seed": 11, "m": 500}], ids=["as written", "other parameters"])
def executed(request: pytest.FixtureRequest, execute_real_post: Callable[..., Record]) -> Record:
    return execute_real_post(**request.param)


@pytest.mark.kernel
def test_every_claim_of_it_holds(executed: Record) -> None:
    def told(verdict: Verdict) -> str:
        return f"{verdict.outcome}: {verdict.id}: {verdict.judgement.reason}"

    verdicts = settle(TEXT.claims, executed.checks)
    assert [told(verdict) for verdict in verdicts if verdict.outcome != "pass"] == []


@pytest.mark.kernel
def test_its_cells_run_without_a_warning(executed: Record) -> None:
    assert list(executed.warnings()) == []


@pytest.mark.kernel
def test_the_product_in_its_prose_has_underflowed(executed: Record) -> None:
    (text,) = [cell for cell in executed.notebook.cells if cell.id == "mle-log"]
    product, factors, logarithm = inline_values_of(text)
    assert product == "0.0"
    assert int(factors) < 1000
    assert re.fullmatch(r"−1,\d{3}\.\d", logarithm)


LOG_DROPPED = (r"P(x) \\log \\left( \\frac{P(x)}{Q(x)} \\right)", r"P(x) \\left( \\frac{P(x)}{Q(x)} \\right)")
LAWS_EXCHANGED = (r"P(x) \\log \\left( \\frac{P(x)}{Q(x)}", r"Q(x) \\log \\left( \\frac{Q(x)}{P(x)}")


@pytest.mark.kernel
@pytest.mark.parametrize(("old", "new"), [LOG_DROPPED, LAWS_EXCHANGED], ids=["a lost log", "P and Q exchanged"])
def test_a_false_sum_is_named_with_its_cell_and_both_values(tmp_path: Path, old: str, new: str) -> None:
    source = NOTEBOOK.read_text(encoding="utf-8")
    assert source.count(old) == 1
    copy = tmp_path / "copy.ipynb"
    copy.write_text(source.replace(old, new), encoding="utf-8")
    done = run("mathpost", "-C", ROOT, "check", "--json", copy)
    wrong = [verdict for verdict in json.loads(done.stdout) if verdict["outcome"] != "pass"]
    assert done.returncode == 1
    assert [(verdict["id"], verdict["cell"], verdict["outcome"]) for verdict in wrong] == [("eq-kl-sum", 12, "fail")]
    assert wrong[0]["left"] == pytest.approx(0.527788, abs=1e-6)
    assert wrong[0]["difference"] == pytest.approx(abs(wrong[0]["right"] - wrong[0]["left"]))
    assert wrong[0]["difference"] > 0.05


@pytest.mark.kernel
def test_no_false_variant_of_its_equations_goes_unnoticed() -> None:
    rows = (CASES / "false_variants.txt").read_text(encoding="utf-8").splitlines()[1:]
    wanted = [dict(zip(("equation", "latex"), row.split(" | ", 1), strict=True)) for row in rows]
    noticed = judge_mutants_of(NOTEBOOK, wanted)
    assert [f"{mutant.equation}: {mutant.latex}" for mutant in noticed if mutant.outcome != "killed"] == []
