"""Numbers, vectors and matrices: the cheapest shapes of the names under which a tree means something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod
from itertools import product
from typing import TypeAlias

from mathpost.latex.tree import nodes as n
from mathpost.latex.tree import walk

Shape: TypeAlias = tuple[str, ...]
"""The names of the lengths: none for a number, one for a vector, two for a matrix. A row is `("1", n)`."""

MOST_TRIES = 500
ENTRYWISE = frozenset(("exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "sgn", "sign", "erf"))


class Misfit(Exception):
    """An operation that has no value on these shapes."""


@dataclass(frozen=True)
class Wish:
    """What is known of a name's shape: how dear each rank is, and the letters of its lengths."""

    costs: tuple[float, float, float] = (0.0, 1.5, 3.0)
    lengths: tuple[str, ...] = ()
    square: bool = False


@dataclass
class Lengths:
    """Which lengths are one."""

    parents: dict[str, str] = field(default_factory=dict)

    def root(self, name: str) -> str:
        while name in self.parents:
            name = self.parents[name]
        return name

    def unite(self, first: str, second: str) -> None:
        """Errors: Misfit for two lengths that are numbers."""
        first, second = self.root(first), self.root(second)
        if first == second:
            return
        if first.isdigit() and second.isdigit():
            raise Misfit
        # a letter of the text stays the name of a length
        if first.isdigit() or (second.startswith("?") and not first.startswith("?")):
            first, second = second, first
        if first == "1":
            raise Misfit
        self.parents[first] = second


def find_shapes(pairs: Sequence[tuple[n.Node, n.Node]], wishes: Mapping[str, Wish]) -> dict[str, Shape] | None:
    """The cheapest shapes under which both sides of each pair have one shape; None if there are none.

    Names that are not among the wishes are numbers. A call of a wished name has the shape wished for.
    """
    present = {item.name for pair in pairs for side in pair for item in walk(side) if isinstance(item, n.Symbol)}
    names = sorted(name for name in wishes if name in present)
    tries = 0
    for ranks in _by_cost([wishes[name].costs for name in names]):
        tries += 1
        if tries > MOST_TRIES:
            return None
        lengths = Lengths()
        shapes = {
            name: _shape(name, rank, wishes[name], lengths) for name, rank in zip(names, ranks, strict=True)
        }  # fmt: skip
        try:
            for left, right in pairs:
                _Checker(shapes, lengths).same(left, right)
        except Misfit:
            continue
        return {name: tuple(lengths.root(length) for length in shape) for name, shape in shapes.items()}
    return None


def _by_cost(costs: Sequence[tuple[float, float, float]]) -> Iterator[tuple[int, ...]]:
    """All choices of ranks, the cheapest first; what costs infinitely much is left out."""
    options = [[rank for rank in (0, 1, 2) if cost[rank] < float("inf")] for cost in costs]
    size = 1
    for each in options:
        size *= len(each)
    if size > 60000:
        cheapest = [sorted((cost[rank], rank) for rank in each) for each, cost in zip(options, costs, strict=True)]
        kept = 2 if 2 ** len(options) <= 60000 else 1
        options = [[rank for _, rank in each[:kept]] for each in cheapest]
    yield from sorted(product(*options), key=lambda ranks: sum(map(tuple.__getitem__, costs, ranks)))


def _shape(name: str, rank: int, wish: Wish, lengths: Lengths) -> Shape:
    own = tuple(f"?{name}{axis}" for axis in range(rank))
    if wish.square and rank == 2:
        lengths.unite(own[0], own[1])
    if len(wish.lengths) == rank:
        for mine, letter in zip(own, wish.lengths, strict=True):
            lengths.unite(mine, letter)
    return own


