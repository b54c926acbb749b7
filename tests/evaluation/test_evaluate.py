"""A formula has the value that mathematics gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from mathpost import Box, Notation, Variable
from mathpost.evaluation import Environment
from mathpost.evaluation.values import Array
from mathpost.ground.errors import EvaluationError
from mathpost.judging.draw import Draw, value_of
from mathpost.latex import parse

rng = np.random.default_rng(5)
X = rng.normal(size=(5, 3))
Y = rng.gamma(2.0, size=5)
A = rng.normal(size=(3, 3))
W = np.array([0.5, -1.2, 2.0])
P = stats.rv_discrete(values=([0, 1, 2], [0.2, 0.3, 0.5]))
GAMMA = stats.gamma(2.3, scale=0.7)
NORMAL = stats.norm(0.4, 1.7)

NOTATION = Notation(
    {
        "a": 2.0,
        "b": 3.0,
        "c": 5.0,
        "m": 5,
        "n": 3,
        r"\boldsymbol{x}^{(i)}": X,
        "y^{(i)}": Y,
        r"\boldsymbol{w}": W,
        "A": A,
        "X": X,
        r"\boldsymbol{y}": Y,
        "P(x)": P,
        "g(x)": GAMMA,
        "N(x)": NORMAL,
        "S": [0, 1, 2],
        "f(t)": np.tanh,
        r"q(z; \mu)": lambda mean: stats.norm(mean, 0.5),
        r"\mu": 0.3,
        r"D(P || Q)": lambda p, q: p.mean() - q.mean(),
    }
)
VALUES: list[tuple[str, Any]] = [
    (r"a + b c", 17.0),
    (r"-a^2", -4.0),
    (r"\frac{a}{b} c", 10 / 3),
    (r"2^{-a}", 0.25),
    (r"\sqrt{a} + \sqrt[3]{b}", 2**0.5 + 3 ** (1 / 3)),
    (r"\log \frac{a}{b}", np.log(2 / 3)),
    (r"\log_2 c", np.log2(5)),
    (r"\exp(-a) + e^{-a}", 2 * np.exp(-2)),
    (r"\sin^2 a + \cos^2 a", 1.0),
    (r"\log a \log b", np.log(2) * np.log(3)),
    (r"\log a b", np.log(6)),
    (r"\sum_{i=1}^m y^{(i)}", Y.sum()),
    (r"\sum_{i=2}^{m-1} i^2", 4 + 9 + 16),
    (r"\sum_i y^{(i)}", Y.sum()),
    (r"\sum_i w_i", W.sum()),
    (r"\sum_{i=1}^m y^{(i)} + a", Y.sum() + 2),
    (r"\sum_{i=1}^m (y^{(i)} + a)", Y.sum() + 10),
    (r"\sum_{i=1}^m \sum_{j=1}^n X_{i,j}", X.sum()),
    (r"\sum_{i=1}^n \sum_{j=1}^i i j", sum(i * j for i in range(1, 4) for j in range(1, i + 1))),
    (r"\prod_{i=1}^m y^{(i)}", Y.prod()),
    (r"\frac{1}{m} \sum_{i=1}^m \boldsymbol{w}^\top \boldsymbol{x}^{(i)}", (X @ W).mean()),
    (r"\boldsymbol{w}^\top \boldsymbol{w}", W @ W),
    (r"\boldsymbol{w} \boldsymbol{w}^\top", np.outer(W, W)),
    (r"\boldsymbol{w}^\top A \boldsymbol{w}", W @ A @ W),
    (r"X \boldsymbol{w}", X @ W),
    (r"(\boldsymbol{w}^\top X^\top)^\top", X @ W),
    (r"\boldsymbol{w} \cdot \boldsymbol{w} + a \cdot b", W @ W + 6.0),
    (r"X \cdot \boldsymbol{w}", X @ W),
    (r"\boldsymbol{w}^\top + \boldsymbol{w}^\top", 2 * W),
    (r"(\boldsymbol{y}^\top X) \boldsymbol{w}", Y @ X @ W),
    (r"\begin{pmatrix} a & b \end{pmatrix} \begin{pmatrix} c \\ a \end{pmatrix}", 16.0),
    (r"A^{-1} \boldsymbol{w}", np.linalg.solve(A, W)),
    (r"A^\top", A.T),
    (r"\|X \boldsymbol{w} - \boldsymbol{y}\|_2^2", ((X @ W - Y) ** 2).sum()),
    (r"||\boldsymbol{w}||_1", np.abs(W).sum()),
    (r"\|\boldsymbol{w}\|_\infty", 2.0),
    (r"\|A\|_F", np.sqrt((A**2).sum())),
    (r"|a - c|", 3.0),
    (r"\langle \boldsymbol{w}, \boldsymbol{w} \rangle", W @ W),
    (r"\boldsymbol{w} \odot \boldsymbol{w}", W * W),
    (r"\det A", np.linalg.det(A)),
    (r"\operatorname{tr}(A)", np.trace(A)),
    (r"w_2 x^{(3)}_1", W[1] * X[2, 0]),
    (r"\sum_{x \in S} P(x) x", 1.3),
    (r"\sum_x P(x) \log P(x)", -P.entropy()),
    (r"\mathbb{E}_{x \sim P}[x^2]", 2.3),
    (r"\mathbb{E}_{x \sim P}[x] a", 2.6),
    (r"\mathbb{E}_{x \sim g}[\log g(x)]", -GAMMA.entropy()),
    (r"\mathbb{E}_{x \sim N}[\log g(e^x)]", None),
    (r"\mathbb{E}_{x \sim g, t \sim N}[x t]", GAMMA.mean() * 0.4),
    (r"\mathrm{Var}_{x \sim g}[x]", GAMMA.var()),
    (r"\mathbb{E}_{z \sim q}[z]", 0.3),
    (r"\mathbb{E}_{q(z)}[z^2]", 0.25 + 0.09),
    (r"\mathbb{E}_{x \sim \mathcal{N}(a, b^2)}[x^2]", 13.0),
    (r"\mathbb{E}_{\mathcal{N}(x; a, b^2)}[x^2]", 13.0),
    (r"\mathbb{E}_{\mathcal{N}(x | a, b^2)}[x^2]", 13.0),
    (r"\mathbb{E}_{x \sim \mathcal{N}(\cdot; a, b^2)}[x^2]", 13.0),
    (r"\mathbb{E}_P[x]", 1.3),
    (r"\int_{-\infty}^{\infty} N(x) x \, dx", 0.4),
    (r"\int N(x) x^2 \, dx", 1.7**2 + 0.16),
    (r"\int_0^1 \sqrt{t} \, dt", 2 / 3),
    (r"\int_0^a \int_0^b x y \, dx \, dy", 4.5 * 2),
    (r"D(P || g)", 1.3 - GAMMA.mean()),
    (r"q(a)", stats.norm(0.3, 0.5).pdf(2)),
    (r"q(a; b)", stats.norm(3, 0.5).pdf(2)),
    (r"f(a) + f(0)", np.tanh(2)),
    (r"\mathcal{N}(a; b, c^2)", stats.norm(3, 5).pdf(2)),
    (r"\mathcal{N}(\boldsymbol{w}; \boldsymbol{w}, A A^\top)", stats.multivariate_normal(W, A @ A.T).pdf(W)),
    (r"\mathbb{1}[a < b] + \mathbb{1}[a = b]", 1.0),
    (r"\begin{cases} a & a > b \\ b & \text{otherwise} \end{cases}", 3.0),
    (r"\binom{c}{2} + b!", 16.0),
    (r"\lfloor c / a \rfloor + \lceil c / a \rceil", 5.0),
    (r"\begin{pmatrix} a & b \\ b & c \end{pmatrix}", [[2, 3], [3, 5]]),
    (r"\max_{i} y^{(i)}", Y.max()),
    (r"\min(a, b)", 2.0),
    (r"\sum_{k \in \{1, \dots, m\}} k", 15.0),
    (r"\frac{d}{da} \log a", 0.5),
    (r"\nabla_{\boldsymbol{w}} \|\boldsymbol{w}\|_2^2", 2 * W),
    (r"\frac{\partial}{\partial a} (a^2 b)", 12.0),
    (r"\sigma", None),
]


def environment(notation: Notation = NOTATION) -> Environment:
    return Draw(notation).environment()


def value(latex: str, notation: Notation = NOTATION) -> Any:
    result = value_of(parse(latex, notation.declared), environment(notation))
    assert isinstance(result, Array)
    return result.values


@pytest.mark.parametrize(
    ("latex", "expected"), [pair for pair in VALUES if pair[1] is not None], ids=lambda v: str(v)[:60]
)
def test_a_formula_has_the_value_of_an_independent_route(latex: str, expected: Any) -> None:
    np.testing.assert_allclose(value(latex), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (3, "Notation: the key 3 is no text: write the name in LaTeX, as in 'x_i'"),
        ("e^2", "Notation: `e^2` is a power of `e`, which has a value, too: bind one of them"),
        ("h_{0:3}", "Notation: `h_{0:3}` must be bound to an array of 4 entries"),
    ],
)
def test_a_key_that_cannot_be_declared_says_how_to_write_it(key: Any, message: str) -> None:
    assert Notation({key: np.sin}).problem == message


REFUSALS = [
    (r"\gamma + 1", r"`\gamma` has no binding: add `\gamma` to the notation"),
    (r"h_i(a)", "`h_{i}(…)` has no binding: add `h_{i}(a)` to the notation"),
    (r"h(a)", "`h(…)` has no binding: add `h(…)` to the notation"),
    (r"\boldsymbol{w}^\top + \boldsymbol{w}", "shapes do not fit: a row of 3 and a vector of 3"),
    (r"\boldsymbol{w} \boldsymbol{w}", r"a vector of 3 times a vector of 3: write x^\top y or x \odot y"),
    (r"X \boldsymbol{y}", "shapes do not fit: an array of shape 5 x 3 times a vector of 5"),
    (r"\sum_{i=1}^{m+1} y^{(i)}", "`y^{(i)}`: the index runs from 1 to 6, the entries from 1 to 5"),
    (r"\sum_{i=0}^{m} y^{(i)}", "`y^{(i)}`: the index runs from 0 to 5, the entries from 1 to 5"),
    (r"\sum_{i=3}^{2} y^{(i)}", "`i` ranges over nothing"),
    (r"\sum_{i=1}^{a/b} i", "the bounds of `i` are 1 and 0.666667, which are not whole numbers"),
    (r"\mathbb{E}[a]", None),
    (r"P + 1", "`P` stands alone, but the notation declares `P(x)`"),
    (r"y + 1", "`y` stands without its sample index: the notation declares `y^{(i)}`"),
    (r"\mathbb{E}_{x \sim P}[x^{(i)}]", None),
    (r"\int_{3 < t < 2} t \, dt", "the integral runs from 3 to 2: its bounds must be in order"),
    (r"\det X", "det asks for a square matrix"),
]


@pytest.mark.parametrize(("latex", "message"), REFUSALS, ids=[latex for latex, _ in REFUSALS])
def test_a_formula_without_a_value_says_what_is_missing(latex: str, message: str | None) -> None:
    with pytest.raises(EvaluationError) as raised:
        value(latex)
    if message is not None:
        assert raised.value.message == message


def test_the_densities_of_far_points_do_not_underflow_in_a_logarithm() -> None:
    notation = Notation({"p(x)": stats.norm(), "t": 60.0})
    assert value(r"\log p(t)", notation) == pytest.approx(stats.norm.logpdf(60.0))
    assert value(r"\log \frac{p(t)}{p(t)^2}", notation) == pytest.approx(-stats.norm.logpdf(60.0))


def test_zero_times_the_logarithm_of_zero_is_zero() -> None:
    law = stats.rv_discrete(values=([0, 1], [0.0, 1.0]))
    assert value(r"\sum_x P(x) \log P(x)", Notation({"P(x)": law})) == 0.0


def test_a_function_that_does_not_broadcast_is_called_point_by_point() -> None:
    def step(t: float) -> float:
        return 1.0 if t > 0 else 0.0

    notation = Notation({"h(t)": step, "t": Variable(Box(-1, 1))})
    points = environment(notation).bound["t"].values
    np.testing.assert_array_equal(value("h(t)", notation), np.where(points > 0, 1.0, 0.0))


def test_a_function_that_broadcasts_wrongly_is_called_point_by_point() -> None:
    notation = Notation({"h(t)": lambda t: t / np.max(t), "t": Variable(Box(1, 2))})
    np.testing.assert_array_equal(value("h(t)", notation), np.ones(8))


def test_a_function_that_raises_is_named_with_what_it_raised() -> None:
    notation = Notation({"h(t)": lambda t: t.missing, "a": 1.0})
    with pytest.raises(
        EvaluationError, match=r"h\(t\) raised AttributeError: 'float' object has no attribute 'missing'"
    ):
        value("h(a)", notation)


@pytest.mark.parametrize(
    "law", [stats.norm(3, 2), stats.gamma(0.3), stats.t(5), stats.lognorm(1.2), stats.expon(2), stats.poisson(3.3),
            stats.binom(7, 0.2), stats.geom(0.1)], ids=lambda law: str(law.dist.name)
)  # fmt: skip
def test_an_expectation_under_a_scipy_law_is_exact(law: Any) -> None:
    notation = Notation({"p(x)": law})
    np.testing.assert_allclose(value(r"-\mathbb{E}_{x \sim p}[\log p(x)]", notation), law.entropy(), rtol=1e-11)


def test_an_expectation_under_a_joint_normal_law_is_exact() -> None:
    covariance = A @ A.T
    notation = Notation({r"p(\boldsymbol{x})": stats.multivariate_normal(W, covariance), "B": A})
    expected = np.trace(A @ covariance) + W @ A @ W
    got = value(r"\mathbb{E}_{\boldsymbol{x} \sim p}[\boldsymbol{x}^\top B \boldsymbol{x}]", notation)
    np.testing.assert_allclose(got, expected, rtol=1e-11)


def test_both_faces_of_a_letter_are_two_symbols_where_both_are_declared() -> None:
    notation = Notation({"x": 2.0, r"\mathbf{x}": np.array([1.0, 2.0])})
    assert value(r"x + \boldsymbol{x}^\top \mathbf{x}", notation) == 7.0


def test_an_index_that_is_a_bound_number_makes_a_name() -> None:
    notation = Notation({"n": 3, "I_n": np.eye(3), "A": A, "x_i": W})
    np.testing.assert_array_equal(value("A I_n", notation), A)
    assert value(r"\sum_{i=1}^n x_i", notation) == pytest.approx(W.sum())


def test_the_sigmoid_of_a_sum_agrees_with_scipy() -> None:
    notation = Notation({r"\sigma(t)": special.expit, "t": Variable(Box(-5, 5))})
    points = replace(environment(notation)).bound["t"].values
    np.testing.assert_allclose(value(r"\frac{1}{1 + e^{-t}}", notation), special.expit(points))


def test_a_section_binds_a_name_of_the_post_anew_however_it_is_spelled() -> None:
    common = Notation({r"\varphi": 1.0, "x_i": np.array([1.0, 2.0]), "a": 3.0}, rtol=0.1)
    section = common | {r"\phi": 2.0, "x_j": np.array([5.0])}
    assert (list(section.bindings), section.rtol, section.problem) == (["a", r"\phi", "x_j"], 0.1, "")
