"""Numbers that an author states in the prose, `the slope is 2.97 {#val-slope}`, held to what the notebook computes.

    stated   = ( number | "$" number "$" ) [ "%" ] " {#val-" name "}"
    number   = [ sign ] digits [ "." digits ] [ exponent ]           thousands parted by "," or a thin space
    exponent = ( "e" | "E" ) [ sign ] digits | "\\times 10^" digits

A number of which one writes so many digits claims no more than them: it may be off by half a unit of its last digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from mathpost.ground.errors import InputError, Place
from mathpost.text.cells import Cell, markdown_of

_SEPARATOR = r"(?:,|\{,\}|\\,|[\u00a0\u2009\u202f])"
NUMBER = re.compile(
    rf"""(?<![^\W_]|[.,{{}}^])(?<!\w_)
    (?P<sign>[-+−])?
    (?P<digits>\d{{1,3}}(?:{_SEPARATOR}\d{{3}})+|\d+)
    (?:\.(?P<decimals>\d+))?
    (?:[eE](?P<exponent>[-+−]?\d+)|\s*(?:\\times|\\cdot|×|·)\s*10\^(?:\{{(?P<power>[-+−]?\d+)\}}|(?P<digit>\d)))?
    (?P<percent>(?:\s|\\,|[\u00a0\u202f])?\\?%)?$""",
    re.VERBOSE,
)
MATHS = re.compile(r"(\$|\\\()\s*(?P<latex>(?:(?!\$|\\\(|\\\)).)+?)\s*(\$|\\\))(?P<percent>[\s\u00a0\u202f]?%)?$")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=[-*#>|])")
TWICE = "the label {label} is used twice: give each number its own"
NO_NUMBER = "there is no number before {{#{label}}}: write it right there, as in 2.97 {{#{label}}}"


@dataclass(frozen=True)
class StatedNumber:
    """A number in the prose with its label; `start` to `end` holds both, `text` is the number as it is shown."""

    label: str
    text: str
    value: float
    unit: float
    percent: bool
    sentence: str
    start: int
    end: int
    cell: int | None
    line: int


def find_numbers(cells: Iterable[Cell]) -> Iterator[StatedNumber]:
    """Every stated number. Errors: InputError for a label used twice, or behind something that is no number."""
    seen: set[str] = set()
    for cell in markdown_of(cells):
        for stated in cell.markup.stated:
            place = Place(cell=cell.number, line=stated.line)
            if stated.label in seen:
                raise InputError(TWICE.format(label=stated.label), place)
            seen.add(stated.label)
            yield _stated(cell.source, stated.label, (stated.start, stated.end), place)


def _stated(text: str, label: str, span: tuple[int, int], place: Place) -> StatedNumber:
    before = text[: span[0]].rstrip(" \t*_")
    line_start = before.rfind("\n") + 1
    maths = MATHS.search(before, line_start)
    found = NUMBER.search(maths["latex"] + (maths["percent"] or "") if maths else before[line_start:])
    if found is None or (maths and found.start()):
        raise InputError(NO_NUMBER.format(label=label), place)
    start = maths.start() if maths else line_start + found.start()
    value, unit = _value_of(found)
    return StatedNumber(
        label=label,
        text=before[start:],
        value=value,
        unit=unit,
        percent=found["percent"] is not None,
        sentence=sentence_around(before + text[span[1] :], start, len(before)),
        start=start,
        end=span[1],
        cell=place.cell,
        line=place.line or 1,
    )


def _value_of(found: re.Match[str]) -> tuple[float, float]:
    """The number and one unit of its last digit; exact, as the text is decimal."""
    digits = re.sub(r"\D", "", found["digits"]) + (found["decimals"] or "")
    exponent = int((found["exponent"] or found["power"] or found["digit"] or "0").replace("−", "-"))
    unit = Decimal(10) ** (exponent - len(found["decimals"] or "") - (2 if found["percent"] else 0))
    sign = -1 if found["sign"] in ("-", "−") else 1
    return float(sign * int(digits) * unit), float(unit)


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that a span stands in, on one line."""
    first = max([0, *(match.end() for match in SENTENCE_END.finditer(text, 0, start))])
    last = next((match.start() for match in SENTENCE_END.finditer(text, end)), len(text))
    return " ".join(text[first:last].split())
