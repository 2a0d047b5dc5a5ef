"""A charged particle steered by the place of a charge: a loop that ends where the particle lands."""

from collections.abc import Callable

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .problem import Problem

_MOST_STEPS = 10_000


def potential(position: Array, charges: Array) -> Array:
    """Give Σ 1/‖position − charge‖; position (2,), charges (n, 2)."""
    return np.sum(1 / np.sqrt(np.sum((position - charges) ** 2, axis=1)))


def potential_gradient(position: Array, charges: Array) -> Array:
    """Give the gradient of `potential` by the position, by hand: Σ −d/‖d‖³, with d = position − charge."""
    away = position - charges
    return np.sum(-away / np.sum(away**2, axis=1, keepdims=True) ** 1.5, axis=0)


def squared_miss(
    w: Array,
    position: Array,
    velocity: Array,
    step: float,
    gradient: Callable[[Array, Array], Array] = potential_gradient,
) -> Array:
    """Give the squared abscissa at which the particle, released at a position (2,) with a velocity (2,), lands.

    Of its two charges, one is held at (10, 0), and one put at (10, 10 − w). Euler's method with fixed steps,
    the acceleration being −gradient(position, charges); the last step is cut short where it meets the axis.
    Raises `InvalidArgument` if the particle does not land in 10,000 steps.
    """
    charges = _charges(w, position)
    for _ in range(_MOST_STEPS):
        moved = position + step * velocity
        if not moved[1] > 0:
            landed = position - position[1] / velocity[1] * velocity
            return landed[0] ** 2
        velocity = velocity - step * gradient(position, charges)
        position = moved
    raise InvalidArgument(
        f"The particle is still above the axis after {_MOST_STEPS:,} steps: take a control w below 1, which keeps the "
        f"upper charge above the particle, or a longer step than {step}."
    )


def _charges(w: Array, beside: Array) -> Array:
    """Give the places of both charges, (2, 2), in the dtype of w: small integers do not widen it."""
    at_rest, moving = np.array([[[10, 10], [10, 0]], [[0, 1], [0, 0]]], np.int8, like=beside)
    return at_rest - w * moving


def _squared_miss_derivative(w: Array, position: Array, velocity: Array, step: float) -> Array:
    """Integrate what each step does to the derivatives of position and velocity by w, with the same steps."""
    charges = _charges(w, position)
    position_rate, velocity_rate = np.zeros_like(position), np.zeros_like(velocity)
    while position[1] + step * velocity[1] > 0:
        upper, lower = (_curvature(position - charge) for charge in charges)
        acceleration = -potential_gradient(position, charges)
        acceleration_rate = -(upper + lower) @ position_rate - upper[:, 1]
        position, velocity = position + step * velocity, velocity + step * acceleration
        position_rate, velocity_rate = position_rate + step * velocity_rate, velocity_rate + step * acceleration_rate
    slope = velocity[0] / velocity[1]
    slope_rate = (velocity_rate[0] - slope * velocity_rate[1]) / velocity[1]
    landed = position[0] - position[1] * slope
    return 2 * landed * (position_rate[0] - position_rate[1] * slope - position[1] * slope_rate)


def _curvature(away: Array) -> Array:
    """Give the Hessian (2, 2) of 1/‖d‖: 3ddᵀ/‖d‖⁵ − I/‖d‖³."""
    squared = np.sum(away**2)
    return 3 * np.outer(away, away) / squared**2.5 - np.identity(2, away.dtype, like=away) / squared**1.5


def _release(size: int) -> tuple[float, Array, Array, float]:
    """Release the particle beside the charges, where it falls for about `size` steps, the last one cut short."""
    return 8.0, np.array([8.0, 1.0]), np.array([0.5, -1.0]), 1 / (size - 0.5)


PARTICLE = Problem(
    name="particle",
    title="squared miss of a charged particle",
    function=squared_miss,
    arguments=_release,
    operator="derivative",
    source="B. A. Pearlmutter, J. M. Siskind, Using programming language theory to make automatic differentiation "
    "sound and efficient, Advances in Automatic Differentiation (2008); GradBench's particle",
    sizes=(2, 4, 8, 16, 32, 64),
    size=2,
    closed_forms={"derivative": _squared_miss_derivative},
    tags=frozenset({"literature", "scalar", "loop", "solver"}),
    notes="The size is about the number of steps. The force is written by hand here; "
    "`difflab.gradbench` takes it for the derivative of the potential, so that derivatives are nested.",
)
