"""Functions, constants and relations whose meaning is fixed by custom: one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy import special, stats

from mathpost.evaluation import balls
from mathpost.evaluation.divergence import kl_divergence
from mathpost.evaluation.environment import Function
from mathpost.evaluation.laws import Family
from mathpost.evaluation.matrices import rank_of
from mathpost.evaluation.values import Array, Numbers, mapped
from mathpost.ground.errors import EvaluationError

CONSTANTS: Mapping[str, float] = {
    "\\pi": np.pi,
    "e": np.e,
    "\\infty": np.inf,
    "\\degree": np.pi / 180,
    "\\%": 0.01,
}

ELEMENTARY: Mapping[str, Callable[[Numbers], Numbers]] = {
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sec": lambda x: 1 / np.cos(x),
    "csc": lambda x: 1 / np.sin(x),
    "cot": lambda x: 1 / np.tan(x),
    "arcsin": np.arcsin,
    "arccos": np.arccos,
    "arctan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "coth": lambda x: 1 / np.tanh(x),
    "sech": lambda x: 1 / np.cosh(x),
    "csch": lambda x: 1 / np.sinh(x),
    "arsinh": np.arcsinh,
    "arcosh": np.arccosh,
    "artanh": np.arctanh,
    "sgn": np.sign,
    "sign": np.sign,
    "erf": special.erf,
    "Gamma": special.gamma,
}


EXACT_CONSTANTS: Mapping[str, Callable[[], Numbers]] = {
    "\\pi": balls.pi,
    "e": balls.euler,
    "\\degree": balls.degree,
    "\\%": partial(balls.written, "0.01"),
}


def elementary(name: str, operand: Array) -> Array:
    """A function of numbers at every entry."""
    if operand.in_balls:
        if name not in balls.FUNCTIONS:
            raise EvaluationError(f"{name} has no ball")
        return mapped(partial(balls.each, balls.FUNCTIONS[name]), operand)
    return mapped(ELEMENTARY[name], operand)


def _of_square(
    function: Callable[[Numbers], Numbers], name: str, rank: int, of_balls: Callable[[Numbers], Numbers] | None = None
) -> Callable[[Array], Array]:
    def apply(operand: Array) -> Array:
        if operand.rank != 2 or operand.core[0] != operand.core[1]:
            raise EvaluationError(f"{name} asks for a square matrix")
        if of_balls and operand.in_balls:
            return Array(of_balls(operand.values), rank)
        return Array(function(operand.values), rank)

    return apply


def _diagonal(operand: Array) -> Array:
    if operand.rank == 1:
        return Array(operand.values[..., None] * np.eye(operand.core[0]), 2)
    if operand.rank == 2:
        return Array(np.diagonal(operand.values, axis1=-2, axis2=-1), 1)
    raise EvaluationError("diag asks for a vector or a matrix")


def _stacked(operand: Array) -> Array:
    """The columns of a matrix, one below another."""
    if operand.rank != 2:
        raise EvaluationError("vec asks for a matrix")
    return Array(np.swapaxes(operand.values, -1, -2).reshape((*operand.batch, -1)), 1)


def _extremum(reduce: Callable[..., Numbers], of_balls: Callable[..., Numbers]) -> Callable[[Array], Array]:
    def apply(operand: Array) -> Array:
        if operand.rank != 1:
            raise EvaluationError("max and min ask for a list or a vector")
        return Array((of_balls if operand.in_balls else reduce)(operand.values, axis=-1), 0)

    return apply


MATRIX_FUNCTIONS: Mapping[str, Callable[[Array], Array]] = {
    "det": _of_square(np.linalg.det, "det", 0, balls.determinant),
    "tr": _of_square(lambda a: np.trace(a, axis1=-2, axis2=-1), "tr", 0),
    "diag": _diagonal,
    "vec": _stacked,
    "rank": rank_of,
    "max": _extremum(np.max, balls.greatest),
    "min": _extremum(np.min, balls.least),
}

RELATIONS: Mapping[str, Callable[..., Numbers]] = {
    "=": np.equal,
    "\\neq": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "\\leq": np.less_equal,
    "\\geq": np.greater_equal,
}


def _normal(mean: Any, variance: Any) -> Any:
    """The normal law by mean and variance, or by mean vector and covariance matrix; the mean 0 is that of any size.

    Means of two axes are those of a batch, and so are their variances. Errors: EvaluationError for what is no variance.
    """
    if np.ndim(variance) != 2 or np.ndim(mean) == 2:
        if np.ndim(mean) > np.ndim(variance) or not np.all(np.asarray(variance) > 0):
            raise EvaluationError(f"a normal law with the mean {mean} and the variance {variance} does not exist")
        return stats.norm(mean, np.sqrt(variance))
    size = len(variance)
    centre = np.zeros(size) if np.ndim(mean) == 0 and mean == 0 else np.asarray(mean)
    if np.shape(variance) != (size, size) or centre.shape != (size,) or not _is_covariance(variance):
        raise EvaluationError(
            "a normal law asks for as many means as its covariance matrix, positive definite, has rows"
        )
    return stats.multivariate_normal(centre, variance)


def _spherical(mean: Any, variance: Any) -> Any:
    """The normal law that has one variance in all directions."""
    return _normal(mean, variance if np.ndim(mean) == 0 else variance * np.eye(len(mean)))


def _is_covariance(matrix: Numbers) -> bool:
    return bool(np.allclose(matrix, matrix.T) and np.linalg.eigvalsh(matrix).min() > 0)


def _law_of(law: Any, *ranges: tuple[float, float]) -> Callable[..., Any]:
    """A family of SciPy's by parameters that lie between bounds. Errors: EvaluationError for those that do not."""

    def of(*parameters: Any) -> Any:
        for value, (low, high) in zip(parameters, ranges, strict=True):
            if not np.all((np.asarray(value) >= low) & (np.asarray(value) <= high)):
                raise EvaluationError(
                    f"a law with the parameter {value} does not exist: it lies in [{low:g}, {high:g}]"
                )
        return law(*parameters)

    return of


