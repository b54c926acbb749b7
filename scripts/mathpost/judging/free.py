"""The indices of a claim that no operator binds: it holds for each of the entries or samples that they count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from mathpost.evaluation import Environment, Variable, evaluate
from mathpost.evaluation.dependence import applied
from mathpost.evaluation.environment import Definition
from mathpost.evaluation.indexed import step_of
from mathpost.evaluation.optimise import is_arg
from mathpost.evaluation.several import own_names
from mathpost.evaluation.steps import recursion_name, recursion_of, steps_given
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree import children, walk
from mathpost.latex.tree.nodes import BigOperator, Binder, Call, Index, Integral, Moment, Node, Symbol


@dataclass(frozen=True)
class Span:
    """The whole numbers that an index may be; `is_moved` where it stands beside a number, as in `h_{t-1}`."""

    first: int
    last: int
    is_moved: bool = False


def free_indices(formulas: tuple[Node, ...], environment: Environment) -> Mapping[str, Span]:
    """The indices that no operator binds, where all that they count has an entry.

    Errors: EvaluationError for data of two lengths, an index that is bound elsewhere in the claim, or no entry at all.
    """
    found: dict[str, set[Span]] = {}
    for formula in formulas:
        for name, span in _unbound_samples(formula, environment, frozenset(), inside=False):
            if name not in environment.symbols:
                found.setdefault(name, set()).add(span)
    for name in sorted(found):
        _refuse_two_lengths(name, found[name])
    bound = {name for formula in formulas for name in _names_bound(formula, frozenset(found), environment)}
    for name in found.keys() & bound:
        raise EvaluationError(f"`{name}` is free in one place of the claim and bound in another: is a bracket missing?")
    return {name: _common(name, spans) for name, spans in found.items()}


def free_twins(formulas: tuple[Node, ...], environment: Environment) -> dict[str, Variable]:
    """Primed letters that nothing binds: `s'` is another `s`, which the notation lets vary."""
    names = {name for formula in formulas for name in _unbound_names(formula, environment, frozenset())}
    found = {name: environment.symbols.get(name.rstrip("'")) for name in sorted(names) if name.endswith("'")}
    return {
        name: declared
        for name, declared in found.items()
        if isinstance(declared, Variable) and not environment.is_bound(name)
    }


def _unbound_names(node: Node, environment: Environment, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, Symbol) and environment.key(node) not in bound:
        yield environment.key(node)
    inside = bound | _names_bound_by(node, environment)
    for child in children(node):
        yield from _unbound_names(child, environment, inside)


def _refuse_two_lengths(name: str, spans: set[Span]) -> None:
    lasts = sorted({span.last for span in spans if not span.is_moved})
    if len(lasts) > 1:
        raise EvaluationError(
            f"`{name}` counts data of two lengths, {lasts[0]} and {lasts[-1]}: bind arrays of one length"
        )


def _common(name: str, spans: set[Span]) -> Span:
    common = Span(max(span.first for span in spans), min(span.last for span in spans))
    if common.first > common.last:
        raise EvaluationError(f"there is no `{name}` at which all that the claim speaks of has an entry")
    return common


def _names_bound(formula: Node, free: frozenset[str], environment: Environment) -> Iterator[str | None]:
    """What operators bind; in `s_j = \\sum_{i \\neq j} x_i` that is not the `j`, which is free."""
    for node in walk(formula):
        if isinstance(node, Binder) and len(node.variables) > 1 and all(isinstance(v, Symbol) for v in node.variables):
            yield from own_names(node, free, environment)
        elif isinstance(node, Binder):
            yield from map(environment.named, node.variables)


def _unbound_samples(
    node: Node, environment: Environment, bound: frozenset[str], *, inside: bool
) -> Iterator[tuple[str, Span]]:
    """Pairs of an unbound index and where it may run. Errors: EvaluationError inside an arg max or a mean."""
    node = environment.as_entry(node)
    if isinstance(node, Index):
        for axis, (index, length) in enumerate(zip(node.indices, _lengths(node, environment), strict=False)):
            step = step_of(index)
            if step is None or step.letter is None or step.letter in bound:
                continue
            if inside:
                raise EvaluationError(f"the index `{step.letter}` is free: no sum or product binds it")
            first = environment.first_of(node, is_moved=step.offset != 0) if axis == 0 else 1
            last = length + (environment.first_of(node, is_moved=False) if axis == 0 else 1) - 1
            yield step.letter, Span(first - step.offset, last - step.offset, step.offset != 0)
    recursion = recursion_of(node, environment)
    if isinstance(node, Index) and recursion is not None:
        yield from _unbound_steps(node, recursion, environment, bound)
    own = _names_bound_by(node, environment)
    within = inside or isinstance(node, Moment) or is_arg(node)
    for child in children(node):
        yield from _unbound_samples(child, environment, bound | own, inside=within)


def _unbound_steps(
    node: Index, recursion: Definition, environment: Environment, bound: frozenset[str]
) -> Iterator[tuple[str, Span]]:
    step = step_of(node.indices[0])
    if step is not None and step.letter is not None and step.letter not in bound:
        for first, last in _steps_of(environment.named(node.base) or "", recursion, environment):
            yield step.letter, Span(first - step.offset, last - step.offset, is_moved=True)


def _steps_of(name: str, recursion: Definition, environment: Environment) -> Iterator[tuple[int, int]]:
    """From where to where steps of the text run: as far as the data that they are made of, and those that are given."""
    letter = recursion.arguments[0]
    known = {key: each for key, each in environment.definitions.items() if key != recursion_name(name)}
    found = _unbound_samples(recursion.body, replace(environment, definitions=known), frozenset(), inside=False)
    spans = [span for own, span in found if own == letter]
    if spans:
        first, last = max(span.first for span in spans), min(span.last for span in spans)
        given = steps_given(name, environment)
        yield first - (first - 1 in given), last + (last + 1 in given)


def _lengths(node: Index, environment: Environment) -> tuple[int, ...]:
    """How many entries there are along each axis of what has an index: data, an array, what a function returns."""
    samples = environment.samples(node)
    if samples is not None:
        return samples.shape
    if node.raised:
        return ()
    base = applied(node.base, None, environment)
    if isinstance(base, Symbol):
        value = environment.symbols.get(environment.key(base))
        return value.shape if isinstance(value, np.ndarray) else ()
    with suppress(EvaluationError):
        return evaluate(base, environment).core if isinstance(base, Call) else ()
    return ()  # a letter of it is bound further in


def _names_bound_by(node: Node, environment: Environment) -> frozenset[str]:
    if isinstance(node, Moment):
        variables = [variable for binder in node.binders for variable in binder.variables]
        return frozenset(name for name in map(environment.named, variables) if name is not None)
    if not isinstance(node, (BigOperator, Integral)):
        return frozenset()
    names = {environment.named(variable) for variable in node.binder.variables}
    if isinstance(node, BigOperator) and not node.binder.variables:
        names |= {environment.named(i) for item in walk(node.body) if isinstance(item, Index) for i in item.indices}
    return frozenset(name for name in names if name is not None)
