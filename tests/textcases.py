"""Cases as text: a title, the input, what is expected, each ended by a line with a dot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark.structures import ParameterSet

from places import CASES


def read_cases(name: str) -> list[ParameterSet]:
    """The cases of a file, each named by its title and the line where it stands."""
    return [
        pytest.param(source, expected, id=f"line {line}: {title}") for line, title, source, expected in _cases_in(name)
    ]


def read_titled(name: str) -> dict[str, tuple[str, str]]:
    """The cases of a file by their titles, of which no two are alike; none where there is no file."""
    found: dict[str, tuple[str, str]] = {}
    for line, title, source, expected in _cases_in(name) if (CASES / name).exists() else ():
        assert title not in found, f"{name}, line {line}: {title!r} stands there twice"
        found[title] = (source, expected)
    return found


def _cases_in(name: str) -> Iterator[tuple[int, str, str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    dots = [number for number, line in enumerate(lines) if line == "."]
    assert len(dots) % 3 == 0, f"{name}: a case has three dots"
    for first, second, third in zip(dots[::3], dots[1::3], dots[2::3], strict=True):
        source, expected = "\n".join(lines[first + 1 : second]), "\n".join(lines[second + 1 : third])
        yield first, lines[first - 1], source, expected
