"""The text of a post as a whole: what makes a notebook one, and in which language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from making import code, raw, text, write
from mathpost.text import read
from mathpost.text.frontmatter import begins_as_post

FIRST_CELLS = [
    (raw(), True),
    (raw("# a draft"), True),
    (text("---\ntitle: A\n---\n"), True),
    (text("# Notes"), False),
    (code("x = 1"), False),
]


def rewrite(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return path


@pytest.mark.parametrize(("cell", "is_one"), FIRST_CELLS)
def test_a_post_begins_with_front_matter(tmp_path: Path, cell: dict[str, object], is_one: bool) -> None:
    path = rewrite(write(tmp_path / "a.ipynb"), cells=[cell])
    assert begins_as_post(path) is is_one


@pytest.mark.parametrize("damage", ["", "{", '{"cells": 3}', "[]"])
def test_a_damaged_notebook_is_not_passed_over(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(damage)
    assert begins_as_post(path)


def test_an_empty_notebook_is_no_post(tmp_path: Path) -> None:
    assert not begins_as_post(rewrite(write(tmp_path / "a.ipynb"), cells=[]))


LANGUAGES: list[tuple[Mapping[str, object], str | None]] = [
    ({}, None),
    ({"kernelspec": None}, None),
    ({"language_info": {"name": "python", "version": "3.12"}}, None),
    ({"kernelspec": {"name": "python3", "display_name": "Python 3"}}, None),
    ({"kernelspec": {"name": "my-environment", "display_name": "Mine"}}, None),
    ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "language_info": {"name": "R"}}, "R"),
    ({"kernelspec": {"name": "ir", "display_name": "R"}}, "R"),
    ({"kernelspec": {"name": "julia-1.10", "display_name": "Julia 1.10.2"}}, "Julia"),
    ({"kernelspec": {"name": "julia-1.10", "language": "julia"}}, "julia"),
    ({"language_info": {"name": "sage"}}, "sage"),
]


@pytest.mark.parametrize(("metadata", "language"), LANGUAGES)
def test_a_notebook_in_another_language_is_named_as_that(
    tmp_path: Path, metadata: Mapping[str, object], language: str | None
) -> None:
    source = "x <- 3" if language else "x = 3"
    path = rewrite(write(tmp_path / "a.ipynb", code(source, "parameters")), metadata=metadata)
    told = (
        f"{path}: is a notebook in {language}, and the code of a post is Python: "
        "give it a Python kernel and code in Python, or move it to another folder"
    )
    assert next((str(problem) for problem in read(path).problems), None) == (told if language else None)
