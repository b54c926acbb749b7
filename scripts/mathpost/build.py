"""The spine: a post is executed, exported and judged; posts that hold become the site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import freshness, hugo
from .claims import Claim, find_claims
from .committed import stage_post
from .errors import Drift, InputError, Place
from .exporter import Page, export
from .figures import unlabelled_images
from .notebook import (
    CellWarning,
    Notebook,
    declared_parameters,
    execute,
    read,
    records_of,
    text_cells_of,
    verdicts_of,
    warnings_of,
)
from .numbers import find_numbers, unbound
from .parameters import NONE, Parameters, check_known
from .site import Post, Site
from .staging import Stage, stage
from .verdicts import Verdict, worst

UNREACHED = (
    'no check reached it: call check("{target}", …) in a code cell, '
    'or waive it in the text with {{#{equation} .unchecked reason="…"}}'
)
UNLABELLED = "draws a picture that is not on the page: give it '#| label: fig-…' if it should be"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Build:
    """A post as its notebook gives it now. `name` is the slug, `path` the notebook."""

    name: str
    path: Path
    record: Notebook
    page: Page
    verdicts: tuple[Verdict, ...]
    warnings: tuple[CellWarning, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


@dataclass(frozen=True)
class Publication:
    """What a publish did: the posts it built, the paths that changed."""

    builds: tuple[Build, ...]
    changed: tuple[Path, ...]


class ClaimsFailed(Drift):
    """Claims that do not hold; the builds have them all."""

    def __init__(self, builds: Sequence[Build]) -> None:
        count = sum(not verdict.holds for build in builds for verdict in build.verdicts)
        super().__init__(f"{count} claim{'s do' if count > 1 else ' does'} not hold: nothing was published")
        self.builds = tuple(builds)


def build_post(
    path: Path, parameters: Parameters = NONE, *, timeout: float, progress: Progress = lambda cell, cells: None
) -> Build:
    """Execute, export, judge: the file at `path` is all that is read, nothing is written."""
    started = time.perf_counter()
    record = execute(path, parameters, timeout=timeout, progress=progress)
    page = export(record, path)
    unlabelled = [CellWarning(cell, UNLABELLED) for cell in unlabelled_images(record, path)]
    return Build(
        name=path.stem,
        path=path,
        record=record,
        page=page,
        verdicts=(*settle(find_claims(text_cells_of(record)), record), *settle_numbers(record, path)),
        warnings=(*warnings_of(record), *unlabelled),
        seconds=time.perf_counter() - started,
    )


def settle(claims: Iterable[Claim], record: Notebook) -> list[Verdict]:
    """One verdict for each claim of the text.

    The most specific check decides: by the equation's label, then by the innermost heading; among equals the worst
    verdict wins. A claim that no check reached is `unchecked` where the text waives it, else `inconclusive`.
    """
    records = records_of(record)
    return [_settle(claim, records) for claim in claims]


def settle_numbers(record: Notebook, path: Path) -> list[Verdict]:
    """One verdict for each number that the text states."""
    try:
        stated = list(find_numbers(text_cells_of(record)))
    except InputError as error:
        raise InputError(error.message, Place(path, error.place.cell, error.place.line)) from None
    found = verdicts_of(record)
    return [worst([v for v in found if v.id == number.label] or [unbound(number)]) for number in stated]


def _settle(claim: Claim, records: Sequence[tuple[tuple[str, ...], Verdict]]) -> Verdict:
    ranked = [(closeness(claim, target), verdict) for target, verdict in records if verdict.id == claim.id]
    if ranked:
        best = max(rank for rank, _ in ranked)
        return worst(verdict for rank, verdict in ranked if rank == best)
    if claim.waiver:
        return _verdict(claim, "unchecked", claim.waiver)
    target = f"#{claim.sections[-1]}" if claim.sections else claim.equation
    return _verdict(claim, "inconclusive", UNREACHED.format(target=target, equation=claim.equation))


def _verdict(claim: Claim, outcome: str, reason: str) -> Verdict:
    return Verdict(claim.id, claim.cell, claim.line, claim.latex, claim.relation, outcome, reason=reason)


def closeness(claim: Claim, target: Iterable[str]) -> int:
    """How closely a check aimed at a claim: 1, 2, … by the depth of the heading, more than any for its label."""
    depths: list[int] = [claim.sections.index(name[1:]) + 1 for name in target if name[1:] in claim.sections]
    return max([0, *depths, *(len(claim.sections) + 1 for name in target if name == claim.equation)])


def publish(
    site: Site,
    posts: Sequence[Post],
    parameters: Parameters = NONE,
    *,
    force: bool = False,
    progress: Callable[[Post, int, int], None] = lambda post, cell, cells: None,
) -> Publication:
    """Build the posts that are stale, then the site. All of it changes, or nothing does.

    `force` builds those that are fresh too, and overwrites pages that were edited by hand.
    """
    given = dict(zip(posts, shares([post.notebook for post in posts], parameters), strict=True))
    stale = [post for post in posts if force or not freshness.is_post_fresh(post, given[post])]
    if not stale and freshness.is_site_fresh(site):
        return Publication((), ())
    builds = {post: _build(post, given[post], progress) for post in stale}
    if not all(build.holds for build in builds.values()):
        raise ClaimsFailed(list(builds.values()))
    with stage(site) as staged:
        for post, build in builds.items():
            stage_post(staged, post, build.page, force=force)
        for post in freshness.orphans(site):
            staged.retire(post)
        _render(staged, builds)
        changed = staged.commit()
    for post in builds:
        freshness.note_post(post, given[post])
    freshness.note_site(site)
    return Publication(tuple(builds.values()), changed)


def shares(notebooks: Sequence[Path], parameters: Parameters) -> list[dict[str, object]]:
    """For each notebook its share of the parameters; one that no notebook knows is an error."""
    declared = [declared_parameters(read(path), path) for path in notebooks]
    if parameters:
        place = Place(notebooks[0] if len(notebooks) == 1 else None)
        check_known(parameters, {name for names in declared for name in names}, place)
    return [{name: value for name, value in parameters.items() if name in names} for names in declared]


def _build(post: Post, parameters: Parameters, progress: Callable[[Post, int, int], None]) -> Build:
    return build_post(
        post.notebook,
        parameters,
        timeout=post.site.settings.cell_timeout,
        progress=lambda cell, cells: progress(post, cell, cells),
    )


def _render(staged: Stage, builds: dict[Post, Build]) -> None:
    try:
        hugo.build(staged)
    except hugo.RefusedFormulas as error:
        raise _refused(error, {f"posts/{post.slug}.md": build for post, build in builds.items()}) from None


def _refused(error: hugo.RefusedFormulas, builds: dict[str, Build]) -> InputError:
    """What KaTeX refused, at its place in the notebook instead of the page."""
    messages: list[tuple[Place, str]] = []
    for refusal in error.refusals:
        build = builds.get(refusal.page)
        if build is None:
            return error
        formula = next((f for f in build.page.formulas if f.latex.strip() == refusal.latex.strip()), None)
        place = formula.place if formula else Place(build.path, build.page.cell_at(refusal.line))
        name = f" of {refusal.label}" if refusal.label else ""
        reason = refusal.reason.replace("\u0332", "")  # KaTeX underlines the culprit, letter by letter
        messages.append((place, f"KaTeX refuses the formula{name}: {reason}\n    {refusal.latex.strip()}"))
    rest = [f"{place}: {message}" for place, message in messages[1:]]
    return InputError("\n".join([messages[0][1], *rest]), messages[0][0])
