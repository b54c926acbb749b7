"""A formula into chains of sides and relations, without parsing them: one side that can't be read hides no other.

Relations, commas, `\\quad` and rows split on the outermost level only: inside brackets, braces, scripts and
environments that mean something they do not. Whatever is neither a side nor a relation, nor stands beside a statement
as a condition, a remark or punctuation, is refused: a chain with a refusal is a claim that is not read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.customs import JOINING, begins_annotation
from mathpost.latex.reading.statements import refusals as r
from mathpost.latex.reading.statements.conditions import (
    is_limit,
    is_quantifier,
    is_range,
    is_unmistakable,
    may_quantify,
    relations_in,
    split_condition,
)
from mathpost.latex.reading.statements.cutting import BOUNDING, begins_for, cut
from mathpost.latex.reading.statements.groups import Face, depths_of, has_relation, opened, partners_of
from mathpost.latex.reading.statements.refusals import Refusal, refusal
from mathpost.latex.reading.statements.rows import Row, joined, rows_of
from mathpost.latex.reading.tokens import RELATING, Token, tokenize
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.relations import ARROWS


@dataclass(frozen=True)
class Chain:
    """`sides[0] relations[0] sides[1] …`; an empty first side goes on from what stands before. `places` are those of
    the relations in the formula. With a refusal, the only side is what is not read."""

    sides: tuple[str, ...]
    relations: tuple[str, ...]
    places: tuple[int, ...]
    refusal: Refusal | None = None

    @property
    def is_claim(self) -> bool:
        return bool(self.relations) or self.refusal is not None


def find_chains(latex: str) -> list[Chain]:
    """The statements of a formula. One that can't be cut is a claim all the same where a relation stands in it."""
    try:
        tokens = tokenize(latex)[:-1]
    except (FormulaError, RecursionError) as error:
        return [_uncut(latex, error)]
    if any(token.kind == "relation" for token in _unclosed(tokens)):
        return [_uncut(latex, None)]
    line = [token for token in tokens if token.kind != "aside"]
    cleared, faces = opened(line, latex)
    reader = _Reader(latex, faces)
    for row in joined(rows_of(cleared)):
        reader.read_row(row)
    return [*_beside(latex, tokens), *reader.finish()]


