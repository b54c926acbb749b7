"""What the words of a text say of its names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mathpost.ground.errors import FormulaError
from mathpost.inference.passages import Mention
from mathpost.inference.vocabulary import KINDS, PROPERTIES, TIED
from mathpost.latex import parse
from mathpost.latex.tree.nodes import Call, Index, Node, Symbol

_TIMES = re.compile(r"⟦\s*([A-Za-z0-9]+)\s*\\times\s*([A-Za-z0-9]+)\s*⟧")
_LENGTH = re.compile(r"(?:length|dimension|size|entries|components)\s*⟦\s*([A-Za-z0-9]+)\s*⟧")
_KINDS = [(re.compile(pattern, re.IGNORECASE), word) for pattern, word in KINDS]
_PROPERTIES = [(re.compile(pattern, re.IGNORECASE), word) for pattern, word in PROPERTIES]
_OF_KIND = frozenset(word for _, word in KINDS)
_BEFORE = re.compile(r"(?:\w+[ -]){0,2}\w+\s*$")
_CLAUSE = re.compile(r"\b(with|of|in|for|given|whose|that|which|by|to|from|so|under|over)\b")


@dataclass(frozen=True)
class Fact:
    """What is said of a name: words of the vocabulary, the letters of its lengths, and words that tie it to another."""

    words: frozenset[str] = frozenset()
    lengths: tuple[str, ...] = field(default=())
    tied: str = ""

    def and_then(self, later: Fact) -> Fact:
        """Both together; of what a name is, the later counts."""
        told = later.words & _OF_KIND
        kept = self.words - _OF_KIND if told else self.words
        return Fact(kept | later.words, later.lengths or self.lengths, later.tied or self.tied)


def said_of(mentions: Iterable[Mention], place: tuple[int, int]) -> dict[str, Fact]:
    """For each name what the text says of it: what is said last before a place, else first behind it."""
    facts: dict[str, Fact] = {}
    told = sorted(mentions, key=lambda mention: mention.place)
    behind = [mention for mention in reversed(told) if mention.place > place]
    for mention in [*behind, *(mention for mention in told if mention.place <= place)]:
        name = name_of(mention.tree)
        fact = _fact(mention)
        if name and (fact.words or fact.lengths or fact.tied):
            facts[name] = facts[name].and_then(fact) if name in facts else fact
    return facts


def name_of(tree: Node) -> str:
    while isinstance(tree, (Index, Call)):
        tree = tree.base if isinstance(tree, Index) else tree.function
    return tree.name if isinstance(tree, Symbol) else ""


def _fact(mention: Mention) -> Fact:
    behind = mention.behind
    close = _BEFORE.search(mention.before.split("⟧")[-1])
    first = _CLAUSE.split(behind)[0]
    words = {word for rule, word in _KINDS if rule.search(first)}
    words |= {word for rule, word in _KINDS if close and not words and rule.search(close[0])}
    words |= {word for rule, word in _PROPERTIES if rule.search(behind)}
    tied = " ".join(behind.split()) if TIED.search(behind) else ""
    times, length = _TIMES.search(behind), _LENGTH.search(behind)
    if times:
        return Fact(frozenset(words - {"vector"} | {"matrix"}), (times[1], times[2]), tied)
    return Fact(frozenset(words), (length[1],) if length and "vector" in words else (), tied)


_STANDS_FOR = re.compile(
    r"\s*(?:is|denotes|stands for|means|short for|for short)\s+(?:just\s+)?"
    r"(?:(?:the|a)\s+(?:product|sum|value|number|quantity|expression)\s+)?⟦([^⟦⟧]*)⟧\s*[.,;]?\s*"
)


def informal_body(mention: Mention) -> Node | None:
    """The formula that a name stands for in the words behind it: "is the product a_1 ... a_t"."""
    match = _STANDS_FOR.fullmatch(mention.behind.split("\n\n")[0])
    if not match or "=" in match[1]:
        return None
    try:
        return parse(match[1])
    except FormulaError:
        return None
