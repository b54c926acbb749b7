"""Pages, figures and `public/` change together, or not at all: also when the process is killed on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mathpost.ground.errors import EngineError, InputError
from mathpost.ground.files import write_atomic
from mathpost.site import Site, staging
from mathpost.site.staging import Stage, exchange, recover, same_tree, stage

OLD = {
    "content/posts/one.md": "old page",
    "content/posts/gone.md": "a page whose notebook is gone",
    "static/images/one/kept.png": "kept figure",
    "static/images/one/orphan.png": "renamed since",
    "static/images/gone/only.png": "goes with its post",
    "static/images/two/other.png": "of another post",
    "public/index.html": "old site",
    "public/posts/gone/index.html": "old page",
}
NEW = {
    "content/posts/one.md": "new page",
    "static/images/one/kept.png": "kept figure",
    "static/images/one/new.png": "new figure",
    "static/images/two/other.png": "of another post",
    "public/index.html": "new site",
}
CHANGED = (
    "content/posts/gone.md",
    "static/images/gone/only.png",
    "static/images/one/orphan.png",
    "content/posts/one.md",
    "static/images/one/new.png",
    "public",
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    for name, text in OLD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Site(tmp_path)


def files_of(site: Site) -> dict[str, str]:
    files = [path for path in site.root.rglob("*") if path.is_file() and not path.is_relative_to(site.cache)]
    return {path.relative_to(site.root).as_posix(): path.read_text() for path in files}


def prepare(staged: Stage) -> None:
    one, gone = staged.site.post("one"), staged.site.post("gone")
    staged.write(one.page, b"new page")
    staged.write_figures(one, {"kept.png": b"kept figure", "new.png": b"new figure"})
    staged.retire(gone)
    write_atomic(staged.public / "index.html", b"new site")


def test_a_commit_makes_all_changes_and_names_them(site: Site) -> None:
    with stage(site) as staged:
        prepare(staged)
        assert files_of(site) == OLD
        changed = staged.commit()
    assert files_of(site) == NEW
    assert tuple(path.as_posix() for path in changed) == CHANGED
    assert not (site.images / "gone").exists()


def test_a_second_commit_of_the_same_changes_nothing(site: Site) -> None:
    for expected in (CHANGED, ()):
        with stage(site) as staged:
            prepare(staged)
            before = {path: path.stat().st_mtime_ns for path in site.root.rglob("*") if site.cache not in path.parents}
            assert tuple(path.as_posix() for path in staged.commit()) == expected
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_leaving_without_a_commit_leaves_everything_as_it_was(site: Site) -> None:
    with stage(site) as staged:
        prepare(staged)
    with pytest.raises(KeyboardInterrupt):
        _prepare_and_interrupt(site)
    assert files_of(site) == OLD
    with stage(site) as staged:
        assert staged.commit() == ()


def test_the_first_build_needs_nothing_to_be_there(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with stage(site) as staged:
        staged.write(site.post("one").page, b"page")
        write_atomic(staged.public / "index.html", b"site")
        staged.commit()
    assert files_of(site) == {"content/posts/one.md": "page", "public/index.html": "site"}


KILLED = """
import os, signal, sys
sys.path.insert(0, {here!r})
from pathlib import Path
from mathpost.site import staging
from mathpost.site import Site
from test_staging import prepare

left = int(sys.argv[2])
apply = staging._apply

def apply_or_die(staged, change):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    apply(staged, change)

staging._apply = apply_or_die
with staging.stage(Site(Path(sys.argv[1]))) as staged:
    prepare(staged)
    staged.commit()
