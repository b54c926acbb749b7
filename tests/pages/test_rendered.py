"""What Hugo makes of the pages: folded cells, parts of a figure, tables, links on a site in a sub-folder."""

from __future__ import annotations

import pytest
from PIL import Image

from making import code, text, write
from mathpost.ground.errors import InputError
from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from recorded import drawing, png, printed, printing, shown
from rendering import rendered

pytestmark = pytest.mark.site


def test_links_lead_to_posts_anchors_and_files(small_site: Site) -> None:
    write(small_site.notebooks / "sample.ipynb", text("## Likely"))
    (small_site.notebooks / "x.csv").write_text("1\n")
    links = "[a](sample.ipynb#Likely) [b](/posts/second/) [c](x.csv) [d](/favicon.svg) [e](#Here) [f](/tags/)"
    assert rendered(small_site, text(f"{links}\n\n## Here")).startswith(
        '<p><a href="/sub/posts/sample/#likely">a</a> <a href="/sub/posts/second/">b</a> '
        '<a href="/sub/images/small/x.csv">c</a> <a href="/sub/favicon.svg">d</a> <a href="#here">e</a> '
        '<a href="/sub/tags/">f</a></p>'
    )


def test_a_link_to_a_post_that_is_not_published_is_named(small_site: Site) -> None:
    write(small_site.notebooks / "later.ipynb", text("Later."))
    with pytest.raises(InputError) as caught:
        rendered(small_site, text("One.\n\n[x](later.ipynb)"))
    assert str(caught.value) == (
        "content/posts/small.md, line 12: the link leads to /posts/later, which is not published: publish it too"
    )


def test_a_bundle_keeps_its_resources(small_site: Site) -> None:
    folder = small_site.pages / "bundle"
    folder.mkdir()
    Image.new("RGB", (2, 2)).save(folder / "box.png")
    (folder / "x.csv").write_text("1\n")
    (folder / "index.md").write_text("---\ntitle: B\ndate: 2024-01-01\n---\n\n![b](box.png) [x](x.csv)\n")
    with stage(small_site) as staged:
        hugo.build(staged, base_url="https://example.org/sub/")
        html = (staged.public / "posts" / "bundle" / "index.html").read_text(encoding="utf-8")
        assert (staged.public / "posts" / "bundle" / "box.png").is_file()
    assert (
        '<img src="/sub/posts/bundle/box.png" alt="b" loading="lazy"> <a href="/sub/posts/bundle/x.csv">x</a>' in html
    )


def test_parts_of_a_figure_stand_under_one_caption(small_site: Site) -> None:
    source = "#| label: fig-a\n#| fig-cap: Both\n#| fig-alt: A\n#| fig-subcap: [l, r]\n#| layout-ncol: 2"
    assert rendered(small_site, drawing(source, png(), png())) == (
        '<figure id="fig-a" class="center parts"><div style="--columns: 2"><figure id="fig-a-1">'
        '<img src="/sub/images/small/a-1.png" alt="A (1 of 2)" width="4" height="3" loading="lazy">'
        '<figcaption>(a) l</figcaption></figure><figure id="fig-a-2">'
        '<img src="/sub/images/small/a-2.png" alt="A (2 of 2)" width="4" height="3" loading="lazy">'
        "<figcaption>(b) r</figcaption></figure></div><figcaption>Fig 1. Both</figcaption></figure>"
    )


def test_a_folded_cell_opens(small_site: Site) -> None:
    cell = code("x", "hide-cell")
    cell.outputs = [printed("1\n"), shown(text__markdown="*two*")]
    html = rendered(small_site, cell)
    assert html.startswith("<details><summary>Code and output</summary><div class=")
    assert html.endswith("<p><em>two</em></p></details>")


def test_a_table_without_a_head_has_none(small_site: Site) -> None:
    html = rendered(small_site, printing("#| output: true", shown(text__html="<table><tr><td>1</td></tr></table>")))
    assert html == (
        '<div class="table" role="group" tabindex="0" aria-label="Table"><table><tbody>'
        '<tr><td class="right">1</td></tr></tbody></table></div>'
    )
