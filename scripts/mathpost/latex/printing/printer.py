"""A tree back to LaTeX. `parse(to_latex(tree)) == tree` under the notation it was read with."""

from __future__ import annotations

import re
from typing import Final

from mathpost.latex.printing.names import postfix, print_call, print_index, print_symbol
from mathpost.latex.printing.precedence import (
    FACTOR,
    POSTFIX,
    PRINTERS,
    PRODUCT,
    RELATION,
    SUM,
    braces,
    element,
    expression,
    is_endless,
    listing,
    write,
)
from mathpost.latex.printing.prefixes import (
    print_apply,
    print_big,
    print_derivative,
    print_directional,
    print_indicator,
    print_integral,
    print_limit,
    print_moment,
    print_prime,
)
from mathpost.latex.reading.customs import is_set, is_upper_index, is_worded
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.reading.tokens import tokenize
from mathpost.latex.tree import nodes as n


def to_latex(node: n.Node) -> str:
    """The formula, with the brackets that custom needs."""
    return write(node, RELATION)


_NUMBERS: Final = (n.Number, n.Norm, n.Fenced, n.Inner, n.Binomial, n.Factorial)


def _number(node: n.Number) -> tuple[str, int]:
    return node.text, POSTFIX


def _negative(node: n.Negative) -> tuple[str, int]:
    return f"-{write(node.operand, PRODUCT)}", SUM


def _binary(node: n.Binary) -> tuple[str, int]:
    if node.operator == "/":
        return rf"\frac{braces(node.left)}{braces(node.right)}", FACTOR
    if node.operator == r"\pmod":
        return rf"{write(node.left, SUM)} \pmod{braces(node.right)}", RELATION
    if node.operator in (r"\land", r"\lor"):
        return f"{write(node.left, RELATION)} {node.operator} {_conjunct(node.right)}", RELATION
    if node.operator in c.ADDITIVE:
        left = write(node.left, SUM) if not is_endless(node.left) else rf"\left( {expression(node.left)} \right)"
        return f"{left} {node.operator} {write(node.right, PRODUCT)}", SUM
    if node.operator == "*" and node.right == n.Symbol(r"\%"):
        return rf"{write(node.left, FACTOR)}\%", FACTOR
    left = write(node.left, PRODUCT) if not _open(node.left) else rf"\left( {expression(node.left)} \right)"
    right = write(node.right, FACTOR) if not isinstance(node.right, n.BigOperator) else write(node.right, PRODUCT)
    if node.operator == "*":
        return left + (r" \cdot " if node.dotted else _times(node, left, right)) + right, PRODUCT
    return f"{left} {node.operator} {right}", PRODUCT


def _conjunct(node: n.Node) -> str:
    nested = isinstance(node, n.Binary) and node.operator in (r"\land", r"\lor")
    return rf"\left( {expression(node)} \right)" if nested else expression(node)


def _times(node: n.Binary, left: str, right: str) -> str:
    """Juxtaposition where it can't be taken for anything else; a dot means more than a product between vectors."""
    plain = re.match(r"\\(?:frac|boldsymbol|hat|bar|tilde|sum|prod|sqrt|theta|alpha|beta|lambda)\b|[a-zA-Z]", right)
    safe = re.search(r"[A-Za-z0-9}]$", left) and not re.search(r"\\(?:log|exp|Delta|nabla|det|tr|partial)\b|\bd$", left)
    if plain and safe:
        return " "
    no_vectors = any(_is_number(side) or is_set(side) for side in (node.left, node.right))
    return r" \cdot " if no_vectors else r" \times "


def _is_number(node: n.Node) -> bool:
    return _is_number(node.base) if isinstance(node, n.Power) else isinstance(node, _NUMBERS)


def _open(node: n.Node) -> bool:
    """Whether what follows would be drawn into it."""
    if isinstance(node, n.BigOperator | n.Limit | n.Derivative | n.Integral | n.Negative):
        return True
    if isinstance(node, n.Moment):
        return not node.arguments
    return (
        isinstance(node, n.Binary)
        and node.operator not in ("/",)
        and node.operator not in c.ADDITIVE
        and _open(node.right)
    )


def _power(node: n.Power) -> tuple[str, int]:
    exponent = expression(node.exponent)
    tokens = tokenize(exponent)[:-1]
    sign = "+" if is_worded(tokens) else ""  # a word alone would be taken for a decoration
    if is_upper_index(tokens) and _indexed(node.base):
        return rf"\left( {expression(node.base)} \right)^{{{exponent}}}", POSTFIX
    return f"{postfix(node.base, scripted='^')}^{{{sign}{exponent}}}", POSTFIX


