"""Texts that code makes: Markdown, LaTeX, cells of tables. A formula in them may show a value, but asserts nothing.

No check reaches what is written while a notebook runs. So a relation in it is refused: it would be read, and by
nothing but eyes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mathpost.ground.errors import InputError, Place
from mathpost.latex.reading.tokens.commands import CONNECTIVES, RELATIONS
from mathpost.text.cells import Cell, cells_of_texts
from mathpost.text.claims import find_claims
from mathpost.text.elements import Equation, Markup

REFUSED: Final = (
    "a formula made by code is not checked: {latex}: write it in a Markdown cell, with what is computed in it "
    "as inline code"
)
LABELLED: Final = "a formula made by code has no label: {{#{label}}} belongs in a Markdown cell"
SPECIAL: Final = re.compile(r"[\\`*_\[\]<>$|#~&{}]")
TOKEN: Final = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)
FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
SIGNS: Final = frozenset("=<>≠≤≥≈≡≅∝∼≃⊂⊆⊃⊇⊥∈∉∋≪≫≺≻≜≔⩽⩾≮≯≰≱⇒⇔→↦")
# Signs that no reader of ours knows yet, but KaTeX draws.
DRAWN: Final = re.compile(
    r"""\\(?:to|in|ni|le|ge|ne|lt|gt|iff|implies|impliedby|owns|vdash|models|bowtie|between|pitchfork|nmid|gets
    |\w*(?:less|gtr|leq|geq|prec|succ|sim|cong|approx|asymp|equiv|doteq|propto|subset|supset|coloneq|eqcolon|circeq
    |triangleq|[rR]ightarrow|[lL]eftarrow|leftrightarrow|mapsto|parallel)\w*)""",
    re.VERBOSE,
)
LAYOUT: Final = frozenset((r"\overleftarrow", r"\overrightarrow", r"\overleftrightarrow", r"\underleftarrow"))


def scanned(text: str, place: Place) -> Cell:
    """What a text says. Errors: InputError for a relation, a label, or a formula without an end."""
    text = _closed(text)
    cell = cells_of_texts([(place.cell, text)])[0]
    for flaw in cell.markup.flaws:
        raise InputError(flaw.message, place)
    for equation in cell.markup.equations:
        if equation.label or equation.waiver:
            raise InputError(LABELLED.format(label=equation.label or "…"), place)
        if asserts(equation.latex):
            raise InputError(REFUSED.format(latex=_short(equation)), place)
    for stated in cell.markup.stated:
        raise InputError(LABELLED.format(label=stated.label), place)
    for claim in find_claims([cell]):
        raise InputError(REFUSED.format(latex=" ".join(claim.latex.split())), place)
    return replace(cell, markup=replace(cell.markup, codes=()))


def _closed(text: str) -> str:
    """Text whose last fence is closed: all behind it on the page would be code."""
    opened = ""
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence and not opened:
            opened = fence[1]
        elif fence and not fence[2].strip() and fence[1].startswith(opened):
            opened = ""
    return f"{text}\n{opened}" if opened else text


def asserts(latex: str) -> bool:
    """Whether a relation stands anywhere in a formula, but in the bounds of a sum and other scripts."""
    tokens = list(_outside_scripts(TOKEN.findall(latex)))
    return any(
        token in SIGNS
        or token in RELATIONS
        or token in CONNECTIVES
        or (token not in LAYOUT and DRAWN.fullmatch(token) is not None)
        for token in tokens
    )


def plain(text: str) -> str:
    """A text that Markdown shows letter by letter."""
    return SPECIAL.sub(r"\\\g<0>", text)


def plain_but_formulas(text: str, place: Place) -> str:
    """The same for a text in which dollars make formulas, as JupyterLab and pandas have it."""
    return "".join(_pieces(scanned(text, place).markup))


def _pieces(markup: Markup) -> Iterator[str]:
    position = 0
    for equation in markup.equations:
        yield plain(markup.source[position : equation.start])
        latex = " ".join(equation.latex.split()).replace("|", r"\vert ")
        yield rf"\({latex}\)"
        position = equation.end
    yield plain(markup.source[position:])


def _outside_scripts(tokens: list[str]) -> Iterator[str]:
    depth, in_script, after = 0, 0, False
    for token in tokens:
        if token == "{":
            depth += 1
            in_script = in_script or (depth if after else 0)
        elif token == "}":
            in_script = 0 if depth == in_script else in_script
            depth -= 1
        elif not in_script and not after:
            yield token
        after = token in "_^" or (after and token.isspace())


def _short(equation: Equation) -> str:
    return " ".join(equation.latex.split())
