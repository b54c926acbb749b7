"""Sweeps: a post's claims under other parameters than its own, named in `notebooks/<slug>.sweep.yaml`.

few samples: {m: 20}
loud: {sigma: 3.0, m: 50}
seeds: {seed: [1, 2, 3]}        # a list makes a run of each value; two lists make one of each pair
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import yaml

from .build import Build
from .errors import InputError, Place
from .parameters import Parameters
from .site import Post

EXAMPLE = "write lines such as 'few samples: {m: 20}' or 'seeds: {seed: [1, 2, 3]}'"


@dataclass(frozen=True)
class Setting:
    """One set of parameters, under its name."""

    name: str
    parameters: Parameters

    @property
    def shown(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.parameters.items())


@dataclass(frozen=True)
class Outcome:
    """What became of a post's claims under one setting; `error` where the notebook could not be executed."""

    setting: Setting
    build: Build | None = None
    error: str = ""

    @property
    def holds(self) -> bool:
        return self.build is not None and self.build.holds

    def to_json(self) -> dict[str, object]:
        named = {"set": self.setting.name, "parameters": dict(self.setting.parameters)}
        return {**named, "holds": self.holds, "failed": self.failed, "error": self.error}

    @property
    def failed(self) -> list[str]:
        return [verdict.id for verdict in self.build.verdicts if not verdict.holds] if self.build else []


def sweep_file(post: Post) -> Path:
    return post.notebook.with_suffix(".sweep.yaml")


def read_settings(post: Post) -> list[Setting]:
    """The settings that a post is to be checked under; none without a file."""
    path = sweep_file(post)
    try:
        named = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"the sweep cannot be read: {error}", Place(path)) from None
    if not isinstance(named, dict) or not all(isinstance(values, dict) and values for values in named.values()):
        raise InputError(f"a sweep names sets of parameters: {EXAMPLE}", Place(path))
    return [setting for name, values in named.items() for setting in _settings(str(name), values)]


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """One line for each setting: its name, its parameters, how many claims hold, which do not."""
    rows = [("set", "parameters", "hold", "do not hold")]
    rows += [(outcome.setting.name, outcome.setting.shown, *_held(outcome)) for outcome in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[3]]).rstrip()


def _held(outcome: Outcome) -> tuple[str, str]:
    if outcome.build is None:
        return "–", outcome.error
    total = len(outcome.build.verdicts)
    return f"{total - len(outcome.failed)}/{total}", ", ".join(outcome.failed)


def _settings(name: str, values: Mapping[str, object]) -> Iterator[Setting]:
    choices = [value if isinstance(value, list) else [value] for value in values.values()]
    for chosen in product(*choices):
        yield Setting(name, dict(zip(values, chosen, strict=True)))
