"""Figures: the images that labelled cells made, as files that change only when the picture does.

A cell that draws several makes one figure of several parts, each a file: `pair-1.png`, `pair-2.png`.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from math import ceil
from typing import Any, Final

from mathpost.ground.errors import InputError, Place
from mathpost.notebooks import Record
from mathpost.notebooks.record import Notebook
from mathpost.pages.plain import plain_text
from mathpost.pages.svg import NoDrawing, plain_svg
from mathpost.text.options import FIGURE, CellOptions

PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
# The first that an output has is taken: an author who asks for more than PNG wants it.
SUFFIXES: Final[Mapping[str, str]] = {
    SVG: ".svg", PNG: ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"
}  # fmt: skip
# What only a script in the reader's browser draws: its name, and how it brings a static image.
LIVE: Final[Mapping[str, tuple[str, str]]] = {
    "application/vnd.plotly": ("plotly", "set plotly.io.renderers.default = 'png' (which needs kaleido)"),
    "application/vnd.vega": ("altair", "call alt.renderers.enable('png') (which needs vl-convert-python)"),
    "application/vnd.bokeh": (
        "bokeh",
        "save it with bokeh.io.export_png, and show that file with IPython.display.Image",
    ),
    "application/vnd.holoviews": ("holoviews", "call hv.extension('matplotlib')"),
    "application/vnd.jupyter.widget-view": ("a widget", "draw it once, without the widget"),
    "application/javascript": ("JavaScript", "draw it with matplotlib, or show a file with IPython.display.Image"),
    "application/geo+json": ("a map", "draw it with matplotlib, or show a file with IPython.display.Image"),
}
DAMAGED: Final = "{label} is a damaged {kind} image: execute the notebook again"
NO_ALT: Final = "{label} has no alternative text: add '#| fig-alt: what the figure shows'"
TWICE: Final = "{label} names a figure already: give each its own label"
NO_IMAGE: Final = "the cell of {label} draws no image: it must draw one"
NOT_PUBLISHED: Final = "{label} is an image of the type {kind}: PNG, SVG, JPEG, WebP and GIF are published"
NOT_STATIC: Final = "{label} is drawn by {name} in a browser, and brings no static image: {advice}"
COUNTS: Final = "{label} draws {images} and has {texts} {what}: give one for each"
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# What says how to draw the pixels. Texts, times and the program's name say who drew them, and change with it.
KEPT_CHUNKS: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP"}


class DamagedImage(Exception):
    """An image that cannot be read; says of which kind."""


@dataclass(frozen=True)
class Figure:
    """One image of a post. `width` and `height` are what it takes on the page, in CSS pixels; `part` is its number
    among the images of its cell, where there are several.
    """

    label: str
    caption: str
    alt: str
    cell: int
    data: bytes
    width: int
    height: int
    suffix: str = ".png"
    part: int | None = None

    @property
    def id(self) -> str:
        return self.label if self.part is None else f"{self.label}-{self.part}"

    @property
    def name(self) -> str:
        return f"{self.id.removeprefix(FIGURE)}{self.suffix}"


@dataclass(frozen=True)
class Drawing:
    """What a labelled cell drew: a figure, or several side by side under one caption, in so many columns."""

    label: str
    cell: int
    caption: str
    figures: tuple[Figure, ...]
    columns: int = 1

    @property
    def has_parts(self) -> bool:
        return self.figures[0].part is not None


def drawings_of(record: Record) -> list[Drawing]:
    """The figures of an executed post, in order."""
    drawings: list[Drawing] = []
    taken: set[str] = set()
    for cell in record.text.code:
        if cell.options is None or cell.figure is None:
            continue
        place = Place(record.text.path, cell.number)
        if cell.figure in taken:
            raise InputError(TWICE.format(label=cell.figure), place)
        alts = [plain_text(alt) for alt in cell.plain]
        drawing = _drawing(cell.options, len(cell.subcaptions), alts, record.cell(cell.number), place)
        for figure in drawing.figures:
            if figure.id in taken:
                raise InputError(TWICE.format(label=figure.id), place)
            taken.add(figure.id)
        taken.add(drawing.label)
        drawings.append(drawing)
    return drawings


def picture_of(data: Mapping[str, Any]) -> str | None:
    """The type of the picture that an output brings, if it brings one that is published."""
    return next((kind for kind in SUFFIXES if kind in data), None)


def live_of(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name of what draws an output in a browser, and what to do for a static image."""
    return next((told for kind in data for prefix, told in LIVE.items() if kind.startswith(prefix)), None)


