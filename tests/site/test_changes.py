"""The posts that a change of files touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.site import Site
from mathpost.site.changes import touched_by
from places import PACKAGE


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.notebooks.mkdir()
    for slug in ("one", "two"):
        (site.notebooks / f"{slug}.ipynb").write_text("{}")
    return site


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("notebooks/one.ipynb", ["one"]),
        ("notebooks/two.sweep.yaml", ["two"]),
        ("content/posts/two.md", ["two"]),
        ("static/images/one/line.png", ["one"]),
        ("static/images/other.png", []),
        ("README.md", []),
        ("layouts/page.html", []),
        ("notebooks/data/table.csv", ["one", "two"]),
        ("notebooks/tools.py", ["one", "two"]),
        ("requirements.lock", ["one", "two"]),
        ("config.toml", ["one", "two"]),
    ],
)
def test_a_file_touches_posts(site: Site, file: str, expected: list[str]) -> None:
    assert [post.slug for post in touched_by(site, [site.root / file])] == expected


def test_the_package_touches_all_posts(site: Site) -> None:
    assert len(touched_by(site, [PACKAGE / "judging" / "judge.py"])) == 2
