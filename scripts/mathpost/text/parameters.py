"""Parameters: what a notebook's `parameters` cell declares, and the values given in their place."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from mathpost.ground.errors import InputError, Place

Parameters = Mapping[str, object]
NONE: Parameters = {}


def parse_assignments(words: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Pairs of name and text, each value typed as YAML types a scalar: `500`, `0.5`, `true`, `null`, `1e3`."""
    return {name: _parse_value(name, text) for name, text in words}


def read_parameters(path: Path) -> dict[str, object]:
    """The parameters in a YAML file."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"the parameters cannot be read: {error}", Place(path)) from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise InputError("the parameters must be lines of the form 'name: value'", Place(path))
    for name, value in values.items():
        _check_value(name, value)
    return values


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


def _fit(name: str, value: object, default: object, place: Place) -> object:
    if type(default) is float and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if default is None or type(value) is type(default):
        return value
    kind = type(default).__name__
    raise InputError(f"parameter {name!r} is {default!r} in the notebook ({kind}); {value!r} is not {kind}", place)


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node else None
    except ValueError:
        return None


def _parse_value(name: str, text: str) -> object:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise InputError(f"parameter {name!r} has the value {text!r}, which is not YAML") from None
    if value == text:
        value = _number(text)
    _check_value(name, value)
    return value


def _number(text: str) -> object:
    """YAML 1.1 takes `1e3`, `nan` and `inf` for texts; people do not."""
    try:
        return float(text)
    except ValueError:
        return text


def _check_value(name: str, value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"parameter {name!r} is {value}: give a finite number")
    if isinstance(value, list):
        for entry in value:
            _check_value(name, entry)
    elif not isinstance(value, bool | int | float | str | None):
        raise InputError(f"parameter {name!r} is {value!r}: give a number, a text, true, false or a list of them")
