"""LaTeX becomes tokens: macros are expanded, what is only for the eye falls away, and every spelling of a sign becomes
one. Imports the spelling of names. Its ways in: `tokenize`, `Macros` and `RELATING`; `commands` says what each command
means.
"""

from __future__ import annotations

from mathpost.latex.reading.tokens.balance import find_slip
from mathpost.latex.reading.tokens.characters import RELATING
from mathpost.latex.reading.tokens.macros import Macros
from mathpost.latex.reading.tokens.nesting import arguments_of, depths_of, partners_of
from mathpost.latex.reading.tokens.token import Kind, Token
from mathpost.latex.reading.tokens.tokenizer import tokenize
from mathpost.latex.reading.tokens.words import custom_word, words_under

__all__ = [
    "RELATING",
    "Kind",
    "Macros",
    "Token",
    "arguments_of",
    "custom_word",
    "depths_of",
    "find_slip",
    "partners_of",
    "tokenize",
    "words_under",
]
