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
from functools import lru_cache
from typing import Final

from mathpost.errors import InputError, Place


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
class InlineCode:
    """`` `{python} expression` ``"""

    expression: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class _Region:
    """A span of one kind; `first` and `last` are where its content begins and ends."""

    kind: str
    start: int
    end: int
    first: int
    last: int


_LAYOUT: Final = r"(?:align|alignat|aligned|gather|gathered|split|equation|multline|eqnarray|displaymath|flalign)\*?"
_STARTS: Final = re.compile(
    rf"""(?P<fence>^[ \t>]*(?:[-*+]\ +|\d+[.)]\ +)?(?P<mark>`{{3,}}|~{{3,}})[^`\n]*$)
    |(?P<comment><!--)
    |(?P<element><(?P<tag>pre|code|script|style|textarea|svg)\b[^>]*>)
    |(?P<html></?[A-Za-z][\w-]*(?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>)
    |(?P<highlight>\{{\{{[<%]\s*highlight\b|\{{%-?\s*(?P<liquid>highlight|raw|comment)\b)
    |(?P<shortcode>\{{\{{[<%].{{0,500}}?[%>]\}}\}}|\{{%.{{0,500}}?%\}})
    |(?P<code>(?<!`)(?P<ticks>`+)(?!`))
    |(?P<begin>\\begin\{{(?P<environment>{_LAYOUT})\}})
    |(?P<round>\\\\?\()
    |(?P<square>\\\\?\[)
    |(?P<escape>\\.)
    |(?P<dollars>\$\$)
    |(?P<dollar>\$)
    |(?P<heading>^\ {{0,3}}\#{{1,6}}[ \t]+\S.*$)
    |(?P<stated>\{{\#(?P<value>val-\w+(?:[-:.]\w+)*)\}})
    |(?P<reference>(?<![\w@\\])@(?P<label>(?:eq|fig)-\w+(?:[-:.]\w+)*))""",
    re.VERBOSE | re.MULTILINE,
)
_DOLLAR_END: Final = re.compile(r"\\.|\n[ \t>]*\n|\$", re.DOTALL)
_SPACED_MATHS: Final = re.compile(r"[^\n]*(?:\\[A-Za-z]|[\^_=<>+])[^\n]*|\s*(?:[A-Za-z]|\d+|[A-Za-z]\(\w+\))\s*")
_DOLLARS_END: Final = re.compile(r"(?<!\\)\$\$")
_RUNAWAY: Final = re.compile(r"\n[ \t]*\n(?:[^\n]*\n)*?[ \t]*(?:[A-Za-z',;:]+ ){7}|\n```")
_ATTRIBUTES: Final = re.compile(
    r"""[ \t]*\{[ \t]*((?:(?:\#[\w:.-]+|\.[\w-]+|[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"'}]+))[ \t]*)+)\}""", re.VERBOSE
)
_SETEXT: Final = re.compile(r"^(?P<title> {0,3}[^\s#>|`*+=~-].*)\n {0,3}(?P<rule>=+|-+)[ \t]*$", re.MULTILINE)
_EXPLICIT: Final = re.compile(r"[ \t]*\{#([\w:.-]+)[^}]*\}[ \t]*$")


def find_equations(text: str) -> Iterator[Equation]:
    """Every span of maths, in order. Errors: InputError for a waiver without a reason."""
    regions = [
        region for region in _scan(text) if region.kind in ("inline", "display", "escaped inline", "escaped display")
    ]
    escaped = is_escaped([text[region.first : region.last] for region in regions]) or any(
        region.kind.startswith("escaped") for region in regions
    )
    line, counted = 1, 0
    for region in regions:
        line += text.count("\n", counted, region.start)
        counted = region.start
        yield _equation(text, region, line, escaped)


def _equation(text: str, region: _Region, line: int, escaped: bool) -> Equation:
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
        (region.start, *_atx(text[region.start : region.end])) for region in _scan(text) if region.kind == "heading"
    ]
    regions = [region for region in _scan(text) if region.kind != "heading"]
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
    for region in _scan(text):
        if region.kind == "reference":
            yield Reference(
                text[region.first : region.last], region.start, region.end, text.count("\n", 0, region.start) + 1
            )


def find_stated_labels(text: str) -> Iterator[tuple[str, int, int, int]]:
    """`{#val-slope}` behind a number in the prose: the label, start and end of the braces, the line."""
    for region in _scan(text):
        if region.kind == "stated":
            line = text.count("\n", 0, region.start) + 1
            yield text[region.first : region.last], region.start, region.end, line


def find_html(text: str) -> Iterator[Html]:
    """Tags and comments."""
    for region in _scan(text):
        if region.kind in ("html", "comment"):
            line = text.count("\n", 0, region.start) + 1
            tag = text[region.first : region.last] if region.kind == "html" else None
            yield Html(tag, region.start, region.end, line)


def find_inline_code(text: str) -> Iterator[InlineCode]:
    """`` `{python} expression` ``"""
    for region in _scan(text):
        content = text[region.first : region.last]
        if region.kind == "code" and (match := re.match(r"\s*\{python\}\s+", content)):
            line = text.count("\n", 0, region.start) + 1
            yield InlineCode(content[match.end() :].strip(), region.start, region.end, line)


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


# -- scanning ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _scan(text: str) -> tuple[_Region, ...]:
    return tuple(_regions(text))


