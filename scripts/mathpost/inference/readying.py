"""A statement made ready: scripts that count, letters that derivatives move, quantities that hang on one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mathpost.inference.definitions import names_in
from mathpost.inference.dots import without_dots
from mathpost.inference.sayings import name_of
from mathpost.latex import to_latex
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.nodes import (
    Binary,
    Call,
    Derivative,
    Index,
    Moment,
    Negative,
    Node,
    Number,
    Power,
    SetOf,
    Symbol,
    Transpose,
)


def counted_above(trees: Iterable[Node]) -> frozenset[str]:
    """The names whose raised scripts count: nobody writes the power `w^1`."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            match node:
                case Power(base=Symbol(name=name), exponent=Number(text="1")):
                    found.add(name)
                case Power(base=Symbol(name=name, bold=True), exponent=exponent) if _is_letter_count(exponent):
                    found.add(name)
    return frozenset(found)


def _is_letter_count(exponent: Node) -> bool:
    match exponent:
        case Symbol(name=name):
            return name in ("k", "t", "n", "i", "j")
        case Binary(operator="+" | "-", left=Symbol(name=name), right=Number()):
            return name in ("k", "t", "n", "i", "j")
    return False


def with_raised_indices(node: Node, names: frozenset[str]) -> Node:
    """The tree in which the powers of some names are their entries."""
    if not names:
        return node
    if isinstance(node, Power) and isinstance(node.base, Symbol) and node.base.name in names:
        return Index(node.base, (with_raised_indices(node.exponent, names),))
    return rebuild(node, lambda child: with_raised_indices(child, names))


def made_ready(node: Node, symbols: frozenset[str]) -> Node:
    """The tree without dots, without braces around what a mean is taken of, and with paths taken apart.

    `symbols` stand for numbers or matrices somewhere in this text; with `T` among them, T counts.
    """
    node = _of_symbols(node, symbols)
    return _plainly(without_dots(_with_powers(node) if "T" in symbols else node))


def _of_symbols(node: Node, symbols: frozenset[str]) -> Node:
    """`G^{-1}` and `UD (A + B)` with products and powers of names that stand alone elsewhere."""
    match node:
        case Symbol(name=name) if name.endswith("^{-1}") and name[:-5] in symbols:
            return Power(Symbol(name[:-5], node.bold), Negative(Number("1")))
        case Call(function=Symbol(name=name), arguments=(argument,)) if len(name) > 1 and set(name) <= symbols:
            product: Node = Symbol(name[0])
            for factor in (*map(Symbol, name[1:]), _of_symbols(argument, symbols)):
                product = Binary("*", product, factor)
            return product
    return rebuild(node, lambda child: _of_symbols(child, symbols))


def _with_powers(node: Node) -> Node:
    """`R^{-T}` is a power where T counts."""
    match node:
        case Transpose(operand=Power(base=base, exponent=Negative(operand=Number(text="1")))):
            return Power(_with_powers(base), Negative(Symbol("T")))
    return rebuild(node, _with_powers)


def _plainly(node: Node) -> Node:
    match node:
        case Binary(operator="+" | "-", left=left, right=Number(text="0")):
            return _plainly(left)
        case Binary(operator="+", left=Number(text="0"), right=right):
            return _plainly(right)
        case Binary(operator="*", left=Symbol(name="E" | "\\mathbb{E}"), right=SetOf(elements=(inner,))):
            return Moment("E", (), (_plainly(inner),))
        case Binary(left=Binary(operator="*", left=first, right=Symbol(name="E")), right=SetOf(elements=(inner,))):
            return Binary("*", _plainly(first), Moment("E", (), (_plainly(inner),)))
        case Moment(arguments=(SetOf(elements=(inner,)),)):
            return _plainly(replace(node, arguments=(inner,)))
        case Call():
            return rebuild(_path_apart(node), _plainly)
    return rebuild(node, _plainly)


_PATH = re.compile(r"(.+)_\{0:(.+)\}")


def _path_apart(node: Call) -> Call:
    """`p(x_{0:T})` is `p(x_0, x_{1:T})`: so it agrees with `p(x_0)` and `p(x_{1:T} | x_0)`."""
    arguments: list[Node] = []
    separators = list(node.separators)
    for argument in node.arguments:
        match = _PATH.fullmatch(argument.name) if isinstance(argument, Symbol) else None
        if match and isinstance(argument, Symbol):
            separators.insert(len(arguments), ",")
            base, end = match.groups()
            arguments.append(Index(Symbol(base, argument.bold), (Number("0"),)))
            argument = Symbol(f"{base}_{{1:{end}}}", argument.bold)
        arguments.append(argument)
    return replace(node, arguments=tuple(arguments), separators=tuple(separators))


def with_letters_for_entries(left: Node, right: Node) -> tuple[Node, Node]:
    """`\\nabla_{\\theta_0}` moves one letter: the entry becomes a name of its own."""
    left, right = _where_it_is_taken(left), _where_it_is_taken(right)
    entries: set[Index] = set()
    for side in (left, right):
        for node in walk(side):
            if isinstance(node, Derivative):
                entries |= {item for item in node.variables if isinstance(item, Index)}
    named = [entry for entry in entries if isinstance(entry.base, Symbol)]
    names = {entry: Symbol(f"{name_of(entry)}@{to_latex(entry)}") for entry in named}

    def change(node: Node) -> Node:
        if isinstance(node, Index) and node in names:
            return names[node]
        return rebuild(node, change)

    return (change(left), change(right)) if names else (left, right)


