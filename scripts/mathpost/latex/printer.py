"""A tree back to LaTeX. `parse(to_latex(tree)) == tree` under the notation it was read with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mathpost.latex import commands as c
from mathpost.latex import nodes as n
from mathpost.latex.scripts import is_index, is_set, is_worded
from mathpost.latex.sexpr import to_sexpr
from mathpost.latex.spelling import split_name
from mathpost.latex.tokens import tokenize

__all__ = ["name_to_latex", "to_latex", "to_sexpr"]

RELATION, SUM, PRODUCT, FACTOR, POSTFIX = range(5)
"""How tightly a printed expression holds together."""

_WORD: Final = re.compile(r"(?<![\\A-Za-z])[A-Za-z][A-Za-z0-9 .'/&+:-]*[A-Za-z0-9]|(?<![\\A-Za-z{])[A-Za-z]{2,}")
_SIMPLE: Final = re.compile(r"(?:\\[A-Za-z]+|[A-Za-z0-9])$")
_NUMBERS: Final = (n.Number, n.Norm, n.Fenced, n.Inner, n.Binomial, n.Factorial)
_LETTERED: Final = frozenset(("mathbb", "mathcal", "mathfrak", "mathscr"))


def to_latex(node: n.Node) -> str:
    """The formula, with the brackets that custom needs."""
    return _write(node, RELATION)


def _write(node: n.Node, least: int) -> str:
    text, level = _PRINTERS[type(node)](node)
    return text if level >= least else rf"\left( {text} \right)"


def _expression(node: n.Node) -> str:
    return _write(node, RELATION)


def _braces(node: n.Node) -> str:
    return "{" + _bare(node) + "}"


def _bare(node: n.Node) -> str:
    """In braces or behind a comma, a list needs no brackets of its own."""
    return _expression(node)


# -- names -------------------------------------------------------------------------------------------------------------


def name_to_latex(name: str, bold: bool = False) -> str:
    """A canonical name as LaTeX: words upright, letters as they are."""
    head, lower, upper = split_name(name)
    primes = len(head) - len(head.rstrip("'"))
    bare = head.rstrip("'")
    text = rf"\text{{{bare}}}" if re.search(r"[ ,.;]", bare) and "\\" not in bare else _upright(bare)
    text = rf"\boldsymbol{{{text}}}" if bold else text
    text += "'" * primes
    if lower:
        text += "_{" + _decoration(lower, indexing=True) + "}"
    if upper:
        text += "^{" + _decoration(upper, indexing=False) + "}"
    return text


def _upright(text: str) -> str:
    return re.sub(r"\\math[a-z]+\{[A-Za-z0-9]+\}|\\[A-Za-z]+|[A-Za-z0-9][A-Za-z0-9 .'/&+:-]*", _upright_word, text)


def _upright_word(match: re.Match[str]) -> str:
    word = match.group()
    if word[0] == "\\" or not re.search(r"[A-Za-z]{2}|[A-Za-z][0-9]", word):
        return word
    return rf"\text{{{word}}}" if not word.isalnum() else rf"\mathrm{{{word}}}"


def _decoration(text: str, indexing: bool) -> str:
    """A decoration that custom would take for an index is set upright."""
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    indexed = re.fullmatch(r"[ijklmnstTNKM0-9,+-]+", inner) and not re.search(r"[A-Za-z]{2}", inner)
    if re.fullmatch(r"[A-Za-z0-9]", inner) or indexed:
        plain = rf"\mathrm{{{inner}}}" if indexing or inner is not text or inner.isalnum() else inner
        return f"({plain})" if inner is not text else plain
    return _upright(text)


def _symbol(node: n.Symbol) -> tuple[str, int]:
    return name_to_latex(node.name, node.bold), POSTFIX


def _index(node: n.Index) -> tuple[str, int]:
    base = _postfix(node.base, scripted="^" if node.raised else "_")
    indices = ", ".join(map(_index_part, node.indices))
    if not node.raised and isinstance(node.base, n.Symbol | n.Index) and not is_index(tokenize(indices)[:-1]):
        base = rf"\left( {_expression(node.base)} \right)"
    return (f"{base}^{{({indices})}}" if node.raised else f"{base}_{{{indices}}}"), POSTFIX


def _index_part(node: n.Node) -> str:
    if isinstance(node, n.Relation) and node.operator == "|":
        return f"{_expression(node.left)} | {_expression(node.right)}"
    if isinstance(node, n.Binary) and node.operator == "*":
        return rf"{_write(node.left, PRODUCT)} \cdot {_write(node.right, FACTOR)}"
    return _expression(node)


def _postfix(node: n.Node, scripted: str = "") -> str:
    """A base for a script or bracket: braces where it has that script already."""
    text = _write(node, POSTFIX)
    if isinstance(node, n.Symbol):
        _, lower, upper = split_name(node.name)
        taken = bool(lower) if scripted == "_" else bool(upper)
        return f"{{{text}}}" if taken else text
    if isinstance(node, n.Index):
        return f"{{{text}}}" if scripted == ("^" if node.raised else "_") or _has(node.base, scripted) else text
    if isinstance(node, n.Norm | n.Fenced) and scripted == "^":
        return _expression(node)
    if isinstance(node, n.Power | n.Transpose | n.Factorial) or (isinstance(node, n.Moment) and not scripted):
        return rf"\left( {text} \right)"
    return text


def _has(node: n.Node, script: str) -> bool:
    if isinstance(node, n.Index):
        return script == ("^" if node.raised else "_") or _has(node.base, script)
    return isinstance(node, n.Symbol) and bool(split_name(node.name)["_^".index(script) + 1])


def _call(node: n.Call) -> tuple[str, int]:
    function = node.function
    head = (
        _write(function, POSTFIX) if not isinstance(function, n.Binary) else rf"\left( {_expression(function)} \right)"
    )
    return f"{head}({_list(node.arguments, node.separators)})", POSTFIX


def _list(items: tuple[n.Node, ...], separators: tuple[str, ...] | None = None) -> str:
    separators = separators if separators is not None else (",",) * (len(items) - 1)
    text = _item(items[0]) if items else ""
    for separator, item in zip(separators, items[1:], strict=True):
        text += (
            f"{separator} {_item(item)}"
            if separator in (",", ";")
            else f" {_BARS.get(separator, separator)} {_item(item)}"
        )
    return text


_BARS: Final = {"|": r"\mid", "||": r"\parallel"}


def _item(node: n.Node) -> str:
    if isinstance(node, n.Sequence) and not node.parenthesised:
        return rf"\left( {_expression(node)} \right)"
    return _expression(node)


# -- arithmetic --------------------------------------------------------------------------------------------------------


def _number(node: n.Number) -> tuple[str, int]:
    return node.text, POSTFIX


def _negative(node: n.Negative) -> tuple[str, int]:
    return f"-{_write(node.operand, PRODUCT)}", SUM


def _binary(node: n.Binary) -> tuple[str, int]:
    if node.operator == "/":
        return rf"\frac{_braces(node.left)}{_braces(node.right)}", FACTOR
    if node.operator == r"\pmod":
        return rf"{_write(node.left, SUM)} \pmod{_braces(node.right)}", RELATION
    if node.operator in (r"\land", r"\lor"):
        return f"{_write(node.left, RELATION)} {node.operator} {_conjunct(node.right)}", RELATION
    if node.operator in c.ADDITIVE:
        left = _write(node.left, SUM) if not _endless(node.left) else rf"\left( {_expression(node.left)} \right)"
        return f"{left} {node.operator} {_write(node.right, PRODUCT)}", SUM
    left = _write(node.left, PRODUCT) if not _open(node.left) else rf"\left( {_expression(node.left)} \right)"
    right = _write(node.right, FACTOR) if not isinstance(node.right, n.BigOperator) else _write(node.right, PRODUCT)
    if node.operator == "*":
        return left + (r" \cdot " if node.dotted else _times(node, left, right)) + right, PRODUCT
    return f"{left} {node.operator} {right}", PRODUCT


def _conjunct(node: n.Node) -> str:
    nested = isinstance(node, n.Binary) and node.operator in (r"\land", r"\lor")
    return rf"\left( {_expression(node)} \right)" if nested else _expression(node)


def _times(node: n.Binary, left: str, right: str) -> str:
    """Juxtaposition where it can't be taken for anything else; a dot means more than a product between vectors."""
    plain = re.match(r"\\(?:frac|boldsymbol|hat|bar|tilde|sum|prod|sqrt|theta|alpha|beta|lambda)\b|[a-zA-Z]", right)
    safe = re.search(r"[A-Za-z0-9}]$", left) and not re.search(r"\\(?:log|exp|Delta|nabla|det|tr)\b|\bd$", left)
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


