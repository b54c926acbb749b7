"""The printer: whatever tree it is given, what it prints is read as that tree again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathpost.latex import parse, to_latex
from mathpost.latex.tree import nodes as n

VARIABLES = st.builds(
    n.Symbol,
    st.sampled_from(["x", "y", "a", "b", r"\alpha", r"\theta", r"\hat{y}", r"\theta_{ML}", "X^{(train)}", "w_0", r"x^*",
                     "MSE_{train}", r"\mathbb{X}", r"\bar{x}_{max}", "x'", r"\lambda_{x}^{new}"]),
    st.booleans(),
)  # fmt: skip
INDICES = st.sampled_from(["i", "j", "k", "t"]).map(n.Symbol)
NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "10"]).map(n.Number)
FUNCTIONS = st.sampled_from(["p", "q", "f", "P", r"\sigma", "p_{model}", "softmax", r"\mathcal{L}", "D_{KL}"]).map(
    n.Symbol
)
SEPARATORS = st.sampled_from([",", ";", "|"])
SETS = st.sampled_from([r"\mathbb{R}", r"\mathcal{Y}", r"\chi", "S"]).map(n.Symbol)


def canonical(symbol: n.Symbol) -> n.Symbol:
    """A name as the reader spells it."""
    read = parse(to_latex(symbol))
    assert isinstance(read, n.Symbol)
    return read


NAMES = VARIABLES.map(canonical)
SCRIPTED = st.one_of(
    st.builds(lambda base, i: n.Index(base, (i,)), NAMES, INDICES),
    st.builds(lambda base, i: n.Index(base, (i,), True), st.sampled_from(["x", "y"]).map(n.Symbol), INDICES),
    st.builds(lambda base, i, j: n.Index(base, (i, j)), NAMES, INDICES, INDICES),
)


def calls(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    return st.one_of(
        st.builds(lambda f, x: n.Call(f, (x,), ()), FUNCTIONS, inner),
        st.builds(
            lambda f, x, y, s: n.Call(f, (x, y), (s,)), FUNCTIONS, inner, inner, st.sampled_from([",", ";", "|"])
        ),
        st.builds(lambda x, y: n.Call(n.Symbol("D_{KL}"), (x, y), ("||",)), inner, inner),
        st.builds(n.Apply, st.sampled_from(["log", "exp", "sin", "det", "tr"]), inner),
    )


def binders(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Binder]:
    one = st.tuples(INDICES)
    return st.one_of(
        st.builds(n.Binder, one),
        st.builds(n.Binder, one, lower=inner, upper=inner),
        st.builds(n.Binder, one, domain=SETS),
    )


def operators(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    law = st.builds(lambda x, p: n.Binder((x,), law=p), NAMES, FUNCTIONS)
    kinds = st.sampled_from(["sum", "prod", "max", "min", "sup", "inf", "argmax", "argmin"])
    return st.one_of(
        st.builds(n.BigOperator, kinds, binders(inner), inner),
        st.builds(lambda b, x: n.Moment("E", b, (x,)), st.one_of(st.just(()), st.tuples(law)), inner),
        st.builds(lambda x, y: n.Moment("E", (), (x,), y), inner, inner),
        st.builds(lambda x, y: n.Moment("Cov", (), (x, y)), inner, inner),
        st.builds(lambda x, lo, up, f: n.Integral(n.Binder((x,), lower=lo, upper=up), f), NAMES, inner, inner, inner),
        st.builds(lambda kind, x, f: n.Derivative(kind, (x,), f), st.sampled_from(["nabla", "partial"]), NAMES, inner),
        st.builds(n.Limit, NAMES, NUMBERS, inner),
    )


def is_exponent(node: n.Node) -> bool:
    """`x^T` is a transpose, and `x^{(0, \\text{ML})}` a name."""
    return node != n.Symbol("T") and not isinstance(node, n.Sequence | n.Interval)


def arithmetic(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    sums = st.sampled_from(["+", "-", "*", "/", r"\odot", r"\pm", r"\circ", r"\otimes"])
    return st.one_of(
        st.builds(n.Binary, sums, inner, inner),
        st.builds(n.Binary, sums, inner, inner),
        st.builds(n.Negative, inner),
        st.builds(n.Power, inner, inner.filter(is_exponent)),
        st.builds(n.Transpose, st.one_of(NAMES, SCRIPTED)),
        st.builds(n.Root, inner, st.one_of(st.none(), NUMBERS)),
        st.builds(n.Factorial, inner),
        st.builds(n.Binomial, inner, inner),
    )


def collections(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    return st.one_of(
        st.builds(n.Fenced, st.sampled_from(["abs", "floor", "ceil"]), inner),
        st.builds(n.Norm, inner, st.one_of(st.none(), NUMBERS, st.just(n.Symbol(r"\infty")))),
        st.builds(n.Inner, inner, inner),
        st.builds(lambda x, y: n.Sequence((x, y)), inner, inner),
        st.builds(lambda x, y: n.SetOf((x, y)), inner, inner),
        st.builds(lambda x, y: n.Interval(x, y, (True, False)), inner, inner),
        st.builds(lambda x, y: n.Matrix(((x, y), (y, x))), inner, inner),
        st.builds(lambda x, y, z: n.Cases(((x, n.Relation(">", y, z)), (z, None))), inner, inner, inner),
        st.builds(lambda x, y: n.Indicator(n.Relation("=", x, y)), inner, inner),
    )


def grown(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    return st.one_of(arithmetic(inner), calls(inner), operators(inner), collections(inner))


TREES: st.SearchStrategy[n.Node] = st.recursive(st.one_of(NAMES, NUMBERS, SCRIPTED), grown, max_leaves=12)


@given(TREES)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_printed_tree_is_read_as_itself(tree: n.Node) -> None:
    assert parse(to_latex(tree)) == tree


@pytest.mark.parametrize(
    ("latex", "printed"),
    [
        (r"D_{KL}(P||Q)", r"D_{\mathrm{KL}}(P \parallel Q)"),
        (r"\sum_{i=1}^m \log p(x^{(i)}; \theta)", r"\sum_{i = 1}^{m} \log p(x^{(i)}; \theta)"),
        (r"-x^2 / 2", r"-\frac{x^{2}}{2}"),
        (r"\boldsymbol{\hat{y}}^{(\text{train})}", r"\boldsymbol{\hat{y}}^{(\mathrm{train})}"),
        (r"(a + b) c", r"\left( a + b \right) \times c"),
        (r"w \cdot x", r"w \cdot x"),
        (r"\mathbb{E}_{x \sim p} [x | y]", r"\mathbb{E}_{x \sim p}\left[ x \mid y \right]"),
        (r"\frac{1}{m} \|X w - y\|_2^2", r"\frac{1}{m} \cdot \left\| X w - y \right\|_{2}^{2}"),
        (r"\arg\max_\theta L(\theta)", r"\arg\max_{\theta} L(\theta)"),
    ],
)
def test_it_prints_what_a_person_would_write(latex: str, printed: str) -> None:
    assert to_latex(parse(latex)) == printed
