"""What is stale: the digest of all that a post or the site is made from, kept beside what was made.

Inputs count by their bytes, outputs by size and time: touching an input costs nothing, touching an output a build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from mathpost.ground.errors import EngineError, Place
from mathpost.ground.files import write_atomic
from mathpost.site.layout import Post, Site
from mathpost.text.frontmatter import parse_front_matter
from mathpost.text.parameters import Parameters

PACKAGE = Path(__file__).parents[1]
IGNORED = {"__pycache__", ".ipynb_checkpoints"}


def post_digest(post: Post, parameters: Parameters) -> str:
    """Of everything that the page and the figures of a post depend on."""
    data = [
        path
        for path in _files(post.site.notebooks)
        if path.suffix != ".ipynb" and not path.name.endswith(".sweep.yaml")
    ]
    locks = [post.site.root / "requirements.lock"]
    digest = _digest_of_bytes([post.notebook, *data, *locks, *_files(PACKAGE)], post.site.root)
    settings = repr((sorted(parameters.items()), post.site.settings))
    return hashlib.sha256((digest + settings).encode()).hexdigest()


def is_post_fresh(post: Post, parameters: Parameters) -> bool:
    record = _read(_post_record(post))
    return record == {"inputs": post_digest(post, parameters), "outputs": _post_outputs(post)}


def note_post(post: Post, parameters: Parameters) -> None:
    """Remember that the post's page and figures are as they should be."""
    _write(_post_record(post), {"inputs": post_digest(post, parameters), "outputs": _post_outputs(post)})


def orphans(site: Site) -> list[Post]:
    """Posts that were published from a notebook which is no longer there. Pages written by hand are none."""
    pages = [site.post(path.stem) for path in sorted(site.pages.glob("*.md"))]
    return [post for post in pages if not post.notebook.exists() and _comes_from_notebook(post)]


def is_site_fresh(site: Site) -> bool:
    """Whether `public/` is what Hugo would make now."""
    record = _read(_site_record(site))
    return not orphans(site) and record == {
        "inputs": _site_digest(site),
        "outputs": _digest_of_times(_files(site.public), site.root),
    }


def note_site(site: Site) -> None:
    """Remember that `public/` is as it should be."""
    outputs = _digest_of_times(_files(site.public), site.root)
    _write(_site_record(site), {"inputs": _site_digest(site), "outputs": outputs})


def _comes_from_notebook(post: Post) -> bool:
    text = post.page.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return False
    head = text.split("\n---\n")[0] + "\n---"
    return "notebook" in parse_front_matter(head, Place(post.page)).fields


def _post_record(post: Post) -> Path:
    return post.cache / "built.json"


def _site_record(site: Site) -> Path:
    return site.cache / "published.json"


def _post_outputs(post: Post) -> str:
    return _digest_of_times([post.page, *_files(post.figures)], post.site.root)


def _site_digest(site: Site) -> str:
    folders = [site.root / name for name in ("content", "layouts", "assets", "static", "data")]
    files = [path for folder in folders for path in _files(folder)]
    locks = [site.root / name for name in ("requirements.lock", "package-lock.json")]
    return _digest_of_bytes([site.config, *locks, *files, Path(__file__).with_name("hugo.py")], site.root)


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not IGNORED & set(path.relative_to(folder).parts):
            yield path


def _digest_of_bytes(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"\0{_name(path, root)}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _digest_of_times(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat() if path.is_file() else None
        known = (status.st_size, status.st_mtime_ns) if status else "missing"
        digest.update(f"{_name(path, root)} {known}\n".encode())
    return digest.hexdigest()


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EngineError(f"{path} cannot be read ({error}): run make clean") from None


def _write(path: Path, record: object) -> None:
    write_atomic(path, json.dumps(record).encode())
