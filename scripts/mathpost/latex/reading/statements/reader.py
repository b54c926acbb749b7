"""The rows of a formula, read in order: each statement becomes a chain, and what is no part of one is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from mathpost.latex.reading.customs import INTRODUCING, JOINING, OTHERWISE, begins_annotation
from mathpost.latex.reading.statements import refusals as r
from mathpost.latex.reading.statements.chain import Chain, Condition, source_of, with_given
from mathpost.latex.reading.statements.columns import Columns
from mathpost.latex.reading.statements.conditions import (
    Confined,
    begins_given,
    bounds,
    confines_letter,
    gives,
    is_limit,
    is_quantifier,
    is_range,
    is_unmistakable,
    may_quantify,
    relations_in,
    split_condition,
)
from mathpost.latex.reading.statements.cutting import BOUNDING, IMPLICATIONS, begins_for, cut
from mathpost.latex.reading.statements.groups import Face, has_relation, opened
from mathpost.latex.reading.statements.refusals import refusal
from mathpost.latex.reading.statements.rows import SIGNS, Row
from mathpost.latex.reading.tokens import Token, depths_of
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens.relations import ARROWS


class Reader:
    """Reads the rows of a formula in order; each statement becomes a chain."""

    def __init__(self, latex: str, faces: list[Face]) -> None:
        self.latex = latex
        self.faces = faces
        self.chains: list[Chain] = []
        self.confined: list[Confined] = []
        self.spoken: set[str] = set()  # the tokens of the statements so far
        self.last: list[Token] = []  # the tokens of the last one
        self.row_before: list[int] = []  # the chains of the row before that state something
        self.row: list[int] = []
        self.columns = Columns()

    def finish(self) -> list[Chain]:
        """All chains, and a refusal where there are conditions of nothing."""
        if not any(chain.is_claim for chain in self.chains):
            for tokens in [confined.tokens for confined in self.confined]:
                if has_relation(tokens) and not is_unmistakable(tokens, source_of(self.latex, tokens)):
                    self.refuse(r.NO_CLAIM, tokens)
        confining = [(" ".join(_interleaved(chain)), chain) for chain in self.chains if confines(chain)]
        beside = [(Condition(text, "beside"), chain) for text, chain in confining]
        own = [replace(chain, conditions=self.conditions_of(place)) for place, chain in enumerate(self.chains)]
        return [
            replace(chain, conditions=(*chain.conditions, *(condition for condition, other in beside if other != bare)))
            if (bare := replace(chain, conditions=())).is_claim
            else bare
            for chain in merged(own)
        ]

    def conditions_of(self, place: int) -> tuple[Condition, ...]:
        """Those that stand with a statement, or before all; else those of the others say where its letters run."""
        own = [confined for confined in self.confined if confined.places is None or place in confined.places]
        return tuple(
            Condition(source_of(self.latex, confined.tokens), confined.kind if own else "beside")
            for confined in own or self.confined
        )

    def confine(self, tokens: list[Token], kind: Literal["all", "given"]) -> None:
        """Behind the statements of a row a condition is one of all of these, that of an `if` of the last."""
        places = self.row[-1:] if kind == "given" else list(self.row)
        self.confined.append(Confined(tokens, kind, places or None))

    @property
    def states(self) -> bool:
        return any(chain.is_claim for chain in self.chains)

    def read_row(self, row: Row) -> None:
        if self.row:
            self.row_before, self.row = self.row, []
        self.columns.begin(row)
        begins_anew = row.is_aligned and self.columns.is_aligned and not row.is_indented
        for piece in cut(row.tokens):
            place = row.tokens.index(piece[0])
            before = row.tokens[place - 1] if place else None
            is_loose = before.kind == "quad" or before.text == "&" if before else not begins_anew
            if is_loose and self.states and piece[0].kind == "operator" and has_relation(piece):
                self.refuse(r.SIGNED, trimmed(piece))
            elif self.row and piece[0].text in IMPLICATIONS:
                self.read_implied(piece)
            else:
                self.read_piece(piece)

    def read_implied(self, piece: list[Token]) -> None:
        """`A \\implies B` in one row is one statement: B where A holds."""
        before, count = self.chains[-1], len(self.chains)
        self.read_piece(piece[1:])
        if len(self.chains) != count + 1 or not (before.relations and self.chains[-1].relations):
            return
        implied = " ".join(_interleaved(self.chains.pop()))
        self.row.pop()
        goes_on = before.relations[-1] in IMPLICATIONS
        sides = before.sides if goes_on else (" ".join(_interleaved(before)),)
        relations, places = (before.relations, before.places) if goes_on else ((), ())
        self.chains[-1] = Chain(
            (*sides, implied), (*relations, piece[0].text), (*places, piece[0].start), conditions=before.conditions
        )

    def read_piece(self, piece: list[Token]) -> None:
        """One piece without what introduces it and the punctuation at its ends."""
        if piece[0].kind == "quad" and piece[0].text == "if":
            self.read_given(piece)
            return
        piece = trimmed(piece)
        if self.states and piece and all(token.kind != "relation" for token in piece):
            self.read_statement(piece)
            return
        if piece and begins_given(piece[0]) and gives(trimmed(piece[1:])):
            self.confine(trimmed(piece[1:]), "given")
            return
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
        rest = piece[place + 1 :]
        while (place := index_of(r"\forall", rest)) and self.states and bounds(trimmed(rest[:place])):
            self.confine(trimmed(rest[:place]), "all")
            rest = rest[place + 1 :]
        self.read_quantified(rest)

    def read_for(self, piece: list[Token]) -> None:
        """`\\text{for all } x > 0` is a condition, `\\text{For a fair coin } p > 0` states something."""
        first, rest = piece[0], trimmed(piece[1:])
        if is_quantifier(first):
            self.read_quantified(rest)
            return
        if rest and rest[0].kind == "operator" and rest[0].text not in SIGNS:
            self.refuse(r.BEHIND, piece)
        elif self.states and may_quantify(first) and bounds(rest):
            self.confine(rest, "all")
        elif any(token.kind == "relation" for token in rest):
            self.read_again(rest)

    def read_quantified(self, rest: list[Token]) -> None:
        """What stands behind `\\forall`: its condition, and what is said of it."""
        rest = trimmed(rest)
        condition, stated = split_condition(rest)
        if condition:
            self.confine(condition, "all")
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
        if given and self.row and (bounds(given) or begins_given(given[0])) and gives(given):
            self.confine(given, "given")
            return
        says = any(token.kind == "relation" or token.text.strip().lower() in OTHERWISE | INTRODUCING for token in given)
        if says and self.chains:
            before = " ".join(_interleaved(self.chains.pop()))
            self.refuse(r.GIVEN, given, rf"{before} \quad {source_of(self.latex, given)}")
        elif given:
            self.read_statement(given)

    def read_statement(self, piece: list[Token]) -> None:
        if not piece or (r.is_number(piece) and (self.row or not self.states)):
            return
        if not has_relation(piece):
            self.read_expression(piece)
            return
        piece = without_pointer(piece)
        relations = relations_in(piece)
        is_mixed = 0 < sum(map(is_arrow, relations)) < len(relations)
        if index_of(r"\lor", piece) is not None:
            self.refuse(r.EITHER, piece)
        elif is_mixed and not goes_somewhere(piece):
            self.refuse(r.ARROW, piece)
        elif not is_mixed and is_limit(piece):
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
        if sides[0] and r.is_question(sides[-1]):
            self.read_statement(piece[: piece.index(relations[-1])])
            return
        texts = [self.side(side) for side in sides]
        if len(texts) == 2 and not any(texts):
            self.refuse(r.ALONE, piece)
        elif not all(texts[1:]):
            self.refuse(r.NO_SIDE, piece, side="right")
        elif None in texts:
            face = next(
                face.command for face in self.faces if face.start <= piece[-1].start and piece[0].start < face.end
            )
            self.refuse(r.FACED, piece, face=face)
        elif self.states and is_range(piece, self.spoken):
            self.confine(piece, "all")
        elif self.row and confines_letter(piece, self.spoken) and not confines_letter(self.last, self.spoken):
            self.confine(piece, "given")
        else:
            self.state(piece, [text or "" for text in texts], relations)

    def state(self, piece: list[Token], texts: list[str], relations: list[Token]) -> None:
        source = None
        if not texts[0] and self.chains:
            source = self.source_of(piece)
            if source is None:
                return
            texts[0] = self.chains[source].sides[-1]
        chain = with_given(Chain(tuple(texts), tuple(t.text for t in relations), tuple(t.start for t in relations)))
        self.spoken.update(token.text for token in piece)
        self.last = piece
        self.columns.add(relations[0], len(self.chains), source)
        self.row.append(len(self.chains))
        self.chains.append(chain)

    def source_of(self, piece: list[Token]) -> int | None:
        """The statement that one without a left side goes on from, or a refusal."""
        source = self.columns.source_of(piece[0], self.row_before, len(self.chains) - 1)
        if source is None:
            self.refuse(r.GOES_ON, piece)
        elif self.chains[source].refusal:
            self.refuse(r.UNREAD_BEFORE, piece)
            return None
        return source

    def read_expression(self, piece: list[Token]) -> None:
        """What states nothing: alone, a symbol that is spoken of; behind a statement, it would be lost."""
        source = source_of(self.latex, piece)
        if r.unread_relation(piece) is not None:
            self.refuse(r.NESTED, piece)
        elif self.states:
            if r.is_number(piece) or not (r.is_remark(piece) or source in JOINING):
                self.refuse(r.BEHIND, piece)
        elif not says_nothing(piece):
            self.chains.append(Chain((source,), (), ()))

    def refuse(self, message: str, piece: list[Token], whole: str = "", **more: str) -> None:
        part = source_of(self.latex, piece)
        text = whole or part
        place = next((token for token in piece if token.kind == "relation"), piece[0])
        self.columns.add_refused(place, len(self.chains))
        self.row.append(len(self.chains))
        self.chains.append(Chain((text,), (), (place.start,), refusal(message, text, part, **more)))

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


def goes_somewhere(piece: list[Token]) -> bool:
    """`x \\to f(x) = y`, `a = b \\to c`: what goes somewhere is equal to something; `a = b \\to c = d` may imply it."""
    outer = [token for token, level in zip(piece, depths_of(piece), strict=True) if not level]
    related = [False]
    for token in outer:
        if is_arrow(token):
            related.append(False)
        elif token.kind == "relation":
            related[-1] = True
    arrows = [token.text for token in outer if is_arrow(token)]
    updates = arrows == [r"\leftarrow"] and related == [False, True]
    points = updates or all(text in (r"\to", r"\mapsto") for text in arrows)
    return points and sum(related) == 1 and all(" " not in token.text for token in outer)


def _interleaved(chain: Chain) -> list[str]:
    texts = [chain.sides[0]]
    for relation, side in zip(chain.relations, chain.sides[1:], strict=True):
        texts += [relation, side]
    return texts


def confines(chain: Chain) -> bool:
    """Whether a statement may say for which values the others hold: `x \\in \\mathbb{R}`, `0 < x < 1`."""
    confining = all(relation in BOUNDING for relation in chain.relations)
    return confining and 0 < len(chain.relations) < 3 and chain.refusal is None and all(chain.sides)


def merged(chains: list[Chain]) -> list[Chain]:
    """Rows that go on from the one before make one chain."""
    found: list[Chain] = []
    for chain in chains:
        before = found[-1] if found else None
        if before and chain.relations and before.sides[-1] == chain.sides[0] and before.relations:
            found[-1] = Chain(
                before.sides + chain.sides[1:],
                before.relations + chain.relations,
                before.places + chain.places,
                conditions=tuple(dict.fromkeys(before.conditions + chain.conditions)),
            )
        else:
            found.append(chain)
    return found


def without_pointer(piece: list[Token]) -> list[Token]:
    """Without an arrow that only points from a remark: `a = b \\leftarrow \\text{by symmetry}`."""
    relations = relations_in(piece)
    if len(relations) < 2 or not is_arrow(relations[-1]):
        return piece
    place = piece.index(relations[-1])
    behind = piece[place + 1 :]
    return piece[:place] if behind and (r.is_number(behind) or all(token.kind == "text" for token in behind)) else piece


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
    announces = first.text[-1] in " :," and (first.text.strip()[-1:] in ",:" or " " in first.text.strip())
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
