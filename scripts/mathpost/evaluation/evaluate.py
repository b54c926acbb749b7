"""The value of a formula in an environment: one rule for each kind of node."""

from __future__ import annotations

from dataclasses import replace
from functools import partial, singledispatch
from typing import Any

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.binding import law_named
from mathpost.evaluation.calling import call_batch, gives_law, law_at, value_at
from mathpost.evaluation.dependence import applied, called_expression
from mathpost.evaluation.domains import Variable
from mathpost.evaluation.elementary import CONSTANTS, ELEMENTARY, EXACT_CONSTANTS, MATRIX_FUNCTIONS, elementary
from mathpost.evaluation.environment import Definition, Environment, Function
from mathpost.evaluation.events import probability
from mathpost.evaluation.isotropic import IDENTITIES, isotropic
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.matrices import is_square, matrix_function, of_matrices, takes_matrix
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
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Apply,
    Binary,
    Call,
    Derivative,
    Index,
    Indicator,
    Node,
    Number,
    Power,
    Relation,
    Sequence,
    SetOf,
    Symbol,
)

MOST_ROWS = 1000


@singledispatch
def evaluate(node: Node, environment: Environment) -> Array:
    """The value of a tree. Errors: EvaluationError, saying what is missing, where there is none."""
    raise EvaluationError(f"`{to_latex(node)}` has no value in this place")


@evaluate.register
def _(node: Number, environment: Environment) -> Array:
    return Array(balls.written(node.text), 0) if environment.in_balls else constant(float(node.text))


@evaluate.register
def _(node: Symbol, environment: Environment) -> Array:
    name = environment.key(node)
    if name in environment.bound:
        value = environment.bound[name]
        return value if value.in_balls or not environment.in_balls else mapped(balls.at_points, value)
    if name in environment.symbols:
        return _bound_value(name, environment.symbols[name], environment)
    if name in environment.definitions:
        return _defined(environment.definitions[name], [], environment)
    if (bare := applied(node, None, environment)) != node and _is_bound_function(name, environment):
        return evaluate(bare, environment)
    if _is_transposed(name, environment):
        environment.trace.remarks.add(f"`{name}` is read as the transpose")
        return transpose(evaluate(replace(node, name=name[:-1]), environment))
    if name in environment.functions:
        known = " or ".join(f"`{function}`" for function in environment.functions[name])
        raise EvaluationError(f"`{name}` stands alone, but the notation declares {known}")
    if name in environment.data:
        raise EvaluationError(f"`{name}` stands without its sample index: the notation declares `{name}^{{(i)}}`")
    if name in CONSTANTS:
        in_balls = environment.in_balls and name in EXACT_CONSTANTS
        return Array(EXACT_CONSTANTS[name](), 0) if in_balls else constant(CONSTANTS[name])
    raise EvaluationError(f"`{name}` has no binding: add `{name}` to the notation")


def _is_bound_function(name: str, environment: Environment) -> bool:
    """Whether a function that stands alone has all its arguments bound: it is its value there. A law is none."""
    plain = name if name in environment.functions else name.rstrip("'")
    declared = environment.functions.get(plain, ())
    if len(declared) == 1 and not gives_law(declared[0]) and callable(declared[0].value):
        return all(
            environment.is_bound(argument) or argument in environment.functions for argument in declared[0].arguments
        )
    definition = environment.definitions.get(f"{plain}()")
    return definition is not None and all(map(environment.is_bound, definition.arguments))


def _is_transposed(name: str, environment: Environment) -> bool:
    """Whether a primed name is the transpose of an array that is bound without the prime."""
    if not name.endswith("'") or name in environment.functions:
        return False
    value = environment.bound.get(name[:-1])
    return value.rank > 0 if value is not None else np.ndim(environment.symbols.get(name[:-1], 0.0)) > 0


def _bound_value(name: str, value: Any, environment: Environment) -> Array:
    if isinstance(value, Variable) or is_law(value) or callable(value):
        raise EvaluationError(f"`{name}` is not a number or an array here")
    return _given(value, environment)


def _given(value: Any, environment: Environment) -> Array:
    """What the notation binds, in floats or in balls."""
    floats = constant(value)
    if not environment.in_balls:
        return floats
    environment.refuse_too_many(floats.values.size / environment.points)
    if balls.is_computed(value):
        environment.trace.note_rounded(floats.values)
    return Array(balls.given(value), floats.rank)


