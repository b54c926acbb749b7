"""One snapshot: the text that is judged is the text that is published, whatever is saved while it is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from making import code, text, write
from mathpost.site import Site
from running import MEAN, mathpost, mean_post

FALSE = MEAN.replace(r"\frac{1}{m}", r"\frac{2}{m}")
REFUSED = "mathpost: 1 claim does not hold: nothing was published\n"


def saves(path: Path, content: str) -> str:
    """Code that saves a file, as an editor would while the notebook is executed."""
    return f"from pathlib import Path\nPath({str(path)!r}).write_text({content!r})"


@pytest.mark.kernel
@pytest.mark.site
def test_a_notebook_that_is_saved_while_it_executes_is_published_as_it_was_and_then_stale(site: Site) -> None:
    post = site.post("mean")
    false = write(site.root / "elsewhere" / "mean.ipynb", *mean_post(FALSE)).read_text()
    write(post.notebook, code(saves(post.notebook, false)), *mean_post())

    first = mathpost("-C", site.root, "publish")
    page = post.page.read_text()

    assert (first.returncode, first.stderr) == (0, "")
    assert post.notebook.read_text() == false
    assert r"\frac{1}{m}" in page
    assert r"\frac{2}{m}" not in page + (site.public / "posts" / "mean" / "index.html").read_text()
    second = mathpost("-C", site.root, "publish")
    assert (second.returncode, second.stderr) == (1, REFUSED)
    assert post.page.read_text() == page


@pytest.mark.kernel
@pytest.mark.site
@pytest.mark.parametrize("folder", ["notebooks", "elsewhere"])
def test_data_that_are_saved_while_a_notebook_executes_make_it_stale(site: Site, folder: str) -> None:
    data = site.root / folder / "share.txt"
    data.parent.mkdir(exist_ok=True)
    data.write_text("0.5")
    write(
        site.notebooks / "mean.ipynb",
        code(f"from mathpost import check\nshare = float(open({str(data)!r}).read())"),
        text("The share is 0.5 {#val-share}."),
        code("check('val-share', share)"),
        code(saves(data, "0.7")),
    )

    assert mathpost("-C", site.root, "publish").returncode == 0
    second = mathpost("-C", site.root, "publish")
    assert (second.returncode, second.stderr) == (1, REFUSED)
