"""A machine that is full, small, odd, or lacks something."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from faulting import SLUG, Fault, Planting
from making import write
from mathpost.site import Site
from running import MEAN, mean_post

LONG = "t" * 100


def edited(site: Site) -> None:
    """The post needs a build: a word of it is another one."""
    write(site.notebooks / f"{SLUG}.ipynb", *mean_post(MEAN.replace("The mean of", "The average of")))


def with_edit(change: Callable[[Site], object]) -> Planting:
    def plant(site: Site) -> None:
        edited(site)
        change(site)

    return plant


def in_cache(name: str, data: bytes) -> Planting:
    """Each file of this name in the cache holds these bytes."""

    def spoil(site: Site) -> None:
        files = [path for path in site.cache.rglob(name) if path.is_file()]
        assert files, name
        for path in files:
            path.write_bytes(data)

    return with_edit(spoil)


def folders_for_files(site: Site) -> None:
    for path in [path for path in site.cache.rglob("*") if path.is_file() and "hugo" not in path.parts]:
        path.unlink()
        path.mkdir()


def cache_is_a_file(site: Site) -> None:
    shutil.rmtree(site.cache)
    site.cache.write_text("no folder")


def beside(name: str, text: str) -> Planting:
    def put(site: Site) -> None:
        path = site.notebooks / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    return with_edit(put)


def times_to_come(site: Site) -> None:
    for path in site.root.rglob("*"):
        if not path.is_symlink() and "node_modules" not in path.parts:
            os.utime(path, (4e9, 4e9))


def _fault(
    title: str, plant: Planting = edited, limits: str = "", command: tuple[str, ...] = ("publish",), **environment: str
) -> Fault:
    return Fault(title, plant, command, {"PYTHONHASHSEED": "0", **environment}, limits, slow=True)


FAULTS = (
    _fault(
        "a temporary folder of a long name",
        with_edit(lambda site: Path("/tmp", LONG).mkdir(exist_ok=True)),
        TMPDIR=f"/tmp/{LONG}",
    ),
    _fault("a temporary folder that is not there", TMPDIR="/nowhere"),
    _fault("a temporary folder that is a file", TMPDIR="/etc/passwd"),
    _fault("no home", HOME="/nowhere"),
    _fault("a home that cannot be written to", HOME="/proc"),
    _fault("a locale of ASCII", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    _fault("a locale that is not there", LC_ALL="xx_YY.UTF-8"),
    _fault("another time zone", TZ="Pacific/Kiritimati"),
    _fault("no path", PATH=""),
    _fault("an optimised Python", PYTHONOPTIMIZE="2"),
    _fault("warnings that are errors", PYTHONWARNINGS="error"),
    _fault("a terminal of one column", COLUMNS="1"),
    _fault("variables that Hugo reads", HUGO_BASEURL="https://evil.example/", HUGO_PARAMS_DESCRIPTION="evil"),
    _fault("a proxy that is not there", HTTPS_PROXY="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1"),
    _fault("few open files", limits="ulimit -n 40"),
    _fault("very few open files", limits="ulimit -n 20"),
    _fault("no room for files", limits="ulimit -f 1"),
    _fault("little memory", limits="ulimit -v 600000"),
    _fault("a mask that hides all", limits="umask 0777"),
    _fault("a mask that hides nothing", limits="umask 0"),
    _fault("a record that is no JSON", in_cache("*.json", b"{")),
    _fault("a record that is another JSON", in_cache("*.json", b"[1, 2]")),
    _fault("a record of NULs", in_cache("*.json", b"\0" * 100)),
    _fault("folders where the cache has files", with_edit(folders_for_files)),
    _fault("a cache that is a file", with_edit(cache_is_a_file)),
    _fault("no cache", with_edit(lambda site: shutil.rmtree(site.cache))),
    _fault("files of a time to come", with_edit(times_to_come)),
    _fault("a module of ours beside the notebook", beside("mathpost.py", "raise RuntimeError('not ours')")),
    _fault("a module of Python's beside the notebook", beside("json.py", "raise RuntimeError('not ours')")),
    _fault("a start-up file beside the notebook", beside("sitecustomize.py", "raise RuntimeError('not ours')")),
    _fault(
        "a start-up file of IPython beside the notebook", beside("ipython_config.py", "raise RuntimeError('not ours')")
    ),
)
