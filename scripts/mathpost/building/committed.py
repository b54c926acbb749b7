"""What is committed of a post that is published anew: what looks the same stays, an edit by hand is not lost."""

from __future__ import annotations

from pathlib import Path

from mathpost.ground.errors import Drift, InputError, Place
from mathpost.pages import Page
from mathpost.pages.differences import differences
from mathpost.pages.seal import is_edited, unsealed
from mathpost.site import Post
from mathpost.site.staging import Stage

EDITED = "was edited by hand since it was generated, and would be overwritten"
MEND = "make the edit in notebooks/{slug}.ipynb, or throw it away: mathpost publish --force {slug}"


def stage_post(staged: Stage, post: Post, page: Page, *, force: bool = False) -> None:
    """Prepare the page and the figures of a post.

    A page that is the same but for its seal and a figure that looks the same keep the bytes they have: a pull request
    shows what changed. Errors: Drift for a page that was edited by hand, unless forced.
    """
    text = _read(post.page)
    if text is None or unsealed(text) != unsealed(page.text) or is_edited(text):
        if text is not None and not force:
            refuse_edits(post, text, page)
        staged.write(post.page, page.text.encode())
    staged.write_figures(post, {name: _kept(post.figures / name, data) for name, data in page.images.items()})


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
