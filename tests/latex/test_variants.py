"""Variants of a formula: the slips of an author are among those that are tried."""

from __future__ import annotations

import pytest

from mathpost.latex import parse, to_latex
from mathpost.latex.changing import mutations
from mathpost.latex.tree.nodes import Declared

DECLARED = Declared(
    functions=frozenset({"P", "Q", "D"}),
    divergences=frozenset({"D"}),
    data=frozenset({"x"}),
    symbols=frozenset({"a", "m", "t", r"\theta"}),
    complete=True,
)
# A formula, and mutants that must be among those tried.
TRIED = r"""
\sum_{i=1}^m \log P(x)
    \prod_{i=1}^m \log P(x)
    \sum_{i=1}^{m - 1} \log P(x)
    \sum_{i=2}^m \log P(x)
    \sum_{i=0}^m \log P(x)
    \sum_{i=1}^m P(x)
    \sum_{i=1}^m -\log P(x)
    \sum_{i=1}^m \log Q(x)
\frac{P(x)}{Q(x)}
    \frac{Q(x)}{P(x)}
    \frac{Q(x)}{Q(x)}
    P(x)
\arg\max_\theta (a - \theta)^2
    \arg\min_\theta (a - \theta)^2
    \arg\max_\theta (a - \theta)
    \arg\max_\theta (a + \theta)^2
    \arg\max_\theta (\theta - a)^2
a^\top t
    a t
\sum_{i=1}^m (x^{(i)} + a)
    \left( \sum_{i=1}^m x^{(i)} \right) + a
a (t - 1)
    a t - 1
"""


def _groups(table: str) -> list[tuple[str, list[str]]]:
    groups: list[tuple[str, list[str]]] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            groups[-1][1].append(line.strip())
        else:
            groups.append((line, []))
    return groups


@pytest.mark.parametrize(("latex", "expected"), _groups(TRIED), ids=lambda value: str(value)[:40])
def test_the_slips_of_an_author_are_among_the_mutants(latex: str, expected: list[str]) -> None:
    neighbours = parse(rf"{latex} \cdot Q(x)", DECLARED) if "Q" not in latex else None
    tried = set(mutations(parse(latex, DECLARED), DECLARED))
    assert parse(latex, DECLARED) not in tried
    for mutant in expected:
        if "Q" in mutant and neighbours is not None:
            continue
        assert parse(mutant, DECLARED) in tried, f"{mutant} is not among {[to_latex(m) for m in tried]}"
