"""The customs of fields and the words of texts that say what a name stands for: weak hints, all in one place."""
# ruff: noqa: SIM905 - a table of words is read, and compared, more easily than one of quoted strings.

from __future__ import annotations

import re
from typing import Final

# -- names -------------------------------------------------------------------------------------------------------------

LAWS: Final = frozenset(r"p q P Q \Pr \mathbb{P}".split())
"""Heads of names that are laws wherever they are called."""
LAWS_GIVEN: Final = frozenset(r"\pi f r g \rho \mu".split())
"""Heads of names that are laws where they are called with a bar, as in `\\pi(a | s)`."""
DIVERGENCES: Final = frozenset(r"KL D_{KL} D_{\text{KL}} \mathrm{KL} D_{kl} kl".split())
"""Relative entropies, where the text does not define them."""
ENTROPIES: Final = frozenset("H".split())
IDENTITIES: Final = frozenset(("I", r"\mathbb{I}", r"\mathbb{1}"))
"""Heads of names that are the identity where a matrix stands."""
CONSTANTS: Final = frozenset(("e", r"\pi", r"\infty"))
BETWEEN_0_AND_1: Final = frozenset(r"\gamma \delta \beta \epsilon \varepsilon p q \alpha \rho \pi".split())
"""Names that lie between 0 and 1 in more texts than not: one kind of world keeps them there."""
COUNTING: Final = frozenset(r"i j k l m n t s N M K T L d D \ell".split())
"""Names that count, where they stand as an index, in a factorial or as a bound."""

# -- words -------------------------------------------------------------------------------------------------------------

KINDS: Final[tuple[tuple[str, str], ...]] = (
    (r"\bmatri(x|ces)\b", "matrix"),
    (r"\b(diagonal|orthogonal|unitary|symmetric|invertible|orthonormal columns|full (column )?rank)\b", "matrix"),
    (r"\bvectors?\b", "vector"),
    (r"\b(scalars?|number|coefficients?|rate|factor|constants?|angle|mass|speed|length|variance)\b", "scalar"),
    (r"\b(densit(y|ies)|laws?|distributions?|probabilit(y|ies)|likelihood|policy|kernel)\b", "law"),
    (r"\bfunctions?\b", "function"),
)
"""What a name is, by the first words behind it."""
PROPERTIES: Final[tuple[tuple[str, str], ...]] = (
    (r"\bnon-?negative\b", "positive"),
    (r"\bpositive\b", "positive"),
    (r"\bnegative\b", "negative"),
    (r"\b(between 0 and 1|in ⟦\s*\(0,\s*1\)\s*⟧|in ⟦\s*\[0,\s*1\]\s*⟧|a probability\b|discount)", "unit"),
    (r"\b(integers?|whole numbers?|natural numbers?|number of|how many|counts)\b", "integer"),
    (r"\b0 or 1\b|\bbinary\b|⟦\\\{0,\s*1\\\}⟧", "binary"),
    (r"\borthonormal columns\b", "orthonormal columns"),
    (r"\b(orthogonal|unitary|rotation)\b", "orthogonal"),
    (r"\bsymmetric\b|\bcovariance matrix\b", "symmetric"),
    (r"\bpositive[- ](semi-?)?definite\b|\bcovariance matrix\b", "definite"),
    (r"\bdiagonal\b", "diagonal"),
    (r"\bunit (vector|length|norm)\b", "normed"),
    (r"\bsquare matri", "square"),
    (r"\bskew\b", "skew"),
    (r"\b(normal|gaussian|random|noise|i\.i\.d|signal|process|white)\b", "random"),
)
"""What is said of a name beside what it is, as regular expressions; a formula among the words stands in ⟦ ⟧."""
TIED: Final = re.compile(
    r"\b(mean|sum|product|average|entropy|derivatives?|gradient|hessian|inverse|ratio|difference|solution|minimi[sz]er|"
    r"maximi[sz]er|columns?|rows?|eigenvalues?|eigenvectors?|singular values?|covariance|expectation|limit|"
    r"integral|transpose|part|square|value|joint|marginal|stands for|short for|where|defined|with)\b[^.;]*⟦|"
    r"\b(minimi[sz]er|maximi[sz]er|solution|the best|optimal|normali[sz]|unnormali[sz]ed|not normali[sz]ed)",
    re.IGNORECASE,
)
"""Words that tie a name to a formula or to another name, in a way that is not a formula."""

AFRESH: Final = re.compile(
    r"\b(now|instead|another|redefin\w*|from here on|this time|by abuse|overload)\b", re.IGNORECASE
)
"""Words before a formula that give an old name another meaning."""
APPROXIMATELY: Final = re.compile(
    r"\b(approximat\w*|first[- ]order|second[- ]order|small|neglect\w*|roughly|leading[- ]order|for large|large "
    r"(enough|number)|taylor|drop(ped|ping)?|ignor\w*|up to|asymptot\w*|linearis\w*|lineariz\w*)\b",
    re.IGNORECASE,
)
"""Words before a formula whose sign of equality may stand for less than that."""
AT: Final = re.compile(r"\b(at|about|for|when|if|where|around|near|as|with|case)\s*$", re.IGNORECASE)
"""Words right before a formula in a line that gives a value at which something is looked at."""
