"""A function with a saddle point, where one argument minimizes what the other maximizes."""

import numpy as np

from ..types import Array
from .problem import Known, Problem


def saddle(x: Array, y: Array) -> Array:
    """Give ‖x‖² − ‖y‖²; x and y of shape (n,)."""
    return np.sum(x**2) - np.sum(y**2)


def _saddle_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    return 2 * x, -2 * y


def _saddle_hessian(x: Array, y: Array) -> tuple[tuple[Array, ...], ...]:
    mixed = np.zeros((len(x), len(y)), like=x)
    return (2 * np.identity(len(x), like=x), mixed), (mixed.T, -2 * np.identity(len(y), like=y))


SADDLE = Problem(
    name="saddle",
    title="‖x‖² − ‖y‖²",
    function=saddle,
    arguments=lambda size: (np.ones(size), np.ones(size)),
    operator="gradient",
    source="B. A. Pearlmutter, J. M. Siskind, Using programming language theory to make automatic differentiation "
    "sound and efficient, Advances in Automatic Differentiation (2008); GradBench's saddle",
    sizes=(2, 4, 16, 64, 256),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _saddle_gradient, "hessian": _saddle_hessian},
    known=(
        Known("gradient", (np.zeros(2), np.zeros(2)), "the saddle point", arguments=(np.zeros(2), np.zeros(2))),
        Known("value", np.float64(0.0), "the saddle point", arguments=(np.zeros(2), np.zeros(2))),
    ),
    tags=frozenset({"literature", "vector", "polynomial"}),
    notes="The least over x of the greatest over y lies at zero. `difflab.gradbench` looks for it by a descent whose "
    "function holds another descent, so that derivatives are nested.",
)
