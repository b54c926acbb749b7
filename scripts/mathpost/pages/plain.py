"""Formulas where none can stand, in a title, a description, the text in place of a picture: they become Unicode."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from mathpost.text.elements import Markup

_SCRIPT: Final = re.compile(r"(?<!\\)([_^])\s*(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s{}\\]))")
_LEVELS: Final = 4  # of scripts in scripts
# Signs of the private area stand for marks that are not to be read again.
_KEPT: Final = {"_": "\ue001", "^": "\ue002"}
_RAISED: Final = str.maketrans("0123456789+-=()aehijklmnoprstuvwxyT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵉʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᵀ")
_LOWERED: Final = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_TABLES: Final = {"^": _RAISED, "_": _LOWERED}
_SIMPLE: Final = re.compile(r"[\w.]+|\(.*\)")
_SPACES: Final = re.compile(r"\s+")


def plain_text(markup: Markup) -> str:
    """A text with its formulas in Unicode, and on one line."""
    parts, position = [], 0
    for equation in markup.equations:
        parts += [markup.source[position : equation.start], unicode_of(equation.meaning)]
        position = equation.end
    return _SPACES.sub(" ", "".join([*parts, markup.source[position:]])).strip()


def unicode_of(latex: str) -> str:
    """A formula as one would type it in plain text: `x_1^2 \\leq \\frac{a}{b + c}` is `x₁² ≤ a/(b + c)`."""
    for _ in range(_LEVELS):
        latex = _SCRIPT.sub(_script, latex)
    told = _converter().latex_to_text(latex)
    for mark, kept in _KEPT.items():
        told = told.replace(kept, mark)
    return _SPACES.sub(" ", told).strip()


def _script(match: re.Match[str]) -> str:
    """Raised or lowered where Unicode has all of its signs, else as one types it."""
    mark, content = match[1], _converter().latex_to_text(match[2] if match[2] is not None else match[3]).strip()
    table = _TABLES[mark]
    if content and all(ord(sign) in table for sign in content):
        return f"{{}}{content.translate(table)}"
    shown = content if len(content) == 1 else f"({content})"
    return f"{_KEPT[mark]}{shown}"


@cache
def _converter() -> LatexNodes2Text:
    """Pylatexenc, which knows the names of signs; a fraction keeps its brackets."""
    known = get_default_latex_context_db()
    fractions = [MacroTextSpec(name, simplify_repl=_fraction) for name in ("frac", "tfrac", "dfrac")]
    known.add_context_category("mathpost", macros=[*fractions, MacroTextSpec("|", "‖")], prepend=True)
    return LatexNodes2Text(latex_context=known, math_mode="text", keep_braced_groups=False)


def _fraction(node: object, l2tobj: LatexNodes2Text) -> str:
    above, below = (
        _bracketed(l2tobj.nodelist_to_text([part]).strip())
        for part in node.nodeargd.argnlist[-2:]  # type: ignore[attr-defined]
    )
    return f"{above}/{below}"


def _bracketed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"
