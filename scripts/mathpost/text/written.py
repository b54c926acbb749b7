"""The author's YAML: what is written in it, and what a declared type makes of that.

Scalars are those of YAML 1.2, as Hugo and Quarto have them. One without quotes keeps how it was written, since it gives
way to the type that is declared for it: `2024` is a text where a text is asked for, and "2024-01-02" is a date where a
date is. PyYAML finds the nodes; the types are given here, because its own are those of YAML 1.1, where `no` is false,
`010` is eight and `1:30` is ninety.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from mathpost.ground.errors import InputError, Place

PLAIN = "plain"
QUOTED = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
MERGE = "<<"
NULLS = ("", "~", "null", "Null", "NULL")
TRUTHS: Mapping[str, bool] = {"true": True, "false": False}
# What an author who grew up with YAML 1.1 writes where true or false is asked for.
ANSWERS: Mapping[str, bool] = {**TRUTHS, "yes": True, "no": False, "on": True, "off": False}
INTEGERS: Mapping[str, int] = {r"[-+]?[0-9]+": 10, r"0o[0-7]+": 8, r"0x[0-9a-fA-F]+": 16}
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
MOST_VALUES = 10_000
NO_CHARACTER = "holds U+{code:04X}, which no text can hold: remove it"
UNTEXT = re.compile(r"[\0\ud800-\udfff]")


class Unfit(Exception):
    """What is written is not of the declared type; `reason` says more where there is more to say."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, repr=False)
class Plain:
    """A scalar without quotes, as it was written."""

    written: str

    def __repr__(self) -> str:
        return self.written

    @property
    def value(self) -> object:
        """What YAML 1.2 takes it for."""
        if self.written in NULLS:
            return None
        if self.written.lower() in TRUTHS and self.written in (self.written.lower(), *_cased(self.written)):
            return TRUTHS[self.written.lower()]
        for pattern, base in INTEGERS.items():
            if re.fullmatch(pattern, self.written):
                return int(self.written.removeprefix("0o"), base)
        if REAL.fullmatch(self.written):
            return float(self.written)
        return float(self.written.replace(".", "")) if SPECIAL.fullmatch(self.written) else self.written


class Fields(dict[str, object]):
    """A mapping, with the line on which each of its keys stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def read_yaml(text: str, place: Place, what: str) -> object:
    """What a YAML text holds: `Plain` and texts, in lists and `Fields`; None if it is empty.

    Errors: InputError, with the line, where it is not YAML or a key stands twice; `what` says what is read.
    """
    try:
        root = yaml.compose(text, Loader=_Composer)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else None
        raise InputError(f"{what}: not valid YAML: {problem}", Place(place.file, place.cell, line)) from None
    reader = _Reader(place, what)
    if root is not None and _size(root, {}) > MOST_VALUES:
        raise reader.mistake(root, f"it holds more than {MOST_VALUES:,} values: write fewer, or fewer aliases of them")
    return None if root is None else reader.read(root, ())


def value_of(node: object) -> object:
    """What YAML 1.2 takes a node for, where nothing is declared."""
    if isinstance(node, Plain):
        return node.value
    if isinstance(node, list):
        return [value_of(entry) for entry in node]
    return {name: value_of(entry) for name, entry in node.items()} if isinstance(node, dict) else node


def as_declared(node: object, kind: type) -> object:
    """What a node stands for where a type is declared. Errors: Unfit if it is nothing of this type."""
    return CONVERSIONS[kind](node)


def date_in(written: str) -> date | None:
    """The date, maybe with its time, that a text tells; None if it tells none. Errors: ValueError for no such date."""
    if not yaml.SafeLoader.timestamp_regexp.match(written):
        return None
    node = yaml.ScalarNode("tag:yaml.org,2002:timestamp", written)
    told: date = yaml.SafeLoader("").construct_yaml_timestamp(node)
    return told


def _text(node: object) -> str:
    if isinstance(node, Plain) and node.value is not None:
        return node.written
    if isinstance(node, str):
        return node
    raise Unfit


def _truth(node: object) -> bool:
    written, known = (node.written, ANSWERS) if isinstance(node, Plain) else (node, TRUTHS)
    if isinstance(written, bool):
        return written
    if not isinstance(written, str) or written.lower() not in known:
        raise Unfit
    return known[written.lower()]


def _date(node: object) -> date:
    try:
        told = date_in(_text(node))
    except ValueError as error:
        raise Unfit(str(error)) from None
    if told is None:
        raise Unfit
    return told


def _texts(node: object) -> list[str]:
    if not isinstance(node, list):
        raise Unfit
    return [_text(entry) for entry in node]


CONVERSIONS: Mapping[type, Callable[[object], object]] = {str: _text, bool: _truth, date: _date, list: _texts}


def _cased(written: str) -> tuple[str, str]:
    return written.upper(), written.capitalize()


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node holds once each alias is what it stands for."""
    if id(node) not in known:
        known[id(node)] = 1  # for a value that holds itself, which is told apart
        parts = [] if isinstance(node, yaml.ScalarNode) else node.value
        held = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_size(each, known) for each in held)
    return known[id(node)]


class _Composer(yaml.BaseLoader):
    """Tells a scalar without quotes from one with them."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        plain = kind is yaml.ScalarNode and isinstance(implicit, tuple) and implicit[0]
        tag: str = PLAIN if plain else super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


@dataclass(frozen=True)
class _Reader:
    """Makes plain data of the nodes of a text."""

    place: Place
    what: str

    def read(self, node: yaml.Node, around: tuple[yaml.Node, ...]) -> object:
        if node in around:
            raise self.mistake(node, "a value holds itself")
        if node.tag != PLAIN and node.tag not in QUOTED:
            raise self.mistake(node, f"the tag {node.tag!r} is not known")
        if isinstance(node, yaml.ScalarNode):
            if found := UNTEXT.search(node.value):
                raise self.mistake(node, NO_CHARACTER.format(code=ord(found[0])))
            return Plain(node.value) if node.tag == PLAIN else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.read(entry, (*around, node)) for entry in node.value]
        return self._fields(node, (*around, node))

    def _fields(self, node: yaml.Node, around: tuple[yaml.Node, ...]) -> Fields:
        fields = Fields()
        merged: dict[str, object] = {}
        for key, entry in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.mistake(key, "a key must be a text")
            value = self.read(entry, around)
            if key.tag == PLAIN and key.value == MERGE:
                merged |= self._merged(entry, value)
                continue
            if key.value in fields:
                first = fields.lines[key.value]
                raise self.mistake(key, f"{key.value!r} stands here again, and in line {first} already: keep one")
            fields[key.value] = value
            fields.lines[key.value] = key.start_mark.line + 1
        for name, value in merged.items():
            fields.setdefault(name, value)
        return fields

    def _merged(self, node: yaml.Node, value: object) -> dict[str, object]:
        """What `<<` takes over, from one mapping or several, of which the first counts."""
        found: dict[str, object] = {}
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, Fields):
                raise self.mistake(node, f"'{MERGE}' takes over a mapping")
            found = {**one, **found}
        return found

    def mistake(self, node: yaml.Node, message: str) -> InputError:
        line = node.start_mark.line + 1
        return InputError(f"{self.what}: {message}", Place(self.place.file, self.place.cell, line))
