"""The posts of our own: every relation in them is a claim, none is waived, and their notations are short."""

from __future__ import annotations

import pytest

from mathpost.text import PostText, read
from places import NOTEBOOKS

POSTS = {"evidence_lower_bound": 71, "bellman_equations": 51}
LEAST_DISPLAYED = 15


def text_of(slug: str) -> PostText:
    return read(NOTEBOOKS / f"{slug}.ipynb")


def filled(source: str) -> int:
    return sum(bool(line.strip()) for line in source.splitlines())


@pytest.mark.parametrize(("slug", "count"), POSTS.items())
def test_a_post_makes_so_many_claims_and_waives_none(slug: str, count: int) -> None:
    claims = text_of(slug).claims
    assert (len(claims), [claim.id for claim in claims if claim.waiver]) == (count, [])


@pytest.mark.parametrize("slug", POSTS)
def test_a_post_has_many_displayed_equations_all_with_a_label(slug: str) -> None:
    displayed = [each for cell in text_of(slug).markdown for each in cell.markup.equations if each.display]
    assert len(displayed) >= LEAST_DISPLAYED
    assert [equation.latex for equation in displayed if not equation.label] == []


@pytest.mark.parametrize("slug", POSTS)
def test_the_notations_of_a_post_have_at_most_half_the_lines_of_its_text(slug: str) -> None:
    text = text_of(slug)
    notations = sum(filled(cell.source) for cell in text.code if "check(" in cell.source)
    assert 2 * notations <= sum(filled(cell.source) for cell in text.markdown)
