"""The one scanner: what is maths, and what only looks like it."""

from __future__ import annotations

import pytest

from making import cells
from mathpost.text.markup import Dialect, scan

MATHS = {
    "inline": ("We have $a + b$.", ["a + b"]),
    "money": ("It costs $5 and $6, or $7.", []),
    "money beside maths": ("It costs $5 and $6, where $x$ is.", ["x"]),
    "a range of prices": ("between $5-$10", []),
    "an escaped dollar": (r"Pay \$5 or $x$ or \$6", ["x"]),
    "a dollar inside": (r"$\$5 + x$", [r"\$5 + x"]),
    "spaces inside": ("with $ y = 1 $ here", [" y = 1 "]),
    "display": ("$$\na = b\n$$", ["\na = b\n"]),
    "a blank line in display": ("$$\na\n\n= b\n$$", ["\na\n\n= b\n"]),
    "not across paragraphs": ("a $x\n\ny$ b", []),
    "round brackets": (r"so \(x\) is", ["x"]),
    "square brackets": (r"\[ x = 1 \]", [" x = 1 "]),
    "dollars behind two backslashes": (r"from \\$5 to \\$6, and $x$", ["x"]),
    "brackets of prose": (r"the data \[that are known\] say $x$", ["x"]),
    "brackets of a link": (r"\[1\] says", []),
    "an environment": ("\\begin{align}\na &= b\n\\end{align}", ["\\begin{align}\na &= b\n\\end{align}"]),
    "inline code": ("`$x$` and ``a ` $y$``", []),
    "a fence": ("```\n$x$\n```\n$y$", ["y"]),
    "an unclosed fence": ("```\n$x$", []),
    "tildes": ("~~~python\n$x$\n~~~", []),
    "a comment": ("<!-- $x$ --> $y$", ["y"]),
    "code as a tag": ("<pre>$x$</pre> $y$", ["y"]),
    "an attribute": ('<img alt="$x$"> $y$', ["y"]),
    "a shortcode, which a notebook shows": ('{{< figure alt="$x$" >}} $y$', ["x", "y"]),
    "a tag, which a notebook shows": ("{% raw %}\n$x$\n{% endraw %}", ["x"]),
    "a heading": ("## The $x$ of it", ["x"]),
    "entities": ("$a &lt; b$", ["a < b"]),
    "a definition of a link": ('[t]\n\n[t]: http://a/$x$ "title $y$"\n$z$', ["z"]),
    "a definition over lines": ("> [t]:\n> </a $x$>\n> 'title\n> $y$'\n\n- [u]: /$v$\n  $z$", ["z"]),
    "a formula that names a link": ("[on $x$] is $y$\n\n[on $x$]: http://a/$z$", ["x", "y"]),
    "no definition of a link": ("[t]: http://a/$x$ and $y$", ["x", "y"]),
    "a quote": ("> $$\n> a\n> = b\n> $$", ["\n a\n = b\n "]),
}


@pytest.mark.parametrize(("text", "expected"), MATHS.values(), ids=MATHS)
def test_what_is_maths(text: str, expected: list[str]) -> None:
    assert [equation.latex for equation in scan(text).equations] == expected


IN_PAGES = {
    "a shortcode": ('{{< figure alt="$x$" >}} $y$', ["y"]),
    "a highlighted block": ("{% highlight sh %}\necho $x$\n{% endhighlight %}", []),
    "a highlighted block of Hugo": ("{{< highlight sh >}}\n$x$\n{{< /highlight >}} $y$", ["y"]),
}


@pytest.mark.parametrize(("text", "expected"), IN_PAGES.values(), ids=IN_PAGES)
def test_what_a_site_generator_takes_for_itself_is_no_maths(text: str, expected: list[str]) -> None:
    assert [equation.latex for equation in scan(text, Dialect.PAGE).equations] == expected


# Text of a page, and its formulas as they are read: two kinds of escapes are evidence, one may be meant.
ESCAPED = {
    "a row break and an index": (r"$x\_i$ and $$a \\\\ b$$", ["x_i", r"a \\ b"]),
    "a row break and braces": (r"$$\\{a\\} \\\\ b$$", [r"\{a\} \\ b"]),
    "an index and a space": (r"$x\_i \\, y$", [r"x_i \, y"]),
    "delimiters and an index": (r"\\(x\_i\\) and $y\_i$", ["x_i", "y_i"]),
    "delimiters and a row break": (r"\\[ a = b \\\\ c \\]", [r" a = b \\ c "]),
    "all of them": (r"\\(x\_i\\) and $$\\|a\\| \\\\ b$$", ["x_i", r"\|a\| \\ b"]),
}
AS_IT_STANDS = {
    "empty rows alone": (r"$$a \\\\ b \\\\ c$$", [r"a \\\\ b \\\\ c"]),
    "underscores alone": (r"$x\_i$ and $y\_{max}$", [r"x\_i", r"y\_{max}"]),
    "stars alone": (r"$a\*b$", [r"a\*b"]),
    "rows that begin with braces": (r"$$a \\{} b \\{} c$$", [r"a \\{} b \\{} c"]),
    "delimiters alone": (r"\\(a\\) and \\[ b = c \\]", ["a", " b = c "]),
    "a name with an underscore and an empty row": (r"$$\mathrm{a\_b} \\\\ b$$", [r"\mathrm{a\_b} \\\\ b"]),
    "words with one, and braces": (r"$$\{a\} \\ \text{first\_name}$$", [r"\{a\} \\ \text{first\_name}"]),
    "a row that begins with a column, and an underscore": (r"$$x\_i \\& b$$", [r"x\_i \\& b"]),
}


