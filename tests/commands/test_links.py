"""Links between posts: one whose target has changed is told, though the post that has it is as it was."""

from __future__ import annotations

import pytest

from making import code, text, write
from mathpost.site import Site
from running import mathpost, tree_of

LINK = "One more.\n\nSee [there](other.ipynb#one)."
LOST = "mathpost: {path}, cell 2, line 3: other.ipynb#one leads nowhere: {reason}\n"
NO_ANCHOR = "no heading, equation or figure of other has the anchor 'one'"


@pytest.fixture
def linked(new_site: Site) -> Site:
    """A site with a post that leads into another one."""
    write(new_site.notebooks / "linking.ipynb", text(LINK))
    write(new_site.notebooks / "other.ipynb", text("## One"))
    return new_site


@pytest.mark.kernel
@pytest.mark.site
def test_a_link_whose_target_is_gone_is_told(linked: Site) -> None:
    assert mathpost("-C", linked.root, "publish").returncode == 0
    before = tree_of(linked)
    write(linked.notebooks / "other.ipynb", text("## Another one"), code("raise ValueError('never run')"))

    for named in ([], ["other"], ["linking"], ["--force", "other"]):
        done = mathpost("-C", linked.root, "publish", *named)
        told = LOST.format(path=linked.post("linking").notebook, reason=NO_ANCHOR)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", told), named
    assert tree_of(linked) == before


@pytest.mark.kernel
@pytest.mark.site
def test_a_link_to_a_post_that_is_gone_is_told(linked: Site) -> None:
    assert mathpost("-C", linked.root, "publish").returncode == 0
    (linked.notebooks / "other.ipynb").unlink()

    done = mathpost("-C", linked.root, "publish")
    told = LOST.format(path=linked.post("linking").notebook, reason="there is no post 'other'")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    assert (linked.pages / "other.md").is_file()


@pytest.mark.kernel
@pytest.mark.site
def test_an_unfinished_post_beside_stops_none(linked: Site) -> None:
    assert mathpost("-C", linked.root, "publish").returncode == 0
    write(linked.notebooks / "linking.ipynb", text("See [there](other.ipynb#soon)."))

    done = mathpost("-C", linked.root, "publish", "other")
    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing to do: all is fresh\n", "")
