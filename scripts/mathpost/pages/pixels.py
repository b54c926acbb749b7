"""Whether two images look the same: a measure of what an eye sees, deaf to how edges were smoothed.

Colours are compared in YIQ, weighted as an eye weighs them (Y. Kotsarenko, F. Ramos: "Measuring perceived color
difference using YIQ NTSC transmission color space in mobile applications", Programación Matemática y Software 2 (2),
2010; the measure that pixelmatch and Playwright use). The difference is 0 for equal colours and 1 for black and white.

Another platform hints fonts and smooths edges otherwise. It moves an edge by a fraction of a pixel, so that each
colour it makes lies between colours that stood around that place before. A pixel is therefore compared with the
*range* of colours in the square around it in the other image, and both images are compared so, each with the other.
What moves by more than `REACH` pixels, appears, vanishes or changes its colour lies outside of that range.

A pixel counts by how far outside it lies, if that is more than `THRESHOLD`. Images are the same as long as all that
counts adds up to no more than `SPECK`.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mathpost.ground.errors import InputError

# Figures are drawn at twice the pixels: this is one pixel on the page to each side.
REACH = 2
THRESHOLD = 0.03
# Eight black pixels on white: two on the page.
SPECK = 8.0
RGB_TO_YIQ = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ]
)
WEIGHTS = np.array([0.5053, 0.299, 0.1957])
BLACK_TO_WHITE = 0.5053 * 255.0**2

Colours: TypeAlias = NDArray[np.uint8]
Pixels: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """What differs between two images.

    `sizes` are those of both, (width, height); images of different sizes are never the same. `pixels` differ by
    `total` in sum and lie within `box` (left, top, right, bottom); `picture` shows them, a PNG.
    """

    sizes: tuple[tuple[int, int], tuple[int, int]]
    pixels: int = 0
    total: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    picture: bytes = b""

    @property
    def same(self) -> bool:
        return self.sizes[0] == self.sizes[1] and self.total <= SPECK

    def __str__(self) -> str:
        (width, height), new = self.sizes
        if (width, height) != new:
            return f"the committed image is {width} x {height} pixels, the new one {new[0]} x {new[1]}"
        left, top, right, bottom = self.box
        return (
            f"{self.pixels:,} of {width * height:,} pixels differ, as much as {self.total:,.0f} black ones on white "
            f"({SPECK:g} are allowed), between x {left} and {right}, y {top} and {bottom}"
        )


def compare(committed: bytes, new: bytes) -> Comparison:
    """Compare two images; a picture of the difference comes with it where they are not the same."""
    one, other = _colours(committed), _colours(new)
    sizes = ((one.shape[1], one.shape[0]), (other.shape[1], other.shape[0]))
    if committed == new:
        return Comparison(sizes)
    if one.shape != other.shape:
        one, other = _on_one_canvas(one, other)
    difference = _difference(one, other)
    differs = difference > THRESHOLD
    total = float(difference[differs].sum())
    if total <= SPECK and sizes[0] == sizes[1]:
        return Comparison(sizes, int(differs.sum()), total)
    rows, columns = np.nonzero(differs) if differs.any() else (np.zeros(1, int), np.zeros(1, int))
    box = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    return Comparison(sizes, int(differs.sum()), total, box, _picture(other, differs))


def _colours(image: bytes) -> Colours:
    """The colours of an image on white."""
    try:
        with Image.open(BytesIO(image)) as opened:
            rgba = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise InputError("is not an image that can be read") from None
    return np.asarray(Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB"))


def _on_one_canvas(*images: Colours) -> list[Colours]:
    """Images of different sizes, each with as much white to its right and below it as makes them alike."""
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    canvases = [np.full((height, width, 3), 255, dtype=np.uint8) for _ in images]
    for canvas, image in zip(canvases, images, strict=True):
        canvas[: image.shape[0], : image.shape[1]] = image
    return canvases


def _difference(one: Colours, other: Colours) -> Pixels:
    """How far each pixel lies outside: nothing where both are equal, so that only what surrounds the others is seen."""
    difference = np.zeros(one.shape[:2], dtype=np.float32)
    unequal = np.any(one != other, axis=2)
    rows, columns = (np.flatnonzero(unequal.any(axis=axis)) for axis in (1, 0))
    if len(rows):
        around = tuple(slice(max(0, at[0] - REACH), at[-1] + REACH + 1) for at in (rows, columns))
        parts = _in_yiq(one[around]), _in_yiq(other[around])
        difference[around] = np.maximum(_outside(*parts), _outside(*reversed(parts)))
    return difference


def _in_yiq(colours: Colours) -> Pixels:
    yiq: Pixels = colours.astype(np.float32) @ RGB_TO_YIQ.T.astype(np.float32)
    return yiq


def _outside(one: Pixels, other: Pixels) -> Pixels:
    """For each pixel of `one`, how far its colour lies outside the range of colours around that place in `other`."""
    low, high = _range(other)
    excess = np.maximum(np.maximum(low - one, one - high), 0)
    distance: Pixels = np.sqrt((excess**2 @ WEIGHTS.astype(np.float32)) / np.float32(BLACK_TO_WHITE))
    return distance


def _range(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """The lowest and highest value of each channel in the square around each pixel."""
    low, high = pixels.copy(), pixels.copy()
    for axis in (0, 1):
        seen_low, seen_high = low.copy(), high.copy()
        for step in range(1, REACH + 1):
            for here, there in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
                target, source = [slice(None)] * 2, [slice(None)] * 2
                target[axis], source[axis] = here, there
                to, origin = tuple(target), tuple(source)
                np.minimum(low[to], seen_low[origin], out=low[to])
                np.maximum(high[to], seen_high[origin], out=high[to])
    return low, high


def _picture(image: Colours, differs: Mask) -> bytes:
    """The new image in pale grey, with all that differs in red."""
    pale = np.clip(255 - 0.2 * (255 - _in_yiq(image)[..., 0]), 0, 255).astype(np.uint8)
    shown = np.stack([pale, pale, pale], axis=-1)
    shown[differs] = (214, 30, 30)
    file = BytesIO()
    Image.fromarray(shown).save(file, "PNG")
    return file.getvalue()
