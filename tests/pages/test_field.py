"""Notebooks as people write them, executed: `cases/field`. `MATHPOST_REGENERATE=1` writes anew what becomes of them."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image

from fieldcases import FIELD, FieldCase, field_cases
from making import text, write
from mathpost.ground.errors import MathpostError
from mathpost.notebooks import execute
from mathpost.pages import export
from mathpost.text import read

SIZE = re.compile(r'width="\d+" height="\d+"')  # in pixels, which depend on the fonts of matplotlib's version
DIGEST = re.compile(r"(?<=-)[0-9a-f]{8}(?=\.png)")
CASES = field_cases()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the notebooks, with what theirs lead to."""
    names = ("static/images/box.png", "notebooks/images/box.png", "notebooks/figures/box.png")
    for number, name in enumerate(names, 1):
        image = io.BytesIO()
        Image.new("RGB", (number, 4)).save(image, "PNG")
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(image.getvalue())
    (tmp_path / "notebooks" / "data").mkdir()
    (tmp_path / "notebooks" / "data" / "x.csv").write_text("1\n")
    (tmp_path / "config.toml").write_text("[params.mathpost]\nremote_images = true\n")
    write(tmp_path / "notebooks" / "c07_less.ipynb", text("## Order"))
    return tmp_path / "notebooks"


@pytest.mark.kernel
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_becomes_of_a_notebook(case: FieldCase, folder: Path) -> None:
    found = _outcome(write(folder / f"{case.name}.ipynb", *case.cells))
    if os.environ.get("MATHPOST_REGENERATE"):
        path = FIELD / f"{case.name}.txt"
        path.write_text(f"{path.read_text().partition('%%% then')[0].rstrip()}\n%%% then\n{found}\n")
    assert found == case.then


def _outcome(path: Path) -> str:
    try:
        post = read(path)
        post.require_sound()
        page = export(execute(post))
    except MathpostError as error:
        return str(error).replace(f"{path.parent}/", "")
    body = SIZE.sub('width="…" height="…"', page.text.split("\n---\n", 1)[1]).strip("\n")
    notices = [f"cell {notice.cell} {notice.text}" for notice in page.notices]
    files = ["", "files: " + ", ".join(page.images)] if page.images else []
    return DIGEST.sub("…", "\n".join([body, *files, *notices]).strip("\n"))
