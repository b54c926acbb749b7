"""HTML in prose: what a page holds of it, what it leaves out, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from making import text
from mathpost.ground.errors import InputError
from mathpost.pages.html import TAGS
from mathpost.site import Site
from recorded import body_of, drawing, message_of, page_of, png, printing, shown
from rendering import rendered
from textcases import read_cases

TEXTS = read_cases("html.txt")
UNSAFE = re.compile(r"<(?:script|style|iframe|object|form|input|svg|math)|\bon\w+ *=|javascript:", re.IGNORECASE)
PIECES = r"""<b>|</b>|<div>|</div>|<p>|<br>|<table>|<tr>|<td>|</table>|<!--|-->|<a href='|'>|</a>|<script>|</script>
|<img src=x onerror=alert(1)>|<svg onload=alert(1)>|text|<style>|<i title="|">|<svg><style>|<![CDATA[|]]>|<textarea>
|- |> |`|\|$|{{<|>}}"""
ELSEWHERE = "$$ e = f $$ {#eq-known}"


@pytest.mark.parametrize(("source", "expected"), TEXTS)
def test_what_stands_on_the_page(source: str, expected: str) -> None:
    assert body_of(text(source), text(ELSEWHERE)).partition("\n\n$$ e = f $$")[0] == expected


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES.replace("\n", "").split("|"), "\n", "\n\n"]), max_size=12).map("".join))
def test_nothing_unsafe_is_on_a_page_whatever_is_written(source: str) -> None:
    try:
        page = body_of(text(source))
    except InputError:
        return
    shown = re.sub(r"\{\{< formula.*?\{\{< /formula >\}\}", "", page, flags=re.DOTALL)  # LaTeX, which KaTeX escapes
    for html in re.findall(r"\{\{< html >\}\}(.*?)\{\{< /html >\}\}", shown, re.DOTALL):
        assert not UNSAFE.search(re.sub(r'"[^"]*"', "", html)), html
        assert {name.lower() for name in re.findall(r"</?([a-zA-Z]\w*)", html)} <= TAGS


MISTAKES = {
    "a comment without an end": (
        "Text.\n\n<div>\n<!-- so\n</div>",
        "line 3: this HTML cannot be read as a whole: is a comment, a quote or a `>` missing?",
    ),
    "an image that is not there": (
        'So\n\n<img src="none.png">',
        "line 3: none.png leads nowhere: there is no such file beside the notebook",
    ),
    "an anchor that is not there": (
        '<a href="#none">x</a>',
        "line 1: #none leads nowhere: no heading, equation or figure of this post has the anchor 'none'",
    ),
    "an address that a browser would run": (
        'So\n<a href="java\tscript:alert(1)">x</a>',
        "line 2: java\tscript:alert(1) is not published: "
        "a link begins with http, https, mailto or tel, not with javascript",
    ),
    "the same in Markdown": (
        "[x](javascript:alert`1`)",
        "line 1: javascript:alert%601%60 is not published: "
        "a link begins with http, https, mailto or tel, not with javascript",
    ),
    "and in an address that is its own text": (
        "<vbscript:x>",
        "line 1: vbscript:x is not published: a link begins with http, https, mailto or tel, not with vbscript",
    ),
    "LaTeX that nothing renders": (
        "<div>\n\\alpha\n</div>",
        r"line 2: `\alpha` would be shown as it stands: "
        "put it in dollars if it is a formula, in backticks if it is code",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_named_with_its_place(case: str) -> None:
    source, message = MISTAKES[case]
    place, _, told = message_of(text("Well."), text(source)).rpartition("cell 3, ")
    assert (place, told) == ("notebooks/small.ipynb, ", message)


def test_what_is_left_out_is_told() -> None:
    page = page_of(text('<iframe src="x"></iframe>\n\nSo <video>x</video>.'))
    assert [(notice.cell, notice.text) for notice in page.notices] == [
        (2, "<iframe> is HTML that is not published: it is not on the page"),
        (2, "<video> is HTML that is not published: it is not on the page"),
    ]


def test_a_caption_has_none() -> None:
    cell = drawing("#| label: fig-a\n#| fig-alt: A\n#| fig-cap: A <b>c</b>", png())
    assert message_of(cell) == (
        "notebooks/small.ipynb, cell 2, line 3: HTML is not published here: <b>: say it in Markdown"
    )


def test_what_code_made_is_made_safe_too() -> None:
    cell = printing("#| output: true", shown(text__markdown="<b onclick='x'>b</b><script>c</script>"))
    assert body_of(cell) == "{{< html >}}<b>{{< /html >}}b{{< html >}}</b>{{< /html >}}c"


def test_an_image_in_its_own_address_becomes_a_file() -> None:
    page = page_of(text(f'<img src="data:image/png;base64,{png()}" alt="red">'))
    assert [file.name for file in page.files] == ["image.png"]
    assert '<img src="{{< address "/images/small/image.png" >}}" alt="red">' in page.text


@pytest.mark.site
def test_a_reader_gets_it_as_html(small_site: Site) -> None:
    source = (
        'H<sub>2</sub>O\n\n<div class="alert">\n*raw* $a_1$\n</div>\n\n<details><summary>More</summary>\n\n- $b$\n\n'
        '</details>\n\n<a href="/posts/second/">s</a>\n\n<img src="/favicon.svg" alt="i">\n\n## A <i>b</i>'
    )
    html = re.sub(
        r'<span class="katex">.*?x-tex">(.*?)</annotation>.*?(?=</div>|</li>)',
        r"[\1]",
        rendered(small_site, text(source)),
    )
    assert html == (
        '<p>H<sub>2</sub>O</p><div class="alert">*raw* [a_1]</div><details><summary>More</summary><ul><li>[b]</li></ul>'
        '</details><p><a href="/sub/posts/second/">s</a></p><img src="/sub/favicon.svg" alt="i">'
        '<h2 id="a-b">A <i>b</i> <a class="anchor" href="#a-b" aria-label="Link to this section">#</a></h2>'
    )