def _endless(node: n.Node) -> bool:
    return isinstance(node, n.BigOperator) and node.operator.startswith("arg")


def _power(node: n.Power) -> tuple[str, int]:
    exponent = _expression(node.exponent)
    sign = "+" if is_worded(tokenize(exponent)[:-1]) else ""  # a word alone would be taken for a decoration
    return f"{_postfix(node.base, scripted='^')}^{{{sign}{exponent}}}", POSTFIX


def _transpose(node: n.Transpose) -> tuple[str, int]:
    return rf"{_postfix(node.operand, scripted='^')}^\top", POSTFIX


def _root(node: n.Root) -> tuple[str, int]:
    degree = f"[{_expression(node.degree)}]" if node.degree is not None else ""
    return rf"\sqrt{degree}{_braces(node.radicand)}", FACTOR


def _factorial(node: n.Factorial) -> tuple[str, int]:
    return f"{_postfix(node.operand)}!", POSTFIX


def _binomial(node: n.Binomial) -> tuple[str, int]:
    return rf"\binom{_braces(node.upper)}{_braces(node.lower)}", FACTOR


def _fenced(node: n.Fenced) -> tuple[str, int]:
    left, right = {"abs": (r"\left|", r"\right|"), "floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil")}[
        node.kind
    ]
    return f"{left} {_expression(node.operand)} {right}", FACTOR


