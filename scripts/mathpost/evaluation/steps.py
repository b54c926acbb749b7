r"""Which names the text defines step by step, as `h_t := f(h_{t-1}, x_t)`, and which of their steps have values."""

from __future__ import annotations

from collections.abc import Iterator

from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.indexed import index_of, step_of
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Index, Node, Number, Symbol
from mathpost.latex.tree.spelling import decorate


def recursion_of(node: Node, environment: Environment) -> Definition | None:
    """What the text defines a step by; None for any other entry."""
    if not isinstance(node, Index) or node.raised or not isinstance(node.base, Symbol):
        return None
    return environment.definitions.get(recursion_name(environment.key(node.base)))


def recursion_name(name: str) -> str:
    """Under which name the definitions keep a sequence."""
    return f"{name}[]"


def step_name(name: str, step: int) -> str:
    return decorate(name, lower=str(step))


def steps_given(name: str, environment: Environment) -> list[int]:
    """The steps of a sequence that have a name of their own with a value, as `h_0`."""
    found = (index_of(Symbol(key)) for key in (*environment.symbols, *environment.definitions, *environment.bound))
    return sorted({int(each[1].text) for each in found if each and each[0] == name and isinstance(each[1], Number)})


def made_of(name: str, environment: Environment) -> Iterator[tuple[str, int | None]]:
    """The sequences that a step is made of, and how far away: -1 for the step before, None if that is not fixed."""
    definition = environment.definitions.get(recursion_name(name))
    for node in walk(definition.body) if definition else ():
        if definition and isinstance(node, Index) and isinstance(node.base, Symbol) and not node.raised:
            step = step_of(node.indices[0])
            fixed = step is not None and step.letter == definition.arguments[0]
            yield environment.key(node.base), step.offset if step is not None and fixed else None


def other_steps(name: str, environment: Environment) -> set[tuple[str, int | None]]:
    """The sequences whose other steps a step is made of, itself or by others of the same step."""
    waiting, seen, found = [name], {name}, set[tuple[str, int | None]]()
    while waiting:
        for other, offset in made_of(waiting.pop(), environment):
            if offset != 0:
                found.add((other, offset))
            elif other not in seen:
                seen.add(other)
                waiting.append(other)
    return {(other, offset) for other, offset in found if recursion_name(other) in environment.definitions}


def is_made_of_itself(name: str, environment: Environment) -> bool:
    """Whether steps of a sequence are made of other steps of it, by whatever other sequences."""
    waiting, seen = [name], set[str]()
    while waiting:
        for found, _ in made_of(waiting.pop(), environment):
            if found == name:
                return True
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return False
