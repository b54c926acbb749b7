"""Arrays with batch axes: what a formula evaluates to.

Every bound variable (a sum's index, the variable of an expectation or an integral, a point where a claim is tried)
opens one batch axis, the outermost first. A value carries only the leading axes it depends on, so two values are
aligned by filling in axes of length one *behind* the batch axes of the shorter one, before the axes of the value
itself. In this way a double sum or the expectation of a sum is one vectorised pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mathpost.evaluation import balls
from mathpost.ground.errors import EvaluationError

Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Array:
    """`values` has shape batch + core; the last `rank` axes are the value itself (0 scalar, 1 vector, 2 matrix).

    A vector is a column, unless it was transposed (`is_row`). The entries are float64, or balls (`evaluation.balls`) in
    an array of objects.
    """

    values: Numbers
    rank: int
    is_row: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.values, (np.ndarray, np.generic)):  # NumPy hands out a single ball as it is
            object.__setattr__(self, "values", np.array(self.values, dtype=object))

    @property
    def in_balls(self) -> bool:
        return bool(self.values.dtype == object)

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
    values = np.asarray(from_backend(value))
    if values.dtype.kind == "O" and all(isinstance(entry, int) for entry in values.flat):
        values = values.astype(float)
    if values.dtype.kind not in "biufc":
        raise EvaluationError(f"{value!r} is not a number or an array of numbers")
    return Array(numeric(values), values.ndim)


def from_backend(value: Any) -> Any:
    """An array of another library, by the array API standard or by what NumPy asks for; anything else as it is."""
    if isinstance(value, np.ndarray | np.generic) or not hasattr(type(value), "__dlpack__"):
        return value
    held = value.detach() if hasattr(value, "detach") else value  # PyTorch keeps what it derives by
    try:
        return np.asarray(held) if hasattr(type(held), "__array__") else np.from_dlpack(held)
    except (TypeError, RuntimeError, BufferError) as error:
        raise EvaluationError(f"an array of {type(value).__module__} cannot be copied to NumPy: {error}") from error


def numeric(values: Numbers) -> Numbers:
    """Real numbers as float64, complex ones as they are."""
    return values if values.dtype.kind == "c" else values.astype(float)


def rounded(array: Array) -> Array:
    """The nearest float64 of each entry."""
    return replace(array, values=array.values.astype(float)) if array.in_balls else array


def batch_axes(*arrays: Array) -> int:
    return max(len(array.batch) for array in arrays)


def shape_of(array: Array) -> str:
    if array.rank == 0:
        return "a number"
    if array.rank == 1:
        return f"a {'row' if array.is_row else 'vector'} of {array.core[0]}"
    return "an array of shape " + " x ".join(map(str, array.core))


def have_one_shape(*arrays: Array) -> bool:
    return len({(array.core, array.is_row) for array in arrays}) == 1


def mapped(function: Callable[[Numbers], Numbers], operand: Array) -> Array:
    """A function of numbers, at every entry."""
    return replace(operand, values=function(operand.values))


def elementwise(operation: Callable[..., Numbers], *operands: Array) -> Array:
    """Apply a ufunc to operands of one shape. Errors: EvaluationError where the shapes differ."""
    if not have_one_shape(*operands):
        raise EvaluationError("shapes do not fit: " + " and ".join(map(shape_of, operands)))
    axes = batch_axes(*operands)
    return replace(operands[0], values=operation(*(operand.with_axes(axes) for operand in operands)))


def scaled(operation: Callable[..., Numbers], left: Array, right: Array) -> Array:
    """Apply a ufunc where at least one operand is a scalar."""
    rank, axes = max(left.rank, right.rank), batch_axes(left, right)
    values = operation(left.with_axes(axes, rank), right.with_axes(axes, rank))
    return Array(values, rank, left.is_row or right.is_row)


def multiply(left: Array, right: Array) -> Array:
    """The product of two numbers, of a number and an array, or the matrix product of rows, columns and matrices.

    Zero times an infinite value is zero: the convention 0 log 0 = 0 (Cover and Thomas, Elements of Information
    Theory, 2.1). A vector before a matrix is a row there, as in `\\pi P = \\pi`, unless it was transposed.
    """
    if left.rank == 0 or right.rank == 0:
        return scaled(_product, left, right)
    if left.rank == 1 and right.rank == 1 and left.is_row == right.is_row:
        raise EvaluationError(f"{shape_of(left)} times {shape_of(right)}: write x^\\top y or x \\odot y")
    if left.rank > 2 or right.rank > 2:
        return _product_of_stacks(left, right)
    before_matrix = left.rank == 1 and not left.is_row and right.rank == 2
    if before_matrix and left.core == right.core[:1] and right.core[0] > 1:
        return replace(_matrix_product(replace(left, is_row=True), right), is_row=False)
    return _matrix_product(left, right)


def _product_of_stacks(left: Array, right: Array) -> Array:
    """Arrays of more axes are stacks of matrices, along the axes before the last two."""
    if min(left.rank, right.rank) < 2 or (left.rank > 2 and right.rank > 2 and left.core[:-2] != right.core[:-2]):
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} times {shape_of(right)}")
    if left.core[-1] != right.core[-2] or object in (left.values.dtype, right.values.dtype):
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} times {shape_of(right)}")
    axes, rank = batch_axes(left, right), max(left.rank, right.rank)
    a, b = (
        values.reshape(values.shape[:axes] + (1,) * (rank - side.rank) + side.core)
        for side, values in ((left, left.with_axes(axes)), (right, right.with_axes(axes)))
    )
    return Array(np.matmul(a, b), rank)


def _product(left: Numbers, right: Numbers) -> Numbers:
    if object in (left.dtype, right.dtype):
        return balls.product(left, right)
    with np.errstate(invalid="ignore"):
        product: Numbers = left * right
    vanishing = ((left == 0) & np.isinf(right)) | ((right == 0) & np.isinf(left))
    return np.where(vanishing, 0.0, product)


def _matrix_product(left: Array, right: Array) -> Array:
    axes = batch_axes(left, right)
    a, b = _as_matrix(left, axes), _as_matrix(right, axes)
    if a.shape[-1] != b.shape[-2]:
        raise EvaluationError(f"shapes do not fit: {shape_of(left)} times {shape_of(right)}")
    product: Numbers = balls.matrix_product(a, b) if object in (a.dtype, b.dtype) else np.matmul(a, b)
    is_row, is_column = left.rank == 1 and left.is_row, right.rank == 1 and not right.is_row
    if is_row and is_column:
        return Array(product[..., 0, 0], 0)
    if is_row:
        return Array(product[..., 0, :], 1, is_row=True)
    if is_column:
        return Array(product[..., 0], 1)
    return Array(product, 2)


def _as_matrix(array: Array, axes: int) -> Numbers:
    values = array.with_axes(axes)
    if array.rank == 2:
        return values
    return values[..., None, :] if array.is_row else values[..., :, None]


def spread(number: Array, like: Array) -> Array:
    """A number in the shape of an array, as the 0 that an array is said to be equal to."""
    if number.rank or not like.rank:
        return number
    values = number.values.reshape(number.batch + (1,) * like.rank)
    return Array(np.broadcast_to(values, number.batch + like.core), like.rank, like.is_row)


def transpose(operand: Array) -> Array:
    if operand.rank == 0:
        return operand
    if operand.rank == 1:
        return replace(operand, is_row=not operand.is_row)
    return Array(np.swapaxes(operand.values, -1, -2), operand.rank)


def reduce_last(operation: Callable[..., Numbers], array: Array, axes: int, length: int) -> Array:
    """Reduce the innermost of `axes` batch axes, of `length` points, also where the value does not depend on it."""
    values = array.with_axes(axes)
    batch = (*values.shape[: axes - 1], length)
    full = np.broadcast_to(values, batch + array.core)
    return replace(array, values=operation(full, axis=axes - 1))
