"""What the tests of numerical methods have in common: each method, and each operator with what it takes."""

from functools import partial
from typing import Any

import numpy as np

from difflab.methods import CentralDifference, ComplexStep, ForwardDifference, Richardson

KINDS = (ForwardDifference, CentralDifference, ComplexStep, partial(Richardson, levels=3))
NAMES = ("forward_difference", "central_difference", "complex_step", "richardson")


def operators(direction: np.ndarray) -> dict[str, dict[str, Any]]:
    """Give the directions that each operator of a function to one number takes, by its name."""
    taken: dict[str, dict[str, Any]] = {name: {"tangents": direction} for name in ("jvp", "hvp")}
    taken["vjp"] = {"cotangents": np.array(2.0)}
    return {name: taken.get(name, {}) for name in _ALL}


_ALL = ("value", "gradient", "value_and_gradient", "hessian", "jacobian", "jvp", "vjp", "hvp")
