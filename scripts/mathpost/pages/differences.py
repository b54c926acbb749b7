"""How a committed page differs from what the notebook gives now: line by line, and number by number."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from mathpost.pages.exporter import Page
from mathpost.site.seal import LINE as SEAL
from mathpost.site.seal import unsealed

CONTEXT = 60
HUNKS = 20


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
