"""What is committed of a post that is published anew: what looks the same stays, an edit by hand is not lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mathpost.ground.errors import Drift, InputError, Place
from mathpost.pages import Page
from mathpost.pages.addresses import KINDS
from mathpost.pages.differences import differences
from mathpost.pages.figures import DamagedImage, plain_image
from mathpost.site import Post
from mathpost.site.seal import digest_of_bytes, digests_of, is_edited, resealed, seal_of, unsealed
from mathpost.site.staging import Stage

EDITED = "was edited by hand since it was generated, and would be overwritten"
MEND = "make the edit in notebooks/{slug}.ipynb, or throw it away: mathpost publish --force {slug}"
NOT_OURS = "was not made with the page, and would be {what}"
CHANGED = "was changed by hand since it was generated, and would be {what}"
KEEP = "keep it under another name, or throw it away: mathpost publish --force {slug}"


def stage_post(staged: Stage, post: Post, page: Page, *, force: bool = False) -> None:
    """Prepare the page and the figures of a post.

    A page that is the same but for its seal and a figure that looks the same keep the bytes they have: a pull request
    shows what changed. Errors: Drift for a page or a figure that was edited by hand, unless forced.
    """
    text = _read(post.page)
    seal = seal_of(text) if text is not None else None
    images = {name: _kept(post.figures / name, data) for name, data in page.images.items()}
    if not force:
        _refuse_changed_figures(post, images, seal.figures if seal else None)
    is_same = seal is not None and seal.figures == digests_of(images)
    if text is None or unsealed(text) != unsealed(page.text) or is_edited(text) or not is_same:
        if text is not None and not force:
            refuse_edits(post, text, page)
        staged.write(post.page, resealed(page.text, images).encode())
    staged.write_figures(post, images)


def _refuse_changed_figures(post: Post, images: Mapping[str, bytes], sealed: Mapping[str, str] | None) -> None:
    """Raise if a file beside the page is not what was made, and would be lost. Older seals do not say what was."""
    if sealed is None:
        return
    for path in sorted({post.figures / name for name in (*images, *sealed) if (post.figures / name).is_file()}):
        committed, new, made = path.read_bytes(), images.get(path.name), sealed.get(path.name)
        if committed == new or digest_of_bytes(committed) == made or not _is_image(committed, path):
            continue
        told = (CHANGED if made else NOT_OURS).format(what="removed" if new is None else "overwritten")
        raise Drift(f"{told}\n-> {KEEP.format(slug=post.slug)}", Place(path))


def _is_image(data: bytes, path: Path) -> bool:
    """Whether something would be lost: a file of the kind of a figure that is damaged shows nothing."""
    kind = KINDS.get(path.suffix.lower())
    try:
        return kind is None or bool(plain_image(data, kind))
    except DamagedImage:
        return False


def refuse_edits(post: Post, committed: str, page: Page) -> None:
    """Raise if a page was edited by hand and the edit would be lost."""
    if is_edited(committed) and (changed := differences(committed, page)):
        shown = "\n".join(f"    {line}" for line in changed.splitlines())
        raise Drift(f"{EDITED}\n{shown}\n-> {MEND.format(slug=post.slug)}", Place(post.page))


def _read(page: Path) -> str | None:
    try:
        return page.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", Place(page)) from None


def _kept(path: Path, new: bytes) -> bytes:
    committed = path.read_bytes() if path.is_file() else new
    if committed == new:
        return new
    from mathpost.pages.pixels import compare  # NumPy is loaded where bytes differ, and only there

    try:
        return committed if compare(committed, new).same else new
    except InputError:
        return new
