"""Claims under other parameters: the sets an author names, and one table of what holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from making import code, parameters, text, write
from mathpost.commands.sweep import read_settings, sweep_file
from mathpost.ground.errors import InputError
from mathpost.site import Post, Site
from programs import run


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "config.toml").write_text("")
    post = Site(tmp_path).post("small")
    write(
        post.notebook,
        parameters("m = 3\nsigma = 1.0"),
        code("from mathpost import Notation, check\nassert m < 100, 'too many'"),
        text("## A\n\n$m < 10$ {#eq-few}, $\\sigma > 0$ {#eq-positive}"),
        code(r'check("#a", Notation({"m": m, r"\sigma": sigma}))'),
    )
    return post


def test_lists_make_a_run_of_each_value(post: Post) -> None:
    sweep_file(post).write_text("one: {m: 4}\nmany: {m: [5, 6], sigma: [1.0, 2.0]}\n")

    assert [(setting.name, setting.shown) for setting in read_settings(post)] == [
        ("one", "m=4"),
        ("many", "m=5 sigma=1.0"),
        ("many", "m=5 sigma=2.0"),
        ("many", "m=6 sigma=1.0"),
        ("many", "m=6 sigma=2.0"),
    ]


def test_a_text_stays_as_it_was_written(post: Post) -> None:
    sweep_file(post).write_text("days: {day: [2024-01-02, 010]}\n")

    assert [setting.shown for setting in read_settings(post)] == ["day=2024-01-02", "day=010"]


def test_a_set_that_stands_twice_is_refused(post: Post) -> None:
    sweep_file(post).write_text("one: {m: 4}\none: {m: 5}\n")

    with pytest.raises(InputError) as caught:
        read_settings(post)

    assert str(caught.value) == (
        f"{sweep_file(post)}, line 2: sweep: 'one' stands here again, and in line 1 already: keep one"
    )


def test_without_a_file_there_is_no_sweep(post: Post) -> None:
    assert read_settings(post) == []


@pytest.mark.parametrize("content", ["", "- m", "m: 3", "one: {}", "one:"])
def test_a_sweep_that_names_no_sets_is_refused(post: Post, content: str) -> None:
    sweep_file(post).write_text(content)

    with pytest.raises(InputError) as caught:
        read_settings(post)

    assert str(caught.value) == (
        f"{sweep_file(post)}: a sweep names sets of parameters: "
        "write lines such as 'few samples: {m: 20}' or 'seeds: {seed: [1, 2, 3]}'"
    )


@pytest.mark.kernel
def test_one_table_shows_where_any_fails(post: Post) -> None:
    sweep_file(post).write_text("few: {m: 3}\nmany: {m: [50, 500]}\nno spread: {sigma: 0.0, m: 4}\nwrong: {n: 3}\n")
    done = run("mathpost", "-C", post.site.root, "check", "--sweep")

    assert done.returncode == 1
    assert done.stdout == (
        "small:\n"
        "set        parameters     hold  do not hold\n"
        "few        m=3            2/2\n"
        "many       m=50           1/2   eq-few\n"
        "many       m=500          –     cell 3, line 2: AssertionError: too many\n"
        "no spread  sigma=0.0 m=4  1/2   eq-positive\n"
        "wrong      n=3            –     unknown parameter 'n'; known are: m, sigma\n"
    )


@pytest.mark.kernel
def test_a_program_gets_the_table_as_json(post: Post) -> None:
    sweep_file(post).write_text("few: {m: 3}\nmany: {m: 50}\n")
    done = run("mathpost", "-C", post.site.root, "check", "--sweep", "--json")

    assert json.loads(done.stdout) == [
        {"post": "small", "set": "few", "parameters": {"m": 3}, "holds": True, "failed": [], "error": ""},
        {"post": "small", "set": "many", "parameters": {"m": 50}, "holds": False, "failed": ["eq-few"], "error": ""},
    ]
