"""What MathJax takes and KaTeX does not, in the spelling of KaTeX: the page has all that the notebook shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# What KaTeX has in the place of an environment; nothing, where the environment only says how to number or to display.
ENVIRONMENTS: Mapping[str, str] = {
    "multline": "gather*",
    "eqnarray": "align*",
    "flalign": "align*",
    "subequations": "",
    "displaymath": "",
    "math": "",
}
# The same for those that KaTeX has in a display alone.
IN_LINE: Mapping[str, str] = {
    "align": "aligned",
    "alignat": "alignedat",
    "gather": "gathered",
    "split": "aligned",
    "equation": "",
}
COMMANDS: Mapping[str, str] = {
    "mbox": r"\text",
    "textsc": r"\text",
    "cr": r"\\",
    "hfill": r"\quad",
    "strut": "",
}
ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-z]+)\*?\}")
SPACED = re.compile(r"\\(begin|end)\s+\{")
# The middle column of an `eqnarray` holds a relation; in `align` it is the beginning of the right one.
MIDDLE_COLUMN = re.compile(r"&([^&\\]*(?:\\(?!\\)[A-Za-z]+[^&\\]*)?)&")
COMMAND = re.compile(rf"(?<!\\)((?:\\\\)*)\\({'|'.join(COMMANDS)})(?![A-Za-z])")
WITHOUT_EFFECT = re.compile(r"\\(?:require|vspace)\*?\s*\{[^{}]*\}")
FACE_AS_SCRIPT = re.compile(r"([_^])\s*(\\(?:rm|bf|it|sf|tt|cal|operatorname\*?)\s*\{[^{}]*\})")
WORDS = re.compile(r"\\(?:text(?:rm|it|bf|sf|tt|normal|up|md)?|[hf]box)\s*\{")
DOLLAR = re.compile(r"(?<!\\)\$")
SIGN = re.compile(r"(?<!\\)[_^&#]")
SIGNS: Mapping[str, str] = {"^": r"\textasciicircum{}"}


def in_katex(latex: str, *, displayed: bool) -> str:
    """The formula with what KaTeX has for each environment, command and sign that it lacks."""
    latex = SPACED.sub(r"\\\1{", latex)
    latex = COMMAND.sub(lambda match: match[1] + COMMANDS[match[2]], WITHOUT_EFFECT.sub("", latex))
    latex = FACE_AS_SCRIPT.sub(r"\1{\2}", _environments(latex, displayed=displayed))
    return "".join(_words(part) if is_words else DOLLAR.sub(r"\\$", part) for part, is_words in _parts(latex))


def _environments(latex: str, *, displayed: bool) -> str:
    if r"\begin{eqnarray" in latex:
        latex = MIDDLE_COLUMN.sub(r"&\1", latex)

    def renamed(match: re.Match[str]) -> str:
        name = ENVIRONMENTS.get(match[2], match[0])
        if not displayed:
            name = IN_LINE.get((match[2] if name == match[0] else name).rstrip("*"), name)
        if name == match[0]:
            return name
        return rf"\{match[1]}{{{name}}}" if name else ""

    return ENVIRONMENT.sub(renamed, latex)


def _parts(latex: str) -> Iterator[tuple[str, bool]]:
    """The formula in pieces, each with whether it is words between the braces of a `\\text`."""
    position = 0
    while found := WORDS.search(latex, position):
        end = _closing(latex, found.end())
        yield latex[position : found.end()], False
        yield latex[found.end() : end], True
        position = end
    yield latex[position:], False


def _closing(latex: str, position: int) -> int:
    """Where the brace is closed that was opened before a position; the end, if it is not."""
    depth = 1
    for brace in re.finditer(r"\\.|([{}])", latex[position:]):
        depth += {"{": 1, "}": -1}.get(brace[1], 0)
        if not depth:
            return position + brace.start()
    return len(latex)


def _words(text: str) -> str:
    """Words in which signs of mathematics are signs, but for the formulas in them."""
    parts = DOLLAR.split(text)
    return "$".join(
        part if number % 2 else SIGN.sub(lambda sign: SIGNS.get(sign[0], f"\\{sign[0]}"), part)
        for number, part in enumerate(parts)
    )
