"""Each closed form beside an independent numerical route: quadrature, sums, sampling, value iteration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from mathpost import laws

CONTINUOUS = [
    (stats.norm(0.4, 1.3), stats.norm(-0.2, 0.9)),
    (stats.expon(scale=1.3), stats.expon(scale=0.7)),
    (stats.gamma(2.5, scale=0.8), stats.gamma(1.7, scale=1.1)),
    (stats.beta(2.0, 3.5), stats.beta(1.4, 2.2)),
    (stats.uniform(0.5, 1.0), stats.uniform(0.2, 2.0)),
]
DISCRETE = [
    (stats.bernoulli(0.3), stats.bernoulli(0.6)),
    (stats.binom(7, 0.3), stats.binom(7, 0.45)),
    (stats.poisson(2.3), stats.poisson(3.1)),
    (stats.geom(0.4), stats.geom(0.25)),
]


@pytest.mark.parametrize(("p", "q"), CONTINUOUS, ids=lambda law: str(law.dist.name))
def test_the_divergence_of_continuous_laws_is_that_of_quadrature(p: Any, q: Any) -> None:
    low, high = p.ppf(1e-14), p.isf(1e-14)
    found, _ = integrate.quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), low, high, limit=200)
    assert laws.kl_divergence(p, q) == pytest.approx(found, rel=1e-7)
    assert laws.kl_divergence(p, q) != pytest.approx(laws.kl_divergence(q, p), rel=1e-3)


@pytest.mark.parametrize(("p", "q"), DISCRETE, ids=lambda law: str(law.dist.name))
def test_the_divergence_of_discrete_laws_is_that_of_a_sum(p: Any, q: Any) -> None:
    points = np.arange(p.support()[0], min(p.support()[1], 200) + 1)
    found = np.sum(p.pmf(points) * (p.logpmf(points) - q.logpmf(points)))
    assert laws.kl_divergence(p, q) == pytest.approx(found, rel=1e-9)


def test_the_divergence_of_listed_laws_is_scipys() -> None:
    p, q = [0.2, 0.3, 0.5], [0.5, 0.1, 0.4]
    listed = [stats.rv_discrete(values=([0, 1, 2], each)) for each in (p, q)]
    assert laws.kl_divergence(*listed) == laws.kl_divergence(p, q) == pytest.approx(stats.entropy(p, q))


def test_the_divergence_is_infinite_where_the_second_law_has_nothing() -> None:
    assert laws.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert laws.kl_divergence(stats.uniform(0, 2), stats.uniform(0, 1)) == np.inf


def test_the_divergence_of_normal_laws_of_vectors_is_that_of_a_sample() -> None:
    p = stats.multivariate_normal([0.3, -0.4], [[1.0, 0.5], [0.5, 2.0]])
    q = stats.multivariate_normal([0.1, 0.2], [[1.4, -0.3], [-0.3, 1.1]])
    x = p.rvs(400_000, random_state=1)
    assert laws.kl_divergence(p, q) == pytest.approx(np.mean(p.logpdf(x) - q.logpdf(x)), rel=0.01)


def test_laws_without_a_closed_form_are_refused() -> None:
    with pytest.raises(ValueError, match="no closed form for norm and gamma here"):
        laws.kl_divergence(stats.norm(0, 1), stats.gamma(2))
    with pytest.raises(ValueError, match=r"the laws must have one number of trials, and have 3\.0 and 4\.0"):
        laws.kl_divergence(stats.binom(3, 0.2), stats.binom(4, 0.2))


def test_entropies_are_those_of_sums_and_quadrature() -> None:
    assert laws.entropy([0.5, 0.25, 0.25, 0.0]) == pytest.approx(1.5 * np.log(2))
    p, q = CONTINUOUS[2]
    found, _ = integrate.quad(lambda x: -p.pdf(x) * q.logpdf(x), 0, p.isf(1e-14), limit=200)
    assert laws.cross_entropy(p, q) == pytest.approx(found, rel=1e-7)


def test_mutual_information_is_what_one_entropy_loses() -> None:
    table = np.array([[0.1, 0.2], [0.3, 0.4]])
    lost = laws.entropy(table.sum(axis=1)) + laws.entropy(table.sum(axis=0)) - laws.entropy(table.ravel())
    assert laws.mutual_information(table) == pytest.approx(lost)
    assert laws.mutual_information(np.outer([0.3, 0.7], [0.6, 0.4])) == pytest.approx(0, abs=1e-15)


JOINT = stats.multivariate_normal([0.3, -0.4, 1.0], [[1.0, 0.5, 0.2], [0.5, 2.0, -0.3], [0.2, -0.3, 1.5]])


def test_a_conditional_normal_law_is_the_joint_one_by_the_marginal() -> None:
    given = laws.marginal_normal(JOINT, [1])
    conditional = laws.conditional_normal(JOINT, [1], [0.7])
    for x, z in ((0.1, 0.2), (-1.3, 2.0)):
        assert conditional.pdf([x, z]) == pytest.approx(JOINT.pdf([x, 0.7, z]) / given.pdf(0.7))


def test_a_marginal_normal_law_is_the_integral_of_the_joint_one() -> None:
    pair = laws.marginal_normal(JOINT, [0, 2])
    found, _ = integrate.quad(lambda y: JOINT.pdf([0.1, y, 0.2]), -20, 20)
    assert pair.pdf([0.1, 0.2]) == pytest.approx(found)


def test_a_posterior_is_proportional_to_prior_times_likelihood() -> None:
    prior = stats.multivariate_normal([0.5, -1.0], [[1.0, 0.3], [0.3, 0.8]])
    matrix, noise, x = np.array([[1.0, 2.0], [0.5, -1.0]]), np.diag([0.4, 0.9]), np.array([0.2, 1.1])
    posterior = laws.posterior_normal(prior, matrix, noise, x)
    places = [np.array([0.1, 0.4]), np.array([-0.6, 0.9]), np.array([1.2, -0.3])]
    ratios = [posterior.pdf(z) / prior.pdf(z) / stats.multivariate_normal(matrix @ z, noise).pdf(x) for z in places]
    assert ratios == pytest.approx([ratios[0]] * 3)


CHANCES = np.array([[[0.8, 0.2], [0.1, 0.9]], [[0.5, 0.5], [0.3, 0.7]]])
REWARDS = np.array([[1.0, 0.0], [0.5, 2.0]])


def test_the_posterior_of_one_number_is_of_the_kind_of_its_prior() -> None:
    prior, (w, variance, x) = stats.norm(0.3, 1.2), (1.7, 0.5, 2.1)
    posterior = laws.posterior_normal(prior, w, variance, x)
    ratios = [posterior.pdf(z) / prior.pdf(z) / stats.norm(w * z, np.sqrt(variance)).pdf(x) for z in (-0.4, 0.2, 1.9)]
    assert ratios == pytest.approx([ratios[0]] * 3)
    assert laws.kl_divergence(posterior, prior) > 0


def test_the_values_of_a_policy_are_those_of_iteration() -> None:
    process, policy = laws.FiniteMDP(CHANCES, REWARDS, 0.9), np.array([[0.3, 0.7], [0.6, 0.4]])
    values = np.zeros(2)
    for _ in range(500):
        values = np.sum(policy * (REWARDS + 0.9 * CHANCES @ values), axis=1)
    assert process.values(policy) == pytest.approx(values)
    assert np.sum(policy * process.action_values(policy), axis=1) == pytest.approx(values)


def test_the_best_policy_has_the_values_of_value_iteration() -> None:
    process = laws.FiniteMDP(CHANCES, REWARDS, 0.9)
    values = np.zeros(2)
    for _ in range(500):
        values = np.max(REWARDS + 0.9 * CHANCES @ values, axis=1)
    assert process.best_values() == pytest.approx(values)


def test_rewards_of_transitions_are_their_expectations() -> None:
    gains = np.stack([REWARDS, REWARDS + 1.0], axis=-1)
    assert laws.FiniteMDP(CHANCES, gains, 0.5).rewards == pytest.approx(REWARDS + CHANCES[:, :, 1])
    with pytest.raises(ValueError, match="must add up to 1"):
        laws.FiniteMDP(CHANCES + 0.1, REWARDS, 0.9)


def test_classes_are_drawn_with_the_probabilities_of_their_model() -> None:
    inputs, classes = laws.logistic_data(40_000, [1.0, -2.0], 0.5, seed=3)
    residuals = classes - 1 / (1 + np.exp(-(inputs @ [1.0, -2.0] + 0.5)))
    assert np.abs(residuals @ inputs).max() / len(inputs) < 0.01
    weights = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]])
    inputs, rows = laws.softmax_data(40_000, weights, seed=3)
    scores = np.exp(inputs @ weights.T)
    assert np.abs((rows - scores / scores.sum(axis=1, keepdims=True)).T @ inputs).max() / len(inputs) < 0.01
    assert np.array_equal(rows.sum(axis=1), np.ones(40_000))
