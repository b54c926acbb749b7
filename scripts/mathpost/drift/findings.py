"""Findings for pytest: those of one post, found once, whoever asks."""

from __future__ import annotations

import hashlib
import json
import traceback
import warnings
from pathlib import Path

from mathpost.drift.compare import Finding, find_drift
from mathpost.ground.files import locked, write_atomic
from mathpost.site import Site
from mathpost.text.outline import outline_of


def find(notebook: Path) -> list[Finding]:
    """Execute a post and compare what it states. A mistake of ours is told as one, for each statement."""
    try:
        with warnings.catch_warnings(action="ignore"):  # those of the tests' own world are no matter of the post
            return find_drift(Site(notebook.parent.parent).post(notebook.stem))
    except Exception:
        message = f"this is a mistake in mathpost itself; nothing is known about the post\n{traceback.format_exc()}"
        return [Finding(s.name, s.kind, s.cell, s.line, message) for s in outline_of(notebook)]


def find_once(notebook: Path, folder: Path) -> list[Finding]:
    """`find`, shared by all that name the same folder: one executes, the others wait and read."""
    stem = folder / hashlib.sha256(str(notebook).encode()).hexdigest()[:16]
    record = stem.with_suffix(".json")
    with locked(stem.with_suffix(".lock")):
        if record.exists():
            return [Finding.from_json(entry) for entry in json.loads(record.read_bytes())]
        found = find(notebook)
        write_atomic(record, json.dumps([finding.to_json() for finding in found]).encode())
        return found
