"""Parameters: typed as YAML, known to the notebook, of the type of what they replace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.ground.errors import InputError, Place
from mathpost.text.parameters import check_known, declared_in, fit, parse_assignments, read_parameters

PLACE = Place(Path("a.ipynb"))
DECLARED = {"m": 100, "sigma": 0.8, "name": "a", "noisy": True, "w": [1.0, 2.0], "rng": None}

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
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_value_is_typed_as_yaml_types_it(text: str, value: object) -> None:
    parsed = parse_assignments([("x", text)])["x"]
    assert (parsed, type(parsed)) == (value, type(value))


MISTAKES = {
    "nan": "parameter 'x' is nan: give a finite number",
    ".inf": "parameter 'x' is inf: give a finite number",
    "[1, .nan]": "parameter 'x' is nan: give a finite number",
    "2024-01-01": "parameter 'x' is datetime.date(2024, 1, 1): give a number, a text, true, false or a list of them",
    "{a: 1}": "parameter 'x' is {'a': 1}: give a number, a text, true, false or a list of them",
    "[1": "parameter 'x' has the value '[1', which is not YAML",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_value_that_no_notebook_should_get_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_assignments([("x", text)])
    assert str(caught.value) == MISTAKES[text]


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
    path.write_text("m: 500\nsigma: 0.5\n")
    assert read_parameters(path) == {"m": 500, "sigma": 0.5}


def test_a_file_of_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("- m\n")
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert str(caught.value) == f"{path}: the parameters must be lines of the form 'name: value'"
