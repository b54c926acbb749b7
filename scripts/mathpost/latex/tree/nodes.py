"""The syntax tree of a formula: a small closed union of frozen nodes.

Two trees are equal when they mean the same: the span in the source takes no part in the comparison. Faces
(`\\mathbf`, `\\boldsymbol`, `\\mathrm` …) fold into `Symbol.name` and `Symbol.bold`; an accent belongs to the name,
wherever it was typed (`\\hat{y}^{(i)}` is `\\hat{y^{(i)}}`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class _Node:
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Number(_Node):
    """A number as written: `2`, `0.50`. Its last digit says how precisely it is reported."""

    text: str


@dataclass(frozen=True)
class Symbol(_Node):
    """A name: `x`, `\\theta`, `\\hat{y}`, `\\theta_{ML}`, `p_{model}`, `X^{(train)}`, `MSE_{train}`, `\\mathbb{X}`.

    `name` is canonical LaTeX: upright, bold and italic faces removed, decorations kept, spaces removed.
    """

    name: str
    bold: bool = False


@dataclass(frozen=True)
class Index(_Node):
    """An entry: `x_i`, `x_{i,j}` (`raised` false), or a sample: `x^{(i)}` (`raised` true)."""

    base: Node
    indices: tuple[Node, ...]
    raised: bool = False


@dataclass(frozen=True)
class Call(_Node):
    """`P(y = 1 | x; \\theta)`, `D_{KL}(P || Q)`. `separators` are the `,` `;` `|` `||` between the arguments."""

    function: Node
    arguments: tuple[Node, ...]
    separators: tuple[str, ...]


@dataclass(frozen=True)
class Apply(_Node):
    """A function whose meaning is fixed by custom: `log`, `exp`, `sin`, `det`, `tr` … `\\ln` is `log`."""

    function: str
    argument: Node
    base: Node | None = None


@dataclass(frozen=True)
class Negative(_Node):
    operand: Node


@dataclass(frozen=True)
class Binary(_Node):
    """`operator` is `+`, `-`, `*` (juxtaposition, `\\cdot`, `\\times` between numbers), `/` (`\\frac` too), `\\odot`,
    `\\otimes`, `\\pm`, `\\circ`, `\\cup`, `\\cap`, `\\setminus`, `\\times` (of sets), `\\land`, `\\lor`. A product that
    was typed with `\\cdot` is `dotted`: between two vectors it is the inner product."""

    operator: str
    left: Node
    right: Node
    dotted: bool = field(default=False, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Power(_Node):
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Root(_Node):
    radicand: Node
    degree: Node | None = None


@dataclass(frozen=True)
class Transpose(_Node):
    operand: Node


@dataclass(frozen=True)
class Factorial(_Node):
    operand: Node


@dataclass(frozen=True)
class Binomial(_Node):
    upper: Node
    lower: Node


@dataclass(frozen=True)
class Fenced(_Node):
    """`|x|`, `\\lfloor x \\rfloor`, `\\lceil x \\rceil`. `kind` is `abs`, `floor` or `ceil`."""

    kind: str
    operand: Node


@dataclass(frozen=True)
class Norm(_Node):
    """`\\|x\\|_order`; no order is the Euclidean norm; `order` may be `Symbol('\\infty')` or `Symbol('F')`."""

    operand: Node
    order: Node | None = None


@dataclass(frozen=True)
class Inner(_Node):
    """`\\langle x, y \\rangle_order`; the order may be `Symbol('F')`, or the matrix that the product is taken by."""

    left: Node
    right: Node
    order: Node | None = None


@dataclass(frozen=True)
class Binder(_Node):
    """What a big operator binds. `\\sum_{i=1}^m`: variables, lower, upper. `\\sum_{x \\in \\chi}`: domain.
    `\\sum_i`: variables alone. `\\sum_{i < j}`, `\\max_{x: f(x) > 0}`: condition. `\\mathbb{E}_{x \\sim p}`: law."""

    variables: tuple[Node, ...]
    lower: Node | None = None
    upper: Node | None = None
    domain: Node | None = None
    law: Node | None = None
    condition: Node | None = None


@dataclass(frozen=True)
class BigOperator(_Node):
    """`operator` is `sum`, `prod`, `max`, `min`, `sup`, `inf`, `argmax`, `argmin`, `bigcup`, `bigcap`."""

    operator: str
    binder: Binder
    body: Node


@dataclass(frozen=True)
class Moment(_Node):
    """`\\mathbb{E}`, `Var`, `Cov`: `operator` is `E`, `Var` or `Cov`. `\\mathbb{E}_{q(z)}[f(z)]` has a binder with the
    law `q(z)` and no variables; `\\mathbb{E}[X | Y]` has a condition."""

    operator: str
    binders: tuple[Binder, ...]
    arguments: tuple[Node, ...]
    condition: Node | None = None


@dataclass(frozen=True)
class Integral(_Node):
    """`\\int_a^b f(x) dx`; several variables from `\\iint … dx dy`, the innermost first."""

    binder: Binder
    body: Node


@dataclass(frozen=True)
class Derivative(_Node):
    """`\\nabla_\\theta f`, `\\partial f / \\partial x`, `\\frac{d}{dx} f`: `kind` is `nabla`, `partial` or `d`."""

    kind: str
    variables: tuple[Node, ...]
    body: Node


@dataclass(frozen=True)
class Prime(_Node):
    """`(f g)'`, `f^{(n)}`, `(A B)'`: the derivative of a function by its argument; of arrays it is the transpose.

    A name keeps its primes: `f'` is a symbol.
    """

    operand: Node
    order: Node


@dataclass(frozen=True)
class Directional(_Node):
    """The derivative of a call, or of its logarithm, where its arguments at some places move in some directions.

    Nobody writes it: it is made where a formula is differentiated.
    """

    call: Call
    places: tuple[int, ...]
    directions: tuple[Node, ...]
    logarithm: bool = False


@dataclass(frozen=True)
class Limit(_Node):
    """`\\lim_{x \\to 0^+} f(x)`. `direction` is `+` where the target is reached from above, `-` from below."""

    variable: Node
    target: Node
    body: Node
    direction: str = ""


@dataclass(frozen=True)
class Matrix(_Node):
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Cases(_Node):
    """Each branch is a value and its condition; no condition is `otherwise`."""

    branches: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class SetOf(_Node):
    """`\\{0, 1\\}`; a `Dots` among the elements stands for those between its neighbours."""

    elements: tuple[Node, ...]


@dataclass(frozen=True)
class SetBuilder(_Node):
    """`\\{x \\in S : x > 0\\}`."""

    element: Node
    condition: Node


@dataclass(frozen=True)
class Sequence(_Node):
    """`(a, b)` is a tuple; `a, b \\in S` (`parenthesised` false) says the same of each."""

    elements: tuple[Node, ...]
    parenthesised: bool = True


@dataclass(frozen=True)
class Interval(_Node):
    """`[0, 1)`. A round pair is an interval behind `\\in`, a tuple elsewhere."""

    lower: Node
    upper: Node
    closed: tuple[bool, bool]


@dataclass(frozen=True)
class Relation(_Node):
    """A relation inside a formula: `y = 1` as an argument, `x > 0` as a condition."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Indicator(_Node):
    """`\\mathbb{1}[y = k]`, `\\mathbf{1}_{x > 0}`."""

    condition: Node


