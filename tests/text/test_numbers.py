"""Numbers in the prose: how they are read."""

from __future__ import annotations

import pytest

from making import cells
from mathpost.ground.errors import InputError
from mathpost.text.numbers import StatedNumber, find_numbers


def stated(text: str) -> StatedNumber:
    return next(find_numbers(cells(text, first=3)))


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
        ("about 1 000 {#val-a}", 1000, 1),
        ("10^-3 {#val-a}", 0.001, 0.001),
        ("10⁻³ {#val-a}", 0.001, 0.001),
        ("$10^{-3}$ {#val-a}", 0.001, 0.001),
        ("3 × 10^-5 {#val-a}", 3e-5, 1e-5),
        ("2.5 × 10⁴ {#val-a}", 25000, 1000),
        ("1/3 {#val-a}", 1 / 3, 0),
        ("-1/4 % {#val-a}", -0.0025, 0),
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
    ("text", "part"),
    [
        ("from 1-3 {#val-a}", "1-3"),
        ("2–5 {#val-a}", "2–5"),
        ("1:4 {#val-a}", "1:4"),
        ("3 ± 0.1 {#val-a}", "3 ± 0.1"),
        ("2 × 10 {#val-a}", "2 × 10"),
        ("1/2/2020 {#val-a}", "1/2/2020"),
        ("√2 {#val-a}", "√2"),
        ("1 in 5 {#val-a}", "1 in 5"),
        ("12 out of 20 {#val-a}", "12 out of 20"),
        ("is not 5 {#val-a}", "not 5"),
        ("2-$5$ {#val-a}", "2-$5$"),
    ],
)
def test_what_is_more_than_one_number_is_refused(text: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        stated(text)

    assert str(caught.value) == (
        f"cell 3, line 1: `{part}` before {{#val-a}} is not one number: label a single one, as in 2.97 {{#val-a}}, "
        "with words around it that do not belong to it"
    )


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("p < 0.05 {#val-a}", "<"),
        ("more than 95 % {#val-a}", ">"),
        ("no more than **95 %** {#val-a}", "≤"),
        ("at least $95$ {#val-a}", "≥"),
        ("$\\leq 0.05$ {#val-a}", "≤"),
        ("asunder 5 {#val-a}", ""),
        ("about 5 {#val-a}", ""),
    ],
)
def test_a_number_may_be_a_bound(text: str, bound: str) -> None:
    assert stated(text).bound == bound


@pytest.mark.parametrize(
    "text", ["`2 {#val-a}`", "```\n2 {#val-a}\n```", "<!-- 2 {#val-a} -->", "2 {#fig-a}", r"2 \{#val-a}"]
)
def test_code_and_comments_state_nothing(text: str) -> None:
    assert list(find_numbers(cells(text, first=3))) == []


def test_a_label_is_used_once() -> None:
    with pytest.raises(InputError, match=r"^cell 5, line 2: the label val-a is used twice: give each number its own$"):
        list(find_numbers(cells("1 {#val-a}", "", "\n2 {#val-a}", first=3)))


def test_a_number_knows_its_sentence() -> None:
    assert stated("First this.\nThen the slope, which\nis 2.97 {#val-a}, as it was. Last.").sentence == (
        "Then the slope, which is 2.97, as it was."
    )
