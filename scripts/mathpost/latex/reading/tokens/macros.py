"""Macros that a document defines in its formulas, and their expansion.

definition = ( "\\newcommand" | "\\renewcommand" | "\\providecommand" ) name [ "[" count "]" ] "{" body "}"
           | ( "\\def" | "\\gdef" ) name { "#" digit } "{" body "}"
           | "\\DeclareMathOperator" [ "*" ] name "{" words "}"

A definition holds from its formula on. One with optional or delimited arguments is not taken, and one that comes back
to itself is left as it stands, so that the reader names it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mathpost.latex.tree.spelling import join

NONE_GIVEN: Final[Mapping[str, str]] = {}
MAXIMUM_EXPANSIONS: Final = 500
MAXIMUM_LENGTH: Final = 20_000

_DEFINITION: Final = re.compile(
    r"""\\(?:(?P<new>(?:re|provide)?newcommand|providecommand)\*?|(?P<plain>g?def)(?![A-Za-z])
    |DeclareMathOperator(?P<star>\*?))
    \s*\{?\s*(?P<name>\\[A-Za-z]+)\s*\}?\s*(?:\[(?P<count>\d)\]\s*|(?P<marks>(?:\#\d)+)\s*)?(?=\{)""",
    re.VERBOSE,
)
_COMMAND: Final = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_MARK: Final = re.compile(r"#(\d)")


@dataclass(frozen=True)
class _Macro:
    body: str
    count: int


class Macros:
    """The macros of a document, learned from its formulas in order.

    `given` are those of its site, by name with their bodies: `{"\\RR": "\\mathbb{R}"}`, as KaTeX takes them.
    """

    def __init__(self, given: Mapping[str, str] = NONE_GIVEN) -> None:
        self._known = {name: _Macro(body, _count_of(body)) for name, body in given.items()}
        self._left = 0

    def expand(self, latex: str) -> str:
        """A formula without its definitions, with every known macro replaced; its lines stay where they are."""
        latex = self._learn(latex)
        if not self._known or len(latex) > MAXIMUM_LENGTH:
            return latex
        self._left = MAXIMUM_EXPANSIONS
        return self._expanded(latex, frozenset())

    def _learn(self, latex: str) -> str:
        kept, position = "", 0
        for match in _DEFINITION.finditer(latex):
            end = _end_of_group(latex, match.end())
            if match.start() < position or end is None:
                continue
            body = " ".join(latex[match.end() + 1 : end - 1].split())
            if match["new"] is None and match["plain"] is None:
                body = rf"\operatorname{match['star']}{{{body}}}"
            count = int(match["count"] or 0) + len(match["marks"] or "") // 2
            self._known[match["name"]] = _Macro(body, count)
            kept += latex[position : match.start()] + "\n" * latex.count("\n", match.start(), end)
            position = end
        return kept + latex[position:]

    def _expanded(self, latex: str, active: frozenset[str]) -> str:
        """Replaces from left to right; what a macro becomes may hold others, but never itself."""
        text, position = "", 0
        for match in _COMMAND.finditer(latex):
            name = match.group()
            macro = self._known.get(name)
            if macro is None or name in active or match.start() < position or self._left <= 0:
                continue
            found = _arguments(latex, match.end(), macro.count)
            if found is None:
                continue
            self._left -= 1
            arguments, end = [self._expanded(argument, active) for argument in found[0]], found[1]
            if sum(map(len, arguments)) > MAXIMUM_LENGTH:
                continue
            body = self._expanded(_filled(macro.body, arguments), active | {name})
            self._left = self._left if len(text) + len(body) < MAXIMUM_LENGTH else 0
            text = join(join(text, latex[position : match.start()]), body)
            position = end
        return join(text, latex[position:])


def _count_of(body: str) -> int:
    return max((int(mark) for mark in _MARK.findall(body)), default=0)


def _filled(body: str, arguments: list[str]) -> str:
    """The body with `#1` … replaced."""
    text, position = "", 0
    for match in _MARK.finditer(body):
        number = int(match[1])
        if 0 < number <= len(arguments):
            text = join(text + body[position : match.start()], arguments[number - 1])
            position = match.end()
    return join(text, body[position:])


def _arguments(latex: str, position: int, count: int) -> tuple[list[str], int] | None:
    """As many arguments as a macro takes, and where the source goes on."""
    found: list[str] = []
    for _ in range(count):
        while latex[position : position + 1].isspace():
            position += 1
        if latex[position : position + 1] == "{":
            end = _end_of_group(latex, position)
            inner = latex[position + 1 : end - 1] if end else ""
        else:
            match = _COMMAND.match(latex, position)
            end = match.end() if match else position + 1
            inner = latex[position:end]
        if end is None or (not inner and end > len(latex)):
            return None
        found.append(inner)
        position = end
    return found, position


def _end_of_group(latex: str, position: int) -> int | None:
    """Behind the brace that closes the one at `position`."""
    depth = 0
    for match in _BRACE.finditer(latex, position):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end()
    return None
