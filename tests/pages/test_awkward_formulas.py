"""Formulas that Markdown, Hugo and shortcodes misread: each must reach KaTeX as it was written."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from making import raw, text
from mathpost.notebooks.execution import record_of
from mathpost.pages import export
from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from places import CASES
from sharing import made_once

FORMULAS = (CASES / "awkward.txt").read_text(encoding="utf-8").splitlines()
SOURCE = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
# What stands around a formula, and what begins its further lines.
SURROUNDINGS = [
    ("In {inline} we trust.", ""),
    ("{display}", ""),
    ("- {inline}\n- so\n  {display}", "  "),
    ("> {inline}:\n> {display}", "> "),
    ("*{inline}*", ""),
]


def post_with(surroundings: str, margin: str) -> NotebookNode:
    """All formulas, each in these surroundings."""
    cells = [surroundings.format(inline=f"${latex}$", display=f"$$\n{margin}{latex}\n{margin}$$") for latex in FORMULAS]
    notebook: NotebookNode = new_notebook(cells=[raw(), *map(text, cells)], metadata={"mathpost": {}})
    return notebook


@pytest.fixture(scope="module")
def site(make_site: Callable[[Path], Site], shared: Path) -> Site:
    """A site with a post for each of the surroundings."""

    def build(root: Path) -> None:
        root.mkdir()
        site = make_site(root)
        with stage(site) as staged:
            for number, row in enumerate(SURROUNDINGS):
                page = export(record_of(post_with(*row), Path("awkward.ipynb")))
                staged.write(site.post(f"awkward-{number}").page, page.text.encode())
            hugo.build(staged)
            staged.commit()

    return Site(made_once(shared / "awkward", build))


@pytest.mark.site
@pytest.mark.parametrize(
    ("number", "surroundings"),
    list(enumerate(surroundings for surroundings, _ in SURROUNDINGS)),
    ids=[surroundings for surroundings, _ in SURROUNDINGS],
)
def test_a_formula_arrives_as_it_was_written(site: Site, number: int, surroundings: str) -> None:
    page = (site.public / "posts" / f"awkward-{number}" / "index.html").read_text(encoding="utf-8")
    found = [html.unescape(source).strip() for source in SOURCE.findall(page)]
    times = surroundings.count("{")
    assert found == [latex for latex in FORMULAS for _ in range(times)]
