"""A site in which somebody else has put, changed or taken something."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from faulting import SLUG, Fault, Planting
from faults.machines import with_edit
from mathpost.site import Site

SIDE = 40_000


def huge_png() -> bytes:
    """A picture of 1.6 gigapixels, in some 200 kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    line = bytes(1 + SIDE // 8)
    data = b"".join(packer.compress(line) for _ in range(SIDE)) + packer.flush()
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def page(site: Site) -> Path:
    return site.pages / f"{SLUG}.md"


def figure(site: Site) -> Path:
    return site.images / SLUG / "values.png"


def appended(path: Callable[[Site], Path], data: bytes) -> Planting:
    def change(site: Site) -> None:
        with path(site).open("ab") as file:
            file.write(data)

    return with_edit(change)


def written(name: str, data: str | bytes) -> Planting:
    def put(site: Site) -> None:
        path = site.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return with_edit(put)


def configured(line: str) -> Planting:
    def change(site: Site) -> None:
        site.config.write_text(f"{line}\n{site.config.read_text(encoding='utf-8')}", encoding="utf-8")

    return with_edit(change)


def moved_out(name: str) -> Planting:
    """A folder of the site is a link to one beside it."""

    def move(site: Site) -> None:
        elsewhere = site.root.with_name(f"{site.root.name}-elsewhere")
        (site.root / name).rename(elsewhere)
        (site.root / name).symlink_to(elsewhere)

    return with_edit(move)


def file_for(name: str) -> Planting:
    def replace(site: Site) -> None:
        shutil.rmtree(site.root / name, ignore_errors=True)
        (site.root / name).write_text("no folder")

    return with_edit(replace)


def theme(name: str, text: str) -> Planting:
    """The theme, with a file that holds this."""

    def change(site: Site) -> None:
        layouts = site.root / "layouts"
        if layouts.is_symlink():
            real = layouts.resolve()
            layouts.unlink()
            shutil.copytree(real, layouts)
        (layouts / name).write_text(text)

    return with_edit(change)


def remove(folder: Path) -> None:
    """A folder, or the link in its place."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def folder_for_page(site: Site) -> None:
    page(site).unlink()
    page(site).mkdir()


def file_for_notebooks(site: Site) -> None:
    shutil.rmtree(site.notebooks)
    site.notebooks.write_text("no folder")


def without_notebook(site: Site) -> None:
    (site.notebooks / f"{SLUG}.ipynb").unlink()


def with_theirs_in_public(site: Site) -> None:
    for name in ("CNAME", ".well-known/security.txt", ".git/HEAD", "posts/mean/notes.txt", "drafts/a/b/c.txt"):
        path = site.public / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theirs")


def with_theirs_beside_figures(site: Site) -> None:
    for name in ("logo.png", "sources/plan.svg", "Thumbs.db"):
        path = site.images / SLUG / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theirs")


def with_a_pipe_in_public(site: Site) -> None:
    os.mkfifo(site.public / "pipe")


FAULTS = (
    Fault("a page edited by hand", appended(page, b"By hand.\n"), slow=True),
    Fault("a page that is empty", with_edit(lambda site: page(site).write_bytes(b"")), slow=True),
    Fault("a page that is a folder", with_edit(folder_for_page), slow=True),
    Fault("a figure edited by hand", appended(figure, b"by hand"), slow=True),
    Fault("a figure of 1.6 gigapixels", with_edit(lambda site: figure(site).write_bytes(huge_png())), slow=True),
    Fault("a figure that is gone", with_edit(lambda site: figure(site).unlink()), slow=True),
    Fault(
        "a page written by hand of the name of a post",
        with_edit(lambda site: page(site).write_text("---\ntitle: Mine\n---\nMine.\n")),
        slow=True,
    ),
    Fault(
        "a page by hand without a date",
        written("content/posts/other.md", "---\ntitle: Mine\n---\nMine.\n"),
        slow=True,
    ),
    Fault(
        "a page by hand that Hugo cannot read",
        written("content/posts/other.md", "---\ntitle: [\n---\nMine.\n"),
        slow=True,
    ),
    Fault(
        "a page by hand that calls a shortcode that is not there",
        written("content/posts/other.md", "---\ntitle: A\n---\n{{< nowhere >}}\n"),
        slow=True,
    ),
    Fault(
        "a page by hand at the address of a post",
        written("content/posts/other.md", "---\ntitle: A\nslug: mean\n---\n"),
        slow=True,
    ),
    Fault(
        "a page by hand with an alias of a post",
        written("content/posts/other.md", "---\ntitle: A\naliases: [/posts/mean/]\n---\n"),
        slow=True,
    ),
    Fault("files of others in public", with_edit(with_theirs_in_public), slow=True),
    Fault("a pipe in public", with_edit(with_a_pipe_in_public), slow=True),
    Fault("files of others beside figures", with_edit(with_theirs_beside_figures), slow=True),
    Fault("no public", with_edit(lambda site: shutil.rmtree(site.public)), slow=True),
    Fault("no pages", with_edit(lambda site: shutil.rmtree(site.pages)), slow=True),
    Fault("public is a link", moved_out("public")),
    Fault("static/images is a link out of the site", moved_out("static/images")),
    Fault("content/posts is a link out of the site", moved_out("content/posts")),
    Fault("the cache is a link out of the site", moved_out(".cache")),
    Fault("public is a file", file_for("public"), slow=True),
    Fault("static/images is a file", file_for("static/images"), slow=True),
    Fault("content/posts is a file", file_for("content/posts"), slow=True),
    Fault("a notebook that is gone", without_notebook),
    Fault("a configuration that is no TOML", configured("title = ")),
    Fault("a configuration with a key twice", configured('title = "Another"')),
    Fault(
        "an unknown setting",
        with_edit(lambda site: site.config.write_text('title = "A"\n[params.mathpost]\ncolour = 1\n')),
    ),
    Fault(
        "a patience below nought",
        with_edit(lambda site: site.config.write_text('title = "A"\n[params.mathpost]\ncell_timeout = -1\n')),
    ),
    Fault("no configuration", lambda site: site.config.unlink()),
    Fault("no stylesheet of KaTeX", with_edit(lambda site: remove(site.root / "node_modules")), slow=True),
    Fault("a theme that cannot be read", theme("baseof.html", "{{ if }}"), slow=True),
    Fault("a theme that fails", theme("baseof.html", '{{ errorf "no" }}'), slow=True),
    Fault("a theme without an end", theme("baseof.html", "{{ range seq 100000000 }}{{ . }}{{ end }}"), slow=True),
    Fault("a theme that shows nothing", theme("baseof.html", ""), slow=True),
    Fault("no theme", with_edit(lambda site: remove(site.root / "layouts")), slow=True),
    Fault("a second notebook that fails", written("notebooks/other.ipynb", "{"), slow=True),
    Fault("notebooks is a file", file_for_notebooks),
    Fault("no notebooks", lambda site: shutil.rmtree(site.notebooks)),
)
