"""Random variables: which of them a formula speaks of, under which law they are, and how they are bound.

A name that is bound to a law is a random variable, and so is the argument of a law. What nothing says of several of
them together is not made up: they are tried independent, and dependent in ways that leave the law of each as it is
(`Environment.dependence`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation.binding import Weights, law_and_conditions
from mathpost.evaluation.calling import gives_law, law_at
from mathpost.evaluation.copulas import (
    Together,
    is_on_a_line,
    ranks,
    smooth_tilt,
    tied_tilt,
    tied_value,
    ways_together,
)
from mathpost.evaluation.environment import PROBABILITIES, Environment, Function
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.events import probability
from mathpost.evaluation.kinks import breaks_of, kinks_of, speaks_of
from mathpost.evaluation.laws import (
    expectation_rule,
    is_law,
    pieced_rule,
    quantiles,
)
from mathpost.evaluation.quadrature import Rule, probability_rule
from mathpost.evaluation.values import Array, Numbers, rounded
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree import children
from mathpost.latex.tree.nodes import Call, Moment, Node, Relation, Symbol
from mathpost.latex.tree.nodes import Sequence as Listed
from mathpost.latex.tree.spelling import head_of

GRID = 256
Wanted: TypeAlias = Callable[[str], bool]
PROBES = np.array([0.1, 0.5, 0.8])


@dataclass(frozen=True)
class Drawn:
    """What an expectation binds at once: some names, the law of these, and the conditions of that.

    `beside` are random variables bound before that may hang together with these in an unknown way, `later` those that
    are bound after.
    """

    names: tuple[str, ...]
    law: Function
    conditions: tuple[Node, ...] = ()
    beside: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


# -- which ---------------------------------------------------------------------------------------------------------


def stated_law(name: str) -> str:
    """Under which name the definitions keep the law that the text gives to a name, as `x \\sim p`."""
    return f"\\sim {name}"


def independence(first: str, second: str) -> str:
    """Under which name the definitions keep that the text calls two random variables independent."""
    return "\\perp " + " ".join(sorted((first, second)))


def are_independent(first: str, second: str, environment: Environment) -> bool:
    return independence(first, second) in environment.definitions


def law_of(name: str, environment: Environment) -> tuple[Function, tuple[Node, ...]] | None:
    """The law of a random variable and its conditions: the name is bound to it, or the text says so."""
    stated = environment.definitions.get(stated_law(name))
    if stated is not None:
        return law_and_conditions(stated.body, environment)
    value = environment.symbols.get(name)
    return (Function(name, (name,), (), 0, value), ()) if is_law(value) else None


def is_random(name: str, environment: Environment) -> bool:
    return stated_law(name) in environment.definitions or is_law(environment.symbols.get(name))


def random_names(nodes: Sequence[Node], environment: Environment) -> list[str]:
    """The random variables that formulas speak of, outside of the expectations in them."""
    return names_outside(nodes, environment, lambda name: is_random(name, environment))


def names_outside(nodes: Sequence[Node], environment: Environment, wanted: Wanted) -> list[str]:
    """The names of a kind that formulas speak of, outside of the expectations in them."""
    return list(dict.fromkeys(name for node in nodes for name in _names(node, environment, wanted, frozenset())))


def _names(node: Node, environment: Environment, wanted: Wanted, seen: frozenset[str]) -> Iterator[str]:
    match node:
        case Symbol():
            name = environment.key(node)
            if name in environment.definitions and name not in seen and name not in environment.bound:
                yield from _names(environment.definitions[name].body, environment, wanted, seen | {name})
            elif wanted(name):
                yield name
        case Moment(binders=()):
            yield from _conditions_in((node.condition,) if node.condition else (), environment, wanted, seen)
        case Moment():
            bound = {environment.named(item) for binder in node.binders for item in binder.variables}
            inside = (own for part in node.arguments for own in _names(part, environment, wanted, seen))
            yield from (own for own in inside if own not in bound)
        case Call(function=Symbol() as head) if head_of(environment.key(head)) in PROBABILITIES:
            bar = node.separators.index("|") + 1 if "|" in node.separators else len(node.arguments)
            yield from _conditions_in(node.arguments[bar:], environment, wanted, seen)
        case Call(arguments=parts):
            yield from (name for part in parts for name in _names(part, environment, wanted, seen))
        case _:
            yield from (name for part in children(node) for name in _names(part, environment, wanted, seen))


def _conditions_in(
    conditions: tuple[Node, ...], environment: Environment, wanted: Wanted, seen: frozenset[str]
) -> Iterator[str]:
    """The random variables of a condition that are not given a value there: Y of `X | Y`, none of `X | Y = y`."""
    for part in conditions:
        if isinstance(part, Listed):
            yield from _conditions_in(part.elements, environment, wanted, seen)
        elif isinstance(part, Symbol):
            yield from _names(part, environment, wanted, seen)
        elif isinstance(part, Relation) and part.operator == "=":
            yield from _names(part.right, environment, wanted, seen)


# -- under which law ------------------------------------------------------------------------------------------------


def drawn_from(names: Sequence[str], given: dict[str, Node], environment: Environment, shown: str) -> tuple[Drawn, ...]:
    """What an expectation over some random variables binds, one after the other.

    Errors: EvaluationError where no law, or more than one, fits them.
    """
    if len(names) == 1 and not given and (own := law_of(names[0], environment)):
        return (Drawn((names[0],), *own),)
    declared = declared_laws(names, tuple(given), environment)
    if len(declared) > 1:
        told = " or ".join(f"`{law}`" for law in declared)
        raise EvaluationError(f"`{shown}` does not say under which law, {told}: write `x \\sim p` below it")
    if declared:
        (law,) = declared
        split = len(law.arguments) - law.conditions
        conditions = tuple(given.get(name, Symbol(name)) for name in law.arguments[split:])
        return (Drawn(law.arguments[:split], law, conditions),)
    return _side_by_side(names, given, environment, shown)


def declared_laws(names: Sequence[str], given: tuple[str, ...], environment: Environment) -> list[Function]:
    """The laws of these names, given those, that the notation declares; else those that follow from declared ones."""
    for known in (environment.functions, environment.derived):
        found = [law for laws in known.values() for law in laws if gives_law(law) and _is_of(law, names, given)]
        unlike = list({frozenset((*law.arguments, law.name)): law for law in found}.values())
        if unlike:
            return unlike
    return []


def _is_of(law: Function, names: Sequence[str], given: tuple[str, ...]) -> bool:
    split = len(law.arguments) - law.conditions
    behind = law.separators[split - 1 :]
    conditions = law.arguments[split:] if behind[:1] == ("|",) else ()
    conditions = conditions[: 1 + len(behind[1:]) - behind[1:].count(";")] if behind[:1] == ("|",) else ()
    return set(law.arguments[:split]) == set(names) and set(conditions) == set(given)


def _side_by_side(
    names: Sequence[str], given: dict[str, Node], environment: Environment, shown: str
) -> tuple[Drawn, ...]:
    """Random variables of which only the law of each is known."""
    laws = {name: law_of(name, environment) or _only_law(name, environment) for name in (*names, *given)}
    missing = [name for name, law in laws.items() if law is None]
    if missing or not names:
        told = f": nothing is a law of `{missing[0]}`" if missing else ""
        raise EvaluationError(f"`{shown}` does not say under which law{told}: write `x \\sim p` below it")
    for law in (law for known in environment.functions.values() for law in known if gives_law(law)):
        own = set(law.arguments[: len(law.arguments) - law.conditions])
        if len(own & set(laws)) > 1:
            raise EvaluationError(
                f"`{shown}`: nothing says how `{law}` hangs together with the rest: declare the joint law"
            )
    known = {name: law for name, law in laws.items() if law is not None}
    return tuple(
        Drawn((name,), *known[name], (*given, *names[:place]), tuple(names[place + 1 :]))
        for place, name in enumerate(names)
    )


def with_laws(nodes: Sequence[Node], given: dict[str, Node], environment: Environment) -> list[str]:
    """The names in formulas that a law of the notation is a law of. Errors: EvaluationError where one has a value, too.

    A single one is meant even so: `p(x)` gives a law to the x of `\\mathbb{E}[x]`, whose values claims are tried at;
    and so is a capital letter.
    """
    conditions = tuple(given)
    found = names_outside(nodes, environment, lambda name: bool(declared_laws([name], conditions, environment)))
    found = [name for name in found if name not in given]
    valued = [name for name in found if environment.is_bound(name) and not _is_capital(name)]
    if len(found) > 1 and valued:
        told = " and ".join(f"`{name}`" for name in found)
        raise EvaluationError(
            f"{told} have laws, and `{valued[0]}` a value: say what the expectation binds, as in `x \\sim p`"
        )
    return found


def _is_capital(name: str) -> bool:
    """Whether custom takes a name for a random variable, even if it stands for values elsewhere."""
    return head_of(name)[:1].isupper()


def chained(drawn: tuple[Drawn, ...], bodies: tuple[Node, ...], environment: Environment) -> tuple[Drawn, ...]:
    """Several variables of one joint law one after the other, where jumps or kinks ask for it: by conditional laws."""
    return tuple(part for each in drawn for part in _chain(each, bodies, environment))


def _chain(drawn: Drawn, bodies: tuple[Node, ...], environment: Environment) -> tuple[Drawn, ...]:
    names = drawn.names
    if len(names) == 1 or not any(kinks_of(name, bodies, (), environment) for name in names):
        return (drawn,)
    known = environment.derived.get(drawn.law.name, ())
    conditions = dict(zip(drawn.law.arguments[len(names) :], drawn.conditions, strict=True))
    parts = []
    for place, name in enumerate(names):
        wanted = {*names[:place], *conditions}
        laws = [law for law in known if law.arguments[0] == name and set(law.arguments[1:]) == wanted]
        laws = [law for law in laws if law.conditions == len(wanted)]
        if not laws:
            return (drawn,)
        given = tuple(conditions.get(other, Symbol(other)) for other in laws[0].arguments[1:])
        parts.append(Drawn((name,), laws[0], given, later=names[place + 1 :]))
    return tuple(parts)


def _only_law(name: str, environment: Environment) -> tuple[Function, tuple[Node, ...]] | None:
    found = declared_laws([name], (), environment)
    return (found[0], tuple(map(Symbol, found[0].arguments[1:]))) if len(found) == 1 else None


def is_bare(node: Node, environment: Environment) -> bool:
    """Whether a node takes an expectation that does not say under which law."""
    match node:
        case Moment():
            return not node.binders or any(binder.law is None for binder in node.binders)
        case Call(function=Symbol() as head):
            return head_of(environment.key(head)) in PROBABILITIES and probability(node, environment) is not None
    return False


def laws_apart(names: Sequence[str], environment: Environment) -> list[str]:
    """Those names that are random variables, if nothing says how some of them hang together."""
    found = [
        name
        for name in names
        if is_random(name, environment)
        or ((_is_capital(name) or not environment.is_bound(name)) and _only_law(name, environment))
    ]
    pairs = [pair for pair in combinations(found, 2) if not are_independent(*pair, environment)]
    declared = [law for laws in environment.functions.values() for law in laws if gives_law(law)]
    joint = [set(law.arguments[: law.variables]) for law in declared]
    return found if any(not any(set(pair) <= own for own in joint) for pair in pairs) else []


# -- bound ------------------------------------------------------------------------------------------------------------


def bind_drawn(drawn: Drawn, bodies: tuple[Node, ...], environment: Environment) -> tuple[Environment, Weights]:
    """Bind random variables to the points of their law; the weights are probabilities."""
    name, way = drawn.names[0], environment.dependence
    if way is not None and way.tied and (tied := _tied_to(name, drawn.beside, environment)):
        return _bind_tied(name, tied, environment)
    conditions = [number_of(condition, environment) for condition in drawn.conditions]
    kinks = _kinks_together(name, drawn, bodies, environment)
    rule = _batched_rule(name, drawn.law, conditions, kinks, environment)
    environment.trace.methods.add(rule.method)
    points = Array(rule.points, rule.points.ndim - rule.weights.ndim)
    inner = environment.bind({name: points} if len(drawn.names) == 1 else _columns(drawn.names, points))
    tilt = _tilt(name, drawn.beside, way, inner) if drawn.beside and way is not None else 1.0
    return inner, Weights(Array(rule.weights * tilt, 0), Array(rule.outermost, 0))


def _columns(names: Sequence[str], points: Array) -> dict[str, Array]:
    if points.core != (len(names),):
        raise EvaluationError(f"the law does not give values for {', '.join(names)} together")
    return {name: Array(points.values[..., column], 0) for column, name in enumerate(names)}


def _batched_rule(
    name: str, function: Function, conditions: list[Array], kinks: list[Node], environment: Environment
) -> Rule:
    """One rule for each point of the batch that the law or its kinks depend on, side by side along a new axis."""
    axes = environment.depth if conditions else 0
    padded = [condition.with_axes(axes) for condition in conditions]
    batch = np.broadcast_shapes(*(values.shape[:axes] for values in padded)) if padded else ()

    def law_of(point: tuple[int, ...]) -> Any:
        values = [np.broadcast_to(v, batch + v.shape[axes:])[point] for v in padded]
        return law_at(function, [Array(v, c.rank) for v, c in zip(values, conditions, strict=True)])

    law = law_of(()) if not batch else _law_of_all(function, conditions, padded, law_of)
    if law is not None and is_on_a_line(law) and (batch or kinks):
        return pieced_rule(law, environment.fine, _breaks(name, law, kinks, environment))
    laws = [law] if law is not None else [law_of(point) for point in np.ndindex(*batch)]
    return _stacked([expectation_rule(each, environment.fine) for each in laws], batch, environment)


def _law_of_all(
    function: Function, conditions: list[Array], padded: list[Numbers], law_of: Callable[[tuple[int, ...]], Any]
) -> Any:
    """One law object for a whole batch of conditions, if the family makes one that is the same at some probes."""
    if any(condition.rank for condition in conditions):
        return None
    try:
        # an author's family may raise anything at all when it is given a batch
        law = function.value(*(values[..., None] for values in padded))
        if not is_on_a_line(law):
            return None
        found = np.asarray(law.ppf(PROBES))
    except Exception:
        return None
    batch = np.broadcast_shapes(*(values.shape for values in padded))
    if found.shape != (*batch, len(PROBES)):
        return None
    size = int(np.prod(batch))
    points = [tuple(map(int, np.unravel_index(flat, batch))) for flat in {0, size // 3, size - 1}]
    alike = all(np.allclose(law_of(point).ppf(PROBES), found[point], rtol=1e-12, atol=0) for point in points)
    return law if alike else None


def _filled(batch: tuple[int, ...], environment: Environment) -> tuple[int, ...]:
    return batch + (1,) * (environment.depth - len(batch))


def _breaks(name: str, law: Any, kinks: list[Node], environment: Environment) -> Numbers:
    """Where a law must be cut, of shape batch + (places,)."""
    inverses = quantiles(law)
    if not kinks or inverses is None:
        return np.empty((1,) * environment.depth + (0,))
    u = _grid(environment.fine)
    grid = np.concatenate([np.asarray(inverses[0](u)), np.asarray(inverses[1](u))[..., ::-1]], axis=-1)
    grid = np.maximum.accumulate(grid, axis=-1)
    grid = grid.reshape((1,) * (environment.depth + 1 - grid.ndim) + grid.shape)
    return breaks_of(name, kinks, grid, environment, lambda kink, inner: _with_tied(name, kink, inner))


def _grid(fine: bool) -> Numbers:
    """Probabilities up to one half, dense in the middle and reaching far out."""
    count = GRID if fine else GRID // 2
    return np.unique(np.concatenate([probability_rule(False)[0], (np.arange(count) + 0.5) / (2 * count)]))


def _stacked(rules: list[Rule], batch: tuple[int, ...], environment: Environment) -> Rule:
    longest = max(len(rule.weights) for rule in rules)
    leading = _filled(batch, environment)
    points = np.stack([_lengthened(rule.points, longest, "edge") for rule in rules])
    weights, marks = (
        np.stack([_lengthened(column, longest, "constant") for column in columns]).reshape((*leading, longest))
        for columns in ([rule.weights for rule in rules], [rule.outermost for rule in rules])
    )
    return Rule(points.reshape(leading + points.shape[1:]), weights, rules[0].method, marks)


def _lengthened(values: Numbers, length: int, mode: Any) -> Numbers:
    """Points that are repeated with the weight zero, so that laws with supports of other sizes stack."""
    padding = [(0, length - len(values))] + [(0, 0)] * (values.ndim - 1)
    return np.pad(values, padding, mode=mode)


# -- of which nothing is known together -------------------------------------------------------------------------------


def ways_of(names: Sequence[str], environment: Environment) -> tuple[Together, ...]:
    """The ways in which some random variables may hang together that claims about them are tried under."""
    apart = any(are_independent(*pair, environment) for pair in combinations(names, 2))
    return ways_together({name: None if apart else _plain_law(name, environment) for name in names})


def _plain_law(name: str, environment: Environment) -> Any:
    """The law of a name, if it is the same everywhere."""
    found = law_of(name, environment) or _only_law(name, environment)
    return found[0].value if found is not None and is_law(found[0].value) else None


def _law_here(name: str, environment: Environment) -> Any:
    found = law_of(name, environment) or _only_law(name, environment)
    if found is None:
        raise EvaluationError(f"nothing is a law of `{name}`")
    return law_at(found[0], [number_of(condition, environment) for condition in found[1]])


def _tilt(name: str, beside: tuple[str, ...], way: Together, inner: Environment) -> Numbers:
    """The density of a random variable's law, given those beside it, by that without them."""
    known = {}
    for each in (*beside, name):
        low, high = ranks(_law_here(each, inner), inner.bound[each].values)
        known[each] = (Array(low, 0).with_axes(inner.depth), Array(high, 0).with_axes(inner.depth))
    if way.tied:
        return tied_tilt(way, name, known)
    pairs = [pair for pair in combinations(way.names, 2) if not are_independent(*pair, inner)]
    shares = {frozenset(pair): (1 - 0.37 * (k % 3)) / len(pairs) for k, pair in enumerate(pairs)}
    return smooth_tilt(way, name, known, shares)


