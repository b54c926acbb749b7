"""What has drifted: all that a post states, as it is committed, beside what its notebook gives now."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from mathpost.building import Build, build_post
from mathpost.drift.values import Value, values_of
from mathpost.ground.errors import MathpostError, Place, relative, with_relative_file
from mathpost.ground.files import write_atomic
from mathpost.ground.verdicts import NUMBER, Verdict, values_told
from mathpost.pages.differences import differences, first_cell
from mathpost.pages.figures import SUFFIXES, SVG, Figure
from mathpost.site import Post, Site
from mathpost.site.seal import Seal, digest_of_bytes, is_edited, made_figures, seal_of, version_changes
from mathpost.text import read
from mathpost.text.outline import PAGE, THE_PAGE, Statement, statements_of


@dataclass(frozen=True)
class Finding:
    """What was found about one statement of a post.

    `message` says what has drifted and is empty if nothing has; `waived` says why a claim is not judged,
    and `defines` that it is a definition.
    """

    name: str
    kind: str
    cell: int
    line: int
    message: str = ""
    waived: str = ""
    defines: bool = False

    @property
    def drifted(self) -> bool:
        return bool(self.message)

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, object]) -> Finding:
        return cls(**record)  # type: ignore[arg-type]


def find_drift(post: Post) -> list[Finding]:
    """Execute a post and compare everything that it states. Nothing is written but images of figures that drifted."""
    outline = [THE_PAGE]
    shutil.rmtree(drift_folder(post.site) / post.slug, ignore_errors=True)
    try:
        text = read(post.notebook)
        text.require_sound("text", "code")  # without these, all that it states is known
        outline = statements_of(text)
        build = build_post(text, timeout=post.site.settings.cell_timeout)
        found = {finding.name: finding for finding in compare_post(post, build)}
    except MathpostError as error:
        return list(_unknown(error, outline))
    return [found.get(statement.name) or _lost(statement) for statement in outline]


def compare_post(post: Post, build: Build) -> Iterator[Finding]:
    """A finding for the page, each claim, each number and each figure."""
    committed = post.page.read_text(encoding="utf-8") if post.page.is_file() else None
    yield _page(post, build, committed)
    for verdict in build.verdicts:
        yield _verdict(verdict, post)
    for value in values_of(committed or "", build.record):
        yield _value(value, post, build, committed)
    for _, parts in groupby(build.page.figures, key=lambda figure: figure.label):
        findings = [_figure(figure, post, build, committed) for figure in parts]
        yield next((finding for finding in findings if finding.drifted), findings[0])


def causes(post: Post, build: Build, committed: str | None) -> list[str]:
    """Why a page or a number may have moved though nobody meant it to: other parameters, other versions."""
    seal = (seal_of(committed) if committed else None) or Seal("")
    lines = []
    if seal.parameters:
        given = ", ".join(f"{name}={value!r}" for name, value in seal.parameters.items())
        lines.append(f"it was published with other parameters than the notebook's own: {given}")
    changed = list(version_changes(seal.versions, build.record.versions))
    if seal.versions and changed:
        lines.append(f"it was made with {', '.join(changed)}")
    return lines


def _unknown(error: MathpostError, outline: Iterable[Statement]) -> Iterator[Finding]:
    """What is said where the notebook could not be executed: all of it once, for the page."""
    message = str(with_relative_file(error))
    for statement in outline:
        text = message if statement.name == PAGE else f"not known: {message.splitlines()[0]}"
        place = error.place if statement.name == PAGE else Place(None, statement.cell, statement.line)
        yield Finding(statement.name, statement.kind, place.cell or statement.cell, place.line or 1, text)


def _lost(statement: Statement) -> Finding:
    message = "the executed notebook does not have it: is it made by code that changes the notebook's text?"
    return Finding(statement.name, statement.kind, statement.cell, statement.line, message)


def _message(place: Place, head: str, body: Iterable[str], mend: str) -> str:
    where = Place(relative(place.file) if place.file else None, place.cell, place.line)
    return "\n".join(
        [f"{where}: {head}", *(f"    {line}" for part in body for line in part.splitlines()), f"-> {mend}"]
    )


def _verdict(verdict: Verdict, post: Post) -> Finding:
    kind = "number" if verdict.kind == NUMBER else "claim"
    cell = verdict.cell or 1
    if not verdict.stops:
        waived = verdict.judgement.reason if verdict.waived else ""
        return Finding(verdict.id, kind, cell, verdict.line, waived=waived, defines=verdict.defines)
    head = f"{verdict.id} {'does not hold' if verdict.outcome == 'fail' else 'is inconclusive'}"
    body = [" ".join(verdict.latex.split())]
    found = verdict.judgement
    if found.left is not None and found.right is not None:
        body.append(values_told(found, *(("reported", "computed") if kind == "number" else ())))
    body += [found.reason, *found.remarks]
    mend = f"mend the text of cell {cell}, or the code that it speaks of, then: mathpost check {post.slug}"
    return Finding(
        verdict.id, kind, cell, verdict.line, _message(Place(post.notebook, cell, verdict.line), head, body, mend)
    )


def _page(post: Post, build: Build, committed: str | None) -> Finding:
    publish = f"mathpost publish {post.slug}"
    name = relative(post.page)
    orphans = [f"{relative(path)} belongs to no figure" for path in _orphans(post, build)]
    orphans += [f"{relative(path)} is not the file that the text leads to" for path in _changed_files(post, build)]
    if committed is None:
        message = _message(Place(post.notebook), f"{name} is missing: the post is not published yet", orphans, publish)
        return Finding(PAGE, "page", 1, 1, message)
    changed = differences(committed, build.page)
    if not changed and not orphans:
        return Finding(PAGE, "page", 1, 1)
    cell = first_cell(committed, build.page) if changed else 1
    if changed and is_edited(committed):
        head = f"{name} was edited by hand since it was generated"
        mend = f"make the edit in the notebook, or throw it away: mathpost publish --force {post.slug}"
        return Finding(PAGE, "page", cell, 1, _message(Place(post.notebook, cell), head, [changed, *orphans], mend))
    head = (
        f"{name} is not what the notebook gives now"
        if changed
        else f"{relative(post.figures)} holds what no cell draws"
    )
    body = [*causes(post, build, committed), changed, *orphans]
    return Finding(PAGE, "page", cell, 1, _message(Place(post.notebook, cell), head, body, publish))


def _orphans(post: Post, build: Build) -> list[Path]:
    return [path for path in made_figures(post) if path.name not in build.page.images]


def _changed_files(post: Post, build: Build) -> list[Path]:
    files = {post.figures / file.name: file.data for file in build.page.files}
    return [path for path, data in files.items() if not path.is_file() or path.read_bytes() != data]


def _value(value: Value, post: Post, build: Build, committed: str | None) -> Finding:
    if value.reported == value.computed:
        return Finding(value.name, "value", value.cell, value.line)
    missing = "nothing: the text around it has changed" if committed else "nothing: there is no page"
    reported = missing if value.reported is None else value.reported
    body = [value.sentence, f"reported {reported} ({relative(post.page)}), computed {value.computed}"]
    message = _message(
        Place(post.notebook, value.cell, value.line),
        f"a number of the page is not what the notebook gives now ({value.name})",
        [*body, *causes(post, build, committed)],
        f"mathpost publish {'--force ' if committed and is_edited(committed) else ''}{post.slug}",
    )
    return Finding(value.name, "value", value.cell, value.line, message)


def _figure(figure: Figure, post: Post, build: Build, committed: str | None) -> Finding:
    path = post.figures / figure.name
    place, mend = Place(post.notebook, figure.cell), f"mathpost publish {post.slug}"
    if not path.is_file():
        message = _message(place, f"{figure.label}: {relative(path)} is missing", [], mend)
        return Finding(figure.label, "figure", figure.cell, 1, message)
    if path.read_bytes() == figure.data:
        return Finding(figure.label, "figure", figure.cell, 1)
    if figure.suffix == SUFFIXES[SVG]:
        body = [f"{relative(path)} draws something else", *causes(post, build, committed)]
        message = _message(place, f"{figure.label} is not the committed image", body, mend)
        return Finding(figure.label, "figure", figure.cell, 1, message)
    from mathpost.pages.pixels import compare  # and NumPy with it, for images that differ

    try:
        comparison = compare(path.read_bytes(), figure.data)
    except MathpostError as error:
        message = _message(place, f"{figure.label}: {relative(path)} {error.message}", [], mend)
        return Finding(figure.label, "figure", figure.cell, 1, message)
    if comparison.same:
        return Finding(figure.label, "figure", figure.cell, 1)
    kept = _keep_images(post, figure, path, comparison.picture)
    body = [str(comparison), *kept, *causes(post, build, committed)]
    mend = f"mathpost publish {'--force ' if _is_changed(path, committed) else ''}{post.slug}"
    message = _message(place, f"{figure.label} is not the committed image", body, mend)
    return Finding(figure.label, "figure", figure.cell, 1, message)


def _is_changed(figure: Path, committed: str | None) -> bool:
    """Whether a figure is another one than was made with the page."""
    seal = seal_of(committed) if committed else None
    made = (seal.figures or {}).get(figure.name) if seal else None
    return made is not None and figure.is_file() and digest_of_bytes(figure.read_bytes()) != made


def _keep_images(post: Post, figure: Figure, committed: Path, difference: bytes) -> Iterator[str]:
    """Committed, new and difference, side by side, for whoever reads the message."""
    folder = drift_folder(post.site) / post.slug
    stem = Path(figure.name).stem
    images = {"committed": committed.read_bytes(), "new": figure.data, "difference": difference}
    for kind, data in images.items():
        if data:
            path = folder / f"{stem}.{kind}{'.png' if kind == 'difference' else figure.suffix}"
            write_atomic(path, data)
            yield f"{kind}: {relative(path)}"


def drift_folder(site: Site) -> Path:
    return site.cache / "drift"
