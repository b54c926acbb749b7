"""Slips that a notation would not notice: a side that is changed in one place, and has the same values under it.

A symmetric law hides a lost sign, a value of 1 a lost factor. Of each equality that passes and is cheap to evaluate, a
few such changes are tried. One that makes no difference under all draws, but does under other values, is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from mathpost.evaluation.optimise import is_arg
from mathpost.ground.errors import EvaluationError, FormulaError
from mathpost.judging.draw import Draw, numbers_of
from mathpost.judging.judge import parse_sides
from mathpost.judging.mutants import same_values
from mathpost.latex import to_latex
from mathpost.latex.changing import mutations
from mathpost.latex.tree import children, walk
from mathpost.latex.tree.nodes import Binary, Call, Derivative, Integral, Limit, Negative, Node, Power
from mathpost.text.claims import Claim

MOST_SLIPS = 4
LONGEST_SIDE = 40
REMARK = "with `{changed}` in place of `{own}` it would hold as well: choose values that tell them apart"


def unseen_slip(claim: Claim, draws: Sequence[Draw]) -> str:
    """A remark on the first slip in an equality that no draw would notice; nothing where there is none."""
    if claim.relation != "=" or claim.conditions:
        return ""
    try:
        sides = [parse_sides(claim, draw) for draw in draws]
    except FormulaError:
        return ""
    if any(pair != sides[0] for pair in sides):
        return ""
    for side in sides[0]:
        if _is_cheap(side):
            for own, changed, whole in islice(_slips(side, draws[0]), MOST_SLIPS):
                if all(_are_same(side, whole, draw) for draw in draws) and _differ_elsewhere(side, whole, draws[0]):
                    return REMARK.format(changed=to_latex(changed), own=to_latex(own))
    return ""


def _is_cheap(side: Node) -> bool:
    nodes = list(walk(side))
    return len(nodes) <= LONGEST_SIDE and not any(
        isinstance(node, (Integral, Derivative, Limit)) or is_arg(node) or (isinstance(node, Call) and _of_laws(node))
        for node in nodes
    )


def _of_laws(call: Call) -> bool:
    return "||" in call.separators


def _slips(side: Node, draw: Draw) -> Iterator[tuple[Node, Node, Node]]:
    """What of a side is changed, into what, and the changed side: a lost sign, factor or power, an exchange."""
    for changed in mutations(side, draw.declared):
        own, other = _difference(side, changed)
        match own:
            case Negative(operand=operand) if other == operand:
                yield own, other, changed
            case Power(base=base) if other == base:
                yield own, other, changed
            case Binary(operator="*", left=left, right=right) if other in (left, right):
                yield own, other, changed
            case Binary(operator="/", left=left) if other == left:
                yield own, other, changed
            case Binary(operator="-" | "/", left=left, right=right) if isinstance(other, Binary) and (
                other.left,
                other.right,
            ) == (right, left):
                yield own, other, changed
            case Call(arguments=arguments) if isinstance(other, Call) and set(other.arguments) == set(arguments):
                yield own, other, changed


def _difference(own: Node, changed: Node) -> tuple[Node, Node]:
    """The smallest parts in which two trees differ, where one is the other changed in one place."""
    pairs = list(zip(children(own), children(changed), strict=False))
    apart = [(a, b) for a, b in pairs if a != b]
    alike = type(own) is type(changed) and len(list(children(own))) == len(list(children(changed)))
    return _difference(*apart[0]) if alike and len(apart) == 1 else (own, changed)


def _are_same(side: Node, changed: Node, draw: Draw) -> bool:
    """Whether two formulas have the same values; a changed one without a value is noticed."""
    try:
        environment = draw.environment(side, changed)
        return same_values(draw.measure(side, environment), draw.measure(changed, environment))
    except (EvaluationError, ArithmeticError, TypeError, ValueError, np.linalg.LinAlgError):
        return False


def _differ_elsewhere(side: Node, changed: Node, draw: Draw) -> bool:
    """Whether two formulas have other values under other numbers; where these cannot be had nothing is said."""
    try:
        elsewhere = draw.perturbed(whole=True)
        environment = elsewhere.environment(side, changed)
        first, second = (elsewhere.measure(formula, environment) for formula in (side, changed))
    except (EvaluationError, ArithmeticError, TypeError, ValueError, np.linalg.LinAlgError):
        return False
    finite = bool(np.all(np.isfinite(numbers_of(first.value))) and np.all(np.isfinite(numbers_of(second.value))))
    return finite and not same_values(first, second)
