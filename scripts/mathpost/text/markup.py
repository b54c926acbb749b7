"""The one scan of a Markdown text: what is a formula, heading, reference, inline code, and what only looks like it.

    label = maths [ " " ] "{" [ "#" name ] [ ".unchecked" [ 'rows="' … '"' ] 'reason="' … '"' ] "}"

A page for a Markdown renderer that eats backslashes is written with more of them: `\\\\\\\\` for `\\\\`, `\\_` for
`_`, `\\\\{` for `\\{`, `\\\\(` for `\\(`. A page whose maths has two of these kinds is taken to be escaped, and one
level of escaping is undone; one kind alone may be meant as it stands. A notebook is read as it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

from mathpost.text.elements import (
    LABEL_IN_MATHS,
    Equation,
    Flaw,
    Heading,
    Html,
    Image,
    InlineCode,
    Link,
    Literal,
    Markup,
    Reference,
    StatedLabel,
    TableCaption,
)
from mathpost.text.escaping import is_escaped, undo_escaping
from mathpost.text.maths import Maths, find_maths
from mathpost.text.structure import Span
from mathpost.text.tags import tags_of, texts_between

UNCLOSED: Final = "this `{mark}` has no partner: close the formula, or write {escaped} for dollars"
UNCLOSED_BRACE: Final = "a `{{` is not closed: {latex}"
UNREAD_ATTRIBUTES: Final = (
    '{block} behind a formula cannot be read: write {{#eq-name}}, {{.unchecked reason="…"}} or both in one'
)
LEFT_RAW: Final = (
    "`{raw}` would be shown as it stands: put it in dollars if it is a formula, in backticks if it is code"
)
ATTRIBUTES_OF: Final = {
    "{#fig-": "`{raw}` behind an image is not read: draw the figure in a code cell with '#| label: fig-…'",
    "{#tbl-": "`{raw}` is read behind the caption of a table, which stands below it: `: A caption {{#tbl-…}}`",
    "{#sec-": "`{raw}` is read at the end of a heading",
}
FENCED_DIV: Final = "`{raw}` would be shown as it stands: JupyterLab has no such blocks, write a quote: `> …`"
CODE_IN_MATHS: Final = (
    "inline code in a formula is not computed: put it behind the formula, as in $\\mu$ = `{{python}} mu`: {latex}"
)
STATED: Final = "val-"
NO_REASON: Final = 'an unchecked equation needs a reason: {#eq-… .unchecked reason="…"}'

_ATTRIBUTES: Final = re.compile(
    r"""[ \t]*\{[ \t]*((?:(?:\#[\w:.-]+|\.[\w-]+|[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"'}]+))[ \t]*)+)\}""", re.VERBOSE
)
_OURS: Final = re.compile(r"(?:^|\s)(?:#|\.unchecked\b)")
_OF_HEADING: Final = re.compile(r"(?!.*\.unchecked\b)(?!.*#(?:eq|val)[-:])")
_LABEL: Final = re.compile(r"(?:^|\s)#([\w:.-]+)")
_WAIVED: Final = re.compile(r"(?:^|\s)\.unchecked\b")
_REASON: Final = re.compile(r"""\breason=(?:"([^"]*)"|'([^']*)')""")
_ROWS: Final = re.compile(r"""\brows=["']?([\d\s,]+)""")
_UNREAD: Final = re.compile(r"[ \t]*(\{[ \t]*[#.][^{}\n]*\})")
_CODE_IN_MATHS: Final = re.compile(r"`\s*\{python\}")
_NO_INDENT: Final = re.compile(r"[^ \t>]")
_NO_BRACES: Final = re.compile(r"\\.|%.*")
_EXPLICIT: Final = re.compile(r"[ \t]*\{#([\w:.-]+)[^}]*\}[ \t]*$")
_CLASSES: Final = re.compile(r"[ \t]*\{[ \t]*\.[\w-]+[^{}\n]*(?=\}[ \t]*$)")
_TABLE_CAPTION: Final = re.compile(r":[ \t]+(?P<words>.*?)[ \t]*\{#(?P<label>tbl-[\w:.-]+)\}", re.DOTALL)
_LABELLED: Final = r"(?:eq|fig|sec|tbl)-\w+(?:[-:.]\w+)*"
_ONE_OF_GROUP: Final = re.compile(rf"(?P<minus>-?)@(?P<label>{_LABELLED})")
_REF: Final = r"\\(?P<ref>eq|auto|c)?ref\{\s*(?P<target>[^{}\s]+)\s*\}"
_ONLY_A_REF: Final = re.compile(rf"\s*{_REF}\s*")
_IN_TEXT: Final = re.compile(
    rf"""(?<!\\)(?P<stated>\{{\#(?P<value>val-\w+(?:[-:.]\w+)*)\}})
    |(?<![\w@\\])(?P<group>\[-?@{_LABELLED}(?:;\s*-?@{_LABELLED})*\](?![(\[]))
    |(?<![\w@\\])@(?P<label>{_LABELLED})
    |(?<![^\n])(?P<div>:{{3,}}[^\n]*)
    |(?<!\\){_REF}
    |(?<!\\)(?:\\\\)*(?P<raw>\\begin\{{[^{{}}]*\}}|\\[A-Za-z]{{2,}}|\{{[#:][^{{}}\n]*\}}?|(?<!\{{)\{{%)""",
    re.VERBOSE,
)
MARK: Final = re.compile(r"\$|\\begin\{|\\\w*ref\{|\\[A-Za-z]{2,}|\{[#:]|\{\{[<%]|\{%")
# A bracket that begins no formula, as Goldmark shows it; a dollar behind two backslashes, as JupyterLab does.
_LITERALS: Final = {r"\[": "&#91;", r"\(": "&#40;", r"\\$": r"\$"}
_LITERAL: Final = re.compile(r"\\\\\$|\\[\[(]|\\.", re.DOTALL)
_FORMS: Final = {None: "number", "eq": "bracketed", "auto": "named", "c": "named"}
_COMPUTED: Final = re.compile(r"\s*\{python\}\s+")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


Runs: TypeAlias = Sequence[tuple[int, int]]


class Dialect(Enum):
    """Whose Markdown it is: a notebook's cell, or a page with the escapes and tags of a site generator."""

    NOTEBOOK = "notebook"
    PAGE = "page"


def scan(text: str, dialect: Dialect = Dialect.NOTEBOOK, line: int = 1) -> Markup:
    """Everything that a text holds which begins on this line of its cell."""
    maths, spans = find_maths(text, listings=dialect is Dialect.PAGE)
    scanned = _Scan(text, maths, spans, dialect, line)
    equations = tuple(scanned.equations())
    plain = list(scanned.plain(equations))
    references, stated = scanned.references_and_stated(plain)
    return Markup(
        source=text,
        equations=equations,
        headings=tuple(scanned.headings()),
        references=tuple(references),
        table_captions=tuple(scanned.table_captions()),
        stated=tuple(stated),
        codes=tuple(scanned.codes()),
        literals=tuple(scanned.literals(plain)),
        html=tuple(scanned.html()),
        marks=tuple(scanned.marks(plain)),
        images=tuple(Image(*scanned.address(span)) for span in spans if span.kind == "image"),
        links=tuple(Link(*scanned.address(span)) for span in spans if span.kind in ("link", "autolink")),
        flaws=tuple(sorted((*scanned.flaws, *scanned.open_ends(equations)), key=lambda flaw: flaw.line)),
    )


def anchor_of(title: str) -> str:
    """The anchor that Goldmark makes in the manner of GitHub."""
    kept = (character for character in title.strip().lower() if character.isalnum() or character in "-_ ")
    return "".join(kept).replace(" ", "-") or "heading"


def number_anchors(headings: Iterable[Sequence[Heading]]) -> Iterator[tuple[Heading, ...]]:
    """The headings of each of several texts that follow each other, with anchors that are told apart by numbers."""
    seen: dict[str, int] = {}
    for group in headings:
        numbered = []
        for heading in group:
            anchor = heading.anchor if heading.is_explicit else _numbered(heading.anchor, seen)
            seen.setdefault(anchor, 0)
            numbered.append(replace(heading, anchor=anchor))
        yield tuple(numbered)


def _numbered(anchor: str, seen: dict[str, int]) -> str:
    if anchor not in seen:
        return anchor
    while f"{anchor}-{seen[anchor] + 1}" in seen:
        seen[anchor] += 1
    seen[anchor] += 1
    return f"{anchor}-{seen[anchor]}"


@dataclass(frozen=True)
class _Attributes:
    """What stands in braces behind a formula."""

    label: str | None = None
    waiver: str | None = None
    rows: tuple[int, ...] = ()


class _Scan:
    """A text, its formulas and its structure, from which all else is read."""

    def __init__(self, text: str, maths: Sequence[Maths], spans: Sequence[Span], dialect: Dialect, line: int) -> None:
        self.text = text
        self.first_line = line
        self.maths = maths
        self.spans = spans
        self.dialect = dialect
        self.flaws: list[Flaw] = []
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.tables = [(span.start, span.end) for span in spans if span.kind == "table"]

    def line_of(self, position: int) -> int:
        return bisect_left(self.line_ends, position) + self.first_line

    def equations(self) -> Iterator[Equation]:
        closed = [maths for maths in self.maths if maths.is_closed and not self._only_refers(maths)]
        written = [self.text[maths.first : maths.last] for maths in closed]
        escaped = self.dialect is Dialect.PAGE and is_escaped(written, (maths.delimiter for maths in closed))
        for maths, latex in zip(closed, written, strict=True):
            yield self._equation(maths, undo_escaping(latex) if escaped else latex)

    def _only_refers(self, maths: Maths) -> bool:
        """`$\\eqref{eq:1}$` is a reference, and no formula."""
        return _ONLY_A_REF.fullmatch(self.text, maths.first, maths.last) is not None

    def _equation(self, maths: Maths, latex: str) -> Equation:
        line, end, own = self.line_of(maths.start), maths.end, _Attributes()
        match = _ATTRIBUTES.match(self.text, maths.end)
        if match and _OURS.search(match[1]) and not (self._ends_heading(match) and _OF_HEADING.match(match[1])):
            own = self._attributes(match[1], line)
            end = end if own.label and own.label.startswith(STATED) else match.end()
        if "\n" in latex and self.text[self.text.rfind("\n", 0, maths.start) + 1 :].lstrip().startswith(">"):
            latex = re.sub(r"\n[ \t]*>", "\n", latex)
        for entity, sign in _ENTITIES:
            latex = latex.replace(entity, sign)
        return Equation(
            latex=latex,
            display=maths.is_display,
            start=maths.start,
            end=end,
            line=line,
            labels=(*((own.label,) if own.label else ()), *LABEL_IN_MATHS.findall(latex)),
            waiver=own.waiver,
            offset=maths.first,
            meaning=latex,
            in_table=any(start <= maths.start < stop for start, stop in self.tables),
            in_alt=any(span.start <= maths.start < span.last for span in self.spans if span.kind == "image"),
            indent=self._indent(maths.start),
            waived_rows=own.rows,
        )

    def _ends_heading(self, attributes: re.Match[str]) -> bool:
        """Whether what stands in braces behind a formula is the end of a heading, and so its own."""
        headings = (span for span in self.spans if span.kind == "heading")
        return any(span.first <= attributes.start() < span.last <= attributes.end() for span in headings)

    def _indent(self, position: int) -> str:
        """What a line begins with that belongs to the innermost list item around a position."""
        items = [span for span in self.spans if span.kind == "item" and span.first <= position <= span.end]
        return _NO_INDENT.sub(" ", self.text[items[-1].start : items[-1].first]) if items else ""

    def _attributes(self, block: str, line: int) -> _Attributes:
        found = _LABEL.search(block)
        label = found[1] if found else None
        if not _WAIVED.search(block):
            return _Attributes(label)
        reason, rows = _REASON.search(block), _ROWS.search(block)
        told = (reason[1] or reason[2] or "").strip() if reason else ""
        if not told:
            self.flaws.append(Flaw(NO_REASON, line))
        return _Attributes(label, told or None, tuple(int(row) for row in re.findall(r"\d+", rows[1] if rows else "")))

    def _unread(self, equation: Equation) -> tuple[int, int] | None:
        """Braces behind a formula that are no attributes; `{#val-a}` is the label of a number."""
        if (equation.label or "").startswith(STATED):
            return None
        match = _UNREAD.match(self.text, equation.end)
        return match.span() if match and not self._ends_heading(match) else None

    def open_ends(self, equations: Iterable[Equation]) -> Iterator[Flaw]:
        """`$$` without its partner, a `{` that swallows the relation of its formula, attributes that cannot be read."""
        for maths in self.maths:
            if not maths.is_closed:
                message = UNCLOSED.format(mark=maths.delimiter, escaped=maths.delimiter.replace("$", r"\$"))
                yield Flaw(message, self.line_of(maths.start))
        for equation in equations:
            if _CODE_IN_MATHS.search(equation.latex):
                yield Flaw(CODE_IN_MATHS.format(latex=" ".join(equation.latex.split())), equation.line)
            if unread := self._unread(equation):
                block = self.text[slice(*unread)].strip()
                yield Flaw(UNREAD_ATTRIBUTES.format(block=block), equation.line)
            bare = _NO_BRACES.sub("", equation.latex)
            left = re.split("[=<>]", bare, maxsplit=1)[0]
            if bare.count("{") > bare.count("}") and left.count("{") > left.count("}"):
                yield Flaw(UNCLOSED_BRACE.format(latex=" ".join(equation.latex.split())), equation.line)

    def headings(self) -> Iterator[Heading]:
        for span in self.spans:
            if span.kind == "heading":
                explicit = self._anchor(span)
                classes = None if explicit else _CLASSES.search(self.text, span.first, span.last)
                attributes = explicit or classes
                title = self._without_tags(span.first, attributes.start() if attributes else span.last)
                anchor = explicit[1] if explicit else anchor_of(title)
                underlined = "\n" in self.text[span.start : span.end]
                end = classes.end() if classes else span.last if underlined else span.end
                line = self.line_of(span.start)
                yield Heading(int(span.detail), title, anchor, explicit is not None, span.start, end, line)

    def _without_tags(self, start: int, end: int) -> str:
        """A part of the text as it is read: `Hint` of `<a id="here"></a>Hint`."""
        parts = []
        for span in self.spans:
            if span.kind == "html" and start <= span.start < end:
                parts.append(self.text[start : span.start])
                start = span.end
        return "".join([*parts, self.text[start:end]])

    def _anchor(self, heading: Span) -> re.Match[str] | None:
        """The attributes at the end of a heading, with its own anchor."""
        return _EXPLICIT.search(self.text, heading.first, heading.last)

    def references_and_stated(self, plain: Runs) -> tuple[list[Reference], list[StatedLabel]]:
        """In running text alone: not in formulas, code, tags or addresses. What is left of LaTeX there is a flaw."""
        references, stated = list(self._references_as_maths()), []
        for start, end in plain:
            for match in _IN_TEXT.finditer(self.text, start, end):
                line = self.line_of(match.start())
                if match["stated"]:
                    stated.append(StatedLabel(match["value"], *match.span(), line))
                elif match["group"]:
                    references += self._group(match, line)
                elif match["label"]:
                    references.append(Reference(match["label"], "named", *match.span(), line))
                elif match["target"]:
                    references.append(Reference(match["target"], _FORMS[match["ref"]], *match.span(), line))
                elif self.dialect is Dialect.NOTEBOOK:
                    raw = match["raw"] or match["div"]
                    message = FENCED_DIV if match["div"] else ATTRIBUTES_OF.get(raw[:6], LEFT_RAW)
                    self.flaws.append(Flaw(message.format(raw=raw), line))
        return sorted(references, key=lambda reference: reference.start), stated

    def _group(self, match: re.Match[str], line: int) -> Iterator[Reference]:
        """`[@eq-a; -@eq-b]`: the brackets go with the first and the last, a minus leaves the number alone."""
        found = list(_ONE_OF_GROUP.finditer(self.text, match.start(), match.end()))
        for each in found:
            start = match.start() if each is found[0] else each.start()
            end = match.end() if each is found[-1] else each.end()
            yield Reference(each["label"], "number" if each["minus"] else "named", start, end, line)

    def table_captions(self) -> Iterator[TableCaption]:
        """What stands in a paragraph of its own below a table, as Quarto has it."""
        for span in self.spans:
            match = _TABLE_CAPTION.fullmatch(self.text, span.start, span.end) if span.kind == "text" else None
            if match and any(self.text[end : span.start].isspace() for _, end in self.tables if end < span.start):
                yield TableCaption(match["label"], *match.span(), *match.span("words"))

    def _references_as_maths(self) -> Iterator[Reference]:
        for maths in self.maths:
            if maths.is_closed and (match := _ONLY_A_REF.fullmatch(self.text, maths.first, maths.last)):
                form = _FORMS[match["ref"]]
                yield Reference(match["target"], form, maths.start, maths.end, self.line_of(maths.start))

    def plain(self, equations: Sequence[Equation]) -> Iterator[tuple[int, int]]:
        """The parts of the running text between what is something else."""
        taken = [(equation.start, equation.end) for equation in equations]
        taken += [(maths.start, maths.end) for maths in self.maths]
        taken += [unread for equation in equations if (unread := self._unread(equation))]
        taken += [match.span() for s in self.spans if s.kind == "heading" and (match := self._anchor(s))]
        taken += [(caption.last, caption.end) for caption in self.table_captions()]
        taken += [(s.start, s.end) for s in self.spans if s.kind in ("code", "autolink")]
        taken += [(s.start, s.end) for s in self.spans if s.kind == "html" and s.detail]
        taken += [(s.last, s.end) for s in self.spans if s.kind in ("link", "image")]
        taken.sort()
        for first, last in self._texts():
            position = first
            for start, end in taken[bisect_left(taken, (first, 0)) :]:
                if start >= last:
                    break
                yield position, start
                position = max(position, end)
            yield position, last

    def _texts(self) -> Iterator[tuple[int, int]]:
        """Where inline text stands, and that of blocks of HTML."""
        for span in self.spans:
            if span.kind == "text":
                yield span.start, span.end
            elif span.kind == "html" and not span.detail:
                yield from texts_between(self.text, span.start, span.end)

    def marks(self, plain: Runs) -> Iterator[str]:
        addresses = [(span.start, span.end) for span in self.spans if span.kind == "autolink"]
        for start, end in [*plain, *addresses]:
            yield from MARK.findall(self.text, start, end)

    def literals(self, plain: Runs) -> Iterator[Literal]:
        for start, end in plain:
            for match in _LITERAL.finditer(self.text, start, end):
                if shown := _LITERALS.get(match[0]):
                    yield Literal(*match.span(), shown)

    def codes(self) -> Iterator[InlineCode]:
        for span in self.spans:
            content = self.text[span.first : span.last]
            if span.kind == "code" and (match := _COMPUTED.match(content)):
                yield InlineCode(content[match.end() :].strip(), span.start, span.end, self.line_of(span.start))

    def address(self, span: Span) -> tuple[str, int, int, int, int]:
        return span.detail, span.start, span.end, self.line_of(span.start), span.last

    def html(self) -> Iterator[Html]:
        for span in self.spans:
            if span.kind == "html":
                is_block = not span.detail
                # a block begins with the first tag of its first line: behind the marks of a list or a quote
                start = self.text.index("<", span.start) if is_block else span.start
                line = self.line_of(start)
                yield Html(tags_of(self.text[start : span.end], line), start, span.end, line, is_block)
