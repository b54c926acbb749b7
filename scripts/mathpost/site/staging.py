"""Pages, figures and `public/` change together, or not at all.

A stage is a second, partial site under `.cache/publish/new`: what will be new or different, at the same relative paths.
Nothing of the real site is touched until `commit`, which

1. writes the journal: from here on the change is decided, a killed process is caught up by the next one (`recover`);
2. exchanges each staged file or folder with the real one, a rename each; `public/` comes last, in one step;
3. removes the journal, then what was replaced.

A step that fails (a read-only folder) undoes the ones before it. A change is recognised as made by the inode of what
was staged, so that going over the journal twice does what going once does.
"""

from __future__ import annotations

import ctypes
import filecmp
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mathpost.ground.errors import EngineError, InputError, Place
from mathpost.ground.files import locked, write_atomic
from mathpost.site.layout import Post, Site
from mathpost.site.seal import made_figures

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@dataclass(frozen=True)
class Change:
    """One path of the site (relative to its root) and the inode of what comes there; None where it goes away."""

    target: Path
    inode: int | None


@dataclass
class Stage:
    """The changes to a site that are being prepared."""

    site: Site
    removed: set[Path] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        return self.site.cache / "publish"

    @property
    def tree(self) -> Path:
        """The partial site with all that will be new."""
        return self.folder / "new"

    @property
    def public(self) -> Path:
        """Where Hugo renders to."""
        return self.tree / "public"

    def made(self) -> frozenset[Path]:
        """What Hugo has rendered, relative to `public`."""
        return frozenset(_files_below(self.public))

    def keep_foreign(self, ours: Collection[Path]) -> frozenset[Path]:
        """Take over from the site what is in `public/` and was neither made now nor is one of `ours`, made before.

        Gives the topmost paths in which all is foreign.
        """
        made = self.made()
        foreign = [path for path in _files_below(self.site.public) if path not in made and path not in ours]
        for path in foreign:
            (self.public / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.site.public / path, self.public / path, follow_symlinks=False)
        folders = {folder for path in made for folder in path.parents}
        return frozenset(_topmost(path, folders) for path in foreign)

    def files(self) -> dict[Path, Path]:
        """The staged pages and figures, by the paths that they will have in the site."""
        found = [path for path in sorted(self.tree.rglob("*")) if path.is_file()]
        return {path.relative_to(self.tree): path for path in found if not path.is_relative_to(self.public)}

    def write(self, path: Path, data: bytes) -> None:
        """Prepare a page or a figure; nothing to do where it stands already as it should."""
        target = self._own(path)
        self.removed.discard(target)
        if path.is_file() and path.read_bytes() == data:
            (self.tree / target).unlink(missing_ok=True)
        else:
            write_atomic(self.tree / target, data)

    def write_figures(self, post: Post, images: Mapping[str, bytes]) -> None:
        """Prepare all figures of a post, by file name; one that was made with its page before, and no more, goes."""
        for name, data in images.items():
            if Path(name).name != name:
                raise InputError(f"{name!r} cannot name a figure: it must be a plain file name")
            self.write(post.figures / name, data)
        for path in made_figures(post):
            if path.name not in images:
                self.remove(path)

    def remove(self, path: Path) -> None:
        """Let a page or a figure go."""
        target = self._own(path)
        (self.tree / target).unlink(missing_ok=True)
        if path.exists():
            self.removed.add(target)

    def retire(self, post: Post) -> None:
        """Let all go that was published from a post."""
        self.write_figures(post, {})
        self.remove(post.page)

    def commit(self) -> tuple[Path, ...]:
        """Make the changes; gives the paths that changed, relative to the root of the site."""
        changes = self._changes()
        if changes:
            _write_journal(self.folder, changes)
            _apply_or_undo(self, changes)
        _clear(self.folder)
        _prune(self.site, changes)
        return tuple(change.target for change in changes)

    def _changes(self) -> list[Change]:
        public = self.public.relative_to(self.tree)
        changes = [Change(target, None) for target in sorted(self.removed)]
        changes += [Change(target, path.stat().st_ino) for target, path in self.files().items()]
        if self.public.is_dir() and not same_tree(self.public, self.site.public):
            changes.append(Change(public, self.public.stat().st_ino))
        return changes

    def _own(self, path: Path) -> Path:
        """The path relative to the site; only pages and figures are ours to change."""
        resolved = path.resolve()
        if not any(resolved.is_relative_to(folder.resolve()) for folder in (self.site.pages, self.site.images)):
            raise InputError("is no page and no figure of this site: left alone", Place(path))
        return path.relative_to(self.site.root)


