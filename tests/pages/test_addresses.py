"""Where links and images lead: what of a site is found, what is published, and what leads nowhere."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from making import FRONT_MATTER, code, text, write
from mathpost.pages.addresses import find_lost
from mathpost.text import read
from recorded import body_of, drawing, message_of, page_of, png

PNG = base64.b64decode(png())
BLUE = base64.b64decode(png(colour="blue"))
OTHER = "## A section: $x$ & *more*\n\n$$a$$ {#eq-a}\n\n## Größe der 面 {#size}"


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """A site with files and posts, and where the notebook of another post would be."""
    files = {
        "config.toml": b"",
        "outside.png": PNG,
        "static/images/box.png": PNG,
        "static/favicon.png": PNG,
        "static/images/small/mine.png": PNG,
        "notebooks/images/box.png": PNG,
        "notebooks/figures/box.png": BLUE,
        "notebooks/figures/a photo.png": PNG,
        "notebooks/figures/bad.png": b"no image",
        "notebooks/data/x.csv": b"1\n",
        "content/about.md": b"---\ntitle: A\n---\n",
        "content/posts/hand.md": b"---\ntitle: A\n---\n\n## By hand\n",
        "content/posts/bundle/index.md": b"---\ntitle: A\n---\n",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    folder = tmp_path / "notebooks"
    write(folder / "other.ipynb", text(OTHER), code("#| label: fig-b\n#| fig-alt: B"))
    write(folder / "draft.ipynb", front_matter=FRONT_MATTER[:-3] + "draft: true\n---")
    scratch = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "scratch.ipynb").write_text(json.dumps(scratch))
    return folder / "small.ipynb"


IMAGES = {
    "![box](images/box.png)": "![box](/images/small/box.png)",
    '![](./images/box.png "t")': '![](/images/small/box.png "t")',
    "![box](../static/images/box.png)": "![box](/images/box.png)",
    "![box](../static/images/small/mine.png)": "![box](/images/small/mine.png)",
    "![box](/images/box.png)": "![box](/images/box.png)",
    "![box](favicon.png)": "![box](/favicon.png)",
    "![box](<figures/a photo.png>)": "![box](/images/small/a-photo.png)",
    "![box](figures/a%20photo.png 'a (t)')": "![box](/images/small/a-photo.png 'a (t)')",
    "![box][b]\n\n[b]: images/box.png": "![box](/images/small/box.png)\n\n[b]: images/box.png",
    "[![box](images/box.png)](images/box.png)": "[![box](/images/small/box.png)](/images/small/box.png)",
}


@pytest.mark.parametrize("source", IMAGES)
def test_an_image_is_published_like_a_figure(post: Path, source: str) -> None:
    assert body_of(text(source), path=post) == IMAGES[source]


REMOTE = "![far](https://example.org/a.png)"


def test_an_image_of_another_site_is_refused_unless_the_site_shows_such(post: Path) -> None:
    assert message_of(text(REMOTE), path=post).endswith(
        "small.ipynb, cell 2, line 1: https://example.org/a.png is an image of another site, which would hear of each "
        "reader: copy it beside the notebook, or write remote_images = true below [params.mathpost] in config.toml"
    )
    (post.parent.parent / "config.toml").write_text("[params.mathpost]\nremote_images = true")
    assert body_of(text(REMOTE), path=post) == REMOTE


def test_two_images_of_one_name_and_a_figure_have_names_of_their_own(post: Path) -> None:
    cells = [
        text("![](images/box.png) ![](figures/box.png)"),
        text("![](images/box.png)"),
        drawing("#| label: fig-box\n#| fig-alt: A", png(colour="green")),
    ]
    page = page_of(*cells, path=post)
    names = list(page.images)
    assert names[0] == "box.png"
    assert [name[:4] + name[-4:] for name in names] == ["box..png", "box-.png", "box-.png"]
    assert page.files[0].data != page.files[1].data
    assert page.text.count(f"/images/small/{names[1]}") == 2


def test_an_image_pasted_into_a_cell_is_published(post: Path) -> None:
    cell = text("![shot](attachment:a%20shot.png)")
    cell["attachments"] = {"a shot.png": {"image/png": png()}}
    page = page_of(cell, path=post)
    assert page.text.endswith("\n\n![shot](/images/small/a-shot.png)\n")
    assert list(page.images) == ["a-shot.png"]


LINKS = {
    "[o](other.ipynb)": '[o]({{< relref "/posts/other" >}})',
    '[o](./other.ipynb "t")': '[o]({{< relref "/posts/other" >}} "t")',
    "[o](../notebooks/other.ipynb)": '[o]({{< relref "/posts/other" >}})',
    "[o](other.md)": '[o]({{< relref "/posts/other" >}})',
    "[o](../content/posts/hand.md#by-hand)": '[o]({{< relref "/posts/hand#by-hand" >}})',
    "[o](/posts/other/)": '[o]({{< relref "/posts/other" >}})',
    "[o](/posts/bundle/)": '[o]({{< relref "/posts/bundle" >}})',
    "[o](../other/#eq-a)": '[o]({{< relref "/posts/other#eq-a" >}})',
    "[o](other.ipynb#fig-b)": '[o]({{< relref "/posts/other#fig-b" >}})',
    "[o](other.ipynb#A-section:-$x$-&-*more*)": '[o]({{< relref "/posts/other#a-section-x--more" >}})',
    "[o](other.ipynb#a-section-x-more)": '[o]({{< relref "/posts/other#a-section-x--more" >}})',
    "[o](other.ipynb#size)": '[o]({{< relref "/posts/other#size" >}})',
    "[o](other.ipynb#Größe-der-面)": '[o]({{< relref "/posts/other#size" >}})',
    "[o][r]\n\n[r]: other.ipynb": '[o]({{< relref "/posts/other" >}})\n\n[r]: other.ipynb',
    "[on $x$] [b][]\n\n[on $x$]: https://a.org/\n[b]: https://b.org/": "[on \\(x\\)](https://a.org/) [b][]\n\n"
    "[on $x$]: https://a.org/\n[b]: https://b.org/",
    "[d](data/x.csv)": "[d](/images/small/x.csv)",
    "[d](../static/favicon.png)": "[d](/favicon.png)",
    "[a](/about/)": "[a](/about/)",
    "[a](/favicon.png)": "[a](/favicon.png)",
    "[a](/) [b](/posts/) [c](/tags/a/) [d](/index.xml)": "[a](/) [b](/posts/) [c](/tags/a/) [d](/index.xml)",
    "[m](mailto:a@example.org) [w](https://example.org/x?a=1#b)": "[m](mailto:a@example.org) "
    "[w](https://example.org/x?a=1#b)",
    "## My Heading\n\n[s](#My-Heading) [t](small.ipynb#My-Heading)": "## My Heading {#my-heading}\n\n"
    "[s](#my-heading) [t](#my-heading)",
    "`[o](missing.ipynb)` and\n\n    [o](missing.ipynb)": "`[o](missing.ipynb)` and\n\n    [o](missing.ipynb)",
}


@pytest.mark.parametrize("source", LINKS)
def test_a_link_leads_to_the_post_the_anchor_or_the_file(post: Path, source: str) -> None:
    assert body_of(text(source), path=post) == LINKS[source]


NOWHERE = {
    "![x](missing.png)": "missing.png leads nowhere: there is no such file beside the notebook",
    "![x](/images/never.png)": "/images/never.png leads nowhere: there is no static/images/never.png",
    "![x](../outside.png)": "../outside.png lies neither in notebooks/ nor in static/: "
    "copy the file beside the notebook",
    "![x](../../../etc/passwd)": "../../../etc/passwd lies neither in notebooks/ nor in static/: "
    "copy the file beside the notebook",
    "![x](data/x.csv)": "data/x.csv is no image that is published: PNG, SVG, JPEG, WebP and GIF are",
    "![x](figures/bad.png)": "figures/bad.png is a damaged PNG image",
    "![x](attachment:x.png)": "attachment:x.png leads nowhere: nothing of this name is pasted into the cell",
    "[x](missing.ipynb)": "missing.ipynb leads nowhere: there is no post 'missing'",
    "[x](missing.md#a)": "missing.md#a leads nowhere: there is no post 'missing'",
    "[x](/posts/missing/)": "/posts/missing/ leads nowhere: the site has no such page and no such file",
    "[x](../missing/)": "../missing/ leads nowhere: the site has no such page and no such file",
    "[x](data/missing.csv)": "data/missing.csv leads nowhere: there is no such file beside the notebook",
    "[x](other.ipynb#b)": "other.ipynb#b leads nowhere: no heading, equation or figure of other has the anchor 'b'",
    "[x](#nowhere)": "#nowhere leads nowhere: no heading, equation or figure of this post has the anchor 'nowhere'",
    "[x](scratch.ipynb)": "scratch.ipynb is a notebook without front matter, and so no post: "
    "link to a post, or to a file",
    "[x](draft.ipynb)": "draft.ipynb leads to a draft, which is not published",
    "[x](/nowhere/)": "/nowhere/ leads nowhere: the site has no such page and no such file",
}


@pytest.mark.parametrize("source", NOWHERE)
def test_what_leads_nowhere_is_named_with_its_line(post: Path, source: str) -> None:
    assert message_of(text(f"Well,\n{source}"), path=post) == f"{post}, cell 2, line 2: {NOWHERE[source]}"


TAGS = """<a id="here"></a> <a class=x name='there'></a>

