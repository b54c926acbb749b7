"""Whether a number stated in the prose is the one that the notebook computes."""

from __future__ import annotations

import math
from decimal import Decimal

from mathpost.ground.verdicts import NUMBER, Judgement, Verdict
from mathpost.text.numbers import StatedNumber

EXACT = 1e-12
UNBOUND = 'no check reached it: call check("{label}", …) in a code cell, with the value that the notebook computes'


def judge_number(stated: StatedNumber, computed: object) -> Verdict:
    """Whether a stated number is the computed one, to the digits that are written."""
    try:
        value = float(computed)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return verdict_of(stated, "inconclusive", f"check({stated.label!r}, …) was given {computed!r}, no number")
    if not math.isfinite(value):
        return verdict_of(stated, "inconclusive", f"the notebook computes {value}, which is not finite", value)
    if _holds(stated, value):
        return verdict_of(stated, "pass", "", value)
    said = f"{stated.bound} {stated.text}".strip()
    reason = f"the text says {said}, the notebook computes {_rounded(value, stated)}"
    if stated.percent and abs(value - 100 * stated.value) <= 100 * stated.unit / 2:
        reason += ": 5 % is 0.05; bind it to the fraction, not to a hundred times it"
    return verdict_of(stated, "fail", reason, value)


def _holds(stated: StatedNumber, value: float) -> bool:
    """Whether a value is on the right side of a bound, or not farther away than half a unit of the last digit."""
    slack = EXACT * abs(value)
    match stated.bound:
        case "<":
            return value < stated.value
        case ">":
            return value > stated.value
        case "≤":
            return value <= stated.value + slack
        case "≥":
            return value >= stated.value - slack
    return abs(value - stated.value) <= stated.unit / 2 + slack


def verdict_of(stated: StatedNumber, outcome: str, reason: str, value: float | None = None) -> Verdict:
    judgement = Judgement(
        outcome,
        left=stated.value,
        right=value,
        difference=None if value is None else abs(value - stated.value),
        tolerance=0.0 if stated.bound else stated.unit / 2,
        tolerance_source="a bound" if stated.bound else "half a unit of the last digit",
        reason=reason,
    )
    draws = 0 if value is None else 1
    return Verdict(stated.label, stated.cell, stated.line, stated.sentence, NUMBER, judgement, draws)


def unbound(stated: StatedNumber) -> Verdict:
    """The verdict on a number that no check reached."""
    return verdict_of(stated, "inconclusive", UNBOUND.format(label=stated.label))


def _rounded(value: float, stated: StatedNumber) -> str:
    """A computed value as the author would write it, with one digit more where that is the same."""
    scale = 100 if stated.percent else 1
    digits = max(0, -Decimal(repr(stated.unit * scale)).adjusted()) if stated.unit else 6
    digits += bool(stated.bound)
    shown = f"{scale * value:,.{digits}f}" if 1e-4 <= abs(scale * value) < 1e15 or not value else f"{scale * value:.4g}"
    return f"{shown} %" if stated.percent else shown
