"""What a text has defined: names with their bodies, put in place of the names wherever these are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from mathpost.inference.sayings import name_of
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Binder,
    Call,
    Derivative,
    Index,
    Integral,
    Limit,
    Moment,
    Negative,
    Node,
    Number,
    Power,
    Root,
    Symbol,
)

MOST_NODES = 2000
DEEPEST = 12
_FRESH = count(1)


@dataclass(frozen=True)
class Definition:
    """`pattern` is a name, an entry, `x_t`, or a call, `f(x)`; its letters stand for what a use has in their places."""

    pattern: Node
    body: Node
    statement: int


Definitions = Mapping[str, tuple[Definition, ...]]


class TooLarge(Exception):
    """A tree that grows beyond all use when definitions are put in."""


def can_be_defined(node: Node) -> bool:
    """Whether a side can be what a definition defines: a name, with letters or numbers for arguments."""
    match node:
        case Symbol(name=name):
            return name not in ("\\infty", "e", "\\dots") and not name.startswith("\\mathbb{")
        case Derivative(variables=(Symbol(),), body=Symbol()):
            return True  # what an equation says of `\\frac{dz}{ds}`
        case Index(base=Symbol(), indices=indices):
            return all(isinstance(index, (Symbol, Number)) for index in indices)
        case Call(function=Symbol() | Index(base=Symbol()), arguments=arguments):
            return all(_is_place(argument) for argument in arguments)
    return False


def _is_place(node: Node) -> bool:
    return isinstance(node, Symbol) or (isinstance(node, (Index, Call)) and bool(name_of(node)))


def names_in(node: Node) -> set[str]:
    """The names of a tree, those that are called among them."""
    return {item.name for item in walk(node) if isinstance(item, Symbol)}


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
    """The names of a tree that no operator binds."""
    if isinstance(node, Symbol):
        return set() if node.name in bound else {node.name}
    inner = bound | names_bound_by(node)
    from mathpost.latex.tree import children

    return set().union(*(free_names(child, inner) for child in children(node)), set())


def names_bound_by(node: Node) -> frozenset[str]:
    binders: tuple[Binder, ...] = ()
    if isinstance(node, (BigOperator, Integral)):
        binders = (node.binder,)
    elif isinstance(node, Moment):
        binders = node.binders
    elif isinstance(node, Limit):
        return frozenset(names_in(node.variable))
    return frozenset(
        item.name for binder in binders for variable in binder.variables for item in walk(variable)
        if isinstance(item, Symbol)
    )  # fmt: skip


def expanded(node: Node, definitions: Definitions, depth: int = 0) -> Node:
    """The tree with what is defined put in. Errors: TooLarge."""
    if depth > DEEPEST:
        raise TooLarge
    name = name_of(node)
    for definition in reversed(definitions.get(name, ())):
        places = matched(definition.pattern, node)
        if places is None and isinstance(node, Symbol) and _is_of_letters(definition.pattern):
            places = {}  # `f` alone is `f(x)`
        if places is not None and not _takes_a_number_for_a_law(definition.body, places):
            places = {key: expanded(value, definitions, depth + 1) for key, value in places.items()}
            others = tuple(other for other in definitions[name] if other is not definition)
            inner = {**definitions, name: others}  # what a sequence is made of may be an earlier entry of it
            return _small(expanded(substituted(definition.body, places), inner, depth + 1))
    if isinstance(node, Index) and isinstance(node.base, Symbol):
        return replace(node, indices=tuple(expanded(index, definitions, depth) for index in node.indices))
    if isinstance(node, Call) and isinstance(node.function, Symbol):
        # a number of this name is another thing than the function
        arguments = tuple(expanded(argument, definitions, depth) for argument in node.arguments)
        return _small(replace(node, arguments=arguments))
    if isinstance(node, Derivative):
        for definition in definitions.get(key_of(node), ()):
            if definition.pattern == node:
                inner = {name: known for name, known in definitions.items() if name != key_of(node)}
                return _small(expanded(definition.body, inner, depth + 1))
        return _expanded_derivative(node, definitions, depth)
    within = _without(definitions, names_bound_by(node))
    return _small(rebuild(node, lambda child: expanded(child, within, depth)))


def _is_of_letters(pattern: Node) -> bool:
    return isinstance(pattern, Call) and all(isinstance(item, Symbol) for item in pattern.arguments)


def _takes_a_number_for_a_law(body: Node, places: Mapping[str, Node]) -> bool:
    """Whether `J(q)`, in which q is called at x, is used as `J(x)`."""
    heads = called_in(body)
    plain = {item.name for item in walk(body) if isinstance(item, Symbol)} - heads
    return any(name in heads and isinstance(value, Symbol) and value.name in plain for name, value in places.items())


def _without(definitions: Definitions, names: frozenset[str]) -> Definitions:
    if not names & definitions.keys():
        return definitions
    return {name: known for name, known in definitions.items() if name not in names}


def _expanded_derivative(node: Derivative, definitions: Definitions, depth: int) -> Node:
    """What is derived is expanded, the letter it is derived by is not."""
    kept = _without(definitions, frozenset(name_of(variable) for variable in node.variables))
    return replace(node, body=expanded(node.body, kept, depth))


def _small(node: Node) -> Node:
    if sum(1 for _ in walk(node)) > MOST_NODES:
        raise TooLarge
    return node


def is_entry_of_itself(pattern: Node, body: Node) -> bool:
    """Whether a body speaks of what it defines in another way than by a first entry: `x_t = G^t x_0` does not."""
    name = name_of(pattern)
    if isinstance(pattern, Derivative) or not name:
        return False
    if isinstance(pattern, Index) and all(isinstance(index, Number) for index in pattern.indices):
        return any(item == pattern for item in walk(body))
    if not isinstance(pattern, Index):
        return key_of(pattern) in keys_in(body) or (not isinstance(pattern, Index) and name in called_in(body))
    entries = [item for item in walk(body) if isinstance(item, Index) and name_of(item.base) == name]
    return any(not all(isinstance(index, Number) for index in entry.indices) for entry in entries)


def called_in(node: Node) -> set[str]:
    return {name_of(item.function) for item in walk(node) if isinstance(item, Call)}


def matched(pattern: Node, node: Node) -> dict[str, Node] | None:
    """What stands in the places of a pattern's letters, if a node is a use of it."""
    match pattern, node:
        case Derivative(), Derivative():
            return {} if pattern == node else None
        case Symbol(), Symbol():
            return {} if pattern.name == node.name else None
        case Index(), Index() if len(pattern.indices) == len(node.indices) and pattern.raised == node.raised:
            if name_of(pattern.base) != name_of(node.base):
                return None
            return _places(pattern.indices, node.indices)
        case Call(), Call() if _without_parameters(pattern, node) == node.separators:
            head = matched(pattern.function, node.function)
            places = _places(pattern.arguments[: len(node.arguments)], node.arguments)
            return None if head is None or places is None else {**head, **places}
    return None


