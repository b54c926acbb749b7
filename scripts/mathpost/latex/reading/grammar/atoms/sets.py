"""Sets: by their elements, by a condition, or as a family of an index."""

from __future__ import annotations

from mathpost.latex.reading.grammar.atoms.fences import Fences
from mathpost.latex.reading.grammar.ranges import between, with_ranges
from mathpost.latex.tree.nodes import Binary, Call, Negative, Node, Relation, Sequence, SetBuilder, SetOf, Symbol


class Sets(Fences):
    """Rules for braces that are written."""

    def set(self) -> Node:
        r"""set = "\{" [ items ] "\}" [ bounds ]"""
        shape = self.shapes[self.index]
        grouping, self.braces_group = self.braces_group, False
        opening = self.next()
        if self.accept(r"\}"):
            return SetOf((), span=self.span(opening.start))
        items, separators = self.listed(shape)
        self.expect(r"\}", opening)
        span = self.span(opening.start)
        dividers = [index for index, text in enumerate(separators) if text in (":", "|", ";", "||")]
        if dividers:
            elements, conditions = items[: dividers[0] + 1], items[dividers[0] + 1 :]
            conditions, _ = with_ranges(conditions, separators[dividers[0] + 1 :])
            return SetBuilder(_one(elements), _all(conditions), span=span)
        if (self.token.text == "_" and self.ahead().text != "+") or self.is_family():
            return self.family(_one(items), span)
        if len(items) == 1 and isinstance(items[0], Relation) and items[0].operator in (r"\in", r"\subset"):
            return SetBuilder(items[0].left, items[0], span=span)
        if len(items) == 1 and not isinstance(items[0], Sequence | Relation) and (grouping or self.groups(items[0])):
            return items[0]
        return SetOf(tuple(items), span=span)

    def is_family(self) -> bool:
        """`\\{x_i\\}^n_{i=1}`: where the upper bound stands first, a lower one says so."""
        if self.token.text != "^" or self.token.kind != "script":
            return False
        behind = self.end_of_argument(self.index + 1)
        return self.tokens[behind].text == "_" and any(
            token.text == "=" for token in self.tokens[behind : self.end_of_argument(behind + 1)]
        )

    def groups(self, node: Node) -> bool:
        """Braces around one compound expression group it where something is multiplied with it."""
        return isinstance(node, Binary | Call | Negative) and (self.token.kind == "script" or self.starts_factor())

    def family(self, element: Node, span: tuple[int, int]) -> Node:
        """`\\{x_i\\}_{i=1}^n` is `\\{x_i : i \\in \\{1, …, n\\}\\}`."""
        binder = self.single_bound()
        if binder.domain is not None and binder.variables:
            condition: Node = Relation(r"\in", binder.variables[0], binder.domain)
        elif binder.lower is not None and binder.upper is not None and binder.variables:
            condition = Relation(r"\in", binder.variables[0], between(binder.lower, binder.upper))
        elif binder.condition is not None:
            condition = binder.condition
        else:
            condition = _one(list(binder.variables) or [Symbol(r"\cdot")])
        return SetBuilder(element, condition, span=self.span(span[0]))


def _one(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Sequence(tuple(items), parenthesised=False)


def _all(conditions: list[Node]) -> Node:
    node = conditions[0]
    for condition in conditions[1:]:
        node = Binary(r"\land", node, condition)
    return node
