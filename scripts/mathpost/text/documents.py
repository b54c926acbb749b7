"""A document with formulas: a notebook, or a page of Markdown of any site, which is one cell without a number."""

from __future__ import annotations

import re
from pathlib import Path

from mathpost.ground.errors import InputError, Place
from mathpost.text.cells import Cell, cells_of_notebook, cells_of_texts
from mathpost.text.macros import macros_around
from mathpost.text.markup import Dialect


def read_document(path: Path) -> tuple[Cell, ...]:
    """The cells of a notebook, or the text of a page, its front matter blanked so that lines keep their numbers."""
    try:
        data = path.read_bytes()
        if path.suffix == ".ipynb":
            return cells_of_notebook(data, path, macros_around(path))
        source = data.decode("utf-8")
        text = _body_of_latex(source) if path.suffix == ".tex" else _without_front_matter(source)
        return cells_of_texts([(None, text)], Dialect.PAGE, macros_around(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't be read: {error}", Place(path)) from None


def _without_front_matter(source: str) -> str:
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    mark = lines[0].strip()
    if mark not in ("---", "+++"):
        return "\n".join(lines)
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == mark or (mark == "---" and line.strip() == "..."):
            return "\n".join([""] * (number + 1) + lines[number + 1 :])
    return "\n".join(lines)


_COMMENT = re.compile(r"(?<!\\)%.*")
_VERBATIM = re.compile(r"\\begin\{(verbatim|lstlisting|minted|comment|tikzpicture)\*?\}.*?\\end\{\1\*?\}", re.DOTALL)
_HEADING = re.compile(r"^\s*\\((?:sub)*)section\*?\{([^{}]*)\}", re.MULTILINE)


def _body_of_latex(source: str) -> str:
    """What stands in the document of a LaTeX file, as Markdown: comments and listings blanked, sections as headings."""
    source = source.replace("\r\n", "\n")
    begin, end = source.find(r"\begin{document}"), source.find(r"\end{document}")
    if begin >= 0:
        start = begin + len(r"\begin{document}")
        source = "\n" * source[:start].count("\n") + source[start : end if end > start else len(source)]
    text = _VERBATIM.sub(lambda match: "\n" * match[0].count("\n"), _COMMENT.sub("", source))
    return _HEADING.sub(lambda match: "#" * (1 + len(match[1]) // 3) + f" {match[2]}", text)