def with_one_varied(left: Node, right: Node, start: Node | None, laws: frozenset[str]) -> tuple[Node, Node, str]:
    """`p(\\theta | x) \\propto f(\\theta)` is said of θ: both sides with a plain name for it, and this name."""
    calls = [
        item for side in (start, left) if side is not None for item in walk(side)
        if isinstance(item, Call) and name_of(item.function) in laws
    ]  # fmt: skip
    argument = calls[0].arguments[0] if calls else left.arguments[0] if isinstance(left, Call) else None
    if isinstance(argument, Symbol):
        return left, right, argument.name
    if not (isinstance(argument, Index) and isinstance(argument.base, Symbol)):
        return left, right, ""
    symbol = Symbol(f"{name_of(argument)}@{to_latex(argument)}")

    def change(node: Node) -> Node:
        return symbol if node == argument else rebuild(node, change)

    return change(left), change(right), symbol.name


def _where_it_is_taken(node: Node) -> Node:
    """`\\nabla_\\theta p(x | \\theta_0)` is derived by what it is a function of, θ_0."""
    if isinstance(node, Derivative):
        inside = list(walk(node.body))
        changed = []
        for variable in node.variables:
            entries = [item for item in inside if isinstance(item, Index) and item.base == variable]
            alone = sum(item == variable for item in inside) > len(entries)
            changed.append(entries[0] if len(set(entries)) == 1 and not alone else variable)
        node = replace(node, variables=tuple(changed))
    return rebuild(node, _where_it_is_taken)


def with_gradient_letter(node: Node, trees: Iterable[Node]) -> Node:
    """`\\nabla f` is derived by what the text derives by elsewhere, if that is one name."""
    letters = {
        item.variables[0] for tree in trees for item in walk(tree)
        if isinstance(item, Derivative) and len(set(item.variables)) == 1 and isinstance(item.variables[0], Symbol)
    }  # fmt: skip
    if len(letters) != 1:
        return node
    letter = letters.pop()

    def change(item: Node) -> Node:
        if isinstance(item, Derivative) and not item.variables:
            item = replace(item, variables=(letter,))
        return rebuild(item, change)

    return change(node)


def with_dependences(left: Node, right: Node, fixed: frozenset[str]) -> tuple[Node, Node]:
    """`\\frac{dL}{dz} \\frac{dz}{dw}` speaks of an L of z and a z of w: names become functions of what moves them."""
    moved: dict[str, list[str]] = {}
    for side in (left, right):
        for node in walk(side):
            if isinstance(node, Derivative) and all(isinstance(item, Symbol) for item in node.variables):
                letters = [item.name for item in node.variables if isinstance(item, Symbol)]
                inside = names_in(node.body)
                if not inside & set(letters):
                    for name in sorted(inside - fixed):
                        moved.setdefault(name, []).extend(item for item in letters if item not in moved.get(name, []))
    if not moved:
        return left, right
    moved = {name: _closest(name, letters, moved) for name, letters in moved.items()}
    if any(len(letters) != 1 for letters in moved.values()) or _is_circular(moved):
        return left, right
    chain = {name: letters[0] for name, letters in moved.items()}
    return _along(left, chain), _along(right, chain)


def _closest(name: str, letters: list[str], moved: Mapping[str, list[str]]) -> list[str]:
    """The letters that move a name by themselves, not through another one."""
    through = {further for letter in letters for further in moved.get(letter, [])}
    return [letter for letter in letters if letter not in through]


def _is_circular(moved: Mapping[str, list[str]]) -> bool:
    for name in moved:
        seen, here = set(), name
        while here in moved:
            if here in seen:
                return True
            seen.add(here)
            here = moved[here][0]
    return False


def _along(node: Node, chain: Mapping[str, str]) -> Node:
    if isinstance(node, Symbol):
        return _value(node.name, chain)
    if isinstance(node, Index):
        return replace(node, indices=tuple(_along(index, chain) for index in node.indices))
    if isinstance(node, Derivative) and all(isinstance(item, Symbol) for item in node.variables):
        names = {item.name for item in node.variables if isinstance(item, Symbol)}
        if len(names) == 1 and isinstance(node.body, Symbol) and node.body.name in chain:
            return _derived(node.body.name, names.pop(), len(node.variables), chain)
        kept = {name: letter for name, letter in chain.items() if name not in names}
        return replace(node, body=_along(node.body, kept))
    return rebuild(node, lambda child: _along(child, chain))


def _value(name: str, chain: Mapping[str, str]) -> Node:
    if name not in chain:
        return Symbol(name)
    return Call(Symbol(name), (_value(chain[name], chain),), ())


def _derived(name: str, letter: str, order: int, chain: Mapping[str, str]) -> Node:
    """The derivative of a name by a letter on its chain, taken where the letter is."""
    inner = {key: value for key, value in chain.items() if key != letter}
    body = Call(Symbol(name), (_value(chain[name], inner),), ())
    if letter not in chain:
        return Derivative("partial", (Symbol(letter),) * order, body)
    if chain[name] == letter:
        return Call(Symbol(name + "'" * order), (_value(letter, chain),), ())
    return Derivative("partial", (Symbol(letter),) * order, body)


def negated(node: Node) -> Node:
    return node.operand if isinstance(node, Negative) else Negative(node)
