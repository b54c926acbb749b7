"""Entries and samples: what an index picks, counted from one as in mathematics, or from what the notation says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mathpost.evaluation import balls
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate, given_value, number_of
from mathpost.evaluation.isotropic import IDENTITIES
from mathpost.evaluation.recursions import steps_at
from mathpost.evaluation.steps import recursion_of
from mathpost.evaluation.values import Array, Numbers, batch_axes, shape_of
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Call, Index, Indicator, Node, Number, Relation, Symbol

MOST_ROWS = 1000


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
    if recursion_of(node, environment) is not None and not environment.is_bound(name):
        return _steps(node, environment)
    own = samples is None or environment.is_captured(name)
    if own and (meant := whole_of(node, environment)) is not None:
        return evaluate(meant, environment) if isinstance(meant, Index) else meant
    value = evaluate(node.base, environment) if own else given_value(samples, environment)
    first = environment.firsts.get(name, 1) if not own or name in environment.varied else 1
    if not own and name in environment.zeroth and not node.raised:
        value, first = _with_zeroth(value, environment.zeroth[name]), 0
    if len(node.indices) == 1 and isinstance(node.indices[0], Relation) and node.indices[0].operator == ":":
        return _slice(value, node.indices[0], to_latex(node), first, environment)
    indices = node.indices
    if len(indices) == 1 and isinstance(indices[0], Number) and value.rank == len(indices[0].text) > 1:
        indices = digits_of(indices[0], value)
    for place, index in enumerate(indices):
        value = entry(value, number_of(index, environment), to_latex(node), 1 if place else first)
    return value


def _steps(node: Index, environment: Environment) -> Array:
    """The steps of a sequence that the text defines, and entries of these."""
    values, index = steps_at(node, environment), number_of(node.indices[0], environment)
    value = entry(values, index, to_latex(node), int(index.values.min()))
    for further in node.indices[1:]:
        value = entry(value, number_of(further, environment), to_latex(node), 1)
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
            return given_value(np.eye(int(size.values.item()), dtype=int), environment)
    capital, index = base.name.upper(), node.indices[0]
    two = len(node.indices) == 2 or (isinstance(index, Number) and len(index.text) == 2)
    if len(base.name) == 1 and capital != base.name and two and np.ndim(environment.symbols.get(capital, 0.0)) == 2:
        environment.trace.remarks.add(f"`{to_latex(node)}` is read as an entry of `{capital}`")
        return replace(node, base=Symbol(capital))
    return None


def entry(value: Array, index: Array, name: str, first: int) -> Array:
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
