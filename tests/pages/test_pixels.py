"""Two images that look the same are the same; what an eye would notice is told."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from mathpost.ground.errors import InputError
from mathpost.pages.pixels import compare

Array = NDArray[np.float64]


def draw(
    *,
    slope: float = 3.05,
    line: str = "#c8440b",
    dots: str = "#3b6fb6",
    grid: str = "0.85",
    labels: tuple[str, str] = ("X", "y"),
    points: int = 100,
    title: str = "",
) -> bytes:
    """The figure of a linear regression as posts have it."""
    with rc_context({"font.size": 14, "legend.fontsize": 13}):
        return _drawn(slope, line, dots, grid, labels, points, title)


def _drawn(slope: float, line: str, dots: str, grid: str, labels: tuple[str, str], points: int, title: str) -> bytes:
    rng = np.random.default_rng(7)
    x = rng.uniform(0, 2, 100)
    y = 4 + 3 * x + rng.normal(scale=0.8, size=100)
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.scatter(x[:points], y[:points], s=26, color=dots, alpha=0.75, edgecolors="none", label="samples")
    axes.plot([0, 2], [3.9, 3.9 + 2 * slope], color=line, linewidth=2.5, label="least squares")
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(-0.05, 2.05), ylim=(2.5, 12.5), title=title)
    axes.grid(linestyle="--", color=grid)
    axes.legend(loc="upper left")
    file = BytesIO()
    figure.savefig(file, dpi=200)
    return file.getvalue()


def array_of(png: bytes) -> Array:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(np.float64)


def png_of(array: Array) -> bytes:
    file = BytesIO()
    Image.fromarray(np.clip(array, 0, 255).round().astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def with_hinting(hinting: str) -> bytes:
    with rc_context({"text.hinting": hinting}):
        return draw()


COMMITTED = draw()
PIXELS = array_of(COMMITTED)
RNG = np.random.default_rng(0)

NOISE = {
    "the same bytes": lambda: COMMITTED,
    "written by another encoder": lambda: png_of(PIXELS),
    "each channel off by up to five levels of 255": lambda: png_of(PIXELS + RNG.integers(-5, 6, PIXELS.shape)),
    "edges smoothed half a pixel to the right": lambda: png_of((PIXELS + np.roll(PIXELS, 1, axis=1)) / 2),
    "all of it one pixel lower": lambda: png_of(np.roll(PIXELS, 1, axis=0)),
    "fonts without hinting": lambda: with_hinting("none"),
    "fonts hinted by FreeType": lambda: with_hinting("force_autohint"),
    "a dot of two pixels by two": lambda: png_of(_with_dot(2)),
}
DRIFTS = {
    "the slope one per cent greater": lambda: draw(slope=3.05 * 1.01),
    "the slope one per cent less": lambda: draw(slope=3.05 * 0.99),
    "the label of an axis dropped": lambda: draw(labels=("X", "")),
    "a small letter for a capital one": lambda: draw(labels=("x", "y")),
    "the line in another colour": lambda: draw(line="#3b6fb6"),
    "the line in a slightly darker red": lambda: draw(line="#b8440b"),
    "the dots in a slightly other blue": lambda: draw(dots="#3b7fb6"),
    "the grid a shade darker": lambda: draw(grid="0.80"),
    "one point of a hundred gone": lambda: draw(points=99),
    "a title added": lambda: draw(title="Regression"),
    "a dot of three pixels by three": lambda: png_of(_with_dot(3)),
}


def _with_dot(size: int) -> Array:
    dotted = PIXELS.copy()
    dotted[5 : 5 + size, 5 : 5 + size] = 0
    return dotted


@pytest.mark.parametrize("change", NOISE)
def test_noise_of_another_platform_passes(change: str) -> None:
    new: Callable[[], bytes] = NOISE[change]
    comparison = compare(COMMITTED, new())

    assert comparison.same, str(comparison)
    assert comparison.picture == b""


@pytest.mark.parametrize("change", DRIFTS)
def test_what_an_eye_would_notice_is_a_drift(change: str) -> None:
    new: Callable[[], bytes] = DRIFTS[change]
    comparison = compare(COMMITTED, new())

    assert not comparison.same, str(comparison)
    assert Image.open(BytesIO(comparison.picture)).size == comparison.sizes[0]


def test_a_drift_says_how_much_differs_and_where() -> None:
    dotted = PIXELS.copy()
    dotted[0:3, 1200:1220] = 0

    assert str(compare(COMMITTED, png_of(dotted))) == (
        "60 of 1,024,000 pixels differ, as much as 60 black ones on white (8 are allowed), "
        "between x 1200 and 1219, y 0 and 2"
    )


def test_images_of_different_sizes_differ() -> None:
    comparison = compare(COMMITTED, png_of(PIXELS[:-10, :-3]))

    assert not comparison.same
    assert str(comparison) == "the committed image is 1280 x 800 pixels, the new one 1277 x 790"
    assert Image.open(BytesIO(comparison.picture)).size == (1280, 800)


def test_a_transparent_image_is_seen_on_white() -> None:
    white, transparent = BytesIO(), BytesIO()
    Image.new("RGB", (40, 30), "white").save(white, "PNG")
    Image.new("RGBA", (40, 30), (200, 10, 10, 0)).save(transparent, "PNG")

    assert compare(white.getvalue(), transparent.getvalue()).same


@pytest.mark.parametrize("damaged", [b"", b"not an image", COMMITTED[:2000]])
def test_a_damaged_image_is_an_error_of_the_input(damaged: bytes) -> None:
    with pytest.raises(InputError, match=r"^is not an image that can be read$"):
        compare(damaged, COMMITTED)
