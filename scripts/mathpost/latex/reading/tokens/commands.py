r"""What each command means to the reader: supporting one more is one line here.

Everything that is not a name, a number or a bracket has its row in one of these tables, and a command that is in none
of them, nor in those of `layout`, is not supported. Further on, every command has its one canonical spelling.
"""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

from typing import Final

from mathpost.latex.reading.tokens import relations
from mathpost.latex.reading.tokens.token import Kind

NAMES: Final = frozenset(
    r"""\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \omicron \pi \rho \sigma
    \tau \upsilon \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \ell
    \hbar \infty \emptyset \imath \jmath \Re \Im \aleph \vartheta \varpi \varrho \varsigma \top \bot \star \dagger
    \square \checkmark \wp \diamond \bullet \degree \# \$ \&
    \heartsuit \clubsuit \diamondsuit \spadesuit \sharp \flat \natural""".split()
)
"""Symbols that may stand for anything: letters, in a wide sense."""

# -- spellings ---------------------------------------------------------------------------------------------------------

SYNONYMS: Final = {
    r"\varepsilon": r"\epsilon", r"\varphi": r"\phi", r"\varnothing": r"\emptyset", r"\intercal": r"\top",
    r"\le": r"\leq", r"\leqslant": r"\leq", r"\leqq": r"\leq", r"\ge": r"\geq", r"\geqslant": r"\geq",
    r"\geqq": r"\geq", r"\ne": r"\neq", r"\lt": "<", r"\gt": ">", r"\coloneqq": ":=", r"\coloneq": ":=",
    r"\triangleq": ":=", r"\eqdef": ":=", r"\defeq": ":=", r"\vcentcolon=": ":=", r"\approxeq": r"\approx",
    r"\thickapprox": r"\approx", r"\simeq": r"\approx", r"\eqsim": r"\approx", r"\varpropto": r"\propto",
    r"\thicksim": r"\sim", r"\owns": r"\ni", r"\indep": r"\perp", r"\ssubset": r"\subset",
    r"\rightarrow": r"\to", r"\longrightarrow": r"\to", r"\gets": r"\leftarrow", r"\longleftarrow": r"\leftarrow",
    r"\longmapsto": r"\mapsto", r"\Rightarrow": r"\implies", r"\Longrightarrow": r"\implies",
    r"\Leftarrow": r"\impliedby", r"\Leftrightarrow": r"\iff", r"\Longleftrightarrow": r"\iff",
    r"\lbrace": r"\{", r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]", r"\lparen": "(", r"\rparen": ")",
    r"\vert": "|", r"\Vert": "||", r"\|": "||", r"\lvert": "|", r"\rvert": "|", r"\lVert": "||", r"\rVert": "||",
    r"\mid": "|", r"\parallel": "||", r"\colon": ":", r"\cdotp": r"\cdot", r"\centerdot": r"\cdot",
    r"\ldots": r"\dots", r"\cdots": r"\dots", r"\dotsc": r"\dots", r"\dotsb": r"\dots", r"\dotsm": r"\dots",
    r"\dotsi": r"\dots", r"\vdots": r"\dots", r"\ddots": r"\dots", r"\hdots": r"\dots",
    r"\wedge": r"\land", r"\vee": r"\lor", r"\neg": r"\lnot", r"\mod": r"\bmod", r"\bigodot": r"\odot",
    r"\smallsetminus": r"\setminus", r"\backslash": r"\setminus", r"\prime": "'", r"\dag": r"\dagger",
    r"\ln": r"\log", r"\Tr": r"\tr", r"\trace": r"\tr", r"\sgn": r"\sign",
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\nicefrac": r"\frac", r"\sfrac": r"\frac",
    r"\dbinom": r"\binom", r"\tbinom": r"\binom", r"\mathbbm": r"\mathbb", r"\mathds": r"\mathbb",
    r"\E": r"\mathbb{E}", r"\R": r"\mathbb{R}", r"\N": r"\mathbb{N}", r"\Z": r"\mathbb{Z}",
    r"\KL": "KL", r"\Pr": "Pr", r"\iid": "iid", r"\l": r"\ell", r"\infin": r"\infty",
    r"\newline": "\\\\", r"\par": "\\\\", r"\linebreak": "\\\\", r"\break": "\\\\",
    r"\tabularnewline": "\\\\", r"\hfill": r"\quad",
    r"\hfil": r"\quad", r"\hfilneg": r"\quad", r"\dotfill": r"\quad", r"\hrulefill": r"\quad",
    **relations.SPELLINGS,
    **{rf"\var{name}": rf"\{name}" for name in "Sigma Pi Gamma Delta Theta Lambda Phi Psi Omega".split()},
}  # fmt: skip
"""Other spellings of a command, each with its canonical one."""

