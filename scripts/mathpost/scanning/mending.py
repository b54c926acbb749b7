"""The smallest change that makes a false step true: the mutants turned round."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from mathpost.ground.errors import MathpostError
from mathpost.inference.definitions import TooLarge
from mathpost.judging.draw import Draw
from mathpost.judging.judge import judge
from mathpost.latex import to_latex
from mathpost.latex.changing import mutations
from mathpost.latex.tree import walk, with_one_changed
from mathpost.latex.tree.nodes import (
    UNDECLARED,
    Apply,
    Binary,
    Call,
    Fenced,
    Index,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Root,
    Symbol,
    Transpose,
)
from mathpost.scanning.trials import Trial

LONGEST = 1.0
"""Seconds of processor time that a change is sought for."""

Expand = Callable[[Node, Node], tuple[Node, Node]]
Again = Callable[[Node, Node], Trial]


@dataclass(frozen=True)
class Mend:
    """A changed side that makes the step true, as it would be written."""

    side: str
    latex: str

    @property
    def told(self) -> str:
        return f"with `{self.latex}` on the {self.side} it does"


def mended(relation: str, trial: Trial, expand: Expand, again: Again, left: Node, right: Node) -> Mend | None:
    """The first change in one place, of the right side or the left, that holds in every world of the trial."""
    end = time.process_time() + LONGEST
    for side, tree, other in (("right", right, left), ("left", left, right)):
        for mutant in chain(mutations(tree, UNDECLARED), _completed(tree), _with_factors(tree, other)):
            if time.process_time() > end:
                return None
            pair = (other, mutant) if side == "right" else (mutant, other)
            found = _holds(relation, trial, expand, *pair)
            if found or (found is None and _holds_anew(again, *pair)):
                return Mend(side, to_latex(mutant))
    return None


def _completed(tree: Node) -> Iterator[Node]:
    """The tree with something put in that may have been lost: a square, a root, a sign, a bar, a transposition."""

    def change(node: Node) -> Iterator[Node]:
        if isinstance(node, (Symbol, Index, Call, Norm, Binary)):
            yield Power(node, Number("2"))
            yield Root(node)
            yield Negative(node)
        if isinstance(node, (Symbol, Index)):
            yield Fenced("abs", node)
            yield Transpose(node)
        if isinstance(node, Root):
            yield node.radicand
        if isinstance(node, Binary) and node.operator in "+-":
            yield Apply("log", node)
        if isinstance(node, Index) and len(node.indices) == 1:
            yield Index(node.base, (Binary("-", node.indices[0], Number("1")),), node.raised)
        if isinstance(node, Binary) and node.operator == "*":
            yield Binary("*", node.right, node.left)
        yield from with_one_changed(node, change)

    yield from change(tree)


def _with_factors(tree: Node, other: Node) -> Iterator[Node]:
    """The tree with a name of the statement as one more factor somewhere."""
    names = sorted({item for side in (tree, other) for item in walk(side) if isinstance(item, Symbol)}, key=str)

    def change(node: Node) -> Iterator[Node]:
        if isinstance(node, (Symbol, Index, Call, Power)):
            for name in names:
                yield Binary("*", name, node)
                yield Binary("/", node, name)
        yield from with_one_changed(node, change)

    yield from change(tree)


def _holds_anew(again: Again, left: Node, right: Node) -> bool:
    """Whether a changed step holds that speaks of more than the one that failed."""
    try:
        found = again(left, right)
    except (TooLarge, RecursionError, MathpostError):
        return False
    return found.holds and found.is_understood


def _holds(relation: str, trial: Trial, expand: Expand, left: Node, right: Node) -> bool | None:
    """Whether a changed step holds in the worlds of the one that failed; None if it speaks of more than they know."""
    known = len(trial.plain.atoms)
    try:
        mine, other = (trial.plain.read(side) for side in expand(left, right))
    except (TooLarge, RecursionError):
        return False
    if len(trial.plain.atoms) > known:
        for name in list(trial.plain.atoms)[known:]:
            trial.plain.forget(name)
        return None
    if mine == other:
        return True
    tried = zip(trial.worlds, trial.judgements, strict=True)
    failing = [world for world, (_, judgement) in tried if judgement.outcome == "fail"]
    try:
        return all(judge(relation, mine, other, Draw(world)).outcome == "pass" for world in failing)
    except MathpostError:
        return False  # a change may make something of which nobody knows what it means: the root of a matrix
