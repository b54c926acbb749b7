"""What is stale: the digest of all that a post or the site is made from, kept beside what was made.

Inputs count by their bytes, outputs by size and time: touching an input costs nothing, touching an output a build. The
digest is that of the bytes which were read when the work began; what is saved while it goes on is stale afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mathpost.ground.errors import EngineError, Place
from mathpost.ground.files import read_input, write_atomic
from mathpost.site.layout import Post, Site
from mathpost.site.staging import Stage
from mathpost.text.macros import macros_around
from mathpost.text.parameters import Parameters

PACKAGE = Path(__file__).parents[1]
IGNORED = {"__pycache__", ".ipynb_checkpoints"}
MISSING, CHANGED = "missing", "saved while it was read"
SITE_FOLDERS = ("content", "layouts", "assets", "static", "data")


@dataclass(frozen=True)
class Inputs:
    """All that a post is made from, as it was when it was read: its notebook's bytes, and the digest of the rest."""

    post: Post
    notebook: bytes
    rest: str

    def digest(self, parameters: Parameters) -> str:
        settings = repr((sorted(parameters.items()), self.post.site.settings))
        digest = hashlib.sha256(f"{self.post.slug}\0{self.rest}\0{settings}\0".encode())
        digest.update(self.notebook)
        return digest.hexdigest()


def read_inputs(posts: Sequence[Post]) -> list[Inputs]:
    """Read what posts of one site are made from, once. Errors: InputError for a notebook that cannot be read."""
    rest = _digest_beside(posts[0].site) if posts else ""
    return [Inputs(post, read_input(post.notebook, "notebook"), rest) for post in posts]


def is_post_fresh(inputs: Inputs, parameters: Parameters) -> bool:
    note = _read(_post_note(inputs.post))
    elsewhere = note.get("elsewhere") if isinstance(note, dict) else None
    if not isinstance(elsewhere, dict):
        return False
    now = {path: _digest_of_file(Path(path)) for path in elsewhere}
    return note == _note_of_post(inputs, parameters, now)


def note_post(inputs: Inputs, parameters: Parameters, elsewhere: Iterable[tuple[Path, int, int]] = ()) -> None:
    """Remember that the post's page and figures are what was made from these inputs.

    `elsewhere` are the files that its notebook has read, with their size and time (in ns) then: one that is another one
    by now makes the post stale, one that is gone was its own.
    """
    read = {str(path): CHANGED if _was_saved(path, *then) else _digest_of_file(path) for path, *then in elsewhere}
    still_there = {path: digest for path, digest in read.items() if digest != MISSING}
    _write(_post_note(inputs.post), _note_of_post(inputs, parameters, still_there))


def orphans(site: Site) -> list[Post]:
    """Posts that were published from a notebook which is no longer there. Pages written by hand are none."""
    pages = [Post(site, path.stem) for path in sorted(site.pages.glob("*.md"))]
    return [post for post in pages if post.is_orphan]


def site_digest(site: Site, staged: Stage | None = None) -> str:
    """Of everything that Hugo reads; with a stage, as it will be after its commit."""
    folders = [site.root / name for name in SITE_FOLDERS]
    files = {path.relative_to(site.root): path for folder in folders for path in _files(folder)}
    if staged is not None:
        files = {name: path for name, path in files.items() if name not in staged.removed} | staged.files()
    locks = [site.root / name for name in ("requirements.lock", "package-lock.json")]
    made_by = {Path(path.name): path for path in [*locks, Path(__file__).with_name("hugo.py")]}
    return _digest_of_bytes(files | made_by, site.configuration)


def is_site_fresh(site: Site) -> bool:
    """Whether `public/` is what Hugo would make now. What others have put there does not count."""
    note = _read(_site_note(site))
    if orphans(site) or not isinstance(note, dict):
        return False
    return note == _note_of_site(site, site_digest(site), note.get("files", []), note.get("foreign", []))


def note_site(site: Site, inputs: str, files: Iterable[Path], foreign: Iterable[Path]) -> None:
    """Remember that `files` of `public/` are what was made from inputs of this digest; `foreign` was found there."""
    _write(_site_note(site), _note_of_site(site, inputs, *(sorted(map(str, paths)) for paths in (files, foreign))))


def made_before(site: Site) -> frozenset[Path]:
    """The files that the last publish made, relative to `public/`."""
    return _noted(site, "files")


def found_before(site: Site) -> frozenset[Path]:
    """What the last publish found in `public/` that was not ours."""
    return _noted(site, "foreign")


def _noted(site: Site, key: str) -> frozenset[Path]:
    note = _read(_site_note(site))
    return frozenset(map(Path, note.get(key, ()))) if isinstance(note, dict) else frozenset()


def _note_of_site(site: Site, inputs: str, files: Sequence[str], foreign: Sequence[str]) -> dict[str, object]:
    outputs = _digest_of_times([site.public / name for name in files], site.root)
    return {"inputs": inputs, "outputs": outputs, "files": list(files), "foreign": list(foreign)}


def _post_note(post: Post) -> Path:
    return post.cache / "built.json"


def _site_note(site: Site) -> Path:
    return site.cache / "published.json"


def _note_of_post(inputs: Inputs, parameters: Parameters, elsewhere: Mapping[str, str]) -> dict[str, object]:
    outputs = _post_outputs(inputs.post)
    return {"inputs": inputs.digest(parameters), "outputs": outputs, "elsewhere": dict(elsewhere)}


def _was_saved(path: Path, size: int, time: int) -> bool:
    status = path.stat() if path.is_file() else None
    return status is not None and (status.st_size, status.st_mtime_ns) != (size, time)


def _digest_of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else MISSING


def _post_outputs(post: Post) -> str:
    return _digest_of_times([post.page, *_files(post.figures)], post.site.root)


def _digest_beside(site: Site) -> str:
    """Of what all posts are made with: the data beside their notebooks, the package and what it stands on."""
    data = [
        path for path in _files(site.notebooks) if path.suffix != ".ipynb" and not path.name.endswith(".sweep.yaml")
    ]
    files = {path.relative_to(site.root): path for path in [*data, site.root / "requirements.lock"]}
    package = {Path("mathpost") / path.relative_to(PACKAGE): path for path in _files(PACKAGE)}
    macros = repr(sorted(macros_around(site.config).items())).encode()
    return _digest_of_bytes(files | package, macros)


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not IGNORED & set(path.relative_to(folder).parts):
            yield path


def _digest_of_bytes(files: Mapping[Path, Path], first: bytes = b"") -> str:
    """Of files under their names, in the order of these."""
    digest = hashlib.sha256(first)
    for name, path in sorted(files.items()):
        digest.update(f"\0{name.as_posix()}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _digest_of_times(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat() if path.is_file() else None
        known = (status.st_size, status.st_mtime_ns) if status else "missing"
        digest.update(f"{path.relative_to(root).as_posix()} {known}\n".encode())
    return digest.hexdigest()


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EngineError(f"cannot be read ({reason}): remove .cache/, which is made anew", Place(path)) from None


def _write(path: Path, note: object) -> None:
    write_atomic(path, json.dumps(note).encode())
