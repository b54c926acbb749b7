"""Posts are scanned with no notation: what follows, what does not, and what is left open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathpost.scanning import scan
from places import CASES
from programs import run
from scan_measure import measured

LABELS = CASES / "scan" / "labels.json"
FALSE_STEP = r"$$ \log(a b) = \log a - \log b $$"


def page(folder: Path, text: str, name: str = "post.md") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_digests_of_six_fields_are_told_right() -> None:
    measure = measured(LABELS)
    decided, found, right = measure.shares
    assert right == 1.0, measure.alarms
    assert found >= 0.9, measure.missed
    assert decided >= 0.9, str(measure)
    assert not measure.passed


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (r"$$ (a + b)^2 = a^2 + 2 a b + b^2 $$", ["follows"]),
        (r"$$ E = m c^2 $$", ["definition"]),
        (r"$$ f(x) = x^2 $$ $$ \frac{d f}{d x} = 2 x $$", ["definition", "follows"]),
        (r"$$ f(x) = x^2 $$ $$ \frac{d f}{d x} = 3 x $$", ["definition", "false"]),
        (r"$$ x^2 - 3 x + 2 = 0 $$", ["assumption"]),
        (r"$$ p(x, z) = p(x | z) p(z) $$", ["follows"]),
        (r"$$ p(x, z) = p(x | z) p(x) $$", ["false"]),
        (r"$A$ is a $n \times n$ matrix. $$ \operatorname{tr}(A^\top) = \operatorname{tr}(A) $$", ["follows"]),
        (r"$$ \sqrt{x^2 y^2} = x y $$", ["follows"]),  # for positive x and y: no text says more
        (r"$$ a_1 + a_2 + \dots + a_n = \sum_{i=1}^n a_i $$", ["follows"]),
        (r"$$ x_t = c x_{t-1} $$ $$ x_t = c^3 x_{t-3} $$", ["definition", "follows"]),
        (r"$$ x_t = c x_{t-1} $$ $$ x_t = c^2 x_{t-3} $$", ["definition", "false"]),
        (r"$$ \theta = \arg\max_w \log f(w) $$ $$ \theta = \arg\max_w f(w) $$", ["definition", "follows"]),
        (r"$$ x^2 y = 2 x y^2 $$", ["assumption"]),  # an equation, not a slip
    ],
)
def test_each_statement_is_what_its_place_says(tmp_path: Path, text: str, kinds: list[str]) -> None:
    found = scan(page(tmp_path, text.replace("$$ $$", "$$\n\nThen\n\n$$").replace(". $$", ".\n\n$$")))
    assert [outcome.kind for outcome in found.outcomes if outcome.statement.claim.display] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "The density $p$ is normal with mean $m$.\n\n$$ p(x) = p(2 m - x) $$",
        "$u$ is the mean of $x$.\n\n$$ f(x) = x^2 $$\n\nSo\n\n$$ f(u) = f(x) + u - x $$",
        "For small $h$ we find\n\n$$ \\sin(h) = h $$",
        "$$ h * g = g $$",
    ],
)
def test_what_words_may_explain_is_not_accused(tmp_path: Path, text: str) -> None:
    assert not scan(page(tmp_path, text)).findings


def test_a_finding_says_place_values_and_the_change_that_mends_it(tmp_path: Path) -> None:
    path = page(tmp_path, "Text.\n\n$$\n\\log(a b) = \\log a - \\log b\n$$\n")
    done = run("mathpost", "scan", path)
    assert done.returncode == 1
    assert "line 4: does not follow: left " in done.stdout
    assert r"with `\log a + \log b` on the right it does" in done.stdout
    assert "0 steps follow, 1 do not" in done.stderr


def test_json_and_sarif_tell_the_same_findings(tmp_path: Path) -> None:
    path = page(tmp_path, FALSE_STEP)
    (found,) = json.loads(run("mathpost", "scan", "--json", path).stdout)
    assert found["coverage"]["false"] == len(found["findings"]) == 1
    (result,) = json.loads(run("mathpost", "scan", "--sarif", path).stdout)["runs"][0]["results"]
    assert result["message"]["text"].startswith(found["findings"][0]["message"])


def test_a_folder_is_scanned_whole_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    page(tmp_path, "$$ a + a = 2 a $$")
    latex = "\\begin{document}% $$ 1 = 2 $$\n" + FALSE_STEP + "\n\\end{document}"
    page(tmp_path, latex, "a.tex")
    done = run("mathpost", "scan", tmp_path)
    assert done.returncode == 1
    assert "a.tex, line 2" in done.stdout
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert run("mathpost", "scan", tmp_path).returncode == 2
    assert run("mathpost", "scan", tmp_path / "nothing.md").returncode == 2


def test_references_and_brackets_without_a_partner_are_found(tmp_path: Path) -> None:
    text = "By \\eqref{eq:lost} we know.\n\n$$ a = b \\label{eq:kept} $$\n\nand \\eqref{eq:kept}.\n"
    (finding,) = scan(page(tmp_path, text)).findings
    assert (finding.kind, finding.place.line) == ("reference", 1)


def test_a_step_that_raises_does_not_end_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mathpost.scanning.steps.tried", lambda *_: 1 / 0)
    (outcome,) = scan(page(tmp_path, FALSE_STEP)).outcomes
    assert outcome.kind == "not tried"
    assert "ZeroDivisionError" in outcome.reason
