"""The options and tags of a code cell, as in Quarto and Jupyter: what the author wants to be seen of it.

    head = { blank line | comment | "%%" magic | option }
    option = "#" { space } "|" [ " " ] a line of YAML

What Quarto knows and a page has no use for is accepted unheard; what nobody knows is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Final

from mathpost.ground.errors import InputError, Place
from mathpost.text.written import Fields, Plain, read_yaml

FIGURE: Final = "fig-"
FIGURE_LABEL: Final = re.compile(r"fig-[A-Za-z0-9][A-Za-z0-9_-]*")
OPTION: Final = re.compile(r"#[ \t]*\|(?: ?)(.*)")
MAGIC: Final = "%%"
NOT_AT_THE_HEAD: Final = "a cell option stands behind code: move the line {line!r} to the head of the cell"
WHAT: Final = "cell options"
FORM: Final = f"{WHAT}: write lines of the form 'key: value'"
NEAR: Final = "unknown cell option {name!r}: did you mean {near!r}?"
NEAR_TAG: Final = "unknown tag {tag!r}: did you mean {near!r}?"
NO_FIGURE_NAME: Final = "{label!r} cannot name a figure: use 'fig-' and letters, digits, '-', '_'"
TRUE: Final = ("true", "yes", "on")
FALSE: Final = ("false", "no", "off")


class Kind(Enum):
    """What the value of an option is."""

    TEXT = "a text"
    TEXTS = "a text or a list of texts"
    FLAG = "true or false"
    COUNT = "a whole number"


# What has an effect on a page. Some of the flags have a third value.
KINDS: Final[Mapping[str, Kind]] = {
    "label": Kind.TEXT,
    "fig-cap": Kind.TEXTS,
    "fig-subcap": Kind.TEXTS,
    "fig-alt": Kind.TEXTS,
    "layout-ncol": Kind.COUNT,
    "layout-nrow": Kind.COUNT,
    "tbl-cap": Kind.TEXT,
    "echo": Kind.FLAG,
    "output": Kind.FLAG,
    "include": Kind.FLAG,
    "eval": Kind.FLAG,
    "code-fold": Kind.FLAG,
    "code-summary": Kind.TEXT,
    "tags": Kind.TEXTS,
}
UNKNOWN: Final = f"unknown cell option {{name!r}}; known are: {', '.join(KINDS)}, and Quarto's others"
# As neighbouring tools call them.
OTHER_NAMES: Final = {"alt": "fig-alt", "alt-text": "fig-alt", "cap": "fig-cap", "caption": "fig-cap", "name": "label"}
THIRD_VALUES: Final = {"echo": "fenced", "output": "asis", "code-fold": "show"}
# Quarto's other options of cells (https://quarto.org/docs/reference/cells/cells-jupyter.html), and knitr's.
UNHEARD_NAMES: Final = """
    aria-label cache cap-location classes code-annotations code-line-numbers code-overflow collapse column comment
    content-hidden content-visible context cross-reference dependson dev dpi engine error export fig-align fig-asp
    fig-cap-location fig-column fig-dpi fig-env fig-format fig-height fig-link fig-ncol fig-nrow fig-pos fig-process
    fig-responsive fig-scap fig-sep fig-showtext fig-width file filename freeze hide html-table-processing id
    ipynb-filters jupyter kernel language layout layout-align layout-valign lightbox lst-cap lst-label message
    opts_label out-height out-width output-location panel plotly-connected prompt purl renderings results slideshow
    strip-white tbl-cap-location tbl-colwidths tbl-column tbl-subcap tidy title version warning
