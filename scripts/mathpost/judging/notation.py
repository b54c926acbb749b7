"""The notation of a post: what its symbols stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Number as Scalar
from typing import Any

import numpy as np
from scipy import stats

from mathpost.evaluation import Environment
from mathpost.evaluation.elementary import CONSTANTS, DIVERGENCES, STANDARD_FUNCTIONS
from mathpost.evaluation.environment import Function, Functions, parameters_of
from mathpost.evaluation.indexed import letters_of, tells
from mathpost.evaluation.joint import as_law, derived_functions
from mathpost.evaluation.laws import is_law
from mathpost.evaluation.parameters import gives_number, with_parameters
from mathpost.evaluation.values import from_backend
from mathpost.ground.errors import FormulaError, InputError, MathpostError
from mathpost.latex import parse, to_latex
from mathpost.latex.reading import READINGS, parse_pattern
from mathpost.latex.tree.nodes import Call, Declared, Index, Node, Number, Relation, Symbol
from mathpost.latex.tree.spelling import decorate

_SLICE = re.compile(r"(?P<name>.+)_\{(?P<first>\d+):(?P<last>[^{}:]+)\}")
_ARROW = re.compile(r"(?P<name>.+)_\{(?P<first>\\?[A-Za-z]+)\\to ?(?P<last>\\?[A-Za-z]+)\}")
_POWER = re.compile(r"(?P<base>.+)\^\{?\d+\}?")


@dataclass(frozen=True, eq=False)
class Notation:
    r"""Bindings from patterns, written in LaTeX as in the text, to what they mean.

    | pattern | value |
    |---|---|
    | `m`, `\theta_{ML}`, `\mathbb{X}` | a number, an array (1-D is a vector, 2-D a matrix), a set, a `Variable` |
    | `\boldsymbol{x}^{(i)}`, `x_i` | data: an array whose first axis counts the samples, from i = 1 |
    | `h_{0:T}` | the same, counted from 0 |
    | `m_t(x)` | a function of t and x |
    | `P(x)` | a SciPy distribution with its parameters given, observations, or a function of x |
    | `p(x; \theta)`, `P(y | x)` | a function of all arguments, or of those behind the first `|` or `;`, giving a law |
    | `D_{KL}(P || Q)` | a function of two laws |

    `rtol` is what `\approx` means where nothing was sampled, and `reading` decides where custom reads a formula in two
    ways, as in `{"d/dx": "product"}`. A notation holds where it is passed to `check`, and so does its `problem`.
    """

    bindings: Mapping[str, Any]
    rtol: float | None = field(default=None, kw_only=True)
    reading: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        bindings = {key: from_backend(value) for key, value in self.bindings.items()}
        object.__setattr__(self, "bindings", bindings)

    def under(self, readings: Mapping[str, str]) -> Notation:
        """The notation where a site has conventions; what it chooses itself goes before these."""
        if readings.keys() <= self.reading.keys():
            return self
        return replace(self, reading={**readings, **self.reading})

    def __or__(self, other: Mapping[str, Any]) -> Notation:
        r"""This notation with other bindings: a name that is bound here already, however it is spelled, is overridden.

        One notation may hold for a whole post, and `common | {"x": 2.0}` in a section.
        """
        new = set(map(_bound_by, other))
        kept = {key: value for key, value in self.bindings.items() if _bound_by(key) not in new}
        return replace(self, bindings={**kept, **other})

    @cached_property
    def problem(self) -> str:
        """What is wrong with it: nothing can be judged under a notation with a pattern that cannot be read."""
        try:
            _ = self.declared, self.environment
        except MathpostError as error:
            return error.pointed() if isinstance(error, FormulaError) else error.message
        except Exception as error:
            # what an author binds may be anything, and raise anything when it is looked at
            return f"Notation: a value cannot be used ({type(error).__name__}: {error})"
        return ""

    def perturbed(self, generator: np.random.Generator, *, whole: bool = False) -> Notation:
        """A notation whose real numbers, and arrays of them, are each changed by up to a tenth.

        Whole numbers stay: they count samples, name classes and give dimensions. With `whole`, those that are floats
        are changed, too, and so are the parameters of SciPy's laws: a mean of 0 and a factor of 1 hide slips.
        """
        change = _changed_in_all if whole else _perturbed
        changed = {key: change(value, generator) for key, value in self.bindings.items()}
        return replace(self, bindings=changed)

    @cached_property
    def patterns(self) -> tuple[tuple[Node, Any], ...]:
        """The keys as trees. Errors: InputError for two that are spelled otherwise and mean the same."""
        parsed = [(_pattern(key), value) for key, value in self.bindings.items()]
        numbers = {node.name for node, value in parsed if isinstance(node, Symbol) and isinstance(value, Scalar)}
        named = tuple((_named(node, value, numbers), value) for node, value in parsed)
        names = {node.name for node, _ in named if isinstance(node, Symbol)}
        named = tuple((_with_named_arguments(node, names), value) for node, value in named)
        _refuse_twins([node for node, _ in named], list(self.bindings))
        _refuse_powers([node for node, _ in named])
        return named

    @cached_property
    def declared(self) -> Declared:
        """What the parser must know of the names."""
        functions = {_name(node.function) for node, _ in self.patterns if isinstance(node, Call)}
        divergences = {
            _name(node.function) for node, _ in self.patterns if isinstance(node, Call) and "||" in node.separators
        }
        symbols = {node.name for node, _ in self.patterns if isinstance(node, Symbol)}
        return Declared(
            functions=frozenset(functions | (STANDARD_FUNCTIONS.keys() - symbols)),
            divergences=frozenset(divergences.union(DIVERGENCES) - symbols),
            data=frozenset(_name(node.base) for node, _ in self.patterns if isinstance(node, Index)),
            symbols=frozenset(symbols),
            bold=self._two_faced,
            readings=_readings(self.reading),
            complete=True,
        )

    @cached_property
    def _two_faced(self) -> frozenset[str]:
        keys = [node.base if isinstance(node, Index) else node for node, _ in self.patterns]
        faces = {(key.name, key.bold) for key in keys if isinstance(key, Symbol)}
        return frozenset(name for name, bold in faces if bold and (name, False) in faces)

    @cached_property
    def environment(self) -> Environment:
        """The environment with nothing bound yet."""
        empty = Environment({}, {}, two_faced=self._two_faced)
        symbols: dict[str, Any] = {}
        data: dict[str, Any] = {}
        entries: dict[str, Any] = {}
        firsts: dict[str, int] = {}
        functions: dict[str, tuple[Function, ...]] = dict(STANDARD_FUNCTIONS)
        for node, value in self.patterns:
            match node:
                case Symbol():
                    symbols[empty.key(node)] = value
                case Index(base=Symbol() as base, indices=indices, raised=False) if _is_function(value):
                    function = _function(Call(base, indices, (",",) * (len(indices) - 1)), value, empty)
                    functions[empty.key(base)] = (replace(function, is_counted=True),)
                case Index(base=Symbol() as base, raised=True):
                    data[empty.key(base)] = _observations(value, node)
                case Index(base=Symbol() as base, indices=(Relation(operator=":", left=Number(text=first)),)):
                    entries[empty.key(base)], firsts[empty.key(base)] = _observations(value, node), int(first)
                case Index(base=Symbol() as base):
                    entries[empty.key(base)] = _observations(value, node)
                case Call(function=Symbol() as head):
                    function = _function(node, value, empty)
                    others = functions.get(function.name, ())
                    standard = others == STANDARD_FUNCTIONS.get(function.name)
                    functions[empty.key(head)] = (function,) if standard else (*others, function)
                case _:
                    raise InputError(f"Notation: `{to_latex(node)}` is no name, no sample and no call")
        whole = {name: values for name, values in entries.items() if name not in symbols}
        known = {**symbols, **whole}
        functions = {name: tuple(with_parameters(each, known) for each in all_of) for name, all_of in functions.items()}
        derived = derived_functions(functions, known)
        laws = {
            name: tuple(replace(function, value=as_law(function, known)) for function in declared)
            for name, declared in functions.items()
        }
        zeroth = {
            name: np.asarray(symbols[zero], dtype=float)
            for name, values in entries.items()
            if np.shape(symbols.get(zero := decorate(name, lower="0"), ())) == values.shape[1:] and zero in symbols
        }
        return Environment(
            known,
            Functions(laws),
            derived,
            data,
            entries,
            firsts=firsts,
            zeroth=zeroth,
            two_faced=self._two_faced,
            readings=dict(self.reading),
        )


def _pattern(key: object) -> Node:
    if not isinstance(key, str):
        raise InputError(f"Notation: the key {key!r} is no text: write the name in LaTeX, as in 'x_i'")
    try:
        return parse_pattern(key)
    except FormulaError as error:
        raise type(error)(f"Notation: {error.message}", error.latex, error.position) from None


def _bare(node: Node) -> Node:
    """What a key binds: x_i and x_j are the entries of one x, whatever the letter."""
    return replace(node, indices=()) if isinstance(node, Index) else node


def _bound_by(key: str) -> Node | str:
    """What a key binds; one that cannot be read is itself, and the `problem` of its notation."""
    try:
        return _bare(_pattern(key))
    except MathpostError:
        return key


def _refuse_twins(nodes: Sequence[Node], keys: Sequence[str]) -> None:
    seen: dict[Node, str] = {}
    for node, key in zip(nodes, keys, strict=True):
        name = _bare(node)
        if name in seen:
            told = f"`{seen[name]}` and `{key}` are one name, `{to_latex(node)}`"
            raise InputError(f"Notation: {told}: bind it once, and rename the other")
        seen[name] = key


def _readings(chosen: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Errors: InputError for a reading that there is not."""
    for form, reading in chosen.items():
        if reading not in READINGS.get(form, ()):
            known = "; ".join(f"{form!r}: {' or '.join(map(repr, all_of))}" for form, all_of in READINGS.items())
            raise InputError(f"Notation: there is no reading {form!r}: {reading!r}; there are {known}")
    return frozenset(chosen.items())


