"""What relates something beside the line: the label of a brace, a mark over a sign, a text, a tag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mathpost.ground.errors import FormulaError
from mathpost.latex.reading.statements import refusals as r
from mathpost.latex.reading.statements.chain import Chain, source_of
from mathpost.latex.reading.statements.groups import has_relation
from mathpost.latex.reading.statements.refusals import refusal
from mathpost.latex.reading.tokens import Token, partners_of, tokenize
from mathpost.latex.reading.tokens.relations import ARROWS

_WORDED: Final = frozenset(("text", r"\tag", r"\tag*", r"\footnote"))


def chains_beside(latex: str, tokens: list[Token], find_chains: Callable[[str], tuple[Chain, ...]]) -> list[Chain]:
    """What relates something beside the line: the label of a brace goes on from what stands over it."""
    found: list[Chain] = []
    closed = {stop: start for start, stop in partners_of(tokens).items()}
    for index, token in enumerate(tokens):
        if token.kind != "aside":
            continue
        content = latex[token.start : token.end]
        if token.text == "label" and index - 1 in closed and _defines(content):
            content += f" {source_of(latex, tokens[closed[index - 1] + 1 : index - 1])}"
        stated = [_moved(chain, token.start) for chain in find_chains(content) if chain.is_claim]
        if token.text == "label" and index - 1 in closed:
            held = tokens[closed[index - 1] + 1 : index - 1]
            found += [_labelled(chain, latex, held, token) for chain in stated]
        elif _is_told(token, stated, content):
            shown = rf"\text{{{content.strip()}}}" if token.text in _WORDED else content.strip()
            found.append(_refused(r.ASIDE[token.text], shown, token.start, content))
    return found


def _is_told(token: Token, stated: list[Chain], content: str) -> bool:
    """A text always; a mark but for a limit; what is not shown only where it is a whole statement."""
    if token.text == "text":
        return True
    if token.text in (r"\phantom", r"\hphantom"):
        return any(chain.relations and all(chain.sides) for chain in stated)
    return any(not all(relation in ARROWS for relation in chain.relations) or chain.refusal for chain in stated)


def _labelled(chain: Chain, latex: str, held: list[Token], label: Token) -> Chain:
    if chain.refusal or (not chain.sides[0] and has_relation(held)):
        content = latex[label.start : label.end].strip()
        return _refused(r.ASIDE["label"], content, label.start, content)
    above = source_of(latex, [token for token in held if token.kind != "aside"])
    return replace(chain, sides=(chain.sides[0] or above, *chain.sides[1:]))


def _defines(content: str) -> bool:
    """`M :=` under a brace names what stands over it."""
    try:
        tokens = [token for token in tokenize(content)[:-1] if token.kind not in ("quad", "aside")]
    except FormulaError:
        return False
    return bool(tokens) and tokens[-1].kind == "relation" and not has_relation(tokens[:-1])


def _moved(chain: Chain, by: int) -> Chain:
    return replace(chain, places=tuple(place + by for place in chain.places))


def _refused(message: str, shown: str, place: int, part: str) -> Chain:
    return Chain((shown,), (), (place,), refusal(message, shown, part))