def number_of(node: Node, environment: Environment) -> Array:
    """The value of a tree in float64, wherever the numbers are balls: for bounds, indices and arguments."""
    return rounded(evaluate(node, environment))


def _defined(definition: Definition, arguments: list[Array], environment: Environment) -> Array:
    if len(arguments) != len(definition.arguments):
        raise EvaluationError(f"a function of {len(definition.arguments)} arguments is called with {len(arguments)}")
    _refuse_capture(definition, environment)
    return evaluate(definition.body, environment.called_with(dict(zip(definition.arguments, arguments, strict=True))))


def _refuse_capture(definition: Definition, environment: Environment) -> None:
    """Errors: EvaluationError where a letter of a definition would stand for what an operator around its use binds.

    What a name without arguments speaks of may be such a letter, if it has no value of its own.
    """
    free = {environment.key(node) for node in walk(definition.body) if isinstance(node, Symbol)}
    for name in sorted(free.difference(definition.arguments)):
        fixed = name in environment.symbols and not isinstance(environment.symbols[name], Variable)
        if environment.is_shadowed(name) and (definition.arguments or fixed):
            raise EvaluationError(
                f"`{name}` is bound where `{to_latex(definition.body)}` is used, which is defined by another `{name}`: "
                f"make `{name}` an argument of the definition, or bind another letter"
            )


@evaluate.register
def _(node: Index, environment: Environment) -> Array:
    name = environment.named(node.base) or ""
    if _is_counted(node, name, environment):
        return evaluate(Call(node.base, node.indices, (",",) * (len(node.indices) - 1)), environment)
    samples = environment.samples(node)
    if node.raised and samples is None:
        raise EvaluationError(f"`{to_latex(node)}` has no binding: add `{to_latex(node)}` to the notation")
    if node.raised and environment.is_captured(name):
        raise EvaluationError(f"`{to_latex(node)}` is one sample, but `{name}` is bound here: write `{name}`")
    own = samples is None or environment.is_captured(name)
    if own and (meant := whole_of(node, environment)) is not None:
        return evaluate(meant, environment) if isinstance(meant, Index) else meant
    value = evaluate(node.base, environment) if own else _given(samples, environment)
    first = environment.firsts.get(name, 1) if not own or name in environment.varied else 1
    if not own and name in environment.zeroth and not node.raised:
        value, first = _with_zeroth(value, environment.zeroth[name]), 0
    if len(node.indices) == 1 and isinstance(node.indices[0], Relation) and node.indices[0].operator == ":":
        return _slice(value, node.indices[0], to_latex(node), first, environment)
    indices = node.indices
    if len(indices) == 1 and isinstance(indices[0], Number) and value.rank == len(indices[0].text) > 1:
        indices = digits_of(indices[0], value)
    for place, index in enumerate(indices):
        value = _entry(value, number_of(index, environment), to_latex(node), 1 if place else first)
    return value


def _is_counted(node: Index, name: str, environment: Environment) -> bool:
    """Whether a name with indices is a function of these, as `c_t` bound to `lambda t: …` is."""
    declared = () if node.raised or not isinstance(node.base, Symbol) else environment.functions.get(name, ())
    return any(function.is_counted and len(function.arguments) == len(node.indices) for function in declared)


def _slice(value: Array, index: Relation, name: str, first: int, environment: Environment) -> Array:
    """`x_{1:T}`, both ends included, as in mathematics."""
    ends = [number_of(end, environment) for end in (index.left, index.right)]
    if value.rank == 0 or value.batch or any(end.values.size != 1 for end in ends):
        raise EvaluationError(f"`{name}` has not the same length everywhere: bind a name to it")
    low, high = (float(end.values.item()) for end in ends)
    if not (low.is_integer() and high.is_integer() and first <= low <= high < first + value.core[0]):
        last = value.core[0] + first - 1
        raise EvaluationError(f"`{name}`: the slice runs from {low:g} to {high:g}, the entries from {first} to {last}")
    return replace(value, values=value.values[int(low) - first : int(high) - first + 1])