def _drawing(options: CellOptions, captions: int, alts: Sequence[str], cell: Notebook, place: Place) -> Drawing:
    label = str(options.label)
    if not alts:
        raise InputError(NO_ALT.format(label=label), place)
    images = [output for output in cell.outputs if picture_of(output.get("data", {}))]
    if not images:
        raise InputError(_missing(label, cell), place)
    for what, texts in (("captions", captions), ("alternative texts", len(alts) if alts[1:] else 0)):
        if texts and texts != len(images):
            counted = "1 image" if len(images) == 1 else f"{len(images)} images"
            raise InputError(COUNTS.format(label=label, images=counted, texts=texts, what=what), place)
    figures = [
        replace(_figure(label, image, place), alt=alt)
        for image, alt in zip(images, _alts(alts, len(images)), strict=True)
    ]
    if len(figures) == 1 and not captions:
        return Drawing(label, place.cell or 0, options.caption, (replace(figures[0], caption=options.caption),))
    parts = tuple(replace(figure, part=number) for number, figure in enumerate(figures, 1))
    columns = options.columns or (ceil(len(parts) / options.rows) if options.rows else 1)
    return Drawing(label, place.cell or 0, options.caption, parts, columns)


def _alts(alts: Sequence[str], count: int) -> Sequence[str]:
    if len(alts) == count:
        return alts
    return [f"{alts[0]} ({number} of {count})" for number in range(1, count + 1)]


def _missing(label: str, cell: Notebook) -> str:
    """Why there is no image, and what to do."""
    for output in cell.outputs:
        data = output.get("data", {})
        if live := live_of(data):
            return NOT_STATIC.format(label=label, name=live[0], advice=live[1])
        if "<script" in str(data.get("text/html", "")):
            return NOT_STATIC.format(label=label, name="a script", advice=LIVE["application/javascript"][1])
        if kind := next((kind for kind in data if kind.startswith("image/") or kind == "application/pdf"), None):
            return NOT_PUBLISHED.format(label=label, kind=kind)
    return NO_IMAGE.format(label=label)


def _figure(label: str, output: Notebook, place: Place) -> Figure:
    kind = picture_of(output.data) or PNG
    try:
        data, width, height = plain_image(output.data[kind], kind)
    except DamagedImage as error:
        raise InputError(DAMAGED.format(label=label, kind=error), place) from None
    shown = output.metadata.get(kind, {})
    return Figure(
        label=label,
        caption="",
        alt="",
        cell=place.cell or 0,
        data=data,
        width=int(shown.get("width") or width),
        height=int(shown.get("height") or height),
        suffix=SUFFIXES[kind],
    )


def plain_image(source: str | bytes, kind: str) -> tuple[bytes, int, int]:
    """An image as it is published, its width and its height. `source` is as a notebook has it, or the bytes of a file.

    Errors: DamagedImage for one that cannot be read.
    """
    try:
        if kind == SVG:
            return plain_svg(source)
        data = base64.b64decode(source) if isinstance(source, str) else source
        if kind == PNG:
            data = _plain_png(data)
            return data, *size_of(data)
        return data, *_size_by_pillow(data)
    except (NoDrawing, binascii.Error, struct.error, UnicodeDecodeError, OSError, SyntaxError, ValueError, IndexError):
        name = SUFFIXES[kind][1:].upper()
        raise DamagedImage("JPEG" if name == "JPG" else name) from None


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the image's header."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _size_by_pillow(data: bytes) -> tuple[int, int]:
    from PIL import Image  # loaded for the rare kinds alone

    with Image.open(BytesIO(data)) as image:
        return image.size


def _plain_png(png: bytes) -> bytes:
    chunks = list(_chunks(png))
    if not png.startswith(SIGNATURE) or [chunks[0][0], chunks[-1][0]] != [b"IHDR", b"IEND"]:
        raise ValueError("no PNG")
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks if kind in KEPT_CHUNKS)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        yield kind, png[position + 8 : position + 8 + length]
        position += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