def _perturbed(value: Any, generator: np.random.Generator) -> Any:
    if not isinstance(value, (float, np.ndarray)):
        return value
    numbers = np.asarray(value)
    if numbers.dtype.kind != "f" or np.all(numbers == np.rint(numbers)):
        return value
    return numbers * generator.uniform(0.9, 1.1, size=numbers.shape)


def _changed_in_all(value: Any, generator: np.random.Generator) -> Any:
    if isinstance(value, stats.distributions.rv_frozen) and isinstance(value.dist, stats.rv_continuous):
        given = {name: _changed_in_all(float(number), generator) for name, number in value.kwds.items()}
        return value.dist(*(_changed_in_all(float(number), generator) for number in value.args), **given)
    if not isinstance(value, (int, float, np.ndarray)) or isinstance(value, bool):
        return value
    numbers = np.asarray(value)
    if isinstance(value, int) and value not in (0, 1):
        return value
    if numbers.dtype.kind != "f" and numbers.ndim:
        return value
    moved = np.where(numbers == 0, generator.uniform(0.1, 0.3, size=numbers.shape), numbers)
    return moved * generator.uniform(0.9, 1.1, size=numbers.shape)


def _is_whole(value: Any) -> bool:
    """Whether a value has no entries that an index could count: a number, an identity matrix."""
    if isinstance(value, Scalar):
        return True
    return isinstance(value, np.ndarray) and value.ndim == 2 and np.array_equal(value, np.eye(len(value)))


