"""The workflows: what they may do, and the steps of a pull request as GitHub would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from places import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_can_write_nothing_and_knows_no_secret(path: Path) -> None:
    text = path.read_text()
    workflow = yaml.safe_load(text)

    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in text
    assert "${{ secrets" not in text
    assert all("permissions" not in job for job in workflow["jobs"].values())
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert "uses" not in step or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]), step
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.kernel
def test_the_steps_of_the_workflow_run_as_on_github(tmp_path: Path) -> None:
    """A clone of this repository, a branch that changes a number on the page, and what GitHub would be told."""
    steps = [
        step["run"]
        for step in yaml.safe_load((ROOT / ".github/workflows/drift.yml").read_text())["jobs"]["posts"]["steps"]
        if "run" in step
    ]
    clone = _branch_with_a_typo(tmp_path)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MAKE"))},
        "GITHUB_ACTIONS": "true",
        "GITHUB_BASE_REF": "main",
        "GITHUB_WORKSPACE": str(clone),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    for step in steps:
        done = subprocess.run(
            ["bash", "-e", "-c", step], cwd=clone, env=environment, capture_output=True, text=True, check=False
        )

    assert done.returncode != 0, done.stdout
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert len(annotations) == 1, done.stdout
    assert annotations[0].startswith("::error file=notebooks/ml_estimation.ipynb,line=")
    assert "was edited by hand since it was generated%0A" in annotations[0]
    assert "| ml_estimation | " in (tmp_path / "summary.md").read_text()
    assert (clone / ".cache/drift/junit.xml").exists()


def _branch_with_a_typo(folder: Path) -> Path:
    names = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
    clone = folder / "clone"

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, env=environment, capture_output=True)

    git("clone", "--quiet", str(ROOT), str(clone))
    git("-C", str(clone), "update-ref", "refs/remotes/origin/main", "HEAD")
    page = clone / "content" / "posts" / "ml_estimation.md"
    page.write_text(page.read_text().replace("Fit a line", "Fitt a line"))
    git("-C", str(clone), "commit", "--quiet", "--all", "--message", "a typo")
    _set_up(clone)
    return clone


def _set_up(clone: Path) -> None:
    """A clone whose set-up is done: it runs the programs that run this test, and its stamps are of a far future."""
    (clone / ".venv").mkdir()
    (clone / "node_modules").mkdir()
    (clone / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for stamp in (".venv/.requirements", ".venv/.package", "node_modules/.package-lock.json"):
        (clone / stamp).touch()
        os.utime(clone / stamp, (4e9, 4e9))