def _with_zeroth(value: Array, zeroth: Numbers) -> Array:
    """A sequence whose entry 0 is bound by itself."""
    before = balls.given(zeroth) if value.in_balls else zeroth
    return replace(value, values=np.concatenate([before[None], value.values]))


def digits_of(index: Number, value: Array) -> tuple[Node, ...]:
    """`A_{12}` is the entry of the first row and the second column, unless there is a twelfth row."""
    if not index.text.isdigit() or int(index.text) <= value.core[0]:
        return (index,)
    return tuple(Number(digit) for digit in index.text)


def whole_of(node: Index, environment: Environment) -> Index | Array | None:
    """What an index of an unbound name picks from: `a_{ij}` are the entries of A, and `I_n` is an identity matrix.

    `\\delta_{ij}` is Kronecker's.
    """
    base = node.base
    if not isinstance(base, Symbol) or node.raised or environment.is_bound(environment.key(base)):
        return None
    if base.name in environment.functions:
        return None
    if base.name == "\\delta" and len(node.indices) == 2:
        environment.trace.remarks.add(
            f"`{to_latex(node)}` is read as Kronecker's: 1 where both indices are equal, else 0"
        )
        return evaluate(Indicator(Relation("=", *node.indices)), environment)
    if base.name in IDENTITIES and len(node.indices) == 1:
        size = number_of(node.indices[0], environment)
        if size.values.size == 1 and 1 <= size.values.item() <= MOST_ROWS and float(size.values.item()).is_integer():
            return _given(np.eye(int(size.values.item()), dtype=int), environment)
    capital, index = base.name.upper(), node.indices[0]
    two = len(node.indices) == 2 or (isinstance(index, Number) and len(index.text) == 2)
    if len(base.name) == 1 and capital != base.name and two and np.ndim(environment.symbols.get(capital, 0.0)) == 2:
        environment.trace.remarks.add(f"`{to_latex(node)}` is read as an entry of `{capital}`")
        return replace(node, base=Symbol(capital))
    return None


def _entry(value: Array, index: Array, name: str, first: int) -> Array:
    """The entries along the first axis, counted from one as in mathematics, or from what the notation says."""
    if value.rank == 0 or index.rank != 0:
        raise EvaluationError(f"`{name}`: {shape_of(value)} has no entries")
    positions = np.rint(index.values).astype(int)
    last = value.core[0] + first - 1
    if np.any(positions != index.values) or positions.min() < first or positions.max() > last:
        low, high = index.values.min(), index.values.max()
        raise EvaluationError(f"`{name}`: the index runs from {low:g} to {high:g}, the entries from {first} to {last}")
    positions = positions - first + 1
    if not value.batch:
        return Array(value.values[positions - 1], value.rank - 1)
    axes = batch_axes(value, index)
    values = value.with_axes(axes)
    where = Array(positions, 0).with_axes(axes, value.rank) - 1
    batch = np.broadcast_shapes(values.shape[:axes], where.shape[:axes])
    values = np.broadcast_to(values, batch + value.core)
    where = np.broadcast_to(where, batch + where.shape[axes:])
    return Array(np.take_along_axis(values, where, axis=axes).squeeze(axis=axes), value.rank - 1)


@evaluate.register
def _(node: Call, environment: Environment) -> Array:
    if isinstance(node.function, Symbol):
        definition = environment.definitions.get(f"{environment.key(node.function)}()")
        if definition is not None:
            return _defined(definition, [evaluate(argument, environment) for argument in node.arguments], environment)
        if _is_derivative(node.function, environment):
            return _derivative_at(node, node.function, environment)
    elif (meant := called_expression(node, environment)) is not None:
        return evaluate(meant, environment)
    event = probability(node, environment)
    if event is not None:
        return evaluate(event, environment)
    spelled = environment.spelled(node)
    if not isinstance(spelled, Call):
        return evaluate(spelled, environment)
    return called(spelled, environment, logarithm=False)


def _is_derivative(function: Symbol, environment: Environment) -> bool:
    """Whether `f'` stands for the derivative of a declared f, and is not declared itself."""
    name = environment.key(function)
    plain = name.rstrip("'")
    known = plain in environment.functions or f"{plain}()" in environment.definitions
    return name.endswith("'") and name not in environment.functions and known


