"""Numbers of any size that know their error: balls, a midpoint and a radius, of Arb (Johansson, 2017) by python-flint.

An array of balls is a NumPy array of objects, so that sums, products and comparisons are NumPy's; what NumPy cannot do
with objects stands here. A result is as sure as what went in: a number of the text and a whole number of any size are
exact, and a float that reads as a short decimal is that decimal; any other float was computed, with an error of
`GIVEN_ERROR` of its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import comb
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from mathpost.ground.errors import EvaluationError

Balls: TypeAlias = NDArray[Any]

GIVEN_ERROR = 1e-13
_given_error = GIVEN_ERROR
WRITTEN_DIGITS = 8
LARGEST_PRODUCT = 2_000_000
WELL_KNOWN = 1e-6
TIGHT = 1e-20
SEARCH_BITS = 64
BITS = 256


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


@contextmanager
def taken_exactly() -> Iterator[None]:
    """Inside, the floats of a notation are what they are, without an error: for what cancels and is compared later."""
    global _given_error
    before, _given_error = _given_error, 0.0
    try:
        yield
    finally:
        _given_error = before


def ball(number: float) -> Any:
    return arb(number)


def root_of(number: float) -> Any:
    return arb(number).sqrt().mid()


def middle(value: Any) -> Any:
    """A ball without its error, 0 if it may be that; a float as it is."""
    if not isinstance(value, arb):
        return float(value)
    return arb(0) if value.contains(0) else value.mid()


def is_finite_number(value: Any) -> bool:
    """Whether a value is finite, and, as a ball, known to a part of its size or of 1."""
    if not isinstance(value, arb):
        return bool(np.isfinite(value))
    return bool(value.is_finite() and value.rad() <= WELL_KNOWN * max(arb(1), abs(value.mid())))


def each(function: Callable[..., Any], *arrays: Any) -> Balls:
    """A function of balls, at every entry."""
    return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


def written(text: str) -> Balls:
    return np.array(arb(text), dtype=object)


def given(value: object) -> Balls:
    """What a notation binds: whole numbers and short decimals as they read, other floats with their error."""
    return each(_given, np.asarray(value))


def at_points(values: Any) -> Balls:
    """The values of a variable, which are exactly these."""
    return each(_point, values)


def computed(values: Any) -> Balls:
    """What an author's function gave."""
    return each(lambda value: arb(float(value), GIVEN_ERROR * abs(float(value))), values)


def within(values: Any, errors: Any) -> Balls:
    """Values of float64 that are known to an error of each."""
    return each(lambda value, error: arb(float(value), GIVEN_ERROR * abs(float(value)) + float(error)), values, errors)


def from_logarithms(logarithms: Any) -> Balls:
    return each(lambda value: arb(float(value), GIVEN_ERROR * max(1.0, abs(float(value)))).exp(), logarithms)


def is_computed(value: object) -> bool:
    """Whether something among given numbers is known to float64 accuracy only."""
    return any(not isinstance(number, int) and not _is_written(float(number)) for number in np.asarray(value).flat)


def _is_written(number: float) -> bool:
    digits = repr(number).split("e")[0].replace(".", "").strip("-0")
    return number.is_integer() or len(digits) <= WRITTEN_DIGITS


def _given(value: Any) -> arb:
    number = value if isinstance(value, int) else float(value)
    if isinstance(number, int) or number.is_integer():
        return arb(int(number))
    return arb(repr(number)) if _is_written(number) else arb(number, _given_error * abs(number))


def _point(value: Any) -> arb:
    number = float(value)
    return arb(repr(number)) if np.isfinite(number) and _is_written(number) else arb(number)


def are_finite(values: Balls) -> bool:
    return all(ball.is_finite() if isinstance(ball, arb) else bool(np.isfinite(ball)) for ball in values.flat)


def log_sizes(values: Balls) -> NDArray[np.float64]:
    """The logarithms of the sizes, as floats: finite also where the values are beyond float64."""
    return np.array([float(log(abs(arb(ball).mid())).mid()) for ball in values.flat]).reshape(values.shape)


