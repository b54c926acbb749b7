"""Verdicts: what a check found, how it is recorded in a notebook and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import Any, TypeAlias

MIME = "application/vnd.mathpost.verdicts+json"
OUTCOMES = ("pass", "unchecked", "inconclusive", "fail")
DEFINITION = "a definition"  # where a pass comes from that nothing was compared for
NUMBER = "number"  # the kind of a verdict on a number in the prose, whose `latex` is a sentence

Summary: TypeAlias = float | str | None


@dataclass(frozen=True)
class Effort:
    """How hard a claim was tried, over all its draws.

    `bits` is the precision of the balls in which its sides were compared, nothing where float64 had to do, and `exact`
    says that no value in them was known to float64 only. `points` are the generic ones; `sobol`, `special` and
    `searched` those of the search for a counterexample: more of a sequence, ends and constants, and what its local
    search tried. `objective` counts the places where the objectives of an `\\arg\\max` were evaluated.
    """

    bits: int | None = None
    exact: bool = False
    points: int = 0
    sobol: int = 0
    special: int = 0
    searched: int = 0
    objective: int = 0

    def __add__(self, other: Effort) -> Effort:
        """The effort for both of two draws: all points, and the lesser precision."""
        bits = None if self.bits is None or other.bits is None else min(self.bits, other.bits)
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return Effort(bits, self.exact and other.exact, **counts)


COUNTS = ("points", "sobol", "special", "searched", "objective")


@dataclass(frozen=True)
class Judgement:
    """What one draw says of a claim.

    `outcome` is one of `OUTCOMES`. `left` and `right` are the values where they differ most; `tolerance` is the
    difference allowed there, and `tolerance_source` says where it comes from. `reason` says, in a sentence for the
    author, what is wrong and what to do; `remarks` are worth knowing though nothing is wrong, and `effort` says how
    hard the claim was tried.
    """

    outcome: str
    left: Summary = None
    right: Summary = None
    difference: float | None = None
    tolerance: float | None = None
    tolerance_source: str = ""
    reason: str = ""
    remarks: tuple[str, ...] = ()
    effort: Effort = Effort()

    @property
    def shows_values(self) -> bool:
        return self.left is not None or self.right is not None


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one claim: where it stands, and the worst judgement over all draws.

    `kind` is its relation, or `number` where `latex` is a sentence. `draws` counts the notations tried and `seconds` is
    the time it took over all of them.
    """

    id: str
    cell: int | None
    line: int
    latex: str
    kind: str
    judgement: Judgement
    draws: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """All in one flat object, as `--json` prints it and the notebook records it."""
        record = asdict(self)
        judgement = record.pop("judgement")
        draws = {name: record.pop(name) for name in ("draws", "seconds")}
        return {**record, **judgement, "remarks": list(self.judgement.remarks), **draws}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Verdict:
        nested = {
            "remarks": tuple(record.get("remarks", ())),
            "effort": Effort(**_known(Effort, record.get("effort", {}))),
        }
        judgement = Judgement(**{**_known(Judgement, record), **nested})
        return cls(**_known(cls, record), judgement=judgement)

    @property
    def outcome(self) -> str:
        return self.judgement.outcome

    @property
    def holds(self) -> bool:
        return self.outcome == "pass"

    @property
    def defines(self) -> bool:
        """Whether it holds because the text may call things what it likes: `:=`, a law that is given, independence."""
        return self.holds and self.judgement.tolerance_source == DEFINITION

    @property
    def waived(self) -> bool:
        """By its author, with a reason: nobody says that it holds."""
        return self.outcome == "unchecked"

    @property
    def stops(self) -> bool:
        """Whether a post that states this is not published."""
        return not (self.holds or self.waived)


def _known(kind: type, record: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: record[item.name] for item in fields(kind) if item.name in record}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of one claim over several draws: the worst wins."""
    return max(verdicts, key=lambda verdict: OUTCOMES.index(verdict.outcome))


def shown(value: Summary) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value or ""


def values_told(judgement: Judgement, left: str = "left", right: str = "right") -> str:
    """Both values, under the names of the sides, and the difference allowed between them."""
    source = f", {judgement.tolerance_source}" if judgement.tolerance_source else ""
    allowed = f" (allowed: {shown(judgement.tolerance)}{source})" if judgement.tolerance else ""
    sides = ((left, judgement.left), (right, judgement.right))
    values = [f"{side} {shown(value)}" for side, value in sides if value is not None]
    return ", ".join(values) + allowed


def to_text(verdicts: Iterable[Verdict]) -> str:
    """One line for each claim."""
    lines = []
    for verdict in verdicts:
        found = verdict.judgement
        values = f"  {shown(found.left)} {verdict.kind} {shown(found.right)}" if found.left is not None else ""
        reason = f"  {found.reason}" if found.reason else ""
        lines.append(f"{verdict.outcome:<12} {verdict.id}{values}{reason}")
    return "\n".join(lines)


def to_html(verdicts: Iterable[Verdict]) -> str:
    """A table for the notebook."""
    head = "".join(f"<th>{title}</th>" for title in ("claim", "", "left", "right", "difference", "allowed", ""))
    rows = "".join(_row(verdict) for verdict in verdicts)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(verdict: Verdict) -> str:
    marks = {"pass": "✓", "unchecked": "–", "inconclusive": "?", "fail": "✗"}
    found = verdict.judgement
    source = f" ({found.tolerance_source})" if found.tolerance_source else ""
    allowed = f"{shown(found.tolerance)}{source}" if found.tolerance is not None else ""
    notes = " ".join([found.reason, *found.remarks])
    cells = (
        f"{verdict.id}: {verdict.latex if verdict.kind == NUMBER else f'${verdict.latex}$'}",
        f"{marks[verdict.outcome]} {verdict.outcome}",
        shown(found.left),
        shown(found.right),
        shown(found.difference),
        allowed,
        notes,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