def _tied_to(name: str, beside: tuple[str, ...], environment: Environment) -> str:
    """Of which variable beside it a number is a function, if all are tied."""
    numbers = [other for other in (name, *beside) if is_on_a_line(_plain_law(other, environment))]
    return beside[0] if beside and len(numbers) == len(beside) + 1 else ""


def _bind_tied(name: str, other: str, environment: Environment) -> tuple[Environment, Weights]:
    values = _tied_value(name, other, environment).with_axes(environment.depth)[..., None]
    one = np.ones((1,) * (environment.depth + 1))
    return environment.bind({name: Array(values, 0)}), Weights(Array(one, 0), Array(one < 0, 0))


def _tied_value(name: str, other: str, environment: Environment) -> Array:
    way = environment.dependence
    assert way is not None
    laws = _plain_law(name, environment), _plain_law(other, environment)
    found = tied_value(*laws, rounded(environment.bound[other]).values, way.sign(name) * way.sign(other))
    return Array(np.asarray(found), 0)


def _kinks_together(name: str, drawn: Drawn, bodies: tuple[Node, ...], environment: Environment) -> list[Node]:
    """Where the formulas have a kink in a variable, or in one that is a function of it."""
    if len(drawn.names) > 1:
        return []
    kinks = kinks_of(name, bodies, drawn.later, environment)
    tied = _tied_names(name, environment)
    if not tied:
        return kinks
    return list(dict.fromkeys(kink for each in (name, *tied) for kink in kinks_of(each, bodies, (), environment)))


def _tied_names(name: str, environment: Environment) -> list[str]:
    """What is a function of a variable and not bound yet."""
    way = environment.dependence
    if way is None or not way.tied or name not in way.names:
        return []
    others = [other for other in way.names if other != name and not environment.is_captured(other)]
    return others if all(is_on_a_line(_plain_law(other, environment)) for other in (name, *others)) else []


def _with_tied(name: str, kink: Node, environment: Environment) -> Environment:
    """The environment in which a variable is bound, with those that are functions of it and that a kink speaks of."""
    spoken = [other for other in _tied_names(name, environment) if speaks_of(other, kink, environment)]
    return environment.at({other: _tied_value(other, name, environment) for other in spoken})