"""


@pytest.mark.parametrize("steps", range(len(CHANGED)))
def test_a_commit_that_is_killed_shows_the_old_site_and_is_finished_by_the_next_command(site: Site, steps: int) -> None:
    program = KILLED.format(here=str(Path(__file__).parent))
    result = subprocess.run([sys.executable, "-c", program, str(site.root), str(steps)], check=False)
    assert result.returncode == -signal.SIGKILL
    assert (site.public / "index.html").read_text() == "old site"
    assert tuple(path.as_posix() for path in recover(site)) == CHANGED
    assert files_of(site) == NEW
    assert recover(site) == ()


def test_a_commit_killed_after_its_last_step_is_not_turned_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, stage(site) as staged:
        prepare(staged)
        patch.setattr(staging, "_clear", _raise_interrupted)
        with pytest.raises(InterruptedError):
            staged.commit()
    assert files_of(site) == NEW
    recover(site)
    assert files_of(site) == NEW


@pytest.mark.parametrize("steps", range(len(CHANGED)))
def test_a_step_that_fails_undoes_the_ones_before_it(site: Site, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage(site) as staged:
        prepare(staged)
        _fail_at(steps, monkeypatch)
        with pytest.raises(EngineError) as caught:
            staged.commit()
    place = site.root / CHANGED[steps]
    assert str(caught.value) == f"{place}: cannot be replaced (No space left on device): everything is as it was"
    assert files_of(site) == OLD


@pytest.mark.parametrize(
    "path", ["config.toml", "content/about.md", "static/favicon.svg", "static/images/../../README.md"]
)
def test_only_pages_and_figures_are_ever_staged(site: Site, path: str) -> None:
    with stage(site) as staged, pytest.raises(InputError) as caught:
        staged.write(site.root / path, b"")
    assert str(caught.value) == f"{site.root / path}: is no page and no figure of this site: left alone"


def test_a_link_that_leads_out_of_the_site_is_not_followed(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (site.images / "linked").symlink_to(elsewhere)
    with stage(site) as staged, pytest.raises(InputError):
        staged.write_figures(site.post("linked"), {"figure.png": b""})
    assert not list(elsewhere.iterdir())


def test_a_figure_is_a_plain_file_name(site: Site) -> None:
    with stage(site) as staged, pytest.raises(InputError, match=r"'\.\./x\.png' cannot name a figure"):
        staged.write_figures(site.post("one"), {"../x.png": b""})


def test_a_second_publish_waits_for_the_first_and_says_for_whom(site: Site) -> None:
    order: list[str] = []

    def second() -> None:
        with stage(site, order.append):
            order.append("second")

    with stage(site):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.2)
        order.append("first")
    thread.join(timeout=10)
    owner, *rest = order
    assert re.fullmatch(rf"process {os.getpid()}, since \d\d:\d\d:\d\d", owner)
    assert rest == ["first", "second"]


def test_what_is_wanted_again_does_not_go(site: Site) -> None:
    page = site.post("one").page
    with stage(site) as staged:
        staged.remove(page)
        staged.write(page, b"old page")
        assert staged.commit() == ()
    assert files_of(site) == OLD


def test_folders_trade_places_also_where_the_system_has_no_single_step_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        write_atomic(tmp_path / name / "file", name.encode())
    exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "file").read_text() == "other"
    monkeypatch.setattr("ctypes.CDLL", lambda *arguments, **options: object())
    exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "file").read_text() == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


def test_trees_are_the_same_when_names_and_bytes_are(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_atomic(tmp_path / name / "folder" / "file", b"same")
    assert same_tree(tmp_path / "one", tmp_path / "other")
    write_atomic(tmp_path / "other" / "folder" / "file", b"else")
    assert not same_tree(tmp_path / "one", tmp_path / "other")
    assert not same_tree(tmp_path / "one", tmp_path / "missing")


def _prepare_and_interrupt(site: Site) -> None:
    with stage(site) as staged:
        prepare(staged)
        raise KeyboardInterrupt


def _raise_interrupted(folder: Path) -> None:
    raise InterruptedError


def _fail_at(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    done = iter(range(100))
    apply = staging._apply

    def failing(staged: Stage, change: staging.Change) -> None:
        if next(done) == steps:
            raise OSError(28, os.strerror(28))
        apply(staged, change)

    monkeypatch.setattr(staging, "_apply", failing)
