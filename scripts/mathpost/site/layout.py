"""Site and Post: every path, the settings of `config.toml`, and files that are written whole or not at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.ground.files import read_input
from mathpost.text.conventions import readings_in
from mathpost.text.frontmatter import begins_as_post

CONFIG = "config.toml"
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
LONGEST_SLUG = 200  # bytes: what a file system takes, with the ends of names that come behind it
KEPT_BY_HUGO = "index"  # the content of a section, or a page with files beside it
ONE_ADDRESS = "has the address of {name}, /{address}/: capitals make no difference there; rename one of the two"
NO_NOTEBOOKS = "is no folder, so every post would go: put the notebooks back, or an empty folder in their place"
LEADS_OUT = "is a link out of the site, to {target}: nothing is written there; put a folder in its place"
PUBLIC_IS_LINK = (
    "is a link to {target}: the folder is replaced as a whole, and that one would go stale. Remove the link, "
    "and copy public/ there when it is published"
)


@dataclass(frozen=True)
class Settings:
    """The table `[params.mathpost]` of `config.toml`: how long a cell may run, whether images of other sites show, and
    how the posts read what custom reads in two ways.

    What is here decides about posts; but for `remote_images` Hugo makes nothing of it.
    """

    cell_timeout: float = 120.0
    remote_images: bool = False
    reading: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """The folder that holds `config.toml`, and where everything is in it."""

    root: Path

    @classmethod
    def around(cls, path: Path | None) -> Site | None:
        """The site that a file lies in, if it lies in one."""
        folders = path.resolve().parents if path else ()
        return next((cls(folder) for folder in folders if (folder / CONFIG).is_file()), None)

    @classmethod
    def find(cls, start: Path | None = None) -> Site:
        """The site around `start` (the working directory): the nearest folder with a `config.toml`."""
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / CONFIG).is_file():
                return cls(folder)
        raise InputError(f"no {CONFIG} in {here} or a folder above it: run mathpost inside a site")

    @property
    def config(self) -> Path:
        return self.root / CONFIG

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    def require_own_folders(self) -> None:
        """Raise an InputError if a link would have something written or removed elsewhere, or if all posts would go."""
        if not self.notebooks.is_dir() and any(self.pages.glob("*.md")):
            raise InputError(NO_NOTEBOOKS, Place(self.notebooks))
        root = self.root.resolve()
        for folder in (self.pages, self.images, self.cache):
            if not folder.resolve().is_relative_to(root):
                raise InputError(LEADS_OUT.format(target=folder.resolve()), Place(folder))
        if self.public.is_symlink():
            raise InputError(PUBLIC_IS_LINK.format(target=self.public.resolve()), Place(self.public))

    @property
    def pages(self) -> Path:
        return self.root / "content" / "posts"

    @property
    def images(self) -> Path:
        return self.root / "static" / "images"

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def cache(self) -> Path:
        return self.root / ".cache"

    @property
    def hugo_cache(self) -> Path:
        """What Hugo keeps from build to build: formulas as they were rendered, and KaTeX as it was compiled."""
        return self.cache / "hugo"

    @property
    def katex(self) -> Path:
        """KaTeX's stylesheet and fonts, as npm installs them."""
        return self.root / "node_modules" / "katex"

    @cached_property
    def configuration(self) -> bytes:
        """The bytes of `config.toml`, read once: all that is made with this object is made with them."""
        return read_input(self.config, "configuration")

    @cached_property
    def hugo_settings(self) -> dict[str, object]:
        """All of `config.toml`."""
        try:
            return tomllib.loads(self.configuration.decode("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"not valid TOML: {error}", Place(self.config)) from None
        except UnicodeDecodeError as error:
            raise InputError(f"cannot be read: {error}", Place(self.config)) from None

    @cached_property
    def settings(self) -> Settings:
        params = self.hugo_settings.get("params", {})
        table = params.get("mathpost", {}) if isinstance(params, dict) else {}
        return settings_of(table, Place(self.config))

    def post(self, slug: str) -> Post:
        """The post of this name, whether or not there is a notebook for it yet."""
        if not SLUG.fullmatch(slug):
            raise InputError(f"{slug!r} cannot name a post: use letters, digits, '-' and '_'")
        if slug.lower() == KEPT_BY_HUGO:
            raise InputError(f"{slug!r} cannot name a post: Hugo keeps this name for itself")
        if len(slug) > LONGEST_SLUG:
            raise InputError(f"a post cannot have a name of {len(slug)} letters: {LONGEST_SLUG} at most")
        return Post(self, slug)

    def posts(self) -> list[Post]:
        """One post for each notebook that is one, by their names. Errors: InputError for two at one address."""
        posts = [self.post(path.stem) for path in sorted(self.notebooks.glob("*.ipynb")) if self.is_post(path)]
        known: dict[str, Post] = {}
        for post in posts:
            other = known.setdefault(post.address, post)
            if other is not post:
                raise InputError(
                    ONE_ADDRESS.format(name=other.notebook.name, address=post.address), Place(post.notebook)
                )
        return posts

    def scratch(self) -> list[Path]:
        """The notebooks that are no posts."""
        return [path for path in sorted(self.notebooks.glob("*.ipynb")) if not self.is_post(path)]

    def is_post(self, notebook: Path) -> bool:
        """Whether a notebook is that of a post: it begins with front matter, or was published and has lost it."""
        return begins_as_post(notebook) or Post(self, notebook.stem).is_published


@dataclass(frozen=True)
class Post:
    """One notebook and all that is published from it."""

    site: Site
    slug: str

    @property
    def notebook(self) -> Path:
        return self.site.notebooks / f"{self.slug}.ipynb"

    @property
    def page(self) -> Path:
        return self.site.pages / f"{self.slug}.md"

    @property
    def address(self) -> str:
        """Where its page is in the site, from the root of the site on."""
        return f"posts/{self.slug}".lower()

    @property
    def figures(self) -> Path:
        return self.site.images / self.slug

    @property
    def cache(self) -> Path:
        return self.site.cache / "posts" / self.slug

    @property
    def is_published(self) -> bool:
        """Whether there is a page, and it was made from a notebook: one written by hand was not."""
        if not self.page.is_file():
            return False
        head = self.page.read_bytes().replace(b"\r\n", b"\n").split(b"\n---\n")[0]
        return head.startswith(b"---\n") and b"\nnotebook: " in head

    @property
    def is_orphan(self) -> bool:
        """Whether it was published from a notebook that is no longer there, and goes with it."""
        return not self.notebook.exists() and self.is_published


def is_post(path: Path) -> bool:
    """Whether a file is the notebook of a post in some site."""
    if path.suffix != ".ipynb" or path.parent.name != "notebooks" or not (path.parent.parent / CONFIG).is_file():
        return False
    return Site(path.parent.parent).is_post(path)


def settings_of(table: object, place: Place) -> Settings:
    """The settings in a table of `config.toml`; what is not known there is an error, not a wish unheard."""
    if not isinstance(table, dict):
        raise InputError("[params.mathpost] must be a table", place)
    known = [setting.name for setting in fields(Settings)]
    for name in table:
        if name not in known:
            raise InputError(f"[params.mathpost] has no setting {name!r}; it knows: {', '.join(known)}", place)
    timeout = table.get("cell_timeout", Settings.cell_timeout)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        raise InputError(f"cell_timeout must be a positive number of seconds, not {timeout!r}", place)
    remote = table.get("remote_images", Settings.remote_images)
    if not isinstance(remote, bool):
        raise InputError(f"remote_images must be true or false, not {remote!r}", place)
    return Settings(float(timeout), remote, readings_in(table.get("reading", {}), place))
