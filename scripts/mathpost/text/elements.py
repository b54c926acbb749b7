"""What stands in a text: each kind of thing that the scan finds, and all of them together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LABEL_IN_MATHS: Final = re.compile(r"\\label\{\s*([^{}\s]+)\s*\}")


@dataclass(frozen=True)
class Equation:
    """One delimited span of maths, with its attribute block.

    A `waiver` is the reason why it is not checked: as a whole, or those of its claims whose numbers are `waived_rows`.
    With `in_alt` it stands in the words for an image, where it is not shown as a formula. `indent` is what a line
    begins with in its list item. `latex` is as it is written and begins at `offset` in the text; `meaning` is the same
    without macros. The first of the `labels` is that of the attribute block, if it has one; the others stand in the
    formula, as `\\label{…}`.
    """

    latex: str
    display: bool
    start: int
    end: int
    line: int
    labels: tuple[str, ...]
    waiver: str | None
    offset: int
    meaning: str
    in_table: bool = False
    in_alt: bool = False
    indent: str = ""
    waived_rows: tuple[int, ...] = ()

    @property
    def label(self) -> str | None:
        return self.labels[0] if self.labels else None

    @property
    def has_labelled_rows(self) -> bool:
        """Whether more than one of its rows has a label, and it has none as a whole."""
        return len(LABEL_IN_MATHS.findall(self.latex)) == len(self.labels) > 1


@dataclass(frozen=True)
class Heading:
    """A heading. `anchor` is its own `{#id}`, or what Goldmark makes of its title before it is told apart from others.

    `end` is where its title ends with all that belongs to it, or its attributes do: an anchor may be written there.
    """

    level: int
    title: str
    anchor: str
    is_explicit: bool
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Reference:
    """`@eq-kl-sum`, `[-@eq-kl-sum]`, `\\ref{eq:energy}` or `\\eqref{eq:energy}` in the prose.

    `form` is how the number is shown: `named`, as a plain `number`, or `bracketed`.
    """

    label: str
    form: str
    start: int
    end: int
    line: int

    def nowhere(self, written: str) -> str:
        """What is wrong with it if nothing has its label."""
        kind = {"sec-": "heading", "tbl-": "table"}.get(self.label[:4], "equation or figure")
        return f"{written} points to nothing: no {kind} has this label"


@dataclass(frozen=True)
class TableCaption:
    """`: A caption {#tbl-name}` below a table: its words go from `first` to `last`."""

    label: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class StatedLabel:
    """`{#val-slope}` behind a number in the prose."""

    label: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Tag:
    """A tag of HTML that opens, by its name and attributes in lower case."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class Html:
    """A piece of HTML: a tag or a comment in a line, or a block of it, in which no Markdown is read."""

    tags: tuple[Tag, ...]
    start: int
    end: int
    line: int
    is_block: bool

    def holds(self, position: int) -> bool:
        """Whether a position lies in the block."""
        return self.is_block and self.start <= position < self.end


@dataclass(frozen=True)
class Image:
    """An image and where it comes from; `label_end` is where its alternative text ends."""

    address: str
    start: int
    end: int
    line: int
    label_end: int = 0


@dataclass(frozen=True)
class Link:
    """A link and where it leads; `label_end` is where its text ends."""

    address: str
    start: int
    end: int
    line: int
    label_end: int


@dataclass(frozen=True)
class InlineCode:
    """`` `{python} expression` ``"""

    expression: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Literal:
    """What is text in a notebook, `\\[see there\\]`, and would be something else to Hugo unless it finds `shown`."""

    start: int
    end: int
    shown: str


@dataclass(frozen=True)
class Flaw:
    """Maths without an end, or with attributes that say nothing: it would pass for text."""

    message: str
    line: int


@dataclass(frozen=True)
class Markup:
    """What one scan found in a text, each kind in order.

    `marks` are the signs in running text that look like the beginning of something and are shown as they stand: dollars
    of money, shortcodes.
    """

    source: str = ""
    equations: tuple[Equation, ...] = ()
    headings: tuple[Heading, ...] = ()
    references: tuple[Reference, ...] = ()
    table_captions: tuple[TableCaption, ...] = ()
    stated: tuple[StatedLabel, ...] = ()
    codes: tuple[InlineCode, ...] = ()
    literals: tuple[Literal, ...] = ()
    html: tuple[Html, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    marks: tuple[str, ...] = ()
