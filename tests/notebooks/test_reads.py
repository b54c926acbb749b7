"""What a notebook reads elsewhere is noted while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from making import code, write
from mathpost.notebooks import Record, execute
from mathpost.text import read

pytestmark = pytest.mark.kernel

SOURCE = """
import sys
import numpy as np
sys.path.append("../library")
import elsewhere
data = np.loadtxt("../data.csv")
with open("../made.txt", "w") as file:
    file.write("mine")
open("../made.txt").read()
from pathlib import Path
Path("beside.txt").read_text()
"""
ASKING = """
import socket
with socket.socket() as one:
    one.settimeout(0.01)
    try:
        one.connect(("203.0.113.7", 9))
    except OSError:
        pass
"""


@pytest.fixture
def record(tmp_path: Path) -> Record:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "elsewhere.py").write_text("A = 1\n")
    (tmp_path / "data.csv").write_text("1 2\n")
    path = write(tmp_path / "notebooks" / "a.ipynb", code(SOURCE), code(ASKING))
    (path.parent / "beside.txt").write_text("Known anyway.")
    execute(read(path))  # compiles the module
    return execute(read(path))


def test_files_are_noted_as_they_were_but_for_those_that_it_has_written(record: Record, tmp_path: Path) -> None:
    names = ("data.csv", "library/elsewhere.py", "notebooks/beside.txt")
    assert sorted(path for path, _, _ in record.reads.files) == [tmp_path / name for name in names]
    for path, size, time in record.reads.files:
        assert (size, time) == (path.stat().st_size, path.stat().st_mtime_ns)


def test_a_host_that_is_asked_is_told(record: Record) -> None:
    (warning,) = record.warnings()
    assert warning.text == (
        "a cell asks 203.0.113.7: if that answers otherwise tomorrow, nothing here will notice; "
        "keep the answer in a file"
    )
