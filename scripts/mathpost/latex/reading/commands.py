"""What each command means to the reader: supporting one more is one line here.

Everything that is not a name, a number or a bracket has its row in one of these tables, and a command that is in none
of them is not supported.
"""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

from typing import Final

NAMES: Final = frozenset(
    r"""\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \omicron \pi \rho \sigma
    \tau \upsilon \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \ell
    \hbar \infty \emptyset \imath \jmath \Re \Im \aleph \vartheta \varpi \varrho \varsigma \top \bot \star \dagger
    \square \checkmark \wp \heartsuit \diamond \bullet \degree \# \$ \& \_""".split()
)

SYNONYMS: Final = {
    r"\varepsilon": r"\epsilon", r"\varphi": r"\phi", r"\varnothing": r"\emptyset", r"\intercal": r"\top",
    r"\le": r"\leq", r"\leqslant": r"\leq", r"\leqq": r"\leq", r"\ge": r"\geq", r"\geqslant": r"\geq",
    r"\geqq": r"\geq", r"\ne": r"\neq", r"\lt": "<", r"\gt": ">", r"\coloneqq": ":=", r"\coloneq": ":=",
    r"\triangleq": ":=", r"\eqdef": ":=", r"\defeq": ":=", r"\vcentcolon=": ":=", r"\approxeq": r"\approx",
    r"\thickapprox": r"\approx", r"\simeq": r"\approx", r"\eqsim": r"\approx", r"\varpropto": r"\propto",
    r"\thicksim": r"\sim", r"\owns": r"\ni", r"\to": r"\to", r"\rightarrow": r"\to", r"\longrightarrow": r"\to",
    r"\gets": r"\leftarrow", r"\longleftarrow": r"\leftarrow", r"\longmapsto": r"\mapsto",
    r"\Rightarrow": r"\implies", r"\Longrightarrow": r"\implies", r"\impliedby": r"\impliedby",
    r"\Leftrightarrow": r"\iff", r"\Longleftrightarrow": r"\iff", r"\Leftarrow": r"\impliedby",
    r"\lbrace": r"\{", r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]", r"\lparen": "(", r"\rparen": ")",
    r"\vert": "|", r"\Vert": "||", r"\|": "||", r"\lvert": "|", r"\rvert": "|", r"\lVert": "||", r"\rVert": "||",
    r"\mid": "|", r"\parallel": "||", r"\colon": ":", r"\cdotp": r"\cdot", r"\centerdot": r"\cdot",
    r"\dots": r"\dots", r"\ldots": r"\dots", r"\cdots": r"\dots", r"\dotsc": r"\dots", r"\dotsb": r"\dots",
    r"\dotsm": r"\dots", r"\dotsi": r"\dots", r"\vdots": r"\dots", r"\ddots": r"\dots", r"\hdots": r"\dots",
    "...": r"\dots", "..": r"\dots", r"\ln": r"\log", r"\lg": r"\log", r"\wedge": r"\land", r"\vee": r"\lor",
    r"\smallsetminus": r"\setminus", r"\backslash": r"\setminus", r"\prime": "'", r"\neg": r"\lnot",
    r"\Tr": r"\tr", r"\trace": r"\tr", r"\sgn": r"\sign", r"\argmax": r"\argmax", r"\argmin": r"\argmin",
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\nicefrac": r"\frac", r"\sfrac": r"\frac",
    r"\dbinom": r"\binom", r"\tbinom": r"\binom", r"\mathbbm": r"\mathbb", r"\mathds": r"\mathbb",
    r"\E": r"\mathbb{E}", r"\R": r"\mathbb{R}", r"\N": r"\mathbb{N}", r"\Z": r"\mathbb{Z}", r"\KL": "KL",
    r"\Pr": "Pr", r"\mod": r"\bmod",
    r"\bigodot": r"\odot", r"\boldsymbol": r"\boldsymbol", r"\iid": "iid", r"\indep": r"\perp",
    r"\dag": r"\dagger",
    **{rf"\var{name}": rf"\{name}" for name in "Sigma Pi Gamma Delta Theta Lambda Phi Psi Omega".split()},
    r"\l": r"\ell", r"\infin": r"\infty", r"\ssubset": r"\subset",
}  # fmt: skip

