"""The file of a notebook: what is accepted, and what is said about the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathpost.ground.errors import InputError
from mathpost.text.notebook_file import notebook_in
from mathpost.text.post import parse

PATH = Path("a.ipynb")
NO_CELLS = "a.ipynb: cannot be read as a notebook: it has no list of cells"
MISTAKES = {
    b"no JSON": "a.ipynb: cannot be read as a notebook: Expecting value: line 1 column 1 (char 0)",
    b"": "a.ipynb: cannot be read as a notebook: Expecting value: line 1 column 1 (char 0)",
    b"[]": NO_CELLS,
    b"null": NO_CELLS,
    b"{}": NO_CELLS,
    b'{"cells": null}': NO_CELLS,
    b'{"cells": [null]}': "a.ipynb: cannot be read as a notebook: cell 1 has no cell_type",
    b'{"cells": [{"cell_type": "raw"}]}': "a.ipynb: cannot be read as a notebook: cell 1 has no source",
    b'{"cells": [{"cell_type": "raw", "source": [5]}]}': "a.ipynb: cannot be read as a notebook: cell 1 has no source",
    b"[" * 200_000: "a.ipynb: cannot be read as a notebook: it is nested too deeply",
    '"é"'.encode("latin-1"): "a.ipynb: cannot be read as a notebook: byte 2 is not UTF-8: save it in this encoding",
    b'{"worksheets": [], "nbformat": 3}': "a.ipynb: is not a valid notebook: save it in the format 4",
    b'{"cells": [], "nbformat": 5}': "a.ipynb: is not a valid notebook: save it in the format 4",
}


@pytest.mark.parametrize("data", MISTAKES, ids=lambda data: repr(data[:40]))
def test_what_is_no_notebook_is_told_in_plain_words(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse(data, PATH)
    assert str(caught.value) == MISTAKES[data]


def test_a_byte_order_mark_is_let_pass() -> None:
    cells = [{"cell_type": "markdown", "source": "é"}]
    assert notebook_in(json.dumps({"cells": cells}).encode("utf-8-sig"), PATH)["cells"] == cells
