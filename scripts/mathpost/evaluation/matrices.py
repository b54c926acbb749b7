"""Functions of matrices, blocks, ranks: what asks for a whole matrix and has no ball."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import linalg

from mathpost.evaluation import balls
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.values import Array, Numbers, batch_axes, multiply, shape_of
from mathpost.ground.errors import AmbiguousValue, EvaluationError

FORM = "f(A)"
ORDER = "prod"
IMAGINARY = 1e-9
NEARLY_DEPENDENT = (1e-13, 1e-8)
"""Singular values, beside the greatest, of which nobody can say whether they are zero."""

OF_MATRICES: Mapping[str, Callable[[Numbers], Numbers]] = {
    "exp": linalg.expm,
    "log": linalg.logm,
    "sqrt": linalg.sqrtm,
    "sin": linalg.sinm,
    "cos": linalg.cosm,
    "sinh": linalg.sinhm,
    "cosh": linalg.coshm,
    "tanh": linalg.tanhm,
}


def is_square(operand: Array) -> bool:
    return operand.rank == 2 and operand.core[0] == operand.core[1]


def takes_matrix(shown: str, environment: Environment) -> bool:
    """Whether a function of a square matrix is the matrix function, not one of its entries.

    Errors: AmbiguousValue where neither the formula nor the notation says so.
    """
    chosen = environment.readings.get(FORM)
    if chosen is None:
        raise AmbiguousValue(
            f"`{shown}` may be the function of the matrix, or be taken entry by entry: bind the one that is meant "
            f'under a name of its own, or choose for the whole notation, reading={{"{FORM}": …}} with "matrix" or '
            '"entries"',
            FORM,
        )
    return chosen == "matrix"


def of_matrices(environment: Environment) -> Environment:
    """Inside of a trace or a determinant a function of a matrix is the matrix function."""
    return environment.reading(FORM, "matrix")


def matrix_function(name: str, operand: Array) -> Array:
    """Errors: EvaluationError where it is not known, or not real."""
    if name not in OF_MATRICES or operand.in_balls:
        raise EvaluationError(f"{name} of a matrix is not evaluated: bind it in the notation")
    return _each(OF_MATRICES[name], operand, name)


def whole_power(base: Array, exponent: Array) -> Array:
    """Whole powers of a matrix, or of each matrix of a batch, as the terms of a series have them."""
    axes = batch_axes(base, exponent)
    matrices, exponents = base.with_axes(axes), exponent.with_axes(axes).astype(int)
    batch = np.broadcast_shapes(matrices.shape[:axes], exponents.shape)
    raised = balls.matrix_power if base.in_balls else np.linalg.matrix_power
    values = np.empty(batch + base.core, dtype=matrices.dtype)
    for power in np.unique(exponents):
        values = np.where(exponents[..., None, None] == power, raised(matrices, int(power)), values)
    return Array(values, 2)


def fractional_power(operand: Array, exponent: float) -> Array:
    if operand.in_balls:
        raise EvaluationError("this power of a matrix has no ball")
    return _each(lambda matrix: linalg.fractional_matrix_power(matrix, exponent), operand, "this power")


def _each(function: Callable[[Numbers], Numbers], operand: Array, name: str) -> Array:
    batch = operand.batch
    values = np.array([function(operand.values[point]) for point in np.ndindex(*batch)])
    if np.iscomplexobj(values):
        if np.abs(values.imag).max() > IMAGINARY * np.abs(values).max():
            raise EvaluationError(f"{name} of this matrix is not real")
        values = values.real
    return Array(values.reshape(operand.values.shape), 2)


def product_in_order(factors: Array, inside: Numbers | None, shown: str, environment: Environment) -> Array:
    """The product of the matrices along the innermost batch axis; those that are not inside are left out.

    Errors: AmbiguousValue where the notation does not say whether the last or the first stands on the right.
    """
    if not is_square(factors):
        raise EvaluationError(f"`{shown}` multiplies {shape_of(factors)} with others: write the factors in order")
    axis, values = len(factors.batch) - 1, factors.values
    if values.shape[axis] > 1 and environment.readings.get(ORDER) is None:
        raise AmbiguousValue(
            f"`{shown}` is a product of matrices, of which the first may stand on the left or on the right: choose, "
            f'reading={{"{ORDER}": …}} with "rising", from left to right, or "falling"',
            ORDER,
        )
    if inside is not None:
        unit = balls.given(np.eye(factors.core[0], dtype=int)) if factors.in_balls else np.eye(factors.core[0])
        values = np.where(inside[..., None, None], values, unit)
    found = [Array(each, 2) for each in np.moveaxis(values, axis, 0)]
    total, *others = found if environment.readings.get(ORDER) != "falling" else found[::-1]
    for factor in others:
        total = multiply(total, factor)
    return total


def rank_of(operand: Array) -> Array:
    """The rank, by singular values. Errors: EvaluationError where one of them is neither zero nor anything else."""
    if operand.rank != 2:
        raise EvaluationError(f"rank asks for a matrix, not for {shape_of(operand)}")
    values = np.linalg.svd(operand.values.astype(float), compute_uv=False)
    share = values / np.maximum(values[..., :1], np.finfo(float).tiny)
    low, high = NEARLY_DEPENDENT
    if np.any((share > low) & (share < high)):
        raise EvaluationError("the rows of a matrix are so nearly dependent that float64 cannot tell its rank")
    return Array((share >= high).sum(axis=-1).astype(float), 0)


def block(rows: list[list[Array]]) -> Array:
    """A matrix of blocks: of matrices, columns, rows and numbers; the number 0 is a block of any size."""
    flat = [entry for row in rows for entry in row]
    axes = batch_axes(*flat)
    heights = [max((_height(entry) or 1) for entry in row) for row in rows]
    widths = [max((_width(row[place]) or 1) for row in rows) for place in range(len(rows[0]))]
    parts = [
        [_filled(entry, axes, height, width) for entry, width in zip(row, widths, strict=True)]
        for row, height in zip(rows, heights, strict=True)
    ]
    batch = np.broadcast_shapes(*(part.shape[:axes] for row in parts for part in row))
    whole = np.concatenate(
        [np.concatenate([np.broadcast_to(p, batch + p.shape[axes:]) for p in row], axis=-1) for row in parts], axis=-2
    )
    if whole.shape[-1] == 1:
        return Array(whole[..., 0], 1)
    if all(entry.rank <= 1 and (entry.is_row or entry.rank == 0) for entry in flat) and len(rows) == 1:
        return Array(whole[..., 0, :], 1, is_row=True)
    return Array(whole, 2)


def _height(entry: Array) -> int | None:
    if entry.rank == 1:
        return 1 if entry.is_row else entry.core[0]
    return entry.core[0] if entry.rank == 2 else None


def _width(entry: Array) -> int | None:
    if entry.rank == 1:
        return entry.core[0] if entry.is_row else 1
    return entry.core[1] if entry.rank == 2 else None


def _filled(entry: Array, axes: int, height: int, width: int) -> Numbers:
    values = entry.with_axes(axes)
    if entry.rank > 2:
        raise EvaluationError(f"{shape_of(entry)} is no block of a matrix")
    if entry.rank == 1:
        values = values[..., None, :] if entry.is_row else values[..., :, None]
    if entry.rank == 0:
        if (height, width) != (1, 1) and not np.all(entry.values == 0):
            raise EvaluationError("a number beside blocks must be 0: write the block")
        values = np.broadcast_to(values[..., None, None], (*values.shape, height, width))
    if values.shape[-2:] != (height, width):
        raise EvaluationError(f"the blocks of a matrix do not fit: {shape_of(entry)} where {height} x {width} belong")
    return values
