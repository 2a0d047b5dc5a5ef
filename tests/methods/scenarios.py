"""Functions with every structure of argument and result, carrying the answers of every operator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from difflab.structure import flatten

M = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])
SYMMETRIC = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 4.0]])
X = np.array([0.3, -0.7, 1.2])
V = np.array([1.0, 0.5, -2.0])


@dataclass(frozen=True)
class Scenario:
    """A function at a point, and for each operator its answer, worked out by hand."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    answers: Mapping[str, Any]
    argnums: int | tuple[int, ...] = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    """Tangents and cotangents."""

    def call(self, method: Any, operator: str) -> Any:
        prepared = method.prepare(self.function, *self.args, argnums=self.argnums)
        wanted = {"jvp": ("tangents",), "hvp": ("tangents",), "vjp": ("cotangents",)}.get(operator, ())
        return getattr(prepared, operator)(*self.args, **{name: self.options[name] for name in wanted})


def scalar() -> Scenario:
    x = 0.5
    y, slope, bend = np.sin(x), np.cos(x), -np.sin(x)
    answers = {
        "derivative": slope,
        "gradient": slope,
        "value_and_gradient": (y, slope),
        "jacobian": slope,
        "hessian": bend,
        "jvp": (y, 3 * slope),
        "vjp": (y, -2 * slope),
        "hvp": 3 * bend,
    }
    return Scenario("scalar", np.sin, (x,), answers, options={"tangents": 3.0, "cotangents": -2.0})


def curve() -> Scenario:
    t = 0.4
    y = np.array([np.cos(t), np.sin(t), t**2])
    slope = np.array([-np.sin(t), np.cos(t), 2 * t])
    answers = {
        "derivative": slope,
        "jacobian": slope,
        "jvp": (y, -slope),
        "vjp": (y, slope @ V),
    }
    return Scenario(
        "curve",
        lambda t: np.stack([np.cos(t), np.sin(t), t**2]),
        (t,),
        answers,
        options={"tangents": -1.0, "cotangents": V},
    )


def quadratic_form() -> Scenario:
    y, gradient = X @ SYMMETRIC @ X / 2, SYMMETRIC @ X
    answers = {
        "gradient": gradient,
        "value_and_gradient": (y, gradient),
        "jacobian": gradient,
        "hessian": SYMMETRIC,
        "jvp": (y, gradient @ V),
        "vjp": (y, 3 * gradient),
        "hvp": SYMMETRIC @ V,
    }
    return Scenario(
        "quadratic form", lambda x: x @ SYMMETRIC @ x / 2, (X,), answers, options={"tangents": V, "cotangents": 3.0}
    )


def vector_to_vector() -> Scenario:
    y, jacobian, weights = M @ np.exp(X), M * np.exp(X), np.array([1.0, -0.5])
    answers = {"jacobian": jacobian, "jvp": (y, jacobian @ V), "vjp": (y, weights @ jacobian)}
    return Scenario(
        "vector to vector", lambda x: M @ np.exp(x), (X,), answers, options={"tangents": V, "cotangents": weights}
    )


def matrix() -> Scenario:
    """y = Σ (M ∘ M) x with respect to M; f = Σ M³ has a diagonal Hessian."""
    bend = np.zeros((2, 3, 2, 3))
    for i, j in np.ndindex(2, 3):
        bend[i, j, i, j] = 6 * M[i, j]
    direction = np.arange(6.0).reshape(2, 3)
    answers = {
        "gradient": 3 * M**2,
        "jacobian": 3 * M**2,
        "hessian": bend,
        "jvp": (np.sum(M**3), np.sum(3 * M**2 * direction)),
        "vjp": (np.sum(M**3), 6 * M**2),
        "hvp": 6 * M * direction,
    }
    return Scenario("matrix", lambda m: np.sum(m**3), (M,), answers, options={"tangents": direction, "cotangents": 2.0})


