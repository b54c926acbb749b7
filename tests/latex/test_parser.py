"""The reader of formulas: every case of docs/reading.md, and what no formula may do to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from _pytest.mark.structures import ParameterSet

from making import cells
from mathpost.ground.errors import AmbiguousFormula, FormulaError, MalformedFormula, UnsupportedFormula
from mathpost.latex import parse, to_latex
from mathpost.latex.reading import parse_pattern
from mathpost.latex.tree import to_sexpr
from mathpost.latex.tree.nodes import UNDECLARED, Declared, Index, Symbol
from mathpost.text import read
from mathpost.text.claims import find_claims, parse_claim
from places import NOTEBOOK, ROOT

READING = ROOT / "docs" / "reading.md"
KINDS = {"unsupported": UnsupportedFormula, "malformed": MalformedFormula, "ambiguous": AmbiguousFormula}


def declared_by(words: list[str]) -> Declared:
    """`symbols: a b functions: p readings: d/dx=product` as a notation; nothing at all leaves all to custom."""
    sets: dict[str, set[str]] = {}
    for word in words:
        if word.endswith(":"):
            names = sets.setdefault(word[:-1], set())
        else:
            names.add(word)
    if not sets:
        return UNDECLARED
    readings = frozenset(
        (form, chosen) for form, _, chosen in (pair.partition("=") for pair in sets.pop("readings", ()))
    )
    names_of_kinds = {key: frozenset(value) for key, value in sets.items()}
    return replace(Declared(readings=readings, complete=True), **names_of_kinds)  # type: ignore[arg-type]


def cases() -> Iterator[ParameterSet]:
    text = READING.read_text(encoding="utf-8")
    for block in re.finditer(r"^```cases(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE):
        lines = block[2].splitlines()
        first = text.count("\n", 0, block.start(2)) + 1
        for number in range(0, len(lines), 2):
            yield pytest.param(
                lines[number],
                lines[number + 1].removeprefix("    => "),
                declared_by(block[1].split()),
                id=f"line {first + number}: {lines[number]}",
            )


@pytest.mark.parametrize(("latex", "expected", "declared"), list(cases()))
def test_it_reads_as_the_page_says(latex: str, expected: str, declared: Declared) -> None:
    kind, _, message = expected.partition(": ")
    if kind not in KINDS:
        assert to_sexpr(parse(latex, declared)) == expected
        return
    with pytest.raises(KINDS[kind]) as caught:
        parse(latex, declared)
    assert caught.value.message == message


@pytest.mark.parametrize(("latex", "expected", "declared"), list(cases()))
def test_what_it_reads_it_prints_and_reads_again(latex: str, expected: str, declared: Declared) -> None:
    if expected.partition(": ")[0] not in KINDS:
        tree = parse(latex, declared)
        assert parse(to_latex(tree), declared) == tree


def test_every_claim_of_the_post_is_read() -> None:
    claims = read(NOTEBOOK).claims
    assert len(claims) > 40
    for claim in claims:
        left, right = parse_claim(claim)
        assert parse(to_latex(left)) == left
        assert parse(to_latex(right)) == right or claim.relation == r"\in"


def test_an_error_shows_its_place() -> None:
    with pytest.raises(UnsupportedFormula) as caught:
        parse(r"a + \foo{x}")
    assert (
        str(caught.value)
        == "not supported: `\\foo` at column 5: it is not defined in this document\n    a + \\foo{x}\n        ^"
    )


def test_an_error_of_a_side_names_its_claim() -> None:
    (claim,) = find_claims(cells("Text\n\n$$\na = \\foo\n$$ {#eq-a}", first=4))
    with pytest.raises(UnsupportedFormula) as caught:
        parse_claim(claim)
    message = "cell 4, line 4: eq-a: not supported: `\\foo` at column 1: it is not defined in this document"
    assert str(caught.value) == f"{message}\n    \\foo\n    ^"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("m", "m"),
        (r"\theta_{ML}", r"\theta_{ML}"),
        (r"\mathbb{X}", r"\mathbb{X}"),
        (r"X^{(\text{train})}", '"X^{(train)}"'),
        (r"\boldsymbol{x}^{(i)}", r"(sample \boldsymbol{x} i)"),
        ("x_i", "(index x i)"),
        ("A_{ij}", "(index A i j)"),
        ("w_0", "w_0"),
        ("x^{(1)}", '"x^{(1)}"'),
        (r"P(x)", "(call P x)"),
        (r"p_{\text{model}}(\boldsymbol{x}; \theta)", r"(call p_{model} \boldsymbol{x} ; \theta)"),
        (r"D_{KL}(P || Q)", "(call D_{KL} P || Q)"),
        (r"KL(P \| Q)", "(call KL P || Q)"),
        ("f'(x)", "(call f' x)"),
        (r"\sigma(t)", r"(call \sigma t)"),
        ("loss", "loss"),
        ("m(k)", "(call m k)"),
    ],
)
def test_the_key_of_a_notation(key: str, expected: str) -> None:
    assert to_sexpr(parse_pattern(key)) == expected


@pytest.mark.parametrize("key", ["a + b", "2", r"\log x", r"\mathbb{E}[X]"])
def test_a_key_is_a_name_an_entry_or_a_call(key: str) -> None:
    with pytest.raises(UnsupportedFormula):
        parse_pattern(key)


def test_a_declared_word_is_one_name() -> None:
    words = Declared(symbols=frozenset({"RSS", "R", "S"}), complete=True)
    assert parse("RSS", words) == Symbol("RSS")


def test_letters_that_are_declared_one_by_one_are_a_product() -> None:
    letters = Declared(symbols=frozenset("MSE"), complete=True)
    assert to_sexpr(parse("MSE", letters)) == "(* (* M S) E)"


def test_spans_point_into_the_source() -> None:
    latex = r"a + \hat{y}_i \log (b c)"
    tree = parse(latex)
    assert latex[slice(*tree.span)] == latex
    factor = tree.right.left  # type: ignore[union-attr]
    assert isinstance(factor, Index)
    assert latex[slice(*factor.span)] == r"\hat{y}_i"


MONSTERS = {
    "brackets": "(" * 3000 + "x" + ")" * 3000,
    "braces": "{" * 3000 + "x" + "}" * 3000,
    "fractions": r"\frac{" * 500 + "x" + "}{y}" * 500,
    "powers": "x^{" * 2000 + "2" + "}" * 2000,
    "roots": r"\sqrt" * 3000 + "x",
    "logarithms": r"\log" * 3000 + "x",
    "accents": r"\hat" * 3000 + "x",
    "signs": "-" * 5000 + "x",
    "sums": r"\sum_i" * 3000 + "x",
    "gradients": r"\nabla" * 3000 + "x",
    "integrals": r"\int" * 3000 + "x",
    "bars": "|" * 4000,
    "unclosed": "(" * 9000,
    "unopened": ")" * 9000,
    "a long sum": "x+" * 9000 + "x",
    "a long product": "x " * 9000,
    "many arguments": "f(" + "x," * 9000 + "x)",
    "a big matrix": r"\begin{matrix}" + "a&" * 8000 + r"\end{matrix}",
    "stacks": r"\underset{a}{" * 1000 + "x" + "}" * 1000,
    "100 kB": "x + " * 25_000,
    "100 kB of braces": "{" * 100_000,
    "bytes": "\x00\x01\ud800",
}


@pytest.mark.parametrize("latex", MONSTERS.values(), ids=MONSTERS)
def test_a_monster_is_read_or_refused(latex: str) -> None:
    with suppress(FormulaError):
        tree = parse(latex)
        assert parse(to_latex(tree)) == tree
