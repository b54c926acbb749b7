"""The preview: posts as they are being written, in a folder of their own that Hugo's server lays over the site.

Drafts, equations that do not hold and the scripts of a server that reloads its pages stay under `.cache/preview`:
nothing that is published is written, and nothing that publishing keeps for its next time is either.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mathpost.ground.files import locked, write_atomic
from mathpost.site.freshness import orphans
from mathpost.site.layout import Post, Site
from mathpost.site.seal import made_figures

RUNNING = "a preview of this site is running already: end it first"


@dataclass(frozen=True)
class Preview:
    """The folder of a preview; `hidden` are the published files, relative to the site, that the server does not see."""

    site: Site
    hidden: frozenset[Path] = field(default_factory=frozenset)

    @property
    def folder(self) -> Path:
        return self.site.cache / "preview"

    @property
    def tree(self) -> Path:
        """The partial site of the pages and figures that are shown instead of the published ones."""
        return self.folder / "site"

    @property
    def public(self) -> Path:
        """Where Hugo's server renders to."""
        return self.folder / "public"

    def show(self, post: Post, page: bytes, figures: Mapping[str, bytes]) -> None:
        """Show a page and its figures, by file name, from now on."""
        folder = self._in_tree(post.figures)
        for name, data in figures.items():
            self._put(folder / name, data)
        for path in [path for path in folder.glob("*") if path.name not in figures]:
            path.unlink()
        self._put(self._in_tree(post.page), page)

    def _in_tree(self, path: Path) -> Path:
        return self.tree / path.relative_to(self.site.root)

    def _put(self, path: Path, data: bytes) -> None:
        """The server, which watches the tree, never sees a file that is half written."""
        if path.is_file() and path.read_bytes() == data:
            return
        coming = self.folder / "coming" / path.name
        write_atomic(coming, data)
        path.parent.mkdir(parents=True, exist_ok=True)
        coming.replace(path)


@contextmanager
def preview(site: Site) -> Iterator[Preview]:
    """A preview that shows what is published, until a post is shown otherwise; one at a time."""
    with locked(site.cache / "preview.lock", refusal=RUNNING):
        posts = site.posts()
        hidden = [path for post in [*posts, *orphans(site)] for path in _published(post)]
        shown = Preview(site, frozenset(path.relative_to(site.root) for path in hidden))
        _clear(shown)
        for post in posts:
            if post.page.is_file():
                figures = {path.name: path.read_bytes() for path in made_figures(post)}
                shown.show(post, post.page.read_bytes(), figures)
        yield shown


def _published(post: Post) -> Iterator[Path]:
    yield post.page
    yield from made_figures(post)


def _clear(shown: Preview) -> None:
    """What an earlier preview showed goes; rendered formulas are good for ever."""
    for folder in (shown.tree, shown.public):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (shown.site.pages, shown.site.images):
        (shown.tree / folder.relative_to(shown.site.root)).mkdir(parents=True, exist_ok=True)
