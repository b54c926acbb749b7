"""Generic worlds: random draws of all that a statement speaks of, which satisfy what the text says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from mathpost.evaluation import Variable
from mathpost.evaluation.values import Numbers
from mathpost.inference.canonical import Atom, Plain
from mathpost.inference.sayings import Fact
from mathpost.inference.shapes import Shape
from mathpost.judging.notation import Notation
from mathpost.latex.tree.spelling import head_of
from mathpost.scanning.generic import Joint, joint, matrix, smooth, stacked

Support: TypeAlias = "Numbers | tuple[float, float]"
"""The points of a discrete letter, or the interval of a continuous one."""

CHOICES, FEW = 24, 5
NOTHING = Fact()


@dataclass(frozen=True)
class Flavour:
    """One kind of world: where its numbers lie, and whether they have signs."""

    name: str
    low: float
    high: float
    signed: bool = False


FLAVOURS = (
    Flavour("small", 0.12, 0.88),
    Flavour("large", 1.15, 3.2),
    Flavour("small again", 0.12, 0.88),
    Flavour("mixed", 0.3, 2.6),
    Flavour("signed", 0.4, 2.4, signed=True),
)


@dataclass(frozen=True)
class Customs:
    """What some names are by custom, where nothing else is said: alternatives are tried before a step is accused."""

    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


def world(
    plain: Plain,
    shapes: Mapping[str, Shape],
    arguments: Mapping[str, tuple[Shape, ...]],
    flavour: Flavour,
    seed: int,
    customs: Customs | None = None,
) -> Notation:
    """A notation in which each atom of a statement in plain terms has a value; `arguments` are shapes of functions'."""
    generator = np.random.default_rng(seed)
    return _World(plain, shapes, arguments, flavour, generator, customs or Customs()).notation()