class _Reader:
    """Reads the rows of a formula in order; each statement becomes a chain."""

    def __init__(self, latex: str, faces: list[Face]) -> None:
        self.latex = latex
        self.faces = faces
        self.chains: list[Chain] = []
        self.conditions: list[list[Token]] = []
        self.spoken: set[str] = set()  # the tokens of the statements so far
        self.row_before: list[int] = []  # the chains of the row before that state something
        self.row: list[int] = []
        self.columns_before = self.in_columns = False

    def finish(self) -> list[Chain]:
        """All chains, and a refusal where there are conditions of nothing."""
        if not any(chain.is_claim for chain in self.chains):
            for condition in self.conditions:
                if has_relation(condition) and not is_unmistakable(condition, source_of(self.latex, condition)):
                    self.refuse(r.NO_CLAIM, condition)
        return merged(self.chains)

    @property
    def states(self) -> bool:
        return any(chain.is_claim for chain in self.chains)

    def read_row(self, row: Row) -> None:
        self.row_before, self.columns_before = self.row or self.row_before, self.in_columns if self.row else self.columns_before
        self.row, self.in_columns = [], row.is_aligned
        apart = row.is_aligned and self.columns_before and not row.is_indented
        spaced = [before.kind == "quad" for before in row.tokens]
        for piece in cut(row.tokens):
            place = row.tokens.index(piece[0])
            loose = spaced[place - 1] if place else not apart
            if loose and self.states and piece[0].kind == "operator" and has_relation(piece):
                self.refuse(r.SIGNED, trimmed(piece))
            else:
                self.read_piece(piece)

    def read_piece(self, piece: list[Token]) -> None:
        """One piece without what introduces it and the punctuation at its ends."""
        if piece[0].kind == "quad" and piece[0].text == "if":
            self.read_given(piece)
            return
        piece = trimmed(piece)
        while piece and _introduces(piece):
            piece = trimmed(piece[1:])
        if piece and begins_for(piece[0]):
            self.read_for(piece)
            return
        place = index_of(r"\forall", piece)
        if place is None:
            self.read_statement(piece)
            return
        self.read_statement(trimmed(piece[:place]))
        self.read_quantified(piece[place + 1 :])

    def read_for(self, piece: list[Token]) -> None:
        """`\\text{for all } x > 0` is a condition, `\\text{For a fair coin } p > 0` states something."""
        first, rest = piece[0], trimmed(piece[1:])
        if is_quantifier(first):
            self.read_quantified(rest)
            return
        relations = relations_in(rest)
        if self.states and may_quantify(first) and all(token.text in BOUNDING for token in relations):
            self.conditions.append(rest)
        elif any(token.kind == "relation" for token in rest):
            self.read_again(rest)

    def read_quantified(self, rest: list[Token]) -> None:
        """What stands behind `\\forall`: its condition, and what is said of it."""
        rest = trimmed(rest)
        condition, stated = split_condition(rest)
        if condition:
            self.conditions.append(condition)
        elif stated:
            self.refuse(r.UNSPLIT, rest)
            return
        if stated:
            self.read_again(trimmed(stated))

    def read_again(self, tokens: list[Token]) -> None:
        """A statement behind what introduced it."""
        tokens, faces = opened(tokens, self.latex)
        self.faces.extend(faces)
        for piece in cut(tokens):
            self.read_piece(piece)

    def read_given(self, piece: list[Token]) -> None:
        """The condition of a row of `cases`."""
        given = trimmed(piece)
        if any(token.kind == "relation" for token in given) and self.chains:
            before = self.chains.pop()
            self.refuse(r.GIVEN, given, " ".join([*_interleaved(before), source_of(self.latex, given)]))

    def read_statement(self, piece: list[Token]) -> None:
        if not piece or r.is_number(piece):
            return
        if not has_relation(piece):
            self.read_expression(piece)
            return
        relations = relations_in(piece)
        if index_of(r"\lor", piece) is not None:
            self.refuse(r.EITHER, piece)
        elif len(relations) > 1 and any(is_arrow(token) for token in relations):
            self.refuse(r.ARROW, piece)
        elif is_limit(piece):
            self.read_limit(piece)
        else:
            self.read_relations(piece)

    def read_limit(self, piece: list[Token]) -> None:
        """`n \\to \\infty` alone is spoken of, and a condition behind a statement."""
        if not self.states:
            self.chains.append(Chain((source_of(self.latex, piece),), (), ()))

    def read_relations(self, piece: list[Token]) -> None:
        """A statement cut at its relations."""
        sides: list[list[Token]] = [[]]
        relations: list[Token] = []
        for token, level in zip(piece, depths_of(piece), strict=True):
            if level == 0 and token.kind == "relation":
                sides.append([])
                relations.append(token)
            else:
                sides[-1].append(token)
        texts = [self.side(side) for side in sides]
        if len(texts) == 2 and not any(texts):
            self.refuse(r.ALONE, piece)
        elif not all(texts[1:]):
            self.refuse(r.NO_SIDE, piece, side="right")
        elif None in texts:
            face = next(face.command for face in self.faces if face.start <= piece[-1].start and piece[0].start < face.end)
            self.refuse(r.FACED, piece, face=face)
        elif self.states and is_range(piece, texts[-1] or "", self.spoken):
            self.conditions.append(piece)
        else:
            self.state(piece, [text or "" for text in texts], relations)

    def state(self, piece: list[Token], texts: list[str], relations: list[Token]) -> None:
        if not texts[0]:
            before = self.goes_on_from(piece)
            if before is None:
                return
            texts[0] = before
        chain = Chain(tuple(texts), tuple(t.text for t in relations), tuple(t.start for t in relations))
        self.spoken.update(token.text for token in piece)
        self.row.append(len(self.chains))
        self.chains.append(chain)

    def goes_on_from(self, piece: list[Token]) -> str | None:
        """The side that a statement without a left side goes on from; empty where the formula begins with it."""
        if not self.chains:
            return ""
        from_row = not self.row and len(self.row_before) > 1
        columns = len(self.row) < len(self.row_before) and self.row and self.in_columns and self.columns_before
        place = len(self.chains) - 1
        if columns:
            place = self.row_before[len(self.row)]
        elif from_row:
            if not (self.in_columns and self.columns_before):
                self.refuse(r.GOES_ON, piece)
                return None
            place = self.row_before[0]
        elif not self.row and self.row_before:
            place = self.row_before[0]
        if self.chains[place].refusal:
            self.refuse(r.UNREAD_BEFORE, piece)
            return None
        return self.chains[place].sides[-1]

    def read_expression(self, piece: list[Token]) -> None:
        """What states nothing: alone, a symbol that is spoken of; behind a statement, it would be lost."""
        source = source_of(self.latex, piece)
        if r.unread_relation(piece) is not None:
            self.refuse(r.NESTED, piece)
        elif self.states:
            if not r.is_remark(piece) and source not in JOINING:
                self.refuse(r.BEHIND, piece)
        elif not says_nothing(piece):
            self.chains.append(Chain((source,), (), ()))

    def refuse(self, message: str, piece: list[Token], whole: str = "", **more: str) -> None:
        part = source_of(self.latex, piece)
        text = whole or part
        place = next((token.start for token in piece if token.kind == "relation"), piece[0].start)
        self.row.append(len(self.chains))
        self.chains.append(Chain((text,), (), (place,), refusal(message, text, part, **more)))

    def side(self, tokens: list[Token]) -> str | None:
        """The source of a side, under the face that stands around the whole statement; None if only around a part."""
        text = source_of(self.latex, tokens)
        for face in self.faces:
            within = [face.start <= token.start < face.end for token in tokens]
            if any(within) and not all(within):
                return None
            if within and all(within):
                text = f"{face.command}{{{text}}}"
        return text


