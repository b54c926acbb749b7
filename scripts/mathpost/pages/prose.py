"""Prose: a Markdown cell as Hugo must find it, so that what a reader sees is what the notebook shows.

All that is not maths, a reference, inline code or a heading passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.text.markup import STATED, Equation, Markup
from mathpost.text.numbers import StatedNumber
from mathpost.text.post import PostText

COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
NUMBERED_ENVIRONMENT = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather|multline|eqnarray)\}")
TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
OUR_NUMBERING = re.compile(r"\\label\{[^{}]*\}|\\nonumber\b|\\notag\b")
SHORTCODE = re.compile(r"\{\{([<%])(.*?)([>%])\}\}", re.DOTALL)
UNCLOSED_SHORTCODE = re.compile(r"\{\{(?=[<%](?!/\*))")
LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+")
MARKDOWN_SPECIAL = re.compile(r"[\\`*_\[\]<>$|]")
DOLLARS = re.compile(r"\$(.+?)\$", re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """A span of a source and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Passage:
    """A text of the post: the number of its cell, what was found in it, and the values of its inline code.

    `addresses` are the edits of its links and images; shortcodes are called in it if it `is_raw`.
    """

    cell: int
    markup: Markup
    numbers: tuple[StatedNumber, ...] = ()
    values: tuple[str, ...] = ()
    addresses: tuple[Edit, ...] = ()
    is_raw: bool = False


@dataclass(frozen=True)
class Target:
    """What `@eq-…` and `@fig-…` point to."""

    label: str
    number: str
    place: Place

    @property
    def link(self) -> str:
        shown = f"Fig\u00a0{self.number}" if self.label.startswith("fig-") else f"Equation\u00a0({self.number})"
        return f"[{shown}](#{self.label})"


def number_equations(text: PostText) -> dict[str, Target]:
    """What each equation's label points to.

    Every labelled display equation has a number, in order. But an author who tags one numbers by hand: then those
    alone have one that are tagged (it is the tag) or referred to.
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
        label = str(equation.label)
        counts = equation.display and (not tags or label in referenced)
        targets[label] = Target(label, _tag_of(equation) or (next(free) if counts else ""), where)
    return targets


def rewrite(passage: Passage, targets: Mapping[str, Target], path: Path) -> str:
    """A text of the post for Hugo."""
    markup, here = passage.markup, Place(path, passage.cell)
    edits = chain(
        _equation_edits(markup, targets),
        _stated_edits(passage),
        _reference_edits(markup, targets, here),
        _html_edits(markup, here),
        (
            Edit(code.start, code.end, MARKDOWN_SPECIAL.sub(r"\\\g<0>", value))
            for code, value in zip(markup.codes, passage.values, strict=True)
        ),
        _heading_edits(markup),
        passage.addresses,
    )
    between = str if passage.is_raw else _plain
    return _applied(markup.source, sorted(edits, key=lambda edit: (edit.start, edit.end)), between)


def without_shortcodes(text: str) -> str:
    """Text in which `{{< x >}}` is what it looks like, not a call of Hugo's."""
    return SHORTCODE.sub(r"{{\1/*\2*/\3}}", text)


def hugo_latex(equation: Equation) -> str:
    """LaTeX that stays whole in Hugo's Markdown, numbered by us alone; it means the same."""
    lines = (COMMENT.sub(r"\1", line).strip() for line in OUR_NUMBERING.sub("", equation.latex).splitlines())
    latex = " ".join(line for line in lines if line)
    if equation.display:
        latex = NUMBERED_ENVIRONMENT.sub(r"\\\1{\2*}", latex)
        if equation.label is not None:
            latex = TAG.sub("", latex)
    latex = re.sub(r" +", " ", latex).strip()
    latex += " " if latex.endswith("\\") else ""
    # Hugo would take `{{<` for a shortcode, and `\\]`, `\\)` for the end of the formula.
    return re.sub(r"\{\{(?=[<%])", "{ {", latex).replace("\\\\)", "\\\\ )").replace("\\\\]", "\\\\ ]")


def _tag_of(equation: Equation) -> str | None:
    tags = TAG.findall(equation.latex) if equation.display else []
    return tags[0] if len(tags) == 1 else None


