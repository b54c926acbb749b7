"""`mathpost scan`: the steps of posts that do not follow, found in their text alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mathpost.commands.sarif import sarif_of
from mathpost.commands.terminal import STDERR, STDOUT
from mathpost.ground.errors import InputError, Place, relative
from mathpost.scanning import Finding, Scanned, scan

SUFFIXES = (".md", ".markdown", ".qmd", ".ipynb", ".tex")
HIDDEN = frozenset(("node_modules", "public", "_site", "site-packages"))
NO_DOCUMENT = "there is no document here: a scan reads .md, .qmd, .ipynb and .tex"


def scan_files(paths: Sequence[Path], *, form: str, verbose: bool) -> int:
    """Scan files and folders; `form` is `text`, `json` or `sarif`.

    Gives 1 if something was found, 2 if a file could not be read, else 0.
    """
    scanned, unread = [], 0
    for path in paths:
        for file in _documents(path):
            try:
                scanned.append(scan(file))
            except InputError as error:
                unread += 1
                STDERR.say(f"mathpost: {Place(relative(file), error.place.cell, error.place.line)}: {error.message}")
                continue
            if form == "text":
                _say(scanned[-1], verbose=verbose)
    if form != "text":
        objects = sarif_of(scanned) if form == "sarif" else [each.to_json() for each in scanned]
        STDOUT.say(json.dumps(objects, indent=2, ensure_ascii=False))
    return 2 if unread else int(any(each.findings for each in scanned))


def _documents(path: Path) -> Iterator[Path]:
    """The file itself, or all documents of a folder, those of hidden and generated folders apart."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise InputError("there is no such file", Place(path))
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.suffix in SUFFIXES
        and file.is_file()
        and not any(part.startswith(".") or part in HIDDEN for part in file.relative_to(path).parts)
    ]
    if not found:
        raise InputError(NO_DOCUMENT, Place(path))
    yield from found


def _say(found: Scanned, *, verbose: bool) -> None:
    for finding in found.findings:
        STDOUT.say(str(_told(finding)))
    STDERR.say(f"{relative(found.path)}: {found.coverage}")
    if verbose:
        for reason, count in found.untried.most_common():
            STDERR.say(f"    {count} not tried: {reason}")


def _told(finding: Finding) -> Finding:
    place = finding.place
    return replace(finding, place=Place(relative(place.file or Path()), place.cell, place.line))
