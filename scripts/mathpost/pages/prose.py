"""Prose: a Markdown cell as Hugo must find it, so that what a reader sees is what the notebook shows.

All that is not maths, a reference, inline code or a heading passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.pages.edits import Edit, applied
from mathpost.pages.html import SEAM, html_edits, refuse
from mathpost.pages.plain import unicode_of
from mathpost.site.formulas import Target, shown_latex
from mathpost.text.elements import Equation, Markup
from mathpost.text.markup import STATED
from mathpost.text.numbers import StatedNumber

WAIVED = "not checked: {reason}"
SHORTCODE = re.compile(r"\{\{([<%])(.*?)([>%])\}\}", re.DOTALL)
UNCLOSED_SHORTCODE = re.compile(r"\{\{(?=[<%](?!/\*))")
LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+")
MARKDOWN_SPECIAL = re.compile(r"[\\`*_\[\]<>$|]")
DOLLARS = re.compile(r"\$(.+?)\$", re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """A text of the post: the number of its cell, what was found in it, and the values of its inline code.

    `addresses` are the edits of its links and images, `html_addresses` what is written for each in HTML, None where
    the page can hold no HTML; shortcodes are called in it if it `is_raw`.
    """

    cell: int
    markup: Markup
    numbers: tuple[StatedNumber, ...] = ()
    values: tuple[str, ...] = ()
    addresses: tuple[Edit, ...] = ()
    html_addresses: Mapping[str, str] | None = None
    is_raw: bool = False


def rewrite(passage: Passage, targets: Mapping[str, Target], path: Path) -> str:
    """A text of the post for Hugo."""
    markup, here = passage.markup, Place(path, passage.cell)
    edits = [
        *_equation_edits(markup, targets),
        *_stated_edits(passage),
        *_reference_edits(markup, targets, here),
        *(
            Edit(code.start, code.end, MARKDOWN_SPECIAL.sub(r"\\\g<0>", value))
            for code, value in zip(markup.codes, passage.values, strict=True)
        ),
        *_heading_edits(markup),
        *_caption_edits(markup, targets),
        *(Edit(literal.start, literal.end, literal.shown) for literal in markup.literals),
        *passage.addresses,
    ]
    if passage.html_addresses is None:
        refuse(markup, here)
    inner = [edit for edit in edits if _is_in_html(markup, edit.start)]
    edits = [edit for edit in edits if edit not in inner]
    edits += html_edits(markup, inner, passage.html_addresses or {}, here)
    page = applied(markup.source, edits, str if passage.is_raw else _plain)
    return page.replace(SEAM, "")


def _is_in_html(markup: Markup, position: int) -> bool:
    return any(html.holds(position) for html in markup.html)


def without_shortcodes(text: str) -> str:
    """Text in which `{{< x >}}` is what it looks like, not a call of Hugo's."""
    return SHORTCODE.sub(r"{{\1/*\2*/\3}}", text)


def _equation_edits(markup: Markup, targets: Mapping[str, Target]) -> Iterator[Edit]:
    for equation in markup.equations:
        if (equation.label or "").startswith(STATED):
            continue
        if equation.in_alt:
            yield Edit(equation.start, equation.end, MARKDOWN_SPECIAL.sub(r"\\\g<0>", unicode_of(equation.meaning)))
            continue
        latex = shown_latex(equation, targets)
        if not latex.strip():
            yield Edit(equation.start, equation.end, "")
            continue
        if _is_in_html(markup, equation.start):
            yield Edit(equation.start, equation.end, _shortcode(equation, latex, targets))
        elif equation.display and not equation.in_table:
            yield _block(markup.source, equation, latex, targets)
        else:
            waived = f" ({WAIVED.format(reason=equation.waiver)})" if equation.waiver else ""
            yield Edit(equation.start, equation.end, f"\\({latex}\\){waived}")


