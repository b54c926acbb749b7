r"""For which values a claim is stated: `\forall x \in \mathbb{R}` says more than the points a notation gives to x.

What is said of one letter gives it a domain, also beyond the notation's. What a claim holds under takes points away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mathpost.evaluation import Box, Environment, Variable
from mathpost.evaluation.binding import points_of_set
from mathpost.evaluation.domains import UNBOUNDED_REACH
from mathpost.evaluation.elementary import CONSTANTS, RELATIONS
from mathpost.evaluation.ends import Ends, end_of, ends_of
from mathpost.evaluation.sets import set_points
from mathpost.ground.errors import EvaluationError, FormulaError
from mathpost.judging.draw import Draw
from mathpost.latex import parse, to_latex
from mathpost.latex.reading import Condition, as_domain
from mathpost.latex.reading.grammar.ranges import with_ranges
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binary, Node, Power, Relation, Sequence, SetOf, Symbol

BOUNDING = ("\\in", "<", ">", "\\leq", "\\geq")
TRIED = {"\\in", "\\notin", *RELATIONS}
FIRST_WHOLE = {"\\mathbb{N}": range(1, 9), "\\mathbb{Z}": range(-4, 5)}


def as_stated(draw: Draw, conditions: tuple[Condition, ...], relation: str, *sides: Node) -> Draw:
    """The draw with the domains that the text gives to the letters of a claim, at the points where it says it holds.

    Errors: EvaluationError for a letter of which the text says all values and the notation one.
    """
    environment = draw.notation.environment
    spoken = {environment.key(node) for side in sides for node in walk(side) if isinstance(node, Symbol)}
    domains = dict[str, Variable]()
    given: list[Node] = []
    for told in conditions:
        for name, condition in _parts(told.latex, draw, environment):
            if _takes_away(told, condition, spoken, environment):
                given.append(condition)
            confined = relation in BOUNDING and name in map(environment.named, sides)  # `x > 1, x < 2` says two things
            if name not in spoken or name not in environment.symbols or (confined and told.kind == "beside"):
                continue
            domain = _domain(condition, name, environment)
            if domain is not None and not isinstance(environment.symbols[name], Variable):
                if told.kind == "all":
                    _refuse_one_value(name, condition)
            elif domain is not None:
                given = given if name in domains else [each for each in given if each is not condition]
                domains[name] = domain
    return draw.afresh(domains={**draw.domains, **domains}, given=(*draw.given, *given)) if domains or given else draw


def _takes_away(told: Condition, condition: Node, spoken: set[str], environment: Environment) -> bool:
    """Whether a condition, which can be tried, says at which points a claim holds; one
    behind a quantifier says it of a letter of the claim, in letters that are known."""
    operators = {node.operator for node in walk(condition) if isinstance(node, Relation)}
    letters = {environment.key(node) for node in walk(condition) if isinstance(node, Symbol)}
    known = letters <= spoken | environment.symbols.keys() | CONSTANTS.keys()
    about = told.kind == "given" or (told.kind == "all" and known and bool(letters & spoken))
    return about and operators <= TRIED


def _parts(latex: str, draw: Draw, environment: Environment) -> Iterator[tuple[str, Node]]:
    """Each letter with what is said of it; of `x, y \\in S` the same of both."""
    try:
        tree = parse(latex, draw.declared)
    except FormulaError:
        return
    items: list[Node] = list(tree.elements) if isinstance(tree, Sequence) else [tree]
    pending: list[str] = []
    for part in with_ranges(items, [","] * (len(items) - 1))[0]:
        if isinstance(part, Symbol):
            pending.append(environment.key(part))
        elif isinstance(part, Relation | Binary):
            said = replace(part, right=as_domain(part.operator, part.right)) if isinstance(part, Relation) else part
            own = _spoken_of(said, environment)
            if isinstance(said, Relation) and own:
                yield from ((name, replace(said, left=Symbol(name))) for name in pending)
            yield from ((name, said) for name in own)
            pending = []


def _spoken_of(condition: Node, environment: Environment) -> list[str]:
    """The letter that a condition is about: the first that is a Variable, or stands left."""
    names = [environment.key(node) for node in walk(condition) if isinstance(node, Symbol)]
    variables = [name for name in names if isinstance(environment.symbols.get(name), Variable)]
    return (variables or names)[:1]


def _domain(condition: Node, name: str, environment: Environment) -> Variable | None:
    declared = environment.symbols[name]
    ends = _ends(condition, name, environment)
    if ends is not None:
        return _points_between(ends, declared)
    if isinstance(condition, Relation) and condition.operator == "=" and environment.named(condition.left) == name:
        return _one_value(condition.right, environment)
    if not (isinstance(condition, Relation) and condition.operator == "\\in"):
        return None
    match condition.right:
        case Symbol(name=whole) if whole in FIRST_WHOLE:
            own = declared.domain if isinstance(declared, Variable) and not isinstance(declared.domain, Box) else ()
            return Variable({*map(float, own), *map(float, FIRST_WHOLE[whole])})
        case Power(base=Symbol(name="\\mathbb{R}")):
            return _everywhere(declared)
        case SetOf():
            return Variable(set_points(condition.right, environment))
        case Symbol() as named if environment.key(named) in environment.symbols:
            return _named_set(environment.symbols[environment.key(named)], environment.key(named))
    return None


def _one_value(node: Node, environment: Environment) -> Variable | None:
    """`x = 2`; none where the value hangs on another letter."""
    try:
        return Variable((end_of(node, environment),))
    except EvaluationError:
        return None


def _ends(condition: Node, name: str, environment: Environment) -> Ends | None:
    """The ends that a condition gives to a letter; none where they hang on another letter."""
    try:
        return ends_of(condition, name, environment)
    except EvaluationError:
        return None


def _named_set(value: object, name: str) -> Variable:
    if isinstance(value, Variable):
        return value
    return Variable(value if isinstance(value, Box) else points_of_set(value, name))


def _points_between(ends: Ends, declared: object) -> Variable | None:
    """A finite box for an interval: where that is infinite, as far as the notation's own reaches, and farther."""
    box = declared.domain if isinstance(declared, Variable) else None
    if not ends[0] < ends[1]:
        return None
    if not isinstance(box, Box):
        return Variable(Box(*ends)) if box is None else None
    if box.lower.ndim:
        return None
    low, high = ends
    if not np.isfinite(low):
        low = min(float(box.lower), (min(high, 0.0)) - UNBOUNDED_REACH)
    if not np.isfinite(high):
        high = max(float(box.upper), max(low, 0.0) + UNBOUNDED_REACH)
    return Variable(Box(low, high))


def _everywhere(declared: object) -> Variable | None:
    box = declared.domain if isinstance(declared, Variable) else None
    if not isinstance(box, Box) or not box.lower.ndim:
        return None
    reach = np.full(box.lower.shape, UNBOUNDED_REACH)
    return Variable(Box(np.minimum(box.lower, -reach), np.maximum(box.upper, reach)))


def _refuse_one_value(name: str, condition: Node) -> None:
    raise EvaluationError(
        f"the claim is for all `{to_latex(condition)}`, and the notation gives `{name}` one value: "
        f"bind `{name}` to Variable(Box(lower, upper)), or to a Variable of several values"
    )
