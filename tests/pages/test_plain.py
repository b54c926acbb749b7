"""Formulas in plain text: what a title, a description and the words for a picture say."""

from __future__ import annotations

import pytest

from mathpost.pages.plain import plain_text, unicode_of
from mathpost.text.markup import scan

UNICODE = {
    r"x_1^2 + \alpha": "x₁² + α",
    r"\frac{a}{b + c} \leq \sqrt{2}": "a/(b + c) ≤√(2)",
    r"\sum_{i=1}^n x_i = \bar{x}": "∑ᵢ₌₁ⁿ xᵢ = x̅",
    r"D_{KL}(P \| Q) \geq 0": "D_(KL)(P ‖ Q) ≥0",
    r"\hat\theta \in \mathbb{R}^n": "θ̂∈ℝⁿ",
    r"\nabla_\theta J": "∇_θ J",
    r"e^{-x^2}": "e^(-x²)",
    r"10^{-3} \times 5\%": "10⁻³ ×5%",
    r"\text{first\_name} = 2": "first_name = 2",
    "a < b": "a < b",
}


@pytest.mark.parametrize(("latex", "expected"), UNICODE.items())
def test_a_formula_becomes_what_one_would_type(latex: str, expected: str) -> None:
    assert unicode_of(latex) == expected


def test_a_text_keeps_its_words_and_its_money() -> None:
    text = plain_text(scan("Why $x^2$ costs $5,\nand \\(a_n\\) more"))
    assert text == "Why x² costs $5, and aₙ more"
