"""A trial of the reader on public posts: docs/reading-trial.md, made by this program from clones of their repositories.

    .venv/bin/python tests/reading_trial.py CLONES [--markdown] [--sample]

CLONES is a folder with a clone of each repository in OWNER+NAME, bare or not; their HEADs are read. Each display
formula of each post is cut into statements and each side of them is read, without a notation. A hundred statements by
lot are shown with their trees, each with a judgement by eye out of tests/cases/judged.txt; `--sample` prints those that
have none, in the form of that file.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from corpus import Repository
from mathpost.ground.errors import FormulaError
from mathpost.latex import parse
from mathpost.latex.reading import as_domain, find_chains
from mathpost.latex.tree import to_sexpr
from places import CASES, ROOT
from posts import MARKDOWN, Blog, Formula

PAGE: Final = ROOT / "docs" / "reading-trial.md"
JUDGED: Final = CASES / "judged.txt"
SEED: Final = 37
SAMPLED: Final = 100
SLIPS: Final = (
    "is not closed",
    "closes nothing",
    "expected `|",
    r"`\_` at column",
    "found `*`",
    "a list beside a factor",
)
"""What is said of slips of the pen: brackets and bars without a partner, and scripts that an editor has mangled."""

INTRODUCTION: Final = """\
<!-- Made by tests/reading_trial.py, which says how; nothing of the posts is kept here but formulas. -->

# A trial of the reader on posts of other people

What becomes of formulas that nobody wrote for mathpost? Every display formula of the posts below was cut into
statements, and each side of each was read as it is where no notation is at hand. A formula counts as read if all of it
was: each statement cut, each side a tree. Macros of a site and of a post are known. The blog of Gregory Gundersen is
not to be had as Markdown; his lecture notes stand in for it. Of Lil'Log only the pages are published, and were read.

Cloned into one folder, each at its commit, the repositories give this page anew:
`.venv/bin/python tests/reading_trial.py CLONES --markdown`
"""
REFUSED: Final = """
## What is refused

By the reason that is given for the first part that is not read.
"""
SLIPPED: Final = """
## Slips of the pen

Brackets and bars without a partner, and subscripts that an editor has turned into stars or underscores, as the reader
names them. They count as not read above.
"""
TREES: Final = """
## A hundred trees judged by eye

