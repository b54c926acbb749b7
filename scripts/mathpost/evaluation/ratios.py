"""Quotients of densities below an integral: importance weights p/q, which are 0/0 far out in float64."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mathpost.evaluation.binding import calls_author
from mathpost.evaluation.calling import gives_law
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.evaluate import evaluate
from mathpost.evaluation.values import rounded
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Apply, Binary, Call, Node, Number

VANISHING = (
    "`{shown}` is 0 in float64 where it is divided by, so what it is the weight of is lost: bind a law, whose "
    "logarithm is known, and not a function that gives its density"
)


def in_logarithms(node: Node, environment: Environment) -> Node:
    """The same formula, in which laws that are divided by are taken together with the others of their product."""
    if not isinstance(node, Binary) or node.operator not in ("*", "/"):
        return rebuild(node, lambda child: in_logarithms(child, environment))
    factors = list(_factors(node, above=True))
    densities = [(factor, above) for factor, above in factors if _is_density(factor, environment)]
    if all(above for _, above in densities):
        return rebuild(node, lambda child: in_logarithms(child, environment))
    rest = [(factor, above) for factor, above in factors if not _is_density(factor, environment)]
    weight = Apply("exp", Apply("log", _multiplied(densities)))
    return Binary("*", in_logarithms(_multiplied(rest), environment), weight) if rest else weight


def _factors(node: Node, *, above: bool) -> Iterator[tuple[Node, bool]]:
    if isinstance(node, Binary) and node.operator in ("*", "/"):
        yield from _factors(node.left, above=above)
        yield from _factors(node.right, above=above == (node.operator == "*"))
    else:
        yield node, above


def _is_density(node: Node, environment: Environment) -> bool:
    if not isinstance(node, Call) or environment.named(node.function) not in environment.functions:
        return False
    return gives_law(environment.function_of(node))


def _multiplied(factors: list[tuple[Node, bool]]) -> Node:
    product: Node | None = None
    for factor, above in sorted(factors, key=lambda each: not each[1]):
        if product is None:
            product = factor if above else Binary("/", Number("1"), factor)
        else:
            product = Binary("*" if above else "/", product, factor)
    assert product is not None
    return product


def refuse_vanishing(body: Node, inner: Environment) -> None:
    """Errors: EvaluationError for a function of the author that is divided by and that float64 has lost."""
    for node in walk(body):
        if isinstance(node, Binary) and node.operator == "/" and calls_author(node.right, inner):
            try:
                values = rounded(evaluate(node.right, inner)).values
            except EvaluationError:
                continue  # it speaks of letters that are bound further inside
            if np.any(values == 0):
                raise EvaluationError(VANISHING.format(shown=to_latex(node.right)))
