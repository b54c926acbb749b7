"""Trying one statement: it is put in plain terms, worlds are drawn, and the judge says what it is in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mathpost.ground.verdicts import Judgement
from mathpost.inference.canonical import Atom, Plain
from mathpost.inference.definitions import names_in
from mathpost.inference.laws import Law, continuous_letters
from mathpost.inference.sayings import Fact
from mathpost.inference.shapes import Shape, Wish, argument_shapes, find_shapes, shape_of
from mathpost.judging.draw import Draw
from mathpost.judging.judge import judge
from mathpost.judging.notation import Notation
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import Apply, BigOperator, Binary, Call, Negative, Node, Norm, Number, Symbol, Transpose
from mathpost.latex.tree.spelling import head_of
from mathpost.scanning.worlds import FLAVOURS, Customs, Flavour, world

NEVER = float("inf")
ENOUGH = 2
"""Worlds in which a step must hold, and in which it must fail before it counts."""


@dataclass(frozen=True)
class Surroundings:
    """What a text has said up to a statement, as far as trying it is concerned."""

    laws: Mapping[str, Law]
    facts: Mapping[str, Fact]
    ranges: Mapping[str, tuple[Node, Node]]
    parameters: frozenset[str]
    bounds: tuple[tuple[str, Node, Node], ...] = ()
    behind: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    varied: str = ""


@dataclass(frozen=True)
class Trial:
    """What came of it: the judgements, by the flavours of their worlds; `left` and `right` in plain terms."""

    left: Node
    right: Node
    plain: Plain
    shapes: Mapping[str, Shape]
    judgements: tuple[tuple[Flavour, Judgement], ...] = ()
    worlds: tuple[Notation, ...] = ()
    is_same: bool = False
    problem: str = ""

    def outcomes(self, outcome: str) -> list[tuple[Flavour, Judgement]]:
        return [(flavour, judgement) for flavour, judgement in self.judgements if judgement.outcome == outcome]

    @property
    def holds(self) -> bool:
        passing, failing = self.outcomes("pass"), self.outcomes("fail")
        only_signed = all(flavour.signed for flavour, _ in failing)
        return self.is_same or (len(passing) >= ENOUGH and only_signed)

    @property
    def fails(self) -> bool:
        failing, passing = len(self.outcomes("fail")), len(self.outcomes("pass"))
        if self.plain.optimised:
            return failing >= 2 * ENOUGH  # two objectives may be best at one place by chance
        return failing >= ENOUGH and not passing and not self.is_same

    @property
    def is_understood(self) -> bool:
        """Whether everything in it has a meaning of its own, so that a failure tells something."""
        return not self.plain.opaque and not self.plain.guesses

    @property
    def has_shapes(self) -> bool:
        return not self.problem

    @property
    def reason(self) -> str:
        if self.problem:
            return self.problem
        reasons = [judgement.reason for _, judgement in self.judgements if judgement.outcome == "inconclusive"]
        return reasons[0] if reasons else ""


def tried(relation: str, left: Node, right: Node, around: Surroundings, customs: Customs | None = None) -> Trial:
    """Judge a statement in generic worlds until enough of them agree."""
    letters = continuous_letters([left, right])
    drawn = {letter for law in around.laws.values() for letter in law.drawn}
    plain = Plain(around.laws, around.facts, around.ranges, integrated=set(letters & drawn))
    plain.parameters, plain.behind, plain.varied = around.parameters, around.behind, around.varied
    mine, other = plain.read(left), plain.read(right)
    if relation not in ("\\neq",) and mine == other:
        return Trial(mine, other, plain, {}, is_same=True)
    wishes = {name: _wish(name, atom, plain, (mine, other)) for name, atom in plain.atoms.items()}
    shapes = find_shapes([(mine, other)], wishes)
    if shapes is None:
        return Trial(mine, other, plain, {}, problem="no shapes of its names fit")
    mine, other = _fitted(mine, other, plain, shapes), _fitted(other, mine, plain, shapes)
    trial = Trial(mine, other, plain, shapes)
    return run(relation, trial, around, customs)


def run(relation: str, trial: Trial, around: Surroundings, customs: Customs | None = None) -> Trial:
    """The worlds of a trial, drawn and judged."""
    judgements: list[tuple[Flavour, Judgement]] = []
    worlds: list[Notation] = []
    is_weak = relation not in ("=", "\\equiv", "\\propto")  # an order holds in many worlds by chance
    needed = 4 * ENOUGH if is_weak else 2 * ENOUGH if trial.plain.optimised else ENOUGH
    flavours = FLAVOURS * 2 if trial.plain.optimised or is_weak else FLAVOURS
    for seed, flavour in enumerate(flavours):
        notation = drawn_world(trial, around, flavour, 17 + seed, customs)
        if notation is None:
            continue
        judgement = judge(relation, trial.left, trial.right, Draw(notation))
        judgements.append((flavour, judgement))
        worlds.append(notation)
        counted = [found.outcome for _, found in judgements]
        if counted.count("pass") >= needed and "fail" not in counted:
            break
        if counted.count("inconclusive") >= len(FLAVOURS) - 1 and len(set(counted)) == 1:
            break
    return replace(trial, judgements=tuple(judgements), worlds=tuple(worlds))


def drawn_world(
    trial: Trial, around: Surroundings, flavour: Flavour, seed: int, customs: Customs | None
) -> Notation | None:
    """A world in which the bounds hold that the text gives to its numbers; None if none was found."""
    arguments = argument_shapes([trial.left, trial.right], trial.shapes)
    for attempt in range(20):
        notation = world(trial.plain, trial.shapes, arguments, flavour, seed + 1000 * attempt, customs)
        if all(_is_kept(bound, trial.plain, notation) for bound in around.bounds):
            return notation
    return None


def _is_kept(bound: tuple[str, Node, Node], plain: Plain, notation: Notation) -> bool:
    relation, left, right = bound
    known = {atom.name: name for name, atom in plain.atoms.items() if atom.kind == "number"}
    names = [item.name for side in (left, right) for item in walk(side) if isinstance(item, Symbol)]
    if not names or not all(name in known for name in names):
        return True

    def plainly(node: Node) -> Node:
        return Symbol(known[node.name]) if isinstance(node, Symbol) else rebuild(node, plainly)

    return judge(relation, plainly(left), plainly(right), Draw(notation)).outcome != "fail"


def _fitted(side: Node, other: Node, plain: Plain, shapes: Mapping[str, Shape]) -> Node:
    """A plain 0 beside a vector is the vector of zeros."""
    if isinstance(side, Number) and float(side.text) == 0 and (shape := shape_of(other, shapes)):
        zero: Node = Number("0")
        return Binary("*", zero, other) if shape else side
    return side


def _wish(name: str, atom: Atom, plain: Plain, sides: Sequence[Node]) -> Wish:
    """How dear each rank of a name is: by what is said of it, by its face, and by what is done to it."""
    fact = plain.facts.get(atom.name, Fact())
    if atom.kind in ("set", "law") or name in plain.counts:
        return Wish((0.0, NEVER, NEVER))
    if atom.kind == "identity":
        return Wish((0.4, NEVER, 0.0), square=True)
    square = bool(fact.words & {"square", "symmetric", "definite", "orthogonal", "skew"})
    if _is_law_value(name, sides, plain):
        return Wish((0.0, NEVER, NEVER))
    if "matrix" in fact.words and atom.kind != "sequence":
        return Wish((NEVER, NEVER, 0.0), fact.lengths if len(fact.lengths) == 2 else (), square=square)
    if "vector" in fact.words:
        return Wish((2.0, 0.0, NEVER), fact.lengths if len(fact.lengths) == 1 else ())
    if atom.bold or atom.name.startswith("\\vec"):
        is_capital = head_of(atom.name).isupper() or head_of(atom.name) in ("\\Sigma", "\\Lambda", "\\Phi", "\\Psi")
        return Wish((1.0, 0.5, 0.0) if is_capital else (0.7, 0.0, NEVER))
    if "scalar" in fact.words or atom.kind in ("function", "opaque"):
        return Wish((0.0, 2.5, 4.0))
    if _is_turned(name, sides):
        return Wish((2.0, 0.6, 0.5) if head_of(atom.name).isupper() else (2.0, 0.3, 1.5))
    return Wish((0.0, 1.2, 1.6) if head_of(atom.name).isupper() else (0.0, 1.5, NEVER))


def _is_law_value(name: str, sides: Sequence[Node], plain: Plain) -> bool:
    """Whether a name stands where a law is drawn: the laws of these worlds are laws of numbers."""
    for side in sides:
        for node in walk(side):
            if isinstance(node, Call) and isinstance(node.function, Symbol):
                atom = plain.atoms.get(node.function.name)
                if atom is not None and atom.kind == "law":
                    letters = {
                        letter for other in plain.atoms.values() if other.kind == "law" and other.name == atom.name
                        for letter in other.drawn
                    }  # fmt: skip
                    drawn = [
                        value for value, letter in zip(node.arguments, (*atom.drawn, *atom.given), strict=True)
                        if letter in letters
                    ]  # fmt: skip
                    if any(name in names_in(value) for value in drawn):
                        return True
    return False


def _summands(node: Node) -> set[str]:
    """The names that a sum or a product is made of, and the names of the functions whose values are."""
    match node:
        case Symbol(name=name):
            return {name}
        case Call(function=Symbol(name=name)):
            return {name}
        case Binary(left=left, right=right):
            return _summands(left) | _summands(right)
        case Negative(operand=operand) | Transpose(operand=operand):
            return _summands(operand)
        case BigOperator(body=body):
            return _summands(body)
    return set()


def _is_turned(name: str, sides: Sequence[Node]) -> bool:
    """Whether a name is transposed, has a norm, a determinant or a trace somewhere: so it is no number."""
    for side in sides:
        for node in walk(side):
            inner: Node | None = None
            if isinstance(node, (Transpose, Norm)):
                inner = node.operand
            elif isinstance(node, Apply) and node.function in ("tr", "det"):
                inner = node.argument
            if inner is not None and name in _summands(inner):
                return True
    return False