def _regions(text: str) -> Iterator[_Region]:
    position = 0
    unclosed: set[str] = set()
    while match := _STARTS.search(text, position):
        region = _region(text, match, unclosed)
        if region is None:
            position = match.end() if match.lastgroup != "dollars" else match.start() + 2
            continue
        if region.kind != "skip":
            yield region
        if region.kind == "heading":
            yield from _shifted(text, region)
        position = max(region.end, match.start() + 1)


def _shifted(text: str, heading: _Region) -> Iterator[_Region]:
    """What stands in a heading counts too."""
    marks = re.match(r" {0,3}#+[ \t]+", text[heading.start : heading.end])
    assert marks is not None
    shift = heading.start + marks.end()
    for region in _regions(text[shift : heading.end]):
        if region.kind != "heading":
            yield _Region(
                region.kind, *(place + shift for place in (region.start, region.end, region.first, region.last))
            )


def _region(text: str, match: re.Match[str], unclosed: set[str]) -> _Region | None:
    kind = _kind_of(match)
    start, end = match.span()
    if kind in ("escape", "shortcode"):
        return _Region("skip", start, end, end, end)
    if kind == "html":
        return _Region("html", start, end, start, end)
    if kind == "heading":
        return _Region("heading", start, end, start, end)
    if kind == "reference":
        return _Region("reference", start, end, match.start("label"), end)
    if kind == "stated":
        return _Region("stated", start, end, match.start("value"), match.end("value"))
    if kind == "dollar":
        return _dollar(text, start)
    closing = _closing(kind, match)
    if closing.pattern in unclosed:
        return None
    stop = closing.search(text, end)
    if stop is None:
        unclosed.add(closing.pattern)
        return _Region("skip", start, len(text), end, len(text)) if kind == "fence" else None
    return _closed(text, kind, match, stop)


def _closed(text: str, kind: str, match: re.Match[str], stop: re.Match[str]) -> _Region | None:
    (start, end), content = match.span(), text[match.end() : stop.start()]
    if kind == "code":
        return None if re.search(r"\n[ \t]*\n", content) else _Region("code", start, stop.end(), end, stop.start())
    if kind == "begin":
        return _Region("display", start, stop.end(), start, stop.end())
    if kind in ("round", "square", "dollars"):
        runaway = _RUNAWAY.search(content) if kind != "round" else re.search(r"\n[ \t]*\n", content)
        if runaway or not content.strip() or (kind == "square" and not _is_maths(content)):
            return None
        prefix = "escaped " if match[0].startswith("\\\\") else ""
        name = "inline" if kind == "round" else "display"
        return _Region(prefix + name, start, stop.end(), end, stop.start())
    if kind in ("comment", "element"):
        return _Region("comment" if kind == "comment" else "html", start, stop.end(), start, match.end())
    return _Region("skip", start, stop.end(), end, stop.start())


def _is_maths(content: str) -> bool:
    """`\\[1\\]` is an escaped bracket in prose."""
    return bool(re.search(r"[\\^_=+<>]|[A-Za-z]\(", content))


def _kind_of(match: re.Match[str]) -> str:
    names = ("fence", "comment", "element", "html", "highlight", "shortcode", "code", "begin", "round", "square",
             "escape", "dollars", "dollar", "heading", "stated", "reference")  # fmt: skip
    return next(name for name in names if match[name] is not None)


def _closing(kind: str, match: re.Match[str]) -> re.Pattern[str]:
    if kind == "fence":
        mark = match["mark"]
        return re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    if kind == "code":
        return re.compile(rf"(?<!`){match['ticks']}(?!`)")
    if kind == "element":
        return re.compile(rf"</{match['tag']}\s*>")
    if kind == "highlight":
        return re.compile(
            rf"\{{%-?\s*end{match['liquid']}\b.*?%\}}" if match["liquid"] else r"\{\{[<%]\s*/\s*highlight\s*[%>]\}\}"
        )
    if kind == "begin":
        return re.compile(rf"\\end\{{{re.escape(match['environment'])}\}}")
    if kind in ("round", "square"):
        return re.compile(re.escape(match[0].replace("(", ")").replace("[", "]")))
    return {"comment": re.compile("-->"), "dollars": _DOLLARS_END}[kind]


def _dollar(text: str, start: int) -> _Region | None:
    """`$…$` within one paragraph. Spaces on both sides are let pass where the content is unmistakable."""
    for match in _DOLLAR_END.finditer(text, start + 1):
        if match[0][0] == "\n":
            return None
        if match[0] == "$":
            content = text[start + 1 : match.start()]
            bare = re.sub(r"\\.", "", content)
            if bare.count("{") > bare.count("}"):  # `$\text{if $x$}$`
                continue
            ends = text[match.end() : match.end() + 1]
            tight = content[:1].strip() and content[-1:].strip() and not ends.isdigit()
            if tight or (content[:1].isspace() and _SPACED_MATHS.fullmatch(content) and not _is_prose(content)):
                return _Region("inline", start, match.end(), start + 1, match.start())
            return None
    return None


def _is_prose(content: str) -> bool:
    """Three plain words in a row."""
    return bool(re.search(r"(?<![\\A-Za-z{])[A-Za-z]{2,} [A-Za-z]+ [A-Za-z]{2,}", content))
