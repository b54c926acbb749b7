"""The values of inline code: as the committed page has them, and as the notebook gives them now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher

from mathpost.notebooks import Record
from mathpost.pages import export
from mathpost.site.seal import unsealed
from mathpost.text.cells import Cell
from mathpost.text.numbers import sentence_around
from mathpost.text.post import value_names

MARK = "\ue000{}\ue001"


ANY_MARK = re.compile(r"\ue000\d+\ue001")


TOKEN = re.compile(r"\ue000\d+\ue001|\d+(?:[.,]\d+)*(?:e[-+]?\d+)?|\w+|[^\w\s]")


ESCAPED = re.compile(r"\\([\\`*_\[\]<>$|])")


@dataclass(frozen=True)
class Value:
    """The value of an inline code: as the committed page has it, and as the notebook gives it now.

    `reported` is None where the sentence around it has changed too, so that it can't be told.
    """

    name: str
    cell: int
    line: int
    sentence: str
    computed: str
    reported: str | None


def values_of(committed: str, record: Record) -> list[Value]:
    """Each value of inline code, with what the committed page has in its place.

    The page is made once more with a mark for each value, and laid beside the committed one, word by word: what stands
    where a mark stands is the value as reported.
    """
    computed = [value for cell in record.text.markdown for value in record.inline_values(cell.number)]
    sentences = [text for cell in record.text.markdown for text in _sentences(cell, record.inline_values(cell.number))]
    reported = _in_place_of_marks(unsealed(committed), unsealed(export(_marked(record)).text))
    return [
        Value(*name, sentence, value, reported.get(number))
        for number, (name, sentence, value) in enumerate(
            zip(value_names(record.text.cells), sentences, computed, strict=True)
        )
    ]


def _sentences(cell: Cell, values: Sequence[str]) -> list[str]:
    """For each inline code the sentence that it stands in, with values in it."""
    shown, position = "", 0
    spans: list[tuple[int, int]] = []
    for code, value in zip(cell.markup.codes, values, strict=True):
        shown += cell.source[position : code.start]
        spans.append((len(shown), len(shown) + len(value)))
        shown, position = shown + value, code.end
    shown += cell.source[position:]
    return [sentence_around(shown, *span) for span in spans]


def _marked(record: Record) -> Record:
    marked, count = deepcopy(record.notebook), 0
    for cell in record.text.markdown:
        values = record.inline_values(cell.number)
        if values:
            marks = [MARK.format(count + number) for number in range(len(values))]
            marked.cells[(cell.number or 1) - 1].metadata["mathpost"]["inline"] = marks
            count += len(values)
    return Record(record.text, marked)


def _in_place_of_marks(committed: str, marked: str) -> dict[int, str]:
    found: dict[int, str] = {}
    old, new = committed.splitlines(), marked.splitlines()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace":
            found |= _beside("\n".join(old[i1:i2]), "\n".join(new[j1:j2]))
    return found


def _beside(committed: str, marked: str) -> dict[int, str]:
    """First by whole lines, of which all but the marks is the same; then by words, in lines that changed too."""
    found: dict[int, str] = {}
    lines, rest = committed.splitlines(), []
    for line in marked.splitlines():
        pattern = re.compile("(.*?)".join(map(re.escape, ANY_MARK.split(line))))
        match = next((match for old in lines if (match := pattern.fullmatch(old))), None)
        if match:
            numbers = [int(mark[1:-1]) for mark in ANY_MARK.findall(line)]
            found |= {number: ESCAPED.sub(r"\1", text) for number, text in zip(numbers, match.groups(), strict=True)}
            lines.remove(match[0])
        else:
            rest.append(line)
    return found | _word_by_word("\n".join(lines), "\n".join(rest))


def _word_by_word(committed: str, marked: str) -> dict[int, str]:
    old, new = list(TOKEN.finditer(committed)), TOKEN.findall(marked)
    words = [token[0] for token in old]
    return {
        int(new[j1][1:-1]): ESCAPED.sub(r"\1", committed[old[i1].start() : old[i2 - 1].end()])
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, words, new, autojunk=False).get_opcodes()
        if tag == "replace" and j2 == j1 + 1 and new[j1].startswith(MARK[0])
    }
