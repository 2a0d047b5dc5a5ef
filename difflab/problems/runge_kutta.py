"""Ordinary differential equations by the classical Runge-Kutta method with fixed steps."""

from collections.abc import Callable, Sequence

import numpy as np

from ..types import Array
from .problem import Problem

_SOURCE = "E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I (1993), section II.1"


def _runge_kutta(slope: Callable[[Array], Array], y: Array, duration: float, steps: int) -> Array:
    h = duration / steps
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + h / 2 * k1)
        k3 = slope(y + h / 2 * k2)
        k4 = slope(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def decay(start: Array, rate: Array, duration: float, steps: int) -> Array:
    """Integrate y′ = −rate·y from y(0) = start; all numbers."""
    return _runge_kutta(lambda y: -rate * y, start, duration, steps)


def _decay_gradient(start: Array, rate: Array, duration: float, steps: int) -> tuple[Array, Array]:
    """A step multiplies by R(z) = 1 + z + z²/2 + z³/6 + z⁴/24 with z = −rate·h, so y = start·R(z)ⁿ."""
    h = duration / steps
    z = -rate * h
    growth = 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24
    growth_slope = 1 + z + z**2 / 2 + z**3 / 6
    return growth**steps, -h * start * steps * growth ** (steps - 1) * growth_slope


def lotka_volterra(rates: Array, start: Array, duration: float, steps: int) -> Array:
    """Integrate prey′ = a·prey − b·prey·predators, predators′ = c·prey·predators − d·predators.

    `rates` is (a, b, c, d), `start` and the result are (prey, predators).
    """
    a, b, c, d = rates

    def slope(state: Array) -> Array:
        prey, predators = state
        return np.stack([(a - b * predators) * prey, (c * prey - d) * predators])

    return _runge_kutta(slope, start, duration, steps)


def _lotka_volterra_jacobian(rates: Array, start: Array, duration: float, steps: int) -> Array:
    """Integrate the variational equation S′ = ∂f/∂y·S + ∂f/∂rates beside the state, with the same steps."""
    a, b, c, d = rates

    def slope(state_and_sensitivity: Array) -> Array:
        (prey, predators), sensitivity = state_and_sensitivity[:, 0], state_and_sensitivity[:, 1:]
        by_state = _matrix([[a - b * predators, -b * prey], [c * predators, c * prey - d]])
        both, none = prey * predators, 0 * prey
        by_rates = _matrix([[prey, -both, none, none], [none, none, both, -predators]])
        change = np.stack([(a - b * predators) * prey, (c * prey - d) * predators])
        return np.column_stack([change, by_state @ sensitivity + by_rates])

    initial = np.column_stack([start, np.zeros((2, 4), like=start)])
    return _runge_kutta(slope, initial, duration, steps)[:, 1:]


def cascade(x: Array, duration: float, steps: int) -> Array:
    """Integrate y₀′ = x₀, yᵢ′ = xᵢ·yᵢ₋₁ from y(0) = 0; x and the result of shape (n,)."""
    return _runge_kutta(lambda y: np.concatenate([x[:1], x[1:] * y[:-1]]), np.zeros_like(x), duration, steps)


def cascade_growth(n: int, duration: float, steps: int) -> Array:
    """Give the u (n,) for which the result of `cascade` is uᵢ·x₀⋯xᵢ, whatever x.

    A step multiplies the sequence (1, y₀, y₁, …), for x = 1, by R(hN) with N the shift by one place and R as in
    `decay`. So uᵢ is the coefficient of zⁱ⁺¹ in R(hz)ˢ.
    """
    h = duration / steps
    step = h ** np.arange(5) / np.array([1, 1, 2, 6, 24])
    u = np.zeros(n + 1)
    u[0] = 1
    for _ in range(steps):
        u = np.convolve(u, step)[: n + 1]
    return u[1:]


def _matrix(rows: Sequence[Sequence[Array]]) -> Array:
    return np.stack([np.stack(row) for row in rows])


def _cascade_jacobian(x: Array, duration: float, steps: int) -> Array:
    """Leave xⱼ out of the products uᵢ·x₀⋯xᵢ."""
    others = np.where(np.identity(len(x), bool, like=x), 1, x[:, None])  # others[k, j] is xₖ, or 1 where k = j
    products = np.cumprod(others, axis=0)
    growth = np.asarray(cascade_growth(len(x), duration, steps), like=x)
    return np.tril(growth[:, None] * products).astype(x.dtype)


DECAY = Problem(
    name="decay",
    title="exponential decay by Runge-Kutta",
    function=decay,
    arguments=lambda size: (2.0, 0.7, 3.0, size),
    operator="gradient",
    source=_SOURCE,
    sizes=(1, 2, 4, 16, 64, 256),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _decay_gradient},
    tags=frozenset({"literature", "scalar", "loop", "solver"}),
    notes="The size is the number of steps. The closed form is that of the discrete scheme, not of the differential "
    "equation, so it agrees to rounding for any number of steps.",
)
LOTKA_VOLTERRA = Problem(
    name="lotka_volterra",
    title="prey and predators by Runge-Kutta",
    function=lotka_volterra,
    arguments=lambda size: (np.array([1.1, 0.4, 0.1, 0.4]), np.array([10.0, 5.0]), 0.1 * size, size),
    operator="jacobian",
    source=_SOURCE + " and I.14 (the variational equation)",
    sizes=(1, 2, 4, 16, 64, 256),
    size=1,
    closed_forms={"jacobian": _lotka_volterra_jacobian},
    tags=frozenset({"literature", "vector", "loop", "solver"}),
    notes="The size is the number of steps. Two outputs and four rates: a 2 × 4 Jacobian. The same steps applied to "
    "the variational equation give the exact Jacobian of the discrete scheme.",
)
CASCADE = Problem(
    name="cascade",
    title="each component driven by the one before, by Runge-Kutta",
    function=cascade,
    arguments=lambda size: (np.random.default_rng(1901).uniform(0.5, 1.5, size), 2.0, size),
    operator="jacobian",
    source="B. M. Bell, cmpad's an_ode; GradBench's ode",
    sizes=(1, 2, 4, 8, 16),
    size=2,
    closed_forms={"jacobian": _cascade_jacobian},
    tags=frozenset({"literature", "vector", "loop", "solver"}),
    notes="The size is the number of components, and of steps. GradBench asks for the gradient of the last component, "
    "the last row of the Jacobian.",
)