def _norm(node: n.Norm) -> tuple[str, int]:
    order = f"_{{{_expression(node.order)}}}" if node.order is not None else ""
    return rf"\left\| {_expression(node.operand)} \right\|{order}", FACTOR


def _inner(node: n.Inner) -> tuple[str, int]:
    return rf"\langle {_item(node.left)}, {_item(node.right)} \rangle", FACTOR


# -- operators ---------------------------------------------------------------------------------------------------------


def _apply(node: n.Apply) -> tuple[str, int]:
    if node.function in ("pm", "mp"):
        return rf"\{node.function} {_write(node.argument, PRODUCT)}", SUM
    if node.function == "oint":
        return _write(node.argument, PRODUCT).replace(r"\int", r"\oint", 1), PRODUCT
    if node.function == "div":
        return rf"\nabla \cdot \left( {_expression(node.argument)} \right)", FACTOR
    inverse = {name: command for command, name in c.INVERSES.items()}
    command = inverse.get(node.function, "") if node.function in ("arsinh", "arcosh", "artanh") else ""
    head = f"{command}^{{-1}}" if command else _function_name(node.function)
    base = f"_{_braces(node.base)}" if node.base is not None else ""
    if isinstance(node.argument, n.Call | n.Symbol | n.Index | n.Number) and node.function in (
        "log",
        "exp",
        "sin",
        "cos",
    ):
        return f"{head}{base} {_expression(node.argument)}", FACTOR
    if isinstance(node.argument, n.SetOf | n.Sequence):
        return f"{head}{base} {_expression(node.argument)}", FACTOR
    return rf"{head}{base} \left( {_expression(node.argument)} \right)", FACTOR


def _function_name(function: str) -> str:
    if function == "lnot":
        return r"\lnot"
    known = (
        "log exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det max min sup inf dim ker deg gcd"
    )
    return f"\\{function}" if function in known.split() else rf"\operatorname{{{function}}}"


def _big(node: n.BigOperator) -> tuple[str, int]:
    if node.operator == "at":
        return rf"\left. {_expression(node.body)} \right|_{{{_under(node.binder)}}}", FACTOR
    names = {"argmax": r"\arg\max", "argmin": r"\arg\min"}
    head = names.get(node.operator, f"\\{node.operator}") + _binder(node.binder)
    if node.operator in names:
        return f"{head} {_write(node.body, SUM)}", SUM if not _endless(node) else RELATION
    bare = node.binder == n.Binder(()) and node.operator in ("max", "min", "sup", "inf")
    body = _write(node.body, PRODUCT)
    if bare and body.startswith((r"\left(", r"\{")):
        body = rf"1 \cdot {body}"
    return f"{head} {body}", PRODUCT


def _binder(binder: n.Binder) -> str:
    lower = _under(binder)
    upper = f"^{_braces(binder.upper)}" if binder.upper is not None else ""
    return (f"_{{{lower}}}" if lower else "") + upper


def _under(binder: n.Binder) -> str:
    condition = binder.condition
    if isinstance(condition, n.Relation) and binder == n.Binder((condition.left,), condition=condition):
        return _expression(condition)
    names = ", ".join(map(_expression, binder.variables))
    if binder.law is not None:
        names = rf"{names} \sim {_expression(binder.law)}" if names else _expression(binder.law)
    elif binder.domain is not None:
        names = rf"{names} \in {_expression(binder.domain)}" if names else _expression(binder.domain)
    elif binder.lower is not None:
        names = f"{names} = {_expression(binder.lower)}"
    if binder.condition is None:
        return names
    return f"{names} : {_expression(binder.condition)}" if names else _expression(binder.condition)


def _moment(node: n.Moment) -> tuple[str, int]:
    head = {"E": r"\mathbb{E}", "Var": r"\operatorname{Var}", "Cov": r"\operatorname{Cov}"}[node.operator]
    under = ", ".join(map(_under, node.binders))
    content = _list(node.arguments)
    if node.condition is not None:
        content += rf" \mid {_expression(node.condition)}"
    return head + (f"_{{{under}}}" if under else "") + rf"\left[ {content} \right]", POSTFIX


