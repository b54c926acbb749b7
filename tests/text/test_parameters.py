"""Parameters: typed as YAML, known to the notebook, of the type of what they replace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.text.parameters import check_known, declared_in, fit, parse_assignments, read_parameters

PLACE = Place(Path("a.ipynb"))
DECLARED = {"m": 100, "sigma": 0.8, "name": "a", "noisy": True, "w": [1.0, 2.0], "names": ["a"], "rng": None}

VALUES = [
    ("500", 500),
    ("0.5", 0.5),
    ("1e3", 1000.0),
    ("-2", -2),
    ("true", True),
    ("null", None),
    ("[1, 2]", [1, 2]),
    ("text", "text"),
    ("'500'", "500"),
    ("010", 10),
    ("0x1F", 31),
    ("1_000", 1000.0),
    ("yes", "yes"),
    ("1:30", "1:30"),
    ("2024-01-01", "2024-01-01"),
    ("", None),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_value_is_typed_as_yaml_types_it(text: str, value: object) -> None:
    parsed = fit(parse_assignments([("x", text)]), {"x": None}, PLACE)["x"]
    assert (parsed, type(parsed)) == (value, type(value))


MISTAKES = {
    "nan": "parameter 'x' is nan: give a finite number",
    ".inf": "parameter 'x' is inf: give a finite number",
    "[1, .nan]": "parameter 'x' is nan: give a finite number",
    "{a: 1}": "parameter 'x' is {'a': 1}: give a number, a text, true, false or a list of them",
    "[1": "parameter 'x' has the value '[1', which is not YAML",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_value_that_no_notebook_should_get_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        fit(parse_assignments([("x", text)]), {"x": None}, PLACE)
    assert str(caught.value) == MISTAKES[text]


GIVEN = [
    ("name", "2024-01-02", "2024-01-02"),
    ("name", "2024", "2024"),
    ("name", "010", "010"),
    ("name", "1e3", "1e3"),
    ("name", "yes", "yes"),
    ("name", "True", "True"),
    ("name", "nan", "nan"),
    ("name", "1:30", "1:30"),
    ("name", "'a'", "a"),
    ("names", "[2024, no, b]", ["2024", "no", "b"]),
    ("noisy", "yes", True),
    ("noisy", "Off", False),
    ("noisy", "false", False),
    ("m", "010", 10),
    ("m", "1e3", 1000),
    ("m", "1_000", 1000),
    ("sigma", "2", 2.0),
    ("w", "[1, 2.5]", [1, 2.5]),
]


@pytest.mark.parametrize(("name", "written", "value"), GIVEN)
def test_what_is_written_gives_way_to_the_type_that_is_declared(name: str, written: str, value: object) -> None:
    fitted = fit(parse_assignments([(name, written)]), DECLARED, PLACE)[name]
    assert (fitted, type(fitted)) == (value, type(value))


REFUSED = [
    ("m", "1:30", "parameter 'm' is 100 in the notebook (int); '1:30' is not int"),
    ("m", "2024-01-02", "parameter 'm' is 100 in the notebook (int); '2024-01-02' is not int"),
    ("m", "'500'", "parameter 'm' is 100 in the notebook (int); '500' is not int"),
    ("noisy", "1", "parameter 'noisy' is True in the notebook (bool); 1 is not bool"),
    ("name", "[a]", "parameter 'name' is 'a' in the notebook (str); ['a'] is not str"),
    ("name", "null", "parameter 'name' is 'a' in the notebook (str); None is not str"),
]


@pytest.mark.parametrize(("name", "written", "message"), REFUSED)
def test_what_is_written_and_of_another_type_is_refused(name: str, written: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        fit(parse_assignments([(name, written)]), DECLARED, PLACE)
    assert str(caught.value) == f"a.ipynb: {message}"


def test_a_parameters_cell_declares_what_it_assigns() -> None:
    source = "m = 100  # samples\nsigma: float = 0.8\na = b = -1\nrng = make(m)\nx.y = 3\nprint(m)"
    assert declared_in(source, PLACE) == {"m": 100, "sigma": 0.8, "a": -1, "b": -1, "rng": None}


def test_a_parameters_cell_that_is_not_python_is_named() -> None:
    with pytest.raises(InputError) as caught:
        declared_in("m = 1\nm =", Place(Path("a.ipynb"), 2))
    assert str(caught.value) == "a.ipynb, cell 2, line 2: the parameters cell is not Python: invalid syntax"


def test_an_unknown_parameter_lists_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        check_known({"n": 1}, ["seed", "m"], PLACE)
    assert str(caught.value) == "a.ipynb: unknown parameter 'n'; known are: m, seed"


def test_without_a_parameters_cell_none_is_known() -> None:
    with pytest.raises(InputError) as caught:
        check_known({"n": 1}, [], PLACE)
    assert str(caught.value) == "a.ipynb: unknown parameter 'n'; known are: none (no cell is tagged 'parameters')"


FITTING = [("m", 5, 5), ("m", 5.0, 5), ("sigma", 2, 2.0), ("name", "b", "b"), ("w", [3], [3]), ("rng", "x", "x")]


@pytest.mark.parametrize(("name", "given", "value"), FITTING)
def test_a_number_takes_the_type_of_what_it_replaces(name: str, given: object, value: object) -> None:
    fitted = fit({name: given, "elsewhere": 1}, DECLARED, PLACE)
    assert fitted == {name: value}
    assert type(fitted[name]) is type(value)


MISFITS = [
    ("m", 2.5, "parameter 'm' is 100 in the notebook (int); 2.5 is not int"),
    ("m", True, "parameter 'm' is 100 in the notebook (int); True is not int"),
    ("sigma", "big", "parameter 'sigma' is 0.8 in the notebook (float); 'big' is not float"),
    ("noisy", 1, "parameter 'noisy' is True in the notebook (bool); 1 is not bool"),
    ("name", 3, "parameter 'name' is 'a' in the notebook (str); 3 is not str"),
]


@pytest.mark.parametrize(("name", "given", "message"), MISFITS)
def test_a_value_of_another_type_is_refused(name: str, given: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        fit({name: given}, DECLARED, PLACE)
    assert str(caught.value) == f"a.ipynb: {message}"


def test_parameters_may_stand_in_a_yaml_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("m: 500\nsigma: 0.5\nname: 2024-01-02\n")
    assert fit(read_parameters(path), DECLARED, PLACE) == {"m": 500, "sigma": 0.5, "name": "2024-01-02"}


def test_a_file_of_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("- m\n")
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert str(caught.value) == f"{path}: the parameters must be lines of the form 'name: value'"


FILE_MISTAKES = {
    "m: 1\nm: 2": "{path}, line 2: parameters: 'm' stands here again, and in line 1 already: keep one",
    "m: [": "{path}, line 1: parameters: not valid YAML: expected the node content, but found '<stream end>'",
    "m: {a: 1}": "parameter 'm' is {{'a': 1}}: give a number, a text, true, false or a list of them",
}


@pytest.mark.parametrize("content", FILE_MISTAKES)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert str(caught.value) == FILE_MISTAKES[content].format(path=path)
