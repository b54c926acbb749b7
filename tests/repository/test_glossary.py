"""The glossary names things of the code that are there."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from places import ROOT

ROWS = re.findall(
    r"^\| (.+) \| .+ \| (.+) \| .+ \|$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.M
)
NAMES = sorted({name for _, where in ROWS for name in re.findall(r"`([\w.]+)`", where)})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_glossary_is_one_in_the_code(name: str) -> None:
    module, _, attribute = f"mathpost.{name}".rpartition(".")
    try:
        import_module(f"mathpost.{name}")
    except ModuleNotFoundError:
        assert hasattr(import_module(module), attribute)


def test_the_glossary_explains_each_word_once() -> None:
    words = [word for cell, _ in ROWS[1:] for word in re.split(r"[,:] ", cell)]
    assert len(words) == len(set(words))
    assert words