class _World:
    def __init__(
        self,
        plain: Plain,
        shapes: Mapping[str, Shape],
        arguments: Mapping[str, tuple[Shape, ...]],
        flavour: Flavour,
        generator: np.random.Generator,
        customs: Customs,
    ) -> None:
        self.plain = plain
        self.shapes = shapes
        self.arguments = arguments
        self.flavour = flavour
        self.generator = generator
        self.customs = customs
        self.sizes = self._sizes()
        self.supports = self._supports()
        self.joints: dict[str, Any] = {}

    def notation(self) -> Notation:
        bindings: dict[str, Any] = {}
        for name, atom in self.plain.atoms.items():
            arguments = ",".join("xyzuvwrstabcdg"[: atom.arity])
            key = f"{name}({arguments})" if atom.kind in ("function", "sequence", "law") or atom.arity else name
            bindings[key] = self._value(name, atom)
        return Notation(bindings)

    def _fact(self, atom: Atom) -> Fact:
        return self.plain.facts.get(atom.name, NOTHING)

    def _sizes(self) -> dict[str, int]:
        """Each length of a vector or matrix is another small number; matrices are rather high than wide."""
        lengths = sorted({length for shape in self.shapes.values() for length in shape if length != "1"})
        matrices = [shape for shape in self.shapes.values() if len(shape) == 2]
        height = {each: sum((s[0] == each) - (s[1] == each) for s in matrices) for each in lengths}
        lengths.sort(key=lambda each: height[each])
        known = {length: int(length) for length in lengths if length.isdigit()}
        return {**{length: 2 + place % 4 for place, length in enumerate(lengths)}, **known}

    def _supports(self) -> dict[str, Support]:
        letters = {atom.letter for atom in self.plain.atoms.values() if atom.letter}
        for atom in self.plain.atoms.values():
            letters |= {letter.rstrip("'").split("@")[0] for letter in (*atom.drawn, *atom.given)}
        return {letter: self._support(letter) for letter in letters}

    def _support(self, letter: str) -> Support:
        if letter in self.plain.integrated:
            low = round(float(self.generator.uniform(-0.6, 0.1)), 3)
            return low, low + round(float(self.generator.uniform(1.1, 1.9)), 3)
        fact = self.plain.facts.get(letter, NOTHING)
        if "binary" in fact.words:
            return np.array([0.0, 1.0])
        return np.round(np.cumsum(self.generator.uniform(0.3, 0.9, 3)), 4)

    def _value(self, name: str, atom: Atom) -> Any:
        match atom.kind:
            case "low" | "high":
                interval = self.supports[atom.letter]
                return interval[atom.kind == "high"] if isinstance(interval, tuple) else 0.0
            case "set":
                return self._points(atom.letter)
            case "identity":
                shape = self.shapes.get(name, ())
                return np.eye(self.sizes.get(shape[0], 1)) if len(shape) == 2 else 1.0
            case "law":
                return self._law(name, atom)
            case "number" if name in self.plain.optimised:
                return Variable(self._choices(name, atom, CHOICES))
            case "number" if atom.name == self.plain.varied:
                return Variable(self._choices(name, atom, FEW))
            case "number":
                return self._number(name, atom)
            case "opaque" if not atom.arity:
                return self._number(name, atom)
        return self._function(name, atom)

    def _choices(self, name: str, atom: Atom, count: int) -> Sequence[Any]:
        """The points among which an optimum is sought, or at which a proportion must hold."""
        support = self.supports.get(atom.letter)
        if self._is_drawn(atom) and isinstance(support, np.ndarray):
            return list(support)
        return [self._number(name, atom) for _ in range(count)]

    def _points(self, letter: str) -> Numbers:
        support = self.supports.get(letter)
        if isinstance(support, np.ndarray):
            return support
        return np.asarray(np.round(np.cumsum(self.generator.uniform(0.3, 0.9, 3)), 4))

    def _is_drawn(self, atom: Atom) -> bool:
        """Whether a number is a value of what a law of this world is drawn of."""
        return any(
            (other.kind == "set" and other.letter == atom.letter)
            or (other.kind == "law" and atom.letter in {item.rstrip("'").split("@")[0] for item in other.drawn})
            for other in self.plain.atoms.values()
        )

    def _number(self, name: str, atom: Atom) -> Any:
        shape = self.shapes.get(name, ())
        words = self._fact(atom).words
        if shape:
            return self._array(shape, words)
        if name in self.plain.counts or "integer" in words:
            return self._count(name, atom)
        if atom.name in self.sizes:
            return self.sizes[atom.name]
        if "binary" in words:
            return float(self.generator.integers(0, 2))
        if atom.kind == "number" and self._is_drawn(atom):
            return self._drawn(atom.letter)
        return self._plain_number(words)

    def _drawn(self, letter: str) -> float:
        support = self.supports.get(letter)
        if isinstance(support, tuple):
            low, high = support
            return round(low + (high - low) * float(self.generator.uniform(0.2, 0.8)), 3)
        return float(self.generator.choice(self._points(letter)))

    def _count(self, name: str, atom: Atom) -> int:
        if atom.name in self.sizes:
            return self.sizes[atom.name]
        if name in self.plain.uppers:
            return int(self.generator.integers(6, 9))
        return int(self.generator.integers(4, 6))

    def _plain_number(self, words: frozenset[str]) -> float:
        low, high = self._ends(words)
        value = round(float(self.generator.uniform(low, high)), 3)
        signed = self.flavour.signed and not words & {"positive", "unit", "negative"}
        return -value if "negative" in words or (signed and self.generator.random() < 0.5) else value

    def _ends(self, words: frozenset[str]) -> tuple[float, float]:
        return (0.1, 0.9) if "unit" in words else (self.flavour.low, self.flavour.high)

    def _array(self, shape: Shape, words: frozenset[str]) -> Numbers:
        lengths = [self.sizes.get(length, 1) for length in shape]
        if len(lengths) == 2:
            return matrix(self.generator, lengths[0], lengths[1], words)
        values = self.generator.uniform(0.3, 1.7, lengths[0])
        if not words & {"positive", "unit"}:
            values = values * self.generator.choice([-1, 1], lengths[0])
        return np.asarray(values / np.linalg.norm(values) if "normed" in words else np.round(values, 4))

    def _function(self, name: str, atom: Atom) -> Callable[..., Numbers]:
        custom = self.customs.functions.get(head_of(atom.name))
        if custom is not None and atom.arity == 1:
            return custom
        words = self._fact(atom).words
        shape = self.shapes.get(name, ())
        support = self.supports.get(atom.letter) if atom.kind == "sequence" and self._is_drawn(atom) else None
        if isinstance(support, np.ndarray):
            order = self.generator.integers(0, len(support), 7)
            return lambda *places: support[order[(sum(np.asarray(x, dtype=int) for x in places)) % 7]]
        lengths = self._lengths(name, atom.arity)
        low, high = self._ends(words)
        low = -high if self.flavour.signed and not words & {"positive", "unit", "law"} else low
        shift = self.generator.uniform(0.05, 0.3) * (high - low)
        count = int(np.prod([self.sizes.get(length, 1) for length in shape])) if shape else 1
        ends = (-1.6, 1.9) if shape else (low, high - shift)
        parts = [smooth(self.generator, lengths, *ends) for _ in range(count)]
        return stacked(parts, tuple(self.sizes.get(length, 1) for length in shape)) if shape else parts[0]

    def _lengths(self, name: str, count: int) -> tuple[int, ...]:
        """The lengths of a function's arguments, 0 for a number."""
        given = self.arguments.get(name, ())[:count]
        lengths = [self.sizes.get(shape[0], 0) if len(shape) == 1 else 0 for shape in given]
        return (*lengths, *(0 for _ in range(count - len(lengths))))

    def _law(self, name: str, atom: Atom) -> Callable[..., Numbers]:
        if atom.name not in self.joints:
            parts = [other for other in self.plain.atoms.values() if other.kind == "law" and other.name == atom.name]
            drawn = {letter for part in parts for letter in part.drawn}
            conditions = {letter: 0 for part in parts for letter in part.given if letter not in drawn}
            for other, part in self.plain.atoms.items():
                if part.kind == "law" and part.name == atom.name:
                    lengths = zip((*part.drawn, *part.given), self._lengths(other, part.arity), strict=True)
                    conditions |= {letter: length for letter, length in lengths if letter in conditions}
            self.joints[atom.name] = joint(self.generator, sorted(drawn), self.supports_of(drawn), conditions)
        known: Joint = self.joints[atom.name]
        return known.density(atom.drawn, atom.given)

    def supports_of(self, letters: set[str]) -> dict[str, Support]:
        bare = {letter.rstrip("'").split("@")[0] for letter in letters}
        return {letter: self.supports.get(letter, self._support(letter)) for letter in bare}
