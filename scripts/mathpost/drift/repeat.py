"""Whether a notebook gives the same results each time it is run, and from which cell on it does not.

The second run has another seed for hashes, so that sets come in another order, and lives in another time zone, chosen
so that the day is another one too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mathpost.ground.errors import Drift, Place
from mathpost.ground.verdicts import MIME as VERDICTS
from mathpost.notebooks import execute
from mathpost.notebooks.record import Notebook, inline_values_of
from mathpost.pages.figures import DamagedImage, picture_of, plain_image
from mathpost.pages.tables import read_tables, to_markdown
from mathpost.text import PostText

ADDRESS = re.compile(r"\bat 0x[0-9a-f]+")
SHOWN = 200
HINT = "seed what is random, sort what comes out of a set, and keep the clock out of results"


@dataclass(frozen=True)
class Difference:
    """Where two runs part: the first cell with other results, what it gave, and where the first variable differs."""

    cell: int
    first: str
    second: str
    cause: tuple[int, str] | None


class NotRepeatable(Drift):
    """A notebook whose results change from run to run."""


def check_repeatable(text: PostText, *, timeout: float) -> None:
    """Execute a notebook twice. Errors: NotRepeatable if it does not give the same twice."""
    records = [
        execute(text, timeout=timeout, environment=environment, variables=True).notebook
        for environment in ({}, {"PYTHONHASHSEED": "1", "TZ": another_day(datetime.now(UTC))})
    ]
    found = first_difference(*records)
    if found is None:
        return
    cause = ""
    if found.cause:
        where = "already" if found.cause[0] < found.cell else "there"
        cause = f"\n    {found.cause[1]} differs {where}, behind cell {found.cause[0]}"
    message = f"gives other results each time it is run\n    first run:  {found.first}\n    second run: {found.second}"
    raise NotRepeatable(f"{message}{cause}\n-> {HINT}", Place(text.path, found.cell))


def another_day(now: datetime) -> str:
    """A time zone, as POSIX writes it, in which it is not the day that it is in UTC."""
    return "LATER-14" if now.hour >= 12 else "SOONER+12"


def first_difference(one: Notebook, other: Notebook) -> Difference | None:
    """The first cell that gave other results, if any did."""
    cause: tuple[int, str] | None = None
    for number, (a, b) in enumerate(zip(one.cells, other.cells, strict=True), 1):
        cause = cause or _variable(number, a, b)
        for first, second in zip(_results(a), _results(b), strict=False):
            if first != second:
                return Difference(number, *_excerpts(first, second), cause)
        if len(list(_results(a))) != len(list(_results(b))):
            return Difference(number, f"{len(a.outputs)} outputs", f"{len(b.outputs)} outputs", cause)
    return None


def _variable(number: int, one: Notebook, other: Notebook) -> tuple[int, str] | None:
    digests = [cell.metadata.get("mathpost", {}).get("variables", {}) for cell in (one, other)]
    changed = [name for name in digests[0] if digests[0][name] != digests[1].get(name)]
    return (number, ", ".join(changed)) if changed else None


def _results(cell: Notebook) -> Iterator[str]:
    """What a cell shows or records, without what is different in each process: addresses and times taken."""
    yield from inline_values_of(cell)
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            if output.name == "stdout":
                yield ADDRESS.sub("at 0x…", output.text)
        elif VERDICTS in output.get("data", {}):
            for verdict in output.data[VERDICTS]["verdicts"]:
                yield f"{verdict['id']}: {verdict['outcome']}, left {verdict['left']}, right {verdict['right']}"
        elif kind := picture_of(output.get("data", {})):
            yield f"an image, {_image(output.data[kind], kind)}"
        else:
            yield from (ADDRESS.sub("at 0x…", text) for text in _texts(output.get("data", {})))


def _image(source: str, kind: str) -> str:
    """As it would be published: without what says when it was drawn."""
    try:
        return repr(plain_image(source, kind)[0])
    except DamagedImage:
        return source


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    yield str(data.get("text/plain", ""))
    yield from (str(data[kind]) for kind in ("text/markdown", "text/latex") if kind in data)
    if tables := read_tables(str(data.get("text/html", ""))):
        yield to_markdown(tables, str)


def _excerpts(first: str, second: str) -> tuple[str, str]:
    """Both from shortly before where they part."""
    if first.startswith("an image") and second.startswith("an image"):
        return "an image", "another image"
    start = next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    left = max(0, start - SHOWN // 4)
    shown = [" ".join(text[left : left + SHOWN].split()) for text in (first, second)]
    return shown[0] or "nothing", shown[1] or "nothing"
