"""The anchors of a post: what a link can lead to in it, also in the spelling of Jupyter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mathpost.text import PostText
from mathpost.text.cells import Cell
from mathpost.text.documents import read_document
from mathpost.text.markup import anchor_of
from mathpost.text.problems import table_labels

TOP: Final = ("top", "main")
# `<a id="here"></a>`, or as it was written in HTML 4: `<a name=here>`.
FOOTNOTE: Final = re.compile(r"fn(?:ref\d*)?:\d+")


@dataclass(frozen=True)
class Anchors:
    """Each spelling that leads somewhere, with the anchor that the page has there."""

    known: Mapping[str, str]

    def find(self, fragment: str) -> str | None:
        """The anchor that is meant: the very one, else the heading that it is made of, as JupyterLab makes it."""
        if fragment in self.known:
            return self.known[fragment]
        if fragment in TOP or FOOTNOTE.fullmatch(fragment):
            return fragment
        made = anchor_of(fragment)
        return self.known.get(made) or self.known.get(_loose(made))


def anchors_of_post(text: PostText, figures: Iterable[str] = ()) -> Anchors:
    """Those of a post; `figures` are the parts of its figures, which only an execution counts."""
    labels = [cell.figure for cell in text.code if cell.figure]
    numbers = [number.label for number in text.numbers]
    return _anchors(text.markdown, [*labels, *figures, *numbers, *table_labels(text)])


def anchors_of_page(page: Path) -> Anchors:
    """Those of a page that was written by hand."""
    return _anchors(read_document(page), [])


def _anchors(cells: Iterable[Cell], labels: Iterable[str]) -> Anchors:
    cells = list(cells)
    headings = [heading for cell in cells for heading in cell.markup.headings]
    equations = [equation.label for cell in cells for equation in cell.markup.equations if equation.label]
    tags = [tag for cell in cells for html in cell.markup.html for tag in html.tags]
    named = [tag.attributes[key] for tag in tags for key in ("id", "name") if key in tag.attributes]
    known = {anchor: anchor for anchor in [*named, *(heading.anchor for heading in headings), *equations, *labels]}
    for heading in headings:
        for made in (anchor_of(heading.title), _loose(anchor_of(heading.title))):
            known.setdefault(made, heading.anchor)
    return Anchors(known)


def _loose(anchor: str) -> str:
    """Pandoc and others leave one dash where signs are left out."""
    return re.sub(r"-+", "-", anchor).strip("-")