def _equation_edits(markup: Markup, targets: Mapping[str, Target]) -> Iterator[Edit]:
    for equation in markup.equations:
        if (equation.label or "").startswith(STATED):
            continue
        latex = hugo_latex(equation)
        if equation.in_table:
            latex = re.sub(r"\\?\|", lambda bar: "\\Vert " if bar[0] == "\\|" else "\\vert ", latex)
        if equation.display and not equation.in_table:
            yield _block(markup.source, equation, latex, targets)
        else:
            yield Edit(equation.start, equation.end, f"\\({latex}\\)")


def _stated_edits(passage: Passage) -> Iterator[Edit]:
    """A stated number is shown without its label, which becomes the anchor of the number."""
    source = passage.markup.source
    for number in passage.numbers:
        shown = DOLLARS.sub(r"\\(\1\\)", number.text)
        value = f'{{{{< value id="{number.label}" >}}}}{shown}{{{{< /value >}}}}'
        yield Edit(number.start, number.start + len(number.text), value)
        label = number.end - len(f"{{#{number.label}}}")
        yield Edit(len(source[:label].rstrip(" \t")), number.end, "")


def _block(source: str, equation: Equation, latex: str, targets: Mapping[str, Target]) -> Edit:
    """A display equation as a block of its own, with as much indent as the list or quote that it stands in."""
    line_start = source.rfind("\n", 0, equation.start) + 1
    before = source[line_start : equation.start]
    indent = before[: len(before) - len(before.lstrip(" \t>"))]
    marker = LIST_MARKER.match(before, len(indent))
    inner = indent + " " * (len(marker[0]) if marker else 0)
    # On one line, behind the dollars, nothing in a formula looks like a list, a heading or a quote to Markdown.
    block = f"\n{inner}".join([f"$$ {latex} $$", *_attributes(equation, targets)])
    if before[len(inner) :].strip():
        start, opening = line_start + len(before.rstrip()), f"\n{inner.rstrip()}\n{inner}"
    elif marker:
        start, opening = equation.start, ""
    else:
        above = source[:line_start].removesuffix("\n").rpartition("\n")[2]
        start, opening = line_start, f"{indent.rstrip()}\n{indent}" if _is_text(above) else indent
    end, closing = _closing(source, equation.end, inner)
    return Edit(start, end, f"{opening}{block}{closing}")


def _closing(source: str, end: int, inner: str) -> tuple[int, str]:
    """Where a block's line ends, and the blank line behind it where a text follows."""
    while source[end : end + 1] in (" ", "\t"):
        end += 1
    rest, _, below = source[end:].partition("\n")
    if rest.strip():
        return end, f"\n{inner.rstrip()}\n{inner}"
    return end, f"\n{inner.rstrip()}" if _is_text(below.partition("\n")[0]) else ""


def _is_text(line: str) -> bool:
    return bool(line.strip(" \t>"))


def _attributes(equation: Equation, targets: Mapping[str, Target]) -> list[str]:
    if equation.label is None:
        return []
    number = targets[equation.label].number
    return [f'{{#{equation.label} number="{number}"}}' if number else f"{{#{equation.label}}}"]


def _reference_edits(markup: Markup, targets: Mapping[str, Target], place: Place) -> Iterator[Edit]:
    for reference in markup.references:
        where = Place(place.file, place.cell, reference.line)
        target = targets.get(reference.label)
        if target is None:
            raise InputError(f"@{reference.label} points to nothing: no equation or figure has this label", where)
        if not target.number:
            raise InputError(f"@{reference.label} is a formula in the line and has no number: display it", where)
        yield Edit(reference.start, reference.end, target.link)


def _html_edits(markup: Markup, place: Place) -> Iterator[Edit]:
    """Comments go; a page has no other HTML than Hugo's."""
    for html in markup.html:
        if html.tag is not None:
            where = Place(place.file, place.cell, html.line)
            raise InputError(f"HTML is not published ({html.tag}): say it in Markdown, or show it as code", where)
        yield Edit(html.start, html.end, "")


def _heading_edits(markup: Markup) -> Iterator[Edit]:
    for heading in markup.headings:
        if not heading.is_explicit:
            yield Edit(heading.end, heading.end, f" {{#{heading.anchor}}}")


def _applied(source: str, edits: Iterable[Edit], between: Callable[[str], str]) -> str:
    """The source with its edits; what stands between them goes through a function."""
    parts, position = [], 0
    for edit in edits:
        parts += [between(source[position : edit.start]), edit.text]
        position = edit.end
    return "".join([*parts, between(source[position:])])


def _plain(text: str) -> str:
    """Text in which nothing is a shortcode, nor the beginning of one."""
    return UNCLOSED_SHORTCODE.sub(r"{\\{", without_shortcodes(text))
