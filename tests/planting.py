"""Posts into which a drift is planted, and what `pytest` says about each.

An edit is a line: `cell 4: old -> new`, `cell 4, every: old -> new`, `page: old -> new`, `module: old -> new`, one of
`SPECIAL`, or `published`: the page is made from the edited text. `⏎` is the end of a line.
"""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from PIL import Image

from making import code, parameters, text, write
from mathpost.notebooks import Record, execute
from mathpost.notebooks.execution import record_of
from mathpost.pages import export
from mathpost.site import Post, Site
from mathpost.text import read

EDIT = re.compile(r"(?P<what>cell \d+|page|module|notebook|seal)(?P<every>, every)?: (?P<old>.+?) -> (?P<new>.*)")
FRONT_MATTER = """---
title: The mean of a sample
description: What is left of many numbers.
date: 2024-12-15
tags: [Statistics]
---"""
LABORATORY = '''"""Where the numbers come from."""

import numpy as np


def measure(m, slope, seed):
    """Numbers that rise on the whole."""
    return slope + 0.05 * np.arange(m) + np.random.default_rng(seed).normal(scale=0.5, size=m)
'''
CELLS = [
    parameters("seed = 3\nm = 40\nslope = 2.0"),
    code(
        "import matplotlib.pyplot as plt\nimport numpy as np\n\nfrom laboratory import measure\n"
        "from mathpost import Notation, check\n\nx = measure(m, slope, seed)\nmean = x.mean()\n"
        "fit, offset = np.polyfit(np.arange(m), x, 1)"
    ),
    text(r"""## The mean

The mean of `{python} m` numbers is `{python} f"{mean:.3f}"` (@eq-mean). Of the greatest it is 67.8 % {#val-share}.

$$
\bar{x} = \frac{1}{m} \sum_{i = 1}^m x_i
$$ {#eq-mean}

It is positive, $\bar{x} > 0$, and it is not the spread: $\bar{x} \neq s$. The spread has two forms:

$$
\begin{align*}
s^2 &= \frac{1}{m} \sum_{i = 1}^m (x_i - \bar{x})^2 \\
&= \frac{1}{m} \sum_{i = 1}^m x_i^2 - \bar{x}^2
\end{align*}
$$ {#eq-spread}"""),
    code(
        'check("#the-mean", Notation({"m": m, "x_i": x, r"\\bar{x}": np.mean(x), "s": np.std(x)}))\n'
        'check("val-share", mean / x.max())'
    ),
    text(r"""## The line

A line through the points of @fig-line has the slope `{python} f"{fit:.2f}"`, or $0.050$ {#val-slope} to three places.

It rises, since $b > 0$."""),
    code(
        "#| label: fig-line\n#| fig-cap: The points and a line\n#| fig-alt: Points that rise, and a line.\n"
        'fig, ax = plt.subplots(figsize=(6.4, 4))\nax.plot(x, "o", color="#3b6fb6")\n'
        'ax.plot(offset + fit * np.arange(m), color="#c8440b", linewidth=2.5)\n'
        'ax.set(xlabel="i", ylabel="x")\nplt.show()'
    ),
    code('#| echo: true\nprint(f"greatest {x.max():.2f}, least {x.min():.2f}")'),
    code('check("#the-line", Notation({"b": fit}))\ncheck("val-slope", fit)'),
]


@dataclass(frozen=True)
class Garden:
    """A site of posts that are all alike, and what the one was executed to."""

    site: Site
    source: Path
    record: Record


def garden(root: Path, source: Path | None = None, record: Record | None = None) -> Garden:
    """A site without posts, and the post that is planted in it: a small one, or a copy of `source`."""
    site = Site(root)
    site.config.parent.mkdir(parents=True, exist_ok=True)
    site.config.write_text('title = "A garden"\n')
    nursery = root / "nursery" / "post.ipynb"
    if source is None:
        write(nursery, *CELLS, front_matter=FRONT_MATTER)
        (nursery.parent / "laboratory.py").write_text(LABORATORY)
    else:
        nursery.parent.mkdir(parents=True)
        shutil.copy(source, nursery)
    return Garden(site, nursery, record or execute(read(nursery)))


def plant(ground: Garden, slug: str, edits: Sequence[str]) -> None:
    """A published post, and then the edits."""
    post = ground.site.post(slug)
    post.notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(ground.source, as_version=4)
    laboratory = ground.source.with_name("laboratory.py")
    if laboratory.exists():
        notebook.cells[2].source = notebook.cells[2].source.replace("laboratory", f"laboratory_{slug}")
        shutil.copy(laboratory, post.notebook.with_name(f"laboratory_{slug}.py"))
    changed = _edited(notebook, edits)
    publish(ground, post, changed if "published" in edits else notebook)
    nbformat.write(changed, post.notebook)
    for edit in edits:
        match = EDIT.fullmatch(edit)
        if match and match["what"].startswith("cell"):
            continue
        if match:
            path = {"page": post.page, "seal": post.page, "notebook": post.notebook}.get(
                match["what"], post.notebook.with_name(f"laboratory_{slug}.py")
            )
            path.write_text(_replaced(path.read_text(), match))
        elif edit != "published":
            SPECIAL[edit](post)


