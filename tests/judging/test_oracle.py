"""Formulas by lot, against mpmath: no value lies outside of the bound that is claimed for it."""

from __future__ import annotations

import pytest

from oracle import Miss, formulas, judge


@pytest.mark.parametrize("seed", range(4))
def test_every_value_is_within_its_bound(seed: int) -> None:
    told = [judge(formula, value) for formula, value in formulas(seed, 100)]

    assert [found for found in told if isinstance(found, Miss)] == []
    assert sum(found == "in a ball" for found in told) > 70
