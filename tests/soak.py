"""All faults, planted one by one in copies of a site, and kills at random moments; `make soak` runs it.

Each fault must be told as its case says, and lose nothing. After one that stopped the publish, what was changed is put
back, and the next publish must give the site as it was, byte for byte.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from faulting import SLUG, Outcome, copy_of, files_of, meet
from faults.catalogue import KINDS, Case, cases, write_told
from making import write
from mathpost.site import Site
from places import ROOT
from running import MEAN, mathpost, mean_post

PAGE = ROOT / "docs" / "faults.md"
LONGEST = 3.0  # seconds, within which a publish is killed
BEGIN, END = "<!-- begin: make soak -->", "<!-- end: make soak -->"


@dataclass(frozen=True)
class Met:
    """A fault, what came of it, and whether the site was as before once it was mended."""

    case: Case
    outcome: Outcome
    mended: bool

    @property
    def is_as_told(self) -> bool:
        return self.outcome.told() == self.case.told

    @property
    def survived(self) -> bool:
        return self.outcome.survived and self.mended


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", nargs="*", choices=[*KINDS, []], help="of these kinds alone")
    parser.add_argument("--kills", type=int, default=200, help="how many publishes are killed (200)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which they are")
    parser.add_argument("--markdown", action="store_true", help=f"write the table into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        site = _published(Path(folder) / "site")
        wanted = [case for case in cases() if not options.kind or case.kind in options.kind]
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            met = list(workers.map(partial(_meet, site), wanted))
        lost = _kill(site, options.kills, random.Random(options.seed)) if options.kills else []
    table = "\n".join(_table(met, options.kills, lost))
    print(table)
    if options.markdown:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0 if all(each.survived and each.is_as_told for each in met) and not lost else 1


def _published(root: Path) -> Site:
    """A site like ours, with one small post of its own, published."""
    root.mkdir()
    for name in ("config.toml", "layouts", "assets", "node_modules", "static/favicon.svg"):
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    site = Site(root)
    write(site.notebooks / f"{SLUG}.ipynb", *mean_post())
    done = mathpost("-C", root, "publish")
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def _meet(published: Site, case: Case) -> Met:
    with tempfile.TemporaryDirectory(prefix="fault") as folder:
        site = copy_of(published, Path(folder) / "site")
        outcome = meet(case.fault, site)
        mended = outcome.code == 0 or _is_mended(site, published, is_asked="remove .cache/" in outcome.said)
    met = Met(case, outcome, mended)
    if "MATHPOST_REGENERATE" in os.environ:
        write_told(case, outcome.told())
    if not met.survived or not met.is_as_told:
        print(f"{case.kind}: {case.fault.title}\n{_account(met)}\n", flush=True)
    return met


def _is_mended(site: Site, published: Site, *, is_asked: bool) -> bool:
    """Whether a publish gives the site as it was, once all but the cache is, and the cache if that was asked for."""
    cache = site.cache if site.cache.is_dir() and not site.cache.is_symlink() and not is_asked else None
    kept = cache.rename(site.root.with_name("cache")) if cache else None
    shutil.rmtree(site.root)
    copy_of(published, site.root)
    if kept:
        shutil.rmtree(site.cache)
        kept.rename(site.cache)
    done = mathpost("-C", site.root, "publish")
    return done.returncode == 0 and files_of(site) == files_of(published)


def _kill(published: Site, count: int, lot: random.Random) -> list[str]:
    """Publishes of an edited post that are killed; afterwards the old site or the new one stands, and none else."""
    lost = []
    with tempfile.TemporaryDirectory(prefix="kill") as folder:
        site = copy_of(published, Path(folder) / "site")
        old = files_of(published)
        write(site.notebooks / f"{SLUG}.ipynb", *mean_post(MEAN.replace("The mean of", "The average of")))
        edited = {**old, f"notebooks/{SLUG}.ipynb": files_of(site)[f"notebooks/{SLUG}.ipynb"]}
        fresh = copy_of(site, Path(folder) / "fresh")
        assert mathpost("-C", fresh.root, "publish").returncode == 0
        new = files_of(fresh)
        for number in range(count):
            after = lot.uniform(0, LONGEST)
            _publish_and_kill(site, after)
            if files_of(site) not in (edited, new):
                lost.append(f"kill {number} after {after:.2f} s: neither the old site nor the new one")
            if files_of(site) == new or number % 10 == 9:
                done = mathpost("-C", site.root, "publish")
                if done.returncode or files_of(site) != new:
                    lost.append(f"kill {number} after {after:.2f} s: the next publish gives another site")
                site = copy_of(published, Path(folder) / f"site{number}")
                shutil.copy(fresh.notebooks / f"{SLUG}.ipynb", site.notebooks)
    return lost


def _publish_and_kill(site: Site, after: float) -> None:
    words = [sys.executable, "-m", "mathpost", "-C", str(site.root), "publish"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _account(met: Met) -> str:
    lines = [met.outcome.told()]
    if not met.is_as_told:
        lines += ["instead of", met.case.told]
    lines += [f"lost: {path}" for path in met.outcome.lost] + [f"left behind: {what}" for what in met.outcome.left]
    return "\n".join(lines + ([] if met.mended else ["the next publish does not give the site as it was"]))


def _table(met: Sequence[Met], kills: int, lost: Iterable[str]) -> Iterable[str]:
    yield "| faults | planted | survived | files lost | told as written | named their place |"
    yield "|---|---|---|---|---|---|"
    for kind, title in KINDS.items():
        if of_kind := [each for each in met if each.case.kind == kind]:
            yield _row(title, of_kind)
    yield _row("all", met)
    unlucky = list(lost)
    if kills:
        yield f"\nOf {kills} publishes that were killed, {kills - len(unlucky)} left the old site or the new one whole."
    yield from unlucky


def _row(title: str, met: Sequence[Met]) -> str:
    stopped = [each for each in met if each.outcome.code]
    counts = (
        len(met),
        sum(each.survived for each in met),
        sum(len(each.outcome.lost) for each in met),
        sum(each.is_as_told for each in met),
        f"{sum(each.outcome.names_a_place for each in stopped)} of {len(stopped)}",
    )
    return f"| {title} | {' | '.join(map(str, counts))} |"


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    sys.exit(code)
