"""How often each numerical method calls the function, and what it hands over."""

from typing import Any

import numpy as np
import pytest

from difflab.methods import CentralDifference, ComplexStep, ForwardDifference, Richardson

N = 5
X = np.linspace(0.5, 1.5, N)
T = {"tangents": np.ones(N)}
C = {"cotangents": 1.0}


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Any):
        self.function = function
        self.calls = 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        return self.function(*args)


# operator: the calls for n inputs, as documented by the class
CALLS = [
    (ForwardDifference(), {"gradient": N + 1, "value_and_gradient": N + 1, "jacobian": N + 1, "jvp": 2, "vjp": N + 1}),
    (ForwardDifference(), {"hessian": (N + 1) * (N + 2) // 2, "hvp": 2 * N + 2, "value": 1}),
    (CentralDifference(), {"gradient": 2 * N, "value_and_gradient": 2 * N + 1, "jacobian": 2 * N, "jvp": 3}),
    (CentralDifference(), {"vjp": 2 * N + 1, "hessian": N**2 + N + 1, "hvp": 4 * N, "value": 1}),
    (ComplexStep(), {"gradient": N, "value_and_gradient": N, "jacobian": N, "jvp": 1, "vjp": N, "value": 1}),
    (ComplexStep(), {"hessian": N * (N + 1), "hvp": 2 * N}),
    (Richardson(levels=7), {"gradient": 14 * N, "value_and_gradient": 14 * N + 1, "jvp": 15, "hvp": 28 * N}),
    (Richardson(levels=7), {"hessian": 7 * (N**2 + N + 1), "vjp": 14 * N + 1}),
]
CASES = [(method, operator, calls) for method, table in CALLS for operator, calls in table.items()]


@pytest.mark.parametrize(("method", "operator", "calls"), CASES, ids=[f"{m.name}-{o}" for m, o, _ in CASES])
def test_calls_are_as_documented(method: Any, operator: str, calls: int) -> None:
    counted = Counted(lambda x: np.sum(np.exp(x)))
    prepared = method.prepare(counted, X)
    assert counted.calls == 0
    getattr(prepared, operator)(X, **{"jvp": T, "hvp": T, "vjp": C}.get(operator, {}))
    assert counted.calls == calls


@pytest.mark.parametrize(
    ("method", "calls"),
    [
        (ForwardDifference(batch=True), 1),
        (CentralDifference(batch=True), 1),
        (ComplexStep(batch=True), 1),
        (Richardson(batch=True, levels=7), 7),
    ],
)
@pytest.mark.parametrize("operator", ["gradient", "value_and_gradient", "jacobian", "hessian", "jvp", "vjp", "hvp"])
def test_a_batched_function_is_called_once_for_a_formula(method: Any, calls: int, operator: str) -> None:
    batched = Counted(lambda x: np.sum(np.exp(x), axis=-1))
    options = {"jvp": T, "hvp": T, "vjp": C}.get(operator, {})
    found = getattr(method.prepare(batched, X), operator)(X, **options)
    assert batched.calls == calls
    alone = type(method)() if not isinstance(method, Richardson) else Richardson(levels=7)
    expected = getattr(alone.prepare(lambda x: np.sum(np.exp(x)), X), operator)(X, **options)
    assert str(found) == str(expected) or np.allclose(found[1], expected[1], rtol=1e-12)


def test_batched_nests_gain_the_axis_on_every_leaf_and_constants_stay() -> None:
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])

    def function(p: Any, w: Any) -> Any:
        assert w.shape == (2, 2)
        return {"y": np.einsum("ij,kj->ki", w, p["x"]) * p["s"][:, None]}

    p = {"x": np.array([1.0, -1.0]), "s": 2.0}
    jacobian = CentralDifference(batch=True).prepare(function, p, weights).jacobian(p, weights)
    np.testing.assert_allclose(jacobian["y"]["x"], 2 * weights, rtol=1e-9)
    np.testing.assert_allclose(jacobian["y"]["s"], weights @ p["x"], rtol=1e-9)


def test_batched_result_without_the_axis_is_refused() -> None:
    with pytest.raises(ValueError, match=r"batch=True on 10 points .* returned shape \(\): return one result"):
        CentralDifference(batch=True).prepare(np.sum, X).gradient(X)


@pytest.mark.parametrize("method", [ForwardDifference(), CentralDifference(), ComplexStep(), Richardson()])
def test_a_function_that_writes_into_its_arguments_spoils_nothing(method: Any) -> None:
    def careless(x: Any, y: Any) -> Any:
        x *= y
        y[:] = 0.0
        return np.sum(x)

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    gradient = method.prepare(careless, x, y, argnums=(0, 1)).gradient(x, y)
    np.testing.assert_allclose(gradient, ([3.0, 4.0], [1.0, 2.0]), rtol=1e-6)
    np.testing.assert_array_equal([x, y], [[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("method", [ForwardDifference(), CentralDifference(), ComplexStep(), Richardson()])
@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4)[::-1, ::2],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(4.0).astype(">f8"),
        np.broadcast_to(2.0, (2, 2)),
        np.arange(3.0),
        np.array(2.0),
        np.ones((1,)),
        np.ones((2, 0)),
    ],
    ids=["negative strides", "Fortran order", "big-endian", "read-only broadcast", "vector", "0-d", "(1,)", "empty"],
)
def test_any_layout_of_the_argument(method: Any, x: Any) -> None:
    gradient = method.prepare(lambda x: np.sum(x**2), x).gradient(x)
    assert np.shape(gradient) == x.shape
    np.testing.assert_allclose(gradient, 2 * x, rtol=1e-6, atol=1e-6)