<div id=fig:one>

## <a id="2.1"></a>A hint

[a](#here) [b](#there) [c](#fig:one) [d](#2.1) [e](#A-hint) [f](small.ipynb#here) [g](other.ipynb#anchored)

</div>

Code, `<a id="code">` <!-- <a id="comment"> -->
"""


def test_a_tag_may_be_an_anchor(post: Path) -> None:
    write(post.with_name("other.ipynb"), text('<a id="anchored"></a>'))
    write(post, text(f"{TAGS}\n[x](#code) [y](#comment)"))
    assert [problem.message.partition(" ")[0] for problem in find_lost(read(post))] == ["#code", "#comment"]


def test_all_that_leads_nowhere_is_found_before_anything_is_executed(post: Path) -> None:
    good = text("[a](other.ipynb#size) ![b](images/box.png) [c](#fig-a-2) [d](https://example.org)")
    write(post, good, code("#| label: fig-a\n#| fig-alt: A"), text("![x](missing.png)\n\n[y](#nowhere)"))
    assert [str(problem) for problem in find_lost(read(post))] == [
        f"{post}, cell 4, line 1: missing.png leads nowhere: there is no such file beside the notebook",
        f"{post}, cell 4, line 3: #nowhere leads nowhere: no heading, equation or figure of this post "
        "has the anchor 'nowhere'",
    ]
