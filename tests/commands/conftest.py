"""Sites for the commands: one with a post that was never published, one with all of it published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from making import write
from mathpost.site import Site
from running import mean_post


@pytest.fixture
def site(small_site: Site) -> Site:
    """A site with the notebook of one post."""
    write(small_site.notebooks / "mean.ipynb", *mean_post())
    return small_site


@pytest.fixture
def published(published_once: Site, tmp_path: Path) -> Site:
    """The same site, published: a copy, times of files included."""
    shutil.copytree(published_once.root, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Site(tmp_path)
