"""What a formula is cut into: a chain of sides and relations, with the source of each side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mathpost.latex.reading.statements.refusals import Refusal
from mathpost.latex.reading.tokens import Token


@dataclass(frozen=True)
class Condition:
    """For which values a statement holds. `kind` is `all` behind a quantifier, which speaks of each of these values;
    `given` where the statement holds under it; `beside` for what stands in the same formula as another statement, and
    says where a letter runs, but takes no value away."""

    latex: str
    kind: Literal["all", "given", "beside"]


@dataclass(frozen=True)
class Chain:
    """`sides[0] relations[0] sides[1] …`; an empty first side goes on from what stands before. `places` are those of
    the relations in the formula. `conditions` say for which values it holds. With a refusal, the only side is what is
    not read. An implication, `A \\implies B`, has whole statements for its sides."""

    sides: tuple[str, ...]
    relations: tuple[str, ...]
    places: tuple[int, ...]
    refusal: Refusal | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def is_claim(self) -> bool:
        return bool(self.relations) or self.refusal is not None


def with_given(chain: Chain) -> Chain:
    r"""`X | Y = y \sim p` states one thing, what X is drawn from where Y is y."""
    if chain.relations[:2] != ("=", r"\sim") or not split_bar(chain.sides[0])[1]:
        return chain
    first = f"{chain.sides[0]} = {chain.sides[1]}"
    return replace(chain, sides=(first, *chain.sides[2:]), relations=chain.relations[1:], places=chain.places[1:])


def split_bar(latex: str) -> tuple[str, str, str]:
    r"""What stands before the bar of `\theta | k`, the bar, and what stands behind; not one inside of brackets."""
    depth = 0
    for place, character in enumerate(latex):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        for bar in ("|", r"\mid"):
            if depth == 0 and latex.startswith(bar, place) and latex.count(bar) == 1:
                return latex[:place], bar, latex[place + len(bar) :]
    return latex, "", ""


def source_of(latex: str, tokens: list[Token]) -> str:
    """The LaTeX of some tokens, in one line where they came from several rows."""
    if not tokens:
        return ""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if runs and not latex[runs[-1][1] : token.start].strip(" \t\n~"):
            runs[-1] = (min(runs[-1][0], token.start), max(runs[-1][1], token.end))
        elif runs and _harmless(latex[runs[-1][1] : token.start]):
            runs[-1] = (runs[-1][0], max(runs[-1][1], token.end))
        else:
            runs.append((token.start, max(token.end, token.start)))
    return " ".join(latex[start:end] for start, end in runs).strip()


def _harmless(between: str) -> bool:
    """Spacing and sizing commands between two tokens are kept; alignment marks, tags and rows are not."""
    if between.count("{") != between.count("}") or between.find("}") < between.find("{"):
        return False
    return not any(mark in between for mark in ("&", "\\\\", "\\tag", "\\label", "\\begin", "\\end", "%"))