def _shortcode(equation: Equation, latex: str, targets: Mapping[str, Target]) -> str:
    """A formula in a block of HTML, where Hugo reads no Markdown."""
    said = _said(equation, targets) | ({"display": "true"} if equation.display else {})
    arguments = "".join(f' {name}="{value}"' for name, value in said.items())
    return f"{{{{< formula{arguments} >}}}}{latex}{{{{< /formula >}}}}"


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
    is_lazy = len(inner.expandtabs()) < len(equation.indent.expandtabs())
    inner = equation.indent if is_lazy else inner
    # On one line, behind the dollars, nothing in a formula looks like a list, a heading or a quote to Markdown.
    block = f"\n{inner}".join([f"$$ {latex} $$", *_attributes(equation, targets)])
    if before[marker.end() if marker else len(indent) :].strip():
        start, opening = line_start + len(before.rstrip()), f"\n{inner.rstrip()}\n{inner}"
    elif marker:
        start, opening = equation.start, ""
    else:
        above = source[:line_start].removesuffix("\n").rpartition("\n")[2]
        start, opening = line_start, f"{inner.rstrip()}\n{inner}" if _is_text(above) else inner
    end, closing = _closing(source, equation.end, inner, is_lazy)
    return Edit(start, end, f"{opening}{block}{closing}")


def _closing(source: str, end: int, inner: str, is_lazy: bool) -> tuple[int, str]:
    """Where a block's line ends, and the blank line behind it where a text follows, which stays where it belongs."""
    while source[end : end + 1] in (" ", "\t"):
        end += 1
    rest, _, below = source[end:].partition("\n")
    below = below.partition("\n")[0]
    if rest.strip():
        return end, f"\n{inner.rstrip()}\n{inner}"
    if not _is_text(below):
        return end, ""
    goes_on = is_lazy and not LIST_MARKER.match(below.lstrip(" \t>"))
    return (end + 1, f"\n{inner.rstrip()}\n{inner}") if goes_on else (end, f"\n{inner.rstrip()}")


def _is_text(line: str) -> bool:
    return bool(line.strip(" \t>"))


def _attributes(equation: Equation, targets: Mapping[str, Target]) -> list[str]:
    said = _said(equation, targets)
    label = said.pop("id", None)
    found = [f"#{label}"] if label else []
    found += [f'{name}="{value}"' for name, value in said.items()]
    return [f"{{{' '.join(found)}}}"] if found else []


def _said(equation: Equation, targets: Mapping[str, Target]) -> dict[str, str]:
    """What the page says of a display equation: its anchor, its number, and why it is not checked."""
    said = {"id": equation.label} if equation.label else {}
    if equation.label and targets[equation.label].number and not equation.has_labelled_rows:
        said["number"] = targets[equation.label].number
    if equation.waiver:
        rows = ", ".join(map(str, equation.waived_rows))
        reason = f"row {rows}: {equation.waiver}" if rows else equation.waiver
        said["unchecked"] = reason.replace('"', "\u2033")
    return said


def _reference_edits(markup: Markup, targets: Mapping[str, Target], place: Place) -> Iterator[Edit]:
    for reference in markup.references:
        where = Place(place.file, place.cell, reference.line)
        written = markup.source[reference.start : reference.end]
        target = targets.get(reference.label)
        if target is None:
            raise InputError(reference.nowhere(written), where)
        if not target.number and not target.title:
            raise InputError(f"{written} is a formula in the line and has no number: display it", where)
        shown = target.shown(reference.form)
        in_html = _is_in_html(markup, reference.start)
        link = f'<a href="{target.address}">{shown}</a>' if in_html else f"[{shown}]({target.address})"
        yield Edit(reference.start, reference.end, link)


def _heading_edits(markup: Markup) -> Iterator[Edit]:
    for heading in markup.headings:
        in_attributes = markup.source[heading.end : heading.end + 1] == "}"
        if not heading.is_explicit:
            written = f" #{heading.anchor}" if in_attributes else f" {{#{heading.anchor}}}"
            yield Edit(heading.end, heading.end, written)


def _caption_edits(markup: Markup, targets: Mapping[str, Target]) -> Iterator[Edit]:
    """The caption of a table with its number; its label becomes the anchor of the paragraph."""
    for caption in markup.table_captions:
        yield Edit(caption.start, caption.first, f"Table {targets[caption.label].number}. ")
        yield Edit(caption.last, caption.end, f"\n{{#{caption.label}}}")


def _plain(text: str) -> str:
    """Text in which nothing is a shortcode, nor the beginning of one."""
    return UNCLOSED_SHORTCODE.sub(r"{\\{", without_shortcodes(text))
