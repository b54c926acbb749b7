"""Notebooks beside the posts that are none: they stop nobody."""

from __future__ import annotations

import json

import pytest

from making import code, text, write
from mathpost.site import Site
from mathpost.site.layout import is_post
from running import mathpost

NOTE = "left alone, since it has no front matter and is no post: {root}/notebooks/Untitled 1.ipynb\n"


@pytest.fixture
def scratch(small_site: Site) -> Site:
    """A site with a notebook that nobody means to publish."""
    path = write(small_site.notebooks / "Untitled 1.ipynb", code("1 / 0"), text("$$a = b$$"))
    notebook = json.loads(path.read_text())
    path.write_text(json.dumps({**notebook, "cells": notebook["cells"][1:]}))
    return small_site


@pytest.mark.site
def test_commands_for_all_posts_pass_over_it_with_one_note(scratch: Site) -> None:
    note = NOTE.format(root=scratch.root)

    static = mathpost("-C", scratch.root, "check", "--static")
    check = mathpost("-C", scratch.root, "check")
    publish = mathpost("-C", scratch.root, "publish")
    again = mathpost("-C", scratch.root, "publish")

    assert (static.returncode, static.stdout, static.stderr) == (0, "", note)
    assert (check.returncode, check.stdout, check.stderr) == (0, "", note)
    assert (publish.returncode, publish.stdout, publish.stderr) == (0, "changed: public\n", note)
    assert (again.returncode, again.stdout, again.stderr) == (0, "nothing to do: all is fresh\n", note)
    assert not is_post(scratch.notebooks / "Untitled 1.ipynb")


def test_named_itself_it_is_told_what_is_missing(scratch: Site) -> None:
    path = scratch.notebooks / "Untitled 1.ipynb"

    done = mathpost("-C", scratch.root, "check", path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"mathpost: {path}, cell 1: a post begins with its front matter: make the first cell a raw cell with YAML\n"
    )


def test_a_published_post_that_lost_its_front_matter_is_told_so(scratch: Site) -> None:
    """Its page would go on to stand there, and nobody would read it."""
    path = (scratch.notebooks / "Untitled 1.ipynb").rename(scratch.notebooks / "lost.ipynb")
    scratch.post("lost").page.write_text("---\ntitle: A\ndate: 2024-01-01\nnotebook: notebooks/lost.ipynb\n---\n")

    done = mathpost("-C", scratch.root, "publish")

    assert (done.returncode, done.stderr) == (
        2,
        f"mathpost: {path}, cell 1: a post begins with its front matter: make the first cell a raw cell with YAML\n",
    )


def test_a_notebook_with_the_name_of_a_page_written_by_hand_is_none(scratch: Site) -> None:
    path = (scratch.notebooks / "Untitled 1.ipynb").rename(scratch.notebooks / "sample.ipynb")

    assert not is_post(path)
    assert (scratch.posts(), scratch.scratch()) == ([], [path])
