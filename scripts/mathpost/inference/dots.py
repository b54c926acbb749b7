"""What dots stand for: `a_1 + \\dots + a_n` is a sum, `1 + r + r^2 + \\dots` a series, `x_1, \\dots, x_n` a vector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import count
from typing import Any, cast

from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import (
    BigOperator,
    Binary,
    Binder,
    Call,
    Dots,
    Index,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    _Node,
)

ONE = Number("1")
_FRESH = count(1)
Signed = tuple[int, Node]


def without_dots(node: Node) -> Node:
    """The tree with sums, products and series for its dots; dots that do not say how they go on are left."""
    if not any(isinstance(item, Dots) for item in walk(node)):
        return node
    if isinstance(node, Binary) and node.operator in "+-" and (summed := _summed(node)) is not None:
        return without_dots(summed)
    if isinstance(node, Binary) and node.operator == "*" and (multiplied := _multiplied(node)) is not None:
        return without_dots(multiplied)
    if isinstance(node, Call) and any(isinstance(item, Dots) for item in node.arguments):
        node = _of_a_vector(node)
    return rebuild(node, without_dots)


def _of_a_vector(node: Call) -> Call:
    """`p(x_1, \\dots, x_n; \\theta)` is a function of all of x."""
    place = next(place for place, item in enumerate(node.arguments) if isinstance(item, Dots))
    around = node.arguments[place - 1 : place] + node.arguments[place + 1 : place + 2]
    bases = {item.base for item in around if isinstance(item, Index) and isinstance(item.base, Symbol)}
    if len(bases) != 1 or len(around) != 2:
        return node
    base = bases.pop()
    first = place - 1
    while first and _base_of(node.arguments[first - 1]) == base:
        first -= 1
    arguments = (*node.arguments[:first], base, *node.arguments[place + 2 :])
    separators = (*node.separators[:first], *node.separators[place + 1 :])
    return replace(node, arguments=arguments, separators=separators[: len(arguments) - 1])


def _base_of(node: Node) -> Node | None:
    return node.base if isinstance(node, Index) else None


def _summed(node: Binary) -> Node | None:
    terms = list(_terms(node, 1))
    places = [place for place, (_, term) in enumerate(terms) if isinstance(term, Dots)]
    if len(places) != 1:
        return None
    place = places[0]
    before, behind = terms[:place], terms[place + 1 :]
    between = _between(before, behind, "sum")
    return None if between is None else _sum([*before, *between, *behind])


def _multiplied(node: Binary) -> Node | None:
    factors = list(_factors(node))
    places = [place for place, factor in enumerate(factors) if isinstance(factor, Dots)]
    if len(places) != 1 or places[0] in (0, len(factors) - 1):
        return None
    place = places[0]
    before, behind = [(1, each) for each in factors[:place]], [(1, each) for each in factors[place + 1 :]]
    between = _between(before, behind, "prod")
    if between is None:
        return None
    everything = [*before, *between, *behind]
    product = everything[0][1]
    for _, factor in everything[1:]:
        product = Binary("*", product, factor)
    return product


def _terms(node: Node, sign: int) -> Iterator[Signed]:
    match node:
        case Binary(operator="+", left=left, right=right):
            yield from _terms(left, sign)
            yield from _terms(right, sign)
        case Binary(operator="-", left=left, right=right):
            yield from _terms(left, sign)
            yield from _terms(right, -sign)
        case Negative(operand=operand):
            yield from _terms(operand, -sign)
        case _:
            yield sign, node


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Binary) and node.operator == "*":
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _sum(terms: list[Signed]) -> Node:
    sign, total = terms[0]
    total = total if sign > 0 else Negative(total)
    for sign, term in terms[1:]:
        total = Binary("+" if sign > 0 else "-", total, term)
    return total


# -- how the terms go on -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Hole:
    """Where two terms differ."""

    path: tuple[Any, ...]
    first: Node
    second: Node


def _between(before: list[Signed], behind: list[Signed], operator: str) -> list[Signed] | None:
    """The terms that dots stand for, as one sum or product of a general term."""
    if not before or (not behind and len(before) < 2):
        return None
    earlier, last = (before[-2] if len(before) > 1 else None), before[-1]
    steps = _steps(earlier[1], last[1]) if earlier else None
    letter = Symbol(f"j'{next(_FRESH)}")
    alternates = earlier is not None and earlier[0] != last[0]
    if behind:
        holes = _holes(last[1], behind[0][1])
        if not holes:
            return None
        moves = _moves(holes, steps)
        if moves is None:
            return None
        extent = Binary("-", holes[0].second, holes[0].first)
        step = abs(moves[holes[0].path])
        upper: Node = Binary("-", extent if step == 1 else Binary("/", extent, Number(str(step))), ONE)
    else:
        if not steps:
            return None
        moves, upper = steps, Symbol("\\infty")
    body = _moved(last[1], moves, letter)
    if alternates:
        body = Binary("*", Power(Negative(ONE), letter), body)
    binder = Binder((letter,), lower=ONE, upper=upper)
    return [(last[0], BigOperator(operator, binder, body))]


def _moves(holes: list[_Hole], steps: Mapping[tuple[Any, ...], int] | None) -> dict[tuple[Any, ...], int] | None:
    """By how much each hole grows from term to term, if all of them reach the last term together."""
    holes.sort(key=lambda hole: not isinstance(hole.first, Number))
    distances = [_difference(hole.second, hole.first) for hole in holes]
    if any(distance is None for distance in distances):
        return None
    steps = {_plainly(path): step for path, step in (steps or {}).items()}
    own = steps.get(_plainly(holes[0].path), 1)
    moves = {}
    for hole, distance in zip(holes, distances, strict=True):
        if distance == distances[0]:
            moves[hole.path] = own
        elif distance == tuple(-each for each in distances[0] or ()):
            moves[hole.path] = -own
        else:
            return None
        if steps.get(_plainly(hole.path), moves[hole.path]) != moves[hole.path]:
            return None
    return moves


def _plainly(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """A place of a power, whether the exponent is written or not."""
    return tuple(step for step in path if step not in ("power", "exponent", ("exponent",)))


def _steps(earlier: Node, later: Node) -> dict[tuple[Any, ...], int] | None:
    """By how much the places grow in which two terms differ by whole numbers."""
    holes = _holes(earlier, later)
    if not holes:
        return None
    steps = {}
    for hole in holes:
        distance = _difference(hole.second, hole.first)
        if distance is None or len(set(distance)) != 1 or distance[0].denominator != 1 or not distance[0]:
            return None
        steps[_of_later(hole.path)] = int(distance[0])
    return steps


def _of_later(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where the place stands in the later term: the exponent of `r^2` that `r` does not have."""
    return (*path[:-1], ("exponent",)) if path and path[-1] == "power" else path


