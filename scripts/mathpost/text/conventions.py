"""The conventions of a site: how its posts read what custom reads in two ways, where a notation does not say it.

[params.mathpost.reading]
"d/dx" = "product"
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.text.macros import table_around

TABLE = ("params", "mathpost", "reading")


def readings_around(path: Path) -> Mapping[str, str]:
    """The readings that the site around a notebook has chosen. Errors: InputError for one that there is not."""
    table, file = table_around(path, *TABLE)
    return readings_in(table, Place(file))


def readings_in(table: object, place: Place) -> Mapping[str, str]:
    """The readings in a table of `config.toml`. Errors: InputError for a form or a choice that there is not."""
    if table == {}:
        return {}
    from mathpost.latex.reading import READINGS  # a site that chooses nothing loads no reader to know that it is fresh

    if not isinstance(table, dict):
        raise InputError("[params.mathpost.reading] must be a table", place)
    for form, reading in table.items():
        if form not in READINGS:
            known = ", ".join(map(repr, READINGS))
            raise InputError(f"[params.mathpost.reading] has no form {form!r}; it knows: {known}", place)
        if reading not in READINGS[form]:
            choices = " or ".join(map(repr, READINGS[form]))
            raise InputError(f"[params.mathpost.reading] {form!r} must be {choices}, not {reading!r}", place)
    return table
