"""Small computational graphs: adjoints that accumulate, a chain of sigmoids, an evaluation trace."""

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .problem import Known, Problem


def two_paths(v1: Array) -> Array:
    """Give v4 of the graph v2 = exp(v1), v3 = v2 + 1, v4 = v2·v3."""
    v2 = np.exp(v1)
    v3 = v2 + 1
    return v2 * v3


def _two_paths_derivative(v1: Array) -> Array:
    return (2 * np.exp(v1) + 1) * np.exp(v1)


def _two_paths_hessian(v1: Array) -> Array:
    return (4 * np.exp(v1) + 1) * np.exp(v1)


TWO_PATHS = Problem(
    name="two_paths",
    title="v4 = v2·v3, v3 = v2 + 1, v2 = exp(v1)",
    function=two_paths,
    arguments=lambda size: (0.5,),
    operator="derivative",
    source="teaching example: adjoints accumulate over the paths of a graph",
    sizes=(1,),
    size=1,
    closed_forms={"derivative": _two_paths_derivative, "hessian": _two_paths_hessian},
    tags=frozenset({"teaching", "scalar"}),
    notes="v2 is used twice: its adjoint is v3 by the direct path plus v2 by way of v3.",
)


def sigmoid(z: Array) -> Array:
    """Give 1/(1 + exp(−z))."""
    return 1 / (1 + np.exp(-z))


def sigmoid_chain(w1: Array, w2: Array, w3: Array, x: Array, y: Array) -> Array:
    """Give half the squared error of three sigmoid neurons in a row, for the input x and the target y."""
    a1 = sigmoid(w1 * x)
    a2 = sigmoid(w2 * a1)
    a3 = sigmoid(w3 * a2)
    return (a3 - y) ** 2 / 2


def _sigmoid_chain_gradient(w1: Array, w2: Array, w3: Array, x: Array, y: Array) -> tuple[Array, Array, Array]:
    a1 = sigmoid(w1 * x)
    a2 = sigmoid(w2 * a1)
    a3 = sigmoid(w3 * a2)
    delta3 = (a3 - y) * a3 * (1 - a3)
    delta2 = delta3 * w3 * a2 * (1 - a2)
    delta1 = delta2 * w2 * a1 * (1 - a1)
    return delta1 * x, delta2 * a1, delta3 * a2


SIGMOID_CHAIN = Problem(
    name="sigmoid_chain",
    title="loss(w1, w2, w3) of three composed sigmoids",
    function=sigmoid_chain,
    arguments=lambda size: (0.5, -1.2, 0.8, 1.5, 1.0),
    operator="gradient",
    source="teaching example: backpropagation through three neurons; the factors a(1 − a) ≤ 1/4 make gradients vanish",
    sizes=(3,),
    size=3,
    argnums=(0, 1, 2),
    closed_forms={"gradient": _sigmoid_chain_gradient},
    tags=frozenset({"teaching", "scalar", "training"}),
    notes="x and y are constants, after the three weights.",
)


def evaluation_trace(x1: Array, x2: Array) -> Array:
    """Give ln x1 + x1·x2 − sin x2."""
    return np.log(x1) + x1 * x2 - np.sin(x2)


def _evaluation_trace_gradient(x1: Array, x2: Array) -> tuple[Array, Array]:
    return 1 / x1 + x2, x1 - np.cos(x2)


def _evaluation_trace_hessian(x1: Array, x2: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    one = 1 + 0 * x1
    return (-1 / x1**2, one), (one, np.sin(x2))


@dataclass(frozen=True)
class Intermediate:
    """A variable of the evaluation trace at (x1, x2) = (2, 5), with its derivatives."""

    name: str
    operation: str
    value: float
    tangent: float
    """∂v/∂x1, of the forward tangent trace with ẋ1 = 1, ẋ2 = 0."""
    adjoint: float
    """∂y/∂v, of the reverse adjoint trace with ȳ = 1."""


INTERMEDIATES = (
    Intermediate("v-1", "x1", 2.0, 1.0, 5.5),
    Intermediate("v0", "x2", 5.0, 0.0, 1.7163378145367738),
    Intermediate("v1", "ln v-1", 0.6931471805599453, 0.5, 1.0),
    Intermediate("v2", "v-1 · v0", 10.0, 5.0, 1.0),
    Intermediate("v3", "sin v0", -0.9589242746631385, 0.0, -1.0),
    Intermediate("v4", "v1 + v2", 10.693147180559945, 5.5, 1.0),
    Intermediate("v5", "v4 − v3", 11.652071455223084, 5.5, 1.0),
)
"""Every intermediate of Baydin et al.'s tables 2 and 3, to full double precision."""

EVALUATION_TRACE = Problem(
    name="evaluation_trace",
    title="ln x1 + x1·x2 − sin x2",
    function=evaluation_trace,
    arguments=lambda size: (2.0, 5.0),
    operator="gradient",
    source="A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, Automatic Differentiation in Machine "
    "Learning: a Survey, JMLR 18 (2018), tables 2 and 3",
    sizes=(2,),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _evaluation_trace_gradient, "hessian": _evaluation_trace_hessian},
    known=(
        Known("value", 11.652071455223084, "Baydin et al. (2018), tables 2 and 3 (11.652)"),
        Known("gradient", (5.5, 1.7163378145367738), "Baydin et al. (2018), table 3 (5.5, 1.716)"),
    ),
    tags=frozenset({"literature", "scalar"}),
    notes="`INTERMEDIATES` holds the value, tangent and adjoint of every variable of the two traces.",
)
