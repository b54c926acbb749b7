"""What others have put where a site is published: it stays, and a link leads nowhere that is not the site's."""

from __future__ import annotations

import pytest

from making import text, write
from mathpost.site import Site
from running import MEAN, mathpost, mean_post, tree_of

pytestmark = [pytest.mark.kernel, pytest.mark.site]
OTHERS = {"CNAME": "blog.example", ".well-known/security.txt": "Contact: me", ".git/HEAD": "ref: refs/heads/pages"}


def test_what_others_put_into_public_stays_and_is_told_once(published: Site) -> None:
    for name, content in OTHERS.items():
        (published.public / name).parent.mkdir(exist_ok=True)
        (published.public / name).write_text(content)
    (published.public / "latest").symlink_to("posts")
    assert mathpost("-C", published.root, "publish").stdout == "nothing to do: all is fresh\n"

    told = []
    for word in ("middle", "average"):
        write(published.notebooks / "mean.ipynb", *mean_post(MEAN.replace("The mean of", f"The {word} of")))
        done = mathpost("-C", published.root, "publish")
        assert done.returncode == 0
        told.append(done.stderr)

    assert told == ["left in public/, though no publish has made it: .git, .well-known, CNAME, latest\n", ""]
    assert {name: (published.public / name).read_text() for name in OTHERS} == OTHERS
    assert (published.public / "latest").is_symlink()
    assert "The average of" in (published.public / "posts" / "mean" / "index.html").read_text()


def test_what_a_publish_made_goes_when_its_post_does(published: Site) -> None:
    (published.public / "posts" / "mean" / "by-hand.txt").write_text("kept")
    (published.images / "mean" / "logo.png").write_bytes(b"drawn by hand")
    (published.notebooks / "mean.ipynb").unlink()

    done = mathpost("-C", published.root, "publish")
    assert (done.returncode, done.stderr) == (0, "left in public/, though no publish has made it: posts/mean\n")
    assert [path.name for path in (published.public / "posts" / "mean").iterdir()] == ["by-hand.txt"]
    assert [path.name for path in (published.images / "mean").iterdir()] == ["logo.png"]
    assert not (published.pages / "mean.md").exists()


@pytest.mark.parametrize("name", ["static/images", "content/posts", ".cache", "public"])
def test_a_link_out_of_the_site_is_refused_and_nothing_is_written_there(
    published: Site, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "folder"
    (published.root / name).rename(elsewhere)
    (published.root / name).symlink_to(elsewhere)
    write(published.notebooks / "mean.ipynb", text("Well."))
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}

    done = mathpost("-C", published.root, "publish")
    place = published.root / name
    assert done.returncode == 2
    assert done.stderr == (
        f"mathpost: {place}: is a link to {elsewhere}: the folder is replaced as a whole, and that one would go stale. "
        "Remove the link, and copy public/ there when it is published\n"
        if name == "public"
        else f"mathpost: {place}: is a link out of the site, to {elsewhere}: nothing is written there; "
        "put a folder in its place\n"
    )
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before


def test_a_link_that_stays_in_the_site_is_followed(published: Site) -> None:
    images = published.root / "pictures"
    published.images.rename(images)
    published.images.symlink_to(images)
    before = tree_of(published)
    done = mathpost("-C", published.root, "publish", "--force")
    assert (done.returncode, done.stderr) == (0, "")
    assert tree_of(published) == before


def test_an_alias_does_not_take_the_place_of_a_page(published: Site) -> None:
    front_matter = "---\ntitle: A\ndate: 2024-12-15\naliases: [/old/, /]\n---"
    write(published.notebooks / "mean.ipynb", *mean_post(), front_matter=front_matter)
    before = tree_of(published)
    done = mathpost("-C", published.root, "publish")
    assert done.returncode == 2
    assert done.stderr == (
        f"mathpost: {published.notebooks / 'mean.ipynb'}, cell 1: "
        "the alias '/' is the address of the site itself: give addresses that this post has had\n"
    )
    assert tree_of(published) == before
