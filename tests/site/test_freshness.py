"""What counts as fresh: what was made from the bytes that are there now, and from no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from making import text, write
from mathpost.ground.errors import InputError
from mathpost.site import Post, Site, freshness, hugo
from mathpost.site.freshness import Inputs
from mathpost.site.staging import stage


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "config.toml").write_text("")
    post = Site(tmp_path).post("small")
    write(post.notebook, text("Words."))
    (post.site.notebooks / "data.csv").write_text("1,2")
    post.page.parent.mkdir(parents=True)
    post.page.write_text("A page.")
    return post


def inputs_of(post: Post) -> Inputs:
    (inputs,) = freshness.read_inputs([Post(Site(post.site.root), post.slug)])
    return inputs


def test_what_was_made_is_fresh_until_an_input_changes(post: Post) -> None:
    freshness.note_post(inputs_of(post), {})

    assert freshness.is_post_fresh(inputs_of(post), {})
    assert not freshness.is_post_fresh(inputs_of(post), {"m": 3})


@pytest.mark.parametrize("name", ["notebooks/small.ipynb", "notebooks/data.csv", "requirements.lock"])
def test_what_is_saved_between_reading_and_noting_is_stale(post: Post, name: str) -> None:
    inputs = inputs_of(post)
    (post.site.root / name).write_text("saved meanwhile")
    freshness.note_post(inputs, {})

    assert not freshness.is_post_fresh(inputs_of(post), {})


def test_settings_that_are_saved_meanwhile_make_a_post_stale(post: Post) -> None:
    inputs = inputs_of(post)
    assert inputs.post.site.settings.cell_timeout == 120
    post.site.config.write_text("[params.mathpost]\ncell_timeout = 7")
    freshness.note_post(inputs, {})

    assert not freshness.is_post_fresh(inputs_of(post), {})


@pytest.mark.parametrize("name", ["notebooks/other.ipynb", "notebooks/small.sweep.yaml", "content/posts/other.md"])
def test_what_a_post_is_not_made_from_is_no_matter(post: Post, name: str) -> None:
    freshness.note_post(inputs_of(post), {})
    (post.site.root / name).write_text("saved")

    assert freshness.is_post_fresh(inputs_of(post), {})


def test_an_output_that_was_touched_is_made_again(post: Post) -> None:
    freshness.note_post(inputs_of(post), {})
    post.page.write_text("A page, edited by hand.")

    assert not freshness.is_post_fresh(inputs_of(post), {})


def test_a_notebook_that_went_away_is_told(post: Post) -> None:
    post.notebook.unlink()

    with pytest.raises(InputError) as caught:
        inputs_of(post)

    assert str(caught.value) == f"{post.notebook}: there is no such notebook"


def test_a_stage_has_the_digest_of_the_site_that_it_will_make(small_site: Site) -> None:
    sample, second = small_site.post("sample"), small_site.post("second")
    before = freshness.site_digest(small_site)
    with stage(small_site) as staged:
        assert freshness.site_digest(small_site, staged) == before
        staged.write(sample.page, b"Written anew.")
        staged.write_figures(sample, {"other.png": b"figure"})
        staged.retire(second)
        coming = freshness.site_digest(small_site, staged)
        staged.commit()

    assert coming == freshness.site_digest(small_site) != before


def test_a_page_that_is_saved_while_hugo_runs_makes_the_site_stale(small_site: Site) -> None:
    read_by_hugo = freshness.site_digest(small_site)
    small_site.post("sample").page.write_text("saved meanwhile")
    freshness.note_site(small_site, read_by_hugo, (), ())

    assert not freshness.is_site_fresh(small_site)


@pytest.mark.site
def test_hugo_is_given_the_configuration_that_was_read(small_site: Site) -> None:
    configuration = small_site.configuration
    small_site.config.write_text('title = "Saved meanwhile"')
    with stage(small_site) as staged:
        inputs = freshness.site_digest(small_site, staged)
        hugo.build(staged)
        made = staged.made()
        staged.commit()
        freshness.note_site(small_site, inputs, made, ())

    assert "<p>mathpost</p>" in (small_site.public / "index.html").read_text()
    assert not freshness.is_site_fresh(Site(small_site.root))
    small_site.config.write_bytes(configuration)
    assert freshness.is_site_fresh(Site(small_site.root))


@pytest.mark.parametrize("name", ["_index", "with space"])
def test_a_page_whose_name_could_be_no_post_is_no_orphan(small_site: Site, name: str) -> None:
    (small_site.pages / f"{name}.md").write_text("---\ntitle: By hand\n---\n")

    assert freshness.orphans(small_site) == []


def elsewhere_of(path: Path) -> tuple[Path, int, int]:
    return path, path.stat().st_size, path.stat().st_mtime_ns


def test_what_a_notebook_has_read_elsewhere_counts_by_its_bytes(post: Post, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("1,2")
    freshness.note_post(inputs_of(post), {}, [elsewhere_of(data)])
    data.write_text("1,2")
    assert freshness.is_post_fresh(inputs_of(post), {})

    data.write_text("1,3")
    assert not freshness.is_post_fresh(inputs_of(post), {})
    data.unlink()
    assert not freshness.is_post_fresh(inputs_of(post), {})


def test_what_was_saved_elsewhere_since_it_was_read_makes_a_post_stale(post: Post, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("1,2")
    then = elsewhere_of(data)
    data.write_text("1,2,3")
    freshness.note_post(inputs_of(post), {}, [then])
    assert not freshness.is_post_fresh(inputs_of(post), {})


def test_what_is_gone_when_a_notebook_has_run_was_its_own(post: Post, tmp_path: Path) -> None:
    freshness.note_post(inputs_of(post), {}, [(tmp_path / "gone.txt", 3, 4)])
    assert freshness.is_post_fresh(inputs_of(post), {})
