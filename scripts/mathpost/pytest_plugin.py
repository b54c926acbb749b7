"""Pytest's border: `pytest notebooks/` has a test for each claim, number, figure and page of each post.

Collecting reads the text of a notebook and runs nothing. A post is executed once in a session, by whichever worker
asks first; the others wait for what it found.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mathpost.commands.github import Told
    from mathpost.drift.compare import Finding
    from mathpost.text.outline import Statement

# Every session of everyone who has this package installed loads this module: it imports what it needs when it needs it.
FOLDER = pytest.StashKey[TemporaryDirectory[str] | None]()
SHARED = pytest.StashKey[Path | None]()
KNOWN = pytest.StashKey[dict[Path, dict[str, "Finding"]]]()


class Drifted(Exception):
    """A statement that no longer agrees with what the notebook gives."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mathpost", "posts whose equations are evaluated from their own LaTeX")
    group.addoption(
        "--posts-changed-since",
        metavar="REF",
        help="test only the posts that a branch has touched since it left REF (or all, if what makes them has changed)",
    )


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("mathpost_folder")
    config.stash[SHARED] = Path(given) if given else None
    config.stash[FOLDER] = None
    config.stash[KNOWN] = {}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: a folder of this session, in which its workers leave what they found for each other."""
    from mathpost.ground.files import working_folder

    stash = node.config.stash
    stash[FOLDER] = stash[FOLDER] or working_folder()
    node.workerinput["mathpost_folder"] = stash[FOLDER].name


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(FOLDER, None)
    if folder:
        folder.cleanup()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".ipynb":
        return None
    from mathpost.site.layout import is_post

    return NotebookFile.from_parent(parent, path=file_path) if is_post(file_path) else None


class NotebookFile(pytest.File):
    """The notebook of a post."""

    def collect(self) -> Iterator[pytest.Item]:
        from mathpost.text.outline import outline_of
        from mathpost.text.source_lines import source_lines

        if not self._is_wanted():
            return
        lines = source_lines(self.path.read_text(encoding="utf-8", errors="replace"))
        for statement in outline_of(self.path):
            at = lines.get((statement.cell, statement.line)) or lines.get((statement.cell, 1), 1)
            yield StatementItem.from_parent(self, name=statement.name, statement=statement, line=at)

    def _is_wanted(self) -> bool:
        reference = self.config.getoption("--posts-changed-since")
        if not reference:
            return True
        from mathpost.ground.errors import MathpostError
        from mathpost.site import Site
        from mathpost.site.changes import touched_posts

        try:
            touched = touched_posts(Site(self.path.parent.parent), reference)
        except MathpostError as error:
            raise pytest.UsageError(str(error)) from None
        return self.path.stem in [post.slug for post in touched]


class StatementItem(pytest.Item):
    """One thing that a post states."""

    def __init__(self, *, statement: Statement, line: int, **options: Any) -> None:
        super().__init__(**options)
        self.statement = statement
        self.line = line

    def runtest(self) -> None:
        finding = _findings(self.config, self.path).get(self.name)
        if finding is None:
            raise Drifted(f"{self.name} was there when the tests were collected, and is no longer: run them again")
        if finding.drifted:
            raise Drifted(finding.message)
        if finding.waived:
            pytest.skip(f"waived: {finding.waived}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Drifted):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a summary needs travels with the report, from a worker too."""
    report = yield
    if isinstance(item, StatementItem) and call.when == "call":
        from mathpost.commands.github import Told, path_in_repository

        message = report.longreprtext if report.failed else ""
        kind = item.statement.kind
        file = path_in_repository(item.path)
        finding = _findings(item.config, item.path).get(item.name) if report.passed else None
        defines = finding is not None and finding.defines
        told = Told(item.path.stem, item.name, kind, file, item.line, message, report.skipped, defines)
        report.mathpost = asdict(told)  # type: ignore[attr-defined]
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if hasattr(terminalreporter.config, "workerinput"):
        return
    from mathpost.commands.github import annotation, is_running, write_summary

    found = _told(terminalreporter)
    if not is_running() or not (found or terminalreporter.config.getoption("--posts-changed-since")):
        return
    for told in found:
        if told.message:
            terminalreporter.write_line(annotation(told))
    write_summary(found)


def _told(terminalreporter: Any) -> list[Told]:
    from mathpost.commands.github import told_from

    reports = [
        report for outcome in ("passed", "skipped", "failed") for report in terminalreporter.stats.get(outcome, [])
    ]
    return [told_from(report.mathpost) for report in reports if hasattr(report, "mathpost")]


def _findings(config: pytest.Config, path: Path) -> dict[str, Finding]:
    """What was found about a post: now, earlier in this session, or by another worker of it."""
    known = config.stash[KNOWN]
    if path not in known:
        from mathpost.drift.findings import find, find_once

        folder = config.stash[SHARED]
        found = find_once(path, folder) if folder else find(path)
        known[path] = {finding.name: finding for finding in found}
    return known[path]
