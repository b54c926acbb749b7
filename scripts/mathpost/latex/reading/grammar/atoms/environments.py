"""Environments inside a formula: matrices and case distinctions. Those that only lay out rows are gone by now."""

from __future__ import annotations

from mathpost.latex.reading.customs import INTRODUCING, JOINING, OTHERWISE, is_annotation
from mathpost.latex.reading.grammar.atoms.brackets import Brackets
from mathpost.latex.reading.tokens import Token
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Apply, Binary, Call, Cases, Dots, Matrix, Node, Norm, Relation, Symbol


class Environments(Brackets):
    """Rules for matrices and cases."""

    def environment(self) -> Node:
        """environment = matrix | cases"""
        opening = self.token
        if opening.text in c.CASES or self.left_brace():
            return self.cases()
        if opening.text in c.MATRICES:
            return self.matrix()
        raise self.unsupported(f"the environment `{opening.text}`")

    def left_brace(self) -> bool:
        """`\\left\\{ \\begin{array} … \\right.` is `cases`."""
        before = self.tokens[self.index - 1] if self.index else None
        after = self.tokens[min(self.shapes[self.index].close + 1, len(self.tokens) - 1)]
        return before is not None and before.text == r"\{" and after.kind == "close" and after.text == "."

    def matrix(self) -> Node:
        r"""matrix = begin cells { "\\" cells } end"""
        opening = self.next()
        rows: list[tuple[Node, ...]] = []
        while True:
            rows.append(self.inside(self.cells))
            if not self.at("row"):
                break
            self.next()
            if self.at("end"):
                break
        self.finish(opening)
        width = max(map(len, rows))
        rows = [row * width if len(row) == 1 and isinstance(row[0], Dots) else row for row in rows]
        if any(len(row) != width for row in rows):
            raise self.unsupported("a matrix of unequal rows", opening)
        node: Node = Matrix(tuple(rows), span=self.span(opening.start))
        meaning = c.MATRICES[opening.text]
        if meaning == "det":
            return Apply("det", node, span=node.span)
        return Norm(node, span=node.span) if meaning == "norm" else node

    def cells(self) -> tuple[Node, ...]:
        """cells = cell { "&" cell }"""
        cells = [self.cell()]
        while self.token.kind == "cell":
            self.next()
            cells.append(self.cell())
        return tuple(cells)

    def cell(self) -> Node:
        """cell = [ item [ "," ] ]"""
        token = self.token
        if token.kind in ("cell", "row", "end"):
            return Symbol(r"\cdot", span=(token.start, token.start))
        node = self.item()
        if self.token.text == "," and self.ahead().kind in ("cell", "row", "end"):
            self.next()
        return node

    def cases(self) -> Node:
        r"""cases = begin branch { "\\" branch } end"""
        opening = self.next()
        branches: list[tuple[Node, Node | None]] = []
        while self.token.kind not in ("end", "eof"):
            branches.append(self.inside(self.branch))
            if self.token.kind != "row":
                break
            self.next()
        self.finish(opening)
        if not branches:
            raise self.malformed("expected a branch")
        return Cases(tuple(branches), span=self.span(opening.start))

    def branch(self) -> tuple[Node, Node | None]:
        """branch = { "&" | quad } logical saying [ logical { "," logical } conditions ]"""
        while self.token.kind in ("cell", "quad"):
            self.next()
        value = self.logical()
        words = self.saying()
        if self.token.kind in ("row", "end"):
            said = " ".join(words)
            return value, Symbol(said) if said and said.lower() not in OTHERWISE else None
        condition = self.logical()
        if words:  # they say more than that the condition holds
            condition = Call(Symbol(" ".join(words)), (condition,), (), span=condition.span)
        while self.token.text == "," and self.ahead().kind not in ("row", "end"):
            self.next()
            condition = Binary(r"\land", condition, self.logical())
        condition = self.conditions(condition)
        return value, condition

    def saying(self) -> list[str]:
        """saying = { "&" | quad | separator | text | word }

        `, & \\text{if}`: what they say, but for those that only introduce a condition.
        """
        words: list[str] = []
        while self.token.kind in ("cell", "quad") or self.token.text in (",", ";", ":", ".") or self.says():
            token = self.next()
            if token.kind in ("text", "word"):
                words.append(" ".join(token.text.split()))
        return [word for word in words if word.lower() not in INTRODUCING]

    def says(self) -> bool:
        """Whether a text or a word like `if` comes next, and no name in words."""
        token = self.token
        if token.kind == "word":
            return token.text.lower() in OTHERWISE | INTRODUCING
        if token.kind != "text":
            return False
        return is_annotation(token) or self.ahead().kind not in ("open", "relation", "script", "operator")

    def conditions(self, condition: Node) -> Node:
        """conditions = { joining-word logical | text | word | quad | separator }

        Words behind or between conditions: `and` joins, others are kept as they are.
        """
        while self.token.kind not in ("row", "end", "eof", "close", "}"):
            words = self.token.text.strip(" ,")
            if self.token.kind == "text" and words in JOINING:
                operator = r"\lor" if self.next().text.strip() == "or" else r"\land"
                condition = Binary(operator, condition, self.logical())
            elif self.token.kind in ("text", "word", "quad", "separator"):
                token = self.next()
                if token.kind == "text" and token.text.strip(" .,;"):
                    condition = Relation(r"\in", condition, self.said(token))
            else:
                raise self.malformed("expected the end of the branch")
        return condition

    def said(self, first: Token) -> Symbol:
        """What a text says of a condition, with the names in it: `\\text{is in the top } k \\text{ of them}`."""
        words = first.text
        while self.token.kind in ("name", "number", "word", "text") and self.token.text.strip(" ,") not in JOINING:
            words += f" {self.token.text}" if self.token.kind == "text" else f" ${self.token.text}$"
            self.next()
        return Symbol(" ".join(words.split()), span=(first.start, self.span(0)[1]))

    def finish(self, opening: Token) -> None:
        if self.token.kind != "end" or self.token.text != opening.text:
            raise self.malformed(f"expected `\\end{{{opening.text}}}`")
        self.next()
