"""The customs of the field: what a name or a script is taken for where no notation decides."""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.relations import ARROWS
from mathpost.latex.reading.tokens.words import WORDS
from mathpost.latex.tree.nodes import Index, Interval, Node, Power, SetOf, Symbol

# -- what custom leaves open -------------------------------------------------------------------------------------------

READINGS: Final = {
    "d/dx": ("product", "factor"),
    "log": ("product", "factor"),
    "E": ("argument", "value"),
    "power": ("argument", "value"),
    "ratio": ("ratio", "factor"),
    "f^(n)": ("derivative", "power"),
    "f(A)": ("matrix", "entries"),
    "prod": ("rising", "falling"),
    "dh_t/dw": ("total", "immediate"),
}
"""Forms that are read in two ways, and what a notation may choose: whether a derivative, or a function without
brackets, reaches over the product behind it or ends with its first factor; whether the power of `\\mathbb{E}(X)^2` or
of `\\log(x)^2` is one of the argument or of the value; whether `\\log p / q` is the logarithm of the ratio; whether
`f^{(n)}` is a derivative or a power; whether a function of a matrix is the matrix function or taken entry by entry;
whether `\\prod_{k=1}^n A_k` of matrices is A_1 A_2 … or … A_2 A_1; whether `\\partial h_t / \\partial w` of a recursion
goes through the steps before or holds them (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
neural networks", 2013)."""

# -- names -------------------------------------------------------------------------------------------------------------

CALLED: Final = frozenset(
    r"""p q P Q f g h F G H J L V D R K U O E Z \phi \pi \sigma \psi \Phi \Psi \Gamma \zeta \mu \rho \Pr \ell \nu
    \omega""".split()
)
"""Names that custom calls with any bracket; others only where the bracket looks like an argument list."""
INVERTED: Final = frozenset("fghFG")
"""Functions whose `^{-1}` is the inverse function, even where no bracket follows."""
LAWS: Final = frozenset(r"p q P Q r \pi \mu \rho \nu D \tau B b d G".split())
"""Names that stand for a law where they stand alone under an expectation."""
DENSITIES: Final = ("pqr", "PQ", ("p", "P", "q", r"\mathcal{N}"))
"""Families of densities: a function goes on from one to another of its family."""
POLICY_VALUES: Final = frozenset(r"V Q A J d \rho G U Z P R \eta T B \mathcal{T} \mathcal{B} v q".split())
"""Names to which a policy is raised: `V^\\pi`."""
CONSTANTS: Final = frozenset((r"\pi", "e"))
INDICATORS: Final = frozenset((r"\mathbb{1}", r"\mathbb{I}", "1", "I"))
INFINITESIMALS: Final = frozenset((*"xyztuvwrs", r"\theta"))
"""Names that make one name with a `d` before them: `dx`."""
ADJACENT: Final = frozenset("".join(pair) for pair in pairwise("abcdefghijklmnopqrstuvwxyz"))
"""Letters that run together in a condition: `i < j` binds both."""


def is_set(node: Node) -> bool:
    """Whether custom takes a node for a set: `\\mathbb{R}`, `\\mathcal{X}`, `\\{0, 1\\}`, and their powers."""
    if isinstance(node, Power | Index):
        return is_set(node.base)
    if isinstance(node, Symbol):
        return node.name.startswith((r"\mathbb{", r"\mathcal{")) and node.name not in c.MOMENTS
    return isinstance(node, SetOf | Interval)


def is_variate(token: Token) -> bool:
    """Whether custom takes a name for a random one: a capital or a Greek letter, so that `\\{X = 1\\}` is an event."""
    return token.kind == "name" and token.text != r"\dots" and (token.text.isupper() or token.text[0] == "\\")


_LABEL: Final = re.compile(r"[A-Z]{2,}\d?|[A-Za-z]+\d+[A-Za-z]+")

# -- scripts -----------------------------------------------------------------------------------------------------------

INDEX_LETTERS: Final = frozenset("ijklmnstTNKM") | {r"\ell", r"\tau"}
LABELLED_MATRICES: Final = frozenset("WHXZEFV")
"""Bold capitals that custom labels rather than raises: `\\mathbf{W}^q`, but `\\mathbf{A}^n`."""
DECORATING: Final = frozenset(
    r"* \ast + - \star \dagger \perp \bot \# \circ \bullet \natural \sharp \flat \square \checkmark".split()
)
TRANSPOSES: Final = frozenset(("T", r"\top", "⊤"))


def is_text(token: Token) -> bool:
    return token.kind == "text" or (token.kind == "word" and token.text not in TRANSPOSES)