def _derivative_at(node: Call, function: Symbol, environment: Environment) -> Array:
    if len(node.arguments) != 1:
        raise EvaluationError(f"`{to_latex(node)}` does not say by which argument it is derived")
    name, variable = function.name.rstrip("'"), Symbol("\\cdot")
    derivative = Derivative(
        "d", (variable,) * (len(function.name) - len(name)), Call(Symbol(name, function.bold), (variable,), ())
    )
    return evaluate(derivative, environment.at({variable.name: evaluate(node.arguments[0], environment)}))


def called(node: Call, environment: Environment, *, logarithm: bool) -> Array:
    """A declared function at its arguments; arguments that are laws are handed over as laws."""
    spelled = environment.spelled(node)
    if not isinstance(spelled, Call):
        return _in_balls(number_of(spelled, environment), environment, logarithm=logarithm)
    node = isotropic(spelled, environment)
    function = environment.function_of(node)
    if function.shapes and isinstance(function.value, np.ndarray):
        return _in_balls(_listed_values(node, function, environment), environment, logarithm=logarithm)
    if "||" in node.separators or any(_names_law(argument, environment) for argument in node.arguments):
        return _in_balls(_functional(node, environment), environment, logarithm=logarithm)
    arguments = [_argument(argument, environment) for argument in environment.arranged(node, function)]
    arguments += [number_of(left_out, environment) for left_out in environment.left_out(node, function)]
    if not environment.in_balls:
        return value_at(function, arguments, environment, logarithm)
    if not gives_law(function):
        return _in_balls(value_at(function, arguments, environment, False), environment, logarithm=logarithm)
    logarithms = value_at(function, arguments, environment, True)
    densities = mapped(balls.from_logarithms, logarithms)
    environment.trace.note_rounded(logarithms.values)
    return _logarithm(densities) if logarithm else densities


def _listed_values(node: Call, function: Function, environment: Environment) -> Array:
    """The values of a function that is declared by its indices, as `p(x_i | x_{<i})`, one for each of these."""
    steps = environment.steps(node, function) or {}
    value = constant(function.value)
    for step in steps.values():
        value = _entry(value, number_of(step.node, environment), to_latex(node), 1)
    return value


def _in_balls(value: Array, environment: Environment, *, logarithm: bool) -> Array:
    """What a function of the author gave, or its logarithm; in balls if these are asked for."""
    if environment.in_balls:
        environment.trace.note_rounded(value.values)
        value = mapped(balls.computed, value)
    return _logarithm(value) if logarithm else value


def _logarithm(operand: Array) -> Array:
    return mapped(partial(balls.each, balls.log), operand) if operand.in_balls else mapped(np.log, operand)


def _argument(node: Node, environment: Environment) -> Array:
    if not isinstance(node, Relation):
        return number_of(node, environment)
    if node.operator != "=":
        raise EvaluationError(f"`{to_latex(node)}` is no value for an argument")
    return number_of(node.right, environment)


def _names_law(node: Node, environment: Environment) -> bool:
    name = environment.key(node) if isinstance(node, Symbol) else None
    return (
        name is not None
        and name not in environment.bound
        and (
            (name in environment.functions and name not in environment.symbols) or is_law(environment.symbols.get(name))
        )
    )


def _functional(node: Call, environment: Environment) -> Array:
    """A functional of laws, such as `D_{KL}(P || Q)`: called with the laws as objects, one point at a time."""
    function = environment.function_of(node)
    laws = [law_named(argument, environment, number_of) for argument in node.arguments]
    ends = np.cumsum([len(conditions) for _, conditions in laws])[:-1]

    def of_conditions(*values: Any) -> Any:
        groups = np.split(np.arange(len(values)), ends)
        objects = [
            law_at(law, [constant(values[k]) for k in group]) for (law, _), group in zip(laws, groups, strict=True)
        ]
        return function.value(*objects)

    values = [value for _, conditions in laws for value in conditions]
    return call_batch(of_conditions, values, to_latex(node), environment.broadcasting)


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
    return _logarithm(operand)


def _has_density(node: Node, environment: Environment) -> bool:
    if isinstance(node, Call):
        return environment.named(node.function) in environment.functions
    return isinstance(node, (Binary, Power)) and any(
        _has_density(child, environment)
        for child in ((node.left, node.right) if isinstance(node, Binary) else (node.base,))
    )
