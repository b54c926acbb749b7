"""Evaluating at one point after the other: for searches that take other ways at each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mathpost.evaluation.dependence import dependencies
from mathpost.evaluation.environment import Environment
from mathpost.evaluation.values import Array
from mathpost.ground.errors import EvaluationError
from mathpost.latex import to_latex
from mathpost.latex.tree.nodes import Node

MOST_POINTS = 400


def singly(node: Node, environment: Environment, value_at: Callable[[Environment], Array]) -> Array:
    """The value of a formula at each point of the letters that it depends on, with no more than this point known.

    Errors: EvaluationError where these are more than `MOST_POINTS`.
    """
    names = dependencies(node, environment)
    varying = {name: array for name, array in environment.bound.items() if name in names and array.batch}
    if not varying:
        return value_at(replace(environment, points=1))
    axes = max(len(array.batch) for array in varying.values())
    padded = {name: array.with_axes(axes) for name, array in varying.items()}
    batch = np.broadcast_shapes(*(values.shape[:axes] for values in padded.values()))
    if np.prod(batch) > MOST_POINTS:
        raise EvaluationError(f"`{to_latex(node)}` would have to be searched at {np.prod(batch)} points, one by one")
    found = []
    for point in np.ndindex(*batch):
        here = {
            name: replace(varying[name], values=np.broadcast_to(values, batch + values.shape[axes:])[point])
            for name, values in padded.items()
        }
        found.append(value_at(replace(environment.at(here), points=1)))
    core, rank = found[0].core, found[0].rank
    stacked = np.stack([value.values.reshape(core) for value in found])
    return Array(stacked.reshape(batch + core), rank, found[0].is_row)
