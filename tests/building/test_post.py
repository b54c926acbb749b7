"""The spine: a post on its way from its notebook to its page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from making import code, text, write
from mathpost.building import build_post
from mathpost.text import cells, markup, read

PLAIN = "## One {#one}\n\nThe sum $1 + 1 = 2$ and `{python} 1 + 1`, or 2 {#val-sum}; see @fig-line."
DISPLAY = "$$\n3 = 1 + 2\n$$ {#eq-three}\n\nAs @eq-three says."
FIGURE = (
    "#| label: fig-line\n#| fig-cap: A line, as in @eq-three\n#| fig-alt: a line\n"
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
)
CHECKS = (
    "from mathpost import Notation, check\ncheck('#one', Notation({}))\ncheck('eq-three', Notation({}))\n"
    "check('val-sum', 1 + 1)"
)


@pytest.mark.kernel
def test_each_text_of_a_post_is_scanned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the checks in the kernel nor the exporter nor the judge read a text again."""
    scanned: Counter[str] = Counter()
    scan = markup.scan
    monkeypatch.setattr(cells, "scan", lambda source, **given: scanned.update([source]) or scan(source, **given))
    counted = "import mathpost.text.cells as cells\ncells.scan = None  # a scan in the kernel would raise"
    path = write(tmp_path / "a.ipynb", code(counted), text(PLAIN), text(DISPLAY), code(CHECKS), code(FIGURE))

    build = build_post(read(path), timeout=60)

    assert build.holds
    assert len(build.verdicts) == 3
    assert scanned == {PLAIN: 1, DISPLAY: 1, "A line, as in @eq-three": 1, "a line": 1, "A small post": 1}
