"""Where links and images lead: to posts, anchors and files of this site, each of which must be there.

Files beside the notebook and images pasted into a cell are published with the figures of the post. What a notebook
calls `other.ipynb` is for Hugo the page of that post.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from mathpost.ground.errors import InputError, Place
from mathpost.pages.anchors import Anchors, anchors_of_page, anchors_of_post
from mathpost.pages.edits import Edit
from mathpost.pages.figures import SUFFIXES, DamagedImage, plain_image
from mathpost.pages.html import addresses_in
from mathpost.site import Post, Site
from mathpost.site.layout import is_post
from mathpost.text import PostText, read
from mathpost.text.elements import Image, Link, Markup
from mathpost.text.post import Problem

MOST_PARTS: Final = 100  # of a figure; how many it has is known when it is drawn
ATTACHMENT: Final = "attachment:"
NOWHERE: Final = "{address} leads nowhere: "
NO_ANCHOR: Final = NOWHERE + "no heading, equation or figure {where} has the anchor {anchor!r}"
NO_POST: Final = NOWHERE + "there is no post {slug!r}"
NO_PAGE: Final = NOWHERE + "the site has no such page and no such file"
NO_FILE: Final = NOWHERE + "there is no such file beside the notebook"
NO_STATIC: Final = NOWHERE + "there is no static{path}"
NO_ATTACHMENT: Final = NOWHERE + "nothing of this name is pasted into the cell"
IS_NO_POST: Final = "{address} is a notebook without front matter, and so no post: link to a post, or to a file"
IS_DRAFT: Final = "{address} leads to a draft, which is not published"
OUTSIDE: Final = "{address} lies neither in notebooks/ nor in static/: copy the file beside the notebook"
NO_IMAGE: Final = "{address} is no image that is published: PNG, SVG, JPEG, WebP and GIF are"
DAMAGED: Final = "{address} is a damaged {kind} image"
UNREADABLE: Final = "{address} cannot be read: {reason}"
SCHEME: Final = "{address} is not published: a link begins with http, https, mailto or tel, not with {scheme}"
REMOTE: Final = (
    "{address} is an image of another site, which would hear of each reader: copy it beside the notebook, "
    "or write remote_images = true below [params.mathpost] in config.toml"
)
SCHEMES: Final = ("http", "https", "mailto", "tel")
EMBEDDED: Final = re.compile(r"data:(?P<kind>[\w.+/-]+)(?:;[\w=-]+)*?(?P<base64>;base64)?,(?P<data>.*)", re.DOTALL)
SHOWN: Final = 40
KINDS: Final[Mapping[str, str]] = {suffix: kind for kind, suffix in SUFFIXES.items()} | {".jpeg": "image/jpeg"}
# Made by Hugo, and in no folder of the site.
MADE_BY_HUGO: Final = re.compile(r"/(?:(?:.*/)?index\.(?:xml|html)|sitemap\.xml|robots\.txt|404\.html|page/\d+/?)?")
DEFAULT_TAXONOMIES: Final = {"tag": "tags", "category": "categories"}
INLINE: Final = re.compile(r"\]\([ \t\n]*(<[^<>\n]*>|[^\s]*?)(?=[ \t\n]*\)\Z|[ \t\n]+[\"'(])", re.DOTALL)


@dataclass(frozen=True)
class File:
    """A file that is published with the post, under a name of its own among its figures."""

    name: str
    data: bytes
    cell: int


@dataclass
class Addresses:
    """The links and images of one post; `files` grow with what they lead to."""

    text: PostText
    anchors: Anchors
    attachments: Mapping[int, Mapping[str, Mapping[str, str]]]
    figures: frozenset[str]
    files: list[File] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return Site(self.text.path.resolve().parent.parent)

    @property
    def post(self) -> Post:
        return Post(self.site, self.text.path.stem)

    def edits(self, markup: Markup, place: Place) -> Iterator[Edit]:
        """What is changed so that each address leads where its author meant. Errors: InputError where it cannot."""
        for found in _addressed(markup):
            new = self.new_address(found, Place(place.file, place.cell, found.line))
            if new is None and _is_named_by_formula(markup, found):
                new = found.address
            if new is not None:
                yield _edit(markup.source, found, new)

    def html_addresses(self, markup: Markup, place: Place) -> dict[str, str]:
        """The same for addresses in HTML: what is written in the place of each."""
        written = {}
        for found in _in_html(markup):
            new = self.new_address(found, Place(place.file, place.cell, found.line))
            written[found.address] = _in_attribute(new or found.address)
        return written

    def new_address(self, found: Image | Link, place: Place) -> str | None:
        """What the page has in the place of an address, None if it stays as it is."""
        return self._image(found.address, place) if isinstance(found, Image) else self._link(found.address, place)

    def _image(self, written: str, place: Place) -> str | None:
        if written.startswith(ATTACHMENT):
            return self._pasted(written, place)
        parts = urlsplit(written)
        if parts.scheme == "data":
            return self._embedded(written, place)
        if parts.scheme or parts.netloc:
            _require_known_scheme(written, place)
            if self.site.config.is_file() and not self.site.settings.remote_images:
                raise InputError(REMOTE.format(address=written), place)
            return None
        address, path = unquote(written), unquote(parts.path)
        if path.startswith("/"):
            if not (self.site.root / "static" / path.lstrip("/")).is_file():
                raise InputError(NO_STATIC.format(address=address, path=path), place)
            return None
        file = self._file_beside(path, address, place)
        if file is None and (self.site.root / "static" / normpath(path)).is_file() and not path.startswith("."):
            return quote(f"/{normpath(path)}")  # Hugo's users write it so
        if file is None:
            raise InputError(NO_FILE.format(address=address), place)
        if file.suffix.lower() not in KINDS:
            raise InputError(NO_IMAGE.format(address=address), place)
        return self._published(file, address, place)

    def _pasted(self, written: str, place: Place) -> str:
        address = unquote(written)
        name = address.removeprefix(ATTACHMENT)
        bundle = self.attachments.get(place.cell or 0, {}).get(name)
        if not bundle:
            raise InputError(NO_ATTACHMENT.format(address=address), place)
        kind = next((kind for kind in bundle if kind in SUFFIXES), None)
        if kind is None:
            raise InputError(NO_IMAGE.format(address=address), place)
        try:
            data = "".join(bundle[kind]).encode() if kind.endswith("xml") else base64.b64decode("".join(bundle[kind]))
            if kind.endswith("xml") and not data.lstrip().startswith(b"<"):
                data = base64.b64decode(data)
        except binascii.Error:
            raise InputError(DAMAGED.format(address=address, kind=SUFFIXES[kind][1:].upper()), place) from None
        return self._keep(f"{PurePosixPath(name).stem}{SUFFIXES[kind]}", data, address, place)

    def _embedded(self, written: str, place: Place) -> str:
        """An image that stands in its address becomes a file."""
        match, shown = EMBEDDED.fullmatch(written), f"{written[:SHOWN]}…"
        if match is None or match["kind"] not in SUFFIXES:
            raise InputError(NO_IMAGE.format(address=shown), place)
        data = unquote_to_bytes(match["data"])
        try:
            data = base64.b64decode(data) if match["base64"] else data
        except binascii.Error:
            raise InputError(DAMAGED.format(address=shown, kind=SUFFIXES[match["kind"]][1:].upper()), place) from None
        return self._keep(f"image{SUFFIXES[match['kind']]}", data, shown, place)

    def _link(self, written: str, place: Place) -> str | None:
        parts = urlsplit(written)
        if parts.scheme or parts.netloc or not written:
            _require_known_scheme(written, place)
            return None
        address, path, fragment = unquote(written), unquote(parts.path), unquote(parts.fragment)
        if not path:
            return self._own_anchor(fragment, address, place) if fragment else None
        if not self.site.config.is_file():
            return None  # a notebook by itself, which nbconvert was given
        post = self._post_meant(path)
        if post is not None:
            return self._to_post(post, fragment, address, place)
        file = None if path.startswith("/") else self._file_beside(path, address, place)
        if file is not None:
            if file.suffix == ".ipynb":
                raise InputError(IS_NO_POST.format(address=address), place)
            return self._published(file, address, place)
        if path.startswith("/") or not PurePosixPath(path).suffix:
            self._require_page(path if path.startswith("/") else self._from_page(path), address, place)
            return None
        if path.endswith((".ipynb", ".md")):
            raise InputError(NO_POST.format(address=address, slug=PurePosixPath(path).stem), place)
        raise InputError(NO_FILE.format(address=address), place)

    def _own_anchor(self, fragment: str, address: str, place: Place) -> str | None:
        anchor = self.anchors.find(fragment)
        if anchor is None:
            raise InputError(NO_ANCHOR.format(address=address, where="of this post", anchor=fragment), place)
        return f"#{anchor}" if f"#{anchor}" != address else None

    def _post_meant(self, path: str) -> Post | None:
        """The post that a path leads to: a notebook or a page in the folder of either, or its address on the site."""
        if path.endswith((".ipynb", ".md")) and not path.startswith("/"):
            target = (self.text.path.resolve().parent / path).resolve()
            return self._known(target.stem) if target.parent in (self.site.notebooks, self.site.pages) else None
        absolute = path if path.startswith("/") else self._from_page(path)
        match = re.fullmatch(r"/posts/([A-Za-z0-9][\w-]*)(?:/|\.md|/index\.(?:md|html))?", absolute)
        return self._known(match[1]) if match else None

    def _from_page(self, path: str) -> str:
        """Where a relative address leads from the page of this post; what leads out of the site leads to its root."""
        return normpath(f"/posts/{self.post.slug}/{path}") + ("/" if path.endswith("/") else "")

    def _known(self, slug: str) -> Post | None:
        post = Post(self.site, slug)
        is_notebook = post.notebook.is_file() and is_post(post.notebook)
        return post if slug == self.post.slug or is_notebook or _page_of(post) else None

    def _to_post(self, post: Post, fragment: str, address: str, place: Place) -> str:
        if post.slug == self.post.slug:
            return (self._own_anchor(fragment, address, place) or f"#{fragment}") if fragment else "#"
        if post.is_orphan:
            raise InputError(NO_POST.format(address=address, slug=post.slug), place)
        is_own = post.notebook.is_file()
        if is_own and read(post.notebook).front_matter.draft and not self.text.front_matter.draft:
            raise InputError(IS_DRAFT.format(address=address), place)
        if not fragment:
            return f'{{{{< relref "/posts/{post.slug}" >}}}}'
        page = _page_of(post)
        known = anchors_of_post(read(post.notebook)) if is_own else anchors_of_page(page) if page else Anchors({})
        anchor = known.find(fragment)
        if anchor is None:
            raise InputError(NO_ANCHOR.format(address=address, where=f"of {post.slug}", anchor=fragment), place)
        return f'{{{{< relref "/posts/{post.slug}#{anchor}" >}}}}'

    def _require_page(self, path: str, address: str, place: Place) -> None:
        """Raise unless the site has a page or a file there, or may have one that only Hugo knows of."""
        inner = path.strip("/")
        content, static = self.site.root / "content" / inner, self.site.root / "static" / inner
        files = (static, content, content.with_name(f"{content.name}.md"))
        if any(file.is_file() for file in files) or (content.is_dir() and inner) or MADE_BY_HUGO.fullmatch(path):
            return
        settings = self.site.hugo_settings
        taxonomies = settings.get("taxonomies", DEFAULT_TAXONOMIES)
        is_term = isinstance(taxonomies, dict) and inner.partition("/")[0] in taxonomies.values()
        if not is_term and "permalinks" not in settings:
            raise InputError(NO_PAGE.format(address=address), place)

    def _file_beside(self, path: str, address: str, place: Place) -> Path | None:
        """The file that a relative path leads to, none if there is none; only those of the site are any of ours."""
        folder = self.text.path.resolve().parent
        file = folder / path
        if not file.resolve().is_relative_to(folder) and not file.resolve().is_relative_to(self.site.root / "static"):
            if file.exists() or normpath(path).startswith("../../"):
                raise InputError(OUTSIDE.format(address=address), place)
            return None
        return file.resolve() if file.is_file() else None

    def _published(self, file: Path, address: str, place: Place) -> str:
        """The address on the site of a file in `notebooks` or in `static`."""
        static = self.site.root / "static"
        own = self.post.figures.resolve()
        if file.is_relative_to(own) and file.name in self.figures:
            return self._address(file.name)
        if file.is_relative_to(static) and not file.is_relative_to(own):
            return quote(f"/{file.relative_to(static).as_posix()}")
        try:
            return self._keep(file.name, file.read_bytes(), address, place)
        except OSError as error:
            raise InputError(UNREADABLE.format(address=address, reason=error.strerror), place) from None

    def _keep(self, wanted: str, data: bytes, address: str, place: Place) -> str:
        """Publish a file, once, under its name, or one with a digest where something else has that name."""
        path = PurePosixPath(re.sub(r"[^\w.+-]+", "-", wanted).lstrip(".-") or "file")
        if kind := KINDS.get(path.suffix.lower()):
            try:
                data = plain_image(data, kind)[0]
            except DamagedImage as error:
                raise InputError(DAMAGED.format(address=address, kind=error), place) from None
        digest = hashlib.sha256(data).hexdigest()[:8]
        for name in (path.name, f"{path.stem}-{digest}{path.suffix}"):
            same = next((file for file in self.files if file.name.lower() == name.lower()), None)
            if same is not None and same.data == data:
                return self._address(same.name)
            if same is None and name.lower() not in {figure.lower() for figure in self.figures}:
                break
        self.files.append(File(name, data, place.cell or 1))
        return self._address(name)

    def _address(self, name: str) -> str:
        return quote(f"/images/{self.post.slug}/{name}")


def _require_known_scheme(written: str, place: Place) -> None:
    """Raise an InputError for an address that a browser might run."""
    scheme = urlsplit(written).scheme
    if scheme and scheme not in SCHEMES:
        raise InputError(SCHEME.format(address=written, scheme=scheme), place)


def _in_attribute(address: str) -> str:
    """An address in HTML, where Hugo's layouts do not see it: one from the root holds in a sub-folder, too."""
    if address.startswith("/") and not address.startswith("//"):
        return f'{{{{< address "{quote(unquote(address), safe="/#?=&")}" >}}}}'
    return address if address.startswith("{{<") else escape(address)