"""
UNHEARD: Final = frozenset(UNHEARD_NAMES.split())
# Jupyter Book and nbconvert write these, with `-` or with `_`.
VISIBILITY_TAGS: Final = ("remove-cell", "remove-input", "remove-output", "hide-cell", "hide-input", "hide-output")
NEAR_ENOUGH: Final = 0.88


@dataclass(frozen=True)
class CellOptions:
    """The options at the head of a code cell. `echo` and `output` are None where the author says nothing."""

    label: str | None = None
    captions: tuple[str, ...] = ()
    subcaptions: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    columns: int | None = None
    rows: int | None = None
    table_caption: str = ""
    echo: bool | None = None
    output: bool | None = None
    as_is: bool = False
    include: bool = True
    evaluates: bool = True
    folds: bool = False
    opened: bool = False
    summary: str = ""
    tags: tuple[str, ...] = ()

    @property
    def is_figure(self) -> bool:
        return self.label is not None and self.label.startswith(FIGURE)

    @property
    def caption(self) -> str:
        """That of the whole; where several pictures have one each, there is none."""
        return self.captions[0] if len(self.captions) == 1 else self.table_caption


class Shown(Enum):
    """How a page has a part of a cell."""

    NO = "not at all"
    FOLDED = "behind a line that opens it"
    YES = "as it is"


@dataclass(frozen=True)
class Display:
    """What a page has of a cell; `outputs` are those that are no figures."""

    code: Shown = Shown.NO
    outputs: Shown = Shown.NO
    figures: Shown = Shown.YES

    @property
    def folds_together(self) -> bool:
        return self.code is self.outputs is Shown.FOLDED


NOTHING: Final = Display(Shown.NO, Shown.NO, Shown.NO)


def parse_options(source: str, place: Place) -> CellOptions:
    """The options of a code cell. Errors: InputError with the line, also for an option that stands behind code."""
    head = _head(source)
    given = _read("\n".join(_yaml_of(line) for line in head), place)
    values = {name: _checked(name, value, Place(place.file, place.cell, line)) for name, (value, line) in given.items()}
    for number, text in _behind(source, len(head)):
        raise InputError(NOT_AT_THE_HEAD.format(line=text), Place(place.file, place.cell, number))
    label = values.get("label")
    if isinstance(label, str) and label.startswith(FIGURE) and not FIGURE_LABEL.fullmatch(label):
        raise InputError(NO_FIGURE_NAME.format(label=label), Place(place.file, place.cell, given["label"][1]))
    return _options(values)


def without_options(source: str) -> str:
    """The code of a cell without its options; a comment or a magic that stands among them stays."""
    lines = source.splitlines()
    head = len(_head(source))
    return "\n".join([*(line for line in lines[:head] if not OPTION.fullmatch(line)), *lines[head:]]).strip("\n")


def normal_tags(tags: Iterable[str], place: Place) -> tuple[str, ...]:
    """The tags, those that say what is seen in one spelling. Errors: InputError for one that nearly is one of them."""
    return tuple(_normal_tag(tag, place) for tag in tags)


def display_of(options: CellOptions, tags: Sequence[str]) -> Display:
    """What is seen of a code cell. Its code is hidden unless the author speaks of showing it, in whichever words."""
    tags = (*tags, *options.tags)
    if not options.include or "remove-cell" in tags:
        return NOTHING
    code, outputs = _code_shown(options, tags), _outputs_shown(options, tags)
    folds = outputs is Shown.FOLDED
    removed = options.output is False or "remove-output" in tags
    figures = Shown.NO if removed else Shown.FOLDED if folds else Shown.YES
    speaks = code is not Shown.NO or options.echo is not None or options.output or "remove-input" in tags
    return Display(code, outputs if speaks or folds else Shown.NO, figures)


def _code_shown(options: CellOptions, tags: Sequence[str]) -> Shown:
    if options.echo is False or "remove-input" in tags:
        return Shown.NO
    if options.folds or "hide-input" in tags or "hide-cell" in tags:
        return Shown.FOLDED
    return Shown.YES if options.echo else Shown.NO


def _outputs_shown(options: CellOptions, tags: Sequence[str]) -> Shown:
    if options.output is False or "remove-output" in tags:
        return Shown.NO
    return Shown.FOLDED if "hide-output" in tags or "hide-cell" in tags else Shown.YES


def _normal_tag(tag: str, place: Place) -> str:
    dashed = tag.strip().lower().replace("_", "-")
    if dashed in VISIBILITY_TAGS:
        return dashed
    near = get_close_matches(dashed, VISIBILITY_TAGS, 1, NEAR_ENOUGH)
    if near:
        raise InputError(NEAR_TAG.format(tag=tag, near=near[0]), place)
    return tag


def _head(source: str) -> list[str]:
    """The lines before the first line of code."""
    head: list[str] = []
    for line in source.splitlines():
        is_magic = line.startswith(MAGIC) and not any(before.strip() for before in head)
        if line.strip() and not line.startswith("#") and not is_magic:
            break
        head.append(line)
    return head if any(OPTION.fullmatch(line) for line in head) else []


def _yaml_of(line: str) -> str:
    """A line without an option is empty, so that lines keep their numbers."""
    option = OPTION.fullmatch(line)
    return option[1] if option else ""


def _behind(source: str, head: int) -> Iterator[tuple[int, str]]:
    """What would be an option if it stood at the head, outside of strings."""
    in_string: str | None = None
    for number, line in enumerate(source.splitlines(), 1):
        option = OPTION.fullmatch(line)
        if number > head and in_string is None and option and option[1].partition(":")[0] in KINDS:
            yield number, line
        in_string = _string_behind(line, in_string)


def _string_behind(line: str, opened: str | None) -> str | None:
    """Which triple quotes are open at the end of a line."""
    for quotes in re.findall(r"\"{3}|'{3}", line):
        if opened is None:
            opened = quotes
        elif opened == quotes:
            opened = None
    return opened


def _read(text: str, place: Place) -> dict[str, tuple[object, int]]:
    """Each option with its value, all scalars as they are written, and its line."""
    fields = read_yaml(text, place, WHAT)
    if fields is None:
        return {}
    if not isinstance(fields, Fields):
        line = next(number for number, line in enumerate(text.splitlines(), 1) if line.strip())
        raise InputError(FORM, Place(place.file, place.cell, line))
    return {name: (_written(value), fields.lines[name]) for name, value in fields.items()}


def _written(node: object) -> object:
    if isinstance(node, Plain):
        return node.written
    if isinstance(node, list):
        return [_written(each) for each in node]
    return {name: _written(value) for name, value in node.items()} if isinstance(node, dict) else node


def _checked(name: str, value: object, place: Place) -> object:
    """The value as the type of its option has it."""
    if name in UNHEARD:
        return value
    if name not in KINDS:
        near = _near(name.lower().replace("_", "-").replace(".", "-"))
        raise InputError(NEAR.format(name=name, near=near) if near else UNKNOWN.format(name=name), place)
    read = _READERS[KINDS[name]](value)
    if name == "fig-subcap" and isinstance(value, str) and value.lower() in TRUE:
        return ()
    if isinstance(value, str) and value == THIRD_VALUES.get(name):
        return value
    if read is None:
        third = f" or {THIRD_VALUES[name]}" if name in THIRD_VALUES else ""
        raise InputError(f"cell option {name!r} must be {KINDS[name].value}{third}, not {value!r}", place)
    return read


def _near(name: str) -> str | None:
    """The option that is likely meant: rather one that has an effect than one that has none."""
    found = [*get_close_matches(name, KINDS, 1, 0.75), *get_close_matches(name, UNHEARD, 1, 0.75)]
    return OTHER_NAMES.get(name) or next(iter(found), None)


def _text(value: object) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...] | None:
    texts = [_text(each) for each in (value if isinstance(value, list) else [value])]
    return tuple(text for text in texts if text is not None) if None not in texts else None


def _flag(value: object) -> bool | None:
    word = value.lower() if isinstance(value, str) else ""
    return word in TRUE if word in (*TRUE, *FALSE) else None


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() and int(value) else None


_READERS: Final = {Kind.TEXT: _text, Kind.TEXTS: _texts, Kind.FLAG: _flag, Kind.COUNT: _count}


def _options(values: Mapping[str, object]) -> CellOptions:
    fields: dict[str, object] = {
        "label": values.get("label") or None,
        "captions": _some(values.get("fig-cap")),
        "subcaptions": values.get("fig-subcap", ()),
        "alts": _some(values.get("fig-alt")),
        "columns": values.get("layout-ncol"),
        "rows": values.get("layout-nrow"),
        "table_caption": values.get("tbl-cap", ""),
        "echo": bool(values["echo"]) if "echo" in values else None,
        "output": bool(values["output"]) if "output" in values else None,
        "as_is": values.get("output") == "asis",
        "include": values.get("include", True),
        "evaluates": values.get("eval", True),
        "folds": bool(values.get("code-fold")),
        "opened": values.get("code-fold") == "show",
        "summary": values.get("code-summary", ""),
        "tags": tuple(tag.replace("_", "-") for tag in _some(values.get("tags"))),
    }
    return CellOptions(**fields)  # type: ignore[arg-type]


def _some(texts: object) -> tuple[str, ...]:
    return tuple(text for text in texts if text) if isinstance(texts, tuple) else ()
