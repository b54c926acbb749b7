"""A trial on notebooks of other people: docs/trial.md, made by this program from clones of public repositories.

    .venv/bin/python tests/trial.py OWNER/NAME=CLONE … [--markdown] [--messages]

A clone may be bare; its HEAD is read, and nothing of it is executed or kept. What `publish` does with the text of a
post is done with each notebook that has a formula: it is read, its links are followed, its page is made, KaTeX is asked
for each formula, Hugo renders the page, and what is on the page is held against what was read. What was read is held
against what JupyterLab takes for a formula.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import nbformat

from corpus import Repository, Source, write_site
from jupyterlab import find_formulas
from mathpost.building.post import Build
from mathpost.building.rendered import require_all_read
from mathpost.ground.errors import InputError
from mathpost.notebooks import Record
from mathpost.pages import Page, export
from mathpost.pages.addresses import find_lost
from mathpost.site import Post, Site, hugo
from mathpost.site.formulas import refusal_of
from mathpost.site.katex import refusals
from mathpost.site.staging import Stage, stage
from mathpost.text import PostText, read
from mathpost.text.cells import Cell
from mathpost.text.elements import Image, Link
from mathpost.text.post import Problem, parse
from places import ROOT

PAGE: Final = ROOT / "docs" / "trial.md"
BATCH: Final = 3000  # formulas that KaTeX is asked for at once
LINK_TO_POST: Final = re.compile(r'\{\{< relref "[^"]*" >\}\}')
ELSEWHERE: Final = "https://example.org/"
SHARED: Final = ("layouts", "assets", "node_modules")


INTRODUCTION: Final = """\
<!-- Made by tests/trial.py, which says how; nothing of the notebooks is kept here. -->

# A trial on notebooks of other people

What becomes of notebooks that nobody wrote for mathpost? Those of the repositories below were fetched, and each that
holds a formula went through what `publish` does with the text of a post: it was read, its links were followed, its page
was made, KaTeX was asked for each formula, Hugo rendered the page, and what is on the page was held against what was
read. Nothing was executed, so nothing is said of claims.

A notebook is tried as one would move it into a site: its folder becomes `notebooks/`, with the files in it; it gets a
front matter, and links to notebooks of other folders follow these. Files of other folders stay in their place. A
notebook in another language than Python, or one that is no notebook of any format, is not counted. The site shows
images of other sites, and a notebook whose name can be no address is given one. Where links lead nowhere, that is
counted, and the page is made without them, so that its formulas are tried, too.

A formula counts as lost if it was read and is not on the page, or if it is on the page and was not read; as left raw,
if signs of LaTeX stand in the text that a reader sees, other than those that JupyterLab shows, too. What JupyterLab
takes for a formula is found by its own rules, written down once more; code, comments and addresses of links hold none.
"""
REFUSED: Final = """
## What is refused, and why

A notebook may be refused for more than one cause. Both take what is refused if JupyterLab and Quarto show what its
author meant. They show a link that leads nowhere, and say nothing; its author meant something else.
"""
SOURCES: Final = """
## The repositories

