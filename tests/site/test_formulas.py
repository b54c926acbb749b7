"""A formula as Hugo must find it: numbers, environments, macros."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_notebook, writes

from making import raw, text
from mathpost.site.formulas import formulas_of, number_equations, refused_formulas
from mathpost.site.katex import refusals
from mathpost.text import PostText
from mathpost.text.post import parse


def post(*texts: str, folder: Path = Path("/nowhere")) -> PostText:
    return parse(writes(new_notebook(cells=[raw(), *map(text, texts)])).encode(), folder / "notebooks" / "a.ipynb")


def latex_of(found: PostText) -> list[str]:
    return [formula.latex for formula in formulas_of(found, number_equations(found))]


ALIGN = r"""\begin{align}
a &= 1 \label{eq:a} \\
b &= 2 \label{eq:b}
\end{align}"""

AS_KATEX_HAS_IT = {
    "an equation": (r"\begin{equation} a = b \label{eq:x} \end{equation}", r"\begin{equation*} a = b \end{equation*}"),
    "rows with labels": (ALIGN, r"\begin{align*} a &= 1 \tag{1} \\ b &= 2 \tag{2} \end{align*}"),
    "eqnarray": (
        r"\begin{eqnarray} a &=& b \\ &\leq& c \end{eqnarray}",
        r"\begin{align*} a &= b \\ &\leq c \end{align*}",
    ),
    "eqnarray with a star": (r"\begin{eqnarray*} a &=& b \end{eqnarray*}", r"\begin{align*} a &= b \end{align*}"),
    "multline": (r"\begin{multline} a \\ b \end{multline}", r"\begin{gather*} a \\ b \end{gather*}"),
    "flalign": (r"\begin{flalign*} a &= b \end{flalign*}", r"\begin{align*} a &= b \end{align*}"),
    "subequations": (
        r"\begin{subequations} \begin{align} a &= b \end{align} \end{subequations}",
        r"\begin{align*} a &= b \end{align*}",
    ),
    "an environment in a line": (
        r"$\begin{split} a &= b \\ &= c \end{split}$",
        r"\begin{aligned} a &= b \\ &= c \end{aligned}",
    ),
    "another one": (r"$\begin{align*} a &= b \end{align*}$", r"\begin{aligned} a &= b \end{aligned}"),
    "eqnarray in a line": (r"$\begin{eqnarray} a &=& b \end{eqnarray}$", r"\begin{aligned} a &= b \end{aligned}"),
    "multline in a line": (r"$\begin{multline} a \end{multline}$", r"\begin{gathered} a \end{gathered}"),
    "an equation in a line": (r"$\begin{equation} a \end{equation}$", "a"),
    "an equation in a table": (
        "| a |\n|---|\n| $$\\begin{align} a \\end{align}$$ |",
        r"\begin{aligned} a \end{aligned}",
    ),
    "a space in its name": (
        r"$$\begin {align} a &= b \end {align}$$",
        r"\begin{align*} a &= b \end{align*}",
    ),
    "another name of text": (r"$a \mbox{ is } b$", r"a \text{ is } b"),
    "signs in words": (r"$\mbox{raw_cost & #1}$", r"\text{raw\_cost \& \#1}"),
    "a formula in words": (r"$\text{a_b if $x_{1}$ is}$", r"\text{a\_b if $x_{1}$ is}"),
    "braces in words": (r"$\text{a {b_c} \} d_e} x_1$", r"\text{a {b\_c} \} d\_e} x_1"),
    "an amount": (r"$$ p = $40 \text{ each} $$", r"p = \$40 \text{ each}"),
    "a face as a script": (r"$x_\rm{max} + y^\operatorname{T}$", r"x_{\rm{max}} + y^{\operatorname{T}}"),
    "the rows of TeX": (r"$$ \begin{matrix} a \cr b \end{matrix} $$", r"\begin{matrix} a \\ b \end{matrix}"),
    "what does nothing": (r"$\require{cancel} \cancel{a}$", r"\cancel{a}"),
    "no number": (r"$$ a = b \nonumber $$", "a = b"),
    "a space at the end": (r"$a = b\ $", "a = b"),
    "spaces at the end": (r"$a = b\ \ \quad\ $", r"a = b\ \ \quad"),
    "a row break and a space at the end": (r"$$ a = b \\ \ $$", "a = b \\\\ "),
    "a row break at the end": (r"$$ a = b \\ $$", "a = b \\\\ "),
    "a comment": ("$$ a % = c\n= b $$", "a = b"),
}


@pytest.mark.parametrize("name", AS_KATEX_HAS_IT)
def test_a_formula_is_spelled_as_katex_has_it(name: str) -> None:
    written, expected = AS_KATEX_HAS_IT[name]
    assert latex_of(post(written)) == [expected]


@pytest.mark.site
def test_katex_takes_all_of_them(compiled_katex: Path) -> None:
    posts = [post(written) for written, _ in AS_KATEX_HAS_IT.values()]
    formulas = [formula for found in posts for formula in formulas_of(found, number_equations(found))]
    asked = [(formula.latex, formula.display) for formula in formulas]
    assert [formula for formula, reason in zip(asked, refusals(asked, compiled_katex), strict=True) if reason] == []


def test_each_label_points_to_the_number_that_is_shown() -> None:
    targets = number_equations(post(r"$$ x = 1 $$ {#eq-x}", ALIGN, r"$$ y = 2 \label{eq:y} $$ {#eq-y}"))
    assert {label: (target.number, target.anchor) for label, target in targets.items()} == {
        "eq-x": ("1", "eq-x"),
        "eq:a": ("2", "eq:a"),
        "eq:b": ("3", "eq:a"),
        "eq-y": ("4", "eq-y"),
        "eq:y": ("4", "eq-y"),
    }
    assert [targets["eq-x"].shown(form) for form in ("named", "number", "bracketed")] == [
        "Equation\u00a0(1)",
        "1",
        "(1)",
    ]


def test_a_macro_holds_to_the_end_of_the_post_and_prints_nothing() -> None:
    found = post(r"$\newcommand{\half}{\frac{1}{2}}$ so $\half = \half + 0$", r"$\half$")
    assert latex_of(found) == ["", r"\frac{1}{2} = \frac{1}{2} + 0", r"\frac{1}{2}"]
    assert [claim.latex for claim in found.claims] == [r"\frac{1}{2} = \frac{1}{2} + 0"]


def site(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        file = folder / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


def test_a_macro_of_the_site_holds_everywhere(tmp_path: Path) -> None:
    config = "[params.katex.macros]\n'\\RR' = '\\mathbb{R}'\n'\\half' = '\\frac{#1}{2}'\n"
    folder = site(tmp_path, config_dot_toml=config)
    assert latex_of(post(r"$x \in \RR$ and $\half{x}$", folder=folder)) == [r"x \in \mathbb{R}", r"\frac{x}{2}"]


@pytest.mark.parametrize(
    "script",
    [
        'renderMathInElement(document.body, {delimiters: [], macros: {"\\\\RR": "\\\\mathbb{R}"}});',
        "MathJax = {tex: {macros: {RR: '{\\\\mathbb R}', bold: ['{\\\\bf #1}', 1]}}};",
    ],
    ids=["katex", "mathjax"],
)
def test_a_macro_of_a_theme_holds_everywhere(tmp_path: Path, script: str) -> None:
    page = f"<script>{script}</script>"
    folder = site(tmp_path, config_dot_toml="", themes__t__layouts__partials__math_dot_html=page)
    (latex,) = latex_of(post(r"$x \in \RR$", folder=folder))
    assert "mathbb" in latex


@pytest.mark.site
def test_katex_is_asked_and_its_complaint_shows_what_the_author_wrote() -> None:
    found = post(r"$\newcommand{\bad}{\nosuch}$ and $a = b$", "One\n\n$$ \\bad{x}\n= 1 $$ {#eq-bad}")
    (refused,) = refused_formulas([found])
    assert str(refused) == (
        "/nowhere/notebooks/a.ipynb, cell 3, line 3: KaTeX refuses the formula of eq-bad: Undefined control sequence: "
        "\\nosuch at position 1: \\nosuch{x} = 1\n    \\bad{x} = 1"
    )
