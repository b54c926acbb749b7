"""Faults planted in a copy of a site, and what a publish makes of them: the quick ones; `make soak` meets all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from faulting import copy_of, meet
from faults.catalogue import Case, cases, write_told
from mathpost.site import Site

QUICK = [case for case in cases() if not case.fault.slow]

pytestmark = [pytest.mark.kernel, pytest.mark.site]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.kind}: {case.fault.title}") for case in QUICK])
def test_a_fault_is_told_and_nothing_is_lost(published_once: Site, tmp_path: Path, case: Case) -> None:
    outcome = meet(case.fault, copy_of(published_once, tmp_path / "site"))
    if "MATHPOST_REGENERATE" in os.environ:
        write_told(case, outcome.told())

    assert outcome.told() == case.told
    assert (outcome.survived, outcome.lost, outcome.left) == (True, (), ())
