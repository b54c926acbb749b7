"""How sharp the checks of a post are: it is executed once, and every check judges mutants beside its claims.

It is executed again only where a mutant has ended the kernel; what was judged by then is not judged again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from mathpost.commands.terminal import STDERR, STDOUT
from mathpost.ground.errors import Drift, EngineError, InputError, Place
from mathpost.ground.files import working_folder
from mathpost.judging.checks import LEDGER, MUTANTS_VARIABLE, WANTED
from mathpost.judging.ledger import crashes
from mathpost.judging.mutants import MUTANTS_MIME, MutantResult
from mathpost.judging.settling import closeness, settle
from mathpost.notebooks import Record, execute
from mathpost.text import PostText, read
from mathpost.text.claims import Claim
from mathpost.text.parameters import NONE, Parameters

LONG_ENOUGH = 24 * 3600.0


def mutate(path: Path, file: Path | None, parameters: Parameters, *, as_json: bool) -> int:
    """Try the mutants in a file, or the tool's own, and say which of them the checks do not notice."""
    wanted = read_mutants(file) if file else None
    results = judge_mutants_of(path, wanted, parameters, partial(STDERR.progress, path.stem))
    STDOUT.tell([result.to_json() for result in results], "\n".join(mutant_lines(results)), as_json=as_json)
    return 0


def judge_mutants_of(
    path: Path,
    wanted: Sequence[Mapping[str, str]] | None = None,
    parameters: Parameters = NONE,
    progress: Callable[[int, int], None] = lambda cell, cells: None,
) -> list[MutantResult]:
    """The outcome for each wanted mutant, in order, or for each of the tool's own.

    The check that decides on an equation decides on its mutants; among equals one that kills is enough. A mutant that
    ends the kernel, as what an author wrote in C may do, costs no other one.
    Errors: InputError for an equation the post does not have; Drift if the post itself does not hold.
    """
    text = read(path)
    with working_folder() as folder:
        asked = json.dumps(None if wanted is None else list(wanted))
        (Path(folder) / WANTED).write_text(asked, encoding="utf-8")
        record = _execute(text, parameters, Path(folder), progress)
    text.require_sound()
    claims = text.claims
    _refuse_unknown(wanted or (), claims, path)
    broken = [verdict.id for verdict in settle(claims, record.checks) if verdict.stops]
    if broken:
        raise Drift(f"mend the post first, since {', '.join(broken)} does not hold: mathpost check", Place(path))
    results = _settled(record, {claim.equation: replace(claim, id=claim.equation) for claim in claims})
    if wanted is None:
        return list(results.values())
    return [results.get((item["equation"], item["latex"])) or _unreached(item) for item in wanted]


def _execute(text: PostText, parameters: Parameters, folder: Path, progress: Callable[[int, int], None]) -> Record:
    """The record of a run in which every check has judged its mutants.

    Where a mutant ends the kernel, a new one goes on behind it. Errors: EngineError where the post itself does.
    """
    while True:
        before = crashes(folder / LEDGER)
        try:
            asking = {MUTANTS_VARIABLE: str(folder)}
            return execute(text, parameters, timeout=LONG_ENOUGH, environment=asking, progress=progress)
        except EngineError:
            if crashes(folder / LEDGER) == before:
                raise


def _refuse_unknown(wanted: Sequence[Mapping[str, str]], claims: Sequence[Claim], path: Path) -> None:
    known = {claim.equation for claim in claims}
    for item in wanted:
        if item["equation"] not in known:
            listed = ", ".join(sorted(known))
            raise InputError(f"no equation {item['equation']!r} makes a claim; those that do are {listed}", Place(path))


def _settled(record: Record, claims: Mapping[str, Claim]) -> dict[tuple[str, str], MutantResult]:
    """One result for each mutant: of the closest check, and of several equals the first that killed it."""
    best: dict[tuple[str, str], tuple[int, bool, MutantResult]] = {}
    closest: dict[str, int] = {}
    for data in record.recorded(MUTANTS_MIME):
        for item in data["mutants"]:
            result = MutantResult(**item)
            rank = closeness(claims[result.equation], data["target"])
            closest[result.equation] = max(rank, closest.get(result.equation, 0))
            found = (rank, result.outcome == "killed", result)
            known = best.get((result.equation, result.latex))
            if known is None or found[:2] > known[:2]:
                best[result.equation, result.latex] = found
    return {key: result for key, (rank, _, result) in best.items() if rank == closest[result.equation]}


def _unreached(item: Mapping[str, str]) -> MutantResult:
    return MutantResult(item["equation"], item["latex"], "survived", "no check reaches this equation")


def read_mutants(file: Path) -> list[Mapping[str, str]]:
    """A file of mutants: a JSON list of `{"equation": …, "latex": …}`. Errors: InputError if it is something else."""
    try:
        items = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as JSON: {error}", Place(file)) from None
    if not isinstance(items, list) or not all(_is_mutant(item) for item in items):
        raise InputError('must be a list of {"equation": "eq-…", "latex": "…"}', Place(file))
    return items


def _is_mutant(item: object) -> bool:
    return isinstance(item, dict) and all(isinstance(item.get(key), str) for key in ("equation", "latex"))


def mutant_lines(results: Sequence[MutantResult]) -> Iterator[str]:
    """A score for each equation, the share of its mutants that were killed, and a sentence for each survivor."""
    for equation in dict.fromkeys(result.equation for result in results):
        counts = Counter(result.outcome for result in results if result.equation == equation)
        tried = counts["killed"] + counts["survived"]
        score = f"{counts['killed'] / tried:.0%}" if tried else "-"
        equivalent = f", {counts['equivalent']} equivalent" if counts["equivalent"] else ""
        yield f"{score:>5}  {equation}: {counts['killed']} of {tried} killed{equivalent}"
        for result in results:
            if result.equation == equation and result.outcome == "survived":
                yield f"       survived: {result.latex}"
                yield f"           {result.reason}"
