r"""Integrals without bounds as claims about a derivative: `\int f(x) dx = F(x) + C` says that F' = f."""

from __future__ import annotations

from mathpost.evaluation import Box, Environment, Variable
from mathpost.evaluation.dependence import dependencies
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Binder, Call, Derivative, Integral, Node, Number, Symbol

CONSTANTS = ("C", "c", "K")


def as_derivatives(left: Node, right: Node, environment: Environment) -> tuple[Node, Node]:
    """Both sides, derived where one is an integral without bounds over a letter that is free on the other side."""
    if (variable := _integrated(left, right, environment)) is not None and isinstance(left, Integral):
        return left.body, Derivative("d", (variable,), _without_constant(right, environment))
    if (variable := _integrated(right, left, environment)) is not None and isinstance(right, Integral):
        return Derivative("d", (variable,), _without_constant(left, environment)), right.body
    return left, right


def _integrated(integral: Node, other: Node, environment: Environment) -> Symbol | None:
    match integral:
        case Integral(binder=Binder(variables=(Symbol() as letter,)) as binder) if binder == Binder((letter,)):
            name = environment.key(letter)
            declared = environment.symbols.get(name)
            in_box = isinstance(declared, Variable) and isinstance(declared.domain, Box)
            return letter if in_box and _speaks_of(name, other, environment) else None
    return None


def _speaks_of(name: str, node: Node, environment: Environment) -> bool:
    """Whether a letter is written in a formula, or belongs to what stands there without its arguments."""
    parts = list(walk(node))
    if any(isinstance(part, Symbol) and environment.key(part) == name for part in parts):
        return True
    # `p(x)` does not depend on z because another law of that name, p(x | z), does
    return not any(isinstance(part, Call) for part in parts) and name in dependencies(node, environment)


def _without_constant(node: Node, environment: Environment) -> Node:
    """The formula with 0 for the constant of integration, where nothing is bound to it: its derivative is 0."""
    if isinstance(node, Symbol) and node.name in CONSTANTS and not environment.is_bound(environment.key(node)):
        return Number("0")
    return rebuild(node, lambda child: _without_constant(child, environment))
