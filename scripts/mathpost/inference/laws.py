"""Which names of a text are laws, and of what: `p(x | z)`, `p(z)` and `p(x)` are parts of one joint law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mathpost.inference.sayings import Fact, name_of
from mathpost.inference.vocabulary import LAWS, LAWS_GIVEN
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binary, Binder, Call, Derivative, Index, Integral, Node, Number, Relation, Symbol
from mathpost.latex.tree.spelling import head_of, split_name


@dataclass
class Law:
    """A law by its name: the letters that it is a law of, and those that it is given, always.

    `parts` are the ways in which it is called: of what, given what.
    """

    name: str
    drawn: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    parts: set[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)

    @property
    def conditions(self) -> frozenset[str]:
        """What it is never a law of."""
        return frozenset(self.given - self.drawn)


@dataclass(frozen=True)
class Slot:
    """One argument of a law: its letter, whether it stands behind a bar or a semicolon, and its value."""

    letter: str
    is_given: bool
    value: Node


def laws_in(trees: Iterable[Node], context: Iterable[Node], facts: Mapping[str, Fact]) -> dict[str, Law]:
    """The laws that trees speak of; from what stands around them come names and parameters."""
    trees, context = list(trees), list(context)
    names = set(_named_laws([*context, *trees], facts))
    letters = {item.name for tree in trees for item in walk(tree) if isinstance(item, Symbol)}
    laws = {name: Law(name) for name in names}
    for tree in context:
        for node in walk(tree):
            if isinstance(node, Call) and name_of(node.function) in names and ";" in node.separators:
                place = node.separators.index(";")
                behind = {letter_of(item) for item in node.arguments[place + 1 :]}
                laws[name_of(node.function)].given |= behind & letters
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Call) and isinstance(node.function, Symbol) and node.function.name in names:
                law = laws[node.function.name]
                slots = slots_of(node)
                drawn = tuple(sorted({slot.letter for slot in slots if not slot.is_given}))
                given = tuple(sorted({slot.letter for slot in slots if slot.is_given}))
                law.drawn.update(drawn)
                law.given.update(given)
                law.parts.add((drawn, given))
    for name, law in laws.items():
        lower = split_name(name)[1]
        law.parameters = {lower} & letters if lower.startswith("\\") or len(lower) == 1 else set()
    return laws


def _named_laws(trees: Iterable[Node], facts: Mapping[str, Fact]) -> Iterator[str]:
    said = {name for name, fact in facts.items() if "law" in fact.words}
    for tree in trees:
        for node in walk(tree):
            named = name_of(node.law) if isinstance(node, Binder) and node.law is not None else ""
            if named and head_of(named) != "\\mathcal{N}":
                yield named
            if not (isinstance(node, Call) and isinstance(node.function, Symbol)) or "||" in node.separators:
                continue
            name = node.function.name
            head = head_of(name)
            given = "|" in node.separators or ";" in node.separators
            listed = head in LAWS and not (head == "Q" and "," in node.separators) and not split_name(name)[2]
            known = listed or name in said or (head in LAWS_GIVEN and given)
            unnormalised = name.startswith("\\tilde") and name not in said
            if known and not unnormalised and "'" not in name and not _is_arithmetic(node):
                yield name


def _is_arithmetic(node: Call) -> bool:
    """`p(1 - p)` is a product."""
    return len(node.arguments) == 1 and isinstance(node.arguments[0], Binary)


def slots_of(call: Call) -> list[Slot]:
    """The arguments of a law's call with the letters that they stand for."""
    behind, is_given = [], False
    for place in range(len(call.arguments)):
        is_given = is_given or (place > 0 and call.separators[place - 1] in ("|", ";"))
        behind.append(is_given)
    letters = [letter_of(argument) for argument in call.arguments]
    slots = []
    for place, (argument, letter) in enumerate(zip(call.arguments, letters, strict=True)):
        named = letter
        if letters.count(letter) > 1:
            named = _told_apart(letter, argument, call.arguments, behind, place, letters)
        value = argument.right if isinstance(argument, Relation) else argument
        slots.append(Slot(named, behind[place], value))
    return slots


def _told_apart(
    letter: str, argument: Node, arguments: tuple[Node, ...], behind: list[bool], place: int, letters: list[str]
) -> str:
    """`s` and `s'` in one call, or `x_t` and `x_{t-1}`: what is drawn is the later one."""
    alike = [other for other, its in enumerate(letters) if its == letter]
    if len(alike) == 2 and [behind[other] for other in alike].count(True) == 1:
        drawn, given = sorted(alike, key=lambda other: behind[other])
        if _are_neighbours(arguments[drawn], arguments[given]):
            return letter + ("" if behind[place] else "'")
    index = argument.indices if isinstance(argument, Index) else ()
    from mathpost.latex import to_latex

    primes = "'" * (name_of(argument).count("'"))
    return f"{letter}{primes}@{','.join(to_latex(item) for item in index)}"


def _are_neighbours(later: Node, earlier: Node) -> bool:
    if not (isinstance(later, Index) and isinstance(earlier, Index)):
        return True
    match later.indices[-1], earlier.indices[-1]:
        case Number(text=one), Number(text=other):
            return int(one) - int(other) == 1
        case one, Binary(operator="-", left=left, right=Number(text="1")):
            return one == left
        case Binary(operator="+", left=left, right=Number(text="1")), other:
            return left == other
    return False


def letter_of(node: Node) -> str:
    """What an argument is a value of: `x` for `x`, `X`, `x'`, `x_t`, `x^{(i)}` and `X = 1`."""
    match node:
        case Relation(left=left):
            return letter_of(left)
        case Symbol(name=name):
            plain = name.replace("'", "").split("@")[0]
            return plain.lower() if len(plain) == 1 else plain
        case Index(base=base):
            return letter_of(base)
    return "?"


def continuous_letters(trees: Iterable[Node]) -> frozenset[str]:
    """The letters that are integrated over, or derived by."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Integral):
                found |= {letter_of(variable) for variable in node.binder.variables}
            if isinstance(node, Derivative):
                found |= {letter_of(variable) for variable in node.variables}
    return frozenset(found)
