"""Derivatives inside derivatives, with the cases in which perturbations were confused elsewhere."""

from functools import partial

import numpy as np

import difflab
from difflab.errors import DifflabError, NotDifferentiable
from tests.user_reports.report import Report

D = difflab.derivative
GRAVITY = 9.8


def lagrangian(q, velocity):
    return 0.5 * velocity @ velocity - GRAVITY * q[1]


def momentum_by_place(q, velocity, inner):
    return difflab.gradient(lambda v: lagrangian(q, v), velocity, method=inner)


def hamiltonian(q, momentum, inner):
    """Give the Legendre transform of the Lagrangian in the velocity."""

    def at_velocity(v):
        return lagrangian(q, v)

    rest = np.zeros(2)
    mass = difflab.hessian(at_velocity, rest, method=inner)
    start = difflab.gradient(at_velocity, rest, method=inner)
    velocity = np.linalg.solve(mass, momentum - start)
    return velocity @ momentum - at_velocity(velocity)


class Confuse:
    """A function that differentiates another of its own type."""

    def __init__(self, outermost, x, inner):
        self.outermost, self.x, self.inner = outermost, x, inner

    def __call__(self, y):
        if self.outermost:
            return y * D(Confuse(False, y, self.inner), 1.0, method=self.inner)
        return self.x + y


def escaping(x, inner):
    """Keep a value of an inner derivative, and use it when that is over."""
    kept = [x]

    def multiply(y):
        kept[0] = kept[0] * y
        return kept[0]

    D(multiply, 1.0, method=inner)
    return D(multiply, 1.0, method=inner)


def newton_root(a, inner):
    """Three Newton steps towards the cube root of a."""
    x = a / 2
    for _ in range(6):
        x = x - (x**3 - a) / D(lambda z: z**3 - a, x, method=inner)
    return x


def mixed(u, inner):
    return difflab.gradient(lambda p: u[0] ** 2 * u[1] ** 2 * p[0] ** 2, np.array([4.0]), method=inner)


def inner_hessian_trace(x, inner):
    return np.trace(difflab.hessian(lambda y: np.sum(y**4) * x[0], x, method=inner))


APART = {"complex_step": DifflabError, "complex_step twice": DifflabError}
"""A complex step carries no tensors, and few duals."""


def of_every_mode(
    name, expected, source, function, point, first, second=None, otherwise=None, inners=("forward", "reverse")
):
    return [
        Report(
            f"{name}, inside by {inner}",
            expected,
            source,
            partial(function, inner=inner),
            point,
            first,
            second,
            otherwise or {},
        )
        for inner in inners
    ]


HESSIAN_TRACE = (
    "the trace of a Hessian",
    "of 12 x₀ Σ x²",
    "",
    inner_hessian_trace,
    np.array([1.0, 2.0]),
    [12 * 5 + 24.0, 48.0],
    [[72.0, 48.0], [48.0, 24.0]],
)


NESTED = [
    *of_every_mode(
        "d/dx x · d/dy (x + y)",
        "1; confused perturbations give 2",
        "JuliaDiff/ForwardDiff.jl#83",
        lambda x, inner: x * D(lambda y: x + y, 1.0, method=inner),
        1.0,
        1.0,
        0.0,
        otherwise=APART,
    ),
    *of_every_mode(
        "d/dx x · d/dy (x y)",
        "2x",
        "JuliaDiff/ReverseDiff.jl#45",
        lambda x, inner: x * D(lambda y: x * y, 1.0, method=inner),
        4.0,
        8.0,
        2.0,
        otherwise=APART,
    ),
    *of_every_mode(
        "an inner function that closes over a norm",
        "2: the function is x²",
        "JuliaDiff/ForwardDiff.jl#83",
        lambda v, inner: np.sum(v) * D(lambda y: y * np.linalg.norm(v), 1.0, method=inner),
        np.array([1.0]),
        [2.0],
        [[2.0]],
    ),
    *of_every_mode(
        "an inner function that closes over nothing",
        "2",
        "JuliaDiff/ForwardDiff.jl#83",
        lambda x, inner: x * D(lambda y: y**2, 1.0, method=inner),
        1.0,
        2.0,
        0.0,
    ),
    *of_every_mode(
        "a function that differentiates one of its own type",
        "1, although both have the same type",
        "JuliaDiff/ForwardDiff.jl#313",
        lambda x, inner: Confuse(True, 0.0, inner)(x),
        1.0,
        1.0,
        0.0,
        otherwise=APART,
    ),
    *of_every_mode(
        "a gradient through a derivative of a linear function",
        "0, without hanging",
        "JuliaDiff/ForwardDiff.jl#59",
        lambda x, inner: D(lambda y: y / 2, x[0], method=inner) * x[1] / 2,
        np.array([1.0, 2.0]),
        [0.0, 0.25],
        np.zeros((2, 2)),
    ),
    *of_every_mode(
        "momentum by place in a Lagrangian",
        "0: kinetic and potential energy are apart",
        "JuliaDiff/ForwardDiff.jl#238",
        lambda q, inner: momentum_by_place(q, np.array([3.0, 4.0]), inner),
        np.array([1.0, 2.0]),
        np.zeros((2, 2)),
    ),
    *of_every_mode(
        "a Hamiltonian from a Lagrangian",
        "gravity",
        "JuliaDiff/ForwardDiff.jl#238",
        lambda q, inner: hamiltonian(q, np.array([5.0, 6.0]), inner),
        np.array([1.0, 2.0]),
        [0.0, GRAVITY],
        np.zeros((2, 2)),
    ),
    *of_every_mode(
        "mixed second derivatives",
        "288 and 192",
        "JuliaDiff/ForwardDiff.jl#423",
        mixed,
        np.array([2.0, 3.0]),
        [[288.0, 192.0]],
        otherwise=APART,
    ),
    *of_every_mode(
        "Newton's method",
        "a⁻²ᐟ³/3, through derivatives at computed points",
        "",
        newton_root,
        8.0,
        1 / 12,
        -1 / 144,
    ),
    *of_every_mode(*HESSIAN_TRACE, inners=("forward",)),
    *of_every_mode(*HESSIAN_TRACE, otherwise=APART, inners=("reverse",)),
    *of_every_mode(
        "a value of an inner derivative that is kept and used after it",
        "a sentence: what is kept depends on a perturbation that is over",
        "JuliaDiff/ForwardDiff.jl#443, YingboMa/ForwardDiff2.jl#37",
        escaping,
        2.0,
        NotDifferentiable,
    ),
]
