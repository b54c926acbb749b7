"""Functions whose meaning is fixed by custom: of numbers, of matrices, and the logarithm of densities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mathpost.evaluation.calls import called
from mathpost.evaluation.elementary import ELEMENTARY, MATRIX_FUNCTIONS, elementary
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, logarithm_of
from mathpost.evaluation.matrices import is_square, matrix_function, of_matrices, takes_matrix
from mathpost.evaluation.values import Array, elementwise, multiply, scaled
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Apply, Binary, Call, Node, Power, Sequence, SetOf


@evaluate.register
def _(node: Apply, environment: Environment) -> Array:
    if node.function in ("max", "min") and isinstance(node.argument, SetOf):
        node = replace(node, argument=Sequence(node.argument.elements))
    if node.function in MATRIX_FUNCTIONS:
        inner = of_matrices(environment) if node.function in ("tr", "det") else environment
        return MATRIX_FUNCTIONS[node.function](evaluate(node.argument, inner))
    if node.function == "log":
        logarithm = log_of(node.argument, environment)
        if node.base is None:
            return logarithm
        return scaled(np.divide, logarithm, log_of(node.base, environment))
    if node.function not in ELEMENTARY or node.base is not None:
        raise EvaluationError(f"`{to_latex(node)}` is not evaluated: bind the function in the notation")
    operand = evaluate(node.argument, environment)
    if is_square(operand) and takes_matrix(to_latex(node), environment):
        return matrix_function(node.function, operand)
    return elementary(node.function, operand)


def entrywise(operand: Array, node: Node, environment: Environment) -> Array:
    """What a function of numbers is taken of, entry by entry. Errors: EvaluationError for a matrix function."""
    if is_square(operand) and takes_matrix(to_latex(node), environment):
        raise EvaluationError(f"`{to_latex(node)}`: this function of a matrix is not evaluated")
    return operand


def log_of(node: Node, environment: Environment) -> Array:
    """The logarithm of a tree, taken inside products, quotients and powers of densities, which underflow."""
    match node:
        case Call() if environment.named(node.function) in environment.functions:
            return called(node, environment, logarithm=True)
        case Binary(operator="*") if _has_density(node, environment):
            return elementwise(np.add, log_of(node.left, environment), log_of(node.right, environment))
        case Binary(operator="/") if _has_density(node, environment):
            return elementwise(np.subtract, log_of(node.left, environment), log_of(node.right, environment))
        case Power() if _has_density(node, environment):
            return multiply(evaluate(node.exponent, environment), log_of(node.base, environment))
    operand = evaluate(node, environment)
    if is_square(operand) and takes_matrix(to_latex(Apply("log", node)), environment):
        return matrix_function("log", operand)
    return logarithm_of(operand)


def _has_density(node: Node, environment: Environment) -> bool:
    if isinstance(node, Call):
        return environment.named(node.function) in environment.functions
    return isinstance(node, (Binary, Power)) and any(
        _has_density(child, environment)
        for child in ((node.left, node.right) if isinstance(node, Binary) else (node.base,))
    )
