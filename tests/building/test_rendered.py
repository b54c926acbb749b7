"""The net under everything: what Hugo renders is what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from making import raw, text
from mathpost.building.post import Build
from mathpost.building.rendered import read_page, require_all_read
from mathpost.ground.errors import EngineError, InputError
from mathpost.notebooks.execution import record_of
from mathpost.pages import export
from mathpost.site import Post, Site, hugo
from mathpost.site.staging import stage
from places import CASES


def build_of(site: Site, slug: str, *texts: str) -> tuple[Post, Build]:
    """A post of Markdown cells as it is built, without being executed."""
    post = site.post(slug)
    notebook = new_notebook(cells=[raw(), *map(text, texts)], metadata={"mathpost": {}})
    record = record_of(notebook, post.notebook)
    return post, Build(record, export(record), (), (), 0.0)


def render(site: Site, builds: Iterable[tuple[Post, Build]]) -> Path:
    with stage(site) as staged:
        for post, build in builds:
            staged.write(post.page, build.page.text.encode())
        hugo.build(staged)
        staged.commit()
    return site.public


@pytest.mark.site
def test_every_construct_of_markdown_and_katex_is_rendered_as_it_was_read(small_site: Site) -> None:
    built = build_of(small_site, "constructs", (CASES / "constructs.md").read_text(encoding="utf-8"))
    public = render(small_site, [built])
    require_all_read(public, [built])

    page = read_page((public / "posts" / "constructs" / "index.html").read_text(encoding="utf-8"))
    in_contents = 3  # the formulas of the headings stand in the table of contents, too
    read = [latex for formula in built[1].page.formulas if (latex := " ".join(formula.latex.split()))]
    assert list(page.formulas[in_contents:]) == in_order_of_the_page(read)
    assert not any("no" in latex.split() for latex in page.formulas)


ANNOTATION = '<annotation encoding="application/x-tex">'


def in_order_of_the_page(read: list[str]) -> list[str]:
    """Hugo moves footnotes to the end."""
    notes = [latex for latex in read if latex.startswith("n_")]
    return [latex for latex in read if latex not in notes] + notes


LEFT: Mapping[str, tuple[str, Callable[[str], str], str]] = {
    "a formula nobody read": (
        "One $a$.",
        lambda html: html.replace(
            "</article>", '<math><annotation encoding="application/x-tex">1 = 2</annotation></math></article>'
        ),
        "notebooks/post.ipynb: a formula is on the page that was not read, and so not checked: 1 = 2",
    ),
    "a formula that was lost": (
        "One $a$ and\n\n$b = c$.",
        lambda html: html.replace(">b = c</annotation>", ">b</annotation>").replace(
            ">b</annotation>", ">a</annotation>"
        ),
        "notebooks/post.ipynb, cell 2, line 3: the formula was read, but is not on the page as one: b = c",
    ),
    "raw dollars": (
        "It costs $5 in all.",
        lambda html: html.replace("in all", "in all, $x$"),
        "notebooks/post.ipynb: `$` is on the page as it stands: It costs $5 in all, $x$.\n"
        "notebooks/post.ipynb: `$` is on the page as it stands: It costs $5 in all, $x$.",
    ),
    "a raw command": (
        "Nothing.",
        lambda html: html.replace("Nothing.", r"Nothing but \alpha."),
        r"notebooks/post.ipynb: `\alpha` is on the page as it stands: Nothing but \alpha.",
    ),
}


@pytest.mark.site
@pytest.mark.parametrize("name", LEFT)
def test_what_differs_is_named(small_site: Site, name: str) -> None:
    source, edit, expected = LEFT[name]
    built = build_of(small_site, "post", source)
    public = render(small_site, [built])
    page = public / "posts" / "post" / "index.html"
    page.write_text(edit(page.read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(InputError) as caught:
        require_all_read(public, [built])
    assert str(caught.value).replace(f"{small_site.root}/", "") == expected


@pytest.mark.site
def test_a_post_without_a_page_is_named(small_site: Site) -> None:
    built = build_of(small_site, "post", "Text.")
    public = render(small_site, [])
    with pytest.raises(EngineError) as caught:
        require_all_read(public, [built])
    assert str(caught.value).endswith(
        "Hugo made no page of this post at /posts/post/: does something else claim its address, or hold it back?"
    )
