"""The maths of a Markdown text: which spans are formulas, and which dollars are money.

    maths = "$" … "$" | "$$" … "$$" | "\\\\(" … "\\\\)" | "\\\\[" … "\\\\]" | "\\\\begin{align}" … "\\\\end{align}"

As in Jupyter, a formula comes before Markdown: a line of it that begins with `+` is no list. But code comes before a
formula: whichever of the two opens first keeps the other out. `$` opens where no space follows, and closes where no
space stands before it and no digit behind: `$5 and $6` is money (Pandoc's rule).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from mathpost.text.structure import Span, find_spans

MASK: Final = "\ue000"
_TURNS: Final = 6
_LAYOUT: Final = r"(?:align|alignat|aligned|gather|gathered|split|equation|multline|eqnarray|displaymath|flalign)\*?"
_OPENERS: Final = re.compile(
    rf"""(?P<begin>\\begin\{{(?P<environment>{_LAYOUT})\}})
    |(?P<round>\\\\?\()
    |(?P<square>\\\\?\[)
    |(?P<escape>\\.)
    |(?P<dollars>\$\$)
    |(?P<dollar>\$)""",
    re.VERBOSE | re.DOTALL,
)
_DOLLAR_END: Final = re.compile(r"\\.|\n[ \t>]*\n|\$", re.DOTALL)
_DOLLARS_END: Final = re.compile(r"(?<!\\)\$\$")
_SPACED_MATHS: Final = re.compile(r"[^\n]*(?:\\[A-Za-z]|[\^_=<>+])[^\n]*|\s*(?:[A-Za-z]|\d+|[A-Za-z]\(\w+\))\s*")
_PLAIN_WORDS: Final = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,} [A-Za-z]+ [A-Za-z]{2,}")
_RUNAWAY: Final = re.compile(r"\n[ \t]*\n(?:[^\n]*\n)*?[ \t]*(?:[A-Za-z',;:]+ ){7}|\n```")
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_UNMISTAKABLE: Final = re.compile(r"[\\^_=+<>]|[A-Za-z]\(")
_COMMENT_OR_ELEMENT: Final = re.compile(
    r"<!--.*?-->|<(?P<tag>pre|code|script|style|textarea|svg)\b[^>]*>.*?</(?P=tag)\s*>|</?[A-Za-z][^<>]*>", re.DOTALL
)
_LISTING: Final = re.compile(
    r"""\{\{(?P<mark>[<%])\s*highlight\b.*?\{\{(?P=mark)\s*/\s*highlight\s*[%>]\}\}
    |\{%-?\s*(?P<liquid>highlight|raw|comment)\b.*?\{%-?\s*end(?P=liquid)\b.*?%\}
    |\{\{[<%].{0,500}?[%>]\}\}|\{%.{0,500}?%\}""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Maths:
    """A formula from its opening delimiter to its closing one; `first` to `last` is its LaTeX.

    `delimiter` is what opens it. Without a partner, `last` is `first`.
    """

    start: int
    end: int
    first: int
    last: int
    delimiter: str

    @property
    def is_closed(self) -> bool:
        return self.last > self.first

    @property
    def is_display(self) -> bool:
        return self.delimiter not in ("$", "\\(", "\\\\(")


def find_maths(text: str, *, listings: bool) -> tuple[list[Maths], list[Span]]:
    """The formulas of a text, and its structure with each formula taken for a word.

    Shortcodes and tags that show a listing hold no maths if there are `listings`: in pages, not in notebooks.
    """
    listed = [match.span() for match in _LISTING.finditer(text)] if listings else []
    spans = find_spans(text)
    for _ in range(_TURNS):
        found = list(_maths(text, _Hidden([*listed, *_hiding(text, spans)]), _Hidden([*listed, *_closing(spans)])))
        masked = find_spans(_masked(text, found))
        if _hiding(text, masked) == _hiding(text, spans):
            break
        spans = masked
    return found, masked


def _hiding(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Where no formula opens: in code, in tags and comments, in addresses."""
    hidden = [(span.start, span.end) for span in spans if span.kind == "indented"]
    for span in spans:
        if span.kind == "html":
            tags = _COMMENT_OR_ELEMENT.finditer(text[span.start : span.end])
            hidden += [(span.start + tag.start(), span.start + tag.end()) for tag in tags]
    return [*hidden, *_closing(spans)]


def _closing(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Where none closes either."""
    code = [(span.start, span.end) for span in spans if span.kind in ("fence", "code", "autolink")]
    return code + [(span.last, span.end) for span in spans if span.kind in ("link", "image")]


class _Hidden:
    """Parts of a text that are passed over."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self.spans and start < self.spans[-1][1]:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))

    def end_around(self, position: int) -> int | None:
        """Where the part ends that a position lies in."""
        number = bisect_right(self.spans, position, key=itemgetter(0)) - 1
        return self.spans[number][1] if number >= 0 and position < self.spans[number][1] else None

    def search(self, pattern: re.Pattern[str], text: str, position: int) -> re.Match[str] | None:
        """The first match from a position on that begins in none of them."""
        while match := pattern.search(text, position):
            behind = self.end_around(match.start())
            if behind is None:
                return match
            position = behind
        return None


def _masked(text: str, found: Sequence[Maths]) -> str:
    """The text with a word of the same length in the place of each formula, so that all else keeps its position."""
    parts, position = [], 0
    for maths in found:
        if maths.is_closed:
            parts += [text[position : maths.start], MASK * (maths.end - maths.start)]
            position = maths.end
    return "".join([*parts, text[position:]])


def _maths(text: str, opening: _Hidden, closing: _Hidden) -> Iterator[Maths]:
    position = 0
    unclosed: set[str] = set()
    while match := opening.search(_OPENERS, text, position):
        position = match.end()
        if match["escape"] or match[0] in unclosed:
            continue
        found = _dollar(text, match.start(), closing) if match["dollar"] else _closed(text, match, closing, unclosed)
        if found is not None:
            yield found
            position = found.end
        elif match["dollars"]:
            yield Maths(*match.span(), match.end(), match.end(), "$$")


def _closed(text: str, opener: re.Match[str], closing: _Hidden, unclosed: set[str]) -> Maths | None:
    """From an opening delimiter to its partner, unless there is none or what lies between is no formula."""
    stop = closing.search(_partner_of(opener), text, opener.end())
    if stop is None:
        unclosed.add(opener[0])
        return None
    if opener["begin"]:
        return Maths(opener.start(), stop.end(), opener.start(), stop.end(), opener[0])
    content = text[opener.end() : stop.start()]
    runaway = (_BLANK_LINE if opener["round"] else _RUNAWAY).search(content)
    if runaway or not content.strip() or (opener["square"] and not _UNMISTAKABLE.search(content)):
        return None
    return Maths(opener.start(), stop.end(), opener.end(), stop.start(), opener[0])


def _partner_of(opener: re.Match[str]) -> re.Pattern[str]:
    if opener["begin"]:
        return re.compile(rf"\\end\{{{re.escape(opener['environment'])}\}}")
    if opener["dollars"]:
        return _DOLLARS_END
    return re.compile(re.escape(opener[0].replace("(", ")").replace("[", "]")))


def _dollar(text: str, start: int, closing: _Hidden) -> Maths | None:
    """`$…$` within one paragraph. Spaces on both sides are let pass where the content is unmistakable."""
    position = start + 1
    while match := closing.search(_DOLLAR_END, text, position):
        position = match.end()
        if match[0][0] == "\n":
            return None
        content = text[start + 1 : match.start()]
        if match[0] != "$" or _is_open(content):
            continue
        tight = content[:1].strip() and content[-1:].strip() and not text[match.end() : match.end() + 1].isdigit()
        spaced = content[:1].isspace() and _SPACED_MATHS.fullmatch(content) and not _PLAIN_WORDS.search(content)
        return Maths(start, match.end(), start + 1, match.start(), "$") if tight or spaced else None
    return None


def _is_open(content: str) -> bool:
    """Whether a brace is not closed, as that before the second dollar of `$\\text{if $x$}$`."""
    bare = re.sub(r"\\.", "", content)
    return bare.count("{") > bare.count("}")
