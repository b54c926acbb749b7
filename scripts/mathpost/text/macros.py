"""The macros of a site: those of its configuration, and those that a theme gives to KaTeX or MathJax in the browser.

A formula means to the checker what it means on the page, and the page knows these everywhere:

    [params.katex.macros]
    "\\RR" = "\\mathbb{R}"

Pages of other sites are read, too: of those that Jekyll, Quarto or Astro make, the scripts and layouts say the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from mathpost.ground.errors import InputError, Place

CONFIG: Final = "config.toml"
SITES: Final = (CONFIG, "hugo.toml", "_config.yml", "_quarto.yml", "astro.config.mjs")
"""What lies at the root of a site, of whichever generator."""
WHERE: Final = ("layouts", "themes", "assets", "static", "_layouts", "_includes", "src")
KINDS: Final = (".html", ".js", ".mjs", ".ts", ".json")
MACROS: Final = ("params", "katex", "macros")
_OBJECT: Final = re.compile(r"""["']?\b\w*macros["']?\s*(?::\s*\w+(?:<[^{}=]*>)?\s*=|[:=])\s*(?=\{)""", re.IGNORECASE)
_SCRIPTED: Final = re.compile("katex|mathjax|renderMathInElement", re.IGNORECASE)
_BRACE: Final = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{}]""", re.DOTALL)


def macros_around(path: Path) -> Mapping[str, str]:
    """The macros of the site that a notebook or a page lies in, by name with their bodies; none where there is no site.

    Errors: InputError for a configuration that cannot be read, or a macro that is no text.
    """
    root = _root_around(path)
    return {**_of_theme(root), **_checked(table_in(root / CONFIG, *MACROS), root / CONFIG)} if root else {}


def table_around(path: Path, *names: str) -> tuple[object, Path]:
    """What the configuration of the site around a file holds under names, one in the other, and where it stands."""
    root = _root_around(path)
    file = (root or path.parent) / CONFIG
    return table_in(file, *names), file


def _root_around(path: Path) -> Path | None:
    folders = path.resolve().parents
    return next((folder for folder in folders if any((folder / name).is_file() for name in SITES)), None)


def macros_in(script: str) -> Iterator[tuple[str, str]]:
    """What a configuration such as `renderMathInElement(…, {macros: {"\\\\RR": …}})` or MathJax's defines."""
    if not _SCRIPTED.search(script):
        return
    import json5  # few sites have such a file, and it costs as much as all else that is imported to read a text

    for match in _OBJECT.finditer(script):
        try:
            found = json5.loads(_object_at(script, match.end()))
        except ValueError:
            continue  # a template's or a program's own doing, which is no list of macros
        for name, value in found.items() if isinstance(found, dict) else ():
            body = value[0] if isinstance(value, list) and value else value
            if isinstance(body, str):
                yield _with_backslash(name), body


def table_in(config: Path, *names: str) -> object:
    """What a configuration holds under names; an empty table where it has none of them, or there is no such file."""
    if not config.is_file():
        return {}
    try:
        settings = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot be read: {error}", Place(config)) from None
    table: object = settings
    for name in names:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    return table


def _checked(table: object, file: Path) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(body, str) for body in table.values()):
        raise InputError(r"[params.katex.macros] must hold texts, as in '\\RR' = '\\mathbb{R}'", Place(file))
    return {_with_backslash(name): body for name, body in table.items()}


@lru_cache(maxsize=8)
def _of_theme(root: Path) -> Mapping[str, str]:
    files = [file for name in WHERE for file in sorted((root / name).rglob("*")) if file.suffix in KINDS]
    return {name: body for file in files for name, body in macros_in(file.read_text("utf-8", errors="replace"))}


def _object_at(text: str, start: int) -> str:
    depth = 0
    for match in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return text[start : match.end()]
    return text[start:]


def _with_backslash(name: str) -> str:
    return name if name.startswith("\\") else f"\\{name}"
