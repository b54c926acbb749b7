"""What GitHub Actions shows: an annotation at the line that drifted, and a summary of the run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SUMMARY_LIMIT = 900_000  # bytes; GitHub takes a mebibyte for a step
OUTCOMES = ("hold", "defined", "waived", "drifted")


@dataclass(frozen=True)
class Told:
    """One statement of a post and what was found: `file` and `line` are where GitHub shows it."""

    post: str
    name: str
    kind: str
    file: str
    line: int
    message: str
    waived: bool = False
    defines: bool = False

    @property
    def outcome(self) -> str:
        if self.message:
            return "drifted"
        return "waived" if self.waived else "defined" if self.defines else "hold"


def is_running() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotation(told: Told) -> str:
    """A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""
    title = _property(f"{told.post}: {told.name}")
    return f"::error file={_property(told.file)},line={told.line},title={title}::{_data(told.message)}"


def write_summary(found: Sequence[Told]) -> None:
    """Append to the summary of the job, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(found)[:SUMMARY_LIMIT])


def summary(found: Sequence[Told]) -> str:
    """Markdown: a table of the posts, then each drift with its whole message."""
    posts = sorted({told.post for told in found})
    kinds = [kind for kind in ("claim", "number", "value", "figure", "page") if any(t.kind == kind for t in found)]
    lines = ["## What the posts state", ""]
    if not found:
        return "\n".join([*lines, "No post is touched by this change.", ""])
    lines += [_row(["post", *(f"{kind}s" for kind in kinds)]), _row(["---"] * (len(kinds) + 1))]
    lines += [
        _row([post, *(_count(t for t in found if (t.post, t.kind) == (post, kind)) for kind in kinds)])
        for post in posts
    ]
    for told in found:
        if told.message:
            fence = "`" * (3 + _longest_run(told.message))
            lines += ["", f"### {told.post}: {told.name}", "", f"{fence}text", told.message, fence]
    if any(told.message and told.kind == "figure" for told in found):
        lines += ["", "Committed, new and difference images are in the artifact `drift` of this run."]
    return "\n".join([*lines, ""])


def told_from(record: Mapping[str, object]) -> Told:
    return Told(**record)  # type: ignore[arg-type]


def path_in_repository(path: Path) -> str:
    """A file as GitHub knows it."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _count(found: Iterable[Told]) -> str:
    counts = Counter(told.outcome for told in found)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]) or "–"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _longest_run(text: str) -> int:
    return max([0, *(len(run) for run in "".join(c if c == "`" else " " for c in text).split())])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
