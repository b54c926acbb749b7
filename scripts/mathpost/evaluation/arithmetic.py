"""The value of what is built from values: sums, products, powers, norms, matrices, conditions."""

from __future__ import annotations

from math import factorial

import numpy as np
from scipy import special

from mathpost.evaluation import balls
from mathpost.evaluation.applying import entrywise
from mathpost.evaluation.dots import listed, with_dots_reduced
from mathpost.evaluation.elementary import MATRIX_FUNCTIONS, RELATIONS, elementary
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, number_of
from mathpost.evaluation.matrices import (
    block,
    fractional_power,
    is_square,
    matrix_function,
    takes_matrix,
    whole_power,
)
from mathpost.evaluation.places import between_ends
from mathpost.evaluation.sets import contains, counted
from mathpost.evaluation.values import (
    Array,
    Numbers,
    batch_axes,
    constant,
    elementwise,
    mapped,
    multiply,
    rounded,
    scaled,
    shape_of,
    transpose,
)
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import (
    Binary,
    Binomial,
    Cases,
    Factorial,
    Fenced,
    Indicator,
    Inner,
    Matrix,
    Negative,
    Node,
    Norm,
    Power,
    Relation,
    Root,
    Sequence,
    Symbol,
    Transpose,
)

NUCLEAR = (Symbol("*"), Symbol("\\ast"), Symbol("nuc"), Symbol("tr"))
SPECTRAL = (Symbol("op"), Symbol("\\sigma"))
"""Names of norms of matrices: the sum of the singular values, and the greatest of them."""


@evaluate.register
def _(node: Negative, environment: Environment) -> Array:
    return mapped(np.negative, evaluate(node.operand, environment))


@evaluate.register
def _(node: Binary, environment: Environment) -> Array:
    if (whole := with_dots_reduced(node, environment)) is not None:
        return evaluate(whole, environment)
    left, right = evaluate(node.left, environment), evaluate(node.right, environment)
    value = combined(node, left, right)
    if node.operator in ("+", "-") and left.rank != right.rank:
        environment.trace.remarks.add(f"in `{to_latex(node)}` the number stands for a vector of it")
    if value is None:
        shapes = f"{shape_of(left)} `{node.operator}` {shape_of(right)}"
        raise EvaluationError(f"`{to_latex(node)}`: {shapes} has no value")
    return value


def combined(node: Binary, left: Array, right: Array) -> Array | None:  # noqa: C901 - one line for each operator
    """What an operator makes of two values; nothing where it makes nothing of their shapes."""
    match node.operator:
        case "+" | "-":
            operation = np.add if node.operator == "+" else np.subtract
            beside_number = {left.rank, right.rank} == {0, 1}
            return (scaled if beside_number else elementwise)(operation, left, right)
        case "*" if node.dotted and left.rank == right.rank == 1 and not (left.is_row or right.is_row):
            return multiply(transpose(left), right)
        case "*":
            return multiply(left, right)
        case "\\times" if left.rank == right.rank == 0:
            return multiply(left, right)
        case "/" if right.rank == 0:
            return scaled(np.divide, left, right)
        case "entrywise" if left.rank <= 1:
            return elementwise(np.multiply, left, right)
        case "\\oslash" if left.rank <= 1:
            return elementwise(np.divide, left, right)
        case "\\odot" | "\\circ":
            return elementwise(np.multiply, left, right)
        case "\\bmod" if left.rank == right.rank == 0:
            return scaled(balls.remainder if left.in_balls or right.in_balls else np.mod, left, right)
        case "\\otimes" if left.rank == right.rank == 2 and not (left.batch or right.batch):
            return Array(np.kron(left.values, right.values), 2)
    return None


