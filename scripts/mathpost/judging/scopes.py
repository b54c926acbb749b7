"""Where a definition of the text holds: in its own section and those below it, if another section defines its name.

A name that is defined once holds under its whole top heading, so that a section may use what one beside it has defined;
but not if it may have been defined by such a name of two meanings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mathpost.ground.errors import FormulaError
from mathpost.judging.draw import Draw
from mathpost.judging.judge import judge_in
from mathpost.judging.notation import Notation
from mathpost.judging.relations import name_defined
from mathpost.latex.reading import parse_pattern
from mathpost.text.claims import Claim


@dataclass(frozen=True)
class Scope:
    """Claims to be judged, in the order of the text, for which the same definitions hold, and draws that know these."""

    claims: tuple[Claim, ...]
    draws: tuple[Draw, ...]


def scopes_of(found: Sequence[Claim], claims: Sequence[Claim], notations: Sequence[Notation]) -> list[Scope]:
    """The claims to be checked, by the definitions that hold for them; `found` are all claims of the text."""
    chapters = {claim.sections[:1] for claim in claims}
    defining = [claim for claim in found if claim.relation == ":=" and claim.sections[:1] in chapters]
    rivals = set(_rivals(defining, notations[0]))
    confined = {each for each in defining if any(_is_above(rival, each) for rival in rivals)}
    grouped: dict[tuple[Claim, ...], list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(tuple(_holding(defining, confined, claim)), []).append(claim)
    return [_scope(definitions, tuple(own), notations) for definitions, own in grouped.items()]


def _scope(definitions: Sequence[Claim], claims: tuple[Claim, ...], notations: Sequence[Notation]) -> Scope:
    draws = tuple(map(Draw, notations))
    for claim in definitions:
        if claim not in claims:
            for draw in draws:
                judge_in(claim, draw)
    return Scope(claims, draws)


def _holding(defining: Sequence[Claim], confined: set[Claim], claim: Claim) -> Iterator[Claim]:
    """The definitions that hold where a claim stands."""
    return (each for each in defining if each not in confined or _is_above(each, claim))


def _rivals(defining: Sequence[Claim], notation: Notation) -> Iterator[Claim]:
    """The definitions of names that are defined in two sections of which neither is below the other."""
    for claim in defining:
        name = _name(claim, notation)
        others = [each for each in defining if each is not claim and _name(each, notation) == name]
        apart = any(not _is_above(a, b) and not _is_above(b, a) for a in (claim, *others) for b in others)
        if name and apart:
            yield claim


def _name(claim: Claim, notation: Notation) -> str:
    """What a definition defines; nothing where it cannot be read, or the notation cannot."""
    if notation.problem:
        return ""
    try:
        return name_defined(parse_pattern(claim.left), notation.environment)
    except FormulaError:
        return ""


def _is_above(claim: Claim, other: Claim) -> bool:
    """Whether a claim stands in the section of another one, or in one that holds it."""
    return other.sections[: len(claim.sections)] == claim.sections
