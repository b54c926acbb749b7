"""Faults: what goes wrong around a site, planted in a copy of one, and what the program makes of it.

A fault is planted, the program runs, and the files of the site are compared with those before. Whatever is told:
nothing that an author wrote may change, and after a failure nothing that was published.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from nbformat import NotebookNode

from making import write
from mathpost.site import Site
from places import ROOT
from programs import run, run_anew
from running import mean_post

SLUG = "mean"
HANGS = -1
PUBLISHED = ("content/posts", "static/images", "public")
OF_THE_PROGRAM = (".cache", "node_modules", "layouts", "assets")
PLACE = re.compile(r"[\w./-]+\.(?:ipynb|md|toml|png|svg)\b(?:, cell \d+)?(?:, line \d+)?|SITE/[\w./-]+")
MISTAKES = ("Traceback", "a mistake in mathpost itself")
CHANGING = (
    (re.compile(r"\d+\.\d+ s\b"), "… s"),
    (re.compile(r"\bprocess \d+"), "process …"),
    (re.compile(r"(mathpost|matplotlib)-[\w-]+(?=/|\b)"), r"\1-…"),
)

Planting = Callable[[Site], object]


@dataclass(frozen=True)
class Fault:
    """A way in which something goes wrong: how it is planted, and the run that meets it.

    With an environment, or limits that a shell sets before it, the program is started anew by its command line. A slow
    one is met once cells have run.
    """

    title: str
    plant: Planting
    command: tuple[str, ...] = ("publish",)
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: str = ""
    slow: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run ended with and said, which files differ from before, and what it left behind."""

    code: int
    said: str
    changed: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """The files that must not have changed and did."""
        return tuple(path for path in self.changed if self.code != 0 or not path.startswith(PUBLISHED))

    @property
    def survived(self) -> bool:
        return (
            self.code != HANGS and not self.lost and not self.left and not any(word in self.said for word in MISTAKES)
        )

    @property
    def names_a_place(self) -> bool:
        return bool(PLACE.search(self.said))

    def told(self) -> str:
        """As the table of cases holds it."""
        site = "new" if self.changed else "as before"
        return f"ends with {self.code}, the site is {site}\n{self.said}".rstrip()


def meet(fault: Fault, site: Site) -> Outcome:
    """Plant a fault in a site of its own, run the program, and look at what came of it."""
    fault.plant(site)
    before = files_of(site)
    with tempfile.TemporaryDirectory(prefix="f") as temporary:
        environment = {"TMPDIR": temporary, **fault.environment}
        try:
            done = _run(fault, site, environment)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            done = subprocess.CompletedProcess(fault.command, HANGS, "", str(error))
        left = (*sorted(path.name for path in Path(temporary).iterdir()), *_processes_in(site))
    after = files_of(site)
    changed = tuple(sorted(path for path in {*before, *after} if before.get(path) != after.get(path)))
    return Outcome(done.returncode, _plain(done.stdout + done.stderr, site, Path(temporary)), changed, left)


def _run(fault: Fault, site: Site, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    words = ("-C", str(site.root), *fault.command)
    if fault.limits or fault.environment:
        return run_anew("mathpost", *words, folder=None, limits=fault.limits or ":", **environment)
    return run("mathpost", *words, folder=None, **environment)


def _plain(said: str, site: Site, temporary: Path) -> str:
    places = (
        (site.root, "SITE"),
        (temporary, "TMP"),
        (sys.prefix, "VENV"),
        (sys.base_prefix, "PYTHON"),
        (ROOT, "SOURCE"),
    )
    for place, name in places:
        said = said.replace(str(place), name)
    for changing, instead in CHANGING:
        said = changing.sub(instead, said)
    return said


def files_of(site: Site) -> Mapping[str, str]:
    """A digest of each file of a site that is not the program's own, by its path; a link is what it leads to."""
    found = {}
    for folder, folders, names in os.walk(site.root):
        at = Path(folder)
        folders[:] = [name for name in folders if not (at == site.root and name in OF_THE_PROGRAM)]
        for name in (*names, *(each for each in folders if (at / each).is_symlink())):
            path = at / name
            found[str(path.relative_to(site.root))] = _digest(path)
    return found


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if not path.is_file():
        return "special"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _processes_in(site: Site) -> tuple[str, ...]:
    """The programs that still run and were started for a site, ourselves and ours apart."""
    here = str(site.root)
    found = []
    for process in psutil.process_iter(["pid", "cwd", "cmdline"]):
        words = process.info["cmdline"] or []
        if (process.info["cwd"] or "").startswith(here) or any(here in word for word in words):
            found.append(f"process {' '.join(words)[:80]}")
            process.kill()
    return tuple(found)


def copy_of(site: Site, root: Path) -> Site:
    shutil.copytree(site.root, root, symlinks=True, dirs_exist_ok=True)
    return Site(root)


def add_cells(*cells: NotebookNode) -> Planting:
    """The post, with these cells behind its own."""
    return lambda site: write(site.notebooks / f"{SLUG}.ipynb", *mean_post(), *cells)


def head(source: str) -> Planting:
    """The post, under this front matter."""
    return lambda site: write(site.notebooks / f"{SLUG}.ipynb", *mean_post(), front_matter=source)


def impatient(planting: Planting) -> Planting:
    """Under a patience of three seconds."""

    def plant(site: Site) -> None:
        config = site.config.read_text(encoding="utf-8")
        assert "cell_timeout = 120" in config
        site.config.write_text(config.replace("cell_timeout = 120", "cell_timeout = 3"), encoding="utf-8")
        planting(site)

    return plant
