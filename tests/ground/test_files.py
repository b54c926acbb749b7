"""Folders for a while: none stays behind, also of a process that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mathpost.ground.errors import EngineError
from mathpost.ground.files import LONGEST_PLACE, working_folder


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Path:
    place = Path(tempfile.mkdtemp())
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_the_folder_of_a_killed_process_goes_with_the_next_and_that_of_a_running_one_stays(place: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"mathpost-{ended.pid}-x", f"mathpost-{os.getppid()}-x", "mathpost-by-hand", "other"):
        (place / name).mkdir()
        (place / name / "file").touch()
    (place / f"mathpost-{ended.pid}-gone-meanwhile").symlink_to(place / "nowhere")

    with working_folder() as own:
        names = {path.name for path in place.iterdir()}
    others = {f"mathpost-{os.getppid()}-x", "mathpost-by-hand", "other", f"mathpost-{ended.pid}-gone-meanwhile"}
    assert names == {*others, Path(own).name}
    assert not Path(own).exists()


def test_a_place_with_too_long_a_name_for_sockets_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = place / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(EngineError) as caught:
        working_folder()
    assert str(caught.value) == (
        f"{long}: the temporary directory has too long a name for sockets: "
        f"set TMPDIR to one of at most {LONGEST_PLACE} characters"
    )
