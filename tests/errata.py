"""What the checker found in a published post: docs/errata.md, made by `make docs` from cases/errata.txt.

Each erratum is put back into a copy of our notebook's text, and the copy is judged under the notations that the
notebook gives to `check`. Errata of different equations share a copy; the notebook is executed once for all of them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from mathpost.ground.verdicts import Verdict, shown
from mathpost.judging.checks import judge_claim, select
from mathpost.judging.scopes import scopes_of
from mathpost.judging.settling import settle
from mathpost.notebooks import execute
from mathpost.text import PostText, read
from mathpost.text.claims import find_named_equations
from mathpost.text.post import parse
from places import CASES, NOTEBOOK, ROOT, TESTS

PAGE = ROOT / "docs" / "errata.md"
# What the kernel runs besides the notebook: its checks are noted, and in the end used for what the errata make of it.
NOTE = """
noted = []


def check(*arguments):
    noted.append(arguments)
"""
JUDGE = """
import sys
sys.path.insert(0, {tests!r})
import errata
errata.tell(noted)
"""

INTRODUCTION = """\
<!-- Made by `make docs` from tests/cases/errata.txt; a test compares it with what the checker says now. -->

# What the checker found in a published post

The post of this repository, [Maximum Likelihood Estimation and Loss Functions](../notebooks/ml_estimation.ipynb),
retells a post by Rishab Sharma of December 2024 (<https://rish-01.github.io/blog/posts/ml_estimation/>). Its formulas,
as first published, had slips of the kind that every author makes; they are set in type like any other formula. Here
they are, put back one at a time into our text and judged by `mathpost check`: the LaTeX of the equation, then the
outcome of each claim of it that does not hold. The letters are those of our text.

`fail` means that both sides have a value and the values differ. `inconclusive` means that a side has no value, or
cannot be read. Both stop the build.
"""


@dataclass(frozen=True)
class Erratum:
    section: str
    equation: str
    title: str
    latex: str


@dataclass(frozen=True)
class Section:
    title: str
    prose: str
    errata: tuple[Erratum, ...]


def read_sections() -> list[Section]:
    parts = (CASES / "errata.txt").read_text(encoding="utf-8").split("\n## ")[1:]
    return [_section(*part.split("\n", 1)) for part in parts]


def _section(title: str, body: str) -> Section:
    lines = [line for line in body.splitlines() if line]
    prose = "\n".join(line.removeprefix("> ") for line in lines if line.startswith("> "))
    rows = [line.split(" | ", 2) for line in lines if not line.startswith("> ")]
    return Section(title, prose, tuple(Erratum(title, *row) for row in rows))


def judge(errata: Sequence[Erratum]) -> dict[Erratum, list[Verdict]]:
    """The verdicts on each erratum's equation."""
    found = [[Verdict.from_json(verdict) for verdict in verdicts] for verdicts in _executed()]
    return {
        erratum: [verdict for verdict in verdicts if _is_of(verdict, erratum.equation)]
        for group, verdicts in zip(batches(errata), found, strict=True)
        for erratum in group
    }


def _is_of(verdict: Verdict, equation: str) -> bool:
    return verdict.id == equation or verdict.id.startswith(f"{equation}.")


def batches(errata: Iterable[Erratum]) -> Iterator[list[Erratum]]:
    """Errata in groups with no two of one equation."""
    left = list(errata)
    while left:
        batch = list({erratum.equation: erratum for erratum in reversed(left)}.values())
        left = [erratum for erratum in left if erratum not in batch]
        yield batch


def _executed() -> list[list[dict[str, object]]]:
    """What `tell` printed in a kernel that has run our notebook."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (imports,) = [cell for cell in notebook.cells if "from mathpost import" in cell.source]
    imports.source += NOTE
    notebook.cells.append(nbformat.v4.new_code_cell(JUDGE.format(tests=str(TESTS))))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / NOTEBOOK.name
        nbformat.write(notebook, copy)
        output = execute(read(copy)).notebook.cells[-1].outputs[0].text
    verdicts: list[list[dict[str, object]]] = json.loads(output)
    return verdicts


def tell(noted: Sequence[tuple[Any, ...]]) -> None:
    """Print the verdicts on the equations of each batch, of all errata."""
    errata = [erratum for section in read_sections() for erratum in section.errata]
    print(json.dumps([[verdict.to_json() for verdict in _verdicts(batch, noted)] for batch in batches(errata)]))


def _verdicts(errata: Sequence[Erratum], noted: Sequence[tuple[Any, ...]]) -> list[Verdict]:
    """What the checks say of our text with these errata put back."""
    text, equations = text_with(errata), {erratum.equation for erratum in errata}
    found = []
    for target, *notations in noted:
        targets = [target] if isinstance(target, str) else target
        claims = [claim for claim in select(text.claims, targets) if claim.equation in equations]
        scopes = scopes_of(text.claims, claims, notations)
        found += [(tuple(targets), judge_claim(claim, each.draws)) for each in scopes for claim in each.claims]
    return settle([claim for claim in text.claims if claim.equation in equations], found)


def text_with(errata: Iterable[Erratum]) -> PostText:
    """The text of our notebook with these errata put back."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    wanted = {erratum.equation: erratum.latex for erratum in errata}
    places = {name: (cell, equation) for name, cell, equation in find_named_equations(read(NOTEBOOK).cells)}
    for name in sorted(wanted, key=list(places).index, reverse=True):
        cell, equation = places[name]
        source = notebook.cells[(cell.number or 1) - 1].source
        behind = source[equation.offset + len(equation.latex) :]
        notebook.cells[(cell.number or 1) - 1].source = source[: equation.offset] + set_in(wanted[name]) + behind
    return parse(nbformat.writes(notebook).encode(), NOTEBOOK)


def set_in(latex: str) -> str:
    """The LaTeX as it stands in a cell: rows in their environment, each on its line."""
    rows = " \\\\\n".join(latex.split(r" \\ "))
    return f"\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n" if "&" in latex else latex


def page_of(sections: Iterable[Section], judged: dict[Erratum, list[Verdict]]) -> str:
    return "\n".join([INTRODUCTION, *(_shown_section(section, judged) for section in sections)])


def _shown_section(section: Section, judged: dict[Erratum, list[Verdict]]) -> str:
    shown_errata = "\n".join(_shown_erratum(erratum, judged[erratum]) for erratum in section.errata)
    return f"## {section.title}\n\n{section.prose}\n\n{shown_errata}"


def _shown_erratum(erratum: Erratum, verdicts: list[Verdict]) -> str:
    latex = " \\\\\n".join(erratum.latex.split(r" \\ "))
    broken = [verdict for verdict in verdicts if verdict.stops]
    remarks = dict.fromkeys(remark for verdict in verdicts for remark in verdict.judgement.remarks)
    outcome = "\n".join([*map(_told, broken)] or ["pass", *(f"    {remark}" for remark in remarks)])
    return f"### {erratum.title[0].upper()}{erratum.title[1:]}\n\n```latex\n{latex}\n```\n\n```text\n{outcome}\n```\n"


def _told(verdict: Verdict) -> str:
    found = verdict.judgement
    values = f"left {shown(found.left)}, right {shown(found.right)}: " if found.left is not None else ""
    return f"{verdict.outcome}  {verdict.id}\n    {values}{found.reason}"


def main() -> None:
    sections = read_sections()
    judged = judge([erratum for section in sections for erratum in section.errata])
    PAGE.write_text(page_of(sections, judged), encoding="utf-8")


if __name__ == "__main__":
    main()
