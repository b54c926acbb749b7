r"""`\mathcal{N}(x; \mu, \sigma^2 I)` where nothing binds I: an identity matrix of as many rows as $\mu$ has entries."""

from __future__ import annotations

from dataclasses import replace

from mathpost.evaluation.elementary import ISOTROPIC
from mathpost.evaluation.environment import Environment
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binary, Call, Node, Number, Symbol

IDENTITIES = frozenset(("I", "\\mathbb{I}"))


def isotropic(call: Call, environment: Environment) -> Call:
    """The call of the law by its mean and one variance; any other call as it is.

    A mean that is written as 0 does not say how many entries it has.
    """
    if call.function != Symbol("\\mathcal{N}") or len(call.arguments) < 2 or _is_zero(call.arguments[-2]):
        return call
    variance = _factor(call.arguments[-1], environment)
    if variance is None:
        return call
    return replace(call, function=Symbol(ISOTROPIC), arguments=(*call.arguments[:-1], variance))


def _is_zero(node: Node) -> bool:
    return isinstance(node, Number) and float(node.text) == 0


def _is_identity(node: Node, environment: Environment) -> bool:
    return isinstance(node, Symbol) and node.name in IDENTITIES and not environment.is_bound(environment.key(node))


def _factor(node: Node, environment: Environment) -> Node | None:
    """What stands before the identity matrix, if a node is a multiple of it."""
    if _is_identity(node, environment):
        return Number("1")
    if not isinstance(node, Binary) or node.operator not in ("*", "/"):
        return None
    sides = (node.left, node.right)
    left, right = (any(_is_identity(part, environment) for part in walk(side)) for side in sides)
    if left and not right and (found := _factor(node.left, environment)) is not None:
        return replace(node, left=found)
    if right and not left and node.operator == "*" and (found := _factor(node.right, environment)) is not None:
        return replace(node, right=found)
    return None
