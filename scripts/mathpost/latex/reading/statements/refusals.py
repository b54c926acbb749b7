"""What keeps a formula, or a part of it, from being read: nothing that stands in it is passed over."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mathpost.latex.reading.customs import ANNOTATIONS, OTHERWISE, VERBS, begins_annotation, is_variate
from mathpost.latex.reading.tokens import Token, arguments_of, depths_of, partners_of
from mathpost.latex.reading.tokens import commands as c

NO_SIDE: Final = "`{part}` has no {side} side: a relation needs both in one formula"
ALONE: Final = "`{part}` stands alone: write both sides in one formula, or waive it with a reason"
ARROW: Final = "`{part}` is not read beside another relation: write two formulas, or waive it with a reason"
NESTED: Final = "`{part}` stands where no claim is read: put it outside, or waive it with a reason"
BEHIND: Final = "`{part}` behind a statement is not read: join it with an operator, or write a formula of its own"
EITHER: Final = "`{part}`: that one of several statements holds is not evaluated; waive it with a reason"
GIVEN: Final = "`{part}` says when this row holds, which is not evaluated: waive it with a reason"
UNSPLIT: Final = "`{part}` holds a condition and a statement: put a comma between them"
NO_CLAIM: Final = "`{part}` is read as a condition, and nothing is stated: write the statement in the same formula"
GOES_ON: Final = "`{part}` may go on from several statements before it: write out its left side"
SIGNED: Final = "`{part}` may go on from what stands before it: put a comma between them, or join them"
UNREAD_BEFORE: Final = "`{part}` goes on from what is not read: write out its left side"
FACED: Final = "`{part}`: a relation in `{face}` is not read: put each side in `{face}`"
ASIDE: Final = {
    "label": "`{part}` under a brace is not read: write it as a formula of its own",
    "mark": "`{part}` over or under a sign is not read: write it as a formula of its own",
    "text": "`{part}` in a text is not read: put the relation outside of the text",
    r"\tag": "`{part}` in a tag is not read: write it as a formula of its own",
    r"\tag*": "`{part}` in a tag is not read: write it as a formula of its own",
    r"\footnote": "`{part}` in a footnote is not read: write it as a formula of its own",
    r"\phantom": "`{part}` is not shown: leave it out",
    r"\hphantom": "`{part}` is not shown: leave it out",
    r"\vphantom": "`{part}` is not shown: leave it out",
}


@dataclass(frozen=True)
class Refusal:
    """Why a statement is not read; `position` is where in its `latex` what is not read begins."""

    reason: str
    latex: str
    position: int


def refusal(message: str, latex: str, part: str, **more: str) -> Refusal:
    part = " ".join(part.split())
    return Refusal(message.format(part=part, **more), latex, max(0, latex.find(part)))


def unread_relation(tokens: list[Token]) -> Token | None:
    """A relation in an expression that nothing around it reads.

    Read are those of binders, arguments, events, sets, indicators, conditions under a bar, and branches of `cases`.
    """
    partners = partners_of(tokens)
    arguments = arguments_of(tokens, partners)
    closed = {stop: start for start, stop in partners.items()}
    for index, token in enumerate(tokens):
        if token.kind != "relation":
            continue
        around = [(start, stop) for start, stop in partners.items() if start < index < stop]
        scripted = index > 0 and tokens[index - 1].kind == "script"
        if not scripted and not any(_reads(tokens, closed, arguments, index, *group) for group in around):
            return token
    return None


def _reads(tokens: list[Token], closed: dict[int, int], arguments: set[int], index: int, start: int, stop: int) -> bool:
    """Whether a group reads the relations that stand in it."""
    opening, before = tokens[start], tokens[start - 1] if start else None
    if opening.kind == "begin":
        braced = before is not None and before.text == r"\{"
        return (opening.text in c.CASES or braced) and _is_given(tokens, start, index)
    if opening.kind == "{":
        return before is not None and before.kind == "script" and _takes_bounds(tokens, closed, start - 1)
    if opening.text == r"\{" and _builds_set(tokens, index, start, stop):
        return True
    if opening.text == "|" or opening.text == "||":
        return False
    return before is not None and _is_called(tokens, closed, arguments, start - 1, opening)


def _builds_set(tokens: list[Token], index: int, start: int, stop: int) -> bool:
    """`\\{x : x > 0\\}`, `\\{x \\in S\\}`, the event `\\{X = 1\\}`; but `\\{a = b\\}` may state something."""
    held = tokens[start + 1 : stop]
    divided = any(token.text in (":", "|", ";") for token in held)
    return divided or tokens[index].text in (r"\in", r"\notin", r"\subset", r"\subseteq") or any(map(is_variate, held))


def _takes_bounds(tokens: list[Token], closed: dict[int, int], script: int) -> bool:
    """A subscript does; a power does where it is the upper bound of an operator or a bar."""
    if tokens[script].text == "_":
        return True
    place = closed.get(script - 1, script - 1)
    if place < 0:
        return False
    return tokens[script - 1].kind in ("command", "bar", "close") or tokens[place - 1].kind == "script"


def _is_given(tokens: list[Token], start: int, index: int) -> bool:
    """Whether a relation stands in the second column, or behind a word like `if`."""
    for token in reversed(tokens[start:index]):
        if token.kind == "row":
            return False
        if token.kind == "cell" or token.kind in ("text", "word"):
            return True
    return False


def _is_called(tokens: list[Token], closed: dict[int, int], arguments: set[int], place: int, opening: Token) -> bool:
    """Whether a bracket holds the arguments of what stands before it: `P(X = 1)`, `\\mathbb{1}[y = k]`."""
    before = tokens[place]
    if opening.text == "[":
        return True  # Iverson's bracket, at least
    if before.kind in ("name", "word", "text", "close"):
        return True
    if before.kind == "}":
        command = tokens[closed[place] - 1] if closed.get(place) else None
        return command is None or command.text not in (r"\frac", r"\binom", r"\sqrt")
    return before.text in ("1", "'") or before.text in c.MOMENTS or before.text in c.EXTREMA


def is_remark(piece: list[Token]) -> bool:
    """Whether a piece without a relation says nothing: words, dots, a number, the end of a proof, a name in prose."""
    first = piece[0]
    if is_number(piece) or all(token.text == r"\dots" or token.text in c.ENDS for token in piece):
        return True
    if all(token.kind in ("text", "word", "separator", "quad", "connective") for token in piece):
        return True
    whole = first.kind in ("open", "{") and partners_of(piece).get(0) == len(piece) - 1
    if whole and len(piece) > 1 and piece[1].kind in ("text", "connective"):
        comments = begins_annotation(piece[1]) and operator_behind_words(piece[1:-1]) is None
        return comments or all(token.kind != "operator" for token in piece)
    if _tells(piece[1:-1] if whole else piece) or (first.kind == "{" and piece[1].text == ";"):
        return True
    worded = first.kind == "text" or (first.kind == "word" and first.text.lower() in ANNOTATIONS | OTHERWISE)
    return (worded or first.text == r"\forall") and operator_behind_words(piece) is None


def _tells(piece: list[Token]) -> bool:
    """`p(w) \\text{ is a constant}`: a sentence about what stands before its verb."""
    outer = [token for token, level in zip(piece, depths_of(piece), strict=True) if not level]
    said = [token.text.split() for token in outer if token.kind == "text"]
    return any(words and words[0].lower() in VERBS for words in said) and operator_behind_words(piece) is None


def is_question(side: list[Token]) -> bool:
    """`a = ?` asks, and claims nothing."""
    said = [token for token in side if token.kind != "quad"]
    return bool(said) and all(token.text.strip() == "?" for token in said)


def is_number(piece: list[Token]) -> bool:
    """`(1)` behind a formula is its number."""
    bracketed = len(piece) == 3 and piece[0].text == "(" and piece[2].text == ")"
    return bracketed and (piece[1].kind == "number" or piece[1].text in ("*", r"\star", r"\dagger"))


def operator_behind_words(piece: list[Token]) -> Token | None:
    """An operator right behind a text: what it joins is no prose."""
    words = [token for token in piece if token.kind not in ("quad", "separator")]
    for before, token in pairwise(words):
        if token.kind == "operator" and before.kind == "text":
            return token
    return None
