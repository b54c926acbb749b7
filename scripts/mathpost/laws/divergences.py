"""Divergences and entropies of the usual families, in closed form, in nats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

Parameters = tuple[float, ...]
_multivariate_normal = type(stats.multivariate_normal([0.0, 0.0]))


def kl_divergence(p: Any, q: Any) -> float:
    r"""D_KL(p || q) of two laws of one family, frozen by SciPy, or of two lists of probabilities.

    Families: `norm`, `multivariate_normal`, `expon`, `gamma`, `beta`, `uniform`, `bernoulli`, `binom` of one n,
    `poisson`, `geom`, and probabilities of the same points, as arrays or by `rv_discrete(values=…)`. The closed forms:
    Gil, Alajaji and Linder, "Rényi divergence measures for commonly used univariate continuous distributions",
    Information Sciences 249, 2013, table 2; of multivariate normal laws: Bishop, Pattern Recognition and Machine
    Learning, exercise 2.13; of the discrete ones: Cover and Thomas, Elements of Information Theory, 2.3.
    Errors: ValueError for two laws of which no closed form is known here.
    """
    if isinstance(p, _multivariate_normal) and isinstance(q, _multivariate_normal):
        return _of_normals(p.mean, p.cov, q.mean, q.cov)
    if _has_points(p) and _has_points(q):
        return float(np.sum(special.rel_entr(_probabilities(p), _on_points_of(p, q))))
    family, other = _family(p), _family(q)
    if family != other or family not in _DIVERGENCES:
        raise ValueError(f"kl_divergence: there is no closed form for {family} and {other} here")
    return float(_DIVERGENCES[family](_parameters(p), _parameters(q)))


def entropy(p: Any) -> float:
    r"""The entropy of a law, or its differential entropy: Cover and Thomas, chapters 2 and 8.

    A law is frozen by SciPy, which knows the closed forms, or a list of probabilities.
    """
    if _has_points(p):
        return float(-np.sum(special.xlogy(_probabilities(p), _probabilities(p))))
    return float(p.entropy())


def cross_entropy(p: Any, q: Any) -> float:
    r"""H(p, q) = H(p) + D_KL(p || q): Cover and Thomas, 2.3, as `kl_divergence` and `entropy` know them."""
    return entropy(p) + kl_divergence(p, q)


def mutual_information(joint: ArrayLike) -> float:
    r"""I(X; Y) of a table of joint probabilities, one row for each x: the divergence from the product of the marginals.

    Cover and Thomas, Elements of Information Theory, 2.3. Of a normal law with the correlation r it is
    -log(1 - r^2) / 2, ibid., example 8.5.1.
    """
    table = np.asarray(joint, dtype=float)
    product = np.outer(table.sum(axis=1), table.sum(axis=0))
    return float(np.sum(special.rel_entr(table, product)))


def _has_points(law: Any) -> bool:
    return isinstance(law, (list, tuple, np.ndarray)) or hasattr(law, "xk")


def _probabilities(law: Any) -> Any:
    return np.asarray(getattr(law, "pk", law), dtype=float)


def _on_points_of(p: Any, q: Any) -> Any:
    """The probabilities of q at the points of p: lists are of the same points."""
    if not hasattr(p, "xk") or not hasattr(q, "xk"):
        return _probabilities(q)
    known = dict(zip(np.asarray(q.xk).tolist(), _probabilities(q).tolist(), strict=True))
    return np.array([known.get(point, 0.0) for point in np.asarray(p.xk).tolist()])


def _of_normals(mean: Any, covariance: Any, other_mean: Any, other: Any) -> float:
    shift = np.asarray(other_mean) - mean
    ratio = np.linalg.solve(other, covariance)
    quadratic = shift @ np.linalg.solve(other, shift)
    return float((np.trace(ratio) + quadratic - len(shift) - np.linalg.slogdet(ratio)[1]) / 2)


def _family(law: Any) -> str:
    return str(getattr(getattr(law, "dist", None), "name", type(law).__name__))


def _parameters(law: Any) -> Parameters:
    """The shapes of a frozen law, then its location and scale where it is continuous."""
    shapes, loc, scale = law.dist._parse_args(*law.args, **law.kwds)
    return (*map(float, shapes), float(loc), float(scale))


def _normal(p: Parameters, q: Parameters) -> float:
    (mean, scale), (other_mean, other) = p, q
    return float(np.log(other / scale) + (scale**2 + (mean - other_mean) ** 2) / (2 * other**2) - 0.5)


def _gamma(p: Parameters, q: Parameters) -> float:
    (k, loc, scale), (other_k, other_loc, other) = p, q
    _require_one(loc, other_loc, "location")
    shapes = (k - other_k) * special.digamma(k) - special.gammaln(k) + special.gammaln(other_k)
    return float(shapes + other_k * np.log(other / scale) + k * (scale / other - 1))


def _exponential(p: Parameters, q: Parameters) -> float:
    return _gamma((1.0, *p), (1.0, *q))


def _beta(p: Parameters, q: Parameters) -> float:
    _require_one(p[2:], q[2:], "location and scale")
    (a, b), (other_a, other_b) = p[:2], q[:2]
    shapes = (a - other_a) * special.digamma(a) + (b - other_b) * special.digamma(b)
    both = (other_a - a + other_b - b) * special.digamma(a + b)
    return float(special.betaln(other_a, other_b) - special.betaln(a, b) + shapes + both)


def _uniform(p: Parameters, q: Parameters) -> float:
    inside = q[0] <= p[0] and p[0] + p[1] <= q[0] + q[1]
    return float(np.log(q[1] / p[1])) if inside else np.inf


def _bernoulli(p: Parameters, q: Parameters) -> float:
    return float(special.rel_entr(p[0], q[0]) + special.rel_entr(1 - p[0], 1 - q[0]))


def _binomial(p: Parameters, q: Parameters) -> float:
    _require_one(p[0], q[0], "number of trials")
    return p[0] * _bernoulli(p[1:], q[1:])


def _poisson(p: Parameters, q: Parameters) -> float:
    return float(special.rel_entr(p[0], q[0]) + q[0] - p[0])


def _geometric(p: Parameters, q: Parameters) -> float:
    return _bernoulli(p, q) / p[0]


def _require_one(own: Any, other: Any, what: str) -> None:
    if own != other:
        raise ValueError(f"kl_divergence: the laws must have one {what}, and have {own} and {other}")


_DIVERGENCES: Mapping[str, Callable[[Parameters, Parameters], float]] = {
    "norm": _normal,
    "expon": _exponential,
    "gamma": _gamma,
    "beta": _beta,
    "uniform": _uniform,
    "bernoulli": _bernoulli,
    "binom": _binomial,
    "poisson": _poisson,
    "geom": _geometric,
}
