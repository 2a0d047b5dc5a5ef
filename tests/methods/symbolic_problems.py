"""Problems that SymPy can differentiate."""

import pytest

from difflab.problems import all_problems

SLOW = {
    "kepler",
    "lotka_volterra",
    "bundle_adjustment",
    "softmax_regression",
    "perceptron",
    "gaussian_mixture",
    "hand_simple",
    "hand_complicated",
}
"""Problems whose expressions take SymPy more than a second or two at the smallest size."""

PROBLEMS = [
    pytest.param(problem, id=problem.name, marks=[pytest.mark.slow] if problem.name in SLOW else [])
    for problem in all_problems()
    if problem.smooth
]
