"""L-BFGS and Newton's method: minima of known functions, directions without curvature, and a line search that ends."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from difflab import Tensor, optim
from difflab.errors import InvalidArgument
from difflab.optim.line_search import CURVATURE, SUFFICIENT, Trial, strong_wolfe
from difflab.optim.newton import truncated_newton

METHODS = (optim.LBFGS, optim.Newton)


def rosenbrock(x: Tensor) -> Tensor:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def minimize(make: Any, f: Callable[..., Tensor], *starts: Any, dtype: str = "float64", steps: int = 10) -> list[Any]:
    parameters = [Tensor(np.asarray(start, dtype), requires_grad=True) for start in starts]
    optimizer = make(parameters)
    for _ in range(steps):
        optimizer.step(lambda: f(*parameters))
    return [parameter.data for parameter in parameters]


@pytest.mark.parametrize("start", [[-1.2, 1.0], [-1.2, 1.0, 0.5], [10.0, -10.0]])
@pytest.mark.parametrize("make", METHODS)
def test_rosenbrock(make: Any, start: Any) -> None:
    (found,) = minimize(make, rosenbrock, start)
    np.testing.assert_allclose(found, np.ones(len(start)), rtol=0, atol=1e-10)


@pytest.mark.parametrize("make", METHODS)
def test_several_parameters_of_several_shapes(make: Any) -> None:
    random = np.random.default_rng(11)
    A, b = random.normal(size=(30, 6)), random.normal(size=30)
    W, bias, found = minimize(
        make,
        lambda W, bias, unused: np.sum((A @ W.reshape(6) + bias - b) ** 2),
        np.zeros((2, 3)),
        0.0,
        [5.0],
        steps=5,
    )
    expected = np.linalg.lstsq(np.c_[A, np.ones(30)], b)[0]
    np.testing.assert_allclose([*W.reshape(6), bias], expected, rtol=0, atol=1e-9)
    assert found.tolist() == [5.0]


@pytest.mark.parametrize("make", METHODS)
def test_single_precision_goes_as_far_as_it_can(make: Any) -> None:
    (found,) = minimize(make, rosenbrock, [-1.2, 1.0], dtype="float32")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [1, 1], rtol=0, atol=2e-3)


@pytest.mark.parametrize("make", METHODS)
def test_a_saddle_is_left(make: Any) -> None:
    x, y = minimize(make, lambda x, y: x**2 + (y**2 - 1) ** 2 / 4, 1.0, 0.01)
    assert (float(x), abs(float(y))) == (pytest.approx(0, abs=1e-8), pytest.approx(1, abs=1e-8))


@pytest.mark.parametrize("make", METHODS)
def test_a_loss_that_ends_is_kept_within_its_domain(make: Any) -> None:
    with np.errstate(all="ignore"):
        (found,) = minimize(make, lambda x: np.sum(x - np.log(x)), [0.01, 30.0])
    np.testing.assert_allclose(found, [1, 1], atol=1e-8)


@pytest.mark.parametrize("make", METHODS)
def test_a_step_returns_the_loss_where_it_leaves_the_parameters(make: Any) -> None:
    x = Tensor([-1.2, 1.0], requires_grad=True)
    loss = make([x], iterations=3).step(lambda: rosenbrock(x))
    assert loss == rosenbrock(x).item() < 24.2


@pytest.mark.parametrize("make", METHODS)
def test_at_the_minimum_nothing_changes(make: Any) -> None:
    (found,) = minimize(make, rosenbrock, [1.0, 1.0], steps=1)
    assert found.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("make", METHODS)
def test_a_slope_without_end_is_followed_no_further_than_numbers_go(make: Any) -> None:
    (found,) = minimize(make, lambda x: np.sum(x), [0.0], steps=1)
    assert np.isfinite(found[0])
    assert found[0] < -1e3


def test_newton_solves_a_quadratic_in_few_iterations() -> None:
    random = np.random.default_rng(3)
    factor = random.normal(size=(8, 8))
    H, b = factor @ factor.T + np.eye(8), random.normal(size=8)
    x = Tensor(np.zeros(8), requires_grad=True)
    optim.Newton([x], iterations=10).step(lambda: x @ (H @ x) / 2 - b @ x)
    np.testing.assert_allclose(x.data, np.linalg.solve(H, b), rtol=1e-8)


@pytest.mark.parametrize("shift", [0.0, -3.0, -30.0])
def test_truncated_directions_descend_whatever_the_curvature(shift: float) -> None:
    random = np.random.default_rng(4)
    factor = random.normal(size=(9, 9))
    H, g = factor @ factor.T + shift * np.eye(9), random.normal(size=9)
    for iterations in (1, 3, 100):
        assert g @ truncated_newton(g, H.dot, iterations) < 0
    if shift == 0.0:
        residual = H @ truncated_newton(1e-6 * g, H.dot, 100) + 1e-6 * g
        assert np.linalg.norm(residual) <= 1e-6 * np.linalg.norm(g) * np.sqrt(1e-6 * np.linalg.norm(g))


def test_lbfgs_goes_on_from_a_saved_state_with_the_same_bits() -> None:
    x = Tensor([-1.2, 1.0, 0.5], requires_grad=True)
    first = optim.LBFGS([x], history=3, iterations=4)
    first.step(lambda: rosenbrock(x))
    state, weights = first.state_dict(), x.data.copy()
    first.step(lambda: rosenbrock(x))
    y = Tensor(weights, requires_grad=True)
    second = optim.LBFGS([y], history=3, iterations=4)
    second.load_state_dict(state)
    second.step(lambda: rosenbrock(y))
    np.testing.assert_array_equal(y.data, x.data)
    third = optim.LBFGS([Tensor(weights, requires_grad=True)], history=3, iterations=4)
    third.step(lambda: rosenbrock(third.parameters[0]))
    assert not np.array_equal(third.parameters[0].data, x.data)


def test_the_state_of_something_else_is_refused() -> None:
    two, three = (optim.LBFGS([Tensor(np.zeros(n), requires_grad=True)]) for n in (2, 3))
    two.step(lambda: rosenbrock(two.parameters[0]))
    with pytest.raises(InvalidArgument, match=r"entry changes.0 of the state of LBFGS has shape \(2,\)"):
        three.load_state_dict(two.state_dict())
    with pytest.raises(InvalidArgument, match=r"entries \['changes', 'turns'\], and that of Newton has \[\]"):
        optim.Newton(three.parameters).load_state_dict(two.state_dict())
    newton = optim.Newton(three.parameters)
    newton.load_state_dict(newton.state_dict())


FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "quadratic": (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
    "far": (lambda t: (t - 1e4) ** 2, lambda t: 2 * (t - 1e4)),
    "near": (lambda t: (t - 1e-4) ** 2, lambda t: 2 * (t - 1e-4)),
    "wavy": (lambda t: -t + 0.7 * np.sin(5 * t) + 0.05 * t**2, lambda t: -1 + 3.5 * np.cos(5 * t) + 0.1 * t),
    "rational": (lambda t: -t / (t**2 + 2), lambda t: (t**2 - 2) / (t**2 + 2) ** 2),
}


@pytest.mark.parametrize("first", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_step_found_fulfils_the_strong_wolfe_conditions(name: str, first: float) -> None:
    f, slope = FUNCTIONS[name]
    sign = 1 if slope(0.0) < 0 else -1

    def evaluate(t: float) -> Trial:
        return Trial(t, float(f(sign * t)), float(sign * slope(sign * t)), np.array([slope(sign * t)]))

    start = evaluate(0.0)
    found = strong_wolfe(evaluate, start, first)
    assert found is not None
    assert found.value <= start.value + SUFFICIENT * found.step * start.slope
    assert abs(found.slope) <= CURVATURE * abs(start.slope)


def test_a_line_without_descent_gives_nothing() -> None:
    start = Trial(0.0, 0.0, -1.0, np.zeros(1))
    assert strong_wolfe(lambda t: Trial(t, np.nan, np.nan, np.zeros(1)), start, 1.0) is None
    assert strong_wolfe(lambda t: Trial(t, 1.0, 0.0, np.zeros(1)), start, 1.0) is None


@pytest.mark.parametrize("make", METHODS)
def test_what_is_wrong_is_said(make: Any) -> None:
    x = Tensor([0.0], requires_grad=True)
    name = make.__name__
    for act, sentence in (
        (lambda: make([x]).step(), rf"{name} computes the loss several times in a step: call step\(closure\)"),
        (lambda: make([x]).step(lambda: 0.0), f"the step of {name} returned a float"),
        (lambda: make([x]).step(lambda: np.sum(x) * np.inf), f"The loss given to {name} is nan where it begins"),
        (lambda: make([x], iterations=0), f"iterations=0 of {name}: give a whole number"),
        (lambda: make([x], tolerance=-1), f"tolerance=-1 of {name}"),
    ):
        with np.errstate(all="ignore"), pytest.raises(InvalidArgument, match=sentence):
            act()
