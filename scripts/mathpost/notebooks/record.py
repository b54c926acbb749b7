"""What an executed notebook recorded: the record of a post, which everything behind the kernel only reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from nbformat import NotebookNode

from mathpost.ground.verdicts import MIME as VERDICTS
from mathpost.ground.verdicts import Verdict
from mathpost.notebooks.kernel import ANSI
from mathpost.notebooks.reads import Reads
from mathpost.text.post import PostText

Notebook: TypeAlias = NotebookNode

ASKED = "a cell asks {host}: if that answers otherwise tomorrow, nothing here will notice; keep the answer in a file"
LEFT_RUNNING = "a cell had left a process running, which was ended: {command}"
FILE_OF_CELL = re.compile(r"(?:/\S*?ipykernel_\d+/\d+\.py|<ipython-input-[^>]*>):(\d+): ")


@dataclass(frozen=True)
class CellWarning:
    """What a cell wrote to its standard error, or all of them left running."""

    cell: int | None
    text: str


@dataclass(frozen=True)
class Record:
    """A post that was executed: what its text says, and the notebook with its outputs."""

    text: PostText
    notebook: Notebook

    @property
    def versions(self) -> Mapping[str, str]:
        """With what it was made."""
        versions: Mapping[str, str] = self._made.get("versions", {})
        return versions

    @property
    def parameters(self) -> Mapping[str, object]:
        """The values given instead of the notebook's own."""
        parameters: Mapping[str, object] = self._made.get("parameters", {})
        return parameters

    @property
    def reads(self) -> Reads:
        """What it has read beside what is known of it."""
        return Reads.from_json(self._made.get("reads", {}))

    @property
    def _made(self) -> Mapping[str, Any]:
        made: Mapping[str, Any] = self.notebook.metadata.get("mathpost", {})
        return made

    def cell(self, number: int | None) -> Notebook:
        """The cell of this number, which counts all cells from 1."""
        cell: Notebook = self.notebook.cells[(number or 1) - 1]
        return cell

    def inline_values(self, number: int | None) -> tuple[str, ...]:
        """The values of a Markdown cell's inline code, in order."""
        return inline_values_of(self.cell(number))

    @cached_property
    def checks(self) -> tuple[tuple[tuple[str, ...], Verdict], ...]:
        """What the checks in the notebook found, in the order of the cells, each with what its check was aimed at."""
        return tuple(
            (tuple(found.get("target", ())), Verdict.from_json(verdict))
            for found in self.recorded(VERDICTS)
            for verdict in found["verdicts"]
        )

    def recorded(self, mime: str) -> list[Mapping[str, Any]]:
        """What the cells recorded under a mime type of ours, in their order."""
        return [data[mime] for cell in self.text.code for data in data_of(self.cell(cell.number)) if mime in data]

    def warnings(self) -> Iterator[CellWarning]:
        """What cells wrote to standard error, and left running: shown to the author, never on the page."""
        for cell in self.text.code:
            outputs = self.cell(cell.number).outputs
            text = "".join(output.text for output in outputs if output.get("name") == "stderr")
            if text := FILE_OF_CELL.sub(r"line \1: ", ANSI.sub("", text)).strip():
                yield CellWarning(cell.number, text)
        for command in self._made.get("ended", ()):
            yield CellWarning(None, LEFT_RUNNING.format(command=command))
        for host in self.reads.hosts:
            yield CellWarning(None, ASKED.format(host=host))


def inline_values_of(cell: Notebook) -> tuple[str, ...]:
    return tuple(cell.metadata.get("mathpost", {}).get("inline", ()))


def data_of(cell: Notebook) -> Iterable[Mapping[str, Any]]:
    return (output.data for output in cell.outputs if "data" in output)
