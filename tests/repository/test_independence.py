"""What the notations of our notebooks bind is reached on another route than the formula it is compared with.

A binding is the formula retyped if its code does everything that the formula does: the same sums, logarithms, norms.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mathpost.latex import parse
from mathpost.latex.reading import parse_pattern
from mathpost.latex.tree import walk
from mathpost.latex.tree.nodes import (
    Apply,
    BigOperator,
    Binary,
    Call,
    Integral,
    Moment,
    Node,
    Norm,
    Power,
    Symbol,
    Transpose,
)
from mathpost.text import read
from mathpost.text.claims import parse_claim
from places import NOTEBOOKS

POSTS = sorted(NOTEBOOKS.glob("*.ipynb"))
CALLS = {
    "sum": "sum", "mean": "sum", "average": "sum", "fsum": "sum",
    "prod": "prod", "cumprod": "prod",
    "log": "log", "log1p": "log", "logpdf": "log", "logpmf": "log", "xlogy": "log", "rel_entr": "log",
    "exp": "exp",
    "norm": "norm",
    "quad": "integral", "trapezoid": "integral", "simpson": "integral", "expect": "integral",
    "minimize": "arg", "minimize_scalar": "arg", "argmax": "arg", "argmin": "arg",
    "pdf": "call", "pmf": "call", "expit": "call", "sigmoid": "call",
    "dot": "inner product", "vdot": "inner product", "vecdot": "inner product", "inner": "inner product",
}  # fmt: skip


def steps_of_formula(tree: Node) -> set[str]:
    """What has to be done to evaluate a formula, beside plain arithmetic."""
    return {step for node in walk(tree) for step in _steps_of_node(node)}


def _steps_of_node(node: Node) -> Iterator[str]:
    match node:
        case BigOperator(operator=operator):
            yield "arg" if operator.startswith("arg") else operator
        case Apply(function=function):
            yield function
        case Call():
            yield "call"
        case Norm():
            yield "norm"
        case Power():
            yield "power"
        case Integral():
            yield "integral"
        case Moment():
            yield "sum"
        case Binary(operator="*", left=Transpose()):
            yield "inner product"


def steps_of_code(code: ast.AST) -> set[str]:
    return {step for node in ast.walk(code) for step in _steps_of_syntax(node)}


def _steps_of_syntax(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CALLS:
            yield CALLS[name]
        case ast.BinOp(op=ast.Pow()):
            yield "power"
        case ast.BinOp(op=ast.MatMult()):
            yield "inner product"


def is_retyped(formula: Node, code: ast.AST) -> bool:
    steps = steps_of_formula(formula)
    return bool(steps) and steps <= steps_of_code(code)


def bindings_in(source: str) -> Iterator[tuple[str, ast.AST]]:
    """The pairs of every dictionary that is made into a Notation; a name stands for the function it is defined as."""
    tree = ast.parse(source)
    functions: Mapping[str, ast.AST] = {item.name: item for item in ast.walk(tree) if isinstance(item, ast.FunctionDef)}
    assigned = {
        target.id: item.value
        for item in ast.walk(tree)
        if isinstance(item, ast.Assign)
        for target in item.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    name = value.id if isinstance(value, ast.Name) else ""
                    yield key.value, functions.get(name) or assigned.get(name) or value


def name_of(node: Node) -> str:
    match node:
        case Symbol(name=name) | Call(function=Symbol(name=name)):
            return name
    return ""


def retyped_in(notebook: Path) -> list[str]:
    """The claims whose one side is bound, in the next cell with a notation, to code that does all the other does."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    notations = {
        number: [(name_of(parse_pattern(key)), code) for key, code in bindings_in("".join(cell["source"]))]
        for number, cell in enumerate(cells, 1)
        if cell["cell_type"] == "code" and "Notation(" in "".join(cell["source"])
    }
    found = []
    for claim in read(notebook).claims:
        behind = (number for number in notations if number > (claim.cell or 0))
        nearest = min(behind, default=max(notations))
        left, right = parse_claim(claim)
        for bound, formula in ((left, right), (right, left)):
            codes = [code for name, code in notations[nearest] if name and name == name_of(bound)]
            found += [claim.id for code in codes if is_retyped(formula, code)]
    return found


@pytest.mark.parametrize("notebook", POSTS, ids=lambda path: path.stem)
def test_no_notation_is_the_formula_retyped(notebook: Path) -> None:
    assert not retyped_in(notebook)


RETYPED = [
    (r"\sum_x P(x) \log \frac{P(x)}{Q(x)}", "lambda P, Q: np.sum(P.pmf(s) * np.log(P.pmf(s) / Q.pmf(s)))", True),
    (r"\sum_x P(x) \log \frac{P(x)}{Q(x)}", "lambda P, Q: stats.entropy(P.pmf(s), Q.pmf(s))", False),
    (r"\frac{1}{m} \|y - X w\|_2^2", "np.linalg.norm(y - X @ w) ** 2 / m", True),
    (r"\frac{1}{m} \|y - X w\|_2^2", "errors.var() + errors.mean() ** 2", False),
    (r"w^\top x", "w @ x", True),
    (r"\sigma(w^\top x)", "special.expit(w @ x)", True),
    (r"\sigma(w^\top x)", "special.softmax([0, w @ x])[1]", False),
    (r"p^y (1 - p)^{1 - y}", "lambda y: p ** y * (1 - p) ** (1 - y)", True),
    (r"p^y (1 - p)^{1 - y}", "lambda y: special.softmax([0, score])[y]", False),
    (r"\arg\max_\theta \sum_{i=1}^m \log p(x^{(i)}; \theta)", "total / m", False),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "code", "expected"), RETYPED, ids=[code for _, code, _ in RETYPED])
def test_a_retyped_formula_would_be_noticed(latex: str, code: str, expected: bool) -> None:
    assert is_retyped(parse(latex), ast.parse(code, mode="eval")) is expected