def find_lost(text: PostText) -> Iterator[Problem]:
    """Every link and image of a text that leads nowhere, as far as is known before anything is executed."""
    cells = json.loads(text.data)["cells"]
    parts = [f"{cell.figure}-{number}" for cell in text.code if cell.figure for number in range(1, MOST_PARTS)]
    attachments = {number: cell.get("attachments", {}) for number, cell in enumerate(cells, 1)}
    addresses = Addresses(text, anchors_of_post(text, parts), attachments, frozenset())
    for cell in text.markdown:
        for found in (*_addressed(cell.markup), *_in_html(cell.markup)):
            place = Place(text.path, cell.number, found.line)
            try:
                addresses.new_address(found, place)
            except InputError as error:
                yield Problem(place, error.message)


def _addressed(markup: Markup) -> Iterator[Image | Link]:
    yield from markup.images
    yield from markup.links


def _in_html(markup: Markup) -> Iterator[Image | Link]:
    for tag, address in addresses_in(markup):
        kind = Image if tag.name == "img" else Link
        yield kind(address, 0, 0, tag.line, 0)


def _is_named_by_formula(markup: Markup, found: Image | Link) -> bool:
    """`[on $x$]`, whose definition Hugo would not find: it has the formula as it was typed."""
    is_short = markup.source[found.label_end : found.end] in ("]", "][]")
    return is_short and any(found.start < equation.start < found.label_end for equation in markup.equations)


def _page_of(post: Post) -> Path | None:
    """The page of a post, alone or with its resources around it."""
    pages = (post.page, post.page.with_suffix("") / "index.md")
    return next((page for page in pages if page.is_file()), None)


def _edit(source: str, found: Image | Link, new: str) -> Edit:
    """The address alone where it stands behind the text; a reference to an address elsewhere becomes one."""
    behind = source[found.label_end : found.end]
    inline = INLINE.match(behind)
    if inline:
        start = found.label_end + inline.start(1)
        return Edit(start, start + len(inline[1]), new)
    return Edit(found.label_end, found.end, f"]({new})")
