"""The author's YAML between the `---` of a post: its front matter, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from mathpost.ground.errors import InputError, Place
from mathpost.ground.files import read_input
from mathpost.text.notebook_file import notebook_in
from mathpost.text.written import Fields, Plain, Unfit, as_declared, date_in, read_yaml, value_of

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
    "aliases": (list,),
    "draft": (bool,),
    "math": (bool,),
}
PLAIN_FIELDS = ("title", "description")  # what is shown without formulas
REQUIRED = ("title", "date")
# What Hugo would publish elsewhere, otherwise or not at all.
NOT_OURS: Mapping[str, str] = {
    "_build": "whether it is published says 'draft'",
    "build": "whether it is published says 'draft'",
    "cascade": "it is for pages that have others below them",
    "headless": "whether it is published says 'draft'",
    "outputs": "a post is published as HTML",
    "slug": "the address of a post is the name of its notebook: rename that",
    "url": "the address of a post is the name of its notebook: rename that",
}
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
    """Dates as Hugo documents them, lists indented under their key, quotes around what YAML 1.2 takes for no text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    datetime, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())
)
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style=None if isinstance(Plain(text).value, str) else "'"
    ),
)


def parse_front_matter(text: str, place: Place) -> FrontMatter:
    """Front matter, with its `---` lines or without them."""
    fields = _read_fields(_between_delimiters(text, place), place, "front matter")
    for name in REQUIRED:
        if value_of(fields.get(name)) in (None, ""):
            raise InputError(f"the front matter has no {name!r}: add a line '{name}: …'", place)
    lines = {name: Place(place.file, place.cell, line) for name, line in fields.lines.items()}
    for name in fields:
        if name in NOT_OURS:
            raise InputError(f"{name!r} cannot stand in the front matter: {NOT_OURS[name]}", lines.get(name, place))
    return FrontMatter({name: _typed(name, node, lines.get(name, place)) for name, node in fields.items()})


def begins_as_post(path: Path) -> bool:
    """Whether a notebook begins with its front matter, or with what is meant for it; a damaged one is to be told so."""
    try:
        first = notebook_in(read_input(path, "notebook"), path)["cells"][:1]
    except InputError:
        return True
    return any(cell["cell_type"] == "raw" or _is_delimiter("".join(cell["source"])) for cell in first)


def _is_delimiter(source: str) -> bool:
    return source.lstrip().partition("\n")[0].rstrip() == DELIMITER


def to_yaml(front_matter: FrontMatter, **added: object) -> str:
    """Front matter as text, in the author's order, with `added` fields put over it or behind it."""
    fields = {**front_matter.fields, **added}
    return yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def _between_delimiters(text: str, place: Place) -> str:
    """The YAML of a cell, its lines where they were."""
    lines = text.rstrip().splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[first].rstrip() != DELIMITER:
        return text
    if len(lines) < first + 2 or lines[-1].rstrip() != DELIMITER:
        raise InputError(f"the front matter is not closed: end the cell with a line {DELIMITER!r}", place)
    return "\n".join([""] * (first + 1) + lines[first + 1 : -1])


def _read_fields(text: str, place: Place, what: str) -> Fields:
    fields = read_yaml(text, place, what)
    if not isinstance(fields, Fields):
        raise InputError(f"{what}: write lines of the form 'key: value'", place)
    return fields


def _typed(name: str, node: object, place: Place) -> object:
    """The value of a field, of the type that is declared for it; one that is not known is Hugo's, as YAML has it."""
    if name not in FIELD_TYPES:
        return _free(node)
    reasons: list[str] = []
    for kind in FIELD_TYPES[name]:
        try:
            return as_declared(node, kind)
        except Unfit as unfit:
            reasons += [unfit.reason] if unfit.reason else []
    wanted = " or ".join(TYPE_NAMES[kind] for kind in FIELD_TYPES[name])
    why = f": {reasons[0]}" if reasons else ""
    raise InputError(f"{name!r} must be {wanted}, not {value_of(node)!r}{why}", place)


def _free(node: Any) -> object:
    """A value of which nothing is declared: a date without quotes is one."""
    if isinstance(node, Plain):
        return _date_or_none(node.written) or node.value
    if isinstance(node, list):
        return [_free(entry) for entry in node]
    return {name: _free(entry) for name, entry in node.items()} if isinstance(node, dict) else node


def _date_or_none(written: str) -> date | None:
    try:
        return date_in(written)
    except ValueError:
        return None