def _named(node: Node, value: Any, numbers: set[str]) -> Node:
    r"""`I_n` is a name where n is bound to a number or I_n to an identity, and `d_k` where it is a number itself.

    `h_{0:T}` are the entries of h that count from 0, and `m_t(x)` is a function of t, too.
    """
    match node:
        case Symbol() if found := _SLICE.fullmatch(node.name):
            ends = tuple(parse(end) for end in (found["first"], found["last"]))
            _refuse_length(node, found, value)
            return Index(Symbol(found["name"], node.bold), (Relation(":", *ends),))
        case Symbol() if (found := _ARROW.fullmatch(node.name)) and not _is_whole(value):
            return _named(_between(found), value, numbers)
        case Call(function=Symbol(name=name)) if found := _ARROW.fullmatch(name):
            return _named(replace(node, function=_between(found)), value, numbers)
        case Index(base=Symbol() as base, indices=(Symbol(name=index),), raised=False) if _is_whole(value):
            return replace(base, name=decorate(base.name, lower=index))
        case Call(function=Index(base=Symbol() as base, indices=indices, raised=False)):
            return _with_indices(node, base, indices, value)
        case Index(base=Symbol() as base, indices=(Symbol(name=index),), raised=False) if index in numbers:
            return replace(base, name=decorate(base.name, lower=index))
    return node


def _between(found: re.Match[str]) -> Index:
    r"""`m_{l \to i}` is counted by both of its letters."""
    return Index(Symbol(found["name"]), (Symbol(found["first"]), Symbol(found["last"])))