def index_of(text: str, piece: list[Token]) -> int | None:
    """Where a sign stands on the outermost level."""
    if all(token.text != text for token in piece):
        return None
    found = zip(piece, depths_of(piece), strict=True)
    return next((i for i, (token, level) in enumerate(found) if level == 0 and token.text == text), None)


def is_arrow(token: Token) -> bool:
    return token.text in ARROWS or token.text.removeprefix(r"\not") in ARROWS


def _interleaved(chain: Chain) -> list[str]:
    texts = [chain.sides[0]]
    for relation, side in zip(chain.relations, chain.sides[1:], strict=True):
        texts += [relation, side]
    return texts


def _beside(latex: str, tokens: list[Token]) -> list[Chain]:
    """What relates something beside the line: the label of a brace goes on from what stands over it."""
    found: list[Chain] = []
    closed = {stop: start for start, stop in partners_of(tokens).items()}
    for index, token in enumerate(tokens):
        if token.kind != "aside":
            continue
        content = latex[token.start : token.end]
        stated = [_moved(chain, token.start) for chain in find_chains(content) if chain.is_claim]
        if token.text == "label" and index - 1 in closed:
            held = tokens[closed[index - 1] + 1 : index - 1]
            found += [_labelled(chain, latex, held, token) for chain in stated]
        elif _is_told(token, stated, content):
            found.append(_refused(r.ASIDE[token.text], content, token.start))
    return found


def _is_told(token: Token, stated: list[Chain], content: str) -> bool:
    """A text always; a mark but for a limit; what is not shown only where it is a whole statement."""
    if token.text == "text":
        return True
    if token.text in (r"\phantom", r"\hphantom"):
        return any(chain.relations and all(chain.sides) for chain in stated)
    return any(not all(relation in ARROWS for relation in chain.relations) or chain.refusal for chain in stated)


def _labelled(chain: Chain, latex: str, held: list[Token], label: Token) -> Chain:
    if chain.refusal or (not chain.sides[0] and has_relation(held)):
        return _refused(r.ASIDE["label"], latex[label.start : label.end], label.start)
    above = source_of(latex, [token for token in held if token.kind != "aside"])
    return replace(chain, sides=(chain.sides[0] or above, *chain.sides[1:]))


def _moved(chain: Chain, by: int) -> Chain:
    return replace(chain, places=tuple(place + by for place in chain.places))


