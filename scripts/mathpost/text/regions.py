"""The spans of a Markdown text, told apart in one pass from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True)
class Region:
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


@lru_cache(maxsize=64)
def scan(text: str) -> tuple[Region, ...]:
    return tuple(_regions(text))


def _regions(text: str) -> Iterator[Region]:
    position = 0
    unclosed: set[str] = set()
    while match := _STARTS.search(text, position):
        region = _region(text, match, unclosed)
        if region is None:
            if match.lastgroup == "dollars":
                yield Region("unclosed", *match.span(), *match.span())
            position = match.end() if match.lastgroup != "dollars" else match.start() + 2
            continue
        if region.kind != "skip":
            yield region
        if region.kind == "heading":
            yield from _shifted(text, region)
        position = max(region.end, match.start() + 1)


def _shifted(text: str, heading: Region) -> Iterator[Region]:
    """What stands in a heading counts too."""
    marks = re.match(r" {0,3}#+[ \t]+", text[heading.start : heading.end])
    assert marks is not None
    shift = heading.start + marks.end()
    for region in _regions(text[shift : heading.end]):
        if region.kind != "heading":
            yield Region(
                region.kind, *(place + shift for place in (region.start, region.end, region.first, region.last))
            )


def _region(text: str, match: re.Match[str], unclosed: set[str]) -> Region | None:
    kind = _kind_of(match)
    start, end = match.span()
    if kind in ("escape", "shortcode"):
        return Region("skip", start, end, end, end)
    if kind == "html":
        return Region("html", start, end, start, end)
    if kind == "heading":
        return Region("heading", start, end, start, end)
    if kind == "reference":
        return Region("reference", start, end, match.start("label"), end)
    if kind == "stated":
        return Region("stated", start, end, match.start("value"), match.end("value"))
    if kind == "dollar":
        return _dollar(text, start)
    closing = _closing(kind, match)
    if closing.pattern in unclosed:
        return None
    stop = closing.search(text, end)
    if stop is None:
        unclosed.add(closing.pattern)
        return Region("skip", start, len(text), end, len(text)) if kind == "fence" else None
    return _closed(text, kind, match, stop)


def _closed(text: str, kind: str, match: re.Match[str], stop: re.Match[str]) -> Region | None:
    (start, end), content = match.span(), text[match.end() : stop.start()]
    if kind == "code":
        return None if re.search(r"\n[ \t]*\n", content) else Region("code", start, stop.end(), end, stop.start())
    if kind == "begin":
        return Region("display", start, stop.end(), start, stop.end())
    if kind in ("round", "square", "dollars"):
        runaway = _RUNAWAY.search(content) if kind != "round" else re.search(r"\n[ \t]*\n", content)
        if runaway or not content.strip() or (kind == "square" and not _is_maths(content)):
            return None
        prefix = "escaped " if match[0].startswith("\\\\") else ""
        name = "inline" if kind == "round" else "display"
        return Region(prefix + name, start, stop.end(), end, stop.start())
    if kind in ("comment", "element"):
        return Region("comment" if kind == "comment" else "html", start, stop.end(), start, match.end())
    return Region("skip", start, stop.end(), end, stop.start())


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


def _dollar(text: str, start: int) -> Region | None:
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
                return Region("inline", start, match.end(), start + 1, match.start())
            return None
    return None


def _is_prose(content: str) -> bool:
    """Three plain words in a row."""
    return bool(re.search(r"(?<![\\A-Za-z{])[A-Za-z]{2,} [A-Za-z]+ [A-Za-z]{2,}", content))
