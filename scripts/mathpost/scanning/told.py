"""What a text has told up to a place: definitions, recursions, bounds, and what no world is made for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mathpost.ground.errors import FormulaError
from mathpost.inference.definitions import Definition, key_of, keys_in, matched
from mathpost.inference.sayings import Fact, name_of
from mathpost.inference.unrolling import Recursion
from mathpost.inference.vocabulary import CONSTANTS, COUNTING
from mathpost.latex import parse
from mathpost.latex.tree.nodes import Call, Derivative, Index, Node, Number


@dataclass(frozen=True)
class Premise:
    """Something that the text says, and that is not so in the worlds: the names that it ties to one another."""

    text: str
    keys: frozenset[str]


@dataclass
class Told:
    """It grows from statement to statement. `here` is what names are in the next display alone, `block`."""

    definitions: dict[str, tuple[Definition, ...]] = field(default_factory=dict)
    recursions: dict[str, Recursion] = field(default_factory=dict)
    premises: list[Premise] = field(default_factory=list)
    bounds: list[tuple[str, Node, Node]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    here: dict[str, tuple[Definition, ...]] = field(default_factory=dict)
    block: str = ""

    def define(self, pattern: Node, body: Node, number: int) -> None:
        """From here on a name, an entry or a call means this."""
        name = key_of(pattern) if isinstance(pattern, Derivative) else name_of(pattern)
        kept = [known for known in self.definitions.get(name, ()) if not _alike(known.pattern, pattern)]
        self.definitions[name] = (*kept, Definition(pattern, body, number))
        self.premises = [premise for premise in self.premises if premise.keys != {name}]

    def recur(self, recursion: Recursion) -> None:
        """From here on each entry of a sequence comes from those before it."""
        known = self.definitions.get(recursion.name, ())
        first = tuple(its for its in known if isinstance(its.pattern, Index) and _is_numbered(its.pattern))
        self.definitions.pop(recursion.name, None)
        if first:
            self.definitions[recursion.name] = first
        self.recursions[recursion.name] = recursion

    def set_here(self, pattern: Node, value: Node, number: int) -> None:
        """`for C = 0,` holds of the display behind it."""
        self.here[name_of(pattern)] = (Definition(pattern, value, number),)
        self.block = ""

    def enter(self, block: str) -> None:
        """A display begins, or goes on: what held in another one alone is gone."""
        if self.block and block != self.block:
            self.here = {}
        self.block = block if self.here else ""

    def forget(self, name: str) -> None:
        self.definitions.pop(name, None)
        self.recursions.pop(name, None)

    def definition_of(self, pattern: Node) -> Definition | None:
        """The definition that a side would be read by."""
        name = key_of(pattern) if isinstance(pattern, Derivative) else name_of(pattern)
        known = [its for its in self.definitions.get(name, ()) if matched(its.pattern, pattern) is not None]
        return known[-1] if known else None

    def assume(self, text: str, keys: Iterable[str]) -> None:
        self.premises.append(Premise(text, frozenset(keys)))

    @property
    def has_differential(self) -> bool:
        """Whether a derivative was given a value of its own."""
        return any(isinstance(its.pattern, Derivative) for known in self.definitions.values() for its in known)

    def defined_keys(self) -> set[str]:
        return {key_of(its.pattern) for known in self.definitions.values() for its in known}

    def excuse(self, keys: set[str], facts: Mapping[str, Fact]) -> str:
        """What the text says that might make a statement about these names true; empty if there is nothing.

        A premise says nothing about them that a name outside the statement could not make true by itself.
        """
        tied = [Premise(f"{name} {fact.tied}", _keys_of(name, fact.tied)) for name, fact in facts.items() if fact.tied]
        tied = [each for each in tied if not each.keys & self.definitions.keys()]
        open_premises = [premise for premise in (*self.premises, *tied) if premise.keys & keys]
        taken: dict[str, Premise] = {}
        for premise in open_premises:
            if not _give_way(premise, keys, taken, set()):
                return premise.text
        return ""


def _give_way(premise: Premise, keys: set[str], taken: dict[str, Premise], seen: set[str]) -> bool:
    """Find each premise a name outside the statement that gives way (a matching by augmenting paths)."""
    for name in sorted(premise.keys - keys - COUNTING - CONSTANTS):
        if name in seen:
            continue
        seen.add(name)
        if name not in taken or _give_way(taken[name], keys, taken, seen):
            taken[name] = premise
            return True
    return False


def _keys_of(name: str, text: str) -> frozenset[str]:
    """The names that words tie together; what is read in their formulas, and nothing of what is not."""
    found = {name}
    for formula in re.findall(r"⟦(.*?)⟧", text):
        try:
            found |= {key.rstrip("_") for key in keys_in(parse(formula))}
        except FormulaError:
            continue
    return frozenset(found)


def _is_numbered(pattern: Index) -> bool:
    return all(isinstance(index, Number) for index in pattern.indices)


def _alike(first: Node, second: Node) -> bool:
    """Whether two patterns define the same: `f(x)` and `f(y)`, but not `x_0` and `x_t`."""
    match first, second:
        case Call(), Call():
            return first.separators == second.separators and [type(a) for a in first.arguments] == [
                type(a) for a in second.arguments
            ]
        case Index(), Index():
            return [isinstance(a, Number) and a for a in first.indices] == [
                isinstance(a, Number) and a for a in second.indices
            ]
    return type(first) is type(second)
