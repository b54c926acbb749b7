"""Macros of a site: what its configuration and its scripts define holds in its posts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathpost.text.macros import macros_around, macros_in

SCRIPTS = {
    "KaTeX": (r'renderMathInElement(document.body, {macros: {"\\RR": "\\mathbb{R}"}})', {r"\RR": r"\mathbb{R}"}),
    "MathJax": (r"window.MathJax = {tex: {macros: {E: '\\mathbb{E}', norm: ['\\|#1\\|', 1]}}}", {r"\E": r"\mathbb{E}"}),
    "none of these": (r'render({macros: {"\\RR": "\\mathbb{R}"}})', {}),
    "in prose": ("KaTeX knows macros, and MathJax does, too.", {}),
}


@pytest.mark.parametrize(("script", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_defines_macros_for_katex_or_mathjax_alone(script: str, expected: dict[str, str]) -> None:
    found = dict(macros_in(script))
    assert expected.items() <= found.items()
    assert expected or not found


def test_the_configuration_of_a_site_goes_before_its_scripts(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[params.katex.macros]\n"\\\\RR" = "\\\\mathbb{R}"\n', encoding="utf-8")
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    script = r'renderMathInElement(body, {macros: {"\\RR": "\\mathcal{R}", "\\EE": "\\mathbb{E}"}})'
    (layouts / "head.html").write_text(f"<script>{script}</script>", encoding="utf-8")
    found = macros_around(tmp_path / "notebooks" / "post.ipynb")
    assert found[r"\RR"] == r"\mathbb{R}"
    assert found[r"\EE"] == r"\mathbb{E}"


def test_where_there_is_no_site_there_are_no_macros(tmp_path: Path) -> None:
    assert macros_around(tmp_path / "post.ipynb") == {}