Cloned, and each at its commit, they give this page anew:
`.venv/bin/python tests/trial.py OWNER/NAME=CLONE … --markdown`
"""


@dataclass(frozen=True)
class Cause:
    """Why notebooks are refused, how its messages look, and whether both JupyterLab and Quarto take what is refused."""

    name: str
    message: str
    both_take: bool = False


CAUSES: Final = (
    Cause("HTML without an end", r"^this HTML cannot be read as a whole", both_take=True),
    Cause("an address that a browser would run", r"a link begins with http", both_take=True),
    Cause("a link to a notebook that is not there", r"leads nowhere: there is no post"),
    Cause("an image or a file that is not there", r"leads nowhere: there is no (?:such file|static)"),
    Cause("a link to a page that is not there", r"leads nowhere: the site has no such page"),
    Cause("a link to an anchor that is not there", r"leads nowhere: no heading, equation or figure"),
    Cause("an image or a file outside of the folder of notebooks", r"lies neither in notebooks/", both_take=True),
    Cause("LaTeX in the prose: raw in JupyterLab, left out by Quarto", r"would be shown as it stands"),
    Cause("a dollar without its partner", r"has no partner"),
    Cause("a reference to a label that is not there", r"points to nothing"),
    Cause("a tag that is almost one of Jupyter's", r"^unknown tag", both_take=True),
    Cause("a formula that KaTeX lacks", r"^KaTeX refuses"),
    Cause("an image that is damaged", r"is a damaged", both_take=True),
)


@dataclass
class Tried:
    """A notebook that was tried: what was read, what was refused of it, and what the page lacks or shows raw.

    `missed` are formulas of JupyterLab that were not read as such.
    """

    source: Source
    text: PostText
    refused: list[str] = field(default_factory=list)
    page: Page | None = None
    record: Record | None = None
    missed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    left_raw: list[str] = field(default_factory=list)

    @property
    def formulas(self) -> int:
        return sum(len(markup.equations) for cell in self.text.cells for markup in cell.texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="+", metavar="OWNER/NAME=CLONE")
    parser.add_argument("--markdown", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--messages", action="store_true", help="print all that is said against each notebook")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of nbformat, about what is missing in old notebooks
    repositories = [Repository(name, Path(clone)) for name, _, clone in (r.partition("=") for r in given.repositories)]
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        tried = list(try_all(repositories, Path(folder)))
    if given.messages:
        say_messages(tried)
    page = page_of(repositories, tried)
    print(page)
    if given.markdown:
        PAGE.write_text(page, encoding="utf-8")


def try_all(repositories: Iterable[Repository], folder: Path) -> Iterator[Tried]:
    """Each notebook with a formula."""
    sites = ((repository, each) for repository in repositories for each in repository.folders)
    found = [
        Tried(source, read(path))
        for number, (repository, each) in enumerate(sites)
        for source, path in list(write_site(repository, each, folder / str(number)))
    ]
    for each in found:
        each.missed = _missed(each)
    tried = [each for each in found if each.formulas or each.missed]
    for each in tried:
        make_page(each)
    ask_katex(tried, folder / "katex")
    render(tried, Site(folder / "site"))
    yield from tried


def make_page(tried: Tried) -> None:
    """Note what is said against it, and make its page; for that, links that lead nowhere are mended."""
    lost = list(find_lost(tried.text))
    tried.refused = [problem.message for problem in (*tried.text.problems, *lost)]
    notebook = nbformat.read(tried.text.path, as_version=4)
    for cell in tried.text.markdown if lost else ():
        notebook.cells[(cell.number or 1) - 1].source = _mended(cell, lost)
    tried.record = Record(parse(nbformat.writes(notebook).encode(), tried.text.path), notebook)
    if not tried.text.problems:
        try:
            tried.page = export(tried.record)
        except InputError as error:
            tried.refused.append(error.message)


def _mended(cell: Cell, lost: Sequence[Problem]) -> str:
    """The text of a cell, each link and image that leads nowhere leading elsewhere."""
    source, told = cell.source, [problem.message for problem in lost if problem.place.cell == cell.number]
    places: list[Link | Image] = [*cell.markup.links, *cell.markup.images]
    for found in sorted(places, key=lambda found: -found.label_end):
        if any(message.startswith(f"{unquote(found.address)} ") for message in told):
            source = f"{source[: found.label_end]}]({ELSEWHERE}){source[found.end :]}"
    return source


def ask_katex(tried: Sequence[Tried], cache: Path) -> None:
    """Refuse the pages of which KaTeX refuses a formula."""
    asked = [(each, formula) for each in tried if each.page for formula in each.page.formulas]
    distinct = list(dict.fromkeys((formula.latex, formula.display) for _, formula in asked))
    reasons: list[str] = []
    for start in range(0, len(distinct), BATCH):
        reasons += refusals(distinct[start : start + BATCH], cache)
    told = dict(zip(distinct, reasons, strict=True))
    for each, formula in asked:
        if reason := told[formula.latex, formula.display]:
            each.refused.append(refusal_of(formula, reason).message)
            each.page = None


def render(tried: Sequence[Tried], site: Site) -> None:
    """Hold each page that Hugo makes against what was read."""
    site.root.mkdir()
    shutil.copy(ROOT / "config.toml", site.config)
    for name in SHARED:
        (site.root / name).symlink_to(ROOT / name)
    accepted = {site.post(f"n{number}"): each for number, each in enumerate(tried) if each.page}
    with stage(site) as staged:
        _build(staged, accepted)
        for post, each in accepted.items():
            if each.page and each.record:
                _hold(staged.public, post, Build(each.record, each.page, (), (), 0.0), each)


def _build(staged: Stage, accepted: Mapping[Post, Tried]) -> None:
    """Build once more without the pages that Hugo refuses; KaTeX was asked before, so there should be none."""
    for post, each in accepted.items():
        if each.page:
            staged.write(post.page, LINK_TO_POST.sub("/", each.page.text).encode())
        else:
            staged.remove(post.page)
    try:
        hugo.build(staged)
    except hugo.RefusedFormulas as error:
        named = {f"posts/{post.slug}.md": each for post, each in accepted.items()}
        for refusal in error.refusals:
            named[refusal.page].refused.append(f"Hugo refuses a formula that KaTeX took: {refusal.latex}")
            named[refusal.page].page = None
        _build(staged, accepted)


def _hold(public: Path, post: Post, build: Build, tried: Tried) -> None:
    try:
        require_all_read(public, [(post, build)])
    except InputError as error:
        for line in str(error).splitlines():
            (tried.left_raw if "on the page as it stands" in line else tried.lost).append(line)


def _missed(tried: Tried) -> list[str]:
    """What JupyterLab takes for a formula and nobody read as one."""
    missed = []
    for cell in tried.text.markdown:
        read_here = Counter(_core(equation.latex) for equation in cell.markup.equations)
        for formula in find_formulas(cell.source):
            if _core(formula) not in read_here:
                missed.append(formula)
    return missed


def _core(latex: str) -> str:
    """A formula without its delimiters and spaces."""
    bare = re.sub(r"^(?:\$\$?|\\\\[(\[])|(?:\$\$?|\\\\[)\]])$", "", latex)
    return re.sub(r"\s+|\n[ >]*", "", bare)


def page_of(repositories: Sequence[Repository], tried: Sequence[Tried]) -> str:
    sources = _sources(repositories, tried)
    return "\n".join([INTRODUCTION, *_sums(tried), REFUSED, *_causes(tried), SOURCES, *sources, ""])


def _sums(tried: Sequence[Tried]) -> Iterator[str]:
    refused = [each for each in tried if each.refused]
    taken = [each for each in refused if any(cause.both_take for cause in _causes_of(each))]
    shown = [each.page for each in tried if each.page]
    rows = {
        "notebooks with a formula": len(tried),
        "formulas that were read in them": sum(each.formulas for each in tried),
        "formulas to JupyterLab that were read as something else": sum(len(each.missed) for each in tried),
        "notebooks that are refused": _share(refused, tried),
        "those with a cause that JupyterLab and Quarto both take": _share(taken, tried),
        "formulas on the pages that could be made": sum(len(page.formulas) for page in shown),
        "formulas that were lost there": sum(len(each.lost) for each in tried),
        "signs of LaTeX that were left raw there": sum(len(each.left_raw) for each in tried),
    }
    yield "| what | how many |"
    yield "|---|---|"
    yield from (f"| {what} | {count} |" for what, count in rows.items())


def _share(some: Sequence[Tried], tried: Sequence[Tried]) -> str:
    return f"{len(some)} ({100 * len(some) / max(1, len(tried)):.1f} %)"


def _causes(tried: Sequence[Tried]) -> Iterator[str]:
    counts = Counter(cause for each in tried for cause in _causes_of(each))
    yield "| cause | notebooks | do both take it? |"
    yield "|---|---|---|"
    for cause, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].name)):
        yield f"| {cause.name} | {count} | {'yes' if cause.both_take else 'no'} |"


def _causes_of(tried: Tried) -> set[Cause]:
    """Each cause once; what none of them says is a cause of its own, and taken by both until somebody has looked."""
    return {
        next((cause for cause in CAUSES if re.search(cause.message, message)), Cause(message.splitlines()[0], "", True))
        for message in tried.refused
    }


def _sources(repositories: Sequence[Repository], tried: Sequence[Tried]) -> Iterator[str]:
    yield "| repository | commit | notebooks with a formula |"
    yield "|---|---|---|"
    for repository in repositories:
        own = set(map(id, repository.notebooks.values()))
        count = sum(id(each.source) in own for each in tried)
        yield f"| [{repository.name}](https://github.com/{repository.name}) | `{repository.commit[:12]}` | {count} |"


def say_messages(tried: Sequence[Tried]) -> None:
    for each in tried:
        for kind in ("refused", "missed", "lost", "left_raw"):
            for message in getattr(each, kind):
                print(f"{each.source.path}: {kind}: {' '.join(message.split())}")


if __name__ == "__main__":
    main()
