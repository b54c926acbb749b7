"""Arrays with batch axes: what a formula evaluates to.

Every bound variable (a sum's index, the variable of an expectation or an integral, a point where a claim is tried)
opens one batch axis, the outermost first. A value carries only the leading axes it depends on, so two values are
aligned by filling in axes of length one *behind* the batch axes of the shorter one, before the axes of the value
itself. In this way a double sum or the expectation of a sum is one vectorised pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mathpost.errors import EvaluationError

Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Array:
    """`values` has shape batch + core; the last `rank` axes are the value itself (0 scalar, 1 vector, 2 matrix)."""

    values: Numbers
    rank: int

    @property
    def batch(self) -> tuple[int, ...]:
        return self.values.shape[: self.values.ndim - self.rank]

    @property
    def core(self) -> tuple[int, ...]:
        return self.values.shape[self.values.ndim - self.rank :]

    def with_axes(self, axes: int, rank: int | None = None) -> Numbers:
        """The values with `axes` batch axes, and a scalar with as many trailing axes as a `rank` asks for."""
        fill = (1,) * (axes - len(self.batch))
        extra = (1,) * ((rank or 0) - self.rank)
        return self.values.reshape(self.batch + fill + self.core + extra)


def constant(value: object) -> Array:
    """A value that depends on no bound variable. Errors: EvaluationError if it is not made of numbers."""
    values = np.asarray(value)
    if values.dtype.kind not in "biuf":
        raise EvaluationError(f"{value!r} is not a number or an array of numbers")
    return Array(values.astype(float), values.ndim)


def batch_axes(*arrays: Array) -> int:
    return max(len(array.batch) for array in arrays)


def shape_of(array: Array) -> str:
    return {0: "a number", 1: f"a vector of {array.core[0]}" if array.core else ""}.get(
        array.rank, "an array of shape " + " x ".join(map(str, array.core))
    )


def elementwise(operation: Callable[..., Numbers], *operands: Array) -> Array:
    """Apply a ufunc to operands of one shape. Errors: EvaluationError where the shapes differ."""
    if len({operand.core for operand in operands}) > 1:
        raise EvaluationError("shapes do not fit: " + " and ".join(map(shape_of, operands)))
    axes = batch_axes(*operands)
    return Array(operation(*(operand.with_axes(axes) for operand in operands)), operands[0].rank)


def scaled(operation: Callable[..., Numbers], left: Array, right: Array) -> Array:
    """Apply a ufunc where at least one operand is a scalar."""
    rank, axes = max(left.rank, right.rank), batch_axes(left, right)
    return Array(operation(left.with_axes(axes, rank), right.with_axes(axes, rank)), rank)


def multiply(left: Array, right: Array) -> Array:
    """The product of two numbers, of a number and an array, or the matrix product.

    A transposed vector is a matrix of one row, so that `w^T x` is a number and `x x^T` a matrix. Zero times an
    infinite value is zero: the convention 0 log 0 = 0 (Cover and Thomas, Elements of Information Theory, 2.1).
    """
    if left.rank == 0 or right.rank == 0:
        return scaled(_product, left, right)
    if left.rank == 1 and right.rank == 1:
        raise EvaluationError(f"{shape_of(left)} times {shape_of(right)}: write x^\\top y or x \\odot y")
    return _matrix_product(left, right)


def _product(left: Numbers, right: Numbers) -> Numbers:
    with np.errstate(invalid="ignore"):
        product: Numbers = left * right
    vanishing = ((left == 0) & np.isinf(right)) | ((right == 0) & np.isinf(left))
    return np.where(vanishing, 0.0, product)


def _matrix_product(left: Array, right: Array) -> Array:
    axes = batch_axes(left, right)
    a, b = left.with_axes(axes), right.with_axes(axes)
    if left.rank == 1:
        a = a[..., :, None]
    if right.rank == 1:
        b = b[..., :, None]
    if a.shape[-1] != b.shape[-2]:
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} times {shape_of(right)}")
    product: Numbers = np.matmul(a, b)
    if right.rank == 1 and product.shape[-2] == 1:
        return Array(product[..., 0, 0], 0)
    if right.rank == 1:
        return Array(product[..., 0], 1)
    return Array(product, 2)


def transpose(operand: Array) -> Array:
    if operand.rank == 0:
        return operand
    if operand.rank == 1:
        return Array(operand.values[..., None, :], 2)
    return Array(np.swapaxes(operand.values, -1, -2), 2)


def reduce_last(operation: Callable[..., Numbers], array: Array, axes: int, length: int) -> Array:
    """Reduce the innermost of `axes` batch axes, of `length` points, also where the value does not depend on it."""
    values = array.with_axes(axes)
    batch = (*values.shape[: axes - 1], length)
    full = np.broadcast_to(values, batch + array.core)
    return Array(operation(full, axis=axes - 1), array.rank)