def _without_parameters(pattern: Call, node: Call) -> tuple[str, ...]:
    """The separators of a pattern, those of `p(x)` for `p(x; \\theta)` where a use leaves out what is behind `;`."""
    if len(pattern.arguments) == len(node.arguments) or ";" not in pattern.separators:
        return pattern.separators if len(pattern.arguments) == len(node.arguments) else ("other",)
    place = pattern.separators.index(";")
    return pattern.separators[:place] if len(node.arguments) == place + 1 else ("other",)


def _places(own: tuple[Node, ...], given: tuple[Node, ...]) -> dict[str, Node] | None:
    places: dict[str, Node] = {}
    for letter, value in zip(own, given, strict=True):
        if letter == value:
            continue
        match letter, value:
            case Symbol(), _:
                places[letter.name] = value
            case Index(indices=(Symbol() as index,)), Index(indices=(other,)) if name_of(letter) == name_of(value):
                places[index.name] = other
            case Call(), Call() | Symbol():
                places[name_of(letter)] = value
            case _:
                return None
    return places


def substituted(node: Node, places: Mapping[str, Node]) -> Node:
    """The tree with other trees for some of its names; a letter that an operator binds gets out of their way."""
    if not places:
        return node
    if isinstance(node, Symbol):
        return places.get(node.name, node)
    bound = names_bound_by(node)
    places = {name: value for name, value in places.items() if name not in bound}
    taken = set().union(*(names_in(value) for value in places.values()), set())
    if clash := bound & taken:
        node = renamed(node, {name: f"{name}'{next(_FRESH)}" for name in clash})
    if isinstance(node, Call) and isinstance(node.function, Symbol) and node.function.name in places:
        return _called(node, places)
    return rebuild(node, lambda child: substituted(child, places))


