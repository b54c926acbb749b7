"""Cases as text: a title, the input, what is expected, each ended by a line with a dot."""

from __future__ import annotations

import pytest
from _pytest.mark.structures import ParameterSet

from places import CASES


def read_cases(name: str) -> list[ParameterSet]:
    """The cases of a file, each named by its title and the line where it stands."""
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    dots = [number for number, line in enumerate(lines) if line == "."]
    assert len(dots) % 3 == 0, f"{name}: a case has three dots"
    cases = []
    for first, second, third in zip(dots[::3], dots[1::3], dots[2::3], strict=True):
        source, expected = "\n".join(lines[first + 1 : second]), "\n".join(lines[second + 1 : third])
        cases.append(pytest.param(source, expected, id=f"line {first}: {lines[first - 1]}"))
    return cases
