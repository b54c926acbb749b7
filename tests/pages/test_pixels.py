"""Two images that look the same are the same; what an eye would notice is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mathpost.ground.errors import InputError
from mathpost.pages.pixels import compare
from sharing import made_once

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Drawing:
    """The figure of a linear regression as posts have it."""

    slope: float = 3.05
    line: str = "#c8440b"
    dots: str = "#3b6fb6"
    grid: str = "0.85"
    labels: tuple[str, str] = ("X", "y")
    points: int = 100
    title: str = ""
    hinting: str = "default"

    @property
    def name(self) -> str:
        """Of its file."""
        return sha256(repr(self).encode()).hexdigest()


Change = Drawing | Callable[[Array], Array]
NewImage = Callable[[Change], bytes]
COMMITTED = Drawing()
RNG = np.random.default_rng(0)

NOISE: Mapping[str, Change] = {
    "the same bytes": COMMITTED,
    "written by another encoder": lambda pixels: pixels,
    "each channel off by up to five levels of 255": lambda pixels: pixels + RNG.integers(-5, 6, pixels.shape),
    "edges smoothed half a pixel to the right": lambda pixels: (pixels + np.roll(pixels, 1, axis=1)) / 2,
    "all of it one pixel lower": lambda pixels: np.roll(pixels, 1, axis=0),
    "fonts without hinting": Drawing(hinting="none"),
    "fonts hinted by FreeType": Drawing(hinting="force_autohint"),
    "a dot of two pixels by two": lambda pixels: _with_dot(pixels, 2),
}
DRIFTS: Mapping[str, Change] = {
    "the slope one per cent greater": Drawing(slope=3.05 * 1.01),
    "the slope one per cent less": Drawing(slope=3.05 * 0.99),
    "the label of an axis dropped": Drawing(labels=("X", "")),
    "a small letter for a capital one": Drawing(labels=("x", "y")),
    "the line in another colour": Drawing(line="#3b6fb6"),
    "the line in a slightly darker red": Drawing(line="#b8440b"),
    "the dots in a slightly other blue": Drawing(dots="#3b7fb6"),
    "the grid a shade darker": Drawing(grid="0.80"),
    "one point of a hundred gone": Drawing(points=99),
    "a title added": Drawing(title="Regression"),
    "a dot of three pixels by three": lambda pixels: _with_dot(pixels, 3),
}


def draw(drawing: Drawing) -> bytes:
    from matplotlib import rc_context  # loaded by the one worker that draws
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rng = np.random.default_rng(7)
    x = rng.uniform(0, 2, 100)
    y = 4 + 3 * x + rng.normal(scale=0.8, size=100)
    file = BytesIO()
    with rc_context({"font.size": 14, "legend.fontsize": 13, "text.hinting": drawing.hinting}):
        figure = Figure(figsize=(6.4, 4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        x, y = x[: drawing.points], y[: drawing.points]
        axes.scatter(x, y, s=26, color=drawing.dots, alpha=0.75, edgecolors="none", label="samples")
        axes.plot([0, 2], [3.9, 3.9 + 2 * drawing.slope], color=drawing.line, linewidth=2.5, label="least squares")
        axes.set(xlabel=drawing.labels[0], ylabel=drawing.labels[1], title=drawing.title)
        axes.set(xlim=(-0.05, 2.05), ylim=(2.5, 12.5))
        axes.grid(linestyle="--", color=drawing.grid)
        axes.legend(loc="upper left")
        figure.savefig(file, dpi=200)
    return file.getvalue()


@pytest.fixture(scope="session")
def drawings(shared: Path) -> Path:
    """A folder of all drawings, made by one worker."""

    def draw_all(folder: Path) -> None:
        folder.mkdir()
        for change in {COMMITTED, *NOISE.values(), *DRIFTS.values()}:
            if isinstance(change, Drawing):
                (folder / change.name).write_bytes(draw(change))

    return made_once(shared / "drawings", draw_all)


@pytest.fixture(scope="session")
def committed(drawings: Path) -> bytes:
    return (drawings / COMMITTED.name).read_bytes()


@pytest.fixture(scope="session")
def pixels(committed: bytes) -> Array:
    return np.asarray(Image.open(BytesIO(committed)).convert("RGB")).astype(np.float64)


@pytest.fixture(scope="session")
def new_image(drawings: Path, pixels: Array) -> NewImage:
    """What was drawn, or made of the pixels of the committed image."""

    def image_of(change: Change) -> bytes:
        if isinstance(change, Drawing):
            return (drawings / change.name).read_bytes()
        return png_of(change(pixels))

    return image_of


def png_of(array: Array) -> bytes:
    file = BytesIO()
    Image.fromarray(np.clip(array, 0, 255).round().astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def _with_dot(pixels: Array, size: int) -> Array:
    dotted = pixels.copy()
    dotted[5 : 5 + size, 5 : 5 + size] = 0
    return dotted


@pytest.mark.parametrize("name", NOISE)
def test_noise_of_another_platform_passes(new_image: NewImage, committed: bytes, name: str) -> None:
    comparison = compare(committed, new_image(NOISE[name]))

    assert comparison.same, str(comparison)
    assert comparison.picture == b""


@pytest.mark.parametrize("name", DRIFTS)
def test_what_an_eye_would_notice_is_a_drift(new_image: NewImage, committed: bytes, name: str) -> None:
    comparison = compare(committed, new_image(DRIFTS[name]))

    assert not comparison.same, str(comparison)
    assert Image.open(BytesIO(comparison.picture)).size == comparison.sizes[0]


def test_a_drift_says_how_much_differs_and_where(committed: bytes, pixels: Array) -> None:
    dotted = pixels.copy()
    dotted[0:3, 1200:1220] = 0

    assert str(compare(committed, png_of(dotted))) == (
        "60 of 1,024,000 pixels differ, as much as 60 black ones on white (8 are allowed), "
        "between x 1200 and 1219, y 0 and 2"
    )


def test_images_of_different_sizes_differ(committed: bytes, pixels: Array) -> None:
    comparison = compare(committed, png_of(pixels[:-10, :-3]))

    assert not comparison.same
    assert str(comparison) == "the committed image is 1280 x 800 pixels, the new one 1277 x 790"
    assert Image.open(BytesIO(comparison.picture)).size == (1280, 800)


def test_a_transparent_image_is_seen_on_white() -> None:
    white, transparent = BytesIO(), BytesIO()
    Image.new("RGB", (40, 30), "white").save(white, "PNG")
    Image.new("RGBA", (40, 30), (200, 10, 10, 0)).save(transparent, "PNG")

    assert compare(white.getvalue(), transparent.getvalue()).same


@pytest.mark.parametrize("damage", [lambda png: b"", lambda png: b"not an image", lambda png: png[:2000]])
def test_a_damaged_image_is_an_error_of_the_input(committed: bytes, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InputError, match=r"^is not an image that can be read$"):
        compare(damage(committed), committed)
