"""Names, their indices, and calls back to LaTeX."""

from __future__ import annotations

import re

from mathpost.latex.printing.precedence import FACTOR, POSTFIX, PRODUCT, expression, listing, write
from mathpost.latex.reading.customs import is_index
from mathpost.latex.reading.tokens import tokenize
from mathpost.latex.tree import nodes as n
from mathpost.latex.tree.spelling import split_name


def name_to_latex(name: str, bold: bool = False) -> str:
    """A canonical name as LaTeX: words upright, letters as they are."""
    if "$" in name:
        return rf"\text{{{name}}}"
    head, lower, upper = split_name(name)
    primes = len(head) - len(head.rstrip("'"))
    bare = head.rstrip("'")
    text = rf"\text{{{bare}}}" if re.search(r'[ ,.;"$]', bare) and "\\" not in bare else _upright(bare)
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
    indexed = re.fullmatch(r"[ijklmnstTNKM0-9-][ijklmnstTNKM0-9,+-]*", inner) and not re.search(r"[A-Za-z]{2}", inner)
    if re.fullmatch(r"[A-Za-z0-9]", inner) or indexed:
        plain = rf"\mathrm{{{inner}}}" if indexing or inner is not text or inner.isalnum() else inner
        return f"({plain})" if inner is not text else plain
    return _upright(text)


def print_symbol(node: n.Symbol) -> tuple[str, int]:
    return name_to_latex(node.name, node.bold), POSTFIX


def print_index(node: n.Index) -> tuple[str, int]:
    base = postfix(node.base, scripted="^" if node.raised else "_")
    indices = ", ".join(map(_index_part, node.indices))
    if not node.raised and isinstance(node.base, n.Symbol | n.Index) and not is_index(tokenize(indices)[:-1]):
        base = rf"\left( {expression(node.base)} \right)"
    return (f"{base}^{{({indices})}}" if node.raised else f"{base}_{{{indices}}}"), POSTFIX


def _index_part(node: n.Node) -> str:
    if isinstance(node, n.Relation) and node.operator == "|":
        return f"{expression(node.left)} | {expression(node.right)}"
    if isinstance(node, n.Binary) and node.operator == "*":
        return rf"{write(node.left, PRODUCT)} \cdot {write(node.right, FACTOR)}"
    return expression(node)


def postfix(node: n.Node, scripted: str = "") -> str:
    """A base for a script or bracket: braces where it has that script already."""
    text = write(node, POSTFIX)
    if isinstance(node, n.Symbol):
        _, lower, upper = split_name(node.name)
        taken = bool(lower) if scripted == "_" else bool(upper)
        return f"{{{text}}}" if taken else text
    if isinstance(node, n.Index):
        return f"{{{text}}}" if scripted == ("^" if node.raised else "_") or _has(node.base, scripted) else text
    if isinstance(node, n.Norm | n.Fenced) and scripted == "^":
        return expression(node)
    if isinstance(node, n.Power | n.Transpose | n.Factorial) or (isinstance(node, n.Moment) and not scripted):
        return rf"\left( {text} \right)"
    return text


def _has(node: n.Node, script: str) -> bool:
    if isinstance(node, n.Index):
        return script == ("^" if node.raised else "_") or _has(node.base, script)
    return isinstance(node, n.Symbol) and bool(split_name(node.name)["_^".index(script) + 1])


def print_call(node: n.Call) -> tuple[str, int]:
    function = node.function
    head = write(function, POSTFIX) if not isinstance(function, n.Binary) else rf"\left( {expression(function)} \right)"
    return f"{head}({listing(node.arguments, node.separators)})", POSTFIX