_POSITIVE, _PROBABILITY, _ANY = (np.nextafter(0, 1), np.inf), (0.0, 1.0), (-np.inf, np.inf)
FAMILIES: Mapping[str, tuple[Callable[..., Any], int]] = {
    "Bernoulli": (_law_of(stats.bernoulli, _PROBABILITY), 1),
    "Beta": (_law_of(stats.beta, _POSITIVE, _POSITIVE), 2),
    "Binomial": (_law_of(stats.binom, (0, np.inf), _PROBABILITY), 2),
    "Poisson": (_law_of(stats.poisson, (0, np.inf)), 1),
    "Uniform": (_law_of(lambda low, high: stats.uniform(low, high - low), _ANY, _ANY), 2),
}
"""Families whose parameters custom agrees on; those of Gamma and Exp it does not."""
ABBREVIATED = {
    "Ber": "Bernoulli",
    "Bern": "Bernoulli",
    "Bin": "Binomial",
    "Binom": "Binomial",
    "Pois": "Poisson",
    "Poi": "Poisson",
    "Unif": "Uniform",
    "\\mathcal{U}": "Uniform",
}


def _families(name: str, family: Callable[..., Any], count: int) -> tuple[Function, ...]:
    """A family in all its spellings: `Beta(x; a, b)`, `Beta(x | a, b)`."""
    own = ("\\cdot", *(f"\\cdot_{place}" for place in range(count)))
    return tuple(Function(name, own, (bar, *(",",) * (count - 1)), count, Family(family, count)) for bar in (";", "|"))


DIVERGENCES = ("D_{KL}", "KL")
"""Names of the divergence of Kullback and Leibler, with a double bar between its arguments."""
ISOTROPIC = "\\cdot_{\\mathcal{N}}"
STANDARD_FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    **{
        name: tuple(Function(name, ("\\cdot", "\\mu", "\\Sigma"), (bar, ","), 2, law) for bar in (";", "|"))
        for name, law in (("\\mathcal{N}", _normal), (ISOTROPIC, Family(_spherical, 2)))
    },
    **{name: (Function(name, ("\\cdot", "\\cdot_1"), ("||",), 0, kl_divergence),) for name in DIVERGENCES},
    **{name: _families(name, *FAMILIES[name]) for name in FAMILIES},
    **{short: _families(short, *FAMILIES[name]) for short, name in ABBREVIATED.items()},
}
