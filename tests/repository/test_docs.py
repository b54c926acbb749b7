"""The pages for people say what the code does: their constants, verdicts, examples and lists are compared with it."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from scipy import stats

from errata import PAGE, judge, page_of, read_sections
from making import cells, code, parameters, raw, text
from mathpost import Box, Notation, Variable
from mathpost.__main__ import main
from mathpost.judging.checks import judge_claim
from mathpost.judging.draw import Draw
from mathpost.site import Site
from mathpost.text import read
from mathpost.text.claims import find_claims
from mathpost.text.documents import read_document
from places import NOTEBOOKS, ROOT
from programs import run

README = (ROOT / "README.md").read_text(encoding="utf-8")
JUDGING = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
WRITING = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def constants() -> list[tuple[str, str]]:
    return re.findall(r"^\| `([\w.]+\.[A-Z_]+)` \| (\S+) \|", JUDGING, re.M)


@pytest.mark.parametrize(("name", "value"), constants())
def test_a_constant_on_the_page_is_the_one_in_the_code(name: str, value: str) -> None:
    module, constant = name.rsplit(".", 1)
    assert getattr(importlib.import_module(f"mathpost.{module}"), constant) == float(Fraction(value))


def judged() -> list[tuple[str, str]]:
    return [
        (latex, expected)
        for block in blocks(JUDGING, "verdicts")
        for latex, expected in re.findall(r"^(\S.*)\n    => (.*)$", block, re.M)
    ]


@pytest.fixture(scope="module")
def notation() -> Notation:
    (source,) = blocks(JUDGING, "python")
    names: dict[str, Any] = {"np": np, "stats": stats, "Notation": Notation, "Variable": Variable, "Box": Box}
    exec(source, names)
    made: Notation = names["notation"]
    return made


@pytest.mark.parametrize(("latex", "expected"), judged())
def test_a_verdict_on_the_page_is_the_judges(latex: str, expected: str, notation: Notation) -> None:
    (claim,) = find_claims(cells(f"${latex}$"))
    verdict = judge_claim(claim, [Draw(notation)])
    assert ": ".join(filter(None, (verdict.outcome, verdict.judgement.reason))) == expected


def declared_patterns() -> list[str]:
    """The first column of the table of bindings; a bar in a table is written with a backslash."""
    table = WRITING.partition("| pattern | value |")[2].partition("\n\n")[0]
    rows = [row.split(" | ")[0] for row in table.replace(r"\|", "¦").splitlines()[2:]]
    return [pattern.replace("¦", "|") for row in rows for pattern in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("pattern", declared_patterns())
def test_a_pattern_that_authors_are_told_of_can_be_declared(pattern: str) -> None:
    assert Notation({pattern: np.ones(3)}).declared.complete


# --- the README -------------------------------------------------------------------------------------------------------


def readme_post(edit: tuple[str, str] = ("", "")) -> NotebookNode:
    """The complete post of the README: YAML is its raw cell, the first code cell has the parameters."""
    example = README.partition("<!-- notebooks/die.ipynb -->")[2].partition("<!-- end -->")[0]
    cells: list[NotebookNode] = []
    for language, source in re.findall(r"^```(\w+)\n(.*?)\n```$", example, re.M | re.S):
        is_first_code = language == "python" and not any(cell.cell_type == "code" for cell in cells)
        make = {"yaml": raw, "markdown": text, "python": parameters if is_first_code else code}[language]
        cells.append(make(source.replace(*edit)))
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def readme_output(first_line: str) -> str:
    """What the README says a command prints, with the seconds left open."""
    (block,) = [block for block in blocks(README, "text") if block.startswith(first_line)]
    return timeless(block)


def timeless(output: str) -> str:
    return re.sub(r"\d+\.\d s$", "… s", output, flags=re.M)


def mathpost(site: Site, *arguments: str) -> tuple[int, str]:
    done = run("mathpost", *arguments, folder=site.root)
    return done.returncode, timeless(done.stdout)


@pytest.mark.kernel
@pytest.mark.site
def test_the_complete_post_of_the_readme_passes_and_is_published(small_site: Site) -> None:
    small_site.notebooks.mkdir()
    nbformat.write(readme_post(), small_site.notebooks / "die.ipynb")
    assert mathpost(small_site, "check", "die") == (0, readme_output("pass         eq-price"))
    assert mathpost(small_site, "publish")[0] == 0
    page = (small_site.public / "posts" / "die" / "index.html").read_text(encoding="utf-8")
    assert "is 0.153. The mistake" in " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "images/die/die.png" in page


@pytest.mark.kernel
def test_a_failing_claim_is_told_as_in_the_readme(small_site: Site) -> None:
    small_site.notebooks.mkdir()
    nbformat.write(readme_post(edit=(r" \log", "")), small_site.notebooks / "die.ipynb")
    assert mathpost(small_site, "check", "die") == (1, readme_output("fail         eq-price"))


def test_the_readme_counts_the_claims_of_the_posts() -> None:
    counts = {path.stem: len(read(path).claims) for path in NOTEBOOKS.glob("*.ipynb")}
    told = dict(re.findall(r"^(\w+): ((?:\d+ [a-z ]+, )+)[\d.]+ s$", README, re.MULTILINE))
    assert {slug: sum(map(int, re.findall(r"\d+", told[slug]))) for slug in counts} == counts


def layers() -> list[set[str]]:
    """The import layers, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layered,) = [contract for contract in contracts if contract.get("containers") == ["mathpost"]]
    return [set(re.findall(r"\w+", layer)) for layer in layered["layers"]]