def publish(ground: Garden, post: Post, notebook: NotebookNode) -> None:
    """The page and the figures as `mathpost publish` writes them; only texts may differ from those executed."""
    executed = deepcopy(ground.record.notebook)
    for cell, made in zip(notebook.cells, executed.cells, strict=True):
        made.source = cell.source
    page = export(record_of(executed, post.notebook.resolve()))
    post.page.parent.mkdir(parents=True, exist_ok=True)
    post.figures.mkdir(parents=True, exist_ok=True)
    post.page.write_text(page.text)
    for figure in page.figures:
        (post.figures / figure.name).write_bytes(figure.data)


def findings(junit: Path) -> dict[str, dict[str, str]]:
    """For each post, each test with its message; empty where it passed."""
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(junit).getroot().iter("testcase"):
        slug = str(case.get("classname")).split(".")[1]
        failure = case.find("failure")
        message = "" if failure is None else re.sub(rf"\b{slug}\b", "POST", str(failure.text))
        found.setdefault(slug, {})[str(case.get("name"))] = message
    return found


def told(post: Mapping[str, str]) -> str:
    """All that fails in a post, with whole messages; what is told of several is told once. The page comes first."""
    names: dict[str, list[str]] = {}
    for name in sorted(post, key=lambda name: (name != "page", name)):
        if post[name]:
            names.setdefault(post[name], []).append(name)
    return "\n".join(f"# {', '.join(same)}\n{message}" for message, same in names.items())


def _edited(notebook: NotebookNode, edits: Sequence[str]) -> NotebookNode:
    changed = deepcopy(notebook)
    for match in filter(None, map(EDIT.fullmatch, edits)):
        if match["what"].startswith("cell"):
            cell = changed.cells[int(match["what"].removeprefix("cell ")) - 1]
            cell.source = _replaced(cell.source, match)
    return changed


def _replaced(source: str, match: re.Match[str]) -> str:
    old, new = (match[name].replace("⏎", "\n") for name in ("old", "new"))
    assert source.count(old) == 1 or (match["every"] and old in source), (
        f"{old!r} stands there {source.count(old)} times"
    )
    return source.replace(old, new)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _on_pixels(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Post], None]:
    def apply(post: Post) -> None:
        path = post.figures / "line.png"
        pixels = np.asarray(Image.open(path).convert("RGB")).astype(float)
        file = BytesIO()
        Image.fromarray(np.clip(change(pixels), 0, 255).round().astype(np.uint8)).save(file, "PNG")
        path.write_bytes(file.getvalue())

    return apply


def _scratched(pixels: np.ndarray) -> np.ndarray:
    scratched = pixels.copy()
    scratched[100:104, 100:600] = 0
    return scratched


def _with_outputs(post: Post) -> None:
    notebook = json.loads(post.notebook.read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["what an earlier run said\n"]}]
    post.notebook.write_text(json.dumps(notebook, indent=1))


def _indented(post: Post) -> None:
    post.notebook.write_text(json.dumps(json.loads(post.notebook.read_text()), indent=4, sort_keys=True))


def _in_windows_lines(post: Post) -> None:
    post.page.write_bytes(post.page.read_bytes().replace(b"\n", b"\r\n"))


SPECIAL: Mapping[str, Callable[[Post], None]] = {
    "page: removed": lambda post: post.page.unlink(),
    "page: lines end as on Windows": _in_windows_lines,
    "figure: removed": lambda post: (post.figures / "line.png").unlink(),
    "figure: damaged": lambda post: _write(post.figures / "line.png", b"no image"),
    "figure: cropped": _on_pixels(lambda pixels: pixels[:-9]),
    "figure: scratched": _on_pixels(_scratched),
    "figure: noise": _on_pixels(lambda p: p + np.random.default_rng(0).integers(-4, 5, p.shape)),
    "figure: smoothed": _on_pixels(lambda p: (p + np.roll(p, 1, axis=1)) / 2),
    "figure: encoded anew": _on_pixels(lambda p: p),
    "figure: another beside it": lambda post: _write(post.figures / "old.png", b"what was once drawn"),
    "notebook: with outputs": _with_outputs,
    "notebook: indented": _indented,
}