UNICODE: Final = dict(
    zip(
        "αβγδεζηθικλμνξπρσςτυφϕχψωΓΔΘΛΞΠΣΦΨΩℓ∞∅",
        r"""\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma
        \sigma
        \tau \upsilon \phi \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega \ell
        \infty \emptyset""".split(),
        strict=True,
    )
) | {
    "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∈": r"\in", "∉": r"\notin",
    "∝": r"\propto", "∼": r"\sim", "≜": ":=", "≔": ":=", "→": r"\to", "⇒": r"\implies", "⇔": r"\iff", "−": "-",
    "–": "-", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "⊙": r"\odot", "⊗": r"\otimes", "∘": r"\circ",
    "±": r"\pm", "∪": r"\cup", "∩": r"\cap", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∇": r"\nabla",
    "∂": r"\partial", "√": r"\sqrt", "∣": "|", "∥": "||", "‖": "||", "…": r"\dots", "⋯": r"\dots", "′": "'",
    "’": "'", "∀": r"\forall", "∃": r"\exists", "ℝ": r"\mathbb{R}", "𝔼": r"\mathbb{E}", "⊤": r"\top",
    "⟨": r"\langle", "⟩": r"\rangle", "∗": "*", "⊂": r"\subset", "⊆": r"\subseteq", "，": ",", "（": "(", "）": ")",
}  # fmt: skip

CLAIMING: Final = frozenset(
    r"""= \neq \approx \leq \geq < > := \in \notin \ni \propto \sim \equiv \subset \subseteq \supset \supseteq \ll \gg
    \cong \perp \prec \succ \preceq \succeq \doteq \lesssim \gtrsim \nsubseteq \asymp \nsim \not\equiv \not\perp
    \not\subset \nleq \ngeq \mathrel\doteq =: \models \vdash \bowtie \subsetneq""".split()
)
"""Relations that assert something; `=:` reads from right to left."""

RELATIONS: Final = CLAIMING | frozenset(
    r"""\to \mapsto \leftarrow \uparrow \downarrow \rightharpoonup \leftrightarrow \rightsquigarrow
    \hookrightarrow""".split()
)
NEGATED: Final = {"=": r"\neq", r"\in": r"\notin", r"\equiv": r"\not\equiv", r"\perp": r"\not\perp",
                  r"\subset": r"\not\subset", "<": r"\geq", ">": r"\leq", r"\sim": r"\nsim"}  # fmt: skip
CONNECTIVES: Final = frozenset((r"\implies", r"\iff", r"\impliedby", r"\therefore", r"\because"))

ADDITIVE: Final = frozenset(("+", "-", r"\pm", r"\mp", r"\cup", r"\cap", r"\setminus", r"\oplus", r"\ominus",
                             r"\sqcup", r"\uplus"))  # fmt: skip
MULTIPLICATIVE: Final = {
    "*": "*", r"\cdot": "*", r"\times": r"\times", "/": "/", r"\div": "/", r"\odot": r"\odot", r"\otimes": r"\otimes",
    r"\circ": r"\circ",
    r"\ast": r"\ast", r"\circledast": r"\ast", r"\bmod": r"\bmod", r"\star": r"\star", r"\bullet": "*",
    r"\ltimes": r"\ltimes",
    r"\boxtimes": r"\boxtimes",
}  # fmt: skip

FUNCTIONS: Final = frozenset(
    r"""\log \exp \sin \cos \tan \cot \sec \csc \arcsin \arccos \arctan \sinh \cosh \tanh \coth \arsinh \arcosh \artanh
    \det \tr \sign \diag \rank \dim \ker \deg \gcd \erf \lnot""".split()
)
INVERSES: Final = {r"\sin": "arcsin", r"\cos": "arccos", r"\tan": "arctan", r"\sinh": "arsinh", r"\cosh": "arcosh",
                   r"\tanh": "artanh"}  # fmt: skip
