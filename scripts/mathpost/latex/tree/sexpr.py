"""A tree as an s-expression: one line a person or a program can compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mathpost.latex.tree import nodes as n


def to_sexpr(node: n.Node) -> str:
    """`(sum (bind i (from 1) (to m)) (log (call p_{model} (sample \\boldsymbol{x} i) ; \\theta)))`"""
    return _WRITERS[type(node)](node)


def _form(head: str, *parts: str | n.Node | None) -> str:
    written = (part if isinstance(part, str) else to_sexpr(part) for part in parts if part is not None)
    return f"({' '.join((head, *written))})"


def _name(node: n.Symbol) -> str:
    name = rf"\boldsymbol{{{node.name}}}" if node.bold else node.name
    return f'"{name}"' if any(character in name for character in " ()") else name


def _call(node: n.Call) -> str:
    parts: list[str | n.Node] = [node.function]
    for index, argument in enumerate(node.arguments):
        if index and node.separators[index - 1] != ",":
            parts.append(node.separators[index - 1])
        parts.append(argument)
    return _form("call", *parts)


def _apply(node: n.Apply) -> str:
    return _form(node.function, _form("base", node.base) if node.base is not None else None, node.argument)


def _binder(node: n.Binder) -> str:
    keyed = (
        ("from", node.lower),
        ("to", node.upper),
        ("in", node.domain),
        ("law", node.law),
        ("where", node.condition),
    )
    return _form("bind", *node.variables, *(_form(key, value) for key, value in keyed if value is not None))


def _moment(node: n.Moment) -> str:
    given = _form("given", node.condition) if node.condition is not None else None
    return _form(node.operator, *node.binders, *node.arguments, given)


def _derivative(node: n.Derivative) -> str:
    return _form({"nabla": "grad"}.get(node.kind, node.kind), _form("by", *node.variables), node.body)


def _cases(node: n.Cases) -> str:
    return _form("cases", *(_form("when", condition or "otherwise", value) for value, condition in node.branches))


def _interval(node: n.Interval) -> str:
    kinds = {(True, True): "closed", (False, False): "open", (True, False): "right-open", (False, True): "left-open"}
    return _form("interval", kinds[node.closed], node.lower, node.upper)


_WRITERS: Final[dict[type, Callable[..., str]]] = {
    n.Number: lambda node: node.text,
    n.Symbol: _name,
    n.Index: lambda node: _form("sample" if node.raised else "index", node.base, *node.indices),
    n.Call: _call,
    n.Apply: _apply,
    n.Negative: lambda node: _form("-", node.operand),
    n.Binary: lambda node: _form(node.operator, node.left, node.right),
    n.Power: lambda node: _form("^", node.base, node.exponent),
    n.Root: lambda node: (
        _form("sqrt", node.radicand) if node.degree is None else _form("root", node.degree, node.radicand)
    ),
    n.Transpose: lambda node: _form("transpose", node.operand),
    n.Factorial: lambda node: _form("factorial", node.operand),
    n.Binomial: lambda node: _form("binomial", node.upper, node.lower),
    n.Fenced: lambda node: _form(node.kind, node.operand),
    n.Norm: lambda node: _form("norm", node.operand, node.order),
    n.Inner: lambda node: _form("inner", node.left, node.right, node.order),
    n.Binder: _binder,
    n.BigOperator: lambda node: _form(node.operator, node.binder, node.body),
    n.Moment: _moment,
    n.Integral: lambda node: _form("int", node.binder, node.body),
    n.Derivative: _derivative,
    n.Prime: lambda node: _form("prime", node.operand, node.order),
    n.Directional: lambda node: _form("along", node.call, *node.directions),
    n.Limit: lambda node: _form(f"lim{node.direction}", node.variable, node.target, node.body),
    n.Matrix: lambda node: _form("matrix", *(_form("row", *row) for row in node.rows)),
    n.Cases: _cases,
    n.SetOf: lambda node: _form("set", *node.elements),
    n.SetBuilder: lambda node: _form("set-of", node.element, node.condition),
    n.Sequence: lambda node: _form("tuple" if node.parenthesised else "list", *node.elements),
    n.Interval: _interval,
    n.Relation: lambda node: _form(node.operator, node.left, node.right),
    n.Indicator: lambda node: _form("indicator", node.condition),
    n.Dots: lambda node: "...",
}