def _is_function(value: Any) -> bool:
    """Whether a value is a function of its indices, and no law."""
    return callable(value) and not is_law(value)


def _refuse_length(node: Symbol, found: re.Match[str], value: Any) -> None:
    """Errors: InputError for a sequence that has not as many entries as its key says."""
    if found["last"].isdigit() and np.shape(value)[:1] != (count := int(found["last"]) - int(found["first"]) + 1,):
        raise InputError(f"Notation: `{node.name}` must be bound to an array of {count} entries")


def _with_named_arguments(node: Node, names: set[str]) -> Node:
    """`q(x_t | x_0)` is a law of the name `x_t` where the notation binds that as a whole."""
    if not isinstance(node, Call):
        return node
    return replace(node, arguments=tuple(_as_name(part, names) for part in node.arguments))


def _as_name(node: Node, names: set[str]) -> Node:
    match node:
        case Index(base=Symbol() as base, indices=(Symbol(name=index),), raised=False):
            name = decorate(base.name, lower=index)
            return replace(base, name=name) if name in names and base.name not in names else node
    return node


def _with_indices(node: Call, head: Symbol, indices: tuple[Node, ...], value: Any) -> Call:
    """The key of an indexed function: the index stands before the arguments, or behind those of a law.

    It is a label where the binding does not ask for it: `q_t(x)` that is bound to a law, or to a function of x.
    """
    conditions, wanted = _conditions(node), parameters_of(value)
    if _is_label(value, wanted, len(indices), len(node.arguments), conditions):
        return replace(node, function=replace(head, name=decorate(head.name, lower=_label(indices))))
    if wanted == len(indices) + conditions and len(node.arguments) > conditions:
        return Call(head, (*node.arguments, *indices), (*node.separators, ";", *(",",) * (len(indices) - 1)))
    return Call(head, (*indices, *node.arguments), (*(",",) * len(indices), *node.separators))


def _is_label(value: Any, wanted: int | None, indices: int, arguments: int, conditions: int) -> bool:
    """Whether what is bound asks for the arguments alone, or for the conditions alone, and not for the indices."""
    if is_law(value):
        return True
    if wanted == indices + conditions == arguments:
        return gives_number(value, arguments)
    asked = (indices + conditions, indices + arguments)
    return wanted not in asked and wanted in (arguments, conditions or arguments)


def _label(indices: tuple[Node, ...]) -> str:
    return ",".join(map(to_latex, indices))


def _conditions(node: Call) -> int:
    """How many arguments stand behind the first `|` or `;`."""
    conditional = next((k for k, sign in enumerate(node.separators) if sign in ("|", ";")), None)
    return 0 if conditional is None else len(node.arguments) - conditional - 1


def _refuse_powers(nodes: Sequence[Node]) -> None:
    """Errors: InputError for `x^2` beside `x`: it is no name of its own."""
    names = {node.name for node in nodes if isinstance(node, Symbol)}
    for name in sorted(names):
        power = _POWER.fullmatch(name)
        if power and power["base"] in names | CONSTANTS.keys():
            told = f"`{name}` is a power of `{power['base']}`, which has a value, too"
            raise InputError(f"Notation: {told}: bind one of them")


def _observations(value: Any, node: Index) -> Any:
    values = np.asarray(value)
    if values.ndim == 0 or values.dtype.kind not in "biuf":
        raise InputError(f"Notation: `{to_latex(node)}` must be bound to an array whose first axis counts the samples")
    return values.astype(float)


def _name(node: Node) -> str:
    if not isinstance(node, Symbol):
        raise InputError(f"Notation: `{to_latex(node)}` is no name that can be declared")
    return node.name


def _function(node: Call, value: Any, environment: Environment) -> Function:
    names = [environment.named(argument) for argument in node.arguments]
    if None in names:
        raise InputError(f"Notation: the arguments of `{to_latex(node)}` must be names")
    conditions, separators = _conditions(node), node.separators
    name = environment.key(node.function) if isinstance(node.function, Symbol) else ""
    own = tuple(name or "" for name in names)
    shapes = node.arguments if tells(node.arguments) else ()
    running = tuple(letter for letter in letters_of(shapes) if letter not in own)
    wanted = parameters_of(value)
    if running and wanted in (conditions + len(running), len(own) + len(running)):
        own, separators = (*own, *running), (*separators, *((";",) + (",",) * (len(running) - 1)))
        conditions += len(running)
    return Function(name, own, separators, conditions, value, shapes=shapes)
