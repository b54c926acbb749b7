"""Tokens: what is only for the eye falls away, and every spelling of a sign becomes one."""

from __future__ import annotations

import pytest

from mathpost.ground.errors import MalformedFormula, UnsupportedFormula
from mathpost.latex.reading.tokens import Token, tokenize

SAME = [
    (r"a \le b", r"a \leq b"),
    (r"a ≤ b", r"a \leq b"),
    (r"a \not= b", r"a \neq b"),
    (r"a \stackrel{(i)}{=} b", "a = b"),
    (r"a \overset{\text{def}}{=} b", "a := b"),
    (r"a \coloneqq b", "a := b"),
    (r"\left( a \right)", "( a )"),
    (r"\bigl[ a \bigr]", "[ a ]"),
    (r"\| a \|", "|| a ||"),
    (r"a \, \! \; b", "a b"),
    (r"\displaystyle a \nonumber \tag{1} \label{eq:x}", "a"),
    (r"\ln x", r"\log x"),
    (r"\operatorname{tr} A", r"\tr A"),
    (r"\operatorname*{arg\,max}_x", r"\argmax_x"),
    (r"\mathop{\rm arg\,max}_x", r"\argmax_x"),
    (r"\text{arg} \max_x", r"\argmax_x"),
    (r"\underset{x}{\arg\max}", r"\argmax_{x}"),
    (r"\varepsilon", r"\epsilon"),
    (r"a, \ldots, b", r"a, \dots, b"),
    (r"θ", r"\theta"),
    (r"\mathbb R", r"\mathbb{R}"),
    (r"{\cal L}", r"{\mathcal{L}}"),
    (r"1{,}000", "1000"),
    (r"a % remark" + "\n b", "a b"),
    (r"x {=} y", "x = y"),
    (r"{} + y", "+ y"),
    (r"\color{red}{+ b}", "+ b"),
    (r"a \\[6pt] b", r"a \\ b"),
    (r"\abs{x}", r"\left| x \right|"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_thing(one: str, other: str) -> None:
    assert [(t.kind, t.text) for t in tokenize(one)] == [(t.kind, t.text) for t in tokenize(other)]


def test_a_token_knows_its_place() -> None:
    assert tokenize(r"\alpha_{12}")[:3] == [
        Token("name", r"\alpha", 0, 6),
        Token("script", "_", 6, 7),
        Token("{", "{", 7, 8),
    ]


def test_a_script_without_braces_takes_one_digit() -> None:
    assert [token.text for token in tokenize("x^12")] == ["x", "^", "1", "2", ""]
    assert [token.text for token in tokenize(r"\frac12")] == [r"\frac", "1", "2", ""]


def test_a_run_of_letters_is_a_product_a_word_or_a_command() -> None:
    assert [(t.kind, t.text) for t in tokenize("KL log xy")[:-1]] == [
        ("word", "KL"),
        ("command", r"\log"),
        ("name", "x"),
        ("name", "y"),
    ]


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"a § b", "not supported: `§` at column 3"),
        (r"\text{a", "this brace is not closed"),
        (r"\mathrm", "`\\mathrm` has no argument"),
        (r"\left", "a bracket is missing behind `\\left`"),
    ],
)
def test_what_is_no_token_is_refused(latex: str, message: str) -> None:
    with pytest.raises((MalformedFormula, UnsupportedFormula)) as caught:
        tokenize(latex)
    assert caught.value.message == message
