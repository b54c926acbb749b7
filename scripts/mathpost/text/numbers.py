"""Numbers that an author states in the prose, `the slope is 2.97 {#val-slope}`, held to what the notebook computes.

    stated   = [ bound ] ( quantity | "$" [ bound ] quantity "$" ) [ "%" ] " {#val-" name "}"
    bound    = "<" | "≥" | "\\leq" | "less than" | "at least" | "no more than" …
    quantity = [ sign ] ( power | number [ "/" digits ] )
    number   = digits [ "." digits ] [ exponent ]                    thousands parted by "," or a space
    exponent = ( "e" | "E" ) [ sign ] digits | "×" power
    power    = "10^" [ sign ] digits

A number of which one writes so many digits claims no more than them: it may be off by half a unit of its last digit. A
fraction is exact; a bound says on which side of it the computed value lies. A range, a ratio or a product is not one
number, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from mathpost.ground.errors import InputError, Place
from mathpost.text.cells import Cell, markdown_of

_SEPARATOR = r"(?:,|\{,\}|\\,|[ \u00a0\u2009\u202f])"
_POWER = r"10(?:\^(?:\{[-+−]?\d+\}|[-+−]?\d+)|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-", "^{}")
NUMBER = re.compile(
    rf"""(?<![^\W_]|[.,{{}}^])(?<!\w_)
    (?P<sign>[-+−])?
    (?:(?P<power>{_POWER})
      |(?P<digits>\d{{1,3}}(?:{_SEPARATOR}\d{{3}})+|\d+)
       (?:\.(?P<decimals>\d+))?
       (?:[eE](?P<exponent>[-+−]?\d+)|\s*(?:\\times|\\cdot|×|·)\s*(?P<scale>{_POWER})|\s?/\s?(?P<divisor>\d+))?)
    (?P<percent>(?:\s|\\,|[\u00a0\u202f])?\\?%)?$""",
    re.VERBOSE,
)
_WORDS: Final = ("less", "fewer", "smaller", "lower"), ("more", "greater", "larger", "higher")
BOUNDS: Final = {
    "<": ("<", r"\lt", *(f"{word} than" for word in _WORDS[0]), "under", "below"),
    ">": (">", r"\gt", *(f"{word} than" for word in _WORDS[1]), "over", "above", "exceeds", "exceeding"),
    "≤": ("≤", "<=", r"\leq", r"\le", r"\leqslant", "at most", "up to", "no more than", "not more than"),
    "≥": ("≥", ">=", r"\geq", r"\ge", r"\geqslant", "at least", "no less than", "not less than", "no fewer than"),
}
"""How the computed value stands to a number that is a bound, and what says so before it."""
_TELLING: Final = {told: sign for sign, all_told in BOUNDS.items() for told in all_told}
BOUND = re.compile(
    rf"(?:(?<![\w\\])|(?<=\w)(?=[<>≤≥\\]))(?P<told>{'|'.join(map(re.escape, sorted(_TELLING, key=len, reverse=True)))})"
    r"[\s*_]*$",
    re.IGNORECASE,
)
JOINED = re.compile(
    r"""(?:[^\W_]*[\w)\]%][-–—−/:*×·÷^~]|[\d.]*[\d)\]%]\s*[-–—−/:*×·÷±^]\s*|\d+\s+(?:in|of|out\ of|to|or)\s+
    |[√±∓≠¼½¾⅓⅔]\s*|\\(?:pm|mp|neq?|times|cdot|sqrt|div)\s*|\bnot\s+)$""",
    re.VERBOSE,
)
MATHS = re.compile(r"(\$|\\\()\s*(?P<latex>(?:(?!\$|\\\(|\\\)).)+?)\s*(\$|\\\))(?P<percent>[\s\u00a0\u202f]?%)?$")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=[-*#>|])")
TWICE = "the label {label} is used twice: give each number its own"
NO_NUMBER = "there is no number before {{#{label}}}: write it right there, as in 2.97 {{#{label}}}"
NOT_ONE = (
    "`{part}` before {{#{label}}} is not one number: label a single one, as in 2.97 {{#{label}}}, "
    "with words around it that do not belong to it"
)


@dataclass(frozen=True)
class StatedNumber:
    """A number in the prose with its label; `start` to `end` holds both, `text` is the number as it is shown.

    `bound` is the sign of an order where the number is one, else empty. The `unit` of a fraction is zero.
    """

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
    bound: str = ""


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
    found, start = _number_at_end(before, line_start, label, place)
    bound = BOUND.search(before, line_start, start) or BOUND.search(found.string, 0, found.start())
    joined = JOINED.search(before, line_start, start)
    if joined:
        raise InputError(NOT_ONE.format(part=before[joined.start() :], label=label), place)
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
        bound=_TELLING[bound["told"].lower()] if bound else "",
    )


def _number_at_end(before: str, line_start: int, label: str, place: Place) -> tuple[re.Match[str], int]:
    """The number that a text ends with, and where it begins, or the formula that is nothing but it or its bound."""
    maths = MATHS.search(before, line_start)
    found = NUMBER.search(maths["latex"] + (maths["percent"] or "") if maths else before[line_start:])
    if found is None:
        raise InputError(NO_NUMBER.format(label=label), place)
    if maths is None:
        return found, line_start + found.start()
    ahead = found.string[: found.start()]
    if BOUND.sub("", ahead).strip():
        raise InputError(NO_NUMBER.format(label=label), place)
    return found, maths.start()


def _value_of(found: re.Match[str]) -> tuple[float, float]:
    """The number and one unit of its last digit; exact, as the text is decimal."""
    sign = -1 if found["sign"] in ("-", "−") else 1
    hundredths = Fraction(1, 100) if found["percent"] else Fraction(1)
    if found["divisor"] and int(found["divisor"]):
        return float(sign * hundredths * Fraction(_decimal(found)) / int(found["divisor"])), 0.0
    decimals = len(found["decimals"] or "")
    power = found["power"] or found["scale"]
    exponent = int((power[2:].translate(_RAISED) if power else found["exponent"] or "0").replace("−", "-"))
    unit = Fraction(10) ** (exponent - decimals) * hundredths
    digits = 1 if found["power"] else int(str(_decimal(found)).replace(".", ""))
    return float(sign * digits * unit), float(unit)


def _decimal(found: re.Match[str]) -> Decimal:
    return Decimal(re.sub(r"\D", "", found["digits"]) + (f".{found['decimals']}" if found["decimals"] else ""))


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that a span stands in, on one line."""
    first = max([0, *(match.end() for match in SENTENCE_END.finditer(text, 0, start))])
    last = next((match.start() for match in SENTENCE_END.finditer(text, end)), len(text))
    return " ".join(text[first:last].split())
