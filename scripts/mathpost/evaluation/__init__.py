"""From a tree to its value. `evaluate` has its rules in two modules; importing the package loads both."""

from mathpost.evaluation import operators as operators
from mathpost.evaluation.evaluate import evaluate as evaluate