@pytest.mark.parametrize(
    ("text", "expected"), [*ESCAPED.values(), *AS_IT_STANDS.values()], ids=[*ESCAPED, *AS_IT_STANDS]
)
def test_a_page_is_escaped_on_two_kinds_of_evidence(text: str, expected: list[str]) -> None:
    assert [equation.latex for equation in scan(text, Dialect.PAGE).equations] == expected


@pytest.mark.parametrize("text", [text for text, _ in ESCAPED.values()], ids=ESCAPED)
def test_a_notebook_is_read_as_it_stands(text: str) -> None:
    assert all(equation.latex in text for equation in scan(text).equations)


def test_an_equation_knows_its_place_and_label() -> None:
    text = 'One\n\n$$ a = b $$ {#eq-a}\n\nand $c$ {#eq-c .unchecked reason="a convention"}.'
    first, second = scan(text).equations
    assert (first.label, first.display, first.line, text[first.start : first.end]) == (
        "eq-a", True, 3, "$$ a = b $$ {#eq-a}",
    )  # fmt: skip
    assert text[first.offset :].startswith(first.latex)
    assert (second.label, second.display, second.waiver, second.line) == ("eq-c", False, "a convention", 5)


@pytest.mark.parametrize("text", ["Income ($)", "cost [in k$]", "[$/kg]", "5 $, $ 5", r"\$ and \\$"])
def test_a_dollar_of_money_needs_no_partner(text: str) -> None:
    assert scan(text).flaws == ()


@pytest.mark.parametrize("text", ["($x)", "in $ and", "(a, $)"])
def test_another_dollar_without_a_partner_is_a_mistake(text: str) -> None:
    (flaw,) = scan(text).flaws
    assert flaw.message == r"this `$` has no partner: close the formula, or write \$ for dollars"


def test_a_waiver_needs_a_reason() -> None:
    (flaw,) = scan("a\n\n$$x$$ {#eq-x .unchecked}").flaws
    assert (flaw.line, flaw.message) == (3, 'an unchecked equation needs a reason: {#eq-… .unchecked reason="…"}')


HEADINGS = {
    "a plain one": ("## What is Kullback-Leibler (KL) divergence", [(2, "what-is-kullback-leibler-kl-divergence")]),
    "its own id": ("# One {#first}", [(1, "first")]),
    "duplicates": ("# A\n\n# A\n\n# A", [(1, "a"), (1, "a-1"), (1, "a-2")]),
    "closing marks": ("### Snake_case & co ###", [(3, "snake_case--co")]),
    "underlined": ("One\n===\n\nTwo\n---\n", [(1, "one"), (2, "two")]),
    "no heading": ("#hash\n\n    # code\n\n```\n# comment\n```", []),
    "other letters": ("## Über α", [(2, "über-α")]),
    "tags in it": ('## <a id="here"></a>A <b>bold</b> $a<b>c$', [(2, "a-bold-abc")]),
    "its own id behind a formula": ("## On $x$ {#sec-x .wide}", [(2, "sec-x")]),
    "a class": ("## On $x$ {.wide}\n\n## Two {.wide}\nThree {.wide}\n---", [(2, "on-x"), (2, "two"), (2, "three")]),
    "nothing left": ("## !?", [(2, "heading")]),
}


@pytest.mark.parametrize(("text", "expected"), HEADINGS.values(), ids=HEADINGS)
def test_headings_have_the_anchors_of_hugo(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(heading.level, heading.anchor) for heading in cells(text)[0].markup.headings] == expected


def test_references_stand_in_the_prose_alone() -> None:
    text = "See @eq-kl-sum, and @fig-a.\n\n`@eq-b` $@eq-c$ me@eq-d.org \\@eq-e"
    assert [(r.label, r.line) for r in scan(text).references] == [("eq-kl-sum", 1), ("fig-a", 1)]


REFERENCES = {
    "each kind": ("@eq-a @fig-b @tbl-c @sec-d", ["eq-a named", "fig-b named", "tbl-c named", "sec-d named"]),
    "in brackets": ("[@eq-a] and [-@eq-b]", ["eq-a named", "eq-b number"]),
    "several": ("[@eq-a; -@fig-b;@sec-c]", ["eq-a named", "fig-b number", "sec-c named"]),
    "a link": ("[@eq-a](#b) [@eq-a or so]", ["eq-a named", "eq-a named"]),
    "none": ("[@smith2020] \\@eq-a me@sec-b.org @other-a", []),
}


@pytest.mark.parametrize(("text", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_what_is_a_reference(text: str, expected: list[str]) -> None:
    assert [f"{reference.label} {reference.form}" for reference in scan(text).references] == expected


TABLE = "| a |\n|---|\n| 1 |\n"
CAPTIONS = {
    "below a table": (f"{TABLE}\n: On $x$ {{#tbl-a}}\n", [("tbl-a", "On $x$")]),
    "not below a paragraph": (f"{TABLE}\nWords.\n\n: Words {{#tbl-a}}", []),
    "without a label": (f"{TABLE}\n: Words", []),
}


@pytest.mark.parametrize(("text", "expected"), CAPTIONS.values(), ids=CAPTIONS)
def test_what_is_the_caption_of_a_table(text: str, expected: list[tuple[str, str]]) -> None:
    captions = scan(text).table_captions
    assert [(caption.label, text[caption.first : caption.last]) for caption in captions] == expected


def test_inline_code_is_python() -> None:
    text = 'It is `{python} f"{slope:.2f}"` and `code`.'
    (code,) = scan(text).codes
    assert (code.expression, text[code.start : code.end]) == ('f"{slope:.2f}"', '`{python} f"{slope:.2f}"`')
