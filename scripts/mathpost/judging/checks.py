"""`check`: what an author calls in a notebook, and the judging of a whole list of claims."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, reduce
from itertools import count
from operator import add
from pathlib import Path

from mathpost.ground.errors import InputError
from mathpost.ground.verdicts import MIME, Judgement, Verdict, to_html, to_text, worst
from mathpost.judging.draw import Draw
from mathpost.judging.judge import judge_in
from mathpost.judging.ledger import Ledger
from mathpost.judging.mutants import MUTANTS_MIME, judge_mutants
from mathpost.judging.notation import Notation
from mathpost.judging.numbers import judge_number
from mathpost.judging.scopes import scopes_of
from mathpost.judging.slips import unseen_slip
from mathpost.text import PostText, read
from mathpost.text.claims import Claim
from mathpost.text.markup import STATED

NOTEBOOK_VARIABLE = "MATHPOST_NOTEBOOK"
SNAPSHOT_VARIABLE = "MATHPOST_SNAPSHOT"
MUTANTS_VARIABLE = "MATHPOST_MUTANTS"
WANTED = "wanted.json"
LEDGER = "ledger.jsonl"
_checks = count()  # those of this run, which a ledger tells apart


def check(target: str | Sequence[str], *meaning: Notation | float) -> None:
    """Check the claims of the notebook's own text, show the verdicts and record them in the cell's output.

    `target` is `"#anchor"`, all claims under that heading, or the label of one equation, or a list of these; `meaning`
    are notations, one for each draw, and a claim passes if it passes in all of them. Or `target` is the label of a
    stated number, `"val-slope"`, and `meaning` the value it should have. What fails is recorded, not raised.
    Errors: InputError if nothing in the notebook has that anchor or label, or no meaning is given.
    """
    if not meaning:
        raise InputError(f"check({target!r}): give at least one Notation, so that the symbols have a meaning")
    text = read_running()
    targets = [target] if isinstance(target, str) else list(target)
    if targets[0].startswith(STATED):
        _check_numbers(targets, meaning, text)
        return
    notations = [given for given in meaning if isinstance(given, Notation)]
    if len(notations) < len(meaning):
        raise InputError(f"check({target!r}): give a Notation; a value is for a number, as in check('val-slope', 2.97)")
    _check_claims(targets, notations, text)


def _check_claims(targets: Sequence[str], notations: Sequence[Notation], text: PostText) -> None:
    claims = select(text.claims, targets)
    scopes = scopes_of(text.claims, claims, [notation.under(text.readings) for notation in notations])
    pairs = ((claim, scope.draws) for scope in scopes for claim in scope.claims)
    found = {claim.id: with_slip(judge_claim(claim, draws), claim, draws) for claim, draws in pairs}
    verdicts = [found[claim.id] for claim in claims]
    _show(MIME, {"version": 1, "target": targets, "verdicts": [verdict.to_json() for verdict in verdicts]}, verdicts)
    if MUTANTS_VARIABLE in os.environ:
        folder = Path(os.environ[MUTANTS_VARIABLE])
        wanted = json.loads((folder / WANTED).read_text(encoding="utf-8"))
        ledger = Ledger(folder / LEDGER, next(_checks))
        results = [
            result.to_json()
            for each in scopes
            for result in judge_mutants(wanted, each.claims, text.cells, each.draws, ledger.judged)
        ]
        _show(MUTANTS_MIME, {"version": 1, "target": targets, "mutants": results}, [])


def _check_numbers(labels: Sequence[str], values: Sequence[object], text: PostText) -> None:
    stated = {number.label: number for number in text.numbers}
    for label in labels:
        if label not in stated:
            known = ", ".join(stated) or "none"
            raise InputError(f"check({label!r}): no number in the text has this label; there are {known}")
    verdicts = [judge_number(stated[label], value) for label in labels for value in values]
    _show(MIME, {"version": 1, "target": labels, "verdicts": [verdict.to_json() for verdict in verdicts]}, verdicts)


def judge_claim(claim: Claim, draws: Sequence[Draw]) -> Verdict:
    """The verdict on one claim over all draws: the worst wins."""
    if claim.waiver is not None:
        return _verdict(claim, Judgement("unchecked", reason=claim.waiver), 0, 0.0)
    start = time.perf_counter()
    judgements = [judge_in(claim, draw) for draw in draws]
    seconds = round(time.perf_counter() - start, 6)
    effort = reduce(add, (judgement.effort for judgement in judgements))
    told = worst(_verdict(claim, judgement, len(draws), seconds) for judgement in judgements)
    return replace(told, judgement=replace(told.judgement, effort=effort))


def with_slip(verdict: Verdict, claim: Claim, draws: Sequence[Draw]) -> Verdict:
    """A passing verdict with a remark on a slip that would have passed as well."""
    slip = unseen_slip(claim, draws) if verdict.holds else ""
    if not slip:
        return verdict
    return replace(verdict, judgement=replace(verdict.judgement, remarks=(*verdict.judgement.remarks, slip)))


def _verdict(claim: Claim, judgement: Judgement, draws: int, seconds: float) -> Verdict:
    return Verdict(claim.id, claim.cell, claim.line, claim.latex, claim.relation, judgement, draws, seconds)


def select(claims: Sequence[Claim], targets: Sequence[str]) -> list[Claim]:
    """The claims under the targets' headings or with the targets' labels, in the order of the text."""
    for target in targets:
        if not any(_is_under(claim, target) for claim in claims):
            anchors = sorted({f"#{anchor}" for claim in claims for anchor in claim.sections})
            labels = sorted({claim.equation for claim in claims})
            known = ", ".join(anchors if target.startswith("#") else labels)
            raise InputError(
                f"check({target!r}): no claim stands there; "
                + (f"there are {known}" if known else "the text makes none that could be checked")
            )
    return [claim for claim in claims if any(_is_under(claim, target) for target in targets)]


def _is_under(claim: Claim, target: str) -> bool:
    if target.startswith("#"):
        return target.removeprefix("#") in claim.sections
    return target in (claim.equation, claim.id)


def read_running() -> PostText:
    """The text of the notebook that is running: as it was when mathpost began to execute it, or as it is saved.

    Errors: InputError for a mistake in its text.
    """
    snapshot = os.environ.get(SNAPSHOT_VARIABLE)
    text = _text_of_run(Path(snapshot)) if snapshot else read(notebook_path())
    text.require_sound("text")
    return text


@cache
def _text_of_run(snapshot: Path) -> PostText:
    """What mathpost read before it began to execute; the file is its own, in a folder that none but it can write to."""
    text = pickle.loads(snapshot.read_bytes())
    assert isinstance(text, PostText)
    return text


def notebook_path() -> Path:
    """The notebook that is running: as mathpost executes it, in Jupyter, or in VS Code."""
    main = vars(sys.modules["__main__"])
    known = (os.environ.get(NOTEBOOK_VARIABLE), main.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"))
    for path in known:
        if path and Path(path).suffix == ".ipynb" and Path(path).exists():
            return Path(path)
    raise InputError(
        "check: which notebook is this? Run it in JupyterLab, VS Code or by `mathpost check`, "
        f"or set the environment variable {NOTEBOOK_VARIABLE} to its path"
    )


def _show(mime: str, record: dict[str, object], verdicts: Sequence[Verdict]) -> None:
    shown = {"text/plain": to_text(verdicts), "text/html": to_html(verdicts)} if verdicts else {}
    if "IPython" in sys.modules:
        from IPython.display import display  # only a notebook has it loaded

        display({mime: record, **shown}, raw=True)
    else:
        print(to_text(verdicts))
