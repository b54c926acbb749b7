"""Publishing over what is committed: what looks the same stays, and no edit by hand is lost."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from PIL import Image, ImageDraw

from making import code, parameters, raw, text, write
from mathpost.building import build_post
from mathpost.building.committed import stage_post
from mathpost.commands.serve import rebuild
from mathpost.ground.errors import Drift
from mathpost.notebooks.execution import record_of
from mathpost.pages import Page, export
from mathpost.site import Post, Site
from mathpost.site.preview import preview
from mathpost.site.seal import seal_of
from mathpost.site.staging import stage
from mathpost.text import read


def png(offset: int = 0, shade: int = 0) -> bytes:
    image = Image.new("RGB", (200, 100), (255 - shade, 255, 255))
    ImageDraw.Draw(image).line((20, 50 + offset, 180, 50 + offset), fill="black", width=3)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def page_of(path: Path, words: str = "Words.", image: bytes | None = None, numpy: str = "2.4.6") -> Page:
    figure: NotebookNode = code("#| label: fig-line\n#| fig-alt: A line")
    figure.outputs = [new_output("display_data", {"image/png": base64.b64encode(image or png()).decode()})]
    metadata = {"mathpost": {"versions": {"numpy": numpy}, "parameters": {}}}
    return export(record_of(new_notebook(cells=[raw(), text(words), figure], metadata=metadata), path))


def without_figures(path: Path) -> Page:
    return export(record_of(new_notebook(cells=[raw(), text("Words.")], metadata={"mathpost": {}}), path))


def published(post: Post, page: Page, *, force: bool = False) -> tuple[str, ...]:
    """Publish a page and its figures; gives the paths that changed."""
    with stage(post.site) as staged:
        stage_post(staged, post, page, force=force)
        return tuple(path.as_posix() for path in staged.commit())


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "config.toml").write_text("")
    return Site(tmp_path).post("small")


def test_publishing_twice_changes_nothing(post: Post) -> None:
    page = page_of(post.notebook)

    assert published(post, page) == ("content/posts/small.md", "static/images/small/line.png")
    assert published(post, page) == ()


def test_other_versions_alone_change_nothing(post: Post) -> None:
    """The seal goes on to say with which versions the results were first made."""
    published(post, page_of(post.notebook))

    assert published(post, page_of(post.notebook, numpy="2.5.0")) == ()
    seal = seal_of(post.page.read_text())
    assert seal is not None
    assert seal.versions == {"numpy": "2.4.6"}


def test_a_figure_that_looks_the_same_keeps_its_bytes(post: Post) -> None:
    published(post, page_of(post.notebook))

    assert published(post, page_of(post.notebook, image=png(offset=1, shade=3))) == ()
    assert (post.figures / "line.png").read_bytes() == page_of(post.notebook).figures[0].data


def test_a_figure_whose_line_moved_is_replaced(post: Post) -> None:
    published(post, page_of(post.notebook))

    assert published(post, page_of(post.notebook, image=png(offset=9))) == (
        "content/posts/small.md",  # its seal alone
        "static/images/small/line.png",
    )


@pytest.mark.parametrize("damage", [b"", b"no image"])
def test_a_damaged_figure_is_replaced(post: Post, damage: bytes) -> None:
    published(post, page_of(post.notebook))
    (post.figures / "line.png").write_bytes(damage)

    assert published(post, page_of(post.notebook)) == ("static/images/small/line.png",)


def test_a_figure_changed_by_hand_is_neither_overwritten_nor_removed(post: Post) -> None:
    published(post, page_of(post.notebook))
    drawn = png(offset=20)
    (post.figures / "line.png").write_bytes(drawn)

    with pytest.raises(Drift) as caught:
        published(post, page_of(post.notebook))
    assert str(caught.value) == (
        f"{post.figures / 'line.png'}: was changed by hand since it was generated, and would be overwritten\n"
        "-> keep it under another name, or throw it away: mathpost publish --force small"
    )
    with pytest.raises(Drift, match="was changed by hand since it was generated, and would be removed"):
        published(post, without_figures(post.notebook))
    assert (post.figures / "line.png").read_bytes() == drawn
    assert published(post, page_of(post.notebook), force=True) == ("static/images/small/line.png",)


def test_a_drawing_by_hand_stays_beside_the_figures(post: Post) -> None:
    published(post, page_of(post.notebook))
    for name in ("logo.png", "sketches/first.svg"):
        (post.figures / name).parent.mkdir(exist_ok=True)
        (post.figures / name).write_bytes(png())

    published(post, page_of(post.notebook, words="Others."))
    assert published(post, without_figures(post.notebook)) == (
        "static/images/small/line.png",
        "content/posts/small.md",
    )
    assert sorted(path.name for path in post.figures.rglob("*.*g")) == ["first.svg", "logo.png"]


def test_a_drawing_that_was_there_before_the_first_publish_stays(post: Post) -> None:
    post.figures.mkdir(parents=True)
    (post.figures / "logo.png").write_bytes(png())

    assert published(post, page_of(post.notebook)) == ("content/posts/small.md", "static/images/small/line.png")
    assert (post.figures / "logo.png").exists()


def test_a_drawing_by_hand_is_not_overwritten_by_a_figure_of_its_name(post: Post) -> None:
    published(post, without_figures(post.notebook))
    post.figures.mkdir(parents=True)
    (post.figures / "line.png").write_bytes(png(offset=20))

    with pytest.raises(Drift, match="was not made with the page, and would be overwritten"):
        published(post, page_of(post.notebook))


def test_a_page_edited_by_hand_is_not_overwritten(post: Post) -> None:
    published(post, page_of(post.notebook, "Wrods by the thousand."))
    edited = post.page.read_text().replace("Wrods", "Words")
    post.page.write_text(edited)

    with pytest.raises(Drift) as caught:
        published(post, page_of(post.notebook, "Wrods by the thousand.", image=png(offset=9)))

    assert str(caught.value) == (
        f"{post.page}: was edited by hand since it was generated, and would be overwritten\n"
        "    @@ -10,1 +10,1 @@ cell 2\n"
        "    -Words by the thousand.\n"
        "    +Wrods by the thousand.\n"
        "-> make the edit in notebooks/small.ipynb, or throw it away: mathpost publish --force small"
    )
    assert post.page.read_text() == edited
    assert (post.figures / "line.png").read_bytes() == page_of(post.notebook).figures[0].data


def test_an_edit_that_was_made_in_the_notebook_too_is_no_obstacle(post: Post) -> None:
    published(post, page_of(post.notebook, "Wrods."))
    post.page.write_text(post.page.read_text().replace("Wrods", "Words"))

    assert published(post, page_of(post.notebook, "Words.")) == ("content/posts/small.md",)
    assert published(post, page_of(post.notebook, "Words, words.")) == ("content/posts/small.md",)


def test_force_overwrites_an_edit(post: Post) -> None:
    published(post, page_of(post.notebook))
    post.page.write_text(post.page.read_text().replace("Words", "Worlds"))

    assert published(post, page_of(post.notebook), force=True) == ("content/posts/small.md",)
    assert "Words" in post.page.read_text()


def test_a_page_written_by_hand_with_the_slug_of_a_notebook_is_not_overwritten(post: Post) -> None:
    post.page.parent.mkdir(parents=True)
    post.page.write_text("---\ntitle: By hand\ndate: 2024-01-01\n---\n\nAll mine.\n")

    with pytest.raises(Drift, match="was edited by hand"):
        published(post, page_of(post.notebook))


def test_a_clone_knows_of_an_edit(post: Post, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing but what is committed is needed to know."""
    published(post, page_of(post.notebook))
    clone = Site(tmp_path_factory.mktemp("clone")).post("small")
    clone.page.parent.mkdir(parents=True)
    clone.page.write_text(post.page.read_text().replace("Words", "Worlds"))

    with pytest.raises(Drift, match="was edited by hand"):
        published(clone, page_of(clone.notebook))


