"""What an output says of the run and the machine that made it: paths, memory addresses, names of objects.

A page has none of it: it would differ the next time, and be of no use to a reader.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# As Python writes them behind `at`, and as `hex(id(x))` gives them on a machine of 64 bits.
ADDRESS: Final = re.compile(r"\bat 0x[0-9A-Fa-f]{4,16}\b|\b0x(?:0000)?(?:7[ef]|5[56])[0-9A-Fa-f]{10}\b")
# What stands for a thing and does not show it: most of it comes from a call of matplotlib at the end of a cell.
OBJECT: Final = re.compile(
    r"""<[^<>]*\b(?:object|objects)\b[^<>]*>      # <BarContainer object of 3 artists>
    |<(?:[\w.]*\.)?\w*(?:Axes|Axes3D|AxesSubplot|Figure|FacetGrid|Legend|Colorbar)(?:[ ][^<>]*|:[^<>]*)?>
    |<(?:function|bound[ ]method|built-in[ ](?:function|method)|module|generator|coroutine)[ ]
    |<(?:matplotlib|mpl_toolkits)\.[^<>]*>
    |\A[\[(]*Text\(-?[\d.]+(?:e[+-]?\d+)?,[ ]
    """,
    re.VERBOSE,
)
# Folders at the root of a machine below which nothing has the same path on another.
ABSOLUTE: Final = re.compile(
    r"""(?<![\w.:/~\\-])(?:file://)?/
    (?:home|Users|root|tmp|var|private|opt|usr|mnt|media|srv|work|workspaces?|builds|Volumes|Library|System|nix|etc|
       proc|run|dev|lib|lib64|snap|kaggle)
    (?:/[\w.@+~=-]+)*/(?=[\w.@+~=-])
    |(?<![\w/])[A-Za-z]:(?:\\+|/)(?:[^\s\\/:*?"<>|']+(?:\\+|/))*""",
    re.VERBOSE,
)
ELIDED: Final = "…/"


def has_address(text: str) -> bool:
    return ADDRESS.search(text) is not None


def is_representation(text: str) -> bool:
    """Whether a value shows itself only by the name or the address of an object."""
    return has_address(text) or OBJECT.search(text) is not None


def without_addresses(text: str) -> str:
    """Printed text without the lines that hold a memory address."""
    return "\n".join(line for line in text.split("\n") if not has_address(line))


def without_paths(text: str, notebook: Path) -> str:
    """Text in which paths begin at the notebook's folder, at home, or nowhere."""
    folder = notebook.resolve().parent
    prefixes = ((f"{folder}/", ""), (str(folder), "."), (f"{notebook.parent}/", ""), (f"{folder.parent}/", ""))
    for prefix, shown in prefixes:
        if len(prefix) > len("./"):
            text = text.replace(prefix, shown)
    return ABSOLUTE.sub(ELIDED, re.sub(rf"{re.escape(str(Path.home()))}(?![\w.-])", "~", text))
