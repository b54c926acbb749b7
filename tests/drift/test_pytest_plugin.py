"""`pytest notebooks` as a tool: what it collects, how often it executes, what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from making import code, text, write
from mathpost.notebooks import Record
from mathpost.site import Site
from places import NOTEBOOK, PACKAGE
from planting import Garden, findings, garden, plant, told
from programs import run, run_anew

NAMES = [
    "page",
    "val-share",
    "the-mean/value-1",
    "the-mean/value-2",
    "eq-mean",
    "the-mean/1",
    "the-mean/2",
    "eq-spread.1",
    "eq-spread.2",
    "val-slope",
    "the-line/value-1",
    "the-line/1",
    "fig-line",
]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Garden:
    return garden(tmp_path_factory.mktemp("garden"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "config.toml").write_text('title = "A site"\n')
    return Site(tmp_path)


def counting(site: Site, slug: str, *lines: str) -> Path:
    """A post that notes each of its executions in a file, with claims that hold and one that does not."""
    note = f"with open({str(site.root / 'executions')!r}, 'a') as file:\n    file.write('{slug}\\n')\n"
    return write(
        site.notebooks / f"{slug}.ipynb",
        code(note + "from mathpost import Notation, check"),
        text("## A\n\n" + "\n\n".join(f"${line}$ {{#eq-{number}}}" for number, line in enumerate(lines))),
        code('check("#a", Notation({"a": 2.0}))'),
    )


@pytest.mark.kernel
def test_collecting_lists_every_statement_and_runs_nothing(ground: Garden) -> None:
    plant(ground, "first", [])
    options = ("--collect-only", "-q", "-p", "no:cacheprovider")
    done = run("pytest", "notebooks", *options, folder=ground.site.root, JUPYTER_PREFER_ENV_PATH="")

    assert done.stdout.splitlines()[: len(NAMES)] == [f"notebooks/first.ipynb::{name}" for name in NAMES]


def test_collecting_the_real_post_starts_no_kernel_and_loads_no_numpy(site: Site) -> None:
    site.notebooks.mkdir()
    (site.notebooks / "real.ipynb").write_bytes(NOTEBOOK.read_bytes())
    (site.root / "conftest.py").write_text(
        "import sys\n\n\ndef pytest_unconfigure():\n"
        "    heavy = {'numpy', 'scipy', 'matplotlib', 'nbformat', 'papermill', 'jupyter_client'}\n"
        "    print('\\nloaded:', sorted(heavy & set(sys.modules)))\n"
    )
    done = run_anew("pytest", "notebooks", "--collect-only", "-q", folder=site.root)

    assert "loaded: []" in done.stdout
    assert done.stdout.count("notebooks/real.ipynb::eq-") >= 19


@pytest.mark.kernel
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_post_is_executed_once_in_a_session(site: Site, workers: str) -> None:
    for slug in ("one", "two"):
        counting(site, slug, "a = 2", "a > 1", "a < 3", "a = 3", "a = 4")
    for session in (1, 2):
        done = run("pytest", "notebooks", "-q", "-n", workers, folder=site.root)

        assert "6 failed, 6 passed" in done.stdout, done.stdout
        assert (site.root / "executions").read_text().split().count("one") == session


@pytest.mark.kernel
def test_selecting_failing_first_and_stopping_work_as_ever(site: Site) -> None:
    counting(site, "post", "a = 2", "a = 3", "a = 4")

    by_name = run("pytest", "notebooks/post.ipynb::eq-0", "-q", folder=site.root).stdout
    by_word = run("pytest", "notebooks", "-q", "-k", "eq-1 or eq-2", folder=site.root).stdout
    last_failed = run("pytest", "notebooks", "-q", "--lf", folder=site.root).stdout
    stopped = run("pytest", "notebooks", "-q", "-x", "-k", "eq", folder=site.root).stdout

    assert "1 passed" in by_name
    assert "2 failed, 2 deselected" in by_word
    assert "2 failed" in last_failed
    assert "passed" not in last_failed
    assert "1 failed, 1 passed" in stopped


@pytest.mark.kernel
def test_a_waived_claim_is_skipped_with_its_reason_and_counted_apart(site: Site, tmp_path: Path) -> None:
    path = counting(site, "post", "a = 2", "a = 3")
    path.write_text(path.read_text().replace("{#eq-1}", "{#eq-1 .unchecked reason='a convention'}"))
    summary = tmp_path / "summary.md"

    done = run(
        "pytest", "notebooks", "-q", "-k", "eq",
        folder=site.root, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip

    assert "1 passed, 1 skipped, 1 deselected" in done.stdout, done.stdout
    assert "waived: a convention" in run("pytest", "notebooks", "-rs", "-k", "eq", folder=site.root).stdout
    assert "| post | claims |\n| --- | --- |\n| post | 1 hold, 1 waived |\n" in summary.read_text()


@pytest.mark.kernel
def test_a_failure_is_told_without_a_traceback(site: Site) -> None:
    counting(site, "post", "a = 3")
    done = run("pytest", "notebooks", "-q", "-k", "eq-0", folder=site.root)

    assert done.stdout.split("FAILURES")[1].split("short test summary")[0].strip(" =_\n") == (
        "eq-0 _____________________________________\n"
        "notebooks/post.ipynb, cell 3, line 3: eq-0 does not hold\n"
        "    a = 3\n"
        "    left 2, right 3\n"
        "    the two sides differ\n"
        "-> mend the text of cell 3, or the code that it speaks of, then: mathpost check post"
    )


def test_other_notebooks_and_other_repositories_are_left_alone(tmp_path: Path) -> None:
    bare, elsewhere = tmp_path / "notebooks" / "bare.ipynb", tmp_path / "elsewhere" / "post.ipynb"
    write(bare, code("1 / 0"))
    write(elsewhere, code("1 / 0"))
    notebook = json.loads(bare.read_text())
    notebook["cells"] = notebook["cells"][1:]
    site_without_posts = Site(tmp_path)

    assert run("pytest", "-q", folder=site_without_posts.root).stdout.strip().startswith("no tests ran")
    (tmp_path / "config.toml").write_text("")
    bare.write_text(json.dumps(notebook))
    assert run("pytest", "-q", folder=site_without_posts.root).stdout.strip().startswith("no tests ran")


@pytest.mark.parametrize("damage", ["", "{", '{"cells": 3}', '{"cells": [{"cell_type": "raw"}]}'])
def test_a_damaged_notebook_is_one_failure_with_a_message(site: Site, damage: str) -> None:
    site.notebooks.mkdir()
    (site.notebooks / "post.ipynb").write_text(damage)
    done = run("pytest", "notebooks", "-q", folder=site.root)

    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "\nnotebooks/post.ipynb: cannot be read as a notebook: " in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.kernel
def test_only_posts_that_a_branch_touched_are_tested(site: Site) -> None:
    for slug in ("one", "two"):
        counting(site, slug, "a = 2")
    git(site, "init", "--quiet", "--initial-branch", "main")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "--message", "begin")
    counting(site, "two", "a = 2", "a = 2")

    changed = run("pytest", "notebooks", "-q", "-k", "eq", "--posts-changed-since", "main", folder=site.root).stdout
    unknown = run("pytest", "notebooks", "-q", "--posts-changed-since", "nowhere", folder=site.root)

    assert "2 passed, 1 deselected" in changed
    assert (site.root / "executions").read_text() == "two\n"
    assert unknown.returncode != 0
    assert "git merge-base nowhere: fatal: Not a valid object name nowhere" in unknown.stdout + unknown.stderr


@pytest.mark.kernel
def test_github_is_told_where_and_what(site: Site) -> None:
    path = counting(site, "post", "a = 2", "a = 3")
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "a = 3" in text)
    done = run(
        "pytest",
        *("notebooks", "-q", "-n", "2", "-k", "eq", "--junitxml", "junit.xml"),
        folder=site.root,
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY="summary.md",
        GITHUB_WORKSPACE=str(site.root),
    )

    message = (
        "notebooks/post.ipynb, cell 3, line 5: eq-1 does not hold\n    a = 3\n"
        "    left 2, right 3\n    the two sides differ\n"
        "-> mend the text of cell 3, or the code that it speaks of, then: mathpost check post"
    )
    annotations = [text for text in done.stdout.splitlines() if text.startswith("::")]
    escaped = message.replace("\n", "%0A")
    assert annotations == [f"::error file=notebooks/post.ipynb,line={line},title=post%3A eq-1::{escaped}"]
    assert (site.root / "summary.md").read_text() == (
        "## What the posts state\n\n| post | claims |\n| --- | --- |\n| post | 1 hold, 1 drifted |\n\n"
        f"### post: eq-1\n\n```text\n{message}\n```\n"
    )
    assert findings(site.root / "junit.xml") == {
        "post": {
            "eq-0": "",
            "eq-1": message.replace("notebooks/post", "notebooks/POST").replace("check post", "check POST"),
        }
    }


@pytest.mark.kernel
def test_the_real_post_with_a_symbol_renamed(tmp_path: Path, execute_real_post: Callable[..., Record]) -> None:
    """In text and notation alike nothing is amiss; in the text alone it has no binding, and is named."""
    ground = garden(tmp_path, NOTEBOOK, execute_real_post())
    plant(ground, "consistent", [f"cell {cell}, every: D_{{KL}} -> K" for cell in (12, 15, 16, 19)] + ["published"])
    plant(ground, "textalone", ["cell 12, every: D_{KL} -> K", "published"])
    run("pytest", "notebooks", "-q", "--junitxml", "junit.xml", folder=ground.site.root)
    found = findings(tmp_path / "junit.xml")

    assert told(found["consistent"]) == ""
    unbound = {name for name, message in found["textalone"].items() if message}
    assert unbound == {
        "eq-kl-expectation",
        "eq-kl-sum",
        "eq-kl-integral",
        *(f"what-is-kullback-leibler-kl-divergence/{number}" for number in (1, 2, 3)),
    }
    assert all("`K" in found["textalone"][name] for name in unbound)


@pytest.mark.kernel
def test_a_change_of_the_package_itself_is_told(ground: Garden, tmp_path: Path) -> None:
    plant(ground, "package", [])
    _package_with_longer_captions(tmp_path)
    done = run_anew(
        "pytest",
        *("notebooks/package.ipynb", "-q", "--junitxml", tmp_path / "j.xml"),
        folder=ground.site.root,
        PYTHONPATH=str(tmp_path),
    )
    found = findings(tmp_path / "j.xml")["package"]

    assert "1 failed, 12 passed" in done.stdout, done.stdout
    assert 'caption="Fig 1. The points and a line"' in found["page"]
    assert 'caption="Figure 1. The points and a line"' in found["page"]


def _package_with_longer_captions(folder: Path) -> None:
    # What is compiled already goes with it; not what another worker is just compiling.
    copy = shutil.copytree(PACKAGE, folder / "mathpost", ignore=shutil.ignore_patterns("*.pyc.*", "*-pytest-*"))
    blocks = copy / "pages" / "blocks.py"
    source = blocks.read_text()
    assert source.count('f"Fig {') == 1
    blocks.write_text(source.replace('f"Fig {', 'f"Figure {'))


def git(site: Site, *arguments: str) -> None:
    names = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "-C", str(site.root), *arguments], check=True, env=environment)
