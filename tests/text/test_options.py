"""The options and tags of a code cell: how they are found, what they mean, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.text.options import (
    CellOptions,
    Display,
    Shown,
    display_of,
    normal_tags,
    parse_options,
    without_options,
)

PLACE = Place(Path("a.ipynb"), 1)
NO, FOLDED, YES = Shown.NO, Shown.FOLDED, Shown.YES


def test_options_are_quarto_s_also_over_several_lines() -> None:
    source = (
        "#| label: fig-line\n#| fig-cap: >-\n#|   A line,\n#|   and more\n#| fig-alt: 'It rises: a lot'\n"
        "#| echo: true\n\nplot(x)  #| no option\n"
    )
    assert parse_options(source, PLACE) == CellOptions(
        label="fig-line", captions=("A line, and more",), alts=("It rises: a lot",), echo=True
    )
    assert without_options(source) == "plot(x)  #| no option"


def test_a_cell_without_options_has_the_defaults() -> None:
    assert parse_options("plot(x)", PLACE) == CellOptions()


HEADS = {
    "#|label: fig-a\nplot()": "plot()",
    "# | label: fig-a\nplot()": "plot()",
    "#\t| label: fig-a\nplot()": "plot()",
    "#   |  label: fig-a\nplot()": "plot()",
    "\n\n#| label: fig-a\nplot()": "plot()",
    "# why\n#| label: fig-a\nplot()": "# why\nplot()",
    "%%time\n#| label: fig-a\nplot()": "%%time\nplot()",
    "\n%%capture out\n\n# why\n# | label: fig-a\n\nplot()": "%%capture out\n\n# why\n\nplot()",
    "# why\n#| label: fig-a\n# and more\n#| echo: true\nplot()": "# why\n# and more\nplot()",
    "#| label: fig-a\nplot('''\n#| echo: true\n''')": "plot('''\n#| echo: true\n''')",
    "#| label: fig-a": "",
}


@pytest.mark.parametrize("source", HEADS)
def test_options_stand_at_the_head_in_any_spelling(source: str) -> None:
    assert parse_options(source, PLACE).label == "fig-a"
    assert without_options(source) == HEADS[source]


def test_what_looks_like_an_option_only_to_an_eye_is_code() -> None:
    source = "#: a comment\nx = 1  #| echo: true\nprint('#| echo: true')\n#| thus far\n"
    assert parse_options(source, PLACE) == CellOptions()
    assert without_options(source) == source.strip("\n")


VALUES = {
    "fig-cap: 2024-12-15": CellOptions(captions=("2024-12-15",)),
    "fig-cap: Yes": CellOptions(captions=("Yes",)),
    "fig-cap: 007": CellOptions(captions=("007",)),
    "label: 3": CellOptions(label="3"),
    "label:": CellOptions(),
    "fig-alt: ''": CellOptions(),
    "fig-subcap: [a, b c]": CellOptions(subcaptions=("a", "b c")),
    "fig-subcap:\n#|   - a\n#|   - b": CellOptions(subcaptions=("a", "b")),
    "fig-subcap: true": CellOptions(),
    "layout-ncol: 2": CellOptions(columns=2),
    "tbl-cap: Prices": CellOptions(table_caption="Prices"),
    "echo: no": CellOptions(echo=False),
    "echo: fenced": CellOptions(echo=True),
    "output: asis": CellOptions(output=True, as_is=True),
    "include: false": CellOptions(include=False),
    "eval: False": CellOptions(evaluates=False),
    "code-fold: true": CellOptions(folds=True),
    "code-fold: show": CellOptions(folds=True, opened=True),
    "code-summary: The code": CellOptions(summary="The code"),
    "tags: [remove_cell]": CellOptions(tags=("remove-cell",)),
    "warning: false": CellOptions(),
    "fig-width: 6.5": CellOptions(),
    "layout: [[1, 1], [1]]": CellOptions(),
    "fig-cap-location: top": CellOptions(),
}


@pytest.mark.parametrize("option", VALUES)
def test_the_option_says_what_its_value_is(option: str) -> None:
    assert parse_options(f"#| {option}", PLACE) == VALUES[option]


KNOWN = (
    "label, fig-cap, fig-subcap, fig-alt, layout-ncol, layout-nrow, tbl-cap, echo, output, include, eval, code-fold, "
    "code-summary, tags, and Quarto's others"
)
MISTAKES = {
    "#| fig-caption: A": "a.ipynb, cell 1, line 1: unknown cell option 'fig-caption': did you mean 'fig-cap'?",
    "#| caption: A": "a.ipynb, cell 1, line 1: unknown cell option 'caption': did you mean 'fig-cap'?",
    "#| fig_cap: A": "a.ipynb, cell 1, line 1: unknown cell option 'fig_cap': did you mean 'fig-cap'?",
    "#| figcap: A": "a.ipynb, cell 1, line 1: unknown cell option 'figcap': did you mean 'fig-cap'?",
    "# why\n\n#| lable: A": "a.ipynb, cell 1, line 3: unknown cell option 'lable': did you mean 'label'?",
    "#| Echo: true": "a.ipynb, cell 1, line 1: unknown cell option 'Echo': did you mean 'echo'?",
    "#| code.fold: true": "a.ipynb, cell 1, line 1: unknown cell option 'code.fold': did you mean 'code-fold'?",
    "#| warnings: false": "a.ipynb, cell 1, line 1: unknown cell option 'warnings': did you mean 'warning'?",
    "#| zebra: 1": f"a.ipynb, cell 1, line 1: unknown cell option 'zebra'; known are: {KNOWN}",
    "#| echo: yes please": "a.ipynb, cell 1, line 1: cell option 'echo' must be true or false or fenced, "
    "not 'yes please'",
    "#| include: asis": "a.ipynb, cell 1, line 1: cell option 'include' must be true or false, not 'asis'",
    "#| fig-alt: {a: b}": "a.ipynb, cell 1, line 1: cell option 'fig-alt' must be a text or a list of texts, "
    "not {'a': 'b'}",
    "#| label: [a]": "a.ipynb, cell 1, line 1: cell option 'label' must be a text, not ['a']",
    "#| layout-ncol: two": "a.ipynb, cell 1, line 1: cell option 'layout-ncol' must be a whole number, not 'two'",
    "\n#| label: fig-../../x": "a.ipynb, cell 1, line 2: 'fig-../../x' cannot name a figure: use 'fig-' and letters, "
    "digits, '-', '_'",
    "%%time\n#| fig-alt: a: b": "a.ipynb, cell 1, line 2: cell options: not valid YAML: "
    "mapping values are not allowed here",
    "#| echo": "a.ipynb, cell 1, line 1: cell options: write lines of the form 'key: value'",
    "x = 1\n#| label: fig-a": "a.ipynb, cell 1, line 2: a cell option stands behind code: "
    "move the line '#| label: fig-a' to the head of the cell",
}


@pytest.mark.parametrize("source", MISTAKES)
def test_a_mistake_in_an_option_is_named(source: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_options(source, PLACE)
    assert str(caught.value) == MISTAKES[source]


DISPLAYS = {
    ("", ()): Display(NO, NO, YES),
    ("echo: true", ()): Display(YES, YES, YES),
    ("echo: false", ()): Display(NO, YES, YES),
    ("echo: true\n#| output: false", ()): Display(YES, NO, NO),
    ("output: true", ()): Display(NO, YES, YES),
    ("code-fold: true", ()): Display(FOLDED, YES, YES),
    ("code-fold: true\n#| echo: false", ()): Display(NO, YES, YES),
    ("include: false\n#| echo: true", ()): Display(NO, NO, NO),
    ("", ("remove-cell",)): Display(NO, NO, NO),
    ("echo: true", ("remove-cell",)): Display(NO, NO, NO),
    ("", ("remove-input",)): Display(NO, YES, YES),
    ("echo: true", ("remove-input",)): Display(NO, YES, YES),
    ("", ("remove-output",)): Display(NO, NO, NO),
    ("echo: true", ("remove-output",)): Display(YES, NO, NO),
    ("", ("hide-cell",)): Display(FOLDED, FOLDED, FOLDED),
    ("", ("hide-input",)): Display(FOLDED, YES, YES),
    ("", ("hide-output",)): Display(NO, FOLDED, FOLDED),
    ("echo: true", ("hide-output",)): Display(YES, FOLDED, FOLDED),
    ("tags: hide-input", ()): Display(FOLDED, YES, YES),
}


@pytest.mark.parametrize("said", DISPLAYS)
def test_what_is_seen_of_a_cell_follows_from_its_options_and_tags(said: tuple[str, tuple[str, ...]]) -> None:
    option, tags = said
    options = parse_options(f"#| {option}" if option else "", PLACE)
    assert display_of(options, tags) == DISPLAYS[said]


def test_tags_of_visibility_have_one_spelling_and_others_are_the_author_s() -> None:
    tags = normal_tags(["Remove_Cell", "hide_input", "parameters", "raises-exception", "mine"], PLACE)
    assert tags == ("remove-cell", "hide-input", "parameters", "raises-exception", "mine")


@pytest.mark.parametrize(("tag", "near"), [("remove-cel", "remove-cell"), ("hide_inputs", "hide-input")])
def test_a_tag_that_nearly_hides_is_an_error(tag: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        normal_tags([tag], PLACE)
    assert str(caught.value) == f"a.ipynb, cell 1: unknown tag {tag!r}: did you mean {near!r}?"