UNICODE: Final = dict(
    zip(
        "αβγδεζηθικλμνξπρσςτυφϕχψωΓΔΘΛΞΠΣΦΨΩℓ∞∅",
        r"""\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma
        \sigma \tau \upsilon \phi \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega
        \ell \infty \emptyset""".split(),
        strict=True,
    )
) | {
    "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∈": r"\in", "∉": r"\notin",
    "∝": r"\propto", "∼": r"\sim", "≜": ":=", "≔": ":=", "→": r"\to", "⇒": r"\implies", "⇔": r"\iff", "−": "-",
    "–": "-", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "⊙": r"\odot", "⊗": r"\otimes", "∘": r"\circ",
    "±": r"\pm", "∪": r"\cup", "∩": r"\cap", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∇": r"\nabla",
    "∂": r"\partial", "√": r"\sqrt", "∣": "|", "∥": "||", "‖": "||", "…": r"\dots", "⋯": r"\dots", "′": "'",
    "’": "'", "∀": r"\forall", "∃": r"\exists", "ℝ": r"\mathbb{R}", "𝔼": r"\mathbb{E}", "⊤": r"\top",
    "♣": r"\clubsuit", "♥": r"\heartsuit", "♦": r"\diamondsuit", "♠": r"\spadesuit",
    "⟨": r"\langle", "⟩": r"\rangle", "∗": "*", "⊂": r"\subset", "⊆": r"\subseteq", "，": ",", "（": "(", "）": ")",
    **relations.CHARACTERS,
}  # fmt: skip
"""Characters beyond ASCII, each with its command."""

# -- relations ---------------------------------------------------------------------------------------------------------

EQUAL_IN_LAW: Final = r"\overset{d}{=}"
EVALUATED: Final = frozenset(
    r"\overset{d}{=} = \neq \approx \leq \geq < > := \in \notin \propto \sim \equiv \subset \subseteq =:".split()
)
"""Relations that assert something the checks know; `=:` reads from right to left."""
RELATIONS: Final = EVALUATED | relations.UNEVALUATED | relations.ARROWS
NEGATED: Final = {r"=": r"\neq", r"\in": r"\notin", "<": r"\geq", ">": r"\leq", r"\leq": ">", r"\geq": "<"}
"""What `\\not` makes of a relation; it makes a relation that is not evaluated of any other."""
CONNECTIVES: Final = frozenset((r"\implies", r"\iff", r"\impliedby", r"\therefore", r"\because"))

# -- operators that stand between what they act on ---------------------------------------------------------------------

ADDITIVE: Final = frozenset(r"+ - \pm \mp \cup \cap \setminus \oplus \ominus \sqcup \uplus".split())
MULTIPLICATIVE: Final = {
    "*": "*", r"\cdot": "*", r"\times": r"\times", "/": "/", r"\div": "/", r"\odot": r"\odot", r"\otimes": r"\otimes",
    r"\circ": r"\circ", r"\ast": r"\ast", r"\circledast": r"\ast", r"\bmod": r"\bmod", r"\star": r"\star",
    r"\bullet": "*", r"\ltimes": r"\ltimes", r"\boxtimes": r"\boxtimes",
}  # fmt: skip
"""Each with the operator that it becomes in the tree."""

# -- operators that stand before what they act on ----------------------------------------------------------------------

OPERATOR_NAMES: Final = frozenset(r"\tr \sign \diag \rank \erf".split())
"""Functions for which LaTeX has no command: they are typed, and printed, as `\\operatorname{tr}`."""
FUNCTIONS: Final = OPERATOR_NAMES | frozenset(
    r"""\log \lg \exp \sin \cos \tan \cot \sec \csc \arcsin \arccos \arctan \sinh \cosh \tanh \coth \arsinh \arcosh
    \artanh \det \dim \ker \deg \gcd \lnot""".split()
)
NATURAL: Final = {r"\lg": r"\log"}
"""Logarithms whose base custom leaves open: to base e where no notation is at hand."""
INVERSES: Final = {r"\sin": "arcsin", r"\cos": "arccos", r"\tan": "arctan", r"\sinh": "arsinh", r"\cosh": "arcosh",
                   r"\tanh": "artanh"}  # fmt: skip