@evaluate.register
def _(node: Power, environment: Environment) -> Array:
    if (between := between_ends(node, environment)) is not None:
        return between
    base, exponent = evaluate(node.base, environment), evaluate(node.exponent, environment)
    if base.rank == 0 and exponent.rank == 0:
        return scaled(balls.power if environment.in_balls else np.power, base, exponent)
    if base.rank == 2 and exponent.rank == 0 and np.all(np.mod(rounded(exponent).values, 1) == 0):
        return whole_power(base, rounded(exponent))
    if is_square(base) and exponent.values.ndim == 0:
        return fractional_power(base, float(rounded(exponent).values))
    if base.rank == 0 and is_square(exponent):
        if takes_matrix(to_latex(node), environment):
            return matrix_function("exp", multiply(mapped(np.log, rounded(base)), rounded(exponent)))
        return scaled(balls.power if environment.in_balls else np.power, base, exponent)
    raise EvaluationError(f"`{to_latex(node)}`: {shape_of(base)} to the power of {shape_of(exponent)} has no value")


@evaluate.register
def _(node: Root, environment: Environment) -> Array:
    degree = evaluate(node.degree, environment) if node.degree else constant(2.0)
    radicand = evaluate(node.radicand, environment)
    if node.degree is None and is_square(radicand) and takes_matrix(to_latex(node), environment):
        return matrix_function("sqrt", radicand)
    return _root(entrywise(radicand, node, environment), degree, environment)


def _root(radicand: Array, degree: Array, environment: Environment) -> Array:
    return scaled(balls.root if environment.in_balls else lambda x, n: np.power(x, 1 / n), radicand, degree)


@evaluate.register
def _(node: Transpose, environment: Environment) -> Array:
    return transpose(evaluate(node.operand, environment))


@evaluate.register
def _(node: Factorial, environment: Environment) -> Array:
    operand = evaluate(node.operand, environment)
    if environment.in_balls:
        return mapped(balls.factorial, operand)
    if operand.values.ndim == 0 and float(operand.values).is_integer() and 0 <= operand.values <= 170:
        return constant(float(factorial(int(operand.values))))
    return scaled(lambda x, one: special.gamma(x + one), operand, constant(1.0))


@evaluate.register
def _(node: Binomial, environment: Environment) -> Array:
    choose = balls.binomial if environment.in_balls else special.binom
    return scaled(choose, evaluate(node.upper, environment), evaluate(node.lower, environment))


@evaluate.register
def _(node: Fenced, environment: Environment) -> Array:
    if node.kind == "abs" and (count := counted(node.operand, environment)) is not None:
        return Array(balls.written(str(count)), 0) if environment.in_balls else constant(float(count))
    operand = evaluate(node.operand, environment)
    if node.kind == "abs" and operand.rank == 2:
        return MATRIX_FUNCTIONS["det"](operand)
    if operand.rank == 1:
        raise EvaluationError(f"`{to_latex(node)}`: write \\| … \\| for the norm of a vector")
    if environment.in_balls:
        return elementary(node.kind, operand)
    return mapped({"abs": np.abs, "floor": np.floor, "ceil": np.ceil}[node.kind], operand)


@evaluate.register
def _(node: Norm, environment: Environment) -> Array:
    operand = evaluate(node.operand, environment)
    axes = tuple(range(-operand.rank, 0))
    if operand.rank == 2 and node.order in NUCLEAR:
        if operand.in_balls:
            raise EvaluationError("this norm of a matrix has no ball")
        return Array(np.linalg.svd(operand.values, compute_uv=False).sum(axis=-1), 0)
    if operand.rank == 2 and node.order in SPECTRAL:
        return Array(_norm_along(operand, 2.0, axes), 0)
    if node.order == Symbol("F") and operand.rank == 2:
        return Array(_norm_along(operand, None, axes), 0)
    order = _norm_order(node.order, environment)
    if isinstance(order, Array):
        return _root(multiply(transpose(operand), multiply(order, operand)), constant(2.0), environment)
    if operand.rank == 0:
        return Array(np.abs(operand.values), 0)
    if operand.rank > 1 and node.order is None:
        raise EvaluationError(f"`{to_latex(node)}`: say which norm of a matrix, for example \\|A\\|_F")
    return Array(_norm_along(operand, order, axes if operand.rank > 1 else -1), 0)


