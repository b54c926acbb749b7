"""Which check decides on a claim."""

from __future__ import annotations

import pytest

from making import cells
from mathpost.ground.verdicts import Judgement, Verdict
from mathpost.judging.settling import settle
from mathpost.text.claims import find_claims

TEXT = r"""# One
## Two
$$\begin{align} a &= b \\ c &= d \end{align}$$ {#eq-x}"""


@pytest.mark.parametrize(
    ("closer", "wider"),
    [("eq-x.2", "eq-x"), ("eq-x.2", "#two"), ("eq-x.2", "#one"), ("eq-x", "#two"), ("eq-x", "#one"), ("#two", "#one")],
)
@pytest.mark.parametrize("outcome", ["pass", "fail", "inconclusive"])
def test_the_closest_check_decides_wherever_it_stands(closer: str, wider: str, outcome: str) -> None:
    claims = find_claims(cells(TEXT))
    other = "fail" if outcome == "pass" else "pass"

    def found(target: str, outcome: str) -> tuple[tuple[str, ...], Verdict]:
        claim = claims[1]
        judgement = Judgement(outcome)
        return (target,), Verdict(claim.id, claim.cell, claim.line, claim.latex, claim.relation, judgement)

    for checks in ([found(closer, outcome), found(wider, other)], [found(wider, other), found(closer, outcome)]):
        assert settle(claims, checks)[1].outcome == outcome
