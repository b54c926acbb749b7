"""Front matter: what is accepted, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.text.frontmatter import parse_front_matter, to_yaml
from places import ROOT

PLACE = Place(Path("a.ipynb"), 1)
GOOD = "title: A\ndate: 2024-12-15"

MISTAKES = {
    "title: [": "a.ipynb, cell 1, line 1: front matter: not valid YAML: expected the node content, but found "
    "'<stream end>'",
    "": "a.ipynb, cell 1: front matter: write lines of the form 'key: value'",
    "- a": "a.ipynb, cell 1: front matter: write lines of the form 'key: value'",
    "date: 2024-12-15": "a.ipynb, cell 1: the front matter has no 'title': add a line 'title: …'",
    "title: A": "a.ipynb, cell 1: the front matter has no 'date': add a line 'date: …'",
    "title: [3]\ndate: 2024-12-15": "a.ipynb, cell 1, line 1: 'title' must be a text, not [3]",
    f"{GOOD}\ndescription:": "a.ipynb, cell 1, line 3: 'description' must be a text, not None",
    "title: A\ndate: 2024": "a.ipynb, cell 1, line 2: 'date' must be a date such as 2024-12-15 or "
    "2024-12-15T01:06:38+05:30, not 2024",
    "---\ntitle: A\ndate: soon\n---": "a.ipynb, cell 1, line 3: 'date' must be a date such as 2024-12-15 or "
    "2024-12-15T01:06:38+05:30, not 'soon'",
    f"{GOOD}\ntags: one": "a.ipynb, cell 1, line 3: 'tags' must be a list of texts, not 'one'",
    f"{GOOD}\nseries: [[1]]": "a.ipynb, cell 1, line 3: 'series' must be a list of texts, not [[1]]",
    f"{GOOD}\nseries: [a, null]": "a.ipynb, cell 1, line 3: 'series' must be a list of texts, not ['a', None]",
    f"{GOOD}\ndraft: 'no'": "a.ipynb, cell 1, line 3: 'draft' must be true or false, not 'no'",
    f"{GOOD}\ndraft: 1": "a.ipynb, cell 1, line 3: 'draft' must be true or false, not 1",
    "title: A\ndate: 2024-13-01": "a.ipynb, cell 1, line 2: 'date' must be a date such as 2024-12-15 or "
    "2024-12-15T01:06:38+05:30, not '2024-13-01': month must be in 1..12",
    f"---\n{GOOD}\ntitle: B\n---": "a.ipynb, cell 1, line 4: front matter: 'title' stands here again, and in line 2 "
    "already: keep one",
    f"\n\n---\n{GOOD}\nparams:\n  a: 1\n  b: 2\n  'a': 3\n---": "a.ipynb, cell 1, line 9: front matter: 'a' stands "
    "here again, and in line 7 already: keep one",
    f"{GOOD}\nmade: !!python/name:os.system": "a.ipynb, cell 1, line 3: front matter: "
    "the tag 'tag:yaml.org,2002:python/name:os.system' is not known",
    f"{GOOD}\nall: &all [*all]": "a.ipynb, cell 1, line 3: front matter: a value holds itself",
    f"{GOOD}\n? [a]\n: 1": "a.ipynb, cell 1, line 3: front matter: a key must be a text",
    f"{GOOD}\nurl: /elsewhere/": "a.ipynb, cell 1, line 3: 'url' cannot stand in the front matter: "
    "the address of a post is the name of its notebook: rename that",
    f"{GOOD}\nslug: other": "a.ipynb, cell 1, line 3: 'slug' cannot stand in the front matter: "
    "the address of a post is the name of its notebook: rename that",
    f"{GOOD}\noutputs: [json]": "a.ipynb, cell 1, line 3: 'outputs' cannot stand in the front matter: "
    "a post is published as HTML",
    f"{GOOD}\nbuild: {{render: never}}": "a.ipynb, cell 1, line 3: 'build' cannot stand in the front matter: "
    "whether it is published says 'draft'",
    f"{GOOD}\naliases: /": "a.ipynb, cell 1, line 3: 'aliases' must be a list of texts, not '/'",
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


WRITTEN = {
    "title: 2024": "title: '2024'",
    "title: 2024-01-02": "title: '2024-01-02'",
    "title: yes": "title: 'yes'",
    "title: No": "title: 'No'",
    "title: on": "title: 'on'",
    "title: 010": "title: '010'",
    "title: 0o17": "title: '0o17'",
    "title: 1e3": "title: '1e3'",
    "title: 1:30": "title: '1:30'",
    "title: 1_000": "title: '1_000'",
    "title: True": "title: 'True'",
    "title: .inf": "title: '.inf'",
    "title: A b": "title: A b",
    "date: '2024-01-02'": "date: 2024-01-02",
    'date: "2024-12-15T01:06:38+05:30"': "date: 2024-12-15T01:06:38+05:30",
    "lastmod: 2024-1-2": "lastmod: 2024-01-02",
    "draft: yes": "draft: true",
    "draft: No": "draft: false",
    "draft: off": "draft: false",
    "draft: 'true'": "draft: true",
    "tags: [2024, yes, 2024-01-02, 1:30]": "tags:\n  - '2024'\n  - 'yes'\n  - '2024-01-02'\n  - '1:30'",
    "author: 007": "author: '007'",
    "author: [A, 007]": "author:\n  - A\n  - '007'",
    # what is not known is Hugo's
    "weight: 010": "weight: 10",
    "ratio: 1e3": "ratio: 1000.0",
    "expiryDate: 2024-01-02": "expiryDate: 2024-01-02",
    "answer: no": "answer: 'no'",
    "time: 1:30": "time: '1:30'",
    "comments: False": "comments: false",
    "cover: {image: a.png, hidden: true, size: null}": "cover:\n  image: a.png\n  hidden: true\n  size: null",
    "a: &a {b: 1}\nc: {<<: *a, d: 2}": "a:\n  b: 1\nc:\n  d: 2\n  b: 1",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_value_gives_way_to_the_type_that_is_declared_for_it(written: str) -> None:
    others = [line for line in GOOD.splitlines() if not written.startswith(line.partition(":")[0])]
    front_matter = parse_front_matter("\n".join([written, *others]), PLACE)

    shown = to_yaml(front_matter)

    assert shown == "\n".join([WRITTEN[written], *others, ""])
    assert to_yaml(parse_front_matter(shown, PLACE)) == shown


def test_the_front_matter_of_a_page_comes_back_to_the_byte() -> None:
    head = (ROOT / "content" / "posts" / "ml_estimation.md").read_text(encoding="utf-8").split("\n---\n")[0]
    fields = "".join(f"{line}\n" for line in head.splitlines()[2:] if not line.startswith("generated: "))

    assert to_yaml(parse_front_matter(fields, PLACE)) == fields


def test_front_matter_needs_no_dashes() -> None:
    assert parse_front_matter(GOOD, PLACE) == parse_front_matter(f"---\n{GOOD}\n---\n", PLACE)
