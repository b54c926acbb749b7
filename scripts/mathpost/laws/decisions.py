"""Finite Markov decision processes: values by linear equations, and the best policy by policy iteration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, init=False, eq=False)
class FiniteMDP:
    """States and actions count from 0. Sutton and Barto, Reinforcement Learning, second edition, chapters 3 and 4.

    `transitions` has the shape (states, actions, states): p(s' | s, a). `rewards` has the shape (states, actions), the
    expected reward, or (states, actions, states), that of each transition. `discount` is below 1.
    Errors: ValueError for probabilities that do not add up to 1, or for other shapes.
    """

    transitions: Numbers
    rewards: Numbers
    discount: float

    def __init__(self, transitions: ArrayLike, rewards: ArrayLike, discount: float) -> None:
        chances, gains = np.asarray(transitions, dtype=float), np.asarray(rewards, dtype=float)
        if chances.ndim != 3 or chances.shape[0] != chances.shape[2]:
            raise ValueError("FiniteMDP: transitions have the shape (states, actions, states)")
        if np.any(chances < 0) or not np.allclose(chances.sum(axis=2), 1):
            raise ValueError("FiniteMDP: the transitions from each state under each action must add up to 1")
        if gains.shape == chances.shape:
            gains = np.sum(chances * gains, axis=2)
        if gains.shape != chances.shape[:2] or not 0 <= discount < 1:
            raise ValueError("FiniteMDP: rewards have the shape (states, actions), and the discount lies in [0, 1)")
        object.__setattr__(self, "transitions", chances)
        object.__setattr__(self, "rewards", gains)
        object.__setattr__(self, "discount", float(discount))

    def values(self, policy: ArrayLike) -> Numbers:
        """The value of each state under a policy of the shape (states, actions): (I - γ P)^{-1} r, by (3.14)."""
        chosen = np.asarray(policy, dtype=float)
        step = np.einsum("sa,sat->st", chosen, self.transitions)
        reward = np.einsum("sa,sa->s", chosen, self.rewards)
        return np.asarray(np.linalg.solve(np.eye(len(step)) - self.discount * step, reward))

    def action_values(self, policy: ArrayLike) -> Numbers:
        """The value of each action in each state, then following the policy: of the shape (states, actions)."""
        return np.asarray(self.rewards + self.discount * self.transitions @ self.values(policy))

    def best_policy(self) -> Numbers:
        """A policy that no other is better than, by policy iteration (4.3): 1 for the action taken, 0 for the rest."""
        policy = np.eye(self.rewards.shape[1])[np.argmax(self.rewards, axis=1)]
        while True:
            values = self.action_values(policy)
            better = values.max(axis=1) > np.sum(policy * values, axis=1) + 1e-12
            if not np.any(better):
                return np.asarray(policy)
            policy = np.where(better[:, None], np.eye(values.shape[1])[np.argmax(values, axis=1)], policy)

    def best_values(self) -> Numbers:
        """The value of each state under the best policy."""
        return self.values(self.best_policy())
