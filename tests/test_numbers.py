"""Numbers in the prose: how they are read, and what they claim."""

from __future__ import annotations

import numpy as np
import pytest

from mathpost.ground.errors import InputError
from mathpost.judging.numbers import judge_number
from mathpost.text.numbers import StatedNumber, find_numbers


def stated(text: str) -> StatedNumber:
    return next(find_numbers([(3, text)]))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("the slope is 2.97 {#val-a}.", 2.97, 0.01),
        ("2.970 {#val-a}", 2.97, 0.001),
        ("3{#val-a}", 3, 1),
        ("about 1,234.5 {#val-a}", 1234.5, 0.1),
        ("1\u202f234\u202f567 {#val-a}", 1234567, 1),
        ("-5 {#val-a}", -5, 1),
        ("−5.0 {#val-a}", -5, 0.1),
        ("+5 {#val-a}", 5, 1),
        ("1.2e-3 {#val-a}", 0.0012, 0.0001),
        ("4E6 {#val-a}", 4e6, 1e6),
        ("97.3 % {#val-a}", 0.973, 0.001),
        ("97% {#val-a}", 0.97, 0.01),
        ("$2.97$ {#val-a}", 2.97, 0.01),
        ("\\(2.97\\) {#val-a}", 2.97, 0.01),
        ("$1.2 \\times 10^{-3}$ {#val-a}", 0.0012, 0.0001),
        ("$3 \\cdot 10^4$ {#val-a}", 30000, 10000),
        ("$12\\,345$ {#val-a}", 12345, 1),
        ("$12{,}345$ {#val-a}", 12345, 1),
        ("$50\\,\\%$ {#val-a}", 0.5, 0.01),
        ("$50$ % {#val-a}", 0.5, 0.01),
        ("**2.97** {#val-a}", 2.97, 0.01),
        ("_2.97_ {#val-a}", 2.97, 0.01),
        ("(2.97 {#val-a})", 2.97, 0.01),
        ("in 2024 100 {#val-a}", 100, 1),
        ("x = 3 {#val-a}", 3, 1),
        ("from 1-3 {#val-a}", 3, 1),
    ],
)
def test_a_number_is_read_with_the_unit_of_its_last_digit(text: str, value: float, unit: float) -> None:
    number = stated(text)

    assert number.value == pytest.approx(value, rel=1e-15)
    assert number.unit == pytest.approx(unit, rel=1e-15)
    assert number.label == "val-a"


@pytest.mark.parametrize(
    "text", ["a {#val-a}", "x2 {#val-a}", "5 apples {#val-a}", "$w = 3$ {#val-a}", "1.2.3 {#val-a}"]
)
def test_a_label_behind_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        stated(text)

    assert str(caught.value) == (
        "cell 3, line 1: there is no number before {#val-a}: write it right there, as in 2.97 {#val-a}"
    )


@pytest.mark.parametrize(
    "text", ["`2 {#val-a}`", "```\n2 {#val-a}\n```", "<!-- 2 {#val-a} -->", "2 {#fig-a}", r"2 \{#val-a}"]
)
def test_code_and_comments_state_nothing(text: str) -> None:
    assert list(find_numbers([(3, text)])) == []


def test_a_label_is_used_once() -> None:
    with pytest.raises(InputError, match=r"^cell 5, line 2: the label val-a is used twice: give each number its own$"):
        list(find_numbers([(3, "1 {#val-a}"), (5, "\n2 {#val-a}")]))


def test_a_number_knows_its_sentence() -> None:
    assert stated("First this.\nThen the slope, which\nis 2.97 {#val-a}, as it was. Last.").sentence == (
        "Then the slope, which is 2.97, as it was."
    )


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
    ],
)
def test_a_number_holds_to_half_a_unit_of_its_last_digit(text: str, computed: object, outcome: str) -> None:
    verdict = judge_number(stated(f"It is {text} {{#val-a}}."), computed)

    assert verdict.outcome == outcome, verdict.reason
    assert (verdict.kind, verdict.cell, verdict.line, verdict.id) == ("number", 3, 1, "val-a")


@pytest.mark.parametrize(
    ("text", "computed", "reason"),
    [
        ("2.97", 3.01, "the text says 2.97, the notebook computes 3.01"),
        ("1,234", 5678.4, "the text says 1,234, the notebook computes 5,678"),
        ("1.2e-6", 3.4e-6, "the text says 1.2e-6, the notebook computes 3.4e-06"),
        ("97.3 %", 0.95, "the text says 97.3 %, the notebook computes 95.0 %"),
        ("5", float("nan"), "the notebook computes nan, which is not finite"),
        ("5", [1], "check('val-a', …) was given [1], no number"),
    ],
)
def test_what_is_said_of_a_number_that_drifted(text: str, computed: object, reason: str) -> None:
    assert judge_number(stated(f"{text} {{#val-a}}"), computed).reason == reason
