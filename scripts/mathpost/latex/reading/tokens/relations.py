r"""The signs that relate: the relation class of KaTeX and of Unicode, beyond those that are evaluated.

A sign of this class asserts something wherever it stands, so each is a relation to the reader, evaluated or not.
"""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

import re
from typing import Final

ARROWS: Final = frozenset(
    r"""\to \mapsto \leftarrow \uparrow \downarrow \updownarrow \leftrightarrow \longleftrightarrow \nearrow \searrow
    \swarrow \nwarrow \hookleftarrow \hookrightarrow \leftharpoonup \leftharpoondown \rightharpoonup \rightharpoondown
    \rightleftharpoons \leftrightharpoons \nleftarrow \nrightarrow \nleftrightarrow \dashrightarrow \dashleftarrow
    \leftleftarrows \rightrightarrows \leftrightarrows \rightleftarrows \upuparrows \downdownarrows \twoheadleftarrow
    \twoheadrightarrow \leftarrowtail \rightarrowtail \looparrowleft \looparrowright \curvearrowleft \curvearrowright
    \circlearrowleft \circlearrowright \leftrightsquigarrow \rightsquigarrow \leadsto \Lleftarrow \Rrightarrow \Lsh
    \Rsh \upharpoonleft \upharpoonright \downharpoonleft \downharpoonright \Uparrow \Downarrow \Updownarrow \nLeftarrow
    \nRightarrow \nLeftrightarrow \multimap \origof \imageof""".split()
)
"""Relations that say where something goes, rather than what it is."""

UNEVALUATED: Final = frozenset(
    r"""\ni \notni \supset \supseteq \subsetneq \supsetneq \subsetneqq \supsetneqq \varsubsetneq \varsubsetneqq
    \varsupsetneq \varsupsetneqq \nsubseteq \nsupseteq \nsubseteqq \nsupseteqq \subseteqq \supseteqq \Subset \Supset
    \sqsubset \sqsupset \sqsubseteq \sqsupseteq \ll \gg \lll \ggg \llless \gggtr \cong \ncong \perp \prec \succ
    \preceq \succeq \nprec \nsucc \npreceq \nsucceq \precnsim \succnsim \precnapprox \succnapprox \precneqq \succneqq
    \preccurlyeq \succcurlyeq \curlyeqprec \curlyeqsucc \precsim \succsim \precapprox \succapprox \doteq \doteqdot
    \Doteq \risingdotseq \fallingdotseq \bumpeq \Bumpeq \eqcirc \circeq \backsim \backsimeq \lesssim \gtrsim
    \lessapprox \gtrapprox \lessgtr \gtrless \lesseqgtr \gtreqless \lesseqqgtr \gtreqqless \eqslantless \eqslantgtr
    \lneq \gneq \lneqq \gneqq \lvertneqq \gvertneqq \lnsim \gnsim \lnapprox \gnapprox \nleq \ngeq \nleqq \ngeqq
    \nleqslant \ngeqslant \asymp \nsim \models \vdash \dashv \vDash \Vdash \Vvdash \nvdash \nvDash \nVdash \nVDash
    \bowtie \Join \smile \frown \smallsmile \smallfrown \pitchfork \between \backepsilon \nmid \nshortmid \nparallel
    \nshortparallel \vartriangleleft \vartriangleright \trianglelefteq \trianglerighteq \ntriangleleft
    \ntriangleright \ntrianglelefteq \ntrianglerighteq \blacktriangleleft \blacktriangleright \arceq \wedgeq \veeeq
    \stareq \measeq \questeq \Coloneqq \Coloneq \Eqqcolon \Eqcolon \eqcolon \colonapprox \Colonapprox \colonsim
    \Colonsim \simcolon \simcoloncolon \approxcolon \approxcoloncolon \not\equiv \not\perp \not\subset""".split()
)
"""Relations of KaTeX that assert something and are not evaluated."""

SPELLINGS: Final = {
    r"\nless": r"\geq", r"\ngtr": r"\leq", r"\eqqcolon": "=:", r"\notni": r"\not\ni", r"\gggtr": r"\ggg",
    r"\llless": r"\lll", r"\Doteq": r"\doteqdot", r"\Join": r"\bowtie", r"\Dashv": r"\dashv",
}  # fmt: skip
"""Relations whose meaning another sign has."""
CHARACTERS: Final = {
    "⩽": r"\leq", "⩾": r"\geq", "≦": r"\leq", "≧": r"\geq", "≮": r"\geq", "≯": r"\leq", "≃": r"\approx",
    "≅": r"\cong", "≫": r"\gg", "≪": r"\ll", "⊃": r"\supset", "⊇": r"\supseteq", "∋": r"\ni", "≝": ":=", "≕": "=:",
    "⟶": r"\to", "⟼": r"\mapsto", "↦": r"\mapsto", "←": r"\leftarrow", "⟵": r"\leftarrow", "⟹": r"\implies",
    "⟺": r"\iff", "⇐": r"\impliedby", "⟸": r"\impliedby", "∴": r"\therefore", "∵": r"\because", "≲": r"\lesssim",
    "≳": r"\gtrsim", "⊢": r"\vdash", "⊨": r"\models", "≺": r"\prec", "≻": r"\succ", "⟂": r"\perp", "＝": "=",
    "﹦": "=", "＜": "<", "＞": ">", "∊": r"\in", "∣": "|", "∥": "||",
}  # fmt: skip
"""Characters of the class, each with its command."""
CLASS: Final = (
    "[\u2190-\u21ff\u2208-\u220d\u221d\u2223-\u2226\u2234-\u2237\u2239-\u223d\u2241-\u228b\u228f-\u2292"
    "\u22a2-\u22b8\u22c8\u22cd\u22d0\u22d1\u22d4-\u22ed\u22f2-\u22ff\u27c2\u27f0-\u27ff\u2900-\u297f\u29ce-\u29d5"
    "\u2a66-\u2a70\u2a73-\u2adf\u2ae0-\u2afa\u2b00-\u2b11\u2b30-\u2b4c]"
)
_CHARACTER: Final = re.compile(CLASS)


def is_relating(character: str) -> bool:
    """Whether a character is of the relation class of Unicode."""
    return _CHARACTER.fullmatch(character) is not None
