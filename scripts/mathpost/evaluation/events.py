"""Events: `P(a < X \\leq b)` is the expectation of an indicator, read off the tree."""

from __future__ import annotations

from functools import reduce

from mathpost.evaluation.elementary import RELATIONS
from mathpost.evaluation.environment import PROBABILITIES, Environment
from mathpost.ground.errors import EvaluationError
from mathpost.latex.tree.nodes import (
    Binary,
    Call,
    Indicator,
    Moment,
    Node,
    Number,
    Power,
    Relation,
    Sequence,
    SetOf,
    Symbol,
)
from mathpost.latex.tree.spelling import head_of

SETS = {"\\cup": "\\lor", "\\cap": "\\land", "\\lor": "\\lor", "\\land": "\\land", ",": "\\land"}


def probability(node: Call, environment: Environment) -> Moment | None:
    """The expectation that a call asks for, if it is the probability of an event. None for any other call.

    What the notation declares itself, as `P(X = k)` of a declared P(X), is that.
    """
    head = node.function
    if not isinstance(head, Symbol) or head_of(environment.key(head)) not in PROBABILITIES or not node.arguments:
        return None
    bar = node.separators.index("|") + 1 if "|" in node.separators else len(node.arguments)
    parts = [event_of(argument, environment) for argument in node.arguments[:bar]]
    events = [part for part in parts if part is not None]
    if len(events) < bar or set(node.separators) - {",", "|"} or _is_declared(node, environment):
        return None
    given = tuple(_condition(argument, environment) for argument in node.arguments[bar:])
    condition = Sequence(given, parenthesised=False) if len(given) > 1 else (given[0] if given else None)
    return Moment("E", (), (Indicator(_all(events)),), condition, span=node.span)


def _all(events: list[Node]) -> Node:
    return reduce(lambda left, right: Binary("\\land", left, right), events)


def _is_declared(node: Call, environment: Environment) -> bool:
    """Whether each argument is a name, or gives one a value, and the notation declares a function of these."""
    if not all(
        isinstance(part, Symbol) or (isinstance(part, Relation) and part.operator == "=") for part in node.arguments
    ):
        return False
    try:
        environment.function_of(node)
    except EvaluationError:
        return False
    return True


def _condition(node: Node, environment: Environment) -> Node:
    found = event_of(node, environment)
    return node if found is None else found


def event_of(node: Node, environment: Environment) -> Node | None:
    """The condition that an event is: `X > 1`, `\\{X > 1\\}`, unions and cuts of these, what the text calls so."""
    match node:
        case Relation(operator=operator) if operator in RELATIONS or operator in ("\\in", "\\notin"):
            return node
        case Binary(operator=operator) if operator in SETS:
            left, right = event_of(node.left, environment), event_of(node.right, environment)
            return Binary(SETS[operator], left, right) if left is not None and right is not None else None
        case Binary(operator="\\setminus"):
            left, right = event_of(node.left, environment), complement_of(node.right, environment)
            return Binary("\\land", left, right) if left is not None and right is not None else None
        case Power(exponent=Symbol(name="c")):
            return complement_of(node.base, environment)
        case SetOf(elements=(inner,)) | Sequence(elements=(inner,)):
            return event_of(inner, environment)
        case Symbol() if environment.key(node) in environment.definitions:
            body = environment.definitions[environment.key(node)].body
            return event_of(body, environment)
    return None


def complement_of(node: Node, environment: Environment) -> Node | None:
    event = event_of(node, environment)
    if event is None:
        return None
    return Relation("=", Indicator(event), Number("0"))