def _norm_along(operand: Array, order: float | None, axis: int | tuple[int, ...]) -> Numbers:
    """No order is the root of the sum of the squares, also of a matrix."""
    if not operand.in_balls:
        return np.asarray(np.linalg.norm(operand.values, ord=order, axis=axis))
    if order is not None and not isinstance(axis, int):
        raise EvaluationError("this norm of a matrix has no ball")
    return balls.norm(operand.values, 2.0 if order is None else order, axis)


def _norm_order(order: Node | None, environment: Environment) -> float | Array:
    """The order of a norm, or the matrix of the inner product that it is taken by: `\\|x\\|_A`."""
    if order is None:
        return 2.0
    value = evaluate(order, environment)
    if value.rank == 2:
        return value
    if value.values.size != 1:
        raise EvaluationError(f"`{to_latex(order)}` is {shape_of(value)}, which is no order of a norm")
    return float(rounded(value).values.reshape(()))


@evaluate.register
def _(node: Inner, environment: Environment) -> Array:
    left, right = evaluate(node.left, environment), evaluate(node.right, environment)
    if node.order is not None and node.order != Symbol("F"):
        return multiply(transpose(left), multiply(evaluate(node.order, environment), right))
    product = elementwise(np.multiply, left, right)
    return Array(product.values.sum(axis=tuple(range(-product.rank, 0))), 0)


@evaluate.register
def _(node: Matrix, environment: Environment) -> Array:
    entries = [[evaluate(entry, environment) for entry in row] for row in node.rows]
    flat = [entry for row in entries for entry in row]
    axes = batch_axes(*flat)
    if len({len(row) for row in entries}) > 1:
        raise EvaluationError("the rows of a matrix have different lengths")
    if any(entry.rank for entry in flat):
        return block(entries)
    shape = (len(entries), len(entries[0]))
    stacked: Numbers = np.stack(np.broadcast_arrays(*(entry.with_axes(axes) for entry in flat)), axis=-1)
    if 1 in shape:
        return Array(stacked, 1, is_row=shape[1] > 1)
    return Array(stacked.reshape(stacked.shape[:-1] + shape), 2)


@evaluate.register
def _(node: Sequence, environment: Environment) -> Array:
    return evaluate(Matrix(tuple((element,) for element in listed(node.elements, environment))), environment)


@evaluate.register
def _(node: Cases, environment: Environment) -> Array:
    values = [evaluate(value, environment) for value, _ in node.branches]
    tests = [truth(test, environment) if test else constant(1.0) for _, test in node.branches]
    if len({value.core for value in values}) > 1:
        raise EvaluationError("the branches of a case distinction have different shapes")
    axes, rank = batch_axes(*values, *tests), values[0].rank
    chosen = np.select(
        np.broadcast_arrays(*(test.with_axes(axes, rank) > 0 for test in tests)),
        list(np.broadcast_arrays(*(value.with_axes(axes) for value in values))),
        default=np.nan,
    )
    return Array(chosen, rank)


@evaluate.register
def _(node: Indicator, environment: Environment) -> Array:
    return truth(node.condition, environment)


def truth(condition: Node, environment: Environment) -> Array:
    """1 where a condition holds, 0 where it does not."""
    match condition:
        case Relation(operator=operator) if operator in RELATIONS:
            left, right = evaluate(condition.left, environment), evaluate(condition.right, environment)
            return Array(elementwise(RELATIONS[operator], left, right).values.astype(float), left.rank)
        case Relation(operator="\\in" | "\\notin"):
            inside = contains(condition.right, number_of(condition.left, environment), environment)
            return Array((inside == (condition.operator == "\\in")).astype(float), 0)
        case Binary(operator="\\land"):
            return scaled(np.minimum, truth(condition.left, environment), truth(condition.right, environment))
        case Binary(operator="\\lor"):
            return scaled(np.maximum, truth(condition.left, environment), truth(condition.right, environment))
    raise EvaluationError(f"`{to_latex(condition)}` is not evaluated as a condition")
