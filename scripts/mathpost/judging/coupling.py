"""Several random variables of which nothing is said together: a claim must hold however they hang together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mathpost.evaluation import Environment
from mathpost.evaluation.chance import is_bare, laws_apart, ways_of
from mathpost.ground.verdicts import Judgement
from mathpost.judging.comparison import LOST_DIGITS
from mathpost.judging.distribution import EQUAL_IN_LAW
from mathpost.judging.draw import Draw
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Node, Symbol

TRIED = "nothing says how {names} hang together: they were tried independent, and dependent in {ways} ways"
UNDECIDED = (
    "the claim holds if {names} are independent, and not however they hang together: state `{first} \\perp {second}`, "
    "or bind their joint law, `P({arguments})`, to a law, or to a tuple of independent ones"
)
OTHERWISE = (
    "the claim holds for some ways in which {names} hang together and fails for others: bind their joint law, "
    "`P({arguments})`"
)


def judged_however_coupled(
    judge_under: Callable[[Draw], Judgement], relation: str, left: Node, right: Node, draw: Draw
) -> Judgement:
    """A judgement that holds for every joint law of the random variables of a claim, where the notation gives none."""
    names = _names_apart(relation, (left, right), draw)
    judgement = judge_under(draw)
    if len(names) < 2:
        return judgement
    ways = ways_of(names, _environment(draw))
    others = [judge_under(draw.afresh(dependence=way)) for way in ways]
    shown = " and ".join(f"`{name}`" for name in names)
    for other in others:
        if other.outcome == "inconclusive":
            return other
    lost = judgement.reason == LOST_DIGITS  # what is 0 of independent ones tells nothing
    if lost and all(other.outcome == "pass" for other in others):
        judgement = others[0]
    elif judgement.outcome == "inconclusive" and not lost:
        return judgement
    if len({judgement.outcome, *(other.outcome for other in others)}) > 1:
        reason = OTHERWISE if judgement.outcome == "fail" else UNDECIDED
        told = reason.format(names=shown, first=names[0], second=names[1], arguments=", ".join(names))
        return Judgement("inconclusive", reason=told)
    return replace(judgement, remarks=(*judgement.remarks, TRIED.format(names=shown, ways=len(ways))))


def _names_apart(relation: str, trees: tuple[Node, ...], draw: Draw) -> list[str]:
    environment = _environment(draw)
    parts = list(_parts(trees, environment, frozenset()))
    if relation not in ("\\sim", EQUAL_IN_LAW) and not any(is_bare(part, environment) for part in parts):
        return []
    names = dict.fromkeys(environment.key(part) for part in parts if isinstance(part, Symbol))
    return laws_apart(list(names), environment)


def _environment(draw: Draw) -> Environment:
    return replace(draw.notation.environment, definitions=draw.definitions)


def _parts(trees: tuple[Node, ...], environment: Environment, seen: frozenset[str]) -> Iterator[Node]:
    """The parts of formulas, those of what the text defines included."""
    for node in (part for tree in trees for part in walk(tree)):
        yield node
        name = environment.key(node) if isinstance(node, Symbol) else ""
        for key in {name, f"{name}()"} & environment.definitions.keys() - seen:
            yield from _parts((environment.definitions[key].body,), environment, seen | {key})
