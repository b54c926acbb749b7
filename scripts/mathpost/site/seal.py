"""The seal of a page: one line of its front matter that says what it was made from, and whether it still is that.

    generated: {"digest": "3f9a…", "python": "3.11.9", "numpy": "2.4.6", "figures": {"line.png": "08b1…"}, …}

It travels with the repository, so that a fresh clone knows a page or a figure that was edited by hand, which files were
made with the page, and with which versions its numbers were made. All that a reader sees is in the rest of the page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mathpost.site.layout import Post

KEY = "generated"
LINE = re.compile(rf"^{KEY}:.*\n", re.MULTILINE)
DIGITS = 16


@dataclass(frozen=True)
class Seal:
    """What stands in the seal; `parameters` are those given instead of the notebook's own.

    `figures` are the files beside the page with their digests; None in a seal that is older than this.
    """

    digest: str
    versions: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[str, str] | None = None


def sealed(
    text: str, versions: Mapping[str, str], parameters: Mapping[str, object], images: Mapping[str, bytes]
) -> str:
    """A page with its seal as the last line of its front matter."""
    plain = unsealed(text)
    record = {"digest": digest_of(plain), **versions, "figures": digests_of(images)}
    record |= {"parameters": dict(parameters)} if parameters else {}
    end = plain.index("\n---\n", 1) + 1
    return f"{plain[:end]}{KEY}: {json.dumps(record, ensure_ascii=False)}\n{plain[end:]}"


def resealed(text: str, images: Mapping[str, bytes]) -> str:
    """A sealed page with other bytes beside it, which look the same."""
    seal = seal_of(text)
    assert seal is not None
    return sealed(text, seal.versions, seal.parameters, images)


def unsealed(text: str) -> str:
    """A page without its seal: what two pages are compared by."""
    head, rule, body = text.partition("\n---\n")
    return LINE.sub("", head + "\n", count=1)[:-1] + rule + body


def seal_of(text: str) -> Seal | None:
    """The seal of a page; None where there is none, or it cannot be read."""
    found = LINE.search(text.partition("\n---\n")[0] + "\n")
    try:
        record = json.loads(found[0].partition(":")[2]) if found else None
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    parameters, figures = record.pop("parameters", {}), record.pop("figures", None)
    return Seal(
        str(record.pop("digest", "")),
        record,
        parameters if isinstance(parameters, dict) else {},
        figures if isinstance(figures, dict) else None,
    )


def seal_of_page(post: Post) -> Seal | None:
    """The seal of the page of a post; None without one."""
    try:
        return seal_of(post.page.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def made_figures(post: Post) -> list[Path]:
    """The files beside a page that were made with it: none without a page, all there are where its seal is older."""
    if not post.page.exists():
        return []
    seal = seal_of_page(post)
    if seal is not None and seal.figures is not None:
        found = [post.figures / name for name in seal.figures if Path(name).name == name]
    else:
        found = sorted(post.figures.rglob("*"))
    return [path for path in found if path.is_file()]


def is_edited(text: str) -> bool:
    """Whether a page is other than it was generated. One without a seal was never generated: all of it is by hand."""
    seal = seal_of(text)
    return seal is None or seal.digest != digest_of(unsealed(text))


def digest_of(text: str) -> str:
    """Of the text, whatever ends its lines."""
    return digest_of_bytes(text.replace("\r\n", "\n").encode())


def digests_of(images: Mapping[str, bytes]) -> dict[str, str]:
    """Of the files beside a page, by their names."""
    return {name: digest_of_bytes(data) for name, data in images.items()}


def digest_of_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGITS]


def version_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """What a page was made with that is another version now: `numpy 2.3.1 (now 2.4.6)`."""
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            yield f"{name} {before.get(name, 'not recorded')} (now {now.get(name, 'not recorded')})"
