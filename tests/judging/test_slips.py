"""Slips that a notation would not notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from making import cells
from mathpost import Box, Notation, Variable
from mathpost.judging.checks import judge_claim, with_slip
from mathpost.judging.draw import Draw
from mathpost.text.claims import find_claims

NORMAL = stats.norm(0.0, 1.0)
GAMMA = stats.gamma(2.0, 0, 1.5)


def remarks(latex: str, *draws: dict[str, Any]) -> tuple[str, ...]:
    given = [Draw(Notation(bindings)) for bindings in draws]
    (claim,) = find_claims(cells(f"$$ {latex} $$"))
    verdict = judge_claim(claim, given)
    assert verdict.holds, verdict.judgement.reason
    return with_slip(verdict, claim, given).judgement.remarks


@pytest.mark.parametrize(
    ("latex", "bindings", "own", "changed"),
    [
        ("y = -x", {"x": 0.0, "y": 0.0}, "-x", "x"),
        ("y = a x", {"x": 2.5, "y": 2.5, "a": 1.0}, "a x", "x"),
        ("y = x^2", {"x": 1.0, "y": 1.0}, "x^{2}", "x"),
        (r"y = \frac{x}{a}", {"x": 2.5, "y": 2.5, "a": 1.0}, r"\frac{x}{a}", "x"),
        ("y = x - a", {"x": 1.7, "y": 0.0, "a": 1.7}, "x - a", "a - x"),
        (r"\mathbb{E}_{x \sim p}[-x] = \mu", {"p(x)": NORMAL, r"\mu": 0.0}, "-x", "x"),
        ("y = f(x, z)", {"f(x, z)": lambda x, z: x - 2 * z, "x": 0.7, "z": 0.7, "y": -0.7}, "f(x, z)", "f(z, x)"),
    ],
)  # fmt: skip
def test_a_slip_that_the_values_hide_is_named(latex: str, bindings: dict[str, Any], own: str, changed: str) -> None:
    hint = f"with `{changed}` in place of `{own}` it would hold as well: choose values that tell them apart"
    assert hint in remarks(latex, bindings)


@pytest.mark.parametrize(
    ("latex", "bindings"),
    [
        ("y = -x", {"x": 0.3, "y": -0.3}),
        ("y = a x", {"x": 2.5, "y": 3.0, "a": 1.2}),
        ("y = (-x)^2", {"x": 0.7, "y": 0.49}),  # the sign makes no difference anywhere
        ("t^2 - 2 t + 1 = (t - 1)^2", {"t": Variable(Box(-3.0, 3.0))}),
        (r"\mathbb{E}_{x \sim p}[-x] = \mu", {"p(x)": GAMMA, r"\mu": -3.0}),
        (r"\sum_{i=1}^n x_i = y", {"x_i": np.array([0.4, 1.9]), "y": 2.3, "n": 2}),
        (r"\|-x\| = y", {"x": np.array([3.0, 4.0]), "y": 5.0}),
    ],
)
def test_values_that_tell_slips_apart_get_no_remark(latex: str, bindings: dict[str, Any]) -> None:
    assert not remarks(latex, bindings)


def test_one_draw_that_notices_a_slip_is_enough() -> None:
    assert not remarks("y = -x", {"x": 0.0, "y": 0.0}, {"x": 0.3, "y": -0.3})
