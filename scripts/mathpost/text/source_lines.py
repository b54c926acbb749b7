"""Where a line of a cell stands in the file of its notebook, so that a pull request can be annotated there."""

from __future__ import annotations

import re

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')


def source_lines(text: str) -> dict[tuple[int, int], int]:
    """For each cell and each line in it (both counted from 1), the line of the JSON file (from 1).

    Text that is no notebook gives nothing: where it breaks off, so do the lines.
    """
    lines: dict[tuple[int, int], int] = {}
    path: list[object] = []
    key = ""
    line, seen = 1, 0
    for token in TOKEN.finditer(text):
        line, seen = line + text.count("\n", seen, token.start()), token.start()
        mark = token[0]
        if mark == "{":
            path.append(key)
            key = ""
        elif mark == "[":
            path += [key, 0]
            key = ""
        elif mark == "}":
            path = path[:-1]
        elif mark == "]":
            path = path[:-2]
        elif mark == ",":
            key = ""
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif mark.startswith('"'):
            _note(lines, path, key, line)
            key = mark[1:-1]
    return lines


def line_in_file(data: bytes, cell: int | None, line: int | None) -> int:
    """The line of a file that holds `data` to show for a cell and a line in it; the first where none is known."""
    known = source_lines(data.decode("utf-8", errors="replace"))
    return known.get((cell or 0, line or 1)) or known.get((cell or 0, 1)) or 1


def _note(lines: dict[tuple[int, int], int], path: list[object], key: str, line: int) -> None:
    match path:
        case ["", "cells", int(cell), "", "source", int(number)]:
            lines[(cell + 1, number + 1)] = line
        case ["", "cells", int(cell), ""] if key == "source":
            lines[(cell + 1, 1)] = line
