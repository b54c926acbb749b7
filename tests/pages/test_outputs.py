"""What a page has of the outputs of a cell, and what is told of the rest. The records are made here."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from making import code, raw, text
from recorded import body_of, drawing, message_of, notices_of, page_of, png, printed, printing, result, shown

OPEN = "#| output: true"
TABLE = "<table><thead><tr><th></th><th>a|b</th></tr></thead><tbody><tr><th>0</th><td>1.5</td></tr></tbody></table>"
NO_OBJECT = "which only names an object: it is not on the page (a ';' behind the line hides it)"

OUTPUTS = {
    "Markdown": ([shown(text__markdown="**bold**, $x^2$ and\n\n- a\n- b", text__plain="<x object>")],
                 "**bold**, \\(x^2\\) and\n\n- a\n- b"),
    "LaTeX": ([shown(text__latex="$\\displaystyle x^{2}$", text__plain="x**2")], "\\(\\displaystyle x^{2}\\)"),
    "LaTeX by itself": ([shown(text__latex="\\begin{equation}x^2\\end{equation}", text__plain="<x object>")],
                        "$$ \\begin{equation*}x^2\\end{equation*} $$"),
    "LaTeX without a formula": ([shown(text__latex="words", text__plain="x")], '```text {class="output"}\nwords\n```'),
    "a data frame": ([result("   a|b\n0  1.5", **{"text/html": TABLE})],
                     "|  | a\\|b |\n| ---: | ---: |\n| 0 | 1.5 |"),
    "cells of a table": ([shown(text__html="<table><tr><td>*a* $x_1$ &lt;b&gt; {{&lt; x &gt;}}</td></tr></table>")],
                         "|  |\n| --- |\n| \\*a\\* \\(x_1\\) \\<b\\> \\{\\{\\< x \\>\\}\\} |"),
    "code without an end": ([shown(text__markdown="```\na"), shown(text__markdown="*b*")], "```\na\n```\n\n*b*"),
    "a shortcode": ([shown(text__markdown="{{< figure >}}")], "{{</* figure */>}}"),
    "what looks like inline code of ours": ([shown(text__markdown="`{python} x`")], "`{python} x`"),
    "text around what is rich": ([printed("one\n"), shown(text__markdown="*two*"), printed("three\n"), result("4")],
                                 '```text {class="output"}\none\n```\n\n*two*\n\n'
                                 '```text {class="output"}\nthree\n4\n```'),
    "HTML with a text": ([result("3 apples", **{"text/html": "<b>3</b> apples"})],
                         '```text {class="output"}\n3 apples\n```'),
    "an object": ([result("<__main__.A object at 0x7f3c2a1b4d90>")], ""),
    "what a plot returns": ([result("[<matplotlib.lines.Line2D at 0x7f3c2a1b4d90>]")], ""),
    "an address among lines": ([printed("a\n<A object at 0x7f3c2a1b4d90>\nb\n")],
                               '```text {class="output"}\na\nb\n```'),
    "a path": ([printed("/usr/lib/python3/random.py:3\n")], '```text {class="output"}\n…/random.py:3\n```'),
    "plotly": ([shown(**{"application/vnd.plotly.v1+json": {}, "text/html": "<div></div>"})], ""),
}  # fmt: skip


@pytest.mark.parametrize("case", OUTPUTS)
def test_outputs_are_shown_as_what_they_are(case: str) -> None:
    outputs, expected = OUTPUTS[case]
    assert body_of(printing(OPEN, *outputs)) == expected


MADE_MISTAKES = {
    "Markdown": (shown(text__markdown="**bold** and $1 + 1 = 3$"), "1 + 1 = 3"),
    "LaTeX": (shown(text__latex="$$1 + 1 = 3$$"), "1 + 1 = 3"),
    "IPython's Math": (shown(text__latex="$\\displaystyle 1 + 1 = 3$"), r"\displaystyle 1 + 1 = 3"),
    "a cell of a table": (shown(text__html="<table><tr><td>$1 + 1 = 3$</td></tr></table>"), "1 + 1 = 3"),
}


@pytest.mark.parametrize("case", MADE_MISTAKES)
def test_what_no_check_reaches_is_not_published(case: str) -> None:
    output, latex = MADE_MISTAKES[case]
    assert message_of(printing(OPEN, output)) == (
        f"notebooks/small.ipynb, cell 2: a formula made by code is not checked: {latex}: "
        "write it in a Markdown cell, with what is computed in it as inline code"
    )


def test_printed_markdown_is_markdown_where_its_cell_says_so() -> None:
    assert body_of(printing("#| output: asis\nprint('*a*')", printed("*a*\n"))) == "*a*"


def test_headings_that_code_made_give_way_to_those_of_the_text() -> None:
    made = printing(OPEN, shown(text__markdown="## A"), shown(text__markdown="## A"))
    assert body_of(made, text("## A")) == "## A {#a-1}\n\n## A {#a-2}\n\n## A {#a}"


def test_formulas_that_code_made_are_formulas_of_the_page() -> None:
    page = page_of(text("$a$"), printing(OPEN, shown(text__markdown="$b^2$"), shown(text__html=TABLE)))
    assert [(formula.latex, formula.place.cell) for formula in page.formulas] == [("a", 2), ("b^2", 3)]


def test_a_table_has_a_caption_and_a_number() -> None:
    cell = printing("#| label: tbl-a\n#| tbl-cap: Prices $p$\n#| output: true", shown(text__html=TABLE))
    assert body_of(cell).startswith("Table 1. Prices \\(p\\)\n{#tbl-a}\n\n|  | a\\|b |")


SHOWN = {
    "#| echo: true\nx": "```python\nx\n```\n\n{out}",
    "#| echo: false\nx": "{out}",
    "#| echo: true\n#| output: false\nx": "```python\nx\n```",
    "#| include: false\nx": "",
    "#| code-fold: true\nx": '{{{{< details-begin summary="Code" >}}}}\n\n```python\nx\n```\n\n{{{{< details-end >}}}}'
    "\n\n{out}",
    "#| code-fold: show\n#| code-summary: Look\nx": '{{{{< details-begin summary="Look" open="true" >}}}}\n\n'
    "```python\nx\n```\n\n{{{{< details-end >}}}}\n\n{out}",
    "x": "",
}
OUT = '```text {class="output"}\n1\n```'


@pytest.mark.parametrize("source", SHOWN)
def test_options_decide_what_is_seen(source: str) -> None:
    assert body_of(printing(source, printed("1\n"))) == SHOWN[source].format(out=OUT)


TAGGED: dict[tuple[str, ...], str] = {
    ("remove-input",): OUT,
    ("remove_cell",): "",
    ("remove-output",): "",
    ("hide-input",): '{{< details-begin summary="Code" >}}\n\n```python\nx\n```\n\n{{< details-end >}}\n\n' + OUT,
    ("hide_output",): '{{< details-begin summary="Output" >}}\n\n' + OUT + "\n\n{{< details-end >}}",
    ("hide-cell",): '{{< details-begin summary="Code and output" >}}\n\n```python\nx\n```\n\n' + OUT
    + "\n\n{{< details-end >}}",
}  # fmt: skip


@pytest.mark.parametrize("tags", TAGGED)
def test_tags_decide_what_is_seen(tags: tuple[str, ...]) -> None:
    cell = code("x", *tags)
    cell.outputs = [printed("1\n")]
    assert body_of(cell) == TAGGED[tags]


def tagged(cell: NotebookNode, *tags: str, **metadata: str) -> NotebookNode:
    cell.metadata.update({"tags": list(tags), **metadata})
    return cell


def test_a_removed_text_is_not_published_and_claims_nothing() -> None:
    page = page_of(text("Seen."), tagged(text("## A\n\nUnseen $1 = 2$."), "remove_cell"))
    assert page.text.endswith("---\n\nSeen.\n")
    assert page.formulas == ()


RAW_TYPES = {
    "": True,
    "text/markdown": True,
    "text/html": False,
    "text/latex": False,
    "text/x-rst": False,
    "text/restructuredtext": False,
    "text/x-python": False,
    "application/pdf": False,
}


@pytest.mark.parametrize("kind", RAW_TYPES)
@pytest.mark.parametrize("key", ["raw_mimetype", "format"])
def test_a_raw_cell_is_published_if_it_is_markdown(key: str, kind: str) -> None:
    cell = tagged(raw("*x* and $a^2$"), **{key: kind})
    assert body_of(cell) == ("*x* and \\(a^2\\)" if RAW_TYPES[kind] else "")
    told = [(2, f"is a raw cell of the type {kind}: it is not on the page, which has Markdown")]
    assert notices_of(cell) == ([] if RAW_TYPES[kind] else told)


NOTICES = {
    "an object": ("#| echo: true", result("<__main__.A object at 0x7f3c2a1b4d90>"),
                  f"shows <__main__.A object at …>, {NO_OBJECT}"),
    "an axis": ("#| echo: true", result("Text(0.5, 1.0, 'x')"), f"shows Text(0.5, 1.0, 'x'), {NO_OBJECT}"),
    "an address": ("#| echo: true", printed("<A at 0x7f3c2a1b4d90>"),
                   "prints a memory address, which is another one each time: its line is not on the page"),
    "HTML": ("#| echo: true", shown(text__html="<b>x</b>", text__plain="<IPython.core.display.HTML object>"),
             "shows HTML that is no table: it is not on the page"),
    "plotly": ("#| echo: true", shown(**{"application/vnd.plotly.v1+json": {}}),
               "shows what plotly draws in a browser: it is not on the page; for a static image, "
               "set plotly.io.renderers.default = 'png' (which needs kaleido)"),
    "a hidden table": ("", shown(text__html=TABLE),
                       "shows a table that is not on the page: begin the cell with '#| output: true' if it should be"),
    "hidden Markdown": ("", shown(text__markdown="x"),
                        "shows Markdown that is not on the page: "
                        "begin the cell with '#| output: true' if it should be"),
    "a picture": ("#| echo: true", drawing("", png()).outputs[0],
                  "draws a picture that is not on the page: give it '#| label: fig-…' if it should be"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTICES)
def test_what_is_left_out_is_told(case: str) -> None:
    source, output, told = NOTICES[case]
    assert notices_of(printing(source, output)) == [(2, told)]


@pytest.mark.parametrize("source", ["", "#| output: false", "#| include: false"])
def test_what_the_author_hides_is_not_told(source: str) -> None:
    assert notices_of(printing(source, result("<A at 0x7f3c2a1b4d90>"), new_output("stream", text="x"))) == []


def test_a_memory_address_in_the_prose_is_refused() -> None:
    cell = text("It is\n`{python} x`.")
    cell.metadata["mathpost"] = {"inline": ["<A object at 0x7f3c2a1b4d90>"]}
    assert message_of(cell) == (
        "notebooks/small.ipynb, cell 2, line 2: the inline code `x` gives a memory address, "
        "which is another one each time: <A object at 0x7f3c2a1b4d90>"
    )
