"""Where the grammar comes back to itself: the rules of looser levels that a tighter one calls."""

from __future__ import annotations

from abc import ABC, abstractmethod

from mathpost.latex.reading.grammar.cursor import Cursor
from mathpost.latex.reading.grammar.shapes import Argument
from mathpost.latex.reading.tokens import Token
from mathpost.latex.tree.nodes import BigOperator, Binder, Node


class Recursion(Cursor, ABC):
    """Each level inherits the rules of those that are tighter, and of those that are looser it may call these."""

    @abstractmethod
    def expression(self) -> Node: ...

    @abstractmethod
    def items(self) -> tuple[list[Node], list[str]]: ...

    @abstractmethod
    def item(self) -> Node: ...

    @abstractmethod
    def logical(self) -> Node: ...

    @abstractmethod
    def comparison(self) -> Node: ...

    @abstractmethod
    def quantifier(self, body: Node) -> BigOperator: ...

    @abstractmethod
    def sum(self) -> Node: ...

    @abstractmethod
    def signed_product(self) -> Node: ...

    @abstractmethod
    def evaluates(self) -> bool: ...

    @abstractmethod
    def evaluation(self, node: Node, start: int) -> Node: ...

    @abstractmethod
    def factor(self) -> Node: ...

    @abstractmethod
    def starts_factor(self) -> bool: ...

    @abstractmethod
    def is_differential(self, index: int) -> bool: ...

    @abstractmethod
    def quotient(self, token: Token, kind: str, upper: Argument, lower: Argument) -> Node: ...

    @abstractmethod
    def mark(self, upper: Argument, lower: Argument) -> str: ...

    @abstractmethod
    def single_bound(self) -> Binder: ...

    @abstractmethod
    def atom(self) -> Node: ...

    @abstractmethod
    def group(self) -> Node: ...
