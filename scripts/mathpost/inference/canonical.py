"""A statement in plain terms: each name, entry, function and law of it becomes a name with one meaning.

`x_{t-1}` becomes a sequence at t - 1, `p(z | x)` a function of z and x, `\\mathbb{E}_{z \\sim q}[f(z)]` a sum or an
integral; what has no meaning that could be drawn becomes a name that is the same wherever the same stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from mathpost.inference.definitions import free_names, names_in
from mathpost.inference.laws import Law, Slot, letter_of, slots_of
from mathpost.inference.sayings import Fact, name_of
from mathpost.inference.vocabulary import CONSTANTS, DIVERGENCES, IDENTITIES
from mathpost.latex.tree import nodes as n
from mathpost.latex.tree import rebuild, walk
from mathpost.latex.tree.spelling import head_of, split_name

STANDARD_CALLS = {"\\Gamma": "Gamma", "\\operatorname{erf}": "erf", "erf": "erf", "\\exp": "exp", "\\log": "log"}


@dataclass(frozen=True)
class Atom:
    """What must be drawn: `kind` is `number`, `sequence`, `function`, `law`, `set`, `identity` or `opaque`.

    `name` is that of the text. A law has the letters that it is drawn of and given; `is_count` says that a number is
    whole, `letter` what it is a value of.
    """

    kind: str
    name: str
    arity: int = 0
    letter: str = ""
    drawn: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    bold: bool = False


@dataclass
class Plain:
    """Statements in plain terms, and what their names are."""

    laws: Mapping[str, Law]
    facts: Mapping[str, Fact]
    ranges: Mapping[str, tuple[n.Node, n.Node]]
    atoms: dict[str, Atom] = field(default_factory=dict)
    counts: set[str] = field(default_factory=set)
    uppers: set[str] = field(default_factory=set)
    optimised: set[str] = field(default_factory=set)
    integrated: set[str] = field(default_factory=set)
    opaque: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    _keys: dict[object, str] = field(default_factory=dict)
    _count: int = 0

    def read(self, node: n.Node) -> n.Node:
        """The tree in plain terms."""
        return self._of(node, {})

    # -- names ---------------------------------------------------------------------------------------------------------

    def _atom(self, key: object, prefix: str, atom: Atom) -> n.Symbol:
        if key not in self._keys:
            self._count += 1
            name = f"{prefix}{self._count}"
            self._keys[key] = name
            self.atoms[name] = atom
        return n.Symbol(self._keys[key])

    def forget(self, name: str) -> None:
        """Take back a name, and what made it."""
        self.atoms.pop(name, None)
        self._keys = {key: own for key, own in self._keys.items() if own != name}

    def _opaque(self, node: n.Node, bound: Mapping[str, str], why: str) -> n.Node:
        """A name for what is not understood, the same for the same; a function of what is bound around it."""
        letters = sorted(free_names(node) & bound.keys())
        self.opaque.append(why)
        key = ("opaque", node, tuple(bound[letter] for letter in letters))
        symbol = self._atom(key, "o", Atom("opaque", why, len(letters)))
        if not letters:
            return symbol
        arguments = tuple(n.Symbol(bound[letter]) for letter in letters)
        return n.Call(symbol, arguments, (",",) * (len(letters) - 1))

    def support(self, letter: str) -> n.Node:
        return self._atom(("set", letter.rstrip("'")), "s", Atom("set", letter, letter=letter.rstrip("'")))

    # -- trees ---------------------------------------------------------------------------------------------------------

    @singledispatchmethod
    def _of(self, node: n.Node, bound: Mapping[str, str]) -> n.Node:
        return rebuild(node, lambda child: self._of(child, bound))

    @_of.register
    def _(self, node: n.Symbol, bound: Mapping[str, str]) -> n.Node:
        name = node.name
        if name in bound:
            return n.Symbol(bound[name])
        if name in CONSTANTS and not (name == "\\pi" and (name in self.laws or "law" in self._said(name))):
            return node
        if name in self.laws:
            return self._opaque(node, bound, f"the law {name} stands alone")
        if head_of(name) in IDENTITIES and split_name(name)[1] in ("", "n", "m", "p", "d", "k", "N", "D", "K"):
            return self._atom(("identity", name), "i", Atom("identity", name))
        return self._atom(("number", name), "a", Atom("number", name, letter=letter_of(node), bold=node.bold))

    def _said(self, name: str) -> frozenset[str]:
        return self.facts[name].words if name in self.facts else frozenset()

    @_of.register
    def _(self, node: n.Index, bound: Mapping[str, str]) -> n.Node:
        if not isinstance(node.base, n.Symbol):
            return n.Index(self._of(node.base, bound), tuple(self._of(index, bound) for index in node.indices))
        base = node.base
        if base.name in bound and not node.raised:
            return n.Index(n.Symbol(bound[base.name]), tuple(self._of(index, bound) for index in node.indices))
        indices = tuple(self._index(index, bound) for index in node.indices)
        if any(index is None for index in indices):
            return self._atom(("number", node), "a", Atom("number", base.name, letter=letter_of(node), bold=base.bold))
        key = ("sequence", base.name, len(indices))
        symbol = self._atom(key, "q", Atom("sequence", base.name, len(indices), letter=letter_of(node), bold=base.bold))
        return n.Call(symbol, tuple(index for index in indices if index), (",",) * (len(indices) - 1))

    def _index(self, index: n.Node, bound: Mapping[str, str]) -> n.Node | None:
        """An index in plain terms, its names marked as those that count; None for one that only tells names apart."""
        if any(not isinstance(item, (n.Symbol, n.Number, n.Binary, n.Negative)) for item in walk(index)):
            return None
        plain = self._of(index, bound)
        for item in walk(plain):
            if isinstance(item, n.Symbol) and item.name in self.atoms:
                self.counts.add(item.name)
        return plain

    @_of.register
    def _(self, node: n.Call, bound: Mapping[str, str]) -> n.Node:
        name = name_of(node.function)
        if name in DIVERGENCES and (known := self._divergence(node)) is not None:
            return self._of(known, bound)
        if name in self.laws and isinstance(node.function, n.Symbol) and "||" not in node.separators:
            return self._law(node, self.laws[name], bound)
        if why := self._not_understood(node, name, bound):
            return self._opaque(node, bound, why)
        arguments = tuple(self._of(argument, bound) for argument in node.arguments)
        if name == "\\mathcal{N}":
            return replace(node, arguments=arguments)
        if name in STANDARD_CALLS and len(arguments) == 1:
            return n.Apply(STANDARD_CALLS[name], arguments[0])
        return self._function(node, name, arguments, bound)

    def _not_understood(self, node: n.Call, name: str, bound: Mapping[str, str]) -> str:
        """Why a call has no meaning that could be drawn; empty if it has one."""
        if not name or "||" in node.separators or any(isinstance(item, n.Dots) for item in node.arguments):
            return f"{name or 'a function'} of laws"
        if any(name_of(item) in self.laws and not isinstance(item, n.Call) for item in node.arguments):
            return f"{name}(…) is a functional of a law"
        if any(isinstance(item, n.Relation) or item == n.Symbol("\\cdot") for item in node.arguments):
            return f"{name}(…)"
        return f"{name}(…) of a bound name" if name in bound else ""

    def _function(self, node: n.Call, name: str, arguments: tuple[n.Node, ...], bound: Mapping[str, str]) -> n.Node:
        """A function at its arguments, its indices and parameters among them."""
        indices: tuple[n.Node, ...] = ()
        if isinstance(node.function, n.Index):
            found = [self._index(index, bound) for index in node.function.indices]
            indices = tuple(index for index in found if index is not None)
        parameters = self._parameters(name, bound)
        if ";" not in node.separators:
            parameters = (*parameters, *(self._of(item, bound) for item in self.behind.get(name, ())))
        everything = (*indices, *arguments, *parameters)
        primes = len(name) - len(name.rstrip("'"))
        base = name.rstrip("'") if len(everything) == 1 else name
        atom = Atom("function", base, len(everything), bold=_is_bold(node))
        symbol = self._atom(("function", base, len(everything)), "f", atom)
        if len(everything) == 1:
            symbol = replace(symbol, name=symbol.name + "'" * primes)
        return n.Call(symbol, everything, (",",) * (len(everything) - 1))

    def _parameters(self, name: str, bound: Mapping[str, str]) -> tuple[n.Node, ...]:
        """`f_\\theta(x)` depends on θ, where θ is spoken of."""
        lower = split_name(name)[1]
        return (self._of(n.Symbol(lower), bound),) if lower in self.parameters else ()

    parameters: frozenset[str] = frozenset()
    varied: str = ""
    behind: Mapping[str, tuple[n.Node, ...]] = field(default_factory=dict)

    # -- laws ----------------------------------------------------------------------------------------------------------

    def _law(self, node: n.Call, law: Law, bound: Mapping[str, str]) -> n.Node:
        slots = slots_of(node)
        if any(isinstance(slot.value, n.Symbol) and slot.value.name == "\\cdot" for slot in slots):
            return self._opaque(node, bound, f"{law.name} as a whole")
        if not any(not slot.is_given for slot in slots) or len({slot.letter for slot in slots}) < len(slots):
            return self._opaque(node, bound, f"{law.name} with the same letter twice")
        drawn = tuple(slot for slot in slots if not slot.is_given)
        given = tuple(slot for slot in slots if slot.is_given)
        told = {slot.letter for slot in slots}
        missing = [Slot(letter, True, n.Symbol(letter)) for letter in sorted((law.conditions | law.parameters) - told)]
        if any(slot.letter not in law.parameters and slot.letter != "\\theta" for slot in missing):
            missing = [slot for slot in missing if slot.letter in law.parameters or slot.letter.startswith("\\")]
        given = (*given, *missing)
        everything = (*drawn, *given)
        letters = tuple(slot.letter for slot in drawn), tuple(slot.letter for slot in given)
        symbol = self._atom(
            ("law", law.name, letters), "p", Atom("law", law.name, len(everything), drawn=letters[0], given=letters[1])
        )
        values = tuple(self._of(slot.value, bound) for slot in everything)
        for slot, value in zip(everything, values, strict=True):
            if isinstance(value, n.Symbol) and value.name in self.atoms and slot.letter not in law.conditions:
                self.atoms[value.name] = replace(self.atoms[value.name], letter=slot.letter.split("@")[0].rstrip("'"))
        return n.Call(symbol, values, (",",) * (len(values) - 1))

    def _divergence(self, node: n.Call) -> n.Node | None:
        """The relative entropy of two laws, where the text does not define it."""
        if len(node.arguments) != 2:
            return None
        first, second = (self._density(argument) for argument in node.arguments)
        if first is None or second is None:
            return None
        letters = tuple(slot.value for slot in slots_of(first) if not slot.is_given)
        inner = n.Apply("log", n.Binary("/", first, second))
        return n.Moment("E", (n.Binder(letters, law=first),), (inner,))

    def _density(self, law: n.Node) -> n.Call | None:
        if isinstance(law, n.Call) and name_of(law) in self.laws:
            return law
        known = self.laws.get(name_of(law)) if isinstance(law, n.Symbol) else None
        if known is None:
            return None
        letter = sorted(known.drawn)[0] if known.drawn else "x"
        return n.Call(n.Symbol(known.name), (n.Symbol(letter),), ())

    @_of.register
    def _(self, node: n.Moment, bound: Mapping[str, str]) -> n.Node:
        if node.condition is not None:
            return self._opaque(node, bound, "a conditional expectation")
        if node.operator == "Var" and len(node.arguments) == 1:
            square = n.Power(node.arguments[0], n.Number("2"))
            mean = n.Power(replace(node, operator="E"), n.Number("2"))
            return self._of(n.Binary("-", replace(node, operator="E", arguments=(square,)), mean), bound)
        if node.operator != "E" or len(node.arguments) != 1:
            return self._opaque(node, bound, node.operator)
        weights = self._weights(node)
        if weights is None:
            return self._opaque(node, bound, "an expectation whose law is not said")
        body = node.arguments[0]
        for law, letters in reversed(weights):
            body = n.Binary("*", law, body)
            for letter in letters:
                binder = n.Binder((n.Symbol(letter),))
                continuous = letter_of(n.Symbol(letter)) in self.integrated
                body = n.Integral(binder, body) if continuous else n.BigOperator("sum", binder, body)
        return self._of(body, bound)

    def _weights(self, node: n.Moment) -> list[tuple[n.Node, list[str]]] | None:
        """For each law below an expectation its density, and the names that are drawn from it."""
        weights = []
        for binder in node.binders:
            found = self._weight(binder, node.arguments[0])
            if found is None:
                return None
            weights.append(found)
        return weights or self._guessed_weights(node.arguments[0])

    def _weight(self, binder: n.Binder, body: n.Node) -> tuple[n.Node, list[str]] | None:
        if binder.law is None:
            return self._weight_at(binder, body)
        law = self.laws.get(name_of(binder.law))
        variables = [item.name for item in binder.variables if isinstance(item, n.Symbol)]
        if law is None or len(variables) < len(binder.variables):
            return None
        if isinstance(binder.law, n.Call):
            drawn = [slot for slot in slots_of(binder.law) if not slot.is_given]
            names = [slot.value.name for slot in drawn if isinstance(slot.value, n.Symbol)]
            letters = {slot.letter.rstrip("'") for slot in drawn}
            if len(names) < len(drawn) or (variables and {letter_of(n.Symbol(item)) for item in variables} != letters):
                return None
            if variables and variables != names and len(variables) == len(names) == 1:
                places = {names[0]: n.Symbol(variables[0])}
                arguments = tuple(
                    places.get(item.name, item) if isinstance(item, n.Symbol) else item for item in binder.law.arguments
                )
                return replace(binder.law, arguments=arguments), variables
            return binder.law, names
        if not variables:
            for call in self._densities_in(body):
                values = [slot.value for slot in slots_of(call) if not slot.is_given]
                if name_of(call.function) == law.name and all(isinstance(value, n.Symbol) for value in values):
                    return call, [name_of(value) for value in values]
            inside = free_names(body)
            inside = {name for name in inside if letter_of(n.Symbol(name)) in law.drawn}
            variables = sorted(inside - {law.name})
            if len(variables) != 1:
                return None
        arguments = tuple(n.Symbol(item) for item in variables)
        return n.Call(n.Symbol(law.name), arguments, (",",) * (len(arguments) - 1)), variables

    def _weight_at(self, binder: n.Binder, body: n.Node) -> tuple[n.Node, list[str]] | None:
        """`\\mathbb{E}_{\\theta_0}` is one under the law whose parameter is θ, `\\mathbb{E}_x` one over x."""
        if len(binder.variables) != 1:
            return None
        given = binder.variables[0]
        for call in self._densities_in(body):
            slots = slots_of(call)
            drawn = [slot.value.name for slot in slots if not slot.is_given and isinstance(slot.value, n.Symbol)]
            if name_of(given) in drawn:
                return call, [name_of(given)]
            places = [place for place, slot in enumerate(slots) if slot.is_given and slot.letter == letter_of(given)]
            if places and len(drawn) == 1:
                arguments = list(call.arguments)
                arguments[places[0]] = given
                return replace(call, arguments=tuple(arguments)), drawn
        return None

    def _guessed_weights(self, body: n.Node) -> list[tuple[n.Node, list[str]]] | None:
        """`\\mathbb{E}[s(x)]` beside one density of x is an expectation under it."""
        calls = list(self._densities_in(body))
        slots = [slot for call in calls for slot in slots_of(call) if not slot.is_given]
        names = {slot.value.name for slot in slots if isinstance(slot.value, n.Symbol)}
        if len({name_of(call.function) for call in calls}) != 1 or len(names) != 1:
            return None
        self.guesses.append("under which law an expectation is taken")
        return [(calls[0], sorted(names))]

    def _densities_in(self, body: n.Node) -> Iterable[n.Call]:
        for item in walk(body):
            if not isinstance(item, n.Call) or name_of(item.function) not in self.laws:
                continue
            if all(isinstance(slot.value, (n.Symbol, n.Index)) for slot in slots_of(item)):
                yield item

    # -- operators that bind -------------------------------------------------------------------------------------------

    @_of.register
    def _(self, node: n.BigOperator, bound: Mapping[str, str]) -> n.Node:
        found = node.binder if node.binder.variables else self._found_index(node)
        if found is None:
            return self._opaque(node, bound, f"a {node.operator} over nothing that is said")
        binder = found
        if binder.law is not None or not all(isinstance(item, n.Symbol) for item in binder.variables):
            return self._opaque(node, bound, f"a {node.operator} over what is no name")
        names = [item.name for item in binder.variables if isinstance(item, n.Symbol)]
        if len(names) > 1:
            inner = replace(node, binder=replace(binder, variables=binder.variables[1:]))
            outer = replace(binder, variables=binder.variables[:1], condition=None)
            return self._of(n.BigOperator(node.operator, outer, inner), bound)
        name = names[0]
        if node.operator.startswith("arg"):
            return self._optimised(node, name, bound)
        within = {**bound, name: self._bound_name(name, bound)}
        condition = None if binder.condition is None else self._of(binder.condition, within)
        lower, upper = binder.lower, binder.upper
        if lower is None and upper is None:
            if not (binder.domain is None and self._counts(name, node.body)):
                domain = self._domain(binder.domain, name, bound)
                plain = n.Binder((n.Symbol(within[name]),), domain=domain, condition=condition)
                return n.BigOperator(node.operator, plain, self._of(node.body, within))
            lower, upper = self.ranges.get(name, (n.Number("1"), n.Symbol(f"N_{{{name}}}")))
        ends = [None if end is None else self._end(end, bound) for end in (lower, upper)]
        plain = n.Binder((n.Symbol(within[name]),), lower=ends[0], upper=ends[1], condition=condition)
        return n.BigOperator(node.operator, plain, self._of(node.body, within))

    def _bound_name(self, name: str, bound: Mapping[str, str]) -> str:
        return f"b{len(bound) + 1}"

    def _domain(self, domain: n.Node | None, name: str, bound: Mapping[str, str]) -> n.Node:
        if isinstance(domain, (n.SetOf, n.Interval)):
            return self._of(domain, bound)
        return self.support(letter_of(n.Symbol(name)))

    def _end(self, end: n.Node, bound: Mapping[str, str]) -> n.Node:
        plain = self._of(end, bound)
        for item in walk(plain):
            if isinstance(item, n.Symbol) and item.name in self.atoms:
                self.counts.add(item.name)
                self.uppers.add(item.name)
        return plain

    def _counts(self, name: str, body: n.Node) -> bool:
        """Whether a letter is an index of something here."""
        return any(
            isinstance(item, n.Index) and any(name in names_in(index) for index in item.indices) for item in walk(body)
        )

    def _found_index(self, node: n.BigOperator) -> n.Binder | None:
        """`\\sum x^{(i)}` runs over i."""
        letters = {
            index.name for item in walk(node.body) if isinstance(item, n.Index)
            for index in item.indices if isinstance(index, n.Symbol)
        }  # fmt: skip
        return replace(node.binder, variables=(n.Symbol(letters.pop()),)) if len(letters) == 1 else None

    def _optimised(self, node: n.BigOperator, name: str, bound: Mapping[str, str]) -> n.Node:
        if name in self.laws or bound:
            return self._opaque(node, bound, f"an optimum over {name}")
        symbol = self._of(n.Symbol(name), bound)
        if not isinstance(symbol, n.Symbol) or symbol.name not in self.atoms:
            return self._opaque(node, bound, f"an optimum over {name}")
        self.optimised.add(symbol.name)
        if node.binder.domain is not None:
            self.support(letter_of(n.Symbol(name)))
        return n.BigOperator(node.operator, n.Binder((symbol,)), self._of(node.body, bound))

    @_of.register
    def _(self, node: n.Integral, bound: Mapping[str, str]) -> n.Node:
        binder = node.binder
        if len(binder.variables) != 1 or not isinstance(binder.variables[0], n.Symbol):
            return self._opaque(node, bound, "an integral over what is no name")
        name = binder.variables[0].name
        if binder.lower is None and binder.upper is None and not self._has_density(name, node.body):
            return self._opaque(node, bound, "an integral without bounds")
        within = {**bound, name: self._bound_name(name, bound)}
        ends = [None if end is None else self._of(end, bound) for end in (binder.lower, binder.upper)]
        if binder.lower is None:
            ends = [n.Negative(n.Symbol("\\infty")), n.Symbol("\\infty")]
        letter = letter_of(n.Symbol(name))
        if letter in self.integrated and all(end is not None and "\\infty" in names_in(end) for end in ends):
            # a generic law may have its values in an interval: outside of it there is nothing to integrate
            ends = [self._atom((end, letter), "e", Atom(end, letter, letter=letter)) for end in ("low", "high")]
        plain = n.Binder((n.Symbol(within[name]),), lower=ends[0], upper=ends[1])
        return n.Integral(plain, self._of(node.body, within))

    def _has_density(self, name: str, body: n.Node) -> bool:
        return any(
            isinstance(item, n.Call) and name_of(item.function) in self.laws and name in names_in(item)
            for item in walk(body)
        )

    @_of.register
    def _(self, node: n.Limit, bound: Mapping[str, str]) -> n.Node:
        return self._opaque(node, bound, "a limit")

    @_of.register
    def _(self, node: n.Dots, bound: Mapping[str, str]) -> n.Node:
        return self._opaque(node, bound, "dots")

    @_of.register
    def _(self, node: n.Derivative, bound: Mapping[str, str]) -> n.Node:
        if not node.variables or not all(isinstance(item, (n.Symbol, n.Index)) for item in node.variables):
            return self._opaque(node, bound, "a derivative by nothing that is said")
        variables = tuple(self._of(item, bound) for item in node.variables)
        if not all(isinstance(item, n.Symbol) for item in variables):
            return self._opaque(node, bound, "a derivative by an entry")
        body = self._of(node.body, bound)
        if not all(item.name in names_in(body) for item in variables if isinstance(item, n.Symbol)):
            return self._opaque(node, bound, "a derivative of what is not said to depend on its letter")
        return n.Derivative("partial" if node.kind == "d" else node.kind, variables, body)

    @_of.register
    def _(self, node: n.Factorial, bound: Mapping[str, str]) -> n.Node:
        return n.Factorial(self._end(node.operand, bound))

    @_of.register
    def _(self, node: n.Binomial, bound: Mapping[str, str]) -> n.Node:
        return n.Binomial(self._end(node.upper, bound), self._end(node.lower, bound))


def _is_bold(node: n.Call) -> bool:
    head = node.function.base if isinstance(node.function, n.Index) else node.function
    return isinstance(head, n.Symbol) and head.bold


def parameters_behind(trees: Iterable[n.Node]) -> dict[str, tuple[n.Node, ...]]:
    """For each function that is called as `f(x; \\theta)` somewhere, what stands behind the semicolon."""
    found: dict[str, tuple[n.Node, ...]] = {}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, n.Call) and ";" in node.separators:
                found.setdefault(name_of(node.function), node.arguments[node.separators.index(";") + 1 :])
    return found


def ranges_in(trees: Iterable[n.Node]) -> dict[str, tuple[n.Node, n.Node]]:
    """For each letter that a sum or a product counts, its last bounds in the text."""
    found: dict[str, tuple[n.Node, n.Node]] = {}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, n.BigOperator) and len(node.binder.variables) == 1:
                binder, variable = node.binder, node.binder.variables[0]
                if binder.lower is not None and binder.upper is not None and isinstance(variable, n.Symbol):
                    found[variable.name] = (binder.lower, binder.upper)
    return found
