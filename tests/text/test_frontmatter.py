"""Front matter: what is accepted, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.text.frontmatter import parse_front_matter, to_yaml

PLACE = Place(Path("a.ipynb"), 1)
GOOD = "title: A\ndate: 2024-12-15"

MISTAKES = {
    "title: [": "a.ipynb, cell 1, line 1: front matter: not valid YAML: expected the node content, but found "
    "'<stream end>'",
    "": "a.ipynb, cell 1: front matter: write lines of the form 'key: value'",
    "- a": "a.ipynb, cell 1: front matter: write lines of the form 'key: value'",
    "date: 2024-12-15": "a.ipynb, cell 1: the front matter has no 'title': add a line 'title: …'",
    "title: A": "a.ipynb, cell 1: the front matter has no 'date': add a line 'date: …'",
    "title: 3\ndate: 2024-12-15": "a.ipynb, cell 1, line 1: 'title' must be a text, not 3",
    "---\ntitle: A\ndate: soon\n---": "a.ipynb, cell 1, line 3: 'date' must be a date such as 2024-12-15 or "
    "2024-12-15T01:06:38+05:30, not 'soon'",
    f"{GOOD}\ntags: one": "a.ipynb, cell 1, line 3: 'tags' must be a list of texts, not 'one'",
    f"{GOOD}\nseries: [1]": "a.ipynb, cell 1, line 3: 'series' must be a list of texts, not [1]",
    f"{GOOD}\ndraft: 'no'": "a.ipynb, cell 1, line 3: 'draft' must be true or false, not 'no'",
    "title: A\ndate: 2024-13-01": "a.ipynb, cell 1: front matter: not valid YAML: month must be in 1..12",
    "---\ntitle: A": "a.ipynb, cell 1: the front matter is not closed: end the cell with a line '---'",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_front_matter(text, PLACE)
    assert str(caught.value) == MISTAKES[text]


def test_front_matter_comes_back_in_the_author_s_order_with_its_time_zone() -> None:
    text = (
        "---\ntitle: 'A: b'\nfont_size: 5\ndate: 2024-12-15T01:06:38+05:30\ntags: [ML Estimation, \"a: b\"]\n"
        "draft: false\nseries: []\n---\n"
    )
    assert to_yaml(parse_front_matter(text, PLACE), math=True, notebook="notebooks/a.ipynb") == (
        "title: 'A: b'\nfont_size: 5\ndate: 2024-12-15T01:06:38+05:30\ntags:\n  - ML Estimation\n  - 'a: b'\n"
        "draft: false\nseries: []\nmath: true\nnotebook: notebooks/a.ipynb\n"
    )


def test_maths_is_on_whatever_the_author_wrote() -> None:
    assert to_yaml(parse_front_matter(f"{GOOD}\nmath: false", PLACE), math=True).endswith("math: true\n")


def test_front_matter_needs_no_dashes() -> None:
    assert parse_front_matter(GOOD, PLACE) == parse_front_matter(f"---\n{GOOD}\n---\n", PLACE)
