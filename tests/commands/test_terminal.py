"""What a person reads at the end of a run: what is waived is never counted as holding."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from making import raw
from mathpost.building import Build
from mathpost.commands.sweep import Outcome, Setting, table
from mathpost.commands.terminal import STDOUT, summary, verdict_lines
from mathpost.ground.verdicts import DEFINITION, Judgement, Verdict
from mathpost.notebooks.execution import record_of
from mathpost.pages import export

DEFINED = Judgement("pass", tolerance_source=DEFINITION)
SUMMARIES = {
    "": "die: no claims, 3.1 s",
    "pass": "die: 1 claim holds, 3.1 s",
    "pass pass": "die: 2 claims hold, 3.1 s",
    "unchecked": "die: 0 hold, 1 waived, 3.1 s",
    "pass unchecked": "die: 1 holds, 1 waived, 3.1 s",
    "defined": "die: 0 hold, 1 defined, 3.1 s",
    "pass defined unchecked": "die: 1 holds, 1 defined, 1 waived, 3.1 s",
    "unchecked pass pass": "die: 2 hold, 1 waived, 3.1 s",
    "pass pass fail": "die: 2 hold, 1 fails, 3.1 s",
    "fail pass inconclusive fail unchecked": "die: 1 holds, 1 waived, 1 inconclusive, 2 fail, 3.1 s",
}


def build_of(outcomes: str) -> Build:
    record = record_of(new_notebook(cells=[raw()], metadata={"mathpost": {}}), Path("notebooks/die.ipynb"))
    verdicts = [
        Verdict(f"eq-{number}", 2, number, "a = b", "=", DEFINED if outcome == "defined" else Judgement(outcome))
        for number, outcome in enumerate(outcomes.split(), 1)
    ]
    return Build(record, export(record), tuple(verdicts), (), 3.14)


@pytest.mark.parametrize("outcomes", SUMMARIES)
def test_the_summary_counts_apart_what_holds_and_what_does_not(outcomes: str) -> None:
    build = build_of(outcomes)

    assert summary(build) == SUMMARIES[outcomes]
    assert build.holds == (not {"fail", "inconclusive"} & set(outcomes.split()))


def test_what_is_waived_is_a_line_and_no_more() -> None:
    assert list(verdict_lines(build_of("pass unchecked"), STDOUT)) == ["pass         eq-1", "unchecked    eq-2"]


def test_a_sweep_counts_apart_what_is_waived() -> None:
    outcome = Outcome(Setting("few", {"m": 3}), build_of("pass unchecked defined fail pass"))

    assert list(table([outcome])) == [
        "set  parameters  hold                      do not hold",
        "few  m=3         2/3, 1 defined, 1 waived  eq-4",
    ]
