"""Commands for the eye: what they leave of their arguments, and what they say of the brackets behind them."""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

from typing import Final

SPACING: Final = frozenset(
    r"""\, \; \: \! \> \  \/ \thinspace \medspace \thickspace \negthinspace \negmedspace \negthickspace \enspace
    \enskip \displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \mathstrut
    \strut \relax \noindent \centering \small \large \Large \LARGE \huge \Huge \normalsize \footnotesize
    \scriptsize \tiny \null \allowbreak \hline \displaylimits \middle \protect \nobreak \left
    \right \allowdisplaybreaks \bigskip \smallskip \medskip \( \) \- \@ \normalfont \mathpunct \leavevmode
    \ensuremath \nobreakspace \space""".split()
) | {"\\ ", "\\\n", "\\\t"}
QUADS: Final = frozenset((r"\quad", r"\qquad"))

OPENING: Final = frozenset((r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl", r"\mathopen"))
CLOSING: Final = frozenset((r"\right", r"\bigr", r"\Bigr", r"\biggr", r"\Biggr", r"\mathclose"))
BETWEEN: Final = frozenset((r"\middle", r"\bigm", r"\Bigm", r"\biggm", r"\Biggm"))
SIZES: Final = frozenset((r"\big", r"\Big", r"\bigg", r"\Bigg", r"\vast", r"\Vast"))
SIZED: Final = OPENING | CLOSING | BETWEEN | SIZES
"""Commands that a bracket follows."""

DROPPED: Final = {
    r"\tag": 1, r"\tag*": 1, r"\label": 1, r"\hspace": 1, r"\hspace*": 1, r"\vspace": 1, r"\vspace*": 1,
    r"\phantom": 1, r"\hphantom": 1, r"\vphantom": 1, r"\mathchoice": 0, r"\eqref": 1, r"\ref": 1, r"\cite": 1,
    r"\hskip": 0, r"\mkern": 0, r"\kern": 0, r"\mskip": 0, r"\definecolor": 3, r"\footnote": 1, r"\rule": 2,
    r"\raise": 0, r"\newcommand": 2, r"\require": 1, r"\DeclareMathOperator": 2, r"\setlength": 2,
    r"\footnotemark": 0, r"\addtocounter": 2, r"\setcounter": 2, r"\vcenter": 0,
}  # fmt: skip
"""Commands that mean nothing, and how many arguments they take with them."""

BESIDE: Final = frozenset((r"\tag", r"\tag*", r"\phantom", r"\hphantom", r"\vphantom", r"\footnote"))
"""Those whose argument is a formula or a text itself."""

WRAPPERS: Final = {
    r"\underbrace": 0, r"\overbrace": 0, r"\cancel": 0, r"\bcancel": 0, r"\xcancel": 0, r"\boxed": 0, r"\textcolor": 1,
    r"\colorbox": 1, r"\underline": 0, r"\mathop": 0, r"\mathrel": 0, r"\mathbin": 0, r"\mathord": 0, r"\mathinner": 0,
    r"\smash": 0, r"\mathclap": 0, r"\mathrlap": 0, r"\mathllap": 0, r"\href": 1, r"\class": 1, r"\cssId": 1,
    r"\htmlClass": 1, r"\htmlId": 1, r"\style": 1, r"\substack": 0, r"\fcolorbox": 2, r"\raisebox": 1, r"\scalebox": 1,
    r"\underbracket": 0, r"\overbracket": 0, r"\underparen": 0, r"\overparen": 0, r"\bbox": 0, r"\hl": 0, r"\sout": 0,
    r"\color": 0, r"\uline": 0, r"\llap": 0, r"\rlap": 0, r"\htmlStyle": 1, r"\mathpalette": 0, r"\hbox*": 0,
}  # fmt: skip
"""Commands whose last argument counts, and how many arguments stand before it."""
TRANSPARENT: Final = frozenset((r"\mathop", r"\mathrel", r"\mathbin", r"\substack", r"\underline"))
"""Wrappers that do not even group what they hold."""
COLOURED: Final = frozenset(r"\color \textcolor \boxed \cancel \bcancel \xcancel \colorbox".split())
"""Wrappers that group what they hold where it is an expression by itself."""
CROSSED: Final = frozenset((r"\cancel", r"\bcancel", r"\xcancel", r"\sout"))
"""Wrappers that cross out what they hold."""
LABELLED: Final = frozenset(r"\underbrace \overbrace \underbracket \overbracket \underparen \overparen".split())
"""Wrappers whose scripts are remarks."""
STACKS: Final = {r"\overset": "over", r"\stackrel": "over", r"\underset": "under", r"\stackunder": "under"}
"""Commands that set their first argument over or under the second."""
ARROWS: Final = {r"\xrightarrow": r"\to", r"\xleftarrow": r"\leftarrow", r"\xmapsto": r"\mapsto",
                 r"\xRightarrow": r"\implies", r"\xlongequal": "="}  # fmt: skip

DEFINING: Final = frozenset("def Def DEF df defn definition \\triangle \\Delta \\vartriangle \\bigtriangleup".split())
"""What makes a definition of the `=` that it stands over."""
EQUAL_IN_LAW: Final = frozenset(("d", "D", "dist", "law", "L", "distribution", "st"))
"""What makes an equality of laws of the `=` that it stands over."""

LAYOUTS: Final = frozenset(
    """align align* aligned alignat alignat* alignedat eqnarray eqnarray* gather gather* gathered split equation
    equation* multline multline* displaymath math flalign flalign* dcases* subequations dmath dmath*""".split()
)
"""Environments that only lay out rows."""
COLUMNED: Final = frozenset(("array", "alignat", "alignat*", "alignedat", "tabular"))
"""Environments that take their columns as an argument."""
