"""The author's YAML between the `---` of a post: its front matter, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import yaml

from mathpost.ground.errors import InputError, Place

DELIMITER = "---"
FIELD_TYPES: Mapping[str, tuple[type, ...]] = {
    "title": (str,),
    "date": (date,),
    "lastmod": (date,),
    "author": (str, list),
    "description": (str,),
    "tags": (list,),
    "categories": (list,),
    "series": (list,),
    "draft": (bool,),
    "math": (bool,),
}
PLAIN_FIELDS = ("title", "description")  # what is shown without formulas
REQUIRED = ("title", "date")
TYPE_NAMES: Mapping[type, str] = {
    bool: "true or false",
    date: "a date such as 2024-12-15 or 2024-12-15T01:06:38+05:30",
    list: "a list of texts",
    str: "a text",
}


@dataclass(frozen=True)
class FrontMatter:
    """What stands between the `---` of a post, checked."""

    fields: Mapping[str, object]

    @property
    def title(self) -> str:
        return str(self.fields["title"])

    @property
    def draft(self) -> bool:
        return self.fields.get("draft") is True


class _Dumper(yaml.SafeDumper):
    """Dates as Hugo documents them, lists indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    datetime, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())
)


def parse_front_matter(text: str, place: Place) -> FrontMatter:
    """Front matter, with its `---` lines or without them."""
    lines = text.strip().splitlines()
    if lines and lines[0].rstrip() == DELIMITER:
        if len(lines) < 2 or lines[-1].rstrip() != DELIMITER:
            raise InputError(f"the front matter is not closed: end the cell with a line {DELIMITER!r}", place)
        text = "\n".join(["", *lines[1:-1]])
    fields = _parse_yaml(text, place)
    for name in REQUIRED:
        if fields.get(name) in (None, ""):
            raise InputError(f"the front matter has no {name!r}: add a line '{name}: …'", place)
    for name, value in fields.items():
        _check_type(name, value, text, place)
    return FrontMatter(fields)


def to_yaml(front_matter: FrontMatter, **added: object) -> str:
    """Front matter as text, in the author's order, with `added` fields put over it or behind it."""
    fields = {**front_matter.fields, **added}
    return yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def _parse_yaml(text: str, place: Place) -> dict[str, object]:
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(f"front matter: not valid YAML: {problem}", Place(place.file, place.cell, line)) from None
    except ValueError as error:  # a date such as 2024-13-01
        raise InputError(f"front matter: not valid YAML: {error}", place) from None
    if not isinstance(fields, dict) or not all(isinstance(name, str) for name in fields):
        raise InputError("front matter: write lines of the form 'key: value'", place)
    return fields


def _check_type(name: str, value: object, text: str, place: Place) -> None:
    expected = FIELD_TYPES.get(name)
    if expected is None or _is_of(value, expected):
        return
    line = next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f"{name}:")), None)
    wanted = " or ".join(TYPE_NAMES[kind] for kind in expected)
    raise InputError(f"{name!r} must be {wanted}, not {value!r}", Place(place.file, place.cell, line))


def _is_of(value: object, expected: tuple[type, ...]) -> bool:
    if isinstance(value, list):
        return list in expected and all(isinstance(entry, str) for entry in value)
    return isinstance(value, expected)
