"""Kepler's equation, solved by Newton's method and differentiated through the solution."""

import numpy as np

from ..types import Array
from .problem import Known, Problem


def kepler(mean_anomaly: Array, eccentricity: Array, iterations: int) -> Array:
    """Solve E − e·sin E = M for the eccentric anomaly E; angles in radians, 0 ≤ e < 1."""
    E = mean_anomaly
    for _ in range(iterations):
        E = E - (E - eccentricity * np.sin(E) - mean_anomaly) / (1 - eccentricity * np.cos(E))
    return E


def _kepler_gradient(mean_anomaly: Array, eccentricity: Array, iterations: int) -> tuple[Array, Array]:
    """Use the implicit function theorem: (1 − e·cos E)·dE = dM + sin E·de."""
    E = kepler(mean_anomaly, eccentricity, iterations)
    slope = 1 - eccentricity * np.cos(E)
    return 1 / slope, np.sin(E) / slope


def _kepler_hessian(mean_anomaly: Array, eccentricity: Array, iterations: int) -> tuple[tuple[Array, Array], ...]:
    """Differentiate the gradient by the implicit function theorem once more."""
    E = kepler(mean_anomaly, eccentricity, iterations)
    sine, cosine = np.sin(E), np.cos(E)
    slope = 1 - eccentricity * cosine
    mixed = (cosine - eccentricity) / slope**3
    by_eccentricity = sine * (2 * cosine * slope - eccentricity * sine**2) / slope**3
    return (-eccentricity * sine / slope**3, mixed), (mixed, by_eccentricity)


KEPLER = Problem(
    name="kepler",
    title="Kepler's equation by Newton's method",
    function=kepler,
    arguments=lambda size: (1.0, 0.0934, size),
    operator="gradient",
    source="J. M. A. Danby, Fundamentals of Celestial Mechanics (1988), section 6.6; B. Christianson, Reverse "
    "accumulation and attractive fixed points, Optimization Methods and Software 3 (1994)",
    sizes=(4, 8, 16, 32, 64, 128),
    size=4,
    argnums=(0, 1),
    closed_forms={"gradient": _kepler_gradient, "hessian": _kepler_hessian},
    known=(
        Known("value", 0.0, "the perihelion", arguments=(0.0, 0.4, 8)),
        Known("gradient", (1 / 0.6, 0.0), "dE/dM = 1/(1 − e) at the perihelion", arguments=(0.0, 0.4, 8)),
        Known("value", np.pi, "the aphelion", arguments=(np.pi, 0.4, 8)),
    ),
    tags=frozenset({"literature", "scalar", "loop", "solver"}),
    notes="The size is the number of iterations. From 8 on both E and its derivatives have converged beyond double "
    "precision, so the closed form of the exact solution is that of the iteration too: the methods differentiate "
    "through the solve, the closed form does not.",
)
