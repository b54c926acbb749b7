"""Which verdict holds for each thing that a text states, among those of all checks that reached it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from mathpost.ground.verdicts import Judgement, Verdict, worst
from mathpost.judging.numbers import unbound
from mathpost.text.claims import Claim
from mathpost.text.numbers import StatedNumber

UNREACHED = (
    'no check reached it: call check("{target}", …) in a code cell, '
    'or waive it in the text with {{#{equation} .unchecked reason="…"}}'
)
AimedVerdicts: TypeAlias = Sequence[tuple[tuple[str, ...], Verdict]]


def settle(claims: Iterable[Claim], checks: AimedVerdicts) -> list[Verdict]:
    """One verdict for each claim of the text, of what checks found with what each of them was aimed at.

    The most specific check decides: by the row, `eq-x.2`, by the equation's label, then by the innermost heading; among
    equals the worst verdict wins. A claim that no check reached is `unchecked` where the text waives it, else
    `inconclusive`.
    """
    return [_settle(claim, checks) for claim in claims]


def settle_numbers(stated: Iterable[StatedNumber], checks: AimedVerdicts) -> list[Verdict]:
    """One verdict for each number that the text states."""
    return [worst([v for _, v in checks if v.id == number.label] or [unbound(number)]) for number in stated]


def closeness(claim: Claim, target: Iterable[str]) -> int:
    """How closely a check aimed at a claim: 1, 2, … by the depth of the heading, more than any for the label of its
    equation, and most for its own, that of a row."""
    depths = {f"#{anchor}": depth for depth, anchor in enumerate(claim.sections, 1)}
    ranks = {**depths, claim.id: len(depths) + 2, claim.equation: len(depths) + 1}
    return max((ranks.get(name, 0) for name in target), default=0)


def _settle(claim: Claim, checks: AimedVerdicts) -> Verdict:
    ranked = [(closeness(claim, target), verdict) for target, verdict in checks if verdict.id == claim.id]
    if ranked:
        best = max(rank for rank, _ in ranked)
        return worst(verdict for rank, verdict in ranked if rank == best)
    if claim.waiver:
        return _verdict(claim, "unchecked", claim.waiver)
    target = f"#{claim.sections[-1]}" if claim.sections else claim.equation
    return _verdict(claim, "inconclusive", UNREACHED.format(target=target, equation=claim.equation))


def _verdict(claim: Claim, outcome: str, reason: str) -> Verdict:
    return Verdict(claim.id, claim.cell, claim.line, claim.latex, claim.relation, Judgement(outcome, reason=reason))