def _difference(second: Node, first: Node) -> tuple[Fraction, ...] | None:
    """The difference of two whole expressions at a few choices of their letters."""
    try:
        return tuple(_value(second, seed) - _value(first, seed) for seed in (3, 7, 12))
    except (ValueError, ZeroDivisionError):
        return None


def _value(node: Node, seed: int) -> Fraction:
    """Errors: ValueError for what is no sum or product of letters and numbers."""
    match node:
        case Number(text=text):
            return Fraction(text)
        case Symbol(name=name):
            return Fraction(100 + 17 * seed + sum(map(ord, name)) * (seed + 1) % 89)
        case Negative(operand=operand):
            return -_value(operand, seed)
        case Binary(operator="+", left=left, right=right):
            return _value(left, seed) + _value(right, seed)
        case Binary(operator="-", left=left, right=right):
            return _value(left, seed) - _value(right, seed)
        case Binary(operator="*", left=left, right=right):
            return _value(left, seed) * _value(right, seed)
    raise ValueError


def _holes(first: Node, second: Node, path: tuple[Any, ...] = ()) -> list[_Hole] | None:
    """Where two terms differ, by whole numbers or letters that count; None if they are of different make."""
    if first == second:
        return []
    if _counts(first) and _counts(second):
        return [_Hole(path, first, second)]
    if isinstance(second, Power) and second.base == first:
        return [_Hole((*path, "power"), ONE, second.exponent)]
    if isinstance(first, Power) and first.base == second:
        return [_Hole((*path, "exponent"), first.exponent, ONE)]
    if type(first) is not type(second):
        return None
    found: list[_Hole] = []
    for step, one, two in _pairs(first, second):
        if isinstance(one, _Node) and isinstance(two, _Node):
            inner = _holes(cast(Node, one), cast(Node, two), (*path, step))
            if inner is None:
                return None
            found += inner
        elif one != two and step[0] not in ("dotted", "bold"):
            return None
    return found


def _pairs(first: Node, second: Node) -> Iterator[tuple[tuple[Any, ...], object, object]]:
    """What stands in the same places of two nodes of one make."""
    for item in fields(first):
        mine, other = getattr(first, item.name), getattr(second, item.name)
        if item.name == "span":
            continue
        if isinstance(mine, tuple) and isinstance(other, tuple) and len(mine) == len(other):
            for place, pair in enumerate(zip(mine, other, strict=True)):
                yield ((item.name, place), *pair)
        else:
            yield (item.name,), mine, other


def _counts(node: Node) -> bool:
    """Whether a tree is a whole number, or a letter that stands for one."""
    return all(
        isinstance(item, (Number, Symbol, Negative)) or (isinstance(item, Binary) and item.operator in "+-*")
        for item in walk(node)
    )


def _moved(node: Node, moves: Mapping[tuple[Any, ...], int], letter: Symbol, path: tuple[Any, ...] = ()) -> Node:
    """The term as it stands `letter` terms later."""
    if path in moves:
        return _grown(node, moves[path], letter)
    if (*path, "power") in moves:
        return Power(node, _grown(ONE, moves[*path, "power"], letter))
    if (*path, "exponent") in moves and isinstance(node, Power):
        return Power(node.base, _grown(node.exponent, moves[*path, "exponent"], letter))
    changed: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if item.name == "span":
            continue
        if isinstance(value, _Node):
            changed[item.name] = _moved(cast(Node, value), moves, letter, (*path, (item.name,)))
        elif isinstance(value, tuple):
            changed[item.name] = tuple(
                _moved(cast(Node, each), moves, letter, (*path, (item.name, at))) if isinstance(each, _Node) else each
                for at, each in enumerate(value)
            )
    return replace(node, **changed)


def _grown(node: Node, step: int, letter: Symbol) -> Node:
    moved: Node = letter if abs(step) == 1 else Binary("*", Number(str(abs(step))), letter)
    return Binary("+" if step > 0 else "-", node, moved)