@pytest.mark.kernel
def test_the_preview_does_not_overwrite_an_edit_either(post: Post) -> None:
    write(post.notebook, parameters("m = 1"), text("There is `{python} m`."))
    published(post, build_post(read(post.notebook), timeout=60).page)
    edited = post.page.read_text().replace("There is", "There was")
    post.page.write_text(edited)
    with preview(post.site) as shown:
        rebuild(shown, post, {})

    assert post.page.read_text() == edited
    assert "There is" in (shown.tree / "content/posts/small.md").read_text()


def test_a_shortened_diff_shows_what_differs(post: Post) -> None:
    words = "A long way round " * 20
    published(post, page_of(post.notebook, f"{words}to say one thing. {words}"))
    post.page.write_text(post.page.read_text().replace("one thing", "two things"))

    with pytest.raises(Drift) as caught:
        published(post, page_of(post.notebook, f"{words}to say one thing. {words}"))

    lines = str(caught.value).splitlines()
    assert "say two things. A long" in lines[2]
    assert (lines[2][:6], lines[2][-1]) == ("    -…", "…")
    assert max(map(len, lines[1:4])) < 160


def test_many_differences_are_cut_short(post: Post) -> None:
    make: Callable[[str], Page] = lambda word: page_of(  # noqa: E731
        post.notebook, "\n\n".join(f"{word if n % 2 else 'Line'} {n}." for n in range(60))
    )
    published(post, make("One"))
    post.page.write_text(replace(make("Two"), cells=()).text.replace('"digest": "', '"digest": "0'))

    with pytest.raises(Drift, match="… and 10 more"):
        published(post, make("One"))
