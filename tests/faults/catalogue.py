"""All faults by their kind. Those that are texts alone stand in `cases/faults`, where what is told of each stands too.

`MATHPOST_REGENERATE=1` writes anew what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from faulting import Fault, Planting, add_cells, head, impatient
from faults import machines, notebooks, sites, texts
from making import code, text
from places import CASES
from textcases import read_titled

WRITING = Lock()
FOLDER = CASES / "faults"
KINDS: Mapping[str, str] = {
    "notebooks": "notebooks that are none, names that no post can have",
    "heads": "front matter",
    "texts": "texts that lead out of the page, or have no end",
    "cells": "cells that fail, hang, kill, or show what no page can hold",
    "machines": "a machine that is full, small, odd, or lacks something",
    "sites": "what others have put into a site, changed or taken",
}
WRITTEN: Mapping[str, tuple[str, Callable[[str], Planting]]] = {
    "heads": ("heads", head),
    "heads_run": ("heads", head),
    "texts": ("texts", lambda words: add_cells(text(words))),
    "texts_run": ("texts", lambda words: add_cells(text(words))),
    "cells_run": ("cells", lambda source: add_cells(code(source))),
    "hanging_run": ("cells", lambda source: impatient(add_cells(code(source)))),
}
MADE: Mapping[str, Sequence[Fault]] = {
    "notebooks": notebooks.FAULTS,
    "texts": texts.FAULTS,
    "machines": machines.FAULTS,
    "sites": sites.FAULTS,
}


@dataclass(frozen=True)
class Case:
    """A fault, its kind, and what is told of it: in a file, behind its title."""

    kind: str
    fault: Fault
    file: str
    told: str


def cases() -> list[Case]:
    found = []
    for name, (kind, planting) in WRITTEN.items():
        for title, (source, told) in read_titled(f"faults/{name}.txt").items():
            found.append(Case(kind, Fault(title, planting(source), slow=name.endswith("_run")), name, told))
    for kind, faults in MADE.items():
        known = read_titled(f"faults/made_{kind}.txt")
        found += [Case(kind, fault, f"made_{kind}", known.get(fault.title, ("", ""))[1]) for fault in faults]
    return found


def write_told(case: Case, told: str) -> None:
    """Write what is told of a fault into its file, of which one case is written at a time."""
    with WRITING:
        _write_told(case, told)


def _write_told(case: Case, told: str) -> None:
    path = FOLDER / f"{case.file}.txt"
    known = read_titled(f"faults/{case.file}.txt")
    known[case.fault.title] = (known.get(case.fault.title, ("", ""))[0], told)
    text = "\n".join(f"{title}\n.\n{source}\n.\n{said}\n.\n" for title, (source, said) in known.items())
    path.write_text(text, encoding="utf-8")
