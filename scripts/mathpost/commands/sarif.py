"""Findings in the form of code scanning: SARIF 2.1.0 (OASIS, 2020)."""

from __future__ import annotations

from collections.abc import Iterable

from mathpost.ground.errors import relative
from mathpost.scanning import Finding, Scanned

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {
    "step": "A step of a derivation does not follow from what was said before.",
    "index": "An index is free where it should be bound.",
    "brackets": "A bracket or a formula has no end.",
    "reference": "A reference to an equation points to nothing.",
}


def sarif_of(scanned: Iterable[Scanned]) -> dict[str, object]:
    """One run with all findings, each at its line."""
    rules = [{"id": kind, "shortDescription": {"text": told}} for kind, told in RULES.items()]
    driver = {"name": "mathpost", "rules": rules}
    results = [_result(each, finding) for each in scanned for finding in each.findings]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(scanned: Scanned, finding: Finding) -> dict[str, object]:
    location = {
        "artifactLocation": {"uri": relative(scanned.path).as_posix()},
        "region": {"startLine": finding.place.line or 1},
    }
    text = finding.message + (f": {finding.latex}" if finding.latex else "")
    level = "warning" if finding.kind in ("step", "index") else "error"
    return {
        "ruleId": finding.kind,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }
