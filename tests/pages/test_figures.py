"""Figures of several images, of other kinds than PNG, and what has no image at all."""

from __future__ import annotations

import base64
import io

import pytest
from nbformat.v4 import new_output
from PIL import Image

from making import code, text
from recorded import body_of, drawing, message_of, page_of, png, printing, shown

PAIR = "#| label: fig-pair\n#| fig-alt: Two lines\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40pt" height="30pt" onload="x()"><rect id="p1f"/></svg>'


def figure(name: str, alt: str, caption: str) -> str:
    return (
        f'{{{{< figure id="fig-pair-{name}" src="/images/small/pair-{name}.png" alt="{alt}" caption="{caption}" '
        'width="4" height="3" >}}'
    )


PAIRS = {
    PAIR + "#| fig-cap: Two panels": ("1", "(1 of 2)", "", "Fig 1. Two panels"),
    PAIR + "#| fig-cap: Two panels\n#| fig-subcap: [left, right]\n#| layout-ncol: 2": (
        "2",
        "(1 of 2)",
        "left",
        "Fig 1. Two panels",
    ),
    PAIR + "#| fig-cap: [left, right]\n#| layout-nrow: 1": ("2", "(1 of 2)", "left", "Fig 1."),
    PAIR + "#| fig-subcap: true": ("1", "(1 of 2)", "", "Fig 1."),
}


@pytest.mark.parametrize("source", PAIRS)
def test_several_images_are_parts_of_one_figure(source: str) -> None:
    columns, alt, left, caption = PAIRS[source]
    cell = drawing(source, png(), png(colour="blue"))
    page = page_of(cell)
    assert body_of(cell) == "\n\n".join(
        [
            f'{{{{< subfigures-begin id="fig-pair" columns="{columns}" >}}}}',
            figure("1", f"Two lines {alt}", f"(a) {left}".strip()),
            figure("2", "Two lines (2 of 2)", f"(b) {'right' if left else ''}".strip()),
            f'{{{{< subfigures-end caption="{caption}" >}}}}',
        ]
    )
    assert list(page.images) == ["pair-1.png", "pair-2.png"]


def test_each_part_has_its_own_alternative_text_and_can_be_referred_to() -> None:
    cell = drawing("#| label: fig-pair\n#| fig-alt: [It rises, It falls]", png(), png())
    body = body_of(text("See @fig-pair and @fig-pair-2, [here](#fig-pair-1)."), cell)
    assert body.startswith("See [Fig\u00a01](#fig-pair) and [Fig\u00a01b](#fig-pair-2), [here](#fig-pair-1).")
    assert 'alt="It rises"' in body
    assert 'alt="It falls"' in body


def test_an_svg_figure_has_its_size_and_nothing_that_runs() -> None:
    cell = printing("#| label: fig-a\n#| fig-alt: A", shown(**{"image/svg+xml": SVG, "image/png": png()}))
    page = page_of(cell)
    assert 'src="/images/small/a.svg" alt="A" caption="Fig 1." align="center" width="53" height="40"' in page.text
    assert page.images == {
        "a.svg": b"<?xml version='1.0' encoding='utf-8'?>\n"
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40pt" height="30pt"><rect id="n1" /></svg>\n'
    }


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif")])
def test_other_images_are_published_as_they_are(form: str, suffix: str) -> None:
    image = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(image, form)
    kind = f"image/{form.lower()}"
    cell = printing(
        "#| label: fig-a\n#| fig-alt: A",
        new_output("display_data", {kind: base64.b64encode(image.getvalue()).decode()}),
    )
    page = page_of(cell)
    assert page.images == {f"a.{suffix}": image.getvalue()}
    assert 'width="8" height="6"' in page.text


A = "#| label: fig-a\n#| fig-alt: A\n"
MISTAKES = {
    "captions": ([drawing(A + "#| fig-subcap: [x, y, z]", png(), png())],
                 "fig-a draws 2 images and has 3 captions: give one for each"),
    "one image for two captions": ([drawing(A + "#| fig-subcap: [x, y]", png())],
                                   "fig-a draws 1 image and has 2 captions: give one for each"),
    "alternative texts": ([drawing("#| label: fig-a\n#| fig-alt: [x, y]", png(), png(), png())],
                          "fig-a draws 3 images and has 2 alternative texts: give one for each"),
    "a part with the label of a figure": (
        [drawing("#| label: fig-a\n#| fig-alt: A", png(), png()), drawing("#| label: fig-a-2\n#| fig-alt: A", png())],
        "fig-a-2 names a figure already: give each its own label"),
    "no SVG": ([printing(A, shown(**{"image/svg+xml": "<svg/>"}))],
               "fig-a is a damaged SVG image: execute the notebook again"),
    "a PDF": ([printing(A, shown(**{"application/pdf": "AAAA"}))],
              "fig-a is an image of the type application/pdf: PNG, SVG, JPEG, WebP and GIF are published"),
    "plotly": ([printing(A, shown(**{"application/vnd.plotly.v1+json": {}, "text/html": "<script></script>"}))],
               "fig-a is drawn by plotly in a browser, and brings no static image: "
               "set plotly.io.renderers.default = 'png' (which needs kaleido)"),
    "altair": ([printing(A, shown(**{"application/vnd.vegalite.v5+json": {}, "text/plain": "<VegaLite 5 object>"}))],
               "fig-a is drawn by altair in a browser, and brings no static image: "
               "call alt.renderers.enable('png') (which needs vl-convert-python)"),
    "bokeh": ([printing(A, shown(**{"application/vnd.bokehjs_exec.v0+json": ""}))],
              "fig-a is drawn by bokeh in a browser, and brings no static image: save it with bokeh.io.export_png, "
              "and show that file with IPython.display.Image"),
    "a script": ([printing(A, shown(text__html="<script>draw()</script>"))],
                 "fig-a is drawn by a script in a browser, and brings no static image: "
                 "draw it with matplotlib, or show a file with IPython.display.Image"),
    "nothing": ([code(A)], "the cell of fig-a draws no image: it must draw one"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_what_cannot_be_a_figure_is_named(case: str) -> None:
    cells, message = MISTAKES[case]
    assert message_of(*cells) == f"notebooks/small.ipynb, cell {1 + len(cells)}: {message}"


def test_the_static_image_of_a_live_drawing_is_published() -> None:
    cell = printing(A, shown(**{"application/vnd.plotly.v1+json": {}, "image/png": png()}))
    assert list(page_of(cell).images) == ["a.png"]


@pytest.mark.parametrize("option", ["#| output: false", "#| include: false"])
def test_a_figure_that_the_author_hides_is_not_published(option: str) -> None:
    assert body_of(drawing(A + option, png())) == ""
    assert message_of(text("See @fig-a."), drawing(A + option, png())) == (
        "notebooks/small.ipynb, cell 2, line 1: @fig-a points to nothing: no equation or figure has this label"
    )
