"""The ways to check posts: their claims as they are, under other parameters, twice over, or by their text alone.

Each gives what the command ends with: 0 if all holds, 1 if not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mathpost.commands import github
from mathpost.commands.terminal import STDERR, STDOUT, say_warnings, summary, verdict_lines, verdict_objects
from mathpost.ground.errors import InputError, Place, relative, together
from mathpost.ground.verdicts import Judgement, shown
from mathpost.text import read
from mathpost.text.parameters import Parameters
from mathpost.text.post import Problem
from mathpost.text.problems import find_problems
from mathpost.text.source_lines import line_in_file

if TYPE_CHECKING:
    from mathpost.building import Build


def check_claims(paths: Sequence[Path], parameters: Parameters, *, timeout: float, as_json: bool) -> int:
    """Execute each notebook and judge its claims; under GitHub Actions, annotate what does not hold."""
    from mathpost.building import build_post
    from mathpost.building.publication import shares
    from mathpost.site.formulas import refused_formulas

    texts = [read(path) for path in paths]
    builds = [
        build_post(text, given, timeout=timeout, progress=partial(STDERR.progress, text.path.stem))
        for text, given in zip(texts, shares(texts, parameters), strict=True)
    ]
    report(builds, as_json=as_json)
    if refused := refused_formulas(texts):
        raise together(refused)
    return 0 if all(build.holds for build in builds) else 1


def check_twice(paths: Sequence[Path], *, timeout: float, as_json: bool) -> int:
    """Execute each notebook twice; name the first cell of each that does not give the same."""
    from mathpost.drift.repeat import NotRepeatable, check_repeatable

    found: list[dict[str, object]] = []
    for path in paths:
        try:
            check_repeatable(read(path), timeout=timeout)
            cell, message = None, "gives the same each time it is run"
        except NotRepeatable as error:
            cell, message = error.place.cell, error.message
        found.append({"post": path.stem, "cell": cell, "same": cell is None, "message": message})
        if not as_json:
            STDOUT.say(f"{Place(relative(path), cell)}: {message}")
    if as_json:
        STDOUT.say(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if all(entry["same"] for entry in found) else 1


def check_static(paths: Sequence[Path], *, as_json: bool) -> int:
    """Say what the text of each notebook shows to be wrong; nothing is executed."""
    from mathpost.site.formulas import refused_formulas

    found = {path: [*find_problems(path), *_lost(path)] for path in paths}
    sound = [path for path in paths if not any(problem.about == "text" for problem in found[path])]
    refused = [Problem(error.place, error.message) for error in refused_formulas(map(read, sound))]
    problems = [*chain.from_iterable(found.values()), *refused]
    if as_json:
        objects = [
            {"file": str(p.place.file), "cell": p.place.cell, "line": p.place.line, "message": p.message}
            for p in problems
        ]
        STDOUT.say(json.dumps(objects, indent=2, ensure_ascii=False))
    for problem in () if as_json else problems:
        place = Place(relative(problem.place.file or Path()), problem.place.cell, problem.place.line)
        STDOUT.say(f"{place}: {problem.message}")
    return 1 if problems else 0


def _lost(path: Path) -> list[Problem]:
    """The links and images that lead nowhere."""
    try:
        text = read(path)
    except InputError:
        return []
    addresses = [link.address for cell in text.markdown for link in cell.markup.links]
    addresses += [image.address for cell in text.markdown for image in cell.markup.images]
    if all(urlsplit(address).scheme for address in addresses):
        return []
    from mathpost.pages.addresses import find_lost  # what makes pages is loaded where there is something to find

    return list(find_lost(text))


def report(builds: Sequence[Build], *, as_json: bool) -> None:
    """What was found, claim by claim."""
    for build in builds:
        say_warnings(build, STDERR)
        for line in [] if as_json else [*verdict_lines(build, STDOUT), summary(build)]:
            STDOUT.say(line)
    if as_json:
        STDOUT.say(json.dumps(verdict_objects(builds), indent=2, ensure_ascii=False))
    if github.is_running():
        _annotate(builds)


def _annotate(builds: Sequence[Build]) -> None:
    told = [
        github.Told(
            post=build.name,
            name=verdict.id,
            kind="number" if verdict.kind == "number" else "claim",
            file=github.path_in_repository(build.path.resolve()),
            line=line_in_file(build.record.text.data, verdict.cell, verdict.line),
            message=_sentence(verdict.judgement) if verdict.stops else "",
            waived=verdict.waived,
            defines=verdict.defines,
        )
        for build in builds
        for verdict in build.verdicts
    ]
    for one in told:
        if one.message:
            STDERR.say(github.annotation(one))
    github.write_summary(told)


def _sentence(found: Judgement) -> str:
    values = f"left {shown(found.left)}, right {shown(found.right)}" if found.left is not None else ""
    return "\n".join(part for part in (values, found.reason) if part) or "does not hold"