@contextmanager
def stage(site: Site, waiting: Callable[[str], None] = lambda owner: None) -> Iterator[Stage]:
    """An empty stage; one at a time, others wait and hear for whom. Left without `commit`, nothing has changed."""
    with locked(_lock(site), waiting=waiting):
        staged = Stage(site)
        _recover(staged)
        try:
            yield staged
        finally:
            if not _journal(staged.folder).exists():
                _clear(staged.folder)


def recover(site: Site) -> tuple[Path, ...]:
    """Finish a commit that was killed; gives the paths it had decided to change."""
    if not _journal(Stage(site).folder).exists():
        return ()
    with locked(_lock(site)):
        return _recover(Stage(site))


def same_tree(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    files = [sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file()) for root in (one, other)]
    return files[0] == files[1] and all(filecmp.cmp(one / name, other / name, shallow=False) for name in files[0])


def _files_below(folder: Path) -> Iterator[Path]:
    """All files and links below a folder, relative to it."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place, name).relative_to(folder) for name in (*names, *links))


def _topmost(path: Path, folders: Collection[Path]) -> Path:
    """The first folder above a path that is none of `folders`, else the path."""
    return next((above for above in reversed(path.parents) if above not in folders), path)


def exchange(one: Path, other: Path) -> None:
    """Let two paths trade places: in one step where the system can (Linux), else by way of a third name."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    arguments = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    if renameat2 is not None and renameat2(*arguments) == 0:
        return
    aside = one.with_name(f"{one.name}.aside")
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def _lock(site: Site) -> Path:
    return site.cache / "publish.lock"


def _journal(folder: Path) -> Path:
    return folder / "journal.json"


def _write_journal(folder: Path, changes: list[Change]) -> None:
    entries = [{"target": change.target.as_posix(), "inode": change.inode} for change in changes]
    write_atomic(_journal(folder), json.dumps(entries).encode())


def _read_journal(folder: Path) -> list[Change]:
    try:
        return [Change(Path(entry["target"]), entry["inode"]) for entry in json.loads(_journal(folder).read_bytes())]
    except FileNotFoundError:
        return []


def _recover(staged: Stage) -> tuple[Path, ...]:
    changes = _read_journal(staged.folder)
    for change in changes:
        _apply(staged, change)
    _clear(staged.folder)
    _prune(staged.site, changes)
    return tuple(change.target for change in changes)


def _apply_or_undo(staged: Stage, changes: list[Change]) -> None:
    try:
        for change in changes:
            _apply(staged, change)
    except OSError as error:
        place = Place(staged.site.root / change.target)
        for done in reversed(changes):
            _undo(staged, done)
        _journal(staged.folder).unlink()
        raise EngineError(f"cannot be replaced ({error.strerror}): everything is as it was", place) from error


def _apply(staged: Stage, change: Change) -> None:
    target, new, gone = _paths(staged, change)
    if change.inode is None:
        if target.exists():
            gone.parent.mkdir(parents=True, exist_ok=True)
            target.rename(gone)
    elif _inode(target) is None:
        target.parent.mkdir(parents=True, exist_ok=True)
        new.rename(target)
    elif _inode(target) != change.inode:
        exchange(new, target)


def _undo(staged: Stage, change: Change) -> None:
    target, new, gone = _paths(staged, change)
    if change.inode is None:
        if gone.exists():
            gone.rename(target)
    elif _inode(target) == change.inode:
        if new.exists():
            exchange(new, target)
        else:
            target.rename(new)


def _paths(staged: Stage, change: Change) -> tuple[Path, Path, Path]:
    return staged.site.root / change.target, staged.tree / change.target, staged.folder / "gone" / change.target


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _clear(folder: Path) -> None:
    _journal(folder).unlink(missing_ok=True)
    for name in ("new", "gone"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def _prune(site: Site, changes: list[Change]) -> None:
    """No empty folder stays where the last figure of a post was."""
    for change in changes:
        folder = (site.root / change.target).parent
        if folder.parent == site.images and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
