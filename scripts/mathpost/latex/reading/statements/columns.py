"""The columns of an alignment: which statement one without a left side goes on from.

    a &= b & c &= d \\\\ &= e & &= f      two columns of statements, each goes on in its own: b = e, d = f
    a &= b & &= c \\\\ d &= e & &= f      the empty cell is only space, each row goes on in itself: b = c, e = f
    a &= b & c &= d \\\\ e &= f & &= g    f = g or d = g: nothing decides

A statement stands in the cell of its first relation. Places are those of its chain.
"""

from __future__ import annotations

from mathpost.latex.reading.statements.rows import Row
from mathpost.latex.reading.tokens import Token


class Columns:
    """The statements of each cell, row by row."""

    def __init__(self) -> None:
        self.row = Row([])
        self.is_aligned = False
        self.above: dict[int, list[int]] = {}
        self.own: dict[int, list[int]] = {}
        self.begun: set[int] = set()  # those with a left side, or what goes on from them in their column
        self.parted: set[int] = set()  # those that another goes on from in their row, and not by `=`
        self.goes_on = True

    def begin(self, row: Row) -> None:
        """Another row; what begins anew in the one before ends the columns behind it."""
        if self.own:
            anew = min((cell for cell in self.own if not self.goes_on), default=max(self.own) + 1)
            self.above = {cell: places for cell, places in self.above.items() if self.goes_on or cell < anew} | self.own
            self.is_aligned = self.row.is_aligned
        self.row, self.own, self.goes_on = row, {}, True

    def add(self, relation: Token, place: int, source: int | None) -> None:
        """A statement, and the one that it goes on from."""
        if source is None or all(source not in places for places in self.own.values()):
            self.begun.add(place)
        elif relation.text != "=":
            self.parted.add(source)
        self.goes_on = self.goes_on and source is not None
        self.own.setdefault(self.cell_of(relation), []).append(place)

    def add_refused(self, token: Token, place: int) -> None:
        """What is not read: nothing goes on from it."""
        self.begun.add(place)
        self.own.setdefault(self.cell_of(token), []).append(place)

    def source_of(self, relation: Token, row_before: list[int], last: int) -> int | None:
        """The statement that one goes on from which begins with a relation; None where nothing decides."""
        cell = self.cell_of(relation)
        over = self.above.get(cell, [])
        if self.own:
            if cell in self.own or not over or over[0] not in self.begun:
                return last
            return over[0] if self.goes_on else None
        if over and (len(over) == 1 or (self.is_aligned and self.row.is_aligned)):
            return over[0] if over[0] not in self.parted else None
        return None if len(row_before) > 1 else next(iter(row_before), last)

    def cell_of(self, token: Token) -> int:
        return self.row.cells.get(token.start, 0)
