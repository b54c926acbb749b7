"""The commands as a person or a program runs them: what they print, what they end with, what they leave behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from making import code, text, write
from mathpost.site import Site, staging
from mathpost.site.seal import unsealed
from mathpost.site.staging import stage
from programs import run_anew, run_at_a_terminal
from running import MEAN, mathpost, mean_post, tree_of


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom mathpost.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(sorted({'numpy', 'scipy', 'papermill', 'nbformat', 'nbconvert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("0\n[]\n")
    for command in ("publish", "check", "serve", "new", "claims"):
        assert f"\n    {command} " in done.stdout


@pytest.mark.kernel
def test_publish_builds_once_and_then_has_nothing_to_do(site: Site) -> None:
    first = run_anew("mathpost", "-C", site.root, "publish")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith("changed: content/posts/mean.md, static/images/mean/values.png, public\n")
    assert "A small post" in (site.public / "posts" / "mean" / "index.html").read_text()
    before = tree_of(site)
    second = mathpost("-C", site.root, "publish")
    assert (second.returncode, second.stdout) == (0, "nothing to do: all is fresh\n")
    assert tree_of(site) == before


@pytest.mark.kernel
def test_parameters_change_numbers_and_figures_and_nothing_else(published: Site) -> None:
    before = tree_of(published)
    done = mathpost("-C", published.root, "publish", "-p", "m", "30")
    assert done.returncode == 0, done.stderr
    after = tree_of(published)
    assert {name for name in after if after[name] != before.get(name)} >= {
        "content/posts/mean.md",
        "static/images/mean/values.png",
        "public/images/mean/values.png",
    }
    pages = [unsealed(tree["content/posts/mean.md"].decode()).split() for tree in (before, after)]
    assert next(old for old, new in zip(*pages, strict=True) if old != new) == "20"
    assert mathpost("-C", published.root, "publish").returncode == 0
    assert tree_of(published) == before


@pytest.mark.kernel
def test_a_false_claim_stops_the_build_and_changes_nothing(published: Site) -> None:
    before = tree_of(published)
    false = MEAN.replace(r"\frac{1}{m}", r"\frac{2}{m}")
    write(published.notebooks / "mean.ipynb", *mean_post(false))
    done = mathpost("-C", published.root, "publish")
    assert done.returncode == 1
    assert done.stderr == "mathpost: 1 claim does not hold: nothing was published\n"
    place, values = done.stdout.splitlines()[1:3]
    assert done.stdout.startswith("fail         eq-mean\n")
    assert place.endswith(r"mean.ipynb, cell 4, line 7: \bar{x} = \frac{2}{m} \sum_{i = 1}^m x_i")
    assert values.startswith("    left 1.9")
    assert ", right 3.8" in values
    assert tree_of(published) == before


@pytest.mark.kernel
def test_check_judges_any_notebook_and_writes_nothing(site: Site, tmp_path: Path) -> None:
    copy = write(tmp_path / "elsewhere" / "copy.ipynb", *mean_post())
    before = tree_of(site)
    done = mathpost("-C", site.root, "check", copy, "--json")
    assert done.returncode == 0, done.stderr
    [claim] = json.loads(done.stdout)
    assert {name: claim[name] for name in ("post", "id", "cell", "line", "kind", "outcome")} == {
        "post": "copy", "id": "eq-mean", "cell": 4, "line": 7, "kind": "=", "outcome": "pass",
    }  # fmt: skip
    assert {"latex", "left", "right", "tolerance", "reason"} <= set(claim)
    assert tree_of(site) == before


@pytest.mark.kernel
def test_a_claim_that_no_check_reached_fails_and_says_what_to_do(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", code("a = 1"), text("## One\n\n$$a = 1$$ {#eq-a}"))
    done = mathpost("-C", site.root, "check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[2] == (
        '    no check reached it: call check("#one", …) in a code cell, '
        'or waive it in the text with {#eq-a .unchecked reason="…"}'
    )


@pytest.mark.kernel
def test_a_waived_claim_is_reported_and_does_no_harm(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", text('$$a = 1$$ {#eq-a .unchecked reason="a convention"}'))
    done = mathpost("-C", site.root, "check")
    assert done.returncode == 0
    assert done.stdout.startswith("unchecked    eq-a\nmean: 0 hold, 1 waived, ")


@pytest.mark.kernel
def test_a_refused_formula_is_named_at_its_place_in_the_notebook(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", text("Well.\n\n$$\\nonsense{a}$$ {#eq-a}"))
    done = mathpost("-C", site.root, "publish")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].endswith(
        "mean.ipynb, cell 2, line 3: KaTeX refuses the formula of eq-a: Undefined control sequence: \\nonsense "
        "at position 1: \\nonsense{a}"
    )
    assert not site.public.exists()


@pytest.mark.kernel
def test_a_kernel_that_dies_ends_with_three(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", code("import os\nos._exit(1)"))
    assert mathpost("-C", site.root, "check").returncode == 3


MISTAKES = {
    ("publish", "nowhere"): "{root}/notebooks/nowhere.ipynb: there is no post 'nowhere'; the posts are: mean",
    ("publish", "../mean"): "'../mean' cannot name a post: use letters, digits, '-' and '_'",
    ("check", "nowhere.ipynb"): "nowhere.ipynb: there is no such notebook",
    ("check", "-p", "n", "1"): "{root}/notebooks/mean.ipynb: unknown parameter 'n'; known are: m, seed",
    ("check", "-p", "m", "nan"): "parameter 'm' is nan: give a finite number",
    (
        "check",
        "-p",
        "m",
        "few",
    ): "{root}/notebooks/mean.ipynb: parameter 'm' is 20 in the notebook (int); 'few' is not int",
    ("new", "mean"): "{root}/notebooks/mean.ipynb: is there already: choose another slug",
}


@pytest.mark.parametrize("arguments", MISTAKES)
def test_wrong_input_ends_with_two_and_one_line(site: Site, arguments: tuple[str, ...]) -> None:
    done = mathpost("-C", site.root, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"mathpost: {MISTAKES[arguments].format(root=site.root)}\n"


def test_outside_a_site_a_command_says_so(tmp_path: Path) -> None:
    done = mathpost("-C", tmp_path, "publish")
    assert done.returncode == 2
    assert done.stderr == f"mathpost: no config.toml in {tmp_path} or a folder above it: run mathpost inside a site\n"


@pytest.mark.kernel
def test_a_new_post_checks_and_is_a_draft(site: Site) -> None:
    assert mathpost("-C", site.root, "new", "first", "--title", 'A "first" post').returncode == 0
    done = mathpost("-C", site.root, "publish", "first")
    assert (done.returncode, done.stderr) == (0, "")
    assert 'title: A "first" post\n' in site.post("first").page.read_text()
    assert not (site.public / "posts" / "first").exists()


@pytest.mark.kernel
def test_a_post_whose_notebook_is_gone_goes_too_and_a_page_written_by_hand_stays(published: Site) -> None:
    (published.notebooks / "mean.ipynb").unlink()
    done = mathpost("-C", published.root, "publish")
    assert done.returncode == 0, done.stderr
    assert [name for name in tree_of(published) if "mean" in name] == []
    assert (published.pages / "sample.md").exists()


@pytest.mark.kernel
def test_a_renamed_figure_leaves_no_orphan_behind(published: Site) -> None:
    cells = [code(cell.source.replace("fig-values", "fig-dots")) for cell in mean_post()[-1:]]
    write(published.notebooks / "mean.ipynb", *mean_post(MEAN.replace("fig-values", "fig-dots"))[:-1], *cells)
    assert mathpost("-C", published.root, "publish").returncode == 0
    assert [path.name for path in (published.images / "mean").iterdir()] == ["dots.png"]
    assert (published.images / "sample" / "line.png").exists()


@pytest.mark.kernel
def test_a_killed_build_leaves_the_last_good_site(published: Site) -> None:
    before = tree_of(published)
    write(published.notebooks / "mean.ipynb", *mean_post(), code("import time\ntime.sleep(60)"))
    process = subprocess.Popen([sys.executable, "-m", "mathpost", "-C", str(published.root), "publish"])
    time.sleep(2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert tree_of(published) == before
    write(published.notebooks / "mean.ipynb", *mean_post())
    assert mathpost("-C", published.root, "publish").returncode == 0
    assert tree_of(published) == before


@pytest.mark.site
def test_a_commit_that_was_interrupted_is_finished_by_the_next_publish_which_says_so(
    published: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = published.post("mean").page
    with stage(published) as staged:
        staged.write(page, page.read_bytes() + b"More.\n")
        monkeypatch.setattr(staging, "_apply_or_undo", lambda staged, changes: sys.exit("killed"))
        with pytest.raises(SystemExit):
            staged.commit()
    monkeypatch.undo()

    done = mathpost("-C", published.root, "publish", "--force")
    assert done.returncode == 0
    assert done.stderr == "finished what an earlier publish was interrupted in: content/posts/mean.md\n"


@pytest.mark.kernel
def test_a_locale_of_ascii_changes_nothing(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", text("An émigré: $1 = 1$"), code("#| output: true\nprint(open.__name__, '∑')"))
    encoded = (site.notebooks / "mean.ipynb").read_bytes()
    (site.notebooks / "mean.ipynb").write_bytes(b"\xef\xbb\xbf" + encoded)
    done = run_anew("mathpost", "-C", site.root, "check", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[2].endswith('reason="…"}')


@pytest.mark.kernel
def test_warnings_go_to_standard_error_with_their_cell(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", code("import warnings\nwarnings.warn('careful')"))
    done = mathpost("-C", site.root, "publish")
    assert done.returncode == 0
    assert done.stderr.endswith("mean.ipynb, cell 2: line 2: UserWarning: careful\n  warnings.warn('careful')\n")
    assert "careful" not in site.post("mean").page.read_text()


@pytest.mark.kernel
def test_colour_is_for_terminals_alone(site: Site) -> None:
    write(site.notebooks / "mean.ipynb", text('$$a = 1$$ {#eq-a .unchecked reason="a convention"}'))
    assert "\x1b[" in on_a_terminal(site)
    assert "\x1b[3" not in on_a_terminal(site, NO_COLOR="1")


def on_a_terminal(site: Site, **environment: str) -> str:
    code, shown = run_at_a_terminal("mathpost", "-C", site.root, "check", **environment)
    assert code == 0, shown
    return shown


@pytest.mark.kernel
def test_nbconvert_finds_the_exporter_and_needs_nothing_else(published: Site) -> None:
    notebook = published.notebooks / "mean.ipynb"
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "hugo", str(notebook)]
    subprocess.run(command, check=True, capture_output=True, cwd=published.root)
    assert (published.notebooks / "mean.md").read_bytes() == published.post("mean").page.read_bytes()
    assert (published.notebooks / "images/mean/values.png").read_bytes() == (
        published.images / "mean/values.png"
    ).read_bytes()