def matrix_to_matrix() -> Scenario:
    """Z = M W has dZ_ij / dW_kl = M_ik δ_jl."""
    weights = np.arange(6.0).reshape(3, 2)
    jacobian = np.einsum("ik,jl->ijkl", M, np.eye(2))
    direction, arriving = np.ones((3, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    answers = {"jacobian": jacobian, "jvp": (M @ weights, M @ direction), "vjp": (M @ weights, M.T @ arriving)}
    return Scenario(
        "matrix to matrix",
        lambda w: M @ w,
        (weights,),
        answers,
        options={"tangents": direction, "cotangents": arriving},
    )


def dictionary() -> Scenario:
    """f = b·Σ w², with an entry that is not used."""
    args = {"w": X, "b": 2.0, "unused": np.ones(2)}
    zero, none = np.zeros(2), np.zeros
    gradient = {"w": 4 * X, "b": np.sum(X**2), "unused": zero}
    hessian = {
        "w": {"w": 4 * np.eye(3), "b": 2 * X, "unused": none((3, 2))},
        "b": {"w": 2 * X, "b": 0.0, "unused": zero},
        "unused": {"w": none((2, 3)), "b": zero, "unused": none((2, 2))},
    }
    tangents = {"w": V, "b": -1.0, "unused": np.ones(2)}
    y = 2 * np.sum(X**2)
    answers = {
        "gradient": gradient,
        "value_and_gradient": (y, gradient),
        "hessian": hessian,
        "jvp": (y, 4 * X @ V - np.sum(X**2)),
        "hvp": {"w": 4 * V - 2 * X, "b": 2 * X @ V, "unused": zero},
    }
    return Scenario(
        "dictionary", lambda p: p["b"] * np.sum(p["w"] ** 2), (args,), answers, options={"tangents": tangents}
    )


def two_arguments() -> Scenario:
    """f = s·Σ a·b with respect to a and b, s between them a constant."""
    a, b, s = X, V, 3.0
    eye, zero = 3 * np.eye(3), np.zeros((3, 3))
    answers = {
        "gradient": (3 * b, 3 * a),
        "hessian": ((zero, eye), (eye, zero)),
        "jvp": (3 * a @ b, 3 * (np.ones(3) @ b + a @ a)),
        "hvp": (3 * a, np.full(3, 3.0)),
    }
    return Scenario(
        "two arguments",
        lambda a, s, b: s * np.sum(a * b),
        (a, s, b),
        answers,
        argnums=(0, -1),
        options={"tangents": (np.ones(3), a)},
    )


def nested_result() -> Scenario:
    y = {"sum": np.sum(X), "parts": [np.square(X), M @ X]}
    jacobian = {"sum": np.ones(3), "parts": [np.diag(2 * X), M]}
    weights = {"sum": 2.0, "parts": [V, np.array([1.0, -1.0])]}
    answers = {
        "jacobian": jacobian,
        "jvp": (y, {"sum": np.sum(V), "parts": [2 * X * V, M @ V]}),
        "vjp": (y, 2 + 2 * X * V + M.T @ np.array([1.0, -1.0])),
    }
    return Scenario(
        "nested result",
        lambda x: {"sum": np.sum(x), "parts": [np.square(x), M @ x]},
        (X,),
        answers,
        options={"tangents": V, "cotangents": weights},
    )


def one_number_in_a_tuple() -> Scenario:
    return Scenario(
        "one number in a tuple", lambda x: x**2, (3.0,), {"gradient": (6.0,), "hessian": ((2.0,),)}, argnums=(0,)
    )


SCENARIOS = (
    scalar(),
    curve(),
    quadratic_form(),
    vector_to_vector(),
    matrix(),
    matrix_to_matrix(),
    dictionary(),
    two_arguments(),
    nested_result(),
    one_number_in_a_tuple(),
)


def assert_alike(found: Any, expected: Any, tolerance: float) -> None:
    """Compare nests: structure, shapes, and values to `tolerance` relative to 1 or their size. NaN never passes."""
    found_leaves, found_structure = flatten(found)
    leaves, structure = flatten(expected)
    assert found_structure == structure
    for one, other in zip(found_leaves, leaves, strict=True):
        assert np.shape(one) == np.shape(other)
        deviation = np.abs(np.subtract(one, other, dtype=float))
        assert np.all(deviation <= tolerance * np.maximum(1.0, np.abs(other))), f"{one} is not {other}"
