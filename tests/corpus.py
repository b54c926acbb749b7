"""Notebooks of public repositories as posts of small sites: what a trial is made on.

Each folder of a repository that holds notebooks becomes the `notebooks/` of a site, with the files beside them. What
moving them there asks for is done: a notebook gets a front matter if it has none; where it links to a notebook in
another folder of its repository, that one is put beside it, and the link follows. Files of other folders stay where
they are seen from there.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote, unquote

import nbformat
from nbformat import NotebookNode

from making import raw

SUFFIX: Final = ".ipynb"
CHECKPOINTS: Final = ".ipynb_checkpoints"
LINK: Final = re.compile(r"(?<=\]\()[^)\s#]+\.ipynb(?=[#)\s])")
PYTHON: Final = "python"
DEEP: Final = ("a", "b", "c", "d")  # so that a path that leads up several folders stays in the place of the site
RECORD: Final = "mathpost"  # with it, a notebook counts as executed


@dataclass(frozen=True)
class Source:
    """A notebook as it lies in its repository."""

    path: PurePosixPath
    notebook: NotebookNode

    @property
    def language(self) -> str:
        told = self.notebook.metadata.get("language_info", {})
        kernel = self.notebook.metadata.get("kernelspec", {})
        return str(told.get("name") or kernel.get("language") or kernel.get("name", PYTHON))

    @property
    def is_python(self) -> bool:
        return self.language.lower().startswith(PYTHON)


@dataclass(frozen=True)
class Repository:
    """A clone of a public repository, of which HEAD is read; files that the clone lacks are not there."""

    name: str
    clone: Path

    @cached_property
    def commit(self) -> str:
        return self._git("rev-parse", "HEAD").decode().strip()

    @cached_property
    def files(self) -> Mapping[PurePosixPath, bytes]:
        return self.contents(lambda path: True)

    def contents(self, wanted: Callable[[PurePosixPath], bool]) -> Mapping[PurePosixPath, bytes]:
        """The files that are wanted, in the order of their names."""
        entries = [entry.split("\t", 1) for entry in self._git("ls-tree", "-r", "-z", "HEAD").decode().split("\0")[:-1]]
        blobs = {PurePosixPath(name): about.split()[2] for about, name in entries if about.split()[1] == "blob"}
        names = {path: blob for path, blob in blobs.items() if wanted(path)}
        objects = self._git("cat-file", "--batch", given="\n".join(names.values()).encode() + b"\n")
        return dict(_contents(list(names), objects))

    @cached_property
    def notebooks(self) -> dict[PurePosixPath, Source]:
        paths = [path for path in self.files if path.suffix == SUFFIX and CHECKPOINTS not in path.parts]
        read = ((path, _notebook(self.files[path])) for path in sorted(paths))
        return {path: Source(path, notebook) for path, notebook in read if notebook is not None}

    @property
    def folders(self) -> list[PurePosixPath]:
        """Those that hold notebooks."""
        return sorted({path.parent for path in self.notebooks})

    def _git(self, *command: str, given: bytes = b"") -> bytes:
        folder = self.clone / ".git" if (self.clone / ".git").exists() else self.clone
        done = subprocess.run(["git", "--git-dir", folder, *command], input=given, capture_output=True, check=True)
        return done.stdout


def write_site(repository: Repository, folder: PurePosixPath, root: Path) -> Iterator[tuple[Source, Path]]:
    """Make the site of a folder; gives each of its notebooks in Python, and where it lies now."""
    target = root.joinpath(*DEEP, "notebooks")
    target.mkdir(parents=True)
    (target.parent / "config.toml").write_text("[params.mathpost]\nremote_images = true\n", encoding="utf-8")
    own = [source for source in repository.notebooks.values() if source.path.parent == folder and source.is_python]
    named = "".join(unquote(cell.source) for source in own for cell in source.notebook.cells)
    for path, data in repository.files.items():
        if path.suffix != SUFFIX and (path.is_relative_to(folder) or path.name in named):
            _write(target / os.path.relpath(path, folder), data)
    beside: dict[str, PurePosixPath] = {source.path.name: source.path for source in own}
    for source in own:
        nbformat.write(_moved(source, repository, beside), target / source.path.name)
        yield source, target / source.path.name
    for name, path in beside.items():
        if not (target / name).exists():
            nbformat.write(_as_post(repository.notebooks[path].notebook), target / name)


def _contents(paths: list[PurePosixPath], objects: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    """What `git cat-file --batch` tells of objects, one after the other."""
    position = 0
    for path in paths:
        head, _, _ = objects[position : position + 200].partition(b"\n")
        position += len(head) + 1
        if not head.endswith(b"missing"):
            size = int(head.split()[2])
            yield path, objects[position : position + size]
            position += size + 1


def _notebook(data: bytes) -> NotebookNode | None:
    """A notebook in the format of today, as JupyterLab would save it; None for what is no notebook."""
    try:
        notebook: NotebookNode = nbformat.reads(data.decode(), as_version=4)
        return notebook
    except Exception:
        return None


def _moved(source: Source, repository: Repository, beside: dict[str, PurePosixPath]) -> NotebookNode:
    """The notebook as a post, its links to notebooks in other folders followed; `beside` grows with these."""

    def followed(link: re.Match[str]) -> str:
        path = PurePosixPath(posixpath.normpath(source.path.parent / unquote(link[0])))
        if path not in repository.notebooks:
            return link[0]
        name = path.name if beside.get(path.name, path) == path else f"{path.parent.name}-{path.name}"
        beside[name] = path
        return quote(name)

    notebook = _as_post(source.notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(followed, cell.source)
    return notebook


def _as_post(notebook: NotebookNode) -> NotebookNode:
    """A copy with front matter, without outputs, that counts as executed: nothing is."""
    copy: NotebookNode = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if not (copy.cells and copy.cells[0].cell_type == "raw" and copy.cells[0].source.lstrip().startswith("---")):
        copy.cells.insert(0, raw())
    copy.metadata = nbformat.from_dict({RECORD: {}})
    return copy


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
