"""The spelling of names: `Symbol.name` taken apart and put together.

name = head { "'" } [ "_" decoration ] [ "^" decoration ]
head = accent "{" head "}" | letter | command | word
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMMAND_END = re.compile(r"\\[A-Za-z]+$")
_PLAIN = re.compile(r"\\[A-Za-z]+|[^\\{}]|\\[a-z]+\{\\?[A-Za-z0-9]+\}")
_ACCENTED = re.compile(r"\\(?:hat|bar|tilde|dot|ddot|check|breve|acute|grave|overrightarrow|overleftarrow)\{")
MOST_NAMES = 4096
_HEAD = re.compile(r"\\[A-Za-z]+(?:\{[^{}]*\})?|[A-Za-z]+|.", re.DOTALL)


@lru_cache(maxsize=MOST_NAMES)
def split_name(name: str) -> tuple[str, str, str]:
    """Head with primes, lower and upper decoration of a canonical name."""
    parts = {"": "", "_": "", "^": ""}
    depth, key = 0, ""
    for character in name:
        if depth == 0 and character in "_^" and parts[""]:
            key = character
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        parts[key] += character
    return parts[""], _unbraced(parts["_"]), _unbraced(parts["^"])


def _unbraced(text: str) -> str:
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


@lru_cache(maxsize=MOST_NAMES)
def head_of(name: str) -> str:
    """The bare letter or word of a name: `p` of `\\hat{p}_{model}`."""
    head = split_name(name)[0].rstrip("'")
    while match := _ACCENTED.match(head):
        head = head[match.end() : -1]
    match = _HEAD.match(head)
    return match.group() if match else head


def is_word(name: str) -> bool:
    head = head_of(name)
    return len(head) > 1 and head[0] != "\\"


@lru_cache(maxsize=MOST_NAMES)
def decorate(name: str, lower: str = "", upper: str = "", primes: int = 0) -> str:
    """A name with further decorations, in canonical order."""
    head, below, above = split_name(name)
    lower = ",".join(part for part in (below, lower) if part)
    upper = ",".join(part for part in (above, upper) if part)
    text = head + "'" * primes
    text += "_" + braced(lower) if lower else ""
    return text + ("^" + braced(upper) if upper else "")


def accented(name: str, accent: str) -> str:
    """`\\hat` over a name: it belongs to the head, wherever it was typed."""
    head, lower, upper = split_name(name)
    primes = len(head) - len(head.rstrip("'"))
    return decorate(f"{accent}{{{head.rstrip(chr(39))}}}", lower, upper, primes)


def join(left: str, right: str) -> str:
    """Two spellings side by side, with a space where a command would swallow a letter."""
    return f"{left} {right}" if right[:1].isalpha() and _COMMAND_END.search(left) else left + right


def braced(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f"{{{text}}}"
