"""Pages as Hugo renders them."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from recorded import page_of


def rendered(site: Site, *cells: NotebookNode) -> str:
    """The text of a post of a site that is served from `/sub/`, as HTML without line ends."""
    path = site.notebooks / "small.ipynb"
    page = page_of(*cells, path=path)
    post = site.post("small")
    with stage(site) as staged:
        staged.write(post.page, page.text.encode())
        staged.write_figures(post, page.images)
        hugo.build(staged, base_url="https://example.org/sub/")
        html = (staged.public / "posts" / "small" / "index.html").read_text(encoding="utf-8")
    body = html.partition('<div class="text">')[2].partition('<footer class="page">')[0].rpartition("</div>")[0]
    return re.sub(r"\s*\n\s*", "", body)
