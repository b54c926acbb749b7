"""The program as a person or another program runs it, and a small post to run it on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from nbformat import NotebookNode

from making import code, parameters, text
from mathpost.site import Site
from programs import run

MEAN = r"""
## The mean

The mean of `{python} m` numbers is `{python} f"{mean:.2f}"` (@eq-mean, @fig-values):

$$
\bar{x} = \frac{1}{m} \sum_{i = 1}^m x_i
$$ {#eq-mean}
"""
SET_UP = """
import numpy as np
from mathpost import Notation, check
x = np.random.default_rng(seed).gamma(2.0, size=m)
mean = x.mean()
"""
CHECK = r'check("#the-mean", Notation({"m": m, "x_i": x, r"\bar{x}": mean}))'
FIGURE = (
    "#| label: fig-values\n#| fig-cap: Values\n#| fig-alt: Dots\nimport matplotlib.pyplot as plt\nplt.plot(x, 'o');"
)


def mean_post(equation: str = MEAN) -> list[NotebookNode]:
    return [parameters("seed = 1\nm = 20"), code(SET_UP), text(equation), code(CHECK), code(FIGURE)]


def mathpost(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("mathpost", *arguments, folder=None, **environment)


def tree_of(site: Site) -> dict[str, bytes]:
    """All that is published, by path."""
    folders = (site.pages, site.images, site.public)
    return {
        str(path.relative_to(site.root)): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