EXTREMA: Final = frozenset((r"\max", r"\min", r"\sup", r"\inf"))
BIG: Final = {
    r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min", r"\sup": "sup", r"\inf": "inf",
    r"\argmax": "argmax", r"\argmin": "argmin", r"\bigcup": "bigcup", r"\bigcap": "bigcap", r"\coprod": "coprod",
    r"\bigoplus": "bigoplus", r"\bigotimes": "bigotimes", r"\bigwedge": "bigwedge", r"\bigvee": "bigvee",
    r"\argsup": "argmax", r"\arginf": "argmin", r"\limsup": "limsup", r"\liminf": "liminf",
}  # fmt: skip
INTEGRALS: Final = {r"\int": 1, r"\iint": 2, r"\iiint": 3, r"\oint": 1}
LIMITS: Final = frozenset((r"\lim", r"\plim"))
MOMENTS: Final = {r"\mathbb{E}": "E", r"\Exp": "E", r"\mathbb{V}": "Var", r"\Var": "Var", r"\Cov": "Cov"}

ENDS: Final = frozenset((r"\square", r"\blacksquare", r"\Box", r"\qed", r"\qedsymbol"))
"""What stands behind the last formula of a proof."""

WORDS: Final = {word: "\\" + word for word in (
    "log exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh det tr diag rank max min sup inf lim argmax "
    "argmin sign erf Var Cov").split()} | {
    "ln": r"\log", "Tr": r"\tr", "trace": r"\tr", "sgn": r"\sign", "sgm": "sgm", "var": r"\Var", "cov": r"\Cov",
    "VAR": r"\Var", "COV": r"\Cov", "Max": r"\max", "Min": r"\min", "Log": r"\log", "Exp": r"\exp",
    "Argmax": r"\argmax", "Argmin": r"\argmin", "ArgMax": r"\argmax", "ArgMin": r"\argmin", "rk": r"\rank",
    "arg": r"\arg", "Diag": r"\diag", "Det": r"\det", "argsup": r"\argsup", "arginf": r"\arginf", "Rank": r"\rank",
    "plim": r"\plim", "maximize": r"\max", "minimize": r"\min", "maximise": r"\max", "minimise": r"\min",
    "Maximize": r"\max", "Minimize": r"\min", "limsup": r"\limsup", "liminf": r"\liminf",
}  # fmt: skip
"""Words that are commands, typed upright (`\\operatorname{tr}`) or as they are (`log p`)."""

CUSTOMARY_WORDS: Final = frozenset(
    """KL JS JSD MSE RMSE MAE ELBO VLB MLE MAP ML CE BCE NLL GAN VAE RNN CNN LSTM GRU MLP SNR PCA SVD LDA IoU AUC TD
    MC MMD EMD FID IS PMI TV RL SGD FFN GELU SiLU Pr Beta Bern Cat Dir Gamma Unif softmax Softmax SoftMax sigmoid ReLU
    relu
    LeakyReLU ELU GP IG pi avg acc err std new old true pred train test val max min data model obs lr iid id in out
    aug ref opt init target sample joint prior post adv cls reg rec sup real fake gen enc dec attn emb loc conf
    th st nd rd pos neg ext int tot low high hidden input output context query key value""".split()
)
"""Runs of letters that are one name where the notation does not say otherwise."""

ACCENTS: Final = {
    r"\hat": r"\hat", r"\widehat": r"\hat", r"\bar": r"\bar", r"\overline": r"\bar", r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde", r"\dot": r"\dot", r"\ddot": r"\ddot", r"\check": r"\check", r"\breve": r"\breve",
    r"\acute": r"\acute", r"\grave": r"\grave", r"\overrightarrow": r"\overrightarrow",
    r"\overleftarrow": r"\overleftarrow", r"\mathring": r"\mathring", r"\widecheck": r"\check",
    r"\overleftrightarrow": r"\overleftrightarrow",
}  # fmt: skip
BOLD: Final = frozenset((r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb", r"\vec", r"\bold", r"\boldmath", r"\bf",
                         r"\symbf", r"\textbf", r"\va", r"\vb", r"\mathbfit"))  # fmt: skip
