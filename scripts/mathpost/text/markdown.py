"""The one scanner of Markdown: what is maths, heading, reference or inline code, and what only looks like it.

    maths  = "$" … "$" | "$$" … "$$" | "\\(" … "\\)" | "\\[" … "\\]" | "\\begin{align}" … "\\end{align}"
    label  = maths [ " " ] "{" [ "#" name ] [ ".unchecked" 'reason="' … '"' ] "}"

`$` opens where no space follows, and closes where no space stands before it and no digit behind: `$5 and $6` is money
(Pandoc's rule). Code, fences, comments, tags and shortcodes hold no maths.

A post for a Markdown renderer that eats backslashes is written with more of them: `\\\\\\\\` for `\\\\`, `\\_` for `_`.
A document with such a row break or underscore in its maths, or with `\\\\(` for `\\(`, is taken to be escaped, and one
level of escaping is undone: `\\\\\\\\` to `\\\\`, `\\_` to `_`, `\\*` to `*`, `\\\\{` to `\\{`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mathpost.ground.errors import InputError, Place
from mathpost.text.regions import Region, scan


@dataclass(frozen=True)
class Equation:
    """One delimited span of maths, with its attribute block; `offset` is where its LaTeX begins in the text."""

    latex: str
    display: bool
    start: int
    end: int
    line: int
    label: str | None
    waiver: str | None
    offset: int


@dataclass(frozen=True)
class Heading:
    """A heading with the anchor that Hugo gives it."""

    level: int
    title: str
    anchor: str
    start: int
    line: int


@dataclass(frozen=True)
class Reference:
    """`@eq-kl-sum` or `@fig-line` in the prose."""

    label: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Html:
    """A piece of HTML; `tag` is its first tag, none for a comment."""

    tag: str | None
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Unclosed:
    """Maths without an end, or with attributes that say nothing: it would pass for text."""

    message: str
    line: int


@dataclass(frozen=True)
class InlineCode:
    """`` `{python} expression` ``"""

    expression: str
    start: int
    end: int
    line: int


_ATTRIBUTES: Final = re.compile(
    r"""[ \t]*\{[ \t]*((?:(?:\#[\w:.-]+|\.[\w-]+|[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"'}]+))[ \t]*)+)\}""", re.VERBOSE
)
_SETEXT: Final = re.compile(r"^(?P<title> {0,3}[^\s#>|`*+=~-].*)\n {0,3}(?P<rule>=+|-+)[ \t]*$", re.MULTILINE)
_UNREAD: Final = re.compile(r"[ \t]*(\{[ \t]*[#.][^{}\n]*\})")
_NO_BRACES: Final = re.compile(r"\\.|%.*")
_EXPLICIT: Final = re.compile(r"[ \t]*\{#([\w:.-]+)[^}]*\}[ \t]*$")


def find_equations(text: str) -> Iterator[Equation]:
    """Every span of maths, in order. Errors: InputError for a waiver without a reason."""
    regions = [
        region for region in scan(text) if region.kind in ("inline", "display", "escaped inline", "escaped display")
    ]
    escaped = is_escaped([text[region.first : region.last] for region in regions]) or any(
        region.kind.startswith("escaped") for region in regions
    )
    line, counted = 1, 0
    for region in regions:
        line += text.count("\n", counted, region.start)
        counted = region.start
        yield _equation(text, region, line, escaped)


def _equation(text: str, region: Region, line: int, escaped: bool) -> Equation:
    label = waiver = None
    end = region.end
    match = _ATTRIBUTES.match(text, region.end)
    if match and (re.search(r"(?:^|\s)(?:#|\.unchecked\b)", match[1])):
        end = match.end()
        label, waiver = _attributes(match[1], line)
    latex = text[region.first : region.last]
    latex = undo_escaping(latex) if escaped else latex
    if "\n" in latex and text[text.rfind("\n", 0, region.start) + 1 :].lstrip().startswith(">"):
        latex = re.sub(r"\n[ \t]*>", "\n", latex)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        latex = latex.replace(entity, sign)
    return Equation(latex, region.kind.endswith("display"), region.start, end, line, label, waiver, region.first)


def _attributes(block: str, line: int) -> tuple[str | None, str | None]:
    label = re.search(r"(?:^|\s)#([\w:.-]+)", block)
    if not re.search(r"(?:^|\s)\.unchecked\b", block):
        return (label[1] if label else None), None
    reason = re.search(r"""\breason=(?:"([^"]*)"|'([^']*)')""", block)
    if reason is None or not (reason[1] or reason[2] or "").strip():
        raise InputError('an unchecked equation needs a reason: {#eq-… .unchecked reason="…"}', Place(line=line))
    return (label[1] if label else None), (reason[1] or reason[2]).strip()


def find_headings(text: str) -> Iterator[Heading]:
    """Headings with their anchors; an explicit `{#id}` wins, a duplicate is numbered."""
    found = [
        (region.start, *_atx(text[region.start : region.end])) for region in scan(text) if region.kind == "heading"
    ]
    regions = [region for region in scan(text) if region.kind != "heading"]
    for match in _SETEXT.finditer(text):
        if not any(
            region.start < match.start("rule")
            and match.start() < region.end
            and region.kind not in ("inline", "code", "reference")
            for region in regions
        ):
            found.append((match.start(), 1 if match["rule"][0] == "=" else 2, match["title"].strip()))
    seen: dict[str, int] = {}
    for start, level, raw in sorted(found):
        explicit = _EXPLICIT.search(raw)
        title = raw[: explicit.start()] if explicit else raw
        anchor = explicit[1] if explicit else _numbered(anchor_of(title), seen)
        seen.setdefault(anchor, 0)
        yield Heading(level, title, anchor, start, text.count("\n", 0, start) + 1)


def _atx(line: str) -> tuple[int, str]:
    marks = re.match(r" {0,3}(#+)[ \t]+", line)
    assert marks is not None
    return len(marks[1]), re.sub(r"[ \t]+#+[ \t]*$", "", line[marks.end() :]).strip()


def anchor_of(title: str) -> str:
    """The anchor that Goldmark makes in the manner of GitHub."""
    kept = (character for character in title.strip().lower() if character.isalnum() or character in "-_ ")
    return "".join(kept).replace(" ", "-") or "heading"


def _numbered(anchor: str, seen: dict[str, int]) -> str:
    if anchor not in seen:
        return anchor
    while f"{anchor}-{seen[anchor] + 1}" in seen:
        seen[anchor] += 1
    seen[anchor] += 1
    return f"{anchor}-{seen[anchor]}"


def find_references(text: str) -> Iterator[Reference]:
    """`@eq-…` and `@fig-…` in the prose."""
    for region in scan(text):
        if region.kind == "reference":
            yield Reference(
                text[region.first : region.last], region.start, region.end, text.count("\n", 0, region.start) + 1
            )


def find_stated_labels(text: str) -> Iterator[tuple[str, int, int, int]]:
    """`{#val-slope}` behind a number in the prose: the label, start and end of the braces, the line."""
    for region in scan(text):
        if region.kind == "stated":
            line = text.count("\n", 0, region.start) + 1
            yield text[region.first : region.last], region.start, region.end, line


def find_html(text: str) -> Iterator[Html]:
    """Tags and comments."""
    for region in scan(text):
        if region.kind in ("html", "comment"):
            line = text.count("\n", 0, region.start) + 1
            tag = text[region.first : region.last] if region.kind == "html" else None
            yield Html(tag, region.start, region.end, line)


def find_inline_code(text: str) -> Iterator[InlineCode]:
    """`` `{python} expression` ``"""
    for region in scan(text):
        content = text[region.first : region.last]
        if region.kind == "code" and (match := re.match(r"\s*\{python\}\s+", content)):
            line = text.count("\n", 0, region.start) + 1
            yield InlineCode(content[match.end() :].strip(), region.start, region.end, line)


def find_unclosed(text: str) -> Iterator[Unclosed]:
    """`$$` without its partner, a `{` that swallows the relation of its formula, attributes that cannot be read."""
    for region in scan(text):
        if region.kind == "unclosed":
            message = r"this `$$` has no partner: close the formula, or write \$\$ for dollars"
            yield Unclosed(message, text.count("\n", 0, region.start) + 1)
    for equation in find_equations(text):
        bare = _NO_BRACES.sub("", equation.latex)
        left = re.split("[=<>]", bare, maxsplit=1)[0]
        if unread := _UNREAD.match(text, equation.end):
            known = '{#eq-name}, {.unchecked reason="…"} or both in one'
            yield Unclosed(f"{unread[1]} behind a formula cannot be read: write {known}", equation.line)
        if bare.count("{") > bare.count("}") and left.count("{") > left.count("}"):
            yield Unclosed(f"a `{{` is not closed: {' '.join(equation.latex.split())}", equation.line)


# -- escaping ----------------------------------------------------------------------------------------------------------


def is_escaped(formulas: list[str]) -> bool:
    """Whether formulas carry the backslashes of a Markdown renderer that eats them."""
    bare = (
        re.sub(r"\\(?:text|mbox|textrm|texttt|mathtt|operatorname)\s*\{[^{}]*\}", "", formula) for formula in formulas
    )
    return any(re.search(r"\\\\\\\\|(?<=[A-Za-z0-9})])\\_(?=[{A-Za-z0-9\\])", formula) for formula in bare)


def undo_escaping(latex: str) -> str:
    """One level of Markdown's escaping undone, where it can only be that."""
    return re.sub(
        r"\\\\(\\\\|(?=[{}|,;:!_%#&]))|\\([_*])", lambda match: match[2] or ("\\\\" if match[1] else "\\"), latex
    )
