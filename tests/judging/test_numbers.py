"""Numbers in the prose: what they claim, and what is said when they drifted."""

from __future__ import annotations

import numpy as np
import pytest

from making import cells
from mathpost.judging.numbers import judge_number
from mathpost.text.numbers import StatedNumber, find_numbers


def stated(text: str) -> StatedNumber:
    return next(find_numbers(cells(text, first=3)))


@pytest.mark.parametrize(
    ("text", "computed", "outcome"),
    [
        ("2.97", 2.9749, "pass"),
        ("2.97", 2.975, "pass"),
        ("2.97", 2.965, "pass"),
        ("2.97", 2.9751, "fail"),
        ("2.97", -2.97, "fail"),
        ("2.970", 2.9749, "fail"),
        ("3", 2.5, "pass"),
        ("3", 3.51, "fail"),
        ("1,000", 1000.4, "pass"),
        ("1.2e-3", 0.00124, "pass"),
        ("1.2e-3", 0.00126, "fail"),
        ("97.3 %", 0.97349, "pass"),
        ("97.3 %", 0.974, "fail"),
        ("97.3 %", 97.3, "fail"),
        ("0.1", np.float32(0.1), "pass"),
        ("5", np.int64(5), "pass"),
        ("5", np.array(5.2), "pass"),
        ("5", np.array([5.0, 6.0]), "inconclusive"),
        ("5", float("nan"), "inconclusive"),
        ("5", float("inf"), "inconclusive"),
        ("5", "five", "inconclusive"),
        ("5", None, "inconclusive"),
        ("123456789012", 123456789012.4, "pass"),
        ("1/3", 1 / 3, "pass"),
        ("1/3", 3.0, "fail"),
        ("1/3", 0.333, "fail"),
        ("10^-3", 0.0012, "pass"),
        ("10^-3", 3.2, "fail"),
        ("3 × 10^-5", 3.2e-5, "pass"),
        ("3 × 10^-5", 5.1, "fail"),
        ("about 1 000", 1000.2, "pass"),
        ("about 1 000", 0.2, "fail"),
        ("p < 0.05", 0.0499, "pass"),
        ("p < 0.05", 0.0523, "fail"),
        ("p < 0.05", 0.05, "fail"),
        ("more than 95 %", 0.951, "pass"),
        ("more than 95 %", 0.947, "fail"),
        ("≥ 12", 12.0, "pass"),
        ("≥ 12", 11.6, "fail"),
        ("at most 3", 2.0, "pass"),
        ("at most 3", 3.2, "fail"),
    ],
)
def test_a_number_holds_to_half_a_unit_of_its_last_digit(text: str, computed: object, outcome: str) -> None:
    verdict = judge_number(stated(f"It is {text} {{#val-a}}."), computed)

    assert verdict.outcome == outcome, verdict.judgement.reason
    assert (verdict.kind, verdict.cell, verdict.line, verdict.id) == ("number", 3, 1, "val-a")


@pytest.mark.parametrize(
    ("text", "computed", "reason"),
    [
        ("2.97", 3.01, "the text says 2.97, the notebook computes 3.01"),
        ("1,234", 5678.4, "the text says 1,234, the notebook computes 5,678"),
        ("1.2e-6", 3.4e-6, "the text says 1.2e-6, the notebook computes 3.4e-06"),
        ("97.3 %", 0.95, "the text says 97.3 %, the notebook computes 95.0 %"),
        ("p < 0.05", 0.0523, "the text says < 0.05, the notebook computes 0.052"),
        ("1/3", 3.0, "the text says 1/3, the notebook computes 3.000000"),
        ("5", float("nan"), "the notebook computes nan, which is not finite"),
        ("5", [1], "check('val-a', …) was given [1], no number"),
    ],
)
def test_what_is_said_of_a_number_that_drifted(text: str, computed: object, reason: str) -> None:
    assert judge_number(stated(f"{text} {{#val-a}}"), computed).judgement.reason == reason
