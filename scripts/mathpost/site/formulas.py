"""A formula as Hugo must find it, and the number that a reference to it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from mathpost.ground.errors import InputError, Place
from mathpost.site.katex import refusals
from mathpost.site.layout import Site
from mathpost.site.spelling import in_katex
from mathpost.text import PostText
from mathpost.text.elements import Equation

COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
NUMBERED_ENVIRONMENT = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")
TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
LABEL = re.compile(r"\\label\{\s*([^{}\s]+)\s*\}")
LAST_SPACES = re.compile(r"(?<!\\)((?:\\\\)*)(?:\\ )*\\$")  # `\ ` at the end, of which Hugo would trim the space
BAR = re.compile(r"\\?\|")
NO_NUMBER = re.compile(r"\\nonumber\b|\\notag\b")


@dataclass(frozen=True)
class Target:
    """What `@eq-…`, `@fig-…`, `@tbl-…` and `@sec-…` point to; a section has a `title` in the place of a number."""

    label: str
    number: str
    place: Place
    anchor: str = ""
    title: str = ""

    @property
    def address(self) -> str:
        return f"#{self.anchor or self.label}"

    def shown(self, form: str) -> str:
        """A reference: `named` as it stands in a sentence, as a plain `number`, or that `bracketed`."""
        kind = {"fig-": "Fig", "tbl-": "Table"}.get(self.label[:4])
        named = f"{kind}\u00a0{self.number}" if kind else f"Equation\u00a0({self.number})"
        return self.title or {"named": named, "number": self.number, "bracketed": f"({self.number})"}[form]


def number_equations(text: PostText) -> dict[str, Target]:
    """What each equation's labels point to.

    Every labelled display equation has a number, in order; where each row has a label of its own, each row has one. But
    an author who tags one numbers by hand: then those alone have one that are tagged (it is the tag) or referred to.
    """
    labelled = [
        (equation, Place(text.path, cell.number, equation.line))
        for cell in text.markdown
        for equation in cell.markup.equations
        if equation.label is not None
    ]
    tags = {tag for equation, _ in labelled if (tag := _tag_of(equation))}
    referenced = {reference.label for cell in text.markdown for reference in cell.markup.references}
    free = (str(number) for number in count(1) if str(number) not in tags)
    targets: dict[str, Target] = {}
    for equation, where in labelled:
        number, first = "", str(equation.label)
        for label in equation.labels:
            counts = equation.display and (not tags or label in referenced)
            if label == first or equation.has_labelled_rows:
                number = _tag_of(equation) or (next(free) if counts else "")
            targets[label] = Target(label, number, where, anchor=first)
    return targets


@dataclass(frozen=True)
class Formula:
    """A formula of a page as Hugo gets it, as it was written, and where."""

    latex: str
    written: str
    display: bool
    label: str | None
    place: Place


def formulas_of(text: PostText, targets: Mapping[str, Target]) -> tuple[Formula, ...]:
    """Every formula that the page of a post shows."""
    return tuple(
        Formula(
            latex=shown_latex(equation, targets),
            written=equation.latex,
            display=equation.display and not equation.in_table,
            label=equation.label,
            place=Place(text.path, cell.number, equation.line),
        )
        for cell in text.cells
        for markup in cell.shown
        for equation in markup.equations
        if not equation.in_alt
    )


def hugo_latex(equation: Equation, targets: Mapping[str, Target]) -> str:
    """LaTeX without macros that stays whole in Hugo's Markdown, numbered by us alone; it means the same."""
    numbered = LABEL.sub(lambda label: _row_number(equation, label[1], targets), NO_NUMBER.sub("", equation.meaning))
    lines = (COMMENT.sub(r"\1", line).strip() for line in numbered.splitlines())
    displayed = equation.display and not equation.in_table
    latex = in_katex(" ".join(line for line in lines if line), displayed=displayed)
    if displayed:
        latex = NUMBERED_ENVIRONMENT.sub(r"\\\1{\2*}", latex)
    if equation.display and equation.label is not None and not equation.has_labelled_rows:
        latex = TAG.sub("", latex)
    latex = LAST_SPACES.sub(r"\1", re.sub(r" +", " ", latex).strip()).rstrip()
    latex += " " if latex.endswith("\\") else ""
    # Hugo would take `{{<` for a shortcode, and `\\]`, `\\)` for the end of the formula.
    return re.sub(r"\{\{(?=[<%])", "{ {", latex).replace("\\\\)", "\\\\ )").replace("\\\\]", "\\\\ ]")


def shown_latex(equation: Equation, targets: Mapping[str, Target]) -> str:
    """The LaTeX that stands on the page: in a table, no bar ends a cell."""
    latex = hugo_latex(equation, targets)
    if not equation.in_table:
        return latex
    return BAR.sub(lambda bar: "\\Vert " if bar[0] == "\\|" else "\\vert ", latex)


def _row_number(equation: Equation, label: str, targets: Mapping[str, Target]) -> str:
    """A row with a label of its own shows its number; else the equation as a whole does."""
    number = targets[label].number if equation.has_labelled_rows else ""
    return rf"\tag{{{number}}}" if number else ""


def _tag_of(equation: Equation) -> str | None:
    tags = TAG.findall(equation.latex) if equation.display else []
    return tags[0] if len(tags) == 1 else None


def refused_formulas(texts: Iterable[PostText]) -> list[InputError]:
    """What KaTeX says against the formulas of some posts, as their author spelled them."""
    formulas = [formula for text in texts for formula in formulas_of(text, number_equations(text))]
    site = Site.around(formulas[0].place.file) if formulas else None
    reasons = refusals([(formula.latex, formula.display) for formula in formulas], site.hugo_cache if site else None)
    return [refusal_of(formula, reason) for formula, reason in zip(formulas, reasons, strict=True) if reason]


def refusal_of(formula: Formula, reason: str) -> InputError:
    """What KaTeX says against a formula, at the place where it was written."""
    name = f" of {formula.label}" if formula.label else ""
    reason = reason.replace("\u0332", "")  # KaTeX underlines the culprit, letter by letter
    told = f"KaTeX refuses the formula{name}: {reason}\n    {' '.join(formula.written.split())}"
    return InputError(told, formula.place)
