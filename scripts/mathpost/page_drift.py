"""How a committed page differs from what the notebook gives now: line by line, and number by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from .exporter import Page, export
from .markdown import find_inline_code
from .notebook import Notebook, cells_of, inline_values_of
from .numbers import sentence_around
from .outline import value_names
from .seal import LINE as SEAL
from .seal import unsealed

CONTEXT = 60
HUNKS = 20
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


def differences(committed: str, page: Page) -> str:
    """The lines that differ, as a unified diff, each part with the cell that it comes from. Empty if none do."""
    if unsealed(committed) == unsealed(page.text):
        return ""
    old, new = _with_seal_of(committed, page.text).splitlines(), page.text.splitlines()
    hunks = [hunk for hunk in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if hunk[0] != "equal"]
    parts = [_hunk(old[i1:i2], new[j1:j2], (i1, j1), page) for _, i1, i2, j1, j2 in hunks[:HUNKS]]
    if len(hunks) > HUNKS:
        parts.append(f"… and {len(hunks) - HUNKS} more")
    return "\n".join(parts)


def first_cell(committed: str, page: Page) -> int:
    """The cell of the first line that differs."""
    old, new = _with_seal_of(committed, page.text).splitlines(), page.text.splitlines()
    pairs = enumerate(zip(old, new, strict=False), 1)
    return _cell(page, next((line for line, (one, other) in pairs if one != other), min(len(old), len(new))))


def values_of(committed: str, record: Notebook, path: Path) -> list[Value]:
    """Each value of inline code, with what the committed page has in its place.

    The page is made once more with a mark for each value, and laid beside the committed one, word by word: what stands
    where a mark stands is the value as reported.
    """
    cells = cells_of(record, "markdown")
    names = value_names((number, cell.source) for number, cell in cells)
    computed = [value for _, cell in cells for value in inline_values_of(cell)]
    sentences = [text for _, cell in cells for text in _sentences(cell.source, inline_values_of(cell))]
    reported = _in_place_of_marks(unsealed(committed), unsealed(export(_marked(record), path).text))
    return [
        Value(*name, sentence, value, reported.get(number))
        for number, (name, sentence, value) in enumerate(zip(names, sentences, computed, strict=True))
    ]


def _sentences(source: str, values: Sequence[str]) -> list[str]:
    """For each inline code the sentence that it stands in, with values in it."""
    shown, position = "", 0
    spans: list[tuple[int, int]] = []
    for code, value in zip(find_inline_code(source), values, strict=True):
        shown += source[position : code.start]
        spans.append((len(shown), len(shown) + len(value)))
        shown, position = shown + value, code.end
    shown += source[position:]
    return [sentence_around(shown, *span) for span in spans]


def _marked(record: Notebook) -> Notebook:
    marked, count = deepcopy(record), 0
    for _, cell in cells_of(marked, "markdown"):
        values = inline_values_of(cell)
        if values:
            cell.metadata["mathpost"]["inline"] = [MARK.format(count + number) for number in range(len(values))]
            count += len(values)
    return marked


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


def _with_seal_of(committed: str, text: str) -> str:
    """The committed page with the other's seal, so that lines keep their numbers and seals do not differ."""
    seal = SEAL.search(text)
    return SEAL.sub(lambda _: seal[0], committed, count=1) if seal else committed


def _cell(page: Page, line: int) -> int:
    return page.cell_at(line) or 1


def _hunk(old: Sequence[str], new: Sequence[str], starts: tuple[int, int], page: Page) -> str:
    ranges = [f"{start + 1},{len(lines)}" for start, lines in zip(starts, (old, new), strict=True)]
    head = f"@@ -{ranges[0]} +{ranges[1]} @@ cell {_cell(page, starts[1] + 1)}"
    if len(old) == len(new) == 1:
        old, new = ([text] for text in _shortened(old[0], new[0]))
    return "\n".join([head, *(f"-{line}" for line in old), *(f"+{line}" for line in new)])


def _shortened(one: str, other: str) -> list[str]:
    """Two long lines around what differs: a paragraph is a line, and the eye looks for a word."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left = max(0, start - CONTEXT)
    length = min(len(one), len(other)) - start
    end = next((n for n in range(length) if one[-1 - n] != other[-1 - n]), max(length, 0))
    right = max(0, end - CONTEXT)
    marks = ("…" if left else "", "…" if right else "")
    return [f"{marks[0]}{line[left : len(line) - right]}{marks[1]}" for line in (one, other)]
