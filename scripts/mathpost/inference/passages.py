"""A document as a sequence of what it states and what it says: formulas in order, each with the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mathpost.ground.errors import FormulaError
from mathpost.latex import parse
from mathpost.latex.reading import parse_pattern
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import UNDECLARED, Call, Declared, Index, Node, Symbol
from mathpost.text.cells import Cell, markdown_of
from mathpost.text.claims import Claim, find_claims, parse_claim
from mathpost.text.elements import Equation

_PARAGRAPH = re.compile(r"\n\s*\n")
_LAST_WORDS = 160


@dataclass(frozen=True)
class Statement:
    """One relation of the text. `left` and `right` are trees, or None and a `problem`; `before` are the words before.

    `follows` says that its left side is the right side of the statement before it, so that both are links of a chain.
    """

    number: int
    place: tuple[int, int]
    claim: Claim
    left: Node | None
    right: Node | None
    problem: str
    before: str
    follows: bool

    @property
    def trees(self) -> tuple[Node, ...]:
        return (self.left, self.right) if self.left is not None and self.right is not None else ()


@dataclass(frozen=True)
class Mention:
    """A formula in running text that states nothing, `$X$`, with the words before and behind it."""

    place: tuple[int, int]
    tree: Node
    before: str
    behind: str


@dataclass(frozen=True)
class Passages:
    """What a document holds, in order."""

    statements: tuple[Statement, ...]
    mentions: tuple[Mention, ...]
    declared: Declared


def read_passages(cells: Iterable[Cell]) -> Passages:
    """The statements and mentions of a document. Errors: InputError for a label that is used twice."""
    shown = list(markdown_of(cells))
    claims = find_claims(shown)
    words = {(cell.number, line): before for cell in shown for line, before in _words_before(cell)}
    mentions = tuple(mention for cell in shown for mention in _mentions(cell))
    declared = _declared(claims, mentions)
    statements: list[Statement] = []
    for number, claim in enumerate(claims):
        statements.append(_statement(number, claim, words, declared, statements))
    return Passages(tuple(statements), mentions, declared)


def parsed(claim: Claim, declared: Declared) -> tuple[Node, Node]:
    """Both sides of a claim. Errors: FormulaError."""
    if claim.relation == ":=" and not claim.refusal:
        return parse_pattern(claim.left), parse(claim.right, declared)
    return parse_claim(claim, declared)


def _statement(
    number: int,
    claim: Claim,
    words: dict[tuple[int | None, int], str],
    declared: Declared,
    earlier: Sequence[Statement],
) -> Statement:
    last = earlier[-1].claim if earlier else None
    follows = last is not None and last.right.strip() == claim.left.strip() and claim.display == last.display
    before = next((words[claim.cell, line] for line in range(claim.line, 0, -1) if (claim.cell, line) in words), "")
    place = (claim.cell or 0, claim.line)
    try:
        left, right = parsed(claim, declared)
    except FormulaError as error:
        return Statement(number, place, claim, None, None, error.message, before, follows)
    return Statement(number, place, claim, left, right, "", before, follows)


def _words_before(cell: Cell) -> Iterator[tuple[int, str]]:
    """For each formula, by its line, the words of its paragraph, or of the one before it."""
    source = cell.markup.source
    for equation in cell.markup.equations:
        text = source[: equation.start].rstrip()
        paragraph = _PARAGRAPH.split(text)[-1]
        yield equation.line, paragraph[-_LAST_WORDS * 4 :]


def _mentions(cell: Cell) -> Iterator[Mention]:
    source, equations = cell.markup.source, cell.markup.equations
    for place, equation in enumerate(equations):
        if equation.display:
            continue
        tree = _bare(equation.meaning)
        if tree is None:
            continue
        before = _before(source, equations, place)
        if not _PREPOSITION.search(before):
            yield Mention((cell.number or 0, equation.line), tree, before, _behind(source, equations, place))


def _bare(latex: str) -> Node | None:
    """The tree of a formula that is a name, `X`, `\\beta_t`, `p(x; \\theta)`; None for any other."""
    try:
        tree = parse(latex, UNDECLARED)
    except FormulaError:
        return None
    is_name = isinstance(tree, Symbol) or (isinstance(tree, (Index, Call)) and isinstance(_head(tree), Symbol))
    return tree if is_name else None


def _head(tree: Node) -> Node:
    while isinstance(tree, (Index, Call)):
        tree = tree.base if isinstance(tree, Index) else tree.function
    return tree


def _before(source: str, equations: Sequence[Equation], place: int) -> str:
    start = equations[place - 1].end if place else 0
    return _PARAGRAPH.split(source[start : equations[place].start])[-1][-_LAST_WORDS:]


_JOINED = re.compile(r"\s*(,|and|or|, and|&|/)\s*")
_PREPOSITION = re.compile(r"\b(of|by|in|from|to|with|than|for|at|on|over|under|length|size|between|mean|variance)\s*$")


def _behind(source: str, equations: Sequence[Equation], place: int) -> str:
    """The words behind a name up to the next name that is no part of them; those of a list go to each of its names."""
    told = ""
    for position in range(place, len(equations)):
        end = equations[position + 1].start if position + 1 < len(equations) else len(source)
        text = source[equations[position].end : end]
        sentence = re.split(r"\n\s*\n|(?<=[.;])\s", text)[0]
        told += sentence
        following = equations[position + 1] if position + 1 < len(equations) else None
        if len(sentence) < len(text) or following is None or following.display:
            return told
        if _JOINED.fullmatch(told):
            if not _may_begin_list(_before(source, equations, place)):
                return ""
            told = ""  # "x and y are vectors"
        elif _PREPOSITION.search(told) or _bare(following.meaning) is None:
            told += f"⟦{following.meaning}⟧"
        else:
            return told
    return told


def _may_begin_list(before: str) -> bool:
    """Whether a name may be the first of several that are spoken of together: few words of its clause are before it."""
    return len(re.split(r"[.,;:(]", before)[-1].split()) <= 2


def _declared(claims: Sequence[Claim], mentions: Sequence[Mention]) -> Declared:
    """What the whole text says of its names, for reading it: a `T` that counts is no transposition, a name that stands
    alone is multiplied by a bracket."""
    trees = [mention.tree for mention in mentions]
    for claim in claims:
        if not claim.refusal:
            try:
                trees += parsed(claim, UNDECLARED)
            except FormulaError:
                continue
    called, plain, alone = set(), set(), set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Call) and isinstance(node.function, Symbol):
                name = node.function.name
                called.add(name)
                if len(node.arguments) > 1 or isinstance(node.arguments[0], (Symbol, Index)):
                    plain.add(name)
        alone |= {symbol.name for symbol in standing_alone(tree)}
    functions = frozenset(name for name in called if name in plain or name not in alone)
    letters = {"T"} if "T" in alone or any(_counts(tree) for tree in trees) else set()
    symbols = frozenset(alone - functions) | letters
    return replace(UNDECLARED, functions=functions, symbols=frozenset(symbols))


def _counts(tree: Node) -> bool:
    """Whether `T` is an index or a bound here."""
    return any(
        isinstance(node, Index) and any(isinstance(index, Symbol) and index.name == "T" for index in node.indices)
        for node in walk(tree)
    )


def standing_alone(node: Node) -> Iterator[Symbol]:
    """The names that are not called here."""
    from mathpost.latex.tree import children

    if isinstance(node, Symbol):
        yield node
        return
    for child in children(node):
        if isinstance(node, Call) and child is node.function and isinstance(child, Symbol):
            continue
        yield from standing_alone(child)
