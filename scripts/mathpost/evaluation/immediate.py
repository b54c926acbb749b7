r"""Whether `\partial h_t / \partial w` of a recursion holds the other steps, and its value where it does.

Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013), call it immediate.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace

from mathpost.evaluation.differentials import NoRule, Towards, differential
from mathpost.evaluation.environment import Definition, Environment
from mathpost.evaluation.evaluate import number_of
from mathpost.evaluation.indexed import step_of
from mathpost.evaluation.slopes import ONE
from mathpost.evaluation.steps import is_made_of_itself, made_of, other_steps, recursion_of
from mathpost.ground.errors import AmbiguousValue
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Index, Node

STEPS = "dh_t/dw"


def holds_other_steps(body: Node, variables: tuple[Node, ...], environment: Environment) -> bool:
    r"""Whether `\partial h_t / \partial w` holds the steps before, which depend on w as well.

    Errors: AmbiguousValue where the notation does not say so.
    """
    recursion = recursion_of(body, environment)
    if recursion is None or not isinstance(body, Index) or len(variables) != 1:
        return False
    (variable,) = variables
    if not (_is_held_by_step if isinstance(variable, Index) else _is_held_by_letter)(body, variable, environment):
        return False
    chosen = environment.readings.get(STEPS)
    if chosen is None:
        shown, letter = to_latex(body), to_latex(variable)
        raise AmbiguousValue(
            f"`\\partial {shown} / \\partial {letter}` may go through the other steps, which depend on `{letter}`, "
            f"or hold them: write `\\frac{{d {shown}}}{{d {letter}}}` for all of it, or choose, "
            f'reading={{"{STEPS}": …}} with "total" or "immediate"',
            STEPS,
        )
    return chosen == "immediate"


def _is_held_by_letter(body: Index, variable: Node, environment: Environment) -> bool:
    """Whether a step speaks of a letter, and is made of other steps that do so as well."""
    name, recursion = environment.named(variable), recursion_of(body, environment)
    if name is None or recursion is None or not is_made_of_itself(environment.named(body.base) or "", environment):
        return False
    tangents: dict[str, Definition] = {}
    within = replace(environment, definitions=ChainMap(tangents, dict(environment.definitions)))
    try:
        return differential(recursion.body, Towards(name, ONE, within, None, tangents, immediate=True)) is not None
    except NoRule:
        return False


def _is_held_by_step(body: Index, variable: Node, environment: Environment) -> bool:
    """Whether a step is made of another step, and of further ones that depend on this as well."""
    if not isinstance(variable, Index):
        return False
    here, there = step_of(body.indices[0]), step_of(variable.indices[0])
    own, name = environment.named(body.base) or "", environment.named(variable.base) or ""
    if here is None or there is None or here.letter != there.letter or recursion_of(variable, environment) is None:
        return False
    around = other_steps(own, environment)
    offset = there.offset - here.offset
    further = [other for other, away in around if (other, away) != (name, offset) and away == offset]
    return (name, offset) in around and any(
        other_name == name for other in further for other_name, away in made_of(other, environment) if away == 0
    )


def at_its_step(body: Node, environment: Environment) -> tuple[Node, Environment]:
    """What defines a step, where its letter is that step."""
    recursion = recursion_of(body, environment)
    assert recursion is not None
    assert isinstance(body, Index)
    return recursion.body, environment.called_with({recursion.arguments[0]: number_of(body.indices[0], environment)})
