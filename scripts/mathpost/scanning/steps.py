"""A document step by step: what defines and what is assumed builds the worlds, what follows is tried in them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mathpost.ground.errors import FormulaError
from mathpost.inference.canonical import parameters_behind, ranges_in
from mathpost.inference.definitions import (
    Definition,
    TooLarge,
    called_in,
    can_be_defined,
    expanded,
    is_entry_of_itself,
    isolated,
    key_of,
    keys_in,
    names_in,
)
from mathpost.inference.laws import laws_in
from mathpost.inference.passages import Passages, Statement, parsed
from mathpost.inference.readying import (
    counted_above,
    made_ready,
    with_dependences,
    with_gradient_letter,
    with_letters_for_entries,
    with_one_varied,
    with_raised_indices,
)
from mathpost.inference.sayings import informal_body, name_of, said_of
from mathpost.inference.stray import stray_index
from mathpost.inference.unrolling import at_definite_places, recursion_of
from mathpost.inference.vocabulary import AFRESH, APPROXIMATELY, AT, CONSTANTS
from mathpost.judging.relations import JUDGES
from mathpost.latex.reading import READINGS
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import Binder, Call, Derivative, Index, Node, Number, Symbol
from mathpost.scanning.mending import Mend, mended
from mathpost.scanning.told import Told
from mathpost.scanning.trials import Surroundings, Trial, tried

DEFINING = frozenset((":=", "\\triangleq", "\\doteq", "\\equiv"))
ORDERS = frozenset(("<", ">", "\\leq", "\\geq"))
TURNED = {"<": ">", ">": "<", "\\leq": "\\geq", "\\geq": "\\leq"}
LONGEST = 30
"""Seconds of processor time after which no more steps of a document are tried."""
LONGEST_STEP = 1.0
"""Seconds of processor time after which no more definitions are left out of a step."""
SAID = frozenset(("\\sim", "\\in", "\\notin", ":="))
"""Relations that say what names are; nothing of it is derived."""


_CONVOLVED = re.compile(r"(?<![_^{\\])\s\*(?!\})")
"""An asterisk between two names: typeset mathematics multiplies otherwise, so it may be a convolution."""


@dataclass(frozen=True)
class Outcome:
    """What was found of a statement: it `follows`, it is `false`, a `definition`, an `assumption`, or `not tried`."""

    statement: Statement
    kind: str
    reason: str = ""
    left: object = None
    right: object = None
    mend: Mend | None = None


def outcomes_of(passages: Passages) -> Iterator[Outcome]:
    """What each statement of a document is, in order. Nothing is raised: what cannot be tried is told with a cause."""
    document, end = _Document(passages), time.process_time() + LONGEST
    for statement in passages.statements:
        if time.process_time() > end:
            yield Outcome(statement, "not tried", f"the document has taken {LONGEST} seconds")
            continue
        try:
            yield _Step(statement, document).outcome()
        except TooLarge:
            yield Outcome(statement, "not tried", "its definitions put in, it grows too large")
        except RecursionError:
            yield Outcome(statement, "not tried", "it is nested too deep")
        except Exception as error:
            # one step that was not foreseen must not end a scan
            yield Outcome(statement, "not tried", f"it could not be tried ({type(error).__name__}: {error})")


class _Document:
    """All statements of a document, made ready, and what was told so far."""

    def __init__(self, passages: Passages) -> None:
        self.passages = passages
        self.told = Told()
        self.raised = counted_above([tree for statement in passages.statements for tree in statement.trees])
        self.ready = [self.made_ready(statement.left, statement.right) for statement in passages.statements]
        self.trees = [tree for pair in self.ready if pair for tree in pair]
        self.said = [(mention, informal) for mention in passages.mentions if (informal := informal_body(mention))]

    def made_ready(self, left: Node | None, right: Node | None) -> tuple[Node, Node] | None:
        if left is None or right is None:
            return None
        left, right = (with_raised_indices(side, self.raised) for side in (left, right))
        symbols = self.passages.declared.symbols
        return made_ready(left, symbols), made_ready(right, symbols)

    def around(self, number: int) -> tuple[list[Node], list[Node]]:
        """The trees before a statement, and those from it on."""
        before = [tree for pair in self.ready[:number] if pair for tree in pair]
        return before, [tree for pair in self.ready[number:] if pair for tree in pair]


class _Step:
    """One statement and what was told before it."""

    def __init__(self, statement: Statement, document: _Document) -> None:
        self.statement = statement
        self.document = document
        self.told = document.told
        self.relation = statement.claim.relation
        self.facts = said_of(document.passages.mentions, statement.place)
        self.end = time.process_time() + LONGEST_STEP

    @cached_property
    def laws(self) -> frozenset[str]:
        return frozenset(laws_in(self.document.trees, (), self.facts))

    def outcome(self) -> Outcome:
        self._define_said()
        ready = self.document.ready[self.statement.number]
        if ready is None:
            return self._is("not tried", self.statement.problem)
        left, right = (with_gradient_letter(side, self.document.trees) for side in ready)
        if self.statement.claim.display:
            self.told.enter(self.statement.claim.equation)
        try:
            return self._outcome(left, right)
        finally:
            if self.statement.claim.display:
                self.told.used |= keys_in(left) | keys_in(right) | called_in(left) | called_in(right)

    def _define_said(self) -> None:
        """What the words before the statement define: "p stands for P(y = 1 | x)"."""
        while self.document.said and self.document.said[0][0].place <= self.statement.place:
            mention, body = self.document.said.pop(0)
            ready = self.document.made_ready(mention.tree, body)
            if ready and can_be_defined(ready[0]) and not is_entry_of_itself(*ready):
                self.told.define(*ready, self.statement.number)

    def _is(self, kind: str, reason: str = "") -> Outcome:
        return Outcome(self.statement, kind, reason)

    # -- what it is ----------------------------------------------------------------------------------------------------

    def _outcome(self, left: Node, right: Node) -> Outcome:
        if self.relation in DEFINING and can_be_defined(left):
            return self._define(left, right)
        if self.relation not in JUDGES or self.relation in SAID:
            return self._said(left)
        if self.relation in ORDERS and (not self.statement.claim.display or _is_bound(left, right)):
            self.told.bounds.append((self.relation, left, right))
            return self._is("assumption")
        if self.relation in ("\\approx", "\\simeq"):
            return self._is("not tried", "an approximation has no scale of its own")
        if self.statement.claim.display and (told := stray_index(left, right, is_first=not self.statement.follows)):
            return Outcome(self.statement, "false", told)
        return self._named(left, right) or self._tried(left, right)

    def _named(self, left: Node, right: Node) -> Outcome | None:
        """What an equation is of which one side is a name of which nothing has been said."""
        if self.statement.follows or self.relation not in ("=", *DEFINING):
            return None
        for pattern, body in ((left, right), (right, left)):
            if self._is_a_value_here(pattern, body):
                self.told.set_here(pattern, body, self.statement.number)
                return self._is("assumption")
            if self._is_new(pattern) and name_of(pattern) != name_of(body) and not self._is_solved_for(pattern, body):
                if not is_entry_of_itself(pattern, body):
                    return self._define(pattern, body)
                if name_of(pattern) not in self.laws and name_of(pattern) not in self.told.recursions:
                    return self._recursive(pattern, body)
        return None

    def _is_a_value_here(self, pattern: Node, body: Node) -> bool:
        """`at x = 0` in a line says nothing of x elsewhere."""
        is_value = isinstance(pattern, Symbol) and isinstance(body, Number) and not self.statement.claim.display
        return is_value and (name_of(pattern) in self.told.used or AT.search(self.statement.before) is not None)

    def _is_solved_for(self, pattern: Node, body: Node) -> bool:
        """Whether what was defined by a name is now solved for it: `c = L / s`, where L was c times s."""
        if key_of(pattern) not in self.told.used or not self.statement.claim.display:
            return False
        return key_of(pattern) in keys_in(expanded(body, self.told.definitions)) - keys_in(body)

    def _is_new(self, pattern: Node) -> bool:
        """Whether a side is a name that no formula has said anything of."""
        if isinstance(pattern, Derivative) and name_of(pattern.body) in self.told.definitions:
            return False
        is_name = can_be_defined(pattern) or recursion_of(pattern, Number("0")) is not None
        if isinstance(pattern, Index) and name_of(pattern) in self.told.recursions:
            return False
        return is_name and self.told.definition_of(pattern) is None and name_of(pattern) not in CONSTANTS

    def _define(self, pattern: Node, body: Node) -> Outcome:
        if is_entry_of_itself(pattern, body):
            return self._recursive(pattern, body)
        if isinstance(pattern, Call) and name_of(pattern) in self.laws:
            return self._define_law(pattern, body)
        self.told.define(pattern, body, self.statement.number)
        return self._is("definition")

    def _define_law(self, pattern: Call, body: Node) -> Outcome:
        """A law has the sum 1 whatever it is made of: what is new in its body gives way, if something is."""
        new = {name.rstrip("_") for name in self._new_names(pattern, body)} - self.laws
        for name in sorted(new & called_in(body)):
            solved = isolated(pattern, body, name)
            if solved is not None and isinstance(solved[0], Call) and solved[0].arguments[:1] == pattern.arguments[:1]:
                self.told.define(*solved, self.statement.number)
                return self._is("definition")
        self.told.define(pattern, body, self.statement.number)
        if not any(name_of(item) == "\\mathcal{N}" for item in walk(body)):
            self.told.assume(f"{name_of(pattern)} has the sum 1", {name_of(pattern)})
        return self._is("definition")

    def _recursive(self, pattern: Node, body: Node) -> Outcome:
        recursion = recursion_of(pattern, body)
        if recursion is None:
            self.told.assume(self.statement.claim.latex, self._free_keys(pattern, body))
            return self._is("assumption", "a name is said by itself")
        numbered = [
            int(its.pattern.indices[0].text)
            for its in self.told.definitions.get(recursion.name, ())
            if isinstance(its.pattern, Index) and isinstance(its.pattern.indices[0], Number)
        ]
        self.told.recur(replace(recursion, floor=max(numbered, default=1)))
        return self._is("definition")

    def _said(self, left: Node) -> Outcome:
        if self.relation == "\\sim" and name_of(left):
            self.told.assume(self.statement.claim.latex, {key_of(left)})
        return self._is("assumption")

    # -- trying it -----------------------------------------------------------------------------------------------------

    def _tried(self, left: Node, right: Node) -> Outcome:
        trial = self._best_trial(left, right)
        if trial.holds:
            return self._is("follows")
        if not trial.is_understood and (self._defines_anew(left, right) or self._defines_in_chain(left, right)):
            return self._is("assumption", "it gives a name a meaning that can be computed")
        if not trial.fails:
            return self._untried(left, right, trial)
        new = self._new_names(left, right)
        if not self.statement.claim.display or self._is_condition(left, right):
            return self._assumed(left, right, new)
        pattern = self._redefined(left, right)
        if new and pattern is not None:
            return self._defined_again(left, right, pattern)
        if _on_one_side(new, left, right):
            return self._assumed(left, right, new)
        return self._accused(left, right, trial, is_first=bool(new) and not self.statement.follows)

    def _defines_anew(self, left: Node, right: Node) -> bool:
        """Where a name was defined by what has no meaning here, the first body that has one is its definition."""
        for pattern, body in ((left, right), (right, left)):
            own = self.told.definition_of(pattern) if can_be_defined(pattern) else None
            if own is None or self.statement.follows or is_entry_of_itself(pattern, body):
                continue
            if self._is_opaque(own.body) and not self._is_opaque(body):
                self.told.define(pattern, body, self.statement.number)
                return True
        return False

    def _defines_in_chain(self, left: Node, right: Node) -> bool:
        """`a = K = b`: a new name in the middle is what stands behind it."""
        if not (self.statement.follows and self._is_new(left)) or is_entry_of_itself(left, right):
            return False
        self.told.define(left, right, self.statement.number)
        return True

    def _is_opaque(self, body: Node) -> bool:
        return not self._trial(Symbol("\\cdot"), body).is_understood

    def _best_trial(self, left: Node, right: Node) -> Trial:
        """With all definitions put in, else with one left out, or all: what holds of more holds of what is said."""
        trial = self._trial(left, right)
        named = sorted((names_in(left) | names_in(right)) & self.told.definitions.keys())
        inner = {name for each in named for known in self.told.definitions[each] for name in names_in(known.body)}
        named = [*named, *sorted(inner & self.told.definitions.keys() - set(named))]
        named += sorted(key for key in self.told.definitions if key.startswith("d") and "/" in key)
        if trial.holds or not named:
            return trial
        for left_out in [named, *([name] for name in named if len(named) > 1)]:
            if time.process_time() > self.end:
                break
            known = {name: its for name, its in self.told.definitions.items() if name not in left_out}
            other = self._trial(left, right, definitions=known)
            if other.holds:
                return other
        if self.told.here:
            other = self._trial(left, right, definitions={**self.told.definitions, **self.told.here})
            return other if other.holds else trial
        return trial

    def _untried(self, left: Node, right: Node, trial: Trial) -> Outcome:
        new = self._new_names(left, right)
        if self.relation == "=" and _on_one_side(new, left, right):
            return self._assumed(left, right, new)
        if {"pass", "fail"} <= {judgement.outcome for _, judgement in trial.judgements}:
            return self._is("not tried", "it holds in some worlds and not in others")
        return self._is("not tried", trial.reason or "no world was found in which both sides have values")

    def _trial(
        self,
        left: Node,
        right: Node,
        definitions: Mapping[str, tuple[Definition, ...]] | None = None,
        relation: str = "",
    ) -> Trial:
        left, right = self._expanded(left, right, definitions)
        laws = laws_in([left, right], self.document.trees, self.facts)
        names = frozenset(names_in(left) | names_in(right))
        behind_semicolon = parameters_behind(self.document.trees)
        before, behind = self.document.around(self.statement.number)
        ranges = {**ranges_in(behind), **ranges_in(before), **ranges_in([left, right])}
        around = Surroundings(laws, self.facts, ranges, names, tuple(self.told.bounds), behind_semicolon)
        relation = relation or self.relation
        if relation == "\\propto":
            left, right, varied = with_one_varied(left, right, self._chain_start(), self.laws)
            around = replace(around, varied=varied)
        return tried(relation, left, right, around)

    def _chain_start(self) -> Node | None:
        """The first side of the chain that the statement is a link of."""
        number = self.statement.number
        while number and self.document.passages.statements[number].follows:
            number -= 1
        ready = self.document.ready[number]
        return ready[0] if ready else None

    def _expanded(
        self, left: Node, right: Node, definitions: Mapping[str, tuple[Definition, ...]] | None = None
    ) -> tuple[Node, Node]:
        known = self.told.definitions if definitions is None else definitions
        left, right = at_definite_places(left, right, self.told.recursions if definitions is None else {})
        left, right = with_letters_for_entries(expanded(left, known), expanded(right, known))
        return with_dependences(left, right, self.laws)

    def _new_names(self, left: Node, right: Node) -> set[str]:
        """The names that no formula before has used, and that are no laws, sets or constants."""
        names = keys_in(left) | keys_in(right) | called_in(left) | called_in(right)
        names -= self._of_laws | _domains(left, right) | self.told.defined_keys() | self.told.recursions.keys()
        return names - self.told.used - CONSTANTS

    @cached_property
    def _of_laws(self) -> set[str]:
        """The names of laws, and those of what they are laws of."""
        return {
            name for tree in self.document.trees for node in walk(tree)
            if isinstance(node, Call) and name_of(node.function) in self.laws for name in keys_in(node)
        }  # fmt: skip

    def _is_condition(self, left: Node, right: Node) -> bool:
        """`f(x) = 0` by itself asks for an x."""
        following = self.document.passages.statements[self.statement.number + 1 :][:1]
        alone = not self.statement.follows and not any(statement.follows for statement in following)
        return alone and any(isinstance(side, Number) for side in (left, right))

    def _assumed(self, left: Node, right: Node, new: set[str]) -> Outcome:
        """The equation is one that the worlds must satisfy: it is solved for a name that nothing else ties down."""
        for name in sorted(new, key=lambda each: (each in self.facts, each)):
            for solved in self._solutions(left, right, name.rstrip("_")):
                self.told.define(*solved, self.statement.number)
                return self._is("assumption")
        self.told.assume(self.statement.claim.latex, self._free_keys(left, right))
        return self._is("assumption", "no world was made for it")

    def _solutions(self, left: Node, right: Node, name: str) -> Iterator[tuple[Node, Node]]:
        solved = isolated(left, right, name)
        if solved is None or is_entry_of_itself(*solved) or name_of(solved[0]) in self.laws:
            return
        if not self._trial(*solved, definitions={}).problem:
            yield solved

    def _free_keys(self, left: Node, right: Node) -> set[str]:
        """The names of an equation that nothing defines, with all that is defined put in."""
        sides = [expanded(side, self.told.definitions) for side in (left, right)]
        return {key for side in sides for key in keys_in(side)} - CONSTANTS

    # -- accusing it ---------------------------------------------------------------------------------------------------

    def _accused(self, left: Node, right: Node, trial: Trial, *, is_first: bool) -> Outcome:
        """A step that fails: false, if nothing else explains it.

        What is said of names that are all new may be an equation that they are to satisfy, unless a slip explains it.
        """
        if not trial.is_understood:
            reason = (trial.plain.opaque or trial.plain.guesses)[0]
            return self._is("not tried", f"it fails in generic worlds, but {reason} has no meaning there")
        if excuse := self._excuse(left, right):
            return self._is("not tried", f"it fails in generic worlds, which do not satisfy `{excuse}`")
        if self._reads_otherwise():
            return self._is("not tried", "it holds in another reading")
        if APPROXIMATELY.search(self.statement.before):
            return self._is("not tried", "it fails in generic worlds, but the text speaks of an approximation")
        if self.relation in ORDERS and not self._trial(left, right, relation=TURNED[self.relation]).holds:
            return self._is("not tried", "the order is broken in generic worlds, which may lack an assumption")
        mend = mended(self.relation, trial, self._expanded, self._trial, left, right)
        if is_first and mend is None:
            return self._assumed(left, right, self._new_names(left, right))
        pattern = self._redefined(left, right)
        if pattern is not None and (mend is None or AFRESH.search(self.statement.before)):
            return self._defined_again(left, right, pattern)
        _, judgement = trial.outcomes("fail")[0]
        return Outcome(self.statement, "false", judgement.reason, judgement.left, judgement.right, mend)

    def _redefined(self, left: Node, right: Node) -> Node | None:
        """The name that a statement of its own may give another meaning."""
        if self.statement.follows:
            return None
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Derivative):
                continue  # of what is defined there is but one
            if can_be_defined(side) and not (name_of(side) in self.laws and name_of(side) in called_in(other)):
                return side
        return None

    def _defined_again(self, left: Node, right: Node, pattern: Node) -> Outcome:
        body = right if pattern is left else left
        self.told.forget(name_of(pattern))
        self._define(pattern, body)
        return self._is("definition", "it gives a name another meaning")

    def _excuse(self, left: Node, right: Node) -> str:
        """What the text says beside its formulas that might make the step true."""
        sides = [expanded(side, self.told.definitions) for side in (left, right)]
        keys = {key for side in sides for key in keys_in(side)}
        entries = {name_of(item) for side in sides for item in walk(side) if isinstance(item, Index)}
        called = {name for side in sides for name in called_in(side)} & self.told.definitions.keys()
        if called - self.laws:
            return f"{sorted(called - self.laws)[0]} is used otherwise than it was defined"
        whole = [name for name in entries & self.told.definitions.keys() if name in self.told.defined_keys()]
        if whole:
            return f"the entries of {sorted(whole)[0]}"
        derived = any(isinstance(item, Derivative) for side in (left, right) for item in walk(side))
        if derived and self.told.has_differential:
            return "a differential equation"
        return self.told.excuse(keys | {key.rstrip("_") for key in keys}, self.facts)

    def _reads_otherwise(self) -> bool:
        """Whether the step holds where custom reads its formula in another way."""
        if _CONVOLVED.search(self.statement.claim.latex):
            return True
        own = (self.statement.left, self.statement.right)
        for form, readings in READINGS.items():
            for reading in readings:
                declared = replace(self.document.passages.declared, readings=frozenset({(form, reading)}))
                try:
                    pair = parsed(self.statement.claim, declared)
                except FormulaError:
                    continue
                ready = None if pair == own else self.document.made_ready(*pair)
                if ready and not self._trial(*ready).fails:
                    return True
        return False


def _is_bound(left: Node, right: Node) -> bool:
    """`0 < x`, `a < b`: what two names or numbers are to each other is said, not derived."""
    return all(isinstance(side, (Symbol, Number, Index)) for side in (left, right))


def _on_one_side(names: set[str], left: Node, right: Node) -> bool:
    """Whether an equation brings in a name: `F = m a` does, `(a + b)^2 = a^2 + b^2` is an identity."""
    both = (keys_in(left) | called_in(left)) & (keys_in(right) | called_in(right))
    return bool(names - both)


def _domains(left: Node, right: Node) -> set[str]:
    """The names of sets that something runs through."""
    binders = [item for side in (left, right) for item in walk(side) if isinstance(item, Binder)]
    return {name for binder in binders if binder.domain is not None for name in names_in(binder.domain)}


__all__: Sequence[str] = ["Outcome", "outcomes_of"]
