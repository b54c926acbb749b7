"""The outline of a post: each thing that it states and that can drift, in the order of its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import InputError
from mathpost.text.post import PostText, read, value_names

PAGE = "page"
HEAD = "head"  # a mistake there hides nothing that the text states


@dataclass(frozen=True)
class Statement:
    """One thing that is compared. `kind` is `claim`, `number`, `value` (of inline code), `figure` or `page`."""

    name: str
    kind: str
    cell: int
    line: int


THE_PAGE = Statement(PAGE, "page", 1, 1)


def outline_of(path: Path) -> list[Statement]:
    """Everything that a post states. One whose text can't be read has its page alone: there the mistake is told."""
    try:
        text = read(path)
    except InputError:
        return [THE_PAGE]
    unread = any(problem.about != HEAD for problem in text.problems)
    return [THE_PAGE] if unread else statements_of(text)


def statements_of(text: PostText) -> list[Statement]:
    """Everything that a post states, in the order of the text; the page as a whole comes first."""
    return [THE_PAGE, *sorted(_statements(text), key=lambda statement: (statement.cell, statement.line))]


def _statements(text: PostText) -> Iterator[Statement]:
    for claim in text.claims:
        yield Statement(claim.id, "claim", claim.cell or 1, claim.line)
    for number in text.numbers:
        yield Statement(number.label, "number", number.cell or 1, number.line)
    for name, cell, line in value_names(text.cells):
        yield Statement(name, "value", cell, line)
    for code in text.code:
        if code.figure:
            yield Statement(code.figure, "figure", code.number or 1, 1)