def _refused(message: str, content: str, place: int) -> Chain:
    text = content.strip()
    return Chain((text,), (), (place,), refusal(message, text, text))


def _unclosed(tokens: list[Token]) -> list[Token]:
    """All from the first bracket on that is never closed."""
    openings: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind in ("open", "{", "begin"):
            openings.append(index)
        elif token.kind in ("close", "}", "end") and openings:
            openings.pop()
    return tokens[openings[0] :] if openings else []


def _uncut(latex: str, error: FormulaError | RecursionError | None) -> Chain:
    """What has no tokens, or a bracket that is never closed; reading its sides says why."""
    match = RELATING.search(latex)
    if match is None:
        return Chain((latex.strip(),), (), ())
    left, right = latex[: match.start()].strip(), latex[match.end() :].strip()
    if left and right:
        return Chain((left, right), (match.group(),), (match.start(),))
    reason = error.message if isinstance(error, FormulaError) else "a bracket in this formula is not closed"
    position = error.position if isinstance(error, FormulaError) else 0
    return Chain((latex.strip(),), (), (match.start(),), Refusal(reason, latex, position))


def merged(chains: list[Chain]) -> list[Chain]:
    """Rows that go on from the one before make one chain."""
    found: list[Chain] = []
    for chain in chains:
        before = found[-1] if found else None
        if before and chain.relations and before.sides[-1] == chain.sides[0] and before.relations:
            found[-1] = Chain(
                before.sides + chain.sides[1:], before.relations + chain.relations, before.places + chain.places
            )
        else:
            found.append(chain)
    return found


def trimmed(piece: list[Token]) -> list[Token]:
    """Without the spaces, connectives and punctuation at its ends."""
    while piece and piece[0].kind in ("quad", "connective"):
        piece = piece[1:]
    while piece and (piece[-1].kind in ("quad", "connective") or piece[-1].text in (",", ";", ".", ":", *c.ENDS)):
        piece = piece[:-1]
    return piece


def _introduces(piece: list[Token]) -> bool:
    """Whether a statement begins behind its first token; an arrow between wide spaces is `\\implies`."""
    first, after = piece[0], piece[1] if len(piece) > 1 else None
    if first.text == r"\to":
        return after is not None and after.kind == "quad"
    if first.kind != "text" or begins_for(first):
        return False
    if begins_annotation(first):
        return True
    announces = first.text[-1] in " :," and (first.text.strip()[-1:] in ",:" or first.text.strip().count(" ") > 1)
    return announces and after is not None and after.kind in ("name", "number", "command", "word", "open", "{")


def says_nothing(piece: list[Token]) -> bool:
    """Words alone, but for a name in words: `\\text{MSE}`; an expression with a comment in it."""
    if len(piece) > 1 and piece[0].kind in ("open", "{") and piece[1].kind in ("text", "connective"):
        return r.is_remark(piece)
    if any(t.kind == "text" and t.text != t.text.strip() and " " in t.text.strip() for t in piece[1:]):
        return True
    words = piece[0].kind == "text" and all(t.kind in ("text", "word", "separator", "quad") for t in piece)
    spoken = len(piece) == 1 and piece[0].text.strip().count(" ") < 2 and piece[0].text[0] != " "
    return words and not spoken


def source_of(latex: str, tokens: list[Token]) -> str:
    """The LaTeX of some tokens, in one line where they came from several rows."""
    if not tokens:
        return ""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if runs and not latex[runs[-1][1] : token.start].strip(" \t\n~"):
            runs[-1] = (min(runs[-1][0], token.start), max(runs[-1][1], token.end))
        elif runs and _harmless(latex[runs[-1][1] : token.start]):
            runs[-1] = (runs[-1][0], max(runs[-1][1], token.end))
        else:
            runs.append((token.start, max(token.end, token.start)))
    return " ".join(latex[start:end] for start, end in runs).strip()


def _harmless(between: str) -> bool:
    """Spacing and sizing commands between two tokens are kept; alignment marks, tags and rows are not."""
    if between.count("{") != between.count("}") or between.find("}") < between.find("{"):
        return False
    return not any(mark in between for mark in ("&", "\\\\", "\\tag", "\\label", "\\begin", "\\end", "%"))
