"""Verdicts: what a check found, how it is recorded in a notebook and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import Any, TypeAlias

MIME = "application/vnd.mathpost.verdicts+json"
OUTCOMES = ("pass", "unchecked", "inconclusive", "fail")
STATED = "number"  # the kind of a verdict on a number in the prose, whose `latex` is a sentence

Summary: TypeAlias = float | str | None


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one claim.

    `outcome` is one of `OUTCOMES`, the worst over all draws. `left` and `right` are the values where they differ most;
    `tolerance` is the difference allowed there, and `tolerance_source` says where it comes from. `reason` says, in a
    sentence for the author, what is wrong and what to do; `remarks` are worth knowing though nothing is wrong.
    `draws` counts the notations tried and `seconds` is the time it took over all of them.
    """

    id: str
    cell: int | None
    line: int
    latex: str
    kind: str
    outcome: str
    left: Summary = None
    right: Summary = None
    difference: float | None = None
    tolerance: float | None = None
    tolerance_source: str = ""
    reason: str = ""
    remarks: tuple[str, ...] = ()
    draws: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "remarks": list(self.remarks)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Verdict:
        known = {item.name: record[item.name] for item in fields(cls) if item.name in record}
        return cls(**{**known, "remarks": tuple(record.get("remarks", ()))})

    @property
    def holds(self) -> bool:
        return self.outcome in ("pass", "unchecked")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of one claim over several draws: the worst wins."""
    return max(verdicts, key=lambda verdict: OUTCOMES.index(verdict.outcome))


def shown(value: Summary) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value or ""


def values_told(verdict: Verdict, left: str = "left", right: str = "right") -> str:
    """Both values, under the names of the sides, and the difference allowed between them."""
    source = f", {verdict.tolerance_source}" if verdict.tolerance_source else ""
    allowed = f" (allowed: {shown(verdict.tolerance)}{source})" if verdict.tolerance else ""
    return f"{left} {shown(verdict.left)}, {right} {shown(verdict.right)}{allowed}"


def to_text(verdicts: Iterable[Verdict]) -> str:
    """One line for each claim."""
    lines = []
    for verdict in verdicts:
        values = f"  {shown(verdict.left)} {verdict.kind} {shown(verdict.right)}" if verdict.left is not None else ""
        reason = f"  {verdict.reason}" if verdict.reason else ""
        lines.append(f"{verdict.outcome:<12} {verdict.id}{values}{reason}")
    return "\n".join(lines)


def to_html(verdicts: Iterable[Verdict]) -> str:
    """A table for the notebook."""
    head = "".join(f"<th>{title}</th>" for title in ("claim", "", "left", "right", "difference", "allowed", ""))
    rows = "".join(_row(verdict) for verdict in verdicts)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(verdict: Verdict) -> str:
    marks = {"pass": "✓", "unchecked": "–", "inconclusive": "?", "fail": "✗"}
    source = f" ({verdict.tolerance_source})" if verdict.tolerance_source else ""
    allowed = f"{shown(verdict.tolerance)}{source}" if verdict.tolerance is not None else ""
    notes = " ".join([verdict.reason, *verdict.remarks])
    cells = (
        f"{verdict.id}: {verdict.latex if verdict.kind == STATED else f'${verdict.latex}$'}",
        f"{marks[verdict.outcome]} {verdict.outcome}",
        shown(verdict.left),
        shown(verdict.right),
        shown(verdict.difference),
        allowed,
        notes,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