UPRIGHT: Final = frozenset((r"\mathrm", r"\mathsf", r"\mathtt", r"\mathit", r"\mathnormal", r"\operatorname",
                            r"\operatorname*", r"\rm", r"\it", r"\sf", r"\tt", r"\symup", r"\up", r"\textsf",
                            r"\texttt", r"\textsc"))  # fmt: skip
TEXT: Final = frozenset((r"\text", r"\textrm", r"\textit", r"\mbox", r"\hbox", r"\textnormal", r"\textup",
                         r"\emph", r"\textsl", r"\textmd", r"\fbox"))  # fmt: skip
LETTERING: Final = frozenset((r"\mathcal", r"\mathbb", r"\mathfrak", r"\mathscr", r"\cal", r"\Bbb", r"\frak"))

SPACING: Final = frozenset(
    r"""\, \; \: \! \> \  \/ \thinspace \medspace \thickspace \negthinspace \negmedspace \negthickspace \enspace
    \enskip \displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \mathstrut
    \strut \relax \hfill \hfil \noindent \centering \small \large \Large \LARGE \huge \Huge \normalsize \footnotesize
    \scriptsize \tiny \null \allowbreak \break \newline \hline \displaylimits \null \middle \protect \par \nobreak
    \left \right \allowdisplaybreaks \bigskip \smallskip \medskip \( \) \- \@ \normalfont \mathpunct \leavevmode
    \ensuremath \nobreakspace \space""".split()
) | {"\\ ", "\\\n", "\\\t"}
QUADS: Final = frozenset((r"\quad", r"\qquad"))
OPENING: Final = frozenset((r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl", r"\mathopen"))
CLOSING: Final = frozenset((r"\right", r"\bigr", r"\Bigr", r"\biggr", r"\Biggr", r"\mathclose"))
BETWEEN: Final = frozenset((r"\middle", r"\bigm", r"\Bigm", r"\biggm", r"\Biggm"))
SIZES: Final = frozenset((r"\big", r"\Big", r"\bigg", r"\Bigg", r"\vast", r"\Vast"))
BRACKETS: Final = {"(": ")", "[": "]", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor",
                   r"\lceil": r"\rceil", "|": "|", "||": "||", ".": ".", r"\llbracket": r"\rrbracket",
                   r"\ulcorner": r"\urcorner"}  # fmt: skip
DIRECTED: Final = {r"\lvert": "open", r"\lVert": "open", r"\rvert": "close", r"\rVert": "close",
                   r"\mid": "separator", r"\parallel": "separator"}  # fmt: skip

DROPPED: Final = {
    r"\tag": 1, r"\tag*": 1, r"\label": 1, r"\hspace": 1, r"\hspace*": 1, r"\vspace": 1, r"\vspace*": 1,
    r"\phantom": 1, r"\hphantom": 1, r"\vphantom": 1, r"\mathchoice": 0, r"\eqref": 1, r"\ref": 1, r"\cite": 1,
    r"\hskip": 0, r"\mkern": 0, r"\kern": 0, r"\mskip": 0, r"\definecolor": 3, r"\footnote": 1, r"\rule": 2,
    r"\raise": 0,
    r"\newcommand": 2, r"\require": 1, r"\DeclareMathOperator": 2, r"\setlength": 2, r"\footnotemark": 0,
    r"\addtocounter": 2, r"\setcounter": 2, r"\vcenter": 0,
}  # fmt: skip
"""Commands that mean nothing, and how many arguments they take with them."""

FENCING: Final = {r"\abs": ("|", "|"), r"\norm": ("||", "||"), r"\set": (r"\{", r"\}"), r"\floor": (r"\lfloor",
    r"\rfloor"),
                  r"\ceil": (r"\lceil", r"\rceil"), r"\inner": (r"\langle", r"\rangle")}  # fmt: skip
WRAPPERS: Final = {
    r"\underbrace": 0, r"\overbrace": 0, r"\cancel": 0, r"\bcancel": 0, r"\xcancel": 0, r"\boxed": 0, r"\textcolor": 1,
    r"\colorbox": 1, r"\underline": 0, r"\mathop": 0, r"\mathrel": 0, r"\mathbin": 0, r"\mathord": 0, r"\mathinner": 0,
    r"\smash": 0, r"\mathclap": 0, r"\mathrlap": 0, r"\mathllap": 0, r"\href": 1, r"\class": 1, r"\cssId": 1,
    r"\htmlClass": 1, r"\htmlId": 1, r"\style": 1, r"\substack": 0, r"\fcolorbox": 2, r"\raisebox": 1, r"\scalebox": 1,
    r"\underbracket": 0, r"\overbracket": 0, r"\underparen": 0, r"\overparen": 0, r"\bbox": 0, r"\hl": 0, r"\sout": 0,
    r"\color": 0, r"\uline": 0, r"\llap": 0, r"\rlap": 0, r"\htmlStyle": 1, r"\mathpalette": 0, r"\hbox*": 0,
}  # fmt: skip
"""Commands whose last argument counts, and how many arguments stand before it."""
LABELLED: Final = frozenset((r"\underbrace", r"\overbrace", r"\underbracket", r"\overbracket", r"\underparen",
                             r"\overparen"))  # fmt: skip
STACKS: Final = {r"\overset": "over", r"\stackrel": "over", r"\underset": "under", r"\stackunder": "under"}
ARROWS: Final = {r"\xrightarrow": r"\to", r"\xleftarrow": r"\leftarrow", r"\xmapsto": r"\mapsto",
                 r"\xRightarrow": r"\implies", r"\xlongequal": "="}  # fmt: skip

LAYOUTS: Final = frozenset(
    """align align* aligned alignat alignat* alignedat eqnarray eqnarray* gather gather* gathered split equation
    equation* multline multline* displaymath math flalign flalign* dcases* subequations dmath dmath*""".split()
)
COLUMNED: Final = frozenset(("array", "alignat", "alignat*", "alignedat", "tabular"))
MATRICES: Final = {"matrix": "", "bmatrix": "", "pmatrix": "", "Bmatrix": "", "smallmatrix": "", "bsmallmatrix": "",
                   "psmallmatrix": "", "vmatrix": "det", "Vmatrix": "norm", "array": "", "matrix*": "",
                   "bmatrix*": "", "pmatrix*": ""}  # fmt: skip
CASES: Final = frozenset(("cases", "dcases", "rcases", "cases*", "drcases"))

INDEX_LETTERS: Final = frozenset("ijklmnstTNKM") | {r"\ell", r"\tau"}
DECORATING: Final = frozenset(("*", r"\ast", "+", "-", r"\star", r"\dagger", r"\perp", r"\bot", r"\#", r"\circ",
    r"\bullet",
                               r"\natural", r"\square", r"\checkmark"))  # fmt: skip
CALLED: Final = frozenset(
    r"""p q P Q f g h F G H J L V D R K U O E Z \phi \pi \sigma \psi \Phi \Psi \Gamma \zeta \mu \rho \Pr \ell \nu
    \omega""".split()
)
"""Names that custom calls with any bracket; others only where the bracket looks like an argument list."""
LAWS: Final = frozenset(r"p q P Q r \pi \mu \rho \nu D \tau B b d G".split())
"""Names that stand for a law where they stand alone under an expectation."""
POLICY_VALUES: Final = frozenset(r"V Q A J d \rho G U Z P R \eta T B \mathcal{T} \mathcal{B} v q".split())
ANNOTATIONS: Final = frozenset(
    """where for if and with since because by when such as is otherwise subject s.t. using from we let here so then
    or but thus hence therefore note assuming assume given which that i.e. e.g. are in as via w.r.t. while whenever
    whose any all are to on at iff follows this the""".split()
)

KNOWN: Final = frozenset(
    (*FUNCTIONS, *BIG, *INTEGRALS, *LIMITS, *MOMENTS, *ACCENTS, *BOLD, *ENDS, *NAMES, *RELATIONS, r"\frac", r"\sqrt",
     r"\binom", r"\nabla", r"\partial", r"\choose", r"\over", r"\atop", r"\pmod", r"\arg", r"\forall", r"\exists")
)  # fmt: skip
"""Commands that mean something somewhere; any other must be a macro of the document."""
