"""What all tests share: the order in which they run, the process that kernels are forked from, and a small site."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from PIL import Image

from making import write
from mathpost.notebooks.forking import prepare_kernels
from mathpost.site import Site, hugo, katex
from mathpost.site.staging import stage
from mathpost.text import read
from places import CASES, NOTEBOOK, ROOT
from running import mathpost, mean_post
from sharing import made_once

if TYPE_CHECKING:
    from mathpost.notebooks import Record

# Cheapest first: the first red comes within seconds, before a kernel, Hugo or a browser has started.
COSTS = ("kernel", "site", "browser")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for kernels, for Hugo and for a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Where several workers test, all their kernels are forked from one process."""
    if config.getoption("numprocesses", None):
        prepare_kernels()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("kernel"):
        prepare_kernels()


def _cost(item: pytest.Item) -> int:
    return max((COSTS.index(name) + 1 for name in COSTS if item.get_closest_marker(name)), default=0)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all workers of this session, for `made_once`."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"


@pytest.fixture(scope="session")
def compiled_katex(shared: Path) -> Path:
    """A cache of Hugo's with KaTeX as it compiled it, which takes seconds."""

    def compile_into(cache: Path) -> None:
        assert katex.refusals([("a", False)], cache) == [""]

    return made_once(shared / "katex", compile_into)


@pytest.fixture(scope="session")
def make_site(compiled_katex: Path) -> Callable[[Path], Site]:
    return partial(_site_in, compiled_katex)


@pytest.fixture(scope="session")
def execute_real_post(shared: Path) -> Callable[..., Record]:
    """The record of the real post under parameters, each made once; for reading only."""

    from mathpost.notebooks import Record as Made
    from mathpost.notebooks import execute

    def execute_once(**parameters: object) -> Record:
        text = read(NOTEBOOK)
        name = "-".join(["post", *(f"{name}={value}" for name, value in parameters.items())])
        file = made_once(shared / name, lambda file: nbformat.write(execute(text, parameters).notebook, file))
        return Made(text, nbformat.read(file, as_version=4))

    return execute_once


def _site_in(compiled_katex: Path, root: Path) -> Site:
    """A site with our theme and the pages of `cases/site`."""
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
    shutil.copytree(compiled_katex, site.hugo_cache)
    return site


@pytest.fixture
def new_site(make_site: Callable[[Path], Site], tmp_path: Path) -> Site:
    """The small site, built never yet."""
    return make_site(tmp_path)


@pytest.fixture
def small_site(new_site: Site, built_site: Site) -> Site:
    """The small site, not built, but its formulas have been rendered."""
    shutil.copytree(built_site.hugo_cache, new_site.hugo_cache, dirs_exist_ok=True)
    return new_site


@pytest.fixture(scope="session")
def built_site(make_site: Callable[[Path], Site], shared: Path) -> Site:
    """The small site with its `public/`; for reading only."""

    def build(folder: Path) -> None:
        folder.mkdir()
        with stage(make_site(folder)) as staged:
            hugo.build(staged)
            staged.commit()

    return Site(made_once(shared / "site", build))


@pytest.fixture(scope="session")
def published_once(make_site: Callable[[Path], Site], shared: Path) -> Site:
    def publish(root: Path) -> None:
        root.mkdir()
        write(make_site(root).notebooks / "mean.ipynb", *mean_post())
        done = mathpost("-C", root, "publish")
        assert done.returncode == 0, done.stdout + done.stderr

    return Site(made_once(shared / "published", publish))
