"""How a site reads what custom reads in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from making import text, write
from mathpost import Box, Notation, Variable
from mathpost.ground.errors import InputError
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.text import read

BINDINGS = {"x": Variable(Box(0.5, 2.0)), "f(x)": lambda x: x**2}
PRODUCT = r"\frac{d}{dx} f(x) x = 3 x^2"
FACTOR = r"\frac{d}{dx} f(x) x = 2 x^2"


def outcome(folder: Path, latex: str, convention: str, own: str = "") -> str:
    (folder / "config.toml").write_text(f"[params.mathpost.reading]\n{convention}")
    post = read(write(folder / "notebooks" / "post.ipynb", text(f"$$ {latex} $$")))
    notation = Notation(BINDINGS, reading={"d/dx": own} if own else {})
    (claim,) = post.claims
    return judge_claim(claim, [Draw(notation.under(post.readings))]).outcome


@pytest.mark.parametrize(
    ("convention", "latex", "expected"),
    [
        ("", PRODUCT, "inconclusive"),
        ("'d/dx' = 'product'", PRODUCT, "pass"),
        ("'d/dx' = 'product'", FACTOR, "fail"),
        ("'d/dx' = 'factor'", FACTOR, "pass"),
        ("log = 'product'", PRODUCT, "inconclusive"),
    ],
)
def test_a_site_chooses_for_all_its_posts(tmp_path: Path, convention: str, latex: str, expected: str) -> None:
    assert outcome(tmp_path, latex, convention) == expected


def test_a_notation_goes_before_its_site(tmp_path: Path) -> None:
    assert outcome(tmp_path, FACTOR, "'d/dx' = 'product'", own="factor") == "pass"
    assert outcome(tmp_path, PRODUCT, "'d/dx' = 'product'", own="factor") == "fail"


def test_a_form_that_there_is_not_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"config.toml: \[params.mathpost.reading\] has no form 'dx'; it knows: 'd/dx', "
    ):
        outcome(tmp_path, PRODUCT, "dx = 'product'")
