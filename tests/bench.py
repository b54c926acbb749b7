"""How long things take, beside the plain chain: papermill, nbconvert and Hugo by hand. `make bench` runs it.

The rounds are interleaved, so that a busy minute of the machine hits all rows alike; medians are shown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

import mathpost
from mathpost.ground.errors import FormulaError
from mathpost.judging import checks
from mathpost.judging.checks import NOTEBOOK_VARIABLE
from mathpost.site.hugo import hugo_binary
from mathpost.text import read
from mathpost.text.claims import parse_claim
from places import NOTEBOOK, ROOT

POST = "ml_estimation"
SHARED = ("assets", "layouts", "node_modules", "config.toml", "requirements.lock", "package-lock.json")
Step = Callable[[Path], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        site = copy_of_site(Path(folder))
        times: dict[str, list[float]] = {name: [] for name in STEPS}
        for _ in range(rounds):
            for name, step in STEPS.items():
                times[name].append(seconds_of(step, site))
    show(times)
    print(f"reading a formula            {reading_milliseconds():6.2f} ms, median over the claims of the post")
    print(f"judging the post, warm       {judging_seconds(rounds):6.2f} s, median of {rounds} runs in one process")
    print(f"collecting the post's tests  {collecting_seconds(rounds):6.2f} s, median of {rounds} runs")


def copy_of_site(root: Path) -> Path:
    for name in SHARED:
        (root / name).symlink_to(ROOT / name)
    for name in ("notebooks", "static"):
        shutil.copytree(ROOT / name, root / name)
    return root


def seconds_of(step: Step, site: Path) -> float:
    started = time.perf_counter()
    step(site)
    return time.perf_counter() - started


def run(site: Path, *command: str | Path) -> None:
    """A command; the notebook finds its own text in plain papermill too, and is checked there as well."""
    notebook = str(site / "notebooks" / f"{POST}.ipynb")
    environment = {**os.environ, "MATHPOST_NOTEBOOK": notebook}
    subprocess.run(list(map(str, command)), cwd=site, check=True, capture_output=True, env=environment)


def plain_chain(site: Path) -> None:
    notebook, page = site / "notebooks" / f"{POST}.ipynb", site / "content" / "posts"
    page.mkdir(parents=True, exist_ok=True)
    executed = site / "executed.ipynb"
    run(site, sys.executable, "-m", "papermill", notebook, executed)
    run(site, sys.executable, "-m", "nbconvert", "--to", "markdown", "--output-dir", site / "plain", executed)
    run(site, hugo_binary(), "--destination", site / "plain" / "public", "--cacheDir", site / "plain" / "cache")


def cold_build(site: Path) -> None:
    shutil.rmtree(site / ".cache", ignore_errors=True)
    publish(site)


def publish(site: Path) -> None:
    run(site, sys.executable, "-m", "mathpost", "publish")


def edited(old: str, new: str) -> Step:
    """A build after an edit; the next round takes the edit back."""

    def step(site: Path) -> None:
        notebook = site / "notebooks" / f"{POST}.ipynb"
        source = notebook.read_text(encoding="utf-8")
        notebook.write_text(source.replace(old, new) if old in source else source.replace(new, old), encoding="utf-8")
        publish(site)

    return step


STEPS: Mapping[str, Step] = {
    "plain chain": plain_chain,
    "cold build": cold_build,
    "nothing changed": publish,
    "prose edit": edited("Fit a line, and", "Fit a straight line, and"),
    "code edit": edited("np.prod(densities)", "densities.prod()"),
}


def show(times: Mapping[str, list[float]]) -> None:
    plain = median(times["plain chain"])
    print(f"medians of {len(times['plain chain'])} interleaved rounds")
    for name, row in times.items():
        print(f"{name:<16} {median(row):6.2f} s  {median(row) / plain:6.3f} of the plain chain")


def reading_milliseconds() -> float:
    """Per claim, both sides."""
    times = []
    for claim in read(NOTEBOOK).claims:
        started = time.perf_counter()
        try:
            parse_claim(claim)
        except FormulaError:
            continue
        times.append(1000 * (time.perf_counter() - started))
    return median(times)


def judging_seconds(rounds: int) -> float:
    """All checks of the post, in a process that has run them once before."""
    notebook = NOTEBOOK
    os.environ.update({NOTEBOOK_VARIABLE: str(notebook), "MPLBACKEND": "Agg"})
    cells = [cell.source for cell in read(notebook).code]
    spent: list[float] = []

    def timed_check(*arguments: Any) -> None:
        started = time.perf_counter()
        checks.check(*arguments)
        spent[-1] += time.perf_counter() - started

    vars(mathpost)["check"] = timed_check  # what `from mathpost import check` in the notebook finds
    for _ in range(rounds + 1):
        spent.append(0.0)
        names: dict[str, Any] = {}
        with redirect_stdout(StringIO()):
            for cell in cells:
                exec(cell, names)
    return median(spent[1:])


def collecting_seconds(rounds: int) -> float:
    command = (sys.executable, "-m", "pytest", "notebooks", "--collect-only", "-q", "-p", "no:cacheprovider")
    return median(seconds_of(lambda site: run(site, *command), ROOT) for _ in range(rounds))


if __name__ == "__main__":
    main()
