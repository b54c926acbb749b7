"""Which posts a change touches, so that a pull request executes those and no others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from mathpost.ground.errors import EngineError, InputError
from mathpost.site.layout import Post, Site

PACKAGE = Path(__file__).resolve().parents[1]
SWEEP = ".sweep.yaml"
LOCKS = ("requirements.lock", "pyproject.toml", "config.toml")


def touched_posts(site: Site, reference: str) -> list[Post]:
    """The posts that differ from what they were where this branch left `reference`; uncommitted changes count.

    All posts are touched when what all are made with has changed: the package, its lock, the settings, or a file beside
    the notebooks that is none.
    """
    return touched_by(site, changed_files(site.root, reference))


def touched_by(site: Site, files: Iterable[Path]) -> list[Post]:
    changed = list(files)
    posts = site.posts()
    if any(_concerns_all(site, path) for path in changed):
        return posts
    return [post for post in posts if any(_belongs_to(post, path) for path in changed)]


def changed_files(folder: Path, reference: str) -> list[Path]:
    """The files that differ between where this branch left `reference` and the working tree."""
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    base = _git(folder, "merge-base", reference, "HEAD").strip()
    names = _git(root, "diff", "--name-only", "--no-renames", "-z", base, "--").split("\0")
    names += _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return [root / name for name in names if name]


def _concerns_all(site: Site, path: Path) -> bool:
    beside = path.is_relative_to(site.notebooks) and not path.name.endswith((".ipynb", SWEEP))
    return beside or path.is_relative_to(PACKAGE) or path in [site.root / name for name in LOCKS]


def _belongs_to(post: Post, path: Path) -> bool:
    return path in (post.notebook, post.page, post.notebook.with_suffix(SWEEP)) or path.is_relative_to(post.figures)


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise EngineError(f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["nothing in common with this branch"])[0]
        raise InputError(f"git {' '.join(arguments[:2])}: {said}; is the history there? (git fetch --unshallow)")
    return done.stdout.decode(errors="surrogateescape")
