"""A notebook that gives other results each time is named, with the cell where that begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from making import code, text, write
from mathpost.drift.repeat import NotRepeatable, another_day, check_repeatable
from mathpost.text import read

HINT = "-> seed what is random, sort what comes out of a set, and keep the clock out of results"


def said(tmp_path: Path, *sources: str, prose: str = "") -> str:
    path = write(tmp_path / "a.ipynb", *map(code, sources), text(prose))
    with pytest.raises(NotRepeatable) as caught:
        check_repeatable(read(path), timeout=60)
    return str(caught.value).removeprefix(f"{tmp_path}/")


@pytest.mark.kernel
def test_chance_is_traced_to_the_cell_that_drew_it(tmp_path: Path) -> None:
    message = said(
        tmp_path,
        "import random\nn = 3",
        "drawn = random.random()",
        "shown = 1",
        prose="It is `{python} drawn > 2`, `{python} drawn`.",
    )
    lines = message.splitlines()

    assert lines[0] == "a.ipynb, cell 5: gives other results each time it is run"
    assert lines[1].startswith("    first run:  0.")
    assert lines[2].startswith("    second run: 0.")
    assert lines[3:] == ["    drawn differs already, behind cell 3", HINT]


@pytest.mark.kernel
def test_a_generator_without_a_seed_is_the_cause_before_it_has_drawn(tmp_path: Path) -> None:
    message = said(
        tmp_path, "import numpy as np\nrng = np.random.default_rng()", "print(rng.normal() > 9)\nprint(rng.normal())"
    )

    assert "a.ipynb, cell 3: gives other results" in message
    assert "    rng differs already, behind cell 2\n" in message


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("source", "first", "cause"),
    [
        ("order = list({'one', 'two', 'three', 'four'})\nprint(order)", "['", "order differs there, behind cell 2"),
        ("import datetime\nprint(datetime.date.today())", "20", ""),
        ("import time\nprint(time.time())", "1", ""),
        ("import os\nprint(os.getpid())", "", ""),
        ("print(hash('text'))", "", ""),
    ],
    ids=["the order of a set", "the day", "the time", "the process", "a hash"],
)
def test_what_changes_from_run_to_run_is_named(tmp_path: Path, source: str, first: str, cause: str) -> None:
    message = said(tmp_path, source)

    assert message.startswith("a.ipynb, cell 2: gives other results each time it is run\n    first run:  " + first)
    assert (f"    {cause}\n" in message) if cause else ("differs" not in message)


@pytest.mark.kernel
def test_what_is_the_same_passes(tmp_path: Path) -> None:
    """Addresses and times that no result depends on are nothing to a reader."""
    sources = [
        "import random, time\nrandom.seed(1)\nstarted = time.time()",
        "print(random.random())",
        "class Box: pass\nBox()",
        "print(sorted({'one', 'two', 'three'}))",
        "from mathpost import Notation, check\ncheck('eq-a', Notation({'a': random.random(), 'b': 2.0}))",
    ]
    check_repeatable(read(write(tmp_path / "a.ipynb", *map(code, sources), text("$a = b$ {#eq-a}"))), timeout=60)


@pytest.mark.parametrize("hour", range(24))
def test_the_second_run_lives_on_another_day(hour: int) -> None:
    now = datetime(2026, 3, 5, hour, 30, tzinfo=UTC)
    sign, hours = another_day(now)[-3], int(another_day(now)[-2:])
    there = timezone(timedelta(hours=hours if sign == "-" else -hours))  # POSIX counts westwards

    assert now.astimezone(there).date() != now.date()
