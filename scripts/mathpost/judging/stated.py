r"""Numbers as a formula states them: `2.97`, `2.2 \times 10^4`, `93\%`, and what their last digit leaves open.

A number that is written with decimals, or as percent, stands for half a unit of its last digit; a whole one for itself,
but beside `\approx`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from mathpost.evaluation.values import Numbers
from mathpost.latex.tree.nodes import Binary, Negative, Node, Number, Power, Symbol

LARGEST_ROUNDING = 0.1
SLACK = 1 + 1e-9
LARGEST_SHIFT = 300


@dataclass(frozen=True)
class Tolerance:
    allowed: Numbers
    source: str


@dataclass(frozen=True)
class Stated:
    """A number by its digits, and by how many places its point is to be moved to the right."""

    digits: str
    shift: int = 0
    percent: bool = False
    magnitude: bool = False
    """Whether it is a power of ten and nothing else, which may say no more than its order."""

    @property
    def is_zero(self) -> bool:
        return not float(self.digits)

    @property
    def has_decimals(self) -> bool:
        return "." in self.digits or self.percent

    def exact(self) -> Tolerance:
        """Half a unit of the last digit."""
        exponent = Decimal(self.digits).as_tuple().exponent
        assert isinstance(exponent, int)
        return Tolerance(np.asarray(0.5 * 10.0 ** (exponent + self.shift) * SLACK), "half a unit of the last digit")

    def cut_off(self) -> float:
        """Less than a unit of the last digit."""
        return 2 * float(self.exact().allowed) * (1 - 1e-6)

    def rounded(self) -> Tolerance:
        """The same; a whole one is no rounded value of what differs from it by a tenth of itself."""
        unit = self.exact()
        share = LARGEST_ROUNDING * float(Decimal(self.digits).scaleb(self.shift))
        if not self.has_decimals and share < unit.allowed:
            return Tolerance(np.asarray(share), "a tenth of the whole number")
        return unit


def stated_by(side: Node) -> Stated | None:
    """What a side states that is nothing but a number."""
    match side:
        case Negative(operand=operand):
            return stated_by(operand)
        case Number(text=text):
            return Stated(text)
        case Power(base=Number(text="10")):
            return _moved(Stated("1", magnitude=True), side)
        case Binary(operator="*" | "\\times", left=Number(text=text), right=Power(base=Number(text="10")) as scale):
            return _moved(Stated(text), scale)
        case Binary(operator="*", left=Number(text=text), right=Symbol(name="\\%")):
            return Stated(text, -2, percent=True)
    return None


def _moved(stated: Stated, scale: Power) -> Stated | None:
    sign, exponent = 1, scale.exponent
    if isinstance(exponent, Negative):
        sign, exponent = -1, exponent.operand
    if not (isinstance(exponent, Number) and exponent.text.isdigit() and int(exponent.text) <= LARGEST_SHIFT):
        return None
    return replace(stated, shift=sign * int(exponent.text))
