"""HTML in prose, made safe by nh3: what a page may hold stands on it in shortcodes, for Hugo shows no other HTML.

All pieces of a text are cleaned together, since a tag may open in one and close in another: what is left open is
closed at the end. Between the pieces stand comments, which stay where they are, whatever else moves.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import nh3

from mathpost.ground.errors import InputError, Place
from mathpost.pages.edits import Edit, applied
from mathpost.text.elements import Html, Markup, Tag
from mathpost.text.tags import without_elements

TAGS: Final = frozenset(nh3.ALLOWED_TAGS | {"big", "font", "tfoot"})
# What shows nothing without a script, or is none of a reader's business; what stands in it goes with it.
UNSHOWN_NAMES: Final = """
    audio button canvas form iframe input math noscript object script select style svg template textarea title video
"""
UNSHOWN: Final = frozenset(UNSHOWN_NAMES.split())
ATTRIBUTES: Final = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"align", "class", "dir", "id", "lang", "style", "title"},
    "a": {"href", "hreflang", "name"},
    "details": {"open"},
    "font": {"color", "size"},
    "img": {"alt", "height", "src", "width"},
}
STYLE_NAMES: Final = """
    background-color border color font-size font-style font-weight height margin margin-left margin-right max-width
    padding text-align text-decoration vertical-align width
"""
STYLES: Final = frozenset(STYLE_NAMES.split())
SCHEMES: Final = frozenset(("data", "http", "https", "mailto", "tel"))  # data become files of the site
ADDRESSES: Final = (("img", "src"), ("a", "href"))
QUOTE: Final = re.compile(r"\n[ \t]*(?:>[ \t]?)+")
SHORTCODE: Final = "{{{{< html >}}}}{html}{{{{< /html >}}}}"
SEAM: Final = "{{< /html >}}{{< html >}}"  # between two pieces that stand beside each other
BROKEN: Final = "this HTML cannot be read as a whole: is a comment, a quote or a `>` missing?"
DROPPED: Final = "<{tag}> is HTML that is not published: it is not on the page"
BARE: Final = "HTML is not published here: <{tag}>: say it in Markdown"


def addresses_in(markup: Markup) -> Iterator[tuple[Tag, str]]:
    """The tags that show or lead to something, with its address."""
    for html in markup.html:
        for tag in html.tags:
            for name, attribute in ADDRESSES:
                if tag.name == name and attribute in tag.attributes:
                    yield tag, tag.attributes[attribute]


def notices_in(markup: Markup) -> Iterator[str]:
    """What is not on the page."""
    for html in markup.html:
        yield from (DROPPED.format(tag=tag.name) for tag in html.tags if tag.name not in TAGS)


def refuse(markup: Markup, place: Place) -> None:
    """Raise an InputError for HTML where a page can hold none, as in a caption."""
    for html in markup.html:
        for tag in html.tags:
            raise InputError(BARE.format(tag=tag.name), Place(place.file, place.cell, tag.line))


def html_edits(markup: Markup, inner: Sequence[Edit], addresses: Mapping[str, str], place: Place) -> Iterator[Edit]:
    """The HTML of a text, made safe, with the edits in its blocks; `addresses` tells what is written for each.

    Errors: InputError for HTML without an end.
    """
    if not markup.html:
        return
    stand_ins = _StandIns(secrets.token_hex(8))
    pieces = [_piece(markup.source, html, inner, stand_ins) for html in markup.html]
    if not any(pieces):
        yield from (Edit(html.start, html.end, "") for html in markup.html)
        return
    cleaned = _clean(pieces, addresses, stand_ins)
    if cleaned is None:
        raise InputError(BROKEN, Place(place.file, place.cell, markup.html[0].line))
    *own, rest = cleaned
    for html, text in zip(markup.html, own, strict=True):
        yield _edit(markup.source, html, text)
    if rest.strip():
        yield Edit(len(markup.source), len(markup.source), "\n\n" + SHORTCODE.format(html=rest))


class _StandIns:
    """Words that nobody else has written, for texts that are not HTML's."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.texts: list[str] = []

    def of(self, text: str) -> str:
        self.texts.append(text)
        return f"{self.secret}-{len(self.texts) - 1}-"

    def resolved(self, html: str) -> str:
        """HTML in which nothing but the texts themselves calls a shortcode."""
        plain = html.replace("{{", "&#123;{")
        return re.sub(rf"{self.secret}-(\d+)-", lambda match: self.texts[int(match[1])], plain)


def _piece(source: str, html: Html, inner: Sequence[Edit], stand_ins: _StandIns) -> str:
    edits = [
        Edit(edit.start - html.start, edit.end - html.start, stand_ins.of(edit.text))
        for edit in inner
        if html.holds(edit.start)
    ]
    # Left to nh3, a tag of these would take all up to its end with it, though that stands in another piece.
    text = without_elements(applied(source[html.start : html.end], edits), UNSHOWN)
    is_quoted = ">" in source[source.rfind("\n", 0, html.start) + 1 : html.start]
    return QUOTE.sub("\n", text) if is_quoted and html.is_block else text


def _clean(pieces: Sequence[str], addresses: Mapping[str, str], stand_ins: _StandIns) -> list[str] | None:
    """The pieces and what closes behind them; None if they do not come apart again."""

    def address(tag: str, attribute: str, value: str) -> str:
        known = (tag, attribute) in ADDRESSES and value in addresses
        return stand_ins.of(addresses[value]) if known else value

    marks = [f"<!--{stand_ins.secret}-{number}-->" for number in range(len(pieces) + 1)]
    joined = "".join(f"{mark}{piece}" for mark, piece in zip(marks, [*pieces, ""], strict=True))
    cleaned = nh3.clean(
        joined,
        tags=set(TAGS),
        clean_content_tags=set(UNSHOWN),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=address,
        strip_comments=False,
        link_rel=None,
        url_schemes=set(SCHEMES),
        filter_style_properties=set(STYLES),
    )
    parts = re.split(f"(<!--{stand_ins.secret}-\\d+-->)", cleaned)
    if parts[0].strip() or parts[1::2] != marks or any("<!--" in part for part in parts[2::2]):
        return None
    return [stand_ins.resolved(part) for part in parts[2::2]]


def _edit(source: str, html: Html, text: str) -> Edit:
    """A piece on the page; a block stands by itself."""
    if not text.strip():
        return Edit(html.start, html.end, "")
    shortcode = SHORTCODE.format(html=text.strip("\n") if html.is_block else text)
    if not html.is_block:
        return Edit(html.start, html.end, shortcode)
    line_start = source.rfind("\n", 0, html.start) + 1
    before = source[line_start : html.start]
    is_marked = bool(before.strip(" \t>"))  # by a list
    container = "" if is_marked else before
    above = source[:line_start].removesuffix("\n").rpartition("\n")[2]
    below = source[html.end :].removeprefix("\n").partition("\n")[0]
    opening = f"{container.rstrip()}\n{container}" if not is_marked and above.strip(" \t>") else before
    closing = "\n" + container.rstrip() if below.strip(" \t>") else ""
    return Edit(line_start, html.end, f"{opening}{shortcode}{closing}")
