"""Tables in HTML, as pandas and others write them, and what they are in Markdown."""

from __future__ import annotations

import pytest

from mathpost.pages.tables import read_tables, to_markdown

FRAME = """<div>
<style scoped>
    .dataframe tbody tr th { vertical-align: top; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;"><th></th><th>city</th><th>price</th></tr>
  </thead>
  <tbody>
    <tr><th>0</th><td>Rome</td><td>1.50</td></tr>
    <tr><th>1</th><td>Bonn &amp; more</td><td>-2e-3</td></tr>
  </tbody>
</table>
<p>2 rows × 2 columns</p>
</div>"""
LEVELS = """<table><thead>
<tr><th></th><th colspan="2">a</th><th>b</th></tr>
<tr><th></th><th>x</th><th>y</th><th>z</th></tr>
<tr><th>key</th><th></th><th></th><th></th></tr>
</thead><tbody>
<tr><th rowspan="2">one</th><td>1</td><td>2</td><td>3</td></tr>
<tr><td>4</td><td>5</td><td>NaN</td></tr>
</tbody></table>"""
TABLES = {
    FRAME: "|  | city | price |\n| ---: | --- | ---: |\n| 0 | Rome | 1.50 |\n| 1 | Bonn & more | -2e-3 |\n\n"
    "2 rows × 2 columns",
    LEVELS: "| key | a / x | a / y | b / z |\n| --- | ---: | ---: | ---: |\n| one | 1 | 2 | 3 |\n|  | 4 | 5 | NaN |",
    "<table><tr><td>1</td></tr></table>": "|  |\n| ---: |\n| 1 |",
    "<table><tr><th>a<th>b<tr><td>x<td>y</table>": "| a | b |\n| --- | --- |\n| x | y |",
    "<table><caption>Prices</caption><tr><th>a</th></tr><tr><td>x<br>y</td></tr></table>": "Prices\n\n"
    "| a |\n| --- |\n| x y |",
    "<table><tr><th>a</th><th>b</th></tr><tr><td onclick='x()'>1</td></tr></table>": "| a | b |\n"
    "| ---: | --- |\n| 1 |  |",
    "<small>shape: (1, 1)</small><table><thead><tr><th>n</th></tr></thead><tr><td>7%</td></tr></table>": "shape: (1, 1)"
    "\n\n| n |\n| ---: |\n| 7% |",
    "<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>": "|  |\n| --- |\n| a |\n\n"
    "|  |\n| --- |\n| b |",
}


@pytest.mark.parametrize("html", TABLES)
def test_a_table_is_its_texts(html: str) -> None:
    pieces = read_tables(html)
    assert pieces is not None
    assert to_markdown(pieces, str) == TABLES[html]


NO_TABLES = [
    "<b>bold</b>",
    "",
    "<table></table>",
    "<div><script>draw()</script><table><tr><td>1</td></tr></table></div>",
    "<table><tr><td><img src='x.png'></td></tr></table>",
    "<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>",
    "<details><summary>x</summary><table><tr><td>1</td></tr></table></details>",
    "<svg><text>1</text></svg>",
]


@pytest.mark.parametrize("html", NO_TABLES)
def test_what_is_to_be_clicked_or_drawn_is_no_table(html: str) -> None:
    assert read_tables(html) is None
