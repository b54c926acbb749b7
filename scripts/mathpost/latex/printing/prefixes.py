"""What stands before what it acts on, back to LaTeX: functions, big operators, moments, integrals, derivatives."""

from __future__ import annotations

from mathpost.latex.printing.precedence import (
    FACTOR,
    POSTFIX,
    PRODUCT,
    RELATION,
    SUM,
    braces,
    expression,
    is_endless,
    listing,
    write,
)
from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree import nodes as n


def print_apply(node: n.Apply) -> tuple[str, int]:
    if node.function in ("pm", "mp"):
        return rf"\{node.function} {write(node.argument, PRODUCT)}", SUM
    if node.function == "oint":
        return write(node.argument, PRODUCT).replace(r"\int", r"\oint", 1), PRODUCT
    if node.function == "div":
        return rf"\nabla \cdot \left( {expression(node.argument)} \right)", FACTOR
    inverse = {name: command for command, name in c.INVERSES.items()}
    command = inverse.get(node.function, "") if node.function in ("arsinh", "arcosh", "artanh") else ""
    head = f"{command}^{{-1}}" if command else _function_name(node.function)
    base = f"_{braces(node.base)}" if node.base is not None else ""
    if isinstance(node.argument, n.Call | n.Symbol | n.Index | n.Number) and node.function in (
        "log",
        "exp",
        "sin",
        "cos",
    ):
        bare = expression(node.argument)
        bracketed = bare.startswith(r"\left(")  # which would be taken for all of the argument
        return (rf"{head}{base} \left( {bare} \right)" if bracketed else f"{head}{base} {bare}"), FACTOR
    if isinstance(node.argument, n.SetOf | n.Sequence):
        return f"{head}{base} {expression(node.argument)}", FACTOR
    return rf"{head}{base} \left( {expression(node.argument)} \right)", FACTOR


def _function_name(function: str) -> str:
    command = f"\\{function}"
    return rf"\operatorname{{{function}}}" if command in c.OPERATOR_NAMES else command


def print_big(node: n.BigOperator) -> tuple[str, int]:
    if node.operator == "at":
        return rf"\left. {expression(node.body)} \right|{_binder(node.binder)}", FACTOR
    if node.operator in ("forall", "exists"):
        return rf"\{node.operator} {_under(node.binder)} : {expression(node.body)}", RELATION
    names = {"argmax": r"\arg\max", "argmin": r"\arg\min"}
    head = names.get(node.operator, f"\\{node.operator}") + _binder(node.binder)
    if node.operator in names:
        return f"{head} {write(node.body, SUM)}", SUM if not is_endless(node) else RELATION
    bare = node.binder == n.Binder(()) and node.operator in ("max", "min", "sup", "inf")
    body = write(node.body, PRODUCT)
    if bare and body.startswith((r"\left(", r"\{")):
        body = rf"1 \cdot {body}"
    return f"{head} {body}", PRODUCT


def _binder(binder: n.Binder) -> str:
    lower = _under(binder)
    upper = f"^{braces(binder.upper)}" if binder.upper is not None else ""
    return (f"_{{{lower}}}" if lower else "") + upper


def _under(binder: n.Binder) -> str:
    condition = binder.condition
    if isinstance(condition, n.Relation) and binder == n.Binder((condition.left,), condition=condition):
        return expression(condition)
    names = ", ".join(map(expression, binder.variables))
    if binder.law is not None:
        names = rf"{names} \sim {expression(binder.law)}" if names else expression(binder.law)
    elif binder.domain is not None:
        names = rf"{names} \in {expression(binder.domain)}" if names else expression(binder.domain)
    elif binder.lower is not None:
        names = f"{names} = {expression(binder.lower)}" if names else expression(binder.lower)
    if binder.condition is None:
        return names
    return f"{names} : {expression(binder.condition)}" if names else expression(binder.condition)


def print_moment(node: n.Moment) -> tuple[str, int]:
    head = {"E": r"\mathbb{E}", "Var": r"\operatorname{Var}", "Cov": r"\operatorname{Cov}"}[node.operator]
    under = ", ".join(map(_under, node.binders))
    content = listing(node.arguments)
    if node.condition is not None:
        content += rf" \mid {expression(node.condition)}"
    return head + (f"_{{{under}}}" if under else "") + rf"\left[ {content} \right]", POSTFIX


def print_integral(node: n.Integral) -> tuple[str, int]:
    binder = node.binder
    signs = {2: r"\iint", 3: r"\iiint"}.get(len(binder.variables), r"\int")
    lower = binder.domain if binder.domain is not None else binder.lower
    if binder.law is not None or binder.condition is not None:
        under = f"_{{{_under(binder)}}}"
    else:
        under = f"_{braces(lower)}" if lower is not None else ""
    upper = f"^{braces(binder.upper)}" if binder.upper is not None else ""
    ends = "".join(rf" \, d{expression(variable)}" for variable in binder.variables)
    return rf"{signs}{under}{upper} \left( {expression(node.body)} \right){ends}", PRODUCT


def print_derivative(node: n.Derivative) -> tuple[str, int]:
    body = rf"\left( {expression(node.body)} \right)"
    if node.kind == "nabla":
        under = ", ".join(map(expression, node.variables))
        return r"\nabla" + (f"_{{{under}}}" if under else "") + f" {body}", PRODUCT
    mark = r"\partial" if node.kind == "partial" else r"\mathrm{d}"  # upright: a notation may bind d
    order = f"^{{{len(node.variables)}}}" if len(node.variables) > 1 else ""
    below = " ".join(rf"{mark} {expression(variable)}" for variable in node.variables)
    return rf"\frac{{{mark}{order}}}{{{below}}} {body}", PRODUCT


def print_prime(node: n.Prime) -> tuple[str, int]:
    primes = "'" * (int(node.order.text) if isinstance(node.order, n.Number) else 1)
    if isinstance(node.operand, n.Symbol) and f"\\{node.operand.name}" in c.FUNCTIONS - c.OPERATOR_NAMES:
        return rf"\{node.operand.name}{primes}", POSTFIX
    if isinstance(node.operand, n.Symbol):
        return rf"{write(node.operand, POSTFIX)}^{{({expression(node.order)})}}", POSTFIX
    return rf"\left( {expression(node.operand)} \right){primes}", POSTFIX


def print_directional(node: n.Directional) -> tuple[str, int]:
    head = r"\log " if node.logarithm else ""
    return rf"\mathrm{{D}} {head}{expression(node.call)} \left[ {listing(node.directions)} \right]", PRODUCT


def print_limit(node: n.Limit) -> tuple[str, int]:
    target = expression(node.target) + (f"^{{{node.direction}}}" if node.direction else "")
    return rf"\lim_{{{expression(node.variable)} \to {target}}} {write(node.body, PRODUCT)}", PRODUCT


def print_indicator(node: n.Indicator) -> tuple[str, int]:
    return rf"\mathbb{{1}}\left[ {expression(node.condition)} \right]", POSTFIX