def _called(node: Call, places: Mapping[str, Node]) -> Node:
    """`P(x)` where P stands for `p_{data}`, or for `q(z | x)`: the same law at x."""
    law = places[node.function.name] if isinstance(node.function, Symbol) else node.function
    arguments = tuple(substituted(argument, places) for argument in node.arguments)
    if isinstance(law, Call) and law.arguments:
        return replace(law, arguments=(*arguments[:1], *law.arguments[1:]))
    return replace(node, function=law, arguments=arguments)


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """The tree with other names in place of some, wherever they stand."""
    if isinstance(node, Symbol):
        return replace(node, name=names.get(node.name, node.name))
    return rebuild(node, lambda child: renamed(child, names))


# -- equations that are solved for a name ------------------------------------------------------------------------------


def isolated(left: Node, right: Node, name: str) -> tuple[Node, Node] | None:
    """`pattern = body` with the name alone on the left, if it stands in the equation once and each step back is one."""
    sides = [(left, right), (right, left)]
    holding = [pair for pair in sides if name in names_in(pair[0])]
    if len(holding) != 1 or sum(item == Symbol(name) for item in walk(holding[0][0])) > 1:
        return None
    side, other = holding[0]
    while not can_be_defined(side):
        undone = _undone(side, other, name)
        if undone is None:
            return None
        side, other = undone
    return (side, other) if name_of(side) == name else None


def _undone(side: Node, other: Node, name: str) -> tuple[Node, Node] | None:
    """One operation taken from one side to the other. The worlds are positive first: a root is the positive one."""
    match side:
        case Negative(operand=operand):
            return operand, Negative(other)
        case Binary(operator="+" | "-" | "*" | "/" as operator, left=left, right=right):
            return _undone_binary(operator, left, right, other, is_left=name in names_in(left))
        case Power(base=base, exponent=Number() as exponent) if name in names_in(base):
            return base, Power(other, Binary("/", Number("1"), exponent))
        case Root(radicand=radicand, degree=degree):
            return radicand, Power(other, degree or Number("2"))
        case Apply(function="log", argument=argument, base=None):
            return argument, Apply("exp", other)
        case Apply(function="exp", argument=argument):
            return argument, Apply("log", other)
    return None


INVERSE = {"+": "-", "-": "+", "*": "/", "/": "*"}


def _undone_binary(operator: str, left: Node, right: Node, other: Node, *, is_left: bool) -> tuple[Node, Node]:
    if is_left:
        return left, Binary(INVERSE[operator], other, right)
    if operator in "-/":
        return right, Binary(operator, left, other)
    return right, Binary(INVERSE[operator], other, left)


def key_of(leaf: Node) -> str:
    """What a name or an entry goes by: `z_t` is another name than `z`."""
    if isinstance(leaf, Derivative):
        return f"d{name_of(leaf.body)}/d{','.join(name_of(variable) for variable in leaf.variables)}"
    return f"{name_of(leaf)}_" if isinstance(leaf, Index) else name_of(leaf)


def keys_in(node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
    """The free names of a tree, and apart from them those of which an entry is spoken of."""
    from mathpost.latex.tree import children

    if isinstance(node, Symbol):
        return set() if node.name in bound else {node.name}
    if isinstance(node, Index) and isinstance(node.base, Symbol):
        own = set() if node.base.name in bound else {key_of(node)}
        return own.union(*(keys_in(index, bound) for index in node.indices))
    inner = bound | names_bound_by(node)
    return set().union(*(keys_in(child, inner) for child in children(node)), set())


def leaves(node: Node) -> Iterator[Node]:
    """The entries and names of a tree."""
    for item in walk(node):
        if isinstance(item, (Symbol, Index)):
            yield item