def is_index(tokens: Sequence[Token]) -> bool:
    """Whether custom takes a script for an index: letters i to t, digits, and sums of those."""
    found = False
    for token in tokens:
        if token.kind == "number" or token.text in INDEX_LETTERS:
            found = True
        elif token.text not in ("+", "-", ",", "'", "(", ")", "|", "_", "^") and token.kind not in "{}":
            return False
    return found and tokens[0].text not in ("+", "|", ",")


def is_pair(tokens: Sequence[Token]) -> bool:
    """Whether two small letters are two indices because one of them always is: `R_{ui}`, but `x_{te}`."""
    letters = len(tokens) == 2 and all(token.kind == "name" and token.text.islower() for token in tokens)
    return letters and not {"i", "j", "k"}.isdisjoint(token.text for token in tokens)


def is_indexed(tokens: Sequence[Token]) -> bool:
    """Whether a script is an entry itself, as the class `y_i` is in `f_{y_i}`."""
    entry = len(tokens) > 2 and tokens[0].kind == "name" and tokens[0].text.islower() and tokens[1].text == "_"
    return entry and all(token.text in INDEX_LETTERS or token.kind in "{}" for token in tokens[2:])


def is_upper_index(tokens: Sequence[Token]) -> bool:
    """Whether custom may take a superscript for an index: a letter alone, or a sum of letters and digits behind one."""
    if len(tokens) == 1:
        return tokens[0].kind == "name" and tokens[0].text not in TRANSPOSES | DECORATING | {r"\dots", r"\infty"}
    return is_index(tokens) and tokens[0].kind == "name"


def is_label(tokens: Sequence[Token]) -> bool:
    """Whether custom takes a superscript for a name by itself: capitals, letters with digits between, an arrow."""
    if any(token.kind == "relation" and token.text in ARROWS for token in tokens):
        return True
    run = "".join(token.text for token in tokens)
    side_by_side = all(one.end == other.start for one, other in pairwise(tokens))
    return side_by_side and _LABEL.fullmatch(run) is not None


def is_worded(tokens: Sequence[Token]) -> bool:
    """Whether a script is made of words, and is no expression with words in it."""
    if len(tokens) == 1 and tokens[0].kind == "command":
        return tokens[0].text[1:] in WORDS
    tokens = _outermost(tokens)
    plain = not any(
        token.kind in ("operator", "command", "relation") and token.text not in ("-", "/", "+") for token in tokens
    )
    bracket = any(token.kind == "open" for token in tokens[1:])
    return any(map(is_text, tokens)) and plain and not bracket and tokens[0].text not in ("-", "+")


def _outermost(tokens: Sequence[Token]) -> list[Token]:
    """Without the scripts inside."""
    kept: list[Token] = []
    depth, skipping = 0, -1
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if skipping < 0 and token.kind == "script" and token.text != "'":
            skipping = depth
        elif skipping >= 0:
            if depth == skipping:
                skipping = -1
        else:
            kept.append(token)
    return kept


# -- annotations -------------------------------------------------------------------------------------------------------

ANNOTATIONS: Final = frozenset(
    """where for if and with since because by when such as is otherwise subject s.t. using from we let here so then
    or but thus hence therefore note assuming assume given which that i.e. e.g. are in as via w.r.t. while whenever
    whose any all are to on at iff follows this the""".split()
)
"""Words that an annotation begins with."""
VERBS: Final = frozenset("is are was were has have does do holds hold".split())
"""Words that make a sentence of what stands before them."""
INTRODUCING: Final = frozenset(("if", "for", "when", "with", "where", ""))
"""Words before a condition."""
JOINING: Final = frozenset(("and", "or", "and if", "with", "where", "for"))
"""Words between two conditions."""
SUCH_THAT: Final = frozenset(("s.t.", "such that", "subject to", "with"))
"""Words that divide what is meant from its condition."""
OTHERWISE: Final = frozenset("otherwise else otherwise. else. o.w. other elsewhere elsewhere.".split())


def is_annotation(token: Token) -> bool:
    """A text that comments: it begins or ends with a space, or with a word like `where`."""
    if token.kind != "text":
        return False
    return begins_annotation(token) or (token.text[0] in " (" and len(_said(token).split()) > 3)


def begins_annotation(token: Token) -> bool:
    """Whether a text begins like an annotation: with a word like `where` or `and`, or with a sign."""
    if token.text.lstrip()[:1] in (";", "(", ",", ":", "-", "%"):
        return True
    words = _said(token).split()
    return not words or words[0] in ANNOTATIONS or words[0].strip(",.:;") in ANNOTATIONS


def _said(token: Token) -> str:
    return token.text.strip(" ,;:()").lower()
