"""Sweeps: a post's claims under other parameters than its own, named in `notebooks/<slug>.sweep.yaml`.

few samples: {m: 20}
loud: {sigma: 3.0, m: 50}
seeds: {seed: [1, 2, 3]}        # a list makes a run of each value; two lists make one of each pair
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from mathpost.building import Build, build_post
from mathpost.building.publication import shares
from mathpost.commands.terminal import DEFINED, STDERR, STDOUT
from mathpost.ground.errors import InputError, MathpostError, Place, relative
from mathpost.site import Post
from mathpost.text import PostText, read
from mathpost.text.parameters import Parameters, read_yaml_file
from mathpost.text.written import value_of

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
        named = {"set": self.setting.name, "parameters": value_of(dict(self.setting.parameters))}
        return {**named, "holds": self.holds, "failed": self.failed, "error": self.error}

    @property
    def failed(self) -> list[str]:
        return [verdict.id for verdict in self.build.verdicts if verdict.stops] if self.build else []


def sweep_file(post: Post) -> Path:
    return post.notebook.with_suffix(".sweep.yaml")


def read_settings(post: Post) -> list[Setting]:
    """The settings that a post is to be checked under; none without a file."""
    path = sweep_file(post)
    if not path.exists():
        return []
    named = read_yaml_file(path, "sweep")
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
    waived = sum(verdict.waived for verdict in outcome.build.verdicts)
    defined = sum(verdict.defines for verdict in outcome.build.verdicts)
    tried = len(outcome.build.verdicts) - waived - defined
    apart = [f"{count} {word}" for count, word in ((defined, DEFINED), (waived, "waived")) if count]
    return ", ".join([f"{tried - len(outcome.failed)}/{tried}", *apart]), ", ".join(outcome.failed)


def _settings(name: str, values: Mapping[str, object]) -> Iterator[Setting]:
    choices = [value if isinstance(value, list) else [value] for value in values.values()]
    for chosen in product(*choices):
        yield Setting(name, dict(zip(values, chosen, strict=True)))


def check_sweep(posts: Sequence[Post], *, timeout: float, as_json: bool) -> int:
    """Judge the claims of each post under each of its settings, and show one table."""

    def outcome_of(text: PostText, setting: Setting) -> Outcome:
        try:
            shares([text], setting.parameters)
            progress = partial(STDERR.progress, f"{text.path.stem}, {setting.name} ({setting.shown})")
            return Outcome(setting, build_post(text, setting.parameters, timeout=timeout, progress=progress))
        except MathpostError as error:
            error.place = Place(None, error.place.cell, error.place.line)
            return Outcome(setting, error=str(error).splitlines()[0])

    found: list[dict[str, object]] = []
    for post in posts:
        text = read(post.notebook)
        outcomes = [outcome_of(text, setting) for setting in read_settings(post)]
        found += [{"post": post.slug, **outcome.to_json()} for outcome in outcomes]
        none = [f"{post.slug}: no sweep; name sets of parameters in {relative(sweep_file(post))}"]
        for line in () if as_json else [f"{post.slug}:", *table(outcomes)] if outcomes else none:
            STDOUT.say(line)
    if as_json:
        STDOUT.say(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if all(entry["holds"] for entry in found) else 1