{sampled} formulas were drawn by lot (seed {seed}) from all that are read, and of each one statement; its tree was held
against the formula by eye, strictly: an upper index that is read as a power is wrong, though nothing but the text could
tell. **{right} of {count} are right.** None of what is wrong here was mended after it was drawn. In five draws before,
in this order, 83, 93, 86, 89 and 92 of a hundred were right, and most of what was wrong there was mended before the
next. What only a notation can tell is left: an upper letter that is an index or a label (`d^\\beta`), a subscript that
is a derivative (`\\phi_t`), a star between a filter and what it is moved over.
"""


def _posts(*folders: str) -> Callable[[PurePosixPath], bool]:
    return lambda path: path.suffix in MARKDOWN and any(path.is_relative_to(folder) for folder in folders)


BLOGS: Final[Mapping[str, Callable[[PurePosixPath], bool]]] = {
    "lilianweng/lilianweng.github.io": lambda path: path.name == "index.html" and path.match("posts/2*/index.html"),
    "d2l-ai/d2l-en": lambda path: path.suffix in MARKDOWN,
    "cs231n/cs231n.github.io": lambda path: path.suffix in MARKDOWN,
    "ermongroup/cs228-notes": lambda path: path.suffix in MARKDOWN,
    "yang-song/yang-song.github.io": lambda path: path.stem in ("2018-09-04-geo", "2019-07-20-ssm", "2021-5-5-score"),
    "gwgundersen/gwgundersen.github.io": _posts("_orf309", "_orf525"),
    "wiseodd/wiseodd.github.io": _posts("src/content/post"),
}


@dataclass(frozen=True)
class Statement:
    """One relation with the trees of its sides, or one tree where nothing is related."""

    latex: str
    tree: str


@dataclass(frozen=True)
class Reading:
    """What became of a formula: its statements, or why the first part that is not read is refused."""

    blog: str
    formula: Formula
    statements: tuple[Statement, ...] = ()
    refusal: str = ""

    @property
    def slipped(self) -> bool:
        return any(told in self.refusal for told in SLIPS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("--markdown", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--sample", action="store_true", help="print the trees that are not judged yet")
    given = parser.parse_args()
    blogs = [Blog(Repository(name, _clone(given.clones, name)), is_post) for name, is_post in BLOGS.items()]
    readings = [read(blog.name, formula) for blog in blogs for formula in blog.formulas]
    drawn, judged = sample(readings), judgements()
    if given.sample:
        for statement in drawn:
            if statement not in judged:
                print(statement.latex, statement.tree, "?", sep="\n    ")
        return
    page = "\n".join([INTRODUCTION, *_sums(blogs, readings), *_refused(readings), *_trees(drawn, judged), ""])
    print(page)
    if given.markdown:
        PAGE.write_text(page, encoding="utf-8")


def _clone(folder: Path, name: str) -> Path:
    clone = folder / name.replace("/", "+")
    return clone / "repo" if (clone / "repo").is_dir() else clone


def read(blog: str, formula: Formula) -> Reading:
    statements: list[Statement] = []
    for chain in find_chains(formula.latex):
        if chain.refusal:
            return Reading(blog, formula, refusal=chain.refusal.reason)
        try:
            trees = [to_sexpr(parse(side)) if side else "…" for side in chain.sides]
            linked = zip(chain.relations, chain.sides[1:], strict=True)
            trees[1:] = [to_sexpr(as_domain(sign, parse(side))) for sign, side in linked]
        except FormulaError as error:
            return Reading(blog, formula, refusal=error.message)
        if not chain.relations:
            statements.append(Statement(_line(chain.sides[0]), trees[0]))
        for index, sign in enumerate(chain.relations):
            latex = f"{chain.sides[index]} {sign} {chain.sides[index + 1]}"
            statements.append(Statement(_line(latex), f"{trees[index]} {sign} {trees[index + 1]}"))
    return Reading(blog, formula, tuple(statements))


def _line(latex: str) -> str:
    return " ".join(latex.split())


def sample(readings: Sequence[Reading]) -> list[Statement]:
    """A statement of each formula that is drawn; that of a formula does not depend on the others."""
    lot = random.Random(SEED)
    drawn = [(reading, lot.random()) for reading in lot.sample(readings, len(readings))]
    return [
        reading.statements[int(chance * len(reading.statements))] for reading, chance in drawn if reading.statements
    ][:SAMPLED]


def judgements() -> dict[Statement, str]:
    """What was said of each statement with its tree: `right`, or `wrong` and why."""
    lines = JUDGED.read_text(encoding="utf-8").splitlines() if JUDGED.exists() else []
    return {
        Statement(latex, tree.strip()): said.strip()
        for latex, tree, said in zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    }


def _sums(blogs: Sequence[Blog], readings: Sequence[Reading]) -> Iterator[str]:
    yield "| blog | commit | posts | display formulas | read | without slips of the pen |"
    yield "|---|---|---|---|---|---|"
    for blog in blogs:
        own = [reading for reading in readings if reading.blog == blog.name]
        posts = len({reading.formula.post for reading in own})
        link = f"[{blog.name}](https://github.com/{blog.name})"
        yield f"| {link} | `{blog.repository.commit[:12]}` | {posts} | {_shares(own)} |"
    posts = len({(reading.blog, reading.formula.post) for reading in readings})
    yield f"| together | | {posts} | {_shares(readings)} |"


def _shares(readings: Sequence[Reading]) -> str:
    done = sum(not reading.refusal for reading in readings)
    meant = sum(not reading.slipped for reading in readings)
    return f"{len(readings)} | {100 * done / len(readings):.1f} % | {100 * done / meant:.1f} %"


def _refused(readings: Sequence[Reading]) -> Iterator[str]:
    yield REFUSED
    refused = [reading for reading in readings if reading.refusal]
    for reading in refused:
        if not reading.slipped:
            yield f"- {_place(reading)}: {_line(reading.refusal)}"
    yield SLIPPED
    for reading in refused:
        if reading.slipped:
            yield f"- {_place(reading)}: {_line(reading.refusal)}"


def _place(reading: Reading) -> str:
    return f"{reading.blog.partition('/')[0]} `{reading.formula.post}`, line {reading.formula.line}"


def _trees(drawn: Sequence[Statement], judged: Mapping[Statement, str]) -> Iterator[str]:
    said = [judged.get(statement, "not judged") for statement in drawn]
    counts = Counter(word.partition(":")[0] for word in said)
    yield TREES.format(sampled=SAMPLED, seed=SEED, right=counts["right"], count=len(drawn))
    yield "```text"
    for statement, word in zip(drawn, said, strict=True):
        yield f"{statement.latex}\n    {statement.tree}\n    {word}"
    yield "```"


if __name__ == "__main__":
    main()