"""What `\\sin^{-1}` means."""
EXTREMA: Final = frozenset((r"\max", r"\min", r"\sup", r"\inf"))
BIG: Final = {
    r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min", r"\sup": "sup", r"\inf": "inf",
    r"\argmax": "argmax", r"\argmin": "argmin", r"\bigcup": "bigcup", r"\bigcap": "bigcap", r"\coprod": "coprod",
    r"\bigoplus": "bigoplus", r"\bigotimes": "bigotimes", r"\bigwedge": "bigwedge", r"\bigvee": "bigvee",
    r"\argsup": "argmax", r"\arginf": "argmin", r"\limsup": "limsup", r"\liminf": "liminf",
}  # fmt: skip
INTEGRALS: Final = {r"\int": 1, r"\iint": 2, r"\iiint": 3, r"\oint": 1}
"""How many variables each integrates over."""
LIMITS: Final = frozenset((r"\lim", r"\plim"))
MOMENTS: Final = {r"\mathbb{E}": "E", r"\Exp": "E", r"\mathbb{V}": "Var", r"\Var": "Var", r"\Cov": "Cov"}

# -- faces, accents, brackets, environments ----------------------------------------------------------------------------

ACCENTS: Final = {
    r"\hat": r"\hat", r"\widehat": r"\hat", r"\bar": r"\bar", r"\overline": r"\bar", r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde", r"\dot": r"\dot", r"\ddot": r"\ddot", r"\check": r"\check", r"\breve": r"\breve",
    r"\acute": r"\acute", r"\grave": r"\grave", r"\overrightarrow": r"\overrightarrow",
    r"\overleftarrow": r"\overleftarrow", r"\mathring": r"\mathring", r"\widecheck": r"\check",
    r"\overleftrightarrow": r"\overleftrightarrow",
}  # fmt: skip
"""Each with the accent that the name gets."""
BOLD: Final = frozenset(
    r"\mathbf \boldsymbol \bm \pmb \vec \bold \boldmath \bf \symbf \textbf \va \vb \mathbfit".split()
)
UPRIGHT: Final = frozenset(
    r"""\mathrm \mathsf \mathtt \mathit \mathnormal \operatorname \operatorname* \rm \it \sf \tt \symup \up \textsf
    \texttt \textsc""".split()
)
TEXT: Final = frozenset(r"\text \textrm \textit \mbox \hbox \textnormal \textup \emph \textsl \textmd \fbox".split())
LETTERING: Final = frozenset(r"\mathcal \mathbb \mathfrak \mathscr \cal \Bbb \frak".split())
"""Faces that make another name of a letter."""

BRACKETS: Final = {
    "(": ")", "[": "]", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil", "|": "|",
    "||": "||", ".": ".", r"\llbracket": r"\rrbracket", r"\ulcorner": r"\urcorner",
}  # fmt: skip
DIRECTED: Final[dict[str, Kind]] = {r"\lvert": "open", r"\lVert": "open", r"\rvert": "close", r"\rVert": "close",
                   r"\mid": "separator", r"\parallel": "separator"}  # fmt: skip
"""Bars that say which way they face."""
FENCING: Final = {
    r"\abs": ("|", "|"), r"\norm": ("||", "||"), r"\set": (r"\{", r"\}"), r"\floor": (r"\lfloor", r"\rfloor"),
    r"\ceil": (r"\lceil", r"\rceil"), r"\inner": (r"\langle", r"\rangle"),
}  # fmt: skip
"""Commands that put their argument between brackets."""

MATRICES: Final = {
    "matrix": "", "bmatrix": "", "pmatrix": "", "Bmatrix": "", "smallmatrix": "", "bsmallmatrix": "",
    "psmallmatrix": "", "vmatrix": "det", "Vmatrix": "norm", "array": "", "matrix*": "", "bmatrix*": "",
    "pmatrix*": "",
}  # fmt: skip
"""Environments that hold a matrix, and what they make of it."""
CASES: Final = frozenset(("cases", "dcases", "rcases", "cases*", "drcases"))

ENDS: Final = frozenset((r"\square", r"\blacksquare", r"\Box", r"\qed", r"\qedsymbol"))
"""What stands behind the last formula of a proof."""

# -- all together ------------------------------------------------------------------------------------------------------

DIVIDERS: Final = frozenset((r"\choose", r"\over", r"\atop"))
"""What stands between two halves of a group."""
FACTORING: Final = frozenset(
    (r"\frac", r"\sqrt", r"\binom", r"\nabla", r"\partial", *FUNCTIONS, *BIG, *INTEGRALS, *LIMITS, *MOMENTS, *BOLD,
     *ACCENTS)
)  # fmt: skip
"""Commands that a factor may begin with."""
ARITY: Final = {r"\frac": 2, r"\binom": 2, r"\sqrt": 1, **dict.fromkeys(ACCENTS, 1), **dict.fromkeys(BOLD, 1)}
"""How many arguments a command takes that stands as an argument itself."""
KNOWN: Final = frozenset((*FACTORING, *DIVIDERS, *ENDS, *NAMES, *RELATIONS, r"\pmod", r"\arg", r"\forall", r"\exists"))
"""Commands that mean something somewhere; any other must be a macro of the document."""