def listed_rooms() -> list[set[str]]:
    """The floors of the README's picture, from the top down."""
    (block,) = [block for block in blocks(README, "text") if block.startswith("__main__")]
    return [set(re.findall(r"[\w]+", line.split("  ")[0])) for line in block.splitlines()]


def test_the_readme_shows_the_rooms_as_the_import_layers_have_them() -> None:
    assert listed_rooms() == layers()


def test_the_readme_gives_a_reason_for_each_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    node = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    required = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=]", requirement)[0] for requirement in required}
    table = README.partition("## What each dependency is for")[2].partition("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`([^`]+)`", row)}
    assert told == names | set(node["dependencies"]) | set(node["devDependencies"])


def test_the_readme_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^    (\w+) +\w", capsys.readouterr().out, re.M))
    assert set(re.findall(r"^\| `mathpost (\w+)", README, re.M)) == offered


def test_the_readme_lists_the_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*?## ", makefile, re.M))
    table = README.partition("| make target |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`make ([a-z-]+)`", table)) == targets - {"help"}


PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    content = page.read_text(encoding="utf-8")
    links = re.findall(r'\]\(([^)\s]+)\)|<img src="([^"]+)"', content)
    for target, _, anchor in [(a or b).partition("#") for a, b in links if not (a or b).startswith("http")]:
        path = page.parent / target if target else page
        assert path.exists(), target
        anchors = [h.anchor for cell in read_document(path) for h in cell.markup.headings] if anchor else []
        assert not anchor or anchor in anchors, f"{target}#{anchor}"


# --- the errata -------------------------------------------------------------------------------------------------------


@pytest.mark.kernel
def test_the_page_of_errata_shows_what_the_checker_says() -> None:
    sections = read_sections()
    judged = judge([erratum for section in sections for erratum in section.errata])
    outcomes = {
        section.title: {verdict.outcome for erratum in section.errata for verdict in judged[erratum]}
        for section in sections
    }
    slips = [erratum.title for erratum in sections[0].errata if all(v.holds for v in judged[erratum])]
    assert slips == [], "these are not noticed"
    assert "fail" not in outcomes["Matters of notation"]
    assert PAGE.read_text(encoding="utf-8") == page_of(sections, judged), "run make docs"
