"""What all tests share: the order in which they run."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from places import CASES, ROOT

# Cheapest first: the first red comes within seconds, before a kernel, Hugo or a browser has started.
COSTS = ("kernel", "site", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    return max((COSTS.index(name) + 1 for name in COSTS if item.get_closest_marker(name)), default=0)


@pytest.fixture(scope="session")
def make_site() -> Callable[[Path], Site]:
    return _site_in


def _site_in(root: Path) -> Site:
    """A site with our theme and the pages of `cases/site`, built never yet."""
    site = Site(root)
    shutil.copy(ROOT / "config.toml", site.config)
    for name in ("layouts", "assets", "node_modules"):
        (root / name).symlink_to(ROOT / name)
    shutil.copytree(CASES / "site", site.pages)
    figure = io.BytesIO()
    Image.linear_gradient("L").resize((640, 400)).save(figure, "PNG")
    (site.images / "sample").mkdir(parents=True)
    (site.images / "sample" / "line.png").write_bytes(figure.getvalue())
    shutil.copy(ROOT / "static" / "favicon.svg", root / "static")
    return site


@pytest.fixture
def small_site(tmp_path: Path) -> Site:
    return _site_in(tmp_path)


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The small site with its `public/`; for reading only."""
    site = _site_in(tmp_path_factory.mktemp("site"))
    with stage(site) as staged:
        hugo.build(staged)
        staged.commit()
    return site
