"""Runs of letters: which are commands, which are one name, and which are single letters side by side."""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from mathpost.latex.reading.tokens import commands as c
from mathpost.latex.tree.nodes import Declared
from mathpost.latex.tree.spelling import head_of

WORDS: Final = {
    **{command[1:]: command for command in c.OPERATOR_NAMES},
    **{word: f"\\{word}" for word in (
        "log exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh det max min sup inf lim plim limsup "
        "liminf arg argmax argmin argsup arginf Var Cov").split()},
    "ln": r"\log", "Log": r"\log", "Exp": r"\exp", "Tr": r"\tr", "trace": r"\tr", "sgn": r"\sign", "sgm": "sgm",
    "rk": r"\rank", "Rank": r"\rank", "Diag": r"\diag", "Det": r"\det", "Max": r"\max", "Min": r"\min",
    "maximize": r"\max", "minimize": r"\min", "maximise": r"\max", "minimise": r"\min", "Maximize": r"\max",
    "Minimize": r"\min", "Argmax": r"\argmax", "Argmin": r"\argmin", "ArgMax": r"\argmax", "ArgMin": r"\argmin",
    "var": r"\Var", "cov": r"\Cov", "VAR": r"\Var", "COV": r"\Cov",
}  # fmt: skip
"""Words that are commands, typed upright (`\\operatorname{tr}`) or as they are (`log p`)."""

CUSTOMARY_WORDS: Final = frozenset(
    """KL JS JSD MSE RMSE MAE ELBO VLB MLE MAP ML CE BCE NLL GAN VAE RNN CNN LSTM GRU MLP SNR PCA SVD LDA IoU AUC TD
    MC MMD EMD FID IS PMI TV RL SGD FFN GELU SiLU Pr Beta Bern Cat Dir Gamma Unif softmax Softmax SoftMax sigmoid ReLU
    relu LeakyReLU ELU GP IG pi avg acc err std new old true pred train test val max min data model obs lr iid id in
    out aug ref opt init target sample joint prior post adv cls reg rec sup real fake gen enc dec attn emb loc conf CV
    RSS TSS th st nd rd pos neg ext int tot low high hidden input output context query key value""".split()
)
"""Runs of letters that are one name where the notation does not say otherwise."""

_CALLED: Final = re.compile(r"(?:[A-Z][a-z]{2}|[A-Z]{2,4}|pa|ch|ne)\(")
_NO_WORD: Final = re.compile(r"(?:d[a-z])+|[ijklmnxyzabc]+")


def custom_word(run: str) -> bool:
    """Whether custom takes a run of letters for one name; `Val(` and `DS(` are where their brackets follow."""
    if run.endswith("("):
        return _CALLED.fullmatch(run) is not None or (len(run) == 4 and not _NO_WORD.fullmatch(run[:-1]))
    return run in CUSTOMARY_WORDS or (len(run) >= 4 and not _NO_WORD.fullmatch(run))


def words_under(declared: Declared) -> Callable[[str], bool]:
    """Whether a run of letters is one name under a notation."""
    words = _declared_words(declared)
    return words.__contains__ if declared.complete else lambda run: run in words or custom_word(run)


@lru_cache(maxsize=16)
def _declared_words(declared: Declared) -> frozenset[str]:
    """What a notation declares as one name, and the words of custom that are no product of its letters."""
    names = declared.functions | declared.divergences | declared.data | declared.symbols
    words = {head_of(name) for name in names}
    letters = {word for word in words if len(word) == 1}
    long = {word for word in CUSTOMARY_WORDS if not set(word) <= letters}
    return frozenset(word for word in words if len(word) > 1 and word.isalpha()) | long
