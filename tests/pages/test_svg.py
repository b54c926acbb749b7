"""SVG images: what is kept, and what goes."""

from __future__ import annotations

import pytest

from mathpost.pages.svg import NoDrawing, plain_svg

HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" '
PIXEL = "data:image/png;base64,iVBORw0KGgo="


def drawing(inner: str, attributes: str = 'viewBox="0 0 4 3"') -> str:
    more = ' xmlns:xlink="http://www.w3.org/1999/xlink"' if "xlink:" in inner else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg"{more} {attributes}>{inner}</svg>'


KEPT = {
    "<rect width='3' height='2' />": '<rect width="3" height="2" />',
    "<script>x()</script><rect />": "<rect />",
    "<rect onclick='x()' onMouseOver='y()' />": "<rect />",
    "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject><g />": "<g />",
    "<metadata><date>today</date></metadata><g />": "<g />",
    "<image href='https://example.org/a.png' width='1' />": '<image width="1" />',
    "<use href='other.svg#a' /><use href='#a' />": '<use /><use href="#a" />',
    f"<image href='{PIXEL}' />": f'<image href="{PIXEL}" />',
    "<image href='data:text/html,x' />": "<image />",
    "<a href='javascript:x()'><g /></a>": "<a><g /></a>",
    "<rect style='fill: url(https://example.org/x)' />": "<rect />",
    "<rect style='fill: url(#p3f)' /><pattern id='p3f' />": '<rect style="fill: url(#n1)" /><pattern id="n1" />',
    "<style>@import 'x.css'; rect { fill: url(//a/b) }</style>": "<style>none rect { fill: none }</style>",
    "<set attributeName='href' to='x' /><animate attributeName='href' /><g />": "<g />",
    "<defs><path id='m9c1' /></defs><use xlink:href='#m9c1' />": '<defs><path id="n1" /></defs>'
    '<use xlink:href="#n1" />',
}


@pytest.mark.parametrize("inner", KEPT)
def test_a_drawing_runs_nothing_and_loads_nothing(inner: str) -> None:
    data, width, height = plain_svg(drawing(inner))
    more = ' xmlns:xlink="http://www.w3.org/1999/xlink"' if "xlink:" in inner else ""
    assert data.decode() == f'{HEAD}{OPEN.strip()}{more} viewBox="0 0 4 3">{KEPT[inner]}</svg>\n'
    assert (width, height) == (4, 3)


def test_names_drawn_by_lot_do_not_change_the_bytes() -> None:
    one, other = (drawing(f"<path id='{name}' /><use href='#{name}' />") for name in ("m1f", "m2e"))
    assert plain_svg(one) == plain_svg(other)


SIZES = {
    'width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6"': (614, 461),
    'width="2in" viewBox="0 0 4 3"': (192, 144),
    'height="50%" viewBox="0 0 40 30"': (40, 30),
    'width="10" height="20"': (10, 20),
    "": (300, 150),
}


@pytest.mark.parametrize("attributes", SIZES)
def test_a_size_is_in_css_pixels(attributes: str) -> None:
    assert plain_svg(drawing("", attributes))[1:] == SIZES[attributes]


@pytest.mark.parametrize(
    "source", ["", "<svg/>", "<p>no</p>", drawing("<g>"), f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{drawing('')}"]
)
def test_what_is_no_drawing_is_refused(source: str) -> None:
    with pytest.raises(NoDrawing):
        plain_svg(source)
