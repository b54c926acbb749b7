"""`mathpost claims`: every formula of a file, how it reads, and nothing executed."""

from __future__ import annotations

from pathlib import Path

from mathpost.commands.terminal import STDOUT
from mathpost.ground.errors import FormulaError, InputError
from mathpost.latex import parse
from mathpost.latex.reading import Chain, as_domain, find_chains
from mathpost.latex.tree import to_sexpr
from mathpost.text.cells import markdown_of
from mathpost.text.documents import read_document
from mathpost.text.elements import Equation


def claims(path: Path, *, as_json: bool) -> int:
    """List the formulas of a file, each with its line; what cannot be read is marked."""
    found = describe(path)
    lines = [f"{entry['line']:>5}  {'' if entry['readable'] else 'NOT READ: '}{entry['latex']}" for entry in found]
    STDOUT.tell(found, "\n".join(lines), as_json=as_json)
    return 0


def describe(path: Path) -> list[dict[str, object]]:
    """Every formula of a file, as `mathpost claims --json` prints it."""
    return [
        describe_equation(equation) for cell in markdown_of(read_document(path)) for equation in cell.markup.equations
    ]


def describe_equation(equation: Equation) -> dict[str, object]:
    """What one formula is and how it reads."""
    latex = equation.meaning
    chains = find_chains(latex)
    kind = "claim" if any(chain.is_claim for chain in chains) else "expression"
    kind = "definition" if latex != equation.latex and not latex.strip() else kind
    try:
        trees = [_tree_of(chain) for chain in chains]
        if not trees and kind != "definition":
            raise InputError("there is nothing in this formula")
        reason, tree = None, _together(trees)
    except (FormulaError, InputError) as error:
        reason, tree = error.message, None
    return {
        "latex": equation.latex,
        "display": equation.display,
        "line": equation.line,
        "kind": kind,
        "readable": reason is None,
        "reason": reason,
        "tree": tree,
    }


def _together(trees: list[str]) -> str | None:
    if len(trees) < 2:
        return trees[0] if trees else None
    return f"(rows {' '.join(trees)})"


def _tree_of(chain: Chain) -> str:
    """`(= a b c)` where the relations are the same, else one link beside the other."""
    if chain.refusal:
        raise InputError(chain.refusal.reason)
    nodes = [parse(side) if side else None for side in chain.sides]
    nodes[1:] = [node and as_domain(relation, node) for node, relation in zip(nodes[1:], chain.relations, strict=True)]
    texts = ["_" if node is None else to_sexpr(node) for node in nodes]
    if not chain.relations:
        return texts[0]
    if len(set(chain.relations)) == 1:
        return f"({chain.relations[0]} {' '.join(texts)})"
    links = [f"({relation} {texts[i]} {texts[i + 1]})" for i, relation in enumerate(chain.relations)]
    return f"(chain {' '.join(links)})"
