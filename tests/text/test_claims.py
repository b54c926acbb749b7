"""Claims: what a text asserts, and under which name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from making import cells
from mathpost.ground.errors import InputError, UnsupportedFormula
from mathpost.text.cells import cells_of_texts
from mathpost.text.claims import find_claims, find_named_equations, parse_claim
from mathpost.text.documents import read_document

SPLITS = {
    "one": (r"$$a = b$$", ["a = b"]),
    "a chain": (r"$$a = b \leq c$$", ["a = b", r"b \leq c"]),
    "rows": ("$$\n\\begin{align*}\na &= b \\\\\n&= c\n\\end{align*}\n$$", ["a = b", "b = c"]),
    "a row that goes on": (r"$$a &= b \\ &\quad + c \\ &= d$$", ["a = b + c", "b + c = d"]),
    "an unfinished row": (r"$$a = b + \\ c$$", ["a = b + c"]),
    "two columns": (r"$$a &= b & c &= d$$", ["a = b", "c = d"]),
    "an array as layout": (r"$$\begin{array}{rcl} a &=& b \\ &=& c \end{array}$$", ["a = b", "b = c"]),
    "a block that goes on": ("$$a = b$$\n\nor\n\n$$= c$$", ["a = b", "b = c"]),
    "a list": (r"$a, b \in S$", [r"a, b \in S"]),
    "two in a line": (r"$a = 1, b = 2$", ["a = 1", "b = 2"]),
    "a condition apart": (r"$$a = b, \quad x \in S$$", ["a = b", r"x \in S"]),
    "a remark": (r"$$a = b \quad (\text{by Bayes})$$", ["a = b"]),
    "for all": (r"$$a = b \quad \text{for all } x > 0$$", ["a = b"]),
    "a quantifier": (r"$$a = b, \quad \forall x \in S$$", ["a = b"]),
    "a quantifier over several": (r"$$a_i = b \; \forall i, j \in S, k$$", ["a_i = b"]),
    "a quantifier first": (r"$$\forall x, f(x) \geq 0$$", [r"f(x) \geq 0"]),
    "a quantifier over several first": (r"$$\forall x, y \in S, f(x) = f(y)$$", ["f(x) = f(y)"]),
    "a quantifier and a colon": (r"$$\forall x \in S: f(x) = 1$$", ["f(x) = 1"]),
    "a wide space": (r"$$a = b \hspace{0.5in} c = d \hskip 2em e = f$$", ["a = b", "c = d", "e = f"]),
    "wide spaces": (r"$$a = b \;\;\;\; c = d ~~~~ e = f$$", ["a = b", "c = d", "e = f"]),
    "a narrow space": (r"$$a = b \; c \hspace{2pt} d$$", [r"a = b \; c \hspace{2pt} d"]),
    "an arrow between wide spaces": (r"$$a = b \quad \to \quad c = d$$", ["a = b", "c = d"]),
    "what has no signs": (r"$$a = § b$$", ["a = § b"]),
    "a bracket that is not closed": (r"$$\left( a + b = c$$", [r"\left( a + b = c"]),
    "an interval turned outwards": (r"$x \in ]0, 1[$", [r"x \in ]0, 1["]),
    "the end of a proof": (r"$$a = b \qed$$", ["a = b"]),
    "a macro": (r"$\newcommand{\loss}[1]{L(#1)}$ and $\loss{x} = 2$", ["L(x) = 2"]),
    "a macro of a macro": (r"$\def\a{\alpha}\def\b#1{\a#1}\b x = 2$", [r"\alpha x = 2"]),
    "a macro in its own argument": (r"$$\def\f#1{(#1)} \f{\f{x}} = 2$$", ["((x)) = 2"]),
    "an operator": (r"$$\DeclareMathOperator*{\best}{best} \best_x f = 2$$", [r"\operatorname*{best}_x f = 2"]),
    "a macro of itself": (r"$$\def\a{1 + \a} \a = 2$$", [r"1 + \a = 2"]),
    "a range": (r"$$x_i = y_i, \quad i = 1, \dots, n$$", ["x_i = y_i"]),
    "where": (r"$$a = b \quad \text{where } b = 2$$", ["a = b", "b = 2"]),
    "a number": (r"$$a = b \quad (1)$$", ["a = b"]),
    "therefore": (r"$$\therefore a = b \implies c = d$$", [r"a = b \implies c = d"]),
    "a tag": (r"$$a = b \tag{1} \\ c = d \label{x}$$", ["a = b", "c = d"]),
    "inside brackets": (r"$$P(y = 1) = f(x \leq 2)$$", [r"P(y = 1) = f(x \leq 2)"]),
    "under a sum": (r"$$\sum_{i=1}^n x_i > 0$$", [r"\sum_{i=1}^n x_i > 0"]),
    "under a brace": (r"$$\underbrace{a = b}_{c} + d$$", [r"\underbrace{a = b}_{c} + d"]),
    "spelled otherwise": (r"$a \not= b \stackrel{(i)}{\le} c$", [r"a \neq b", r"b \leq c"]),
    "in a box": (r"$$\boxed{a = b}$$", ["a = b"]),
    "a symbol": (r"the symbol $x$ and $x + y$", []),
    "an arrow": (r"$x \to 0$", []),
    "punctuation": (r"$$a = b.$$", ["a = b"]),
}


@pytest.mark.parametrize(("text", "expected"), SPLITS.values(), ids=SPLITS)
def test_what_a_text_claims(text: str, expected: list[str]) -> None:
    assert [claim.latex for claim in find_claims(cells(text))] == expected


DOUBLINGS = {
    "arguments": r"\def\a#1{#1#1}" + r"\a{" * 40 + "x" + "}" * 40,
    "bodies": "".join(rf"\def\{chr(97 + i)}{{\{chr(98 + i)}\{chr(98 + i)}}}" for i in range(25)) + r"\a",
    "each other": r"\def\p{\q x}\def\q{\p y}\p",
}


@pytest.mark.parametrize("latex", DOUBLINGS.values(), ids=DOUBLINGS)
def test_macros_that_grow_without_end_are_a_claim_that_is_not_read(latex: str) -> None:
    (claim,) = find_claims(cells(f"$${latex} = 2$$"))
    with pytest.raises(UnsupportedFormula):
        parse_claim(claim)


def test_a_claim_is_named_by_its_label_or_its_section() -> None:
    texts = [
        (1, "$a = 1$\n\n# One\n\n$b = 2$ and $$c = d = e$$ {#eq-c}"),
        (3, "still $f = 3$\n\n## Two\n\n$$g = 1$$\n\n# One\n\n$h = 1$"),
    ]
    claims = find_claims(cells_of_texts(texts))
    found = [(claim.id, claim.equation, claim.cell, claim.line, claim.sections) for claim in claims]
    assert found == [
        ("top/1", "top/1", 1, 1, ()),
        ("one/1", "one/1", 1, 5, ("one",)),
        ("eq-c.1", "eq-c", 1, 5, ("one",)),
        ("eq-c.2", "eq-c", 1, 5, ("one",)),
        ("one/2", "one/2", 3, 1, ("one",)),
        ("two/1", "two/1", 3, 5, ("one", "two")),
        ("one-1/1", "one-1/1", 3, 9, ("one-1",)),
    ]


def test_a_row_stands_on_its_own_line() -> None:
    text = "One\n\n$$\n\\begin{align*}\na &= b \\\\\n  &= c\n\\end{align*}\n$$"
    assert [claim.line for claim in find_claims(cells(text))] == [5, 6]


def test_an_equation_that_claims_is_found_by_its_name() -> None:
    found = list(find_named_equations(cells("no maths", "$x$ and $$a = b$$ {#eq-a}")))
    assert [(name, cell.number, equation.latex) for name, cell, equation in found] == [("eq-a", 2, "a = b")]


def test_a_label_belongs_to_one_equation() -> None:
    with pytest.raises(InputError) as caught:
        find_claims(cells("$$a = b$$ {#eq-a}", "\n$$a = c$$ {#eq-a}"))
    assert str(caught.value) == "cell 2, line 2: the label eq-a is used twice: give each equation its own"


def test_a_waiver_goes_with_the_claim() -> None:
    (claim,) = find_claims(cells('$$a = b$$ {#eq-a .unchecked reason="a convention"}'))
    assert claim.waiver == "a convention"


def test_front_matter_is_no_text_but_keeps_its_lines(tmp_path: Path) -> None:
    post = tmp_path / "post.md"
    post.write_text("---\ntitle: $a = b$\n---\n\n$c = d$\n")
    found = find_claims(read_document(post))
    assert [(claim.latex, claim.line, claim.cell) for claim in found] == [("c = d", 5, None)]


def test_cells_of_a_notebook_are_counted_from_one(tmp_path: Path) -> None:
    notebook = tmp_path / "post.ipynb"
    cells = [{"cell_type": "code", "source": "x"}, {"cell_type": "markdown", "source": ["One\n", "$a = b$"]}]
    notebook.write_text(json.dumps({"cells": cells}))
    assert [(cell.number, cell.source) for cell in read_document(notebook)] == [(1, "x"), (2, "One\n$a = b$")]
