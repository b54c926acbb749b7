"""Edits of a source, character by character: all that stands between them stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A span of a source and what takes its place."""

    start: int
    end: int
    text: str


def applied(source: str, edits: Iterable[Edit], between: Callable[[str], str] = str) -> str:
    """The source with its edits; what stands between them goes through a function."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [between(source[position : edit.start]), edit.text]
        position = edit.end
    return "".join([*parts, between(source[position:])])
