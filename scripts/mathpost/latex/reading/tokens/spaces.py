"""How wide the spaces of a formula are, in ems: one as wide as a `\\quad` separates."""

from __future__ import annotations

import re
from typing import Final

LENGTH: Final = re.compile(r"\s*(?:(-?\d*\.?\d+)\s*(mu|pt|em|ex|cm|mm|in|pc))?")
_EMS: Final = {"mu": 1 / 18, "pt": 0.1, "em": 1.0, "ex": 0.43, "cm": 2.85, "mm": 0.285, "in": 7.2, "pc": 1.2}
WIDTHS: Final = {r"\ ": 1 / 3, "\\\n": 1 / 3, r"\;": 5 / 18, r"\>": 4 / 18, r"\:": 4 / 18, r"\,": 3 / 18,
                  r"\thickspace": 5 / 18, r"\medspace": 4 / 18, r"\thinspace": 3 / 18, r"\enspace": 0.5,
                  r"\enskip": 0.5}  # fmt: skip
SKIPS: Final = frozenset((r"\hspace", r"\hspace*"))


def width_of(length: str) -> float:
    """`0.5in` is 3.6 ems wide."""
    match = LENGTH.fullmatch(length.strip())
    return float(match[1]) * _EMS[match[2]] if match and match[1] else 0.0
