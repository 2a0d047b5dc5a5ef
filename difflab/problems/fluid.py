"""The Helmholtz free energy of a mixed fluid."""

import math

import numpy as np

from ..types import Array
from .problem import Problem

_ROOT = math.sqrt(2)


def helmholtz(x: Array, a: Array, b: Array, RT: Array) -> Array:
    """Give the free energy of a fluid of n components by the Peng-Robinson equation of state.

    Args:
        x: amounts of the components, (n,).
        a: attractions between the components, (n, n).
        b: their volumes, (n,), with b·x < 1.
        RT: the gas constant times the temperature.
    """
    bx = b @ x
    mixing = np.sum(x * np.log(x / (1 - bx)))
    attraction = np.log((1 + (1 + _ROOT) * bx) / (1 + (1 - _ROOT) * bx))
    return RT * mixing - x @ a @ x / ((2 * _ROOT) * bx) * attraction


def _attraction(s: Array) -> tuple[Array, Array, Array]:
    """Give h(s) = ln((1 + (1+√2)s)/(1 + (1−√2)s))/(√8·s) with h′ and h″; the logarithm's slope is √8/(1 + 2s − s²)."""
    h = np.log((1 + (1 + _ROOT) * s) / (1 + (1 - _ROOT) * s)) / ((2 * _ROOT) * s)
    q = 1 + 2 * s - s**2
    first = (1 / q - h) / s
    second = (-(2 - 2 * s) / q**2 - 2 * first) / s
    return h, first, second


def _helmholtz_gradient(x: Array, a: Array, b: Array, RT: Array) -> Array:
    s = b @ x
    h, first, _ = _attraction(s)
    mixing = np.log(x / (1 - s)) + 1 + b * np.sum(x) / (1 - s)
    return RT * mixing - (a + a.T) @ x * h - x @ a @ x * first * b


def _helmholtz_hessian(x: Array, a: Array, b: Array, RT: Array) -> Array:
    s = b @ x
    h, first, second = _attraction(s)
    mixing = np.diag(1 / x) + (b[:, None] + b) / (1 - s) + np.outer(b, b) * np.sum(x) / (1 - s) ** 2
    slope = (a + a.T) @ x
    crossed = np.outer(slope, b) + np.outer(b, slope)
    return RT * mixing - (a + a.T) * h - crossed * first - x @ a @ x * second * np.outer(b, b)


def _mixture(size: int) -> tuple[Array, Array, Array, float]:
    random = np.random.default_rng(1989)
    a = random.uniform(0.5, 1.5, (size, size))
    return random.uniform(0.2, 1.0, size) / size, (a + a.T) / 2, random.uniform(0.2, 1.0, size), 1.5


HELMHOLTZ = Problem(
    name="helmholtz",
    title="Helmholtz free energy of a mixed fluid",
    function=helmholtz,
    arguments=_mixture,
    operator="gradient",
    source="A. Griewank, On automatic differentiation, Mathematical Programming (1989); A. Griewank, "
    "A. Walther, Evaluating Derivatives (2008)",
    sizes=(1, 2, 5, 10, 20, 30, 40, 50),
    size=5,
    closed_forms={"gradient": _helmholtz_gradient, "hessian": _helmholtz_hessian},
    tags=frozenset({"literature", "vector"}),
    notes="n = 1 … 50 components. The function costs O(n²) for the quadratic form, and so does its whole gradient.",
)
