"""A line of a cell is found in the file of the notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mathpost.text.source_lines import line_in_file, source_lines

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "raw", "metadata": {}, "source": ["---\n", "title: \"A\"\n", "---"]},
        {"cell_type": "code", "metadata": {"tags": ["a"]}, "outputs": [{"text": ["x\n", "y"]}], "source": ["m = 1"]},
        {"cell_type": "markdown", "metadata": {"x": {"source": ["no"]}}, "source": "$\\alpha$ {, [\n]"},
        {"cell_type": "markdown", "metadata": {}, "source": ["one\n", "two \\\"\n", "ü"]},
    ],
    "metadata": {"cells": [{"source": ["no"]}]},
}  # fmt: skip


@pytest.mark.parametrize("style", [{"indent": 1}, {"indent": 4, "ensure_ascii": False}, {}])
def test_each_line_of_each_cell_is_found(style: dict[str, Any]) -> None:
    text = json.dumps(NOTEBOOK, **style)
    file = text.splitlines()

    found = source_lines(text)

    for cell, entry in enumerate(NOTEBOOK["cells"], 1):
        source = [entry["source"]] if isinstance(entry["source"], str) else entry["source"]
        for number, line in enumerate(source, 1):
            shown = json.dumps(line, **{name: style[name] for name in style if name == "ensure_ascii"})
            assert shown in file[found[(cell, number)] - 1]
    assert len(found) == 8


def test_what_is_not_found_is_the_first_line_of_the_cell_or_the_file() -> None:
    data = json.dumps(NOTEBOOK, indent=1).encode()

    assert line_in_file(data, 4, 2) == line_in_file(data, 4, 1) + 1
    assert line_in_file(data, 4, 99) == line_in_file(data, 4, None)
    assert line_in_file(data, None, None) == 1
    assert line_in_file(b"", 1, 1) == 1


@pytest.mark.parametrize("text", ["", "{", '{"cells": [[]]}', "]]}}", '{"cells": [{"source": ["a', "no json"])
def test_text_that_is_no_notebook_has_no_lines(text: str) -> None:
    assert source_lines(text) == {}
