"""Data to try claims on: inputs with classes drawn by a logistic or a softmax model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Numbers = NDArray[np.float64]


def logistic_data(count: int, weights: ArrayLike, bias: float = 0.0, seed: int = 0) -> tuple[Numbers, Numbers]:
    """Inputs of the shape (count, n), standard normal, and classes of the shape (count,), 0 or 1.

    The class is 1 with the probability σ(w·x + b): Bishop, Pattern Recognition and Machine Learning, 4.3.2.
    """
    w = np.asarray(weights, dtype=float)
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(count, len(w)))
    classes = generator.random(count) < special.expit(inputs @ w + bias)
    return inputs, classes.astype(float)


def softmax_data(count: int, weights: ArrayLike, seed: int = 0) -> tuple[Numbers, Numbers]:
    """Inputs of the shape (count, n), standard normal, and classes of the shape (count, K), one entry of each row 1.

    `weights` has the shape (K, n); the class is k with the probability softmax(W x)_k: Bishop, 4.3.4.
    """
    w = np.asarray(weights, dtype=float)
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(count, w.shape[1]))
    shares = np.cumsum(special.softmax(inputs @ w.T, axis=1), axis=1)
    drawn = np.sum(generator.random((count, 1)) > shares, axis=1)
    return inputs, np.eye(len(w))[np.minimum(drawn, len(w) - 1)]
