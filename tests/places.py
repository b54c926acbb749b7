"""Where what the tests read lies: no other module counts folders."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
CASES = TESTS / "cases"
PACKAGE = ROOT / "scripts" / "mathpost"
NOTEBOOKS = ROOT / "notebooks"
NOTEBOOK = NOTEBOOKS / "ml_estimation.ipynb"  # the real post