def _indexed(node: n.Node) -> bool:
    """Whether custom may take a letter over a name for an index."""
    return isinstance(node, n.Index) or (isinstance(node, n.Symbol) and (node.bold or "_" in node.name))


def _transpose(node: n.Transpose) -> tuple[str, int]:
    return rf"{postfix(node.operand, scripted='^')}^\top", POSTFIX


def _root(node: n.Root) -> tuple[str, int]:
    degree = f"[{expression(node.degree)}]" if node.degree is not None else ""
    return rf"\sqrt{degree}{braces(node.radicand)}", FACTOR


def _factorial(node: n.Factorial) -> tuple[str, int]:
    return f"{postfix(node.operand)}!", POSTFIX


def _binomial(node: n.Binomial) -> tuple[str, int]:
    return rf"\binom{braces(node.upper)}{braces(node.lower)}", FACTOR


def _fenced(node: n.Fenced) -> tuple[str, int]:
    left, right = {"abs": (r"\left|", r"\right|"), "floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil")}[
        node.kind
    ]
    return f"{left} {expression(node.operand)} {right}", FACTOR


def _norm(node: n.Norm) -> tuple[str, int]:
    order = f"_{{{expression(node.order)}}}" if node.order is not None else ""
    return rf"\left\| {expression(node.operand)} \right\|{order}", FACTOR


def _inner(node: n.Inner) -> tuple[str, int]:
    order = f"_{{{expression(node.order)}}}" if node.order is not None else ""
    return rf"\langle {element(node.left)}, {element(node.right)} \rangle{order}", FACTOR


def _matrix(node: n.Matrix) -> tuple[str, int]:
    rows = r" \\ ".join(" & ".join(map(expression, row)) for row in node.rows)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}", FACTOR


def _cases(node: n.Cases) -> tuple[str, int]:
    branches = (
        rf"{expression(value)} & \text{{if }} {expression(condition)}" if condition is not None
        else rf"{expression(value)} & \text{{otherwise}}"
        for value, condition in node.branches
    )  # fmt: skip
    rows = r" \\ ".join(branches)
    return rf"\begin{{cases}} {rows} \end{{cases}}", FACTOR


def _set(node: n.SetOf) -> tuple[str, int]:
    return rf"\{{ {listing(node.elements)} \}}", FACTOR


def _builder(node: n.SetBuilder) -> tuple[str, int]:
    return rf"\{{ {expression(node.element)} : {expression(node.condition)} \}}", FACTOR


def _sequence(node: n.Sequence) -> tuple[str, int]:
    if node.parenthesised:
        return rf"\left( {listing(node.elements)} \right)", FACTOR
    return listing(node.elements), RELATION


def _interval(node: n.Interval) -> tuple[str, int]:
    left, right = "[" if node.closed[0] else "(", "]" if node.closed[1] else ")"
    return rf"\left{left} {expression(node.lower)}, {expression(node.upper)} \right{right}", FACTOR


def _relation(node: n.Relation) -> tuple[str, int]:
    left, right = (
        rf"\left( {expression(s)} \right)" if isinstance(s, n.Relation) else write(s, RELATION)
        for s in (node.left, node.right)
    )
    return f"{left} {node.operator} {right}", RELATION


def _dots(node: n.Dots) -> tuple[str, int]:
    return r"\dots", POSTFIX


PRINTERS.update({
    n.Number: _number, n.Symbol: print_symbol, n.Index: print_index, n.Call: print_call, n.Apply: print_apply,
    n.Negative: _negative, n.Binary: _binary, n.Power: _power, n.Root: _root, n.Transpose: _transpose,
    n.Factorial: _factorial, n.Binomial: _binomial, n.Fenced: _fenced, n.Norm: _norm, n.Inner: _inner,
    n.BigOperator: print_big, n.Moment: print_moment, n.Integral: print_integral, n.Derivative: print_derivative,
    n.Prime: print_prime,
    n.Directional: print_directional,
    n.Limit: print_limit, n.Matrix: _matrix, n.Cases: _cases, n.SetOf: _set, n.SetBuilder: _builder,
    n.Sequence: _sequence, n.Interval: _interval, n.Relation: _relation, n.Indicator: print_indicator, n.Dots: _dots,
})  # fmt: skip