def are_tight(values: Balls) -> bool:
    """Whether no value among them is known to float64 only."""
    return all(ball.is_finite() and ball.rad() <= TIGHT * max(arb(1), abs(ball.mid())) for ball in values.flat)


def whole_numbers(values: Balls) -> Balls | None:
    """Python's whole numbers, where each ball is known to hold one and nothing else; else None."""
    exact = as_balls(values)
    if not all(ball.is_exact() and ball.is_integer() for ball in exact.flat):
        return None
    return each(lambda ball: int(ball.unique_fmpz()), exact)


def remainder(number: Any, modulus: Any) -> Balls:
    """What is left of a number beside a whole multiple of another, at least 0: 17 mod 5 is 2."""
    return each(lambda a, n: arb(a) - arb(n) * (arb(a) / arb(n)).floor(), number, modulus)


def midpoints(values: Balls) -> Balls:
    return each(lambda ball: ball.mid(), values)


def smallest_step() -> Any:
    """The step of a difference quotient of eighth order whose truncation is lost behind the last digit."""
    return arb(2) ** -(ctx.prec // 6)


def pi() -> Balls:
    return np.array(arb.pi(), dtype=object)


def degree() -> Balls:
    """180 of them are pi."""
    return np.array(arb.pi() / 180, dtype=object)


def euler() -> Balls:
    return np.array(arb.const_e(), dtype=object)


def log(ball: arb) -> arb:
    return arb.neg_inf() if ball.is_zero() else ball.log()


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": lambda x: x.exp(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "sec": lambda x: x.sec(),
    "csc": lambda x: x.csc(),
    "cot": lambda x: x.cot(),
    "arcsin": lambda x: x.asin(),
    "arccos": lambda x: x.acos(),
    "arctan": lambda x: x.atan(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "coth": lambda x: x.coth(),
    "sech": lambda x: x.sech(),
    "csch": lambda x: x.csch(),
    "arsinh": lambda x: x.asinh(),
    "arcosh": lambda x: x.acosh(),
    "artanh": lambda x: x.atanh(),
    "sgn": lambda x: x.sgn(),
    "sign": lambda x: x.sgn(),
    "erf": lambda x: x.erf(),
    "Gamma": lambda x: x.gamma(),
    "log": log,
    "abs": abs,
    "floor": lambda x: x.floor(),
    "ceil": lambda x: x.ceil(),
}


def product(left: Any, right: Any) -> Balls:
    """Zero times an infinite value is zero, as in `values.multiply`."""

    def times(a: Any, b: Any) -> Any:
        a, b = arb(a), arb(b)
        if (a.is_zero() and not b.is_nan()) or (b.is_zero() and not a.is_nan()):
            return arb(0)
        return a * b

    return each(times, left, right)


def power(base: Any, exponent: Any) -> Balls:
    return each(lambda x, y: _power(arb(x), arb(y)), base, exponent)


def _power(base: Any, exponent: Any) -> Any:
    if not (base.contains(0) and exponent > 0):
        return base**exponent
    if not base.is_zero() and not (exponent.is_exact() and exponent.is_integer()):
        return base**exponent
    # Arb takes the logarithm of a ball around zero
    greatest = abs(base).upper() ** exponent if not base.is_zero() else arb(0)
    return greatest.union(-greatest if (exponent / 2).floor() * 2 != exponent else arb(0))


def root(radicand: Any, degree: Any) -> Balls:
    return each(lambda x, n: x.sqrt() if n == 2 else x ** (1 / arb(n)), radicand, degree)


def factorial(operand: Any) -> Balls:
    return each(lambda x: (x + 1).gamma(), operand)


def binomial(upper: Any, lower: Any) -> Balls:
    def choose(n: Any, k: Any) -> Any:
        if n.is_exact() and k.is_exact() and n.is_integer() and k.is_integer() and k >= 0 and 0 <= n < 100_000:
            return arb(comb(int(n.unique_fmpz()), int(k.unique_fmpz())))
        return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()

    return each(choose, upper, lower)


def greatest(values: Balls, axis: int) -> Balls:
    return np.asarray(np.frompyfunc(lambda a, b: arb(a).max(arb(b)), 2, 1).reduce(values, axis=axis), dtype=object)


def least(values: Balls, axis: int) -> Balls:
    return np.asarray(np.frompyfunc(lambda a, b: arb(a).min(arb(b)), 2, 1).reduce(values, axis=axis), dtype=object)


def norm(values: Balls, order: float, axis: int | tuple[int, ...]) -> Balls:
    """A norm of the entries: all but those of a matrix as a linear map."""
    size = each(abs, values)
    if np.isinf(order) and isinstance(axis, int):
        return greatest(size, axis)
    if order == 2:
        return each(lambda x: x.sqrt(), np.sum(size * size, axis=axis))
    return power(np.sum(power(size, order), axis=axis), 1 / arb(order))


def matrix_product(left: Any, right: Any) -> Balls:
    if left.shape[-2] * right.size > LARGEST_PRODUCT:
        raise EvaluationError("the matrices are too large for balls")
    return np.asarray(np.matmul(left, right), dtype=object)


def determinant(values: Balls) -> Balls:
    return _of_matrices(_determinant, values)


def _determinant(matrix: Balls) -> Any:
    found = arb_mat(matrix.tolist()).det()
    if not (found.is_finite() and (found.rad() <= WELL_KNOWN * abs(found.mid()) or found.is_exact())):
        return _determinant_of_floats(matrix.astype(float), found)
    return found


def _determinant_of_floats(matrix: NDArray[np.float64], found: Any) -> Any:
    """By LU decomposition, with the error that the condition of the matrix allows; what Arb found if that is as bad."""
    sign, logarithm = np.linalg.slogdet(matrix)
    error = GIVEN_ERROR * len(matrix) * float(np.linalg.cond(matrix))
    return int(sign) * arb(float(logarithm), error).exp() if error < WELL_KNOWN and sign else found


def matrix_power(values: Balls, exponent: int) -> Balls:
    def raised(matrix: Balls) -> Balls:
        whole = arb_mat(matrix.tolist())
        whole = whole.inv() if exponent < 0 else whole
        result = arb_mat(np.eye(len(matrix), dtype=int).tolist())
        for _ in range(abs(exponent)):
            result = result * whole
        return np.array(result.tolist(), dtype=object)

    if abs(exponent) > 64:
        raise EvaluationError("this power of a matrix is too high for balls")
    return _of_matrices(raised, values)


def _of_matrices(function: Callable[[Balls], Any], values: Balls) -> Balls:
    batch = values.shape[:-2]
    try:
        results = [function(values[point]) for point in np.ndindex(*batch)]
    except ZeroDivisionError as error:
        raise np.linalg.LinAlgError("Singular matrix") from error
    stacked = np.empty(len(results), dtype=object)
    if not isinstance(results[0], np.ndarray):
        stacked[:] = results
        return stacked.reshape(batch)
    return np.stack(results).reshape(values.shape)


def as_balls(values: Any) -> Balls:
    return each(arb, values)


def bits_of(size: Any) -> int:
    """How many bits a number has before the point."""
    return int((size.log() / arb(2).log()).mid().ceil().unique_fmpz()) if size > 1 else 0


def unit(difference: Any, size: Any) -> Any:
    """What to divide by, so that float64 holds a difference of two values; 1 where it does anyway."""
    outside = [number for number in (abs(difference.mid()), size) if not number.is_zero() and not _fits(number)]
    return outside[0] if outside else 1


def _fits(number: Any) -> bool:
    return bool(1e-290 < number < 1e290)


def fits_float(number: Any) -> bool:
    """Whether float64 tells a number from zero and from infinity."""
    return not isinstance(number, arb) or bool(number.mid().is_zero()) or 0 < abs(float(number.mid())) < np.inf


def shown(ball: Any) -> str:
    """Six digits of a number that float64 cannot hold."""
    return str(ball.mid().str(6, radius=False))
