"""What differs from run to run and from machine to machine: what of it is found, and what only resembles it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.pages.traces import is_representation, without_addresses, without_paths

NOTEBOOK = Path("/home/ada/site/notebooks/small.ipynb")

REPRESENTATIONS = [
    "<__main__.A object at 0x7f3c2a1b4d90>",
    "[<matplotlib.lines.Line2D at 0x7f3c2a1b4d90>]",
    "<function f at 0x10a3f2e60>",
    "{'f': <function <lambda> at 0x7f3c2a1b4d90>, 'a': 1}",
    "<bound method A.f of <__main__.A object at 0x7f3c2a1b4d90>>",
    "<generator object <genexpr> at 0x7f3c2a1b4d90>",
    "<Axes: title={'center': 'x'}>",
    "<Axes: >",
    "<AxesSubplot:xlabel='t'>",
    "<Axes3D: xlabel='x', ylabel='y', zlabel='z'>",
    "array([<Axes: >, <Axes: >], dtype=object)",
    "<Figure size 640x480 with 1 Axes>",
    "(array([1., 2.]), array([1., 1.5, 2.]), <BarContainer object of 2 artists>)",
    "<a list of 2 Patch objects>",
    "<matplotlib.legend.Legend at 0x7f3c2a1b4d90>",
    "<seaborn.axisgrid.FacetGrid at 0x7f3c2a1b4d90>",
    "<IPython.core.display.HTML object>",
    "<function __main__.<lambda>()>",
    "<module 'numpy' from '/usr/lib/numpy/__init__.py'>",
    "Text(0.5, 1.0, 'x')",
    "Text(0.5, 0, 't')",
    "[Text(0, 0, 'a'), Text(1, 0, 'b')]",
    "0x7f3c2a1b4d90",
]
VALUES = [
    "3",
    "'<b>'",
    "<class 'int'>",
    "<Color.RED: 1>",
    "a < b > c",
    "<xarray.Dataset> Size: 8B\nDimensions: ()",
    "'0x9e3779b97f4a7c15'",
    "0x75bcd15",
    "Textual(0.5, 1)",
    "an object at rest",
    "Meet me at 0x10",
]


@pytest.mark.parametrize("text", REPRESENTATIONS)
def test_what_only_names_an_object_is_no_value(text: str) -> None:
    assert is_representation(text)


@pytest.mark.parametrize("text", VALUES)
def test_a_value_is_none(text: str) -> None:
    assert not is_representation(text)


def test_a_printed_line_with_an_address_goes_and_others_stay() -> None:
    assert without_addresses("one\nx: <__main__.A object at 0x7f3c2a1b4d90>\ntwo") == "one\ntwo"


PATHS = {
    "/home/ada/site/notebooks/data.csv": "data.csv",
    "/home/ada/site/static/a.png": "static/a.png",
    "at /home/ada/site/notebooks": "at .",
    f"{Path.home()}/x": "~/x",
    "File '/usr/lib/python3.11/random.py', line 3": "File '…/random.py', line 3",
    "(/tmp/tmpab12/x.txt)": "(…/x.txt)",
    "PosixPath('/opt/conda/lib')": "PosixPath('…/lib')",
    "file:///home/bob/x.csv": "…/x.csv",
    r"C:\Users\bob\data.csv": "…/data.csv",
    r"'C:\\Users\\bob\\data.csv'": "'…/data.csv'",
    "https://example.org/usr/lib/x": "https://example.org/usr/lib/x",
    "1/2 and a/home/b": "1/2 and a/home/b",
    "/posts/a/ and 3 /4": "/posts/a/ and 3 /4",
    "~/tmp/x": "~/tmp/x",
}


@pytest.mark.parametrize("text", PATHS)
def test_no_path_is_that_of_a_machine(text: str) -> None:
    assert without_paths(text, NOTEBOOK) == PATHS[text]