class _Checker:
    """The shape of a tree. Errors: Misfit."""

    def __init__(self, shapes: Mapping[str, Shape], lengths: Lengths) -> None:
        self.shapes = shapes
        self.lengths = lengths

    def same(self, left: n.Node, right: n.Node) -> None:
        if _is_zero(right) or _is_zero(left):
            self.of(left), self.of(right)
            return
        self._unite(self.of(left), self.of(right))

    def _unite(self, first: Shape, second: Shape) -> Shape:
        if len(first) != len(second):
            raise Misfit
        for one, other in zip(first, second, strict=True):
            self.lengths.unite(one, other)
        return first

    def _is_row(self, shape: Shape) -> bool:
        return len(shape) == 2 and self.lengths.root(shape[0]) == "1"

    @singledispatchmethod
    def of(self, node: n.Node) -> Shape:
        return ()

    @of.register
    def _(self, node: n.Symbol) -> Shape:
        return self.shapes.get(node.name, ())

    @of.register
    def _(self, node: n.Index) -> Shape:
        return self.of(node.base)[len(node.indices) :]

    @of.register
    def _(self, node: n.Call) -> Shape:
        for argument in node.arguments:
            self.of(argument)
        return self.of(node.function) if isinstance(node.function, n.Symbol) else ()

    @of.register
    def _(self, node: n.Negative) -> Shape:
        return self.of(node.operand)

    @of.register
    def _(self, node: n.Binary) -> Shape:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in ("+", "-", "\\pm", "\\odot"):
            if _is_zero(node.left) or _is_zero(node.right):
                return left or right
            return self._unite(left, right)
        if node.operator == "*":
            return self._multiplied(left, right, dotted=node.dotted)
        if node.operator == "/":
            if right:
                raise Misfit
            return left
        return left or right

    def _multiplied(self, left: Shape, right: Shape, *, dotted: bool) -> Shape:
        if not left or not right:
            return left or right
        if len(left) == 1 and len(right) == 1:
            if not dotted:
                raise Misfit
            self.lengths.unite(left[0], right[0])
            return ()
        if len(left) == 1:
            if not self._is_row(right):
                raise Misfit
            return (left[0], right[1])
        self.lengths.unite(left[1], right[0])
        if self._is_row(left):
            return () if len(right) == 1 else (left[0], right[1])
        return (left[0],) if len(right) == 1 else (left[0], right[1])

    @of.register
    def _(self, node: n.Power) -> Shape:
        base, exponent = self.of(node.base), self.of(node.exponent)
        if exponent or (len(base) == 1):
            raise Misfit
        if len(base) == 2:
            self.lengths.unite(*base)
        return base

    @of.register
    def _(self, node: n.Transpose) -> Shape:
        shape = self.of(node.operand)
        if len(shape) == 1:
            return ("1", shape[0])
        if len(shape) == 2 and self._is_row(shape):
            return (shape[1],)
        return shape[::-1]

    @of.register
    def _(self, node: n.Apply) -> Shape:
        shape = self.of(node.argument)
        if node.function in ("det", "tr"):
            if len(shape) != 2:
                raise Misfit
            self.lengths.unite(*shape)
            return ()
        if len(shape) == 2 or (shape and node.function not in ENTRYWISE):
            raise Misfit
        return shape

    @of.register
    def _(self, node: n.Norm) -> Shape:
        self.of(node.operand)
        return ()

    @of.register
    def _(self, node: n.Root | n.Fenced | n.Factorial) -> Shape:
        inner = self.of(node.radicand if isinstance(node, n.Root) else node.operand)
        if inner:
            raise Misfit
        return ()

    @of.register
    def _(self, node: n.Inner) -> Shape:
        self._unite(self.of(node.left), self.of(node.right))
        return ()

    @of.register
    def _(self, node: n.BigOperator) -> Shape:
        for bound in (node.binder.lower, node.binder.upper):
            if bound is not None and self.of(bound):
                raise Misfit
        shape = self.of(node.body)
        if node.operator.startswith("arg"):
            return self.of(node.binder.variables[0]) if node.binder.variables else ()
        if shape and node.operator != "sum":
            raise Misfit
        return shape

    @of.register
    def _(self, node: n.Integral) -> Shape:
        return self.of(node.body)

    @of.register
    def _(self, node: n.Moment) -> Shape:
        shapes = [self.of(argument) for argument in node.arguments]
        return shapes[0] if node.operator == "E" and shapes else ()

    @of.register
    def _(self, node: n.Derivative) -> Shape:
        body = self.of(node.body)
        for variable in node.variables:
            body = (*body, *self.of(variable))
        if len(body) > 2:
            raise Misfit
        return body

    @of.register
    def _(self, node: n.Limit) -> Shape:
        return self.of(node.body)

    @of.register
    def _(self, node: n.Cases) -> Shape:
        for value, _ in node.branches:
            if self.of(value):
                raise Misfit
        return ()


def _is_zero(node: n.Node) -> bool:
    return isinstance(node, n.Number) and float(node.text) == 0


def argument_shapes(trees: Sequence[n.Node], shapes: Mapping[str, Shape]) -> dict[str, tuple[Shape, ...]]:
    """For each name that is called the shapes of its arguments, where it is called first."""
    checker, found = _Checker(dict(shapes), Lengths()), dict[str, tuple[Shape, ...]]()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, n.Call) and isinstance(node.function, n.Symbol):
                try:
                    found.setdefault(node.function.name, tuple(checker.of(each) for each in node.arguments))
                except Misfit:
                    continue
    return found


def shape_of(tree: n.Node, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of a tree; that of a number if it has none."""
    try:
        return _Checker(dict(shapes), Lengths()).of(tree)
    except Misfit:
        return ()
