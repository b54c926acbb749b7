"""Figures: the images that labelled cells made, as PNG files that change only when the picture does."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mathpost.ground.errors import InputError, Place
from mathpost.notebooks import Record
from mathpost.notebooks.record import Notebook
from mathpost.text.frontmatter import FIGURE, CellOptions

PNG = "image/png"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What says how to draw the pixels. Texts, times and the program's name say who drew them, and change with it.
KEPT_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP"}


@dataclass(frozen=True)
class Figure:
    """One image of a post. `width` and `height` are what it takes on the page, in CSS pixels."""

    label: str
    caption: str
    alt: str
    cell: int
    data: bytes
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.label.removeprefix(FIGURE)}.png"


def figures_of(record: Record) -> list[Figure]:
    """The figures of an executed post, in order."""
    figures: list[Figure] = []
    for cell in record.text.code:
        place = Place(record.text.path, cell.number)
        if cell.options is None or not cell.options.is_figure:
            continue
        if any(figure.label == cell.options.label for figure in figures):
            raise InputError(f"{cell.options.label} names a figure already: give each its own label", place)
        figures.append(_figure(cell.options, record.cell(cell.number), place))
    return figures


def unlabelled_images(record: Record) -> list[int]:
    """The cells that draw something which is on no page."""
    return [
        cell.number or 1
        for cell in record.text.code
        if not (cell.options and cell.options.is_figure)
        and any(PNG in output.get("data", {}) for output in record.cell(cell.number).outputs)
    ]


def _figure(options: CellOptions, cell: Notebook, place: Place) -> Figure:
    assert options.label is not None
    if not options.alt:
        raise InputError(f"{options.label} has no alternative text: add '#| fig-alt: what the figure shows'", place)
    images = [output for output in cell.outputs if any(kind.startswith("image/") for kind in output.get("data", {}))]
    if len(images) != 1:
        found = f"draws {len(images)} images" if images else "draws no image"
        raise InputError(f"the cell of {options.label} {found}: it must draw one", place)
    if PNG not in images[0].data:
        raise InputError(f"{options.label} is not a PNG image: only those are published", place)
    data = _plain_png(images[0].data[PNG], options.label, place)
    width, height = size_of(data)
    shown = images[0].metadata.get(PNG, {})
    return Figure(
        label=options.label,
        caption=options.caption,
        alt=options.alt,
        cell=place.cell or 0,
        data=data,
        width=int(shown.get("width", width)),
        height=int(shown.get("height", height)),
    )


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the image's header."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _plain_png(text: str, label: str, place: Place) -> bytes:
    try:
        png = base64.b64decode(text)
        chunks = list(_chunks(png))
    except (binascii.Error, struct.error):
        raise InputError(f"{label} is a damaged PNG image: execute the notebook again", place) from None
    if not png.startswith(SIGNATURE) or [chunks[0][0], chunks[-1][0]] != [b"IHDR", b"IEND"]:
        raise InputError(f"{label} is a damaged PNG image: execute the notebook again", place)
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks if kind in KEPT_CHUNKS)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        yield kind, png[position + 8 : position + 8 + length]
        position += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
