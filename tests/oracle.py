"""Formulas by lot, each with its value by mpmath: an evaluator that shares nothing with ours but the LaTeX.

`make oracle` tries 10,000 of them and says where ours is not within the bound that it claims: a ball must hold the
value, a number in float64 must be as near as its error bound and float64 allow.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

import mpmath
from mpmath import mpf

from mathpost.ground.errors import EvaluationError
from mathpost.judging.comparison import ROUNDING, RTOL
from mathpost.judging.draw import Draw, numbers_of
from mathpost.judging.notation import Notation
from mathpost.latex import parse

Letters: TypeAlias = Mapping[str, mpf]

DIGITS: Final = 60
SPARE: Final = 5
BITS: Final = 256
POINTS: Final = 200_000
LARGEST: Final = mpf("1e12")
LETTERS: Final = {"a": "0.75", "b": "-1.3", "c": "2.125", "m": "3", "n": "5"}
DEPTH: Final = 4


@dataclass(frozen=True)
class Formula:
    """LaTeX in which every part stands in brackets where it must, and its value under the letters."""

    latex: str
    value: Callable[[Letters], mpf]


@dataclass(frozen=True)
class Miss:
    """A formula whose value is not within the claimed bound."""

    latex: str
    ours: str
    theirs: str


def formulas(seed: int, count: int) -> Iterator[tuple[Formula, mpf]]:
    """Formulas that have a real value of ordinary size, with it."""
    draw = random.Random(seed)
    while count:
        formula = _formula(draw, DEPTH, tuple(LETTERS))
        try:
            rough, value = (_value(formula, digits) for digits in (DIGITS, 2 * DIGITS))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        # what differs has none: the logarithm of what would be 0, but for the rounding
        if abs(value) < LARGEST and abs(rough - value) <= mpf(10) ** (DIGITS // -2) * max(1, abs(value)):
            yield formula, value
            count -= 1


def _value(formula: Formula, digits: int) -> mpf:
    with mpmath.workdps(digits):
        return formula.value({name: mpf(value) for name, value in LETTERS.items()})


def judge(formula: Formula, value: mpf) -> str | Miss:
    """By which means it was evaluated, or where it misses."""
    draw = Draw(Notation({name: _bound(text) for name, text in LETTERS.items()}))
    node = parse(formula.latex, draw.declared)
    environment = draw.environment(node)
    try:
        measured = draw.measure(node, environment)
    except EvaluationError as error:
        return f"not evaluated: {str(error).partition(':')[0]}"
    enclosed = draw.enclose(node, environment, BITS, POINTS)
    if enclosed is not None and enclosed.rounded is None and not measured.methods:
        (ball,) = enclosed.value.values.reshape(-1)
        return "in a ball" if _holds(ball, value) else Miss(formula.latex, str(ball), mpmath.nstr(value, 20))
    ours, bound = float(numbers_of(measured.value)), float(measured.error.max())
    if abs(mpf(ours) - value) <= RTOL * abs(value) + ROUNDING * max(1, abs(value)) + bound:
        return f"in float64, by {' and '.join(sorted(measured.methods)) or 'arithmetic'}"
    return Miss(formula.latex, f"{ours!r} ± {bound:.1g}", mpmath.nstr(value, 20))


def _holds(ball: Any, value: mpf) -> bool:
    """Whether the value lies in the ball, but for the digits that were lost in writing the ball down."""
    with mpmath.workdps(DIGITS):
        middle, radius = (mpf(part.str(DIGITS, radius=False)) for part in (ball.mid(), ball.rad()))
        return bool(abs(middle - value) <= radius + mpf(10) ** (SPARE - DIGITS) * max(1, abs(value)))


def _bound(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _number(text: str) -> tuple[str, Callable[[], mpf]]:
    return text, lambda: mpf(text)


CONSTANTS: Final[tuple[tuple[str, Callable[[], mpf]], ...]] = (
    *map(_number, ("1", "2", "7", "10", "0.5", "2.25")),
    (r"\pi", lambda: mpf(mpmath.pi)),
    (r"\frac{1}{3}", lambda: mpf(1) / 3),
)


def _formula(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    if depth == 0 or draw.random() < 0.15:
        return _leaf(draw, letters)
    return draw.choice(RULES)(draw, depth - 1, letters)


def _leaf(draw: random.Random, letters: tuple[str, ...]) -> Formula:
    if draw.random() < 0.6:
        name = draw.choice(letters)
        return Formula(name, lambda known: known[name])
    text, constant = draw.choice(CONSTANTS)
    return Formula(text, lambda known: constant())


def _sum(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    one, other = (_formula(draw, depth, letters) for _ in range(2))
    if draw.random() < 0.5:
        return Formula(rf"({one.latex} + {other.latex})", lambda known: one.value(known) + other.value(known))
    return Formula(rf"({one.latex} - {other.latex})", lambda known: one.value(known) - other.value(known))


def _product(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    one, other = (_formula(draw, depth, letters) for _ in range(2))
    if draw.random() < 0.5:
        return Formula(rf"\left({one.latex}\right) \cdot \left({other.latex}\right)",
                       lambda known: one.value(known) * other.value(known))  # fmt: skip
    return Formula(rf"\frac{{{one.latex}}}{{{other.latex}}}", lambda known: one.value(known) / other.value(known))


def _power(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    base, exponent = _formula(draw, depth, letters), draw.choice([2, 3, -1, -2, 4])
    return Formula(rf"\left({base.latex}\right)^{{{exponent}}}", lambda known: base.value(known) ** exponent)


FUNCTIONS: Final[Mapping[str, Callable[[mpf], mpf]]] = {
    r"\exp": mpmath.exp,
    r"\log": mpmath.log,
    r"\sqrt": mpmath.sqrt,
    r"\sin": mpmath.sin,
    r"\cos": mpmath.cos,
    r"\tan": mpmath.tan,
    r"\arctan": mpmath.atan,
    r"\sinh": mpmath.sinh,
    r"\tanh": mpmath.tanh,
    r"\operatorname{erf}": mpmath.erf,
}


def _function(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    name, of = draw.choice(list(FUNCTIONS.items()))
    inner = _formula(draw, depth, letters)
    latex = rf"\sqrt{{{inner.latex}}}" if name == r"\sqrt" else rf"{name}\left({inner.latex}\right)"

    def value(known: Letters) -> mpf:
        at = inner.value(known)
        if name in (r"\exp", r"\sinh") and abs(at) > 20:
            raise OverflowError
        found = of(at)
        if not isinstance(found, mpf):
            raise ValueError("a complex number")
        return found

    return Formula(latex, value)


def _absolute(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    inner = _formula(draw, depth, letters)
    return Formula(rf"\left| {inner.latex} \right|", lambda known: abs(inner.value(known)))


def _greatest(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    one, other = (_formula(draw, depth, letters) for _ in range(2))
    name, of = draw.choice([(r"\max", max), (r"\min", min)])
    return Formula(rf"{name}({one.latex}, {other.latex})", lambda known: of(one.value(known), other.value(known)))


def _series(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    if "k" in letters:
        return _leaf(draw, letters)
    inner, upper = _formula(draw, depth, (*letters, "k", "k")), draw.choice(["m", "n", "4"])
    operator, of = draw.choice([(r"\sum", mpmath.fsum), (r"\prod", mpmath.fprod)])

    def value(known: Letters) -> mpf:
        last = int(known[upper]) if upper in known else int(upper)
        return of([inner.value({**known, "k": mpf(k)}) for k in range(1, last + 1)])

    return Formula(rf"\left({operator}_{{k=1}}^{{{upper}}} \left({inner.latex}\right)\right)", value)


def _integral(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    if "t" in letters or "k" in letters or depth > 1:
        return _leaf(draw, letters)
    power, rate = draw.choice([1, 2, 3]), draw.choice([Fraction(1, 2), Fraction(2), Fraction(-1)])
    shown = f"{rate.numerator} t" if rate.denominator == 1 else rf"\frac{{{rate.numerator}}}{{{rate.denominator}}} t"
    latex = rf"\left(\int_0^1 t^{{{power}}} \exp({shown}) \, dt\right)"
    return Formula(
        latex,
        lambda known: mpmath.quad(lambda t: t**power * mpmath.exp(t * rate.numerator / rate.denominator), [0, 1]),
    )


def _count(draw: random.Random, depth: int, letters: tuple[str, ...]) -> Formula:
    first, second = draw.randint(2, 30), draw.randint(0, 6)
    if draw.random() < 0.5:
        return Formula(rf"\binom{{{first}}}{{{second}}}", lambda known: mpmath.binomial(first, second))
    return Formula(f"{second}!", lambda known: mpmath.factorial(second))


RULES: Final = (
    *(_sum,) * 4,
    *(_product,) * 4,
    *(_power,) * 2,
    *(_function,) * 3,
    _absolute,
    _greatest,
    *(_series,) * 2,
    _integral,
    _count,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    told = [judge(formula, value) for formula, value in formulas(given.seed, given.count)]
    for miss in [found for found in told if isinstance(found, Miss)]:
        print(f"{miss.latex}\n    ours {miss.ours}, theirs {miss.theirs}")
    for way, count in Counter("missed" if isinstance(found, Miss) else found for found in told).most_common():
        print(f"{count:6}  {way}")
    sys.exit(any(isinstance(found, Miss) for found in told))


if __name__ == "__main__":
    main()
