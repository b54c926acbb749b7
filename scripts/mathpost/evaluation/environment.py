"""The environment of an evaluation: every name with its meaning, and the variables bound at this place."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from mathpost.evaluation.copulas import Together
from mathpost.evaluation.indexed import Step, matched
from mathpost.evaluation.laws import Family
from mathpost.evaluation.values import Array, Numbers
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Call, Index, Node, Relation, Symbol
from mathpost.latex.tree.spelling import head_of, split_name

INDEXED_FUNCTION = "make the index an argument, as in `f(k, x)`, or put it behind, as in `f(x)_k`"


@dataclass(frozen=True)
class Function:
    r"""A declared function: `p_{model}(x; \theta)`. `conditions` counts the arguments behind the first `|` or `;`.

    `in_name` are those of them that are written below the name, as the \theta of `p_\theta(x)`; `shapes` are the
    arguments as they are declared, where their indices say which function it is; `is_counted` is one of indices, `c_t`.
    """

    name: str
    arguments: tuple[str, ...]
    separators: tuple[str, ...]
    conditions: int
    value: Any
    in_name: tuple[str, ...] = ()
    shapes: tuple[Node, ...] = ()
    is_counted: bool = False

    @property
    def variables(self) -> int:
        r"""The number of arguments before the first `;`. A call may leave out the others: p(x) for p(x; \theta)."""
        return self.separators.index(";") + 1 if ";" in self.separators else len(self.arguments)

    @cached_property
    def parameters(self) -> int | None:
        """The number of arguments that the value asks for; None where it takes any number."""
        return parameters_of(self.value)

    def __str__(self) -> str:
        signs = [f"{separator} " if separator in ",;" else f" {separator} " for separator in self.separators] + [""]
        names = [*map(to_latex, self.shapes), *self.arguments[len(self.shapes) :]]
        return f"{self.name}({''.join(name + sign for name, sign in zip(names, signs, strict=True))})"


def parameters_of(function: object) -> int | None:
    """The number of arguments a callable asks for; None where it takes any number."""
    if isinstance(function, np.ufunc):
        return function.nin
    if isinstance(function, Family):
        return function.conditions
    if not callable(function):
        return None
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in found):
        return None
    needed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in needed and parameter.default is parameter.empty for parameter in found)


class Functions(dict[str, tuple[Function, ...]]):
    r"""Declared functions by their names: `p_{\theta_0}` is a declared `p_\theta` at another parameter."""

    def get(self, name: str, default: Any = ()) -> Any:
        found = super().get(name) or self._at_other_parameters(name)
        return found or default

    def _at_other_parameters(self, name: str) -> tuple[Function, ...]:
        head, lower, upper = split_name(name)
        parts = lower.split(",")
        for own, declared in self.items():
            known = split_name(own)
            if not lower or (known[0], known[2]) != (head, upper) or not all(each.in_name for each in declared):
                continue
            pairs = list(zip(known[1].split(","), parts, strict=False))
            changed = dict(pair for pair in pairs if pair[0] in declared[0].in_name)
            if len(pairs) == len(parts) and all(here in changed or here == there for here, there in pairs):
                return tuple(_renamed(name, each, changed) for each in declared)
        return ()


def _renamed(name: str, function: Function, changed: Mapping[str, str]) -> Function:
    kept = len(function.arguments) - len(function.in_name)
    inside = tuple(changed[each] for each in function.in_name)
    return replace(function, name=name, arguments=function.arguments[:kept] + inside, in_name=inside)


@dataclass(frozen=True)
class Definition:
    """What a `:=` in the text gave a meaning: the body, and the names of its arguments."""

    arguments: tuple[str, ...]
    body: Node


DENSITIES = frozenset(("p", "q", "P", "Q", "Pr", "\\mathbb{P}", "\\pi"))
"""Heads of names whose arguments are told by their names, not by their places."""
PROBABILITIES = frozenset(("P", "Pr", "\\mathbb{P}"))
"""Heads of names that give the probability of an event."""
NEVER = -1
MOST_POINTS = 50_000_000
MOST_HELD = 4_000_000
ENTRY = 20  # numbers that the key of a call takes the room of


@dataclass
class Broadcasting:
    """What is known of the functions of the author.

    `trials` says for a function and its arguments' shapes how many batches gave what single calls give, `NEVER` if one
    did not; `calls` what calls gave, of one point and of whole batches: two resolutions, balls and floats, and the
    claims of a chain ask for the same points. `held` counts the numbers among them.
    """

    trials: dict[tuple[Any, ...], int] = field(default_factory=dict)
    calls: dict[tuple[Any, ...], Array] = field(default_factory=dict)
    held: int = 0

    def remember(self, call: tuple[Any, ...], value: Array, given: int) -> None:
        """Keep what a call gave for so many numbers, while there is room."""
        size = ENTRY + given + value.values.size
        if self.held + size <= MOST_HELD:
            self.calls[call] = value
            self.held += size


@dataclass
class Trace:
    """What an evaluation tells beside its value: the methods it used, and remarks for the author.

    `summed` is the greatest sum of the sizes of an integral's terms, `rounded` the greatest value that was known to the
    accuracy of float64 only, if there was one; both say what a small result is to be measured against. `objective`
    counts the places where objectives were evaluated.
    """

    methods: set[str] = field(default_factory=set)
    remarks: set[str] = field(default_factory=set)
    summed: float = 0.0
    rounded: float | None = None
    objective: int = 0

    def note_rounded(self, values: Numbers) -> None:
        finite = values[np.isfinite(values)] if values.ndim else values
        self.rounded = max(self.rounded or 0.0, float(np.abs(finite).max(initial=0.0)))


@dataclass(frozen=True)
class Environment:
    """What a formula is evaluated in.

    `symbols`, `functions`, `data` (samples, `x^{(i)}`) and `entries` (`x_i`) are the notation's; `derived` are the
    laws that follow from declared joint ones, `definitions` the text's. `firsts` are the first indices of entries that
    do not count from 1, and `zeroth` what is bound as `x_0` beside them. `bound` are the variables bound at this
    place, each with its values; of these, `universal` are bound by no operator, but because a claim must hold for
    all of their values; `varied` are those that a derivative moves, which are still themselves; `tried` tells other
    values than the generic ones apart. `depth` counts the batch axes open, and `points` is the product of the
    lengths of those that operators opened, at most `most_points`. `fine` chooses the resolution of quadrature,
    `in_balls` whether numbers are balls. `dependence` is how random variables hang together of which nothing is
    known but the law of each. `broadcasting` remembers which functions can be called with a whole batch, `peaks` and
    `kinks` where integrals and expectations are cut, and `optima` where objectives were best. `unrolled` are
    the known steps of recursions.
    """

    symbols: Mapping[str, Any]
    functions: Mapping[str, tuple[Function, ...]]
    derived: Mapping[str, tuple[Function, ...]] = field(default_factory=dict)
    data: Mapping[str, Numbers] = field(default_factory=dict)
    entries: Mapping[str, Numbers] = field(default_factory=dict)
    firsts: Mapping[str, int] = field(default_factory=dict)
    zeroth: Mapping[str, Numbers] = field(default_factory=dict)
    two_faced: frozenset[str] = frozenset()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    bound: Mapping[str, Array] = field(default_factory=dict)
    universal: frozenset[str] = frozenset()
    varied: frozenset[str] = frozenset()
    tried: bytes = b""
    depth: int = 0
    points: int = 1
    fine: bool = True
    in_balls: bool = False
    most_points: int = MOST_POINTS
    dependence: Together | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    broadcasting: Broadcasting = field(default_factory=Broadcasting)
    peaks: dict[Any, list[float]] = field(default_factory=dict)
    kinks: dict[Any, Numbers] = field(default_factory=dict)
    optima: dict[Any, list[Any]] = field(default_factory=dict)
    unrolled: Any = None

    def key(self, symbol: Symbol) -> str:
        """The name under which a symbol is bound: its face counts only where the notation declares both faces."""
        return f"\\boldsymbol{{{symbol.name}}}" if symbol.bold and symbol.name in self.two_faced else symbol.name

    def bind(self, values: Mapping[str, Array]) -> Environment:
        """The environment inside a binder, with one more batch axis open.

        Errors: EvaluationError if the operators around this place ask for more points than memory holds.
        """
        count = max(array.values.shape[self.depth] for array in values.values())
        self.refuse_too_many(count)
        return self.called_with(values, depth=self.depth + 1, points=self.points * count)

    def reading(self, form: str, chosen: str) -> Environment:
        """The environment where a form that has two values has one, unless the notation has chosen."""
        return self if form in self.readings else replace(self, readings={**self.readings, form: chosen})

    def refuse_too_many(self, count: float) -> None:
        if self.points * count > self.most_points:
            raise EvaluationError(f"this asks for {self.points * count:.1g} points at once, which is too many")

    def bind_universally(self, values: Mapping[str, Array]) -> Environment:
        return replace(self.bind(values), universal=self.universal.union(values), points=self.points)

    def at(self, values: Mapping[str, Array]) -> Environment:
        """The environment with other values for some variables and no new axis."""
        return replace(self, bound={**self.bound, **values})

    def called_with(self, values: Mapping[str, Array], **changes: Any) -> Environment:
        """The environment where some names stand for other things than outside."""
        universal, varied = self.universal.difference(values), self.varied.difference(values)
        return replace(self, bound={**self.bound, **values}, universal=universal, varied=varied, **changes)

    def is_bound(self, name: str) -> bool:
        """Whether a name stands for a value here."""
        return name in self.bound or name in self.symbols or name in self.definitions or name in self.data

    def is_shadowed(self, name: str) -> bool:
        """Whether a name stands for something else here than where the text defines things."""
        return self.is_captured(name) and name not in self.varied

    def coarse(self) -> Environment:
        return replace(self, fine=False)

    def samples(self, node: Index) -> Numbers | None:
        """The declared data that an index picks from; None for the entry of any other value."""
        name = self.named(node.base) if isinstance(node.base, Symbol) else None
        known = self.data if node.raised else self.entries
        return known.get(name) if name is not None else None

    def first_of(self, node: Index, *, is_moved: bool) -> int:
        """The index that the entries of a declared sequence count from; `x_0` beside them is one for `x_{t-1}`."""
        name = self.named(node.base) or ""
        if is_moved and name in self.zeroth and not node.raised:
            return 0
        return 1 if node.raised else self.firsts.get(name, 1)

    def is_captured(self, name: str) -> bool:
        """Whether an operator around this place binds the name."""
        return name in self.bound and name not in self.universal

    def named(self, node: Node) -> str | None:
        """The name an argument goes by: `x` for `x`, `x^{(i)}` and `x = 1`; none for any other expression."""
        match node:
            case Symbol():
                return self.key(node)
            case Index(base=base) | Relation(left=base):
                return self.named(base)
        return None

    def function_of(self, call: Call) -> Function:
        """The declared function that a call means. Errors: EvaluationError where none or several fit."""
        spelled = self.spelled(call)
        if not (isinstance(spelled, Call) and isinstance(spelled.function, Symbol)):
            raise EvaluationError(f"`{to_latex(call.function)}(…)` is not evaluated: {INDEXED_FUNCTION}")
        call = spelled
        assert isinstance(call.function, Symbol)
        name = self.key(call.function)
        declared = self.functions.get(name, ())
        if not declared:
            hint = f"it is bound as a value, so write `{name} \\cdot (…)` for a product" if name in self.symbols else ""
            raise EvaluationError(f"`{name}(…)` has no binding: {hint or f'add `{name}(…)` to the notation'}")
        stepping = [function for function in declared if self.steps(call, function) is not None]
        if len(stepping) == 1:
            return stepping[0]
        known = ", ".join(f"`{function}`" for function in declared)
        declared = tuple(function for function in declared if not function.shapes)
        derived = self.derived.get(name, ())
        if stepping or not (declared or derived):
            problem = "could mean several of" if stepping else "is none of"
            raise EvaluationError(f"`{to_latex(call)}` {problem} the notation's {known}")
        found = self._fitting(call, declared) or self._fitting(call, (*declared, *derived))
        if len(found) == 1:
            return found[0]
        spoken = {argument for function in declared for argument in function.arguments}
        names = [_unprimed(self.named(argument), spoken) for argument in call.arguments]
        problem = "could mean several of" if found else "does not fit"
        raise EvaluationError(f"`{name}` with {_told(names, call.separators)} {problem} the notation's {known}")

    def arguments_of(self, call: Call) -> tuple[str, ...]:
        """The arguments of what a call means, as they are declared; none where that is not one function."""
        name = self.named(call.function) or ""
        if f"{name}()" in self.definitions:
            return self.definitions[f"{name}()"].arguments
        try:
            return self.function_of(call).arguments
        except EvaluationError:
            return ()

    def _fitting(self, call: Call, declared: tuple[Function, ...]) -> list[Function]:
        """The functions that fit a call, as closely as any does."""
        spoken = {argument for function in declared for argument in function.arguments}
        names = [_unprimed(self.named(argument), spoken) for argument in call.arguments]
        fitting = [function for function in declared if _fits(function, names, call.separators, spoken)]
        exact = [function for function in fitting if list(function.arguments) == names]
        alike = [function for function in fitting if set(function.arguments) == set(names)]
        return exact or alike or fitting

    def steps(self, call: Call, function: Function) -> Mapping[str, Step] | None:
        """What the letters of the indices in a declaration are in a call; None for another function."""
        own, signs = function.shapes, function.separators
        if not own or len(call.arguments) > len(function.arguments) or call.separators != signs[: len(call.separators)]:
            return None
        return matched(own, call.arguments) if len(call.arguments) >= function.variables else None

    def left_out(self, call: Call, function: Function) -> list[Node]:
        """The parameters that a call does not write, at the index that it speaks of."""
        steps = self.steps(call, function) or {}
        names = function.arguments[len(call.arguments) :]
        return [steps[name].node if name in steps else Symbol(name) for name in names]

    def spelled(self, call: Call) -> Node:
        """`m_t(x)` as the call `m(t, x)` or `m(x; t)`, or as an entry of `m(x)`, whichever is declared.

        Errors: EvaluationError where none of them is.
        """
        if not (isinstance(call.function, Index) and isinstance(call.function.base, Symbol)):
            return call
        head, indices = call.function.base, call.function.indices
        signs = (",",) * len(indices)
        before = Call(head, (*indices, *call.arguments), (*signs, *call.separators))
        behind = Call(head, (*call.arguments, *indices), (*call.separators, ";", *signs[1:]))
        inside = Call(head, call.arguments, call.separators)
        declared = self.functions.get(self.key(head), ())
        for spelled in (before, behind):
            if any(_has_form(function, spelled) for function in declared):
                return spelled
        if any(_has_form(function, inside) for function in declared):
            return Index(inside, indices)
        known = ", ".join(f"`{function}`" for function in declared)
        told = f"the notation has {known}" if known else f"add `{to_latex(call)}` to the notation"
        raise EvaluationError(f"`{to_latex(call.function)}(…)` has no binding: {told}")

    def as_entry(self, node: Node) -> Node:
        """`s_i(z)` as an entry of s(z), where that is what is declared; any other formula as it is."""
        with suppress(EvaluationError):
            return self.spelled(node) if isinstance(node, Call) and isinstance(node.function, Index) else node
        return node

    def arranged(self, call: Call, function: Function) -> tuple[Node, ...]:
        """The arguments of a call in the order of the declaration: `P(y = 1, x = 0)` names them.

        Errors: EvaluationError for a name out of its place that says no value, or stands behind another sign.
        """
        own = function.arguments
        named = [self.named(argument) for argument in call.arguments]
        misplaced = [name for name, place in zip(named, own, strict=False) if name != place and name in own]
        told = [isinstance(argument, Relation) for argument in call.arguments]
        if not misplaced or not (any(told) or head_of(function.name) in DENSITIES):
            return call.arguments
        if not all(told) or set(call.separators) != {","} or set(named) != set(own[: len(named)]):
            example = ", ".join(f"{name} = …" for name in own)
            raise EvaluationError(
                f"`{to_latex(call)}` has the names of `{function}` in another order: write `{function.name}({example})`"
            )
        places = [named.index(name) for name in own[: len(named)]]
        return tuple(call.arguments[place] for place in places)


def _has_form(function: Function, call: Call) -> bool:
    return len(function.arguments) == len(call.arguments) and function.separators == call.separators


def _unprimed(name: str | None, spoken: set[str]) -> str | None:
    """`y'` is another value of `y`, where the declarations speak of `y` alone."""
    plain = name.rstrip("'") if name else name
    return name if name in spoken or plain not in spoken else plain


def _fits(function: Function, names: list[str | None], separators: tuple[str, ...], spoken: set[str]) -> bool:
    whole = separators == function.separators
    without_parameters = len(names) == function.variables and separators == function.separators[: len(names) - 1]
    if not whole and not without_parameters:
        return False
    # p(x) is not the density of z at x where another one is declared of x, as p(x | z) is
    strange = any(name in spoken and name not in function.arguments for name in names)
    if strange and head_of(function.name) in DENSITIES:
        return False
    # p(z | x) is another density than p(x | z), not the same function at exchanged values
    return "|" not in separators or all(
        name is None or name == own or name not in function.arguments
        for name, own in zip(names, function.arguments, strict=False)
    )


def _told(names: list[str | None], separators: tuple[str, ...]) -> str:
    shown = [name or "…" for name in names]
    return "(" + "".join(name + sep for name, sep in zip(shown, [*separators, ""], strict=False)) + ")"
