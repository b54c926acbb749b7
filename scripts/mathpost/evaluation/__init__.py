"""From a tree to its value. The rules of `evaluate` stand in three modules; importing the package loads them all."""

from mathpost.evaluation import arithmetic as arithmetic
from mathpost.evaluation import operators as operators
from mathpost.evaluation.evaluate import evaluate as evaluate
