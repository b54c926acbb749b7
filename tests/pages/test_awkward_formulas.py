"""Formulas that Markdown, Hugo and shortcodes misread: each must reach KaTeX as it was written."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from making import raw, text
from mathpost.notebooks.execution import record_of
from mathpost.pages import export
from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from places import CASES

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


def rendered(site: Site, *markdown: str) -> list[str]:
    """The formulas that KaTeX got, in order."""
    notebook = new_notebook(cells=[raw(), *map(text, markdown)], metadata={"mathpost": {}})
    with stage(site) as staged:
        staged.write(site.post("awkward").page, export(record_of(notebook, Path("awkward.ipynb"))).text.encode())
        hugo.build(staged)
        staged.commit()
    page = (site.public / "posts" / "awkward" / "index.html").read_text(encoding="utf-8")
    return [html.unescape(source).strip() for source in SOURCE.findall(page)]


@pytest.mark.site
@pytest.mark.parametrize(("surroundings", "margin"), SURROUNDINGS)
def test_a_formula_arrives_as_it_was_written(small_site: Site, surroundings: str, margin: str) -> None:
    cells = [surroundings.format(inline=f"${latex}$", display=f"$$\n{margin}{latex}\n{margin}$$") for latex in FORMULAS]
    times = surroundings.count("{")
    assert rendered(small_site, *cells) == [latex for latex in FORMULAS for _ in range(times)]