@dataclass(frozen=True)
class Dots(_Node):
    """`\\dots`, `\\cdots`."""


Node: TypeAlias = (
    Number | Symbol | Index | Call | Apply | Negative | Binary | Power | Root | Transpose | Factorial | Binomial
    | Fenced | Norm | Inner | Binder | BigOperator | Moment | Integral | Derivative | Prime | Directional | Limit
    | Matrix | Cases | SetOf | SetBuilder | Sequence | Interval | Relation | Indicator | Dots
)  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """What a notation says about the names in a formula, as far as reading it is concerned.

    All are sets of `Symbol.name`. `functions` are called with brackets, `divergences` separate their arguments by
    `||`, `data` take a sample index, `symbols` are everything else that is bound. `bold` are the names that are
    declared both bold and not, so that the face tells them apart. `readings` are pairs of a form that custom reads in
    two ways, and the reading that the notation has chosen. `complete` is false where no notation is at hand
    (a bare Markdown file): then the custom of the field decides what the sets leave open.
    """

    functions: frozenset[str] = frozenset()
    divergences: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    symbols: frozenset[str] = frozenset()
    bold: frozenset[str] = frozenset()
    readings: frozenset[tuple[str, str]] = frozenset()
    complete: bool = False


UNDECLARED = Declared()