def _integral(node: n.Integral) -> tuple[str, int]:
    binder = node.binder
    signs = {2: r"\iint", 3: r"\iiint"}.get(len(binder.variables), r"\int")
    lower = binder.domain if binder.domain is not None else binder.lower
    if binder.law is not None or binder.condition is not None:
        under = f"_{{{_under(binder)}}}"
    else:
        under = f"_{_braces(lower)}" if lower is not None else ""
    upper = f"^{_braces(binder.upper)}" if binder.upper is not None else ""
    ends = "".join(rf" \, d{_expression(variable)}" for variable in binder.variables)
    return rf"{signs}{under}{upper} \left( {_expression(node.body)} \right){ends}", PRODUCT


def _derivative(node: n.Derivative) -> tuple[str, int]:
    body = rf"\left( {_expression(node.body)} \right)"
    if node.kind == "nabla":
        under = ", ".join(map(_expression, node.variables))
        return r"\nabla" + (f"_{{{under}}}" if under else "") + f" {body}", PRODUCT
    mark = r"\partial" if node.kind == "partial" else "d"
    order = f"^{{{len(node.variables)}}}" if len(node.variables) > 1 else ""
    below = " ".join(rf"{mark} {_expression(variable)}" for variable in node.variables)
    return rf"\frac{{{mark}{order}}}{{{below}}} {body}", PRODUCT


def _limit(node: n.Limit) -> tuple[str, int]:
    return (
        rf"\lim_{{{_expression(node.variable)} \to {_expression(node.target)}}} {_write(node.body, PRODUCT)}",
        PRODUCT,
    )


def _indicator(node: n.Indicator) -> tuple[str, int]:
    return rf"\mathbb{{1}}\left[ {_expression(node.condition)} \right]", POSTFIX


# -- collections -------------------------------------------------------------------------------------------------------


def _matrix(node: n.Matrix) -> tuple[str, int]:
    rows = r" \\ ".join(" & ".join(map(_expression, row)) for row in node.rows)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}", FACTOR


def _cases(node: n.Cases) -> tuple[str, int]:
    branches = (
        rf"{_expression(value)} & \text{{if }} {_expression(condition)}" if condition is not None
        else rf"{_expression(value)} & \text{{otherwise}}"
        for value, condition in node.branches
    )  # fmt: skip
    rows = r" \\ ".join(branches)
    return rf"\begin{{cases}} {rows} \end{{cases}}", FACTOR


def _set(node: n.SetOf) -> tuple[str, int]:
    return rf"\{{ {_list(node.elements)} \}}", FACTOR


def _builder(node: n.SetBuilder) -> tuple[str, int]:
    return rf"\{{ {_expression(node.element)} : {_expression(node.condition)} \}}", FACTOR


def _sequence(node: n.Sequence) -> tuple[str, int]:
    if node.parenthesised:
        return rf"\left( {_list(node.elements)} \right)", FACTOR
    return _list(node.elements), RELATION


def _interval(node: n.Interval) -> tuple[str, int]:
    left, right = "[" if node.closed[0] else "(", "]" if node.closed[1] else ")"
    return rf"\left{left} {_expression(node.lower)}, {_expression(node.upper)} \right{right}", FACTOR


def _relation(node: n.Relation) -> tuple[str, int]:
    left, right = (
        rf"\left( {_expression(s)} \right)" if isinstance(s, n.Relation) else _write(s, RELATION)
        for s in (node.left, node.right)
    )
    return f"{left} {node.operator} {right}", RELATION


def _dots(node: n.Dots) -> tuple[str, int]:
    return r"\dots", POSTFIX


_PRINTERS: Final[dict[type, Callable[..., tuple[str, int]]]] = {
    n.Number: _number, n.Symbol: _symbol, n.Index: _index, n.Call: _call, n.Apply: _apply, n.Negative: _negative,
    n.Binary: _binary, n.Power: _power, n.Root: _root, n.Transpose: _transpose, n.Factorial: _factorial,
    n.Binomial: _binomial, n.Fenced: _fenced, n.Norm: _norm, n.Inner: _inner, n.BigOperator: _big, n.Moment: _moment,
    n.Integral: _integral, n.Derivative: _derivative, n.Limit: _limit, n.Matrix: _matrix, n.Cases: _cases,
    n.SetOf: _set, n.SetBuilder: _builder, n.Sequence: _sequence, n.Interval: _interval, n.Relation: _relation,
    n.Indicator: _indicator, n.Dots: _dots,
}  # fmt: skip
