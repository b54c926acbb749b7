"""SVG images: drawings that run nothing and load nothing, the same bytes for the same picture.

What is kept is what draws. Names of parts are counted anew, as matplotlib makes them up from a random number.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Final

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
XML: Final = "http://www.w3.org/XML/1998/namespace"
REMOVED_NAMES: Final = """
    script foreignObject iframe handler metadata listener audio video embed object set
"""
REMOVED: Final = frozenset(REMOVED_NAMES.split())
# A picture in the picture, such as matplotlib makes of pixels.
EMBEDDED: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[\sA-Za-z0-9+/=]*")
OUTSIDE: Final = re.compile(
    r"""@import[^;]*;?|expression\s*\(|javascript:|url\((?!\s*["']?(?:\#|data:image/(?:png|jpeg|gif|webp)))[^)]*\)?""",
    re.IGNORECASE | re.VERBOSE,
)
REFERENCE: Final = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
LENGTH: Final = re.compile(r"\s*([\d.]+(?:e[-+]?\d+)?)\s*(px|pt|pc|in|cm|mm|em|ex|)\s*", re.I)
# CSS: 96 pixels are an inch.
PIXELS: Final = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "em": 16.0, "ex": 8.0
}  # fmt: skip


class NoDrawing(Exception):
    """What was given is no SVG image, or one that hides what it is made of."""


def plain_svg(source: str | bytes) -> tuple[bytes, int, int]:
    """The drawing, its width and its height in CSS pixels."""
    text = source.decode("utf-8") if isinstance(source, bytes) else source
    if "<!ENTITY" in text:
        raise NoDrawing
    try:
        root = ET.fromstring(text.strip())
    except ET.ParseError:
        raise NoDrawing from None
    if root.tag != f"{{{SVG}}}svg":
        raise NoDrawing
    _clean(root)
    _name_anew(root)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n", *_size(root)


def _clean(element: ET.Element) -> None:
    for child in list(element):
        namespace, _, name = str(child.tag).rpartition("}")
        if namespace != f"{{{SVG}" or name in REMOVED or _leads_an_animation_out(child):
            element.remove(child)
        else:
            _clean(child)
    for name, value in list(element.attrib.items()):
        if not _is_harmless(name, value):
            del element.attrib[name]
    if element.tag == f"{{{SVG}}}style" and element.text:
        element.text = OUTSIDE.sub("none", element.text)


def _leads_an_animation_out(element: ET.Element) -> bool:
    return "href" in element.get("attributeName", "") or element.get("attributeName", "").lower().startswith("on")


def _is_harmless(name: str, value: str) -> bool:
    namespace, _, local = name.rpartition("}")
    if namespace not in ("", f"{{{XLINK}", f"{{{XML}") or local.lower().startswith("on"):
        return False
    if local in ("href", "src"):
        return value.strip().startswith("#") or EMBEDDED.fullmatch(value.strip()) is not None
    return local != "base" and OUTSIDE.search(value) is None


def _name_anew(root: ET.Element) -> None:
    """Names in the order of their places, and what refers to them."""
    names = {str(element.get("id")): f"n{number}" for number, element in enumerate(_named(root), 1)}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, names[value])
            elif name.rpartition("}")[2] == "href" and value.strip()[1:] in names:
                element.set(name, f"#{names[value.strip()[1:]]}")
            else:
                element.set(name, REFERENCE.sub(lambda match: f"url(#{names.get(match[1], match[1])})", value))
        if element.tag == f"{{{SVG}}}style" and element.text:
            element.text = re.sub(r"#([\w-]+)", lambda match: f"#{names.get(match[1], match[1])}", element.text)


def _named(root: ET.Element) -> Iterator[ET.Element]:
    return (element for element in root.iter() if element.get("id"))


def _size(root: ET.Element) -> tuple[int, int]:
    box = [float(number) for number in re.findall(r"[-\d.]+(?:e[-+]?\d+)?", root.get("viewBox", ""))]
    inner = (box[2], box[3]) if len(box) == 4 else (300.0, 150.0)  # what a browser takes
    width, height = (_pixels(root.get(name)) for name in ("width", "height"))
    if width and not height:
        height = width * inner[1] / inner[0]
    elif height and not width:
        width = height * inner[0] / inner[1]
    return round(width or inner[0]), round(height or inner[1])


def _pixels(length: str | None) -> float | None:
    match = LENGTH.fullmatch(length or "")
    return float(match[1]) * PIXELS[match[2].lower()] if match else None
