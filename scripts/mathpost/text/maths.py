"""The maths of a Markdown text: which spans are formulas, and which dollars are money.

    maths = "$" … "$" | "$$" … "$$" | "\\\\(" … "\\\\)" | "\\\\[" … "\\\\]" | "\\\\begin{align}" … "\\\\end{align}"

As in Jupyter, a formula comes before Markdown: a line of it that begins with `+` is no list. But code comes before a
formula: whichever of the two opens first keeps the other out. Any environment is a formula, and a dollar goes with
the next one of its paragraph that is not inside braces, unless there are spaces at its ends, or a digit behind it, and
what it holds is money or prose: `$5 and $6`. A dollar that is neither is told as a mistake; none opens a formula behind
a backslash, nor behind two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from mathpost.text.structure import Span, find_spans
from mathpost.text.tags import spans_without_text

MASK: Final = "\ue000"
_TURNS: Final = 6
_OPENERS: Final = re.compile(
    r"""(?P<begin>\\begin\{(?P<environment>[A-Za-z]+\*?)\})
    |(?P<round>\\\\?\()
    |(?P<square>\\\\?\[)
    |(?P<escape>\\\\\$|\\.)
    |(?P<dollars>\$\$)
    |(?P<dollar>\$)""",
    re.VERBOSE | re.DOTALL,
)
_DOLLAR_END: Final = re.compile(r"\\.|\n[ \t>]*\n|\$", re.DOTALL)
_DOLLARS_END: Final = re.compile(r"(?<!\\)\$\$")
_AMOUNT: Final = re.compile(r"\s*\d[\d.,]*")
_SIGN: Final = re.compile(r"[\\^_=<>+{}]")
_WORD: Final = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
_PLAIN_WORDS: Final = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}[ \n]+[A-Za-z]+[ \n]+[A-Za-z]{2,}")
_WORDS_IN_MATHS: Final = re.compile(r"\\(?:text\w*|mbox|[hf]box|operatorname\*?|math\w+)\s*\{[^{}]*\}")
_BEFORE_MONEY: Final = re.compile(r"\d\s?$")
_BEHIND_MONEY: Final = re.compile(r"\s?[\d.]")
_UNIT_BEFORE: Final = re.compile(r"[(\[](?:in )?[A-Za-z]{0,4}$")
_RUNAWAY: Final = re.compile(r"\n[ \t]*\n(?:[^\n]*\n)*?[ \t]*(?:[A-Za-z',;:]+ ){7}|\n```")
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_UNMISTAKABLE: Final = re.compile(r"[\\^_=+<>]|[A-Za-z]\(")
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
    return [maths for maths in found if not _names_link(maths, masked)], masked


def _names_link(maths: Maths, spans: Sequence[Span]) -> bool:
    """A formula in the name of a link is masked where the link is defined, too, and shown where it is called alone."""
    return any(span.kind == "definition" and span.start < maths.start < span.first for span in spans)


def _hiding(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Where no formula opens: in code, in tags and comments, in addresses."""
    hidden = [(span.start, span.end) for span in spans if span.kind == "indented"]
    for span in spans:
        if span.kind == "html":
            hidden += spans_without_text(text, span.start, span.end)
    return [*hidden, *_closing(spans)]


def _closing(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Where none closes either."""
    code = [(span.start, span.end) for span in spans if span.kind in ("fence", "code", "autolink")]
    code += [(span.first, span.end) for span in spans if span.kind == "definition"]
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
        elif match["dollars"] or (match["dollar"] and not _is_beside_amount(text, match.start())):
            yield Maths(*match.span(), match.end(), match.end(), match[0])


def _closed(text: str, opener: re.Match[str], closing: _Hidden, unclosed: set[str]) -> Maths | None:
    """From an opening delimiter to its partner, unless there is none or what lies between is no formula."""
    stop = _end_of_environment(text, opener, closing) if opener["begin"] else _partner(text, opener, closing)
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


def _end_of_environment(text: str, opener: re.Match[str], closing: _Hidden) -> re.Match[str] | None:
    """Where an environment ends; one of the same name may stand in it."""
    either = re.compile(rf"\\(?P<what>begin|end)\{{{re.escape(opener['environment'])}\}}")
    depth, position = 1, opener.end()
    while match := closing.search(either, text, position):
        depth += 1 if match["what"] == "begin" else -1
        if not depth:
            return match
        position = match.end()
    return None


def _partner(text: str, opener: re.Match[str], closing: _Hidden) -> re.Match[str] | None:
    closer = opener[0].replace("(", ")").replace("[", "]")
    pattern = _DOLLARS_END if opener["dollars"] else re.compile(re.escape(closer))
    return closing.search(pattern, text, opener.end())


def _dollar(text: str, start: int, closing: _Hidden) -> Maths | None:
    """`$…$` within one paragraph, unless it is money or prose."""
    position = start + 1
    while match := closing.search(_DOLLAR_END, text, position):
        position = match.end()
        if match[0][0] == "\n":
            return None
        content = text[start + 1 : match.start()]
        if match[0] != "$" or _is_open(content):
            continue
        behind = text[match.end() : match.end() + 1]
        is_tight = content.strip() == content and not behind.isdigit()
        if not content.strip() or not (is_tight or (not _is_money(content, behind) and not _is_prose(content))):
            return None
        return Maths(start, match.end(), start + 1, match.start(), "$")
    return None


def _is_money(content: str, behind: str) -> bool:
    """`5 and ` of `$5 and $6`, `5-` of `$5-$10`."""
    amount = _AMOUNT.match(content)
    if not amount:
        return False
    rest = content[amount.end() :]
    if not rest.strip(" \n-–—/,;:"):
        return behind.isdigit()
    return not _SIGN.search(rest) and _WORD.search(rest) is not None


def _is_prose(content: str) -> bool:
    """Three plain words in a row, or some words and not one sign of a formula."""
    bare = _WORDS_IN_MATHS.sub("", content)
    words = len(_WORD.findall(bare))
    return _PLAIN_WORDS.search(bare) is not None or (words > 1 and " " in bare.strip() and not _SIGN.search(bare))


def _is_beside_amount(text: str, position: int) -> bool:
    """Whether a dollar belongs to a number, `$ 5`, `5$`, or is the unit of some: `(in k$)`, `[$/kg]`."""
    if _UNIT_BEFORE.search(text[max(0, position - 8) : position]) and text[position + 1 : position + 2] in tuple(")]/"):
        return True
    return bool(_BEHIND_MONEY.match(text, position + 1) or _BEFORE_MONEY.search(text[max(0, position - 2) : position]))


def _is_open(content: str) -> bool:
    """Whether a brace is not closed, as that before the second dollar of `$\\text{if $x$}$`."""
    bare = re.sub(r"\\.", "", content)
    return bare.count("{") > bare.count("}")
