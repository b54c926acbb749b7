"""Parameters: what a notebook's `parameters` cell declares, and the values given in their place."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.ground.files import read_input
from mathpost.text.written import Fields, Plain, Unfit, as_declared, read_yaml, value_of

Parameters = Mapping[str, object]
NONE: Parameters = {}


def parse_assignments(words: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Pairs of name and text, each value as YAML has it; its type is that of what it will replace (`fit`)."""
    return {name: _parse_value(name, text) for name, text in words}


def read_parameters(path: Path) -> dict[str, object]:
    """The parameters in a YAML file."""
    values = read_yaml_file(path, "parameters")
    if not isinstance(values, Fields):
        raise InputError("the parameters must be lines of the form 'name: value'", Place(path))
    for name, value in values.items():
        _check_form(name, value)
    return dict(values)


def read_yaml_file(path: Path, kind: str) -> object:
    """What a YAML file holds. Errors: InputError if it holds none."""
    try:
        return read_yaml(read_input(path, kind).decode("utf-8"), Place(path), kind)
    except UnicodeDecodeError as error:
        raise InputError(f"cannot be read as {kind}: {error}", Place(path)) from None


def declared_in(source: str, place: Place) -> dict[str, object]:
    """The names that a `parameters` cell assigns, with their values where these are literals, else `None`."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise InputError(f"the parameters cell is not Python: {error.msg}", Place(place.file, place.cell, error.lineno))  # noqa: B904
    declared: dict[str, object] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            declared |= dict.fromkeys(names, _literal(statement.value))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            declared[statement.target.id] = _literal(statement.value)
    return declared


def check_known(given: Parameters, declared: Iterable[str], place: Place) -> None:
    """Raise for the first parameter that nothing declares."""
    known = sorted(declared)
    for name in given:
        if name not in known:
            listed = ", ".join(known) if known else "none (no cell is tagged 'parameters')"
            raise InputError(f"unknown parameter {name!r}; known are: {listed}", place)


def fit(given: Parameters, declared: Mapping[str, object], place: Place) -> dict[str, object]:
    """The given values of those parameters that are declared, each of the type of the value it replaces."""
    return {name: _fit(name, value, declared[name], place) for name, value in given.items() if name in declared}


def _fit(name: str, given: object, default: object, place: Place) -> object:
    try:
        return as_declared(given, _kind_of(default))
    except (KeyError, Unfit):
        value = _value(given)
    _check_finite(name, value)
    if type(default) is float and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if default is None or type(value) is type(default):
        return value
    kind = type(default).__name__
    raise InputError(f"parameter {name!r} is {default!r} in the notebook ({kind}); {value!r} is not {kind}", place)


def _kind_of(default: object) -> type:
    """The type that a value gives way to; numbers and lists of them are what YAML takes them for."""
    is_numbers = isinstance(default, list) and not (default and all(isinstance(entry, str) for entry in default))
    return type(None) if is_numbers else type(default)


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node else None
    except ValueError:
        return None


def _parse_value(name: str, text: str) -> object:
    try:
        value = read_yaml(text, Place(), "")
    except InputError:
        raise InputError(f"parameter {name!r} has the value {text!r}, which is not YAML") from None
    _check_form(name, value)
    return Plain("") if value is None else value


def _value(given: object) -> object:
    """What a value is taken for where nothing is declared."""
    if isinstance(given, Plain) and isinstance(given.value, str):
        return _number(given.written)
    return [_value(entry) for entry in given] if isinstance(given, list) else value_of(given)


def _number(text: str) -> object:
    """YAML takes `1_000`, `nan` and `inf` for texts; people do not."""
    try:
        return float(text)
    except ValueError:
        return text


def _check_finite(name: str, value: object) -> None:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, list):
            _check_finite(name, entry)
        elif isinstance(entry, float) and not math.isfinite(entry):
            raise InputError(f"parameter {name!r} is {entry}: give a finite number")


def _check_form(name: str, given: object) -> None:
    for entry in given if isinstance(given, list) else [given]:
        if isinstance(entry, list):
            _check_form(name, entry)
        elif isinstance(entry, dict):
            shown = value_of(entry)
            raise InputError(f"parameter {name!r} is {shown!r}: give a number, a text, true, false or a list of them")
