"""The house: each module lies in a room, and each room says what lives there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from places import PACKAGE

DOORS = {"__init__", "__main__", "pytest_plugin"}
ROOMS = sorted({path.parent for path in PACKAGE.rglob("*.py")} - {PACKAGE})


def test_all_but_the_doors_lies_in_a_room() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == DOORS


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_says_in_two_sentences_what_lives_there_and_where_one_comes_in(room: Path) -> None:
    door = room / "__init__.py"
    assert door.is_file(), "a folder without __init__.py is no room"
    told = ast.get_docstring(ast.parse(door.read_text(encoding="utf-8"))) or ""
    sentences, _, ways = " ".join(told.split()).partition(" Its way")
    assert sentences.count(". ") == 1, sentences
    assert ways.startswith((" in: ", "s in: "))


def test_each_module_says_what_it_is() -> None:
    silent = [path for path in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []
