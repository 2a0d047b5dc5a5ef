"""How far the numerical methods step: the laws, the scale, the dtypes, and settings of one's own."""

from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.methods import CentralDifference, ComplexStep, ForwardDifference, Richardson

NUMERICAL = (ForwardDifference(), CentralDifference(), ComplexStep(), Richardson())
BY_NAME = pytest.mark.parametrize("method", NUMERICAL, ids=lambda method: method.name)


def l4(x: Any) -> Any:
    for _ in range(3):
        x = 4 * x * (1 - x)
    return x


L4_SLOPE = 708288 / 78125
"""The derivative of l4 at 0.2."""


def error_at(method: Any) -> float:
    return abs(float(method.prepare(l4, 0.2).derivative(0.2)) - L4_SLOPE)


@pytest.mark.parametrize(
    ("kind", "step", "error"), [(ForwardDifference, 1.8e-9, 2.5e-8), (CentralDifference, 1e-7, 5.5e-11)]
)
def test_error_against_step_has_its_minimum_where_it_is_known_to_be(kind: Any, step: float, error: float) -> None:
    steps = 10.0 ** np.arange(-14, -1, 0.05)
    errors = np.array([error_at(kind(step=float(h))) for h in steps])
    smooth = np.exp(np.convolve(np.log(errors + 1e-17), np.ones(15) / 15, "same"))  # rounding scatters them
    best = steps[7 + np.argmin(smooth[7:-7])]
    assert step / 10 < best < step * 10
    assert error / 10 < smooth[7:-7].min() < error * 10
    # truncation to the right of the minimum, rounding to the left
    assert smooth[7] > 1e3 * smooth[7:-7].min()
    assert smooth[-8] > 1e3 * smooth[7:-7].min()


def test_complex_step_has_no_minimum() -> None:
    steps = 10.0 ** np.arange(-100, -8, 4.0)
    assert max(error_at(ComplexStep(step=float(h))) for h in steps) < 1e-13


@pytest.mark.parametrize(("kind", "order"), [(ForwardDifference, 1), (CentralDifference, 2), (ComplexStep, 2)])
def test_truncation_error_falls_with_the_step_by_the_order(kind: Any, order: int) -> None:
    coarse, fine = (abs(kind(step=step).prepare(np.exp, 1.0).derivative(1.0) - np.e) for step in (0.02, 0.01))
    assert coarse / fine == pytest.approx(2**order, rel=0.02)


@pytest.mark.parametrize(
    ("method", "law"), [(ForwardDifference(), 1 / 2), (CentralDifference(), 2 / 3)], ids=["forward", "central"]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_error_at_the_chosen_step_is_of_the_stated_order(method: Any, law: float, dtype: Any) -> None:
    x = np.linspace(0.5, 3.0, 20).astype(dtype)
    prepared = method.prepare(lambda x: np.sum(np.exp(np.sin(x))), x)
    exact = np.cos(x.astype(float)) * np.exp(np.sin(x.astype(float)))
    error = np.abs(prepared.gradient(x) - exact).max()
    best = np.finfo(dtype).eps ** law
    assert best / 100 < error < 100 * best


@BY_NAME
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_results_have_the_dtype_of_the_argument(method: Any, dtype: Any) -> None:
    x = np.array([0.5, -1.5], dtype)
    prepared = method.prepare(lambda x: np.sum(x * x), x)
    value, gradient = prepared.value_and_gradient(x)
    assert gradient.dtype == prepared.hessian(x).dtype == dtype
    if method.name != "complex_step" or dtype != np.float16:  # half precision has no complex numbers
        assert value.dtype == prepared.jvp(x, tangents=x)[1].dtype == dtype
    tolerance = 20 * np.finfo(dtype).eps ** (1 / 2)
    np.testing.assert_allclose(gradient.astype(float), [1.0, -3.0], rtol=float(tolerance))


@BY_NAME
def test_float32_argument_and_float64_result(method: Any) -> None:
    x = np.array([0.5, -1.5], np.float32)
    constant = np.array([1.0, 2.0])
    prepared = method.prepare(lambda x: x * constant, x)
    assert prepared.jacobian(x).dtype == np.float32
    assert prepared.jvp(x, tangents=x)[1].dtype == np.float64
    np.testing.assert_allclose(prepared.jacobian(x), np.diag(constant), atol=1e-3)


@pytest.mark.parametrize("method", [ForwardDifference(), CentralDifference(), Richardson()], ids=lambda m: m.name)
@pytest.mark.parametrize("operator", ["gradient", "hessian"])
def test_a_function_that_rounds_to_float32_gets_steps_for_float32(method: Any, operator: str) -> None:
    x = np.array([0.5, 1.5])
    found = getattr(method.prepare(lambda x: np.sum(x.astype(np.float32) ** 3), x), operator)(x)
    exact = 3 * x**2 if operator == "gradient" else np.diag(6 * x)
    np.testing.assert_allclose(found, exact, atol=0.1 if operator == "hessian" else 5e-3)


@BY_NAME
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e12])
def test_steps_follow_the_scale_of_each_component(method: Any, size: float) -> None:
    typical = min(size, 1.0)
    x = np.array([2.0, 3.0]) * size
    prepared = type(method)(typical=typical).prepare(lambda x: np.sum((x / size) ** 4), x)
    np.testing.assert_allclose(prepared.gradient(x) * size, [32.0, 108.0], rtol=1e-5)
    np.testing.assert_allclose(prepared.hessian(x) * size**2, np.diag([48.0, 108.0]), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("method", [ForwardDifference(), CentralDifference()], ids=lambda m: m.name)
def test_a_component_near_zero_is_not_stepped_by_its_own_tiny_magnitude(method: Any) -> None:
    x = np.array([1e-14, 1.0])
    gradient = method.prepare(lambda x: np.sum(np.exp(x)), x).gradient(x)
    np.testing.assert_allclose(gradient, [1.0, np.e], rtol=1e-7)


def test_complex_step_is_exact_next_to_a_singularity() -> None:
    for x in (1e-3, 1e-30, 1e-200):
        assert ComplexStep().prepare(np.log, x).derivative(x) == pytest.approx(1 / x, rel=1e-15)


@BY_NAME
def test_jvp_does_not_depend_on_the_length_of_the_tangent(method: Any) -> None:
    x, direction = np.array([0.5, 1.5]), np.array([1.0, -2.0])
    prepared = method.prepare(lambda x: np.sum(np.sin(x)), x)
    exact = np.cos(x) @ direction
    for length in (1e-200, 1e-8, 1.0, 1e8, 1e200):
        _, pushed = prepared.jvp(x, tangents=length * direction)
        assert pushed / length == pytest.approx(exact, rel=1e-6)
        product = prepared.hvp(x, tangents=length * direction) / length
        np.testing.assert_allclose(product, -np.sin(x) * direction, rtol=1e-2)


@BY_NAME
def test_a_zero_tangent_gives_zero(method: Any) -> None:
    prepared = method.prepare(lambda x: np.sum(x**2), np.ones(2))
    assert prepared.jvp(np.ones(2), tangents=np.zeros(2))[1] == 0
    np.testing.assert_array_equal(prepared.hvp(np.ones(2), tangents=np.zeros(2)), [0.0, 0.0])


@pytest.mark.parametrize("kind", [ForwardDifference, CentralDifference])
def test_a_step_of_ones_own_is_absolute_and_its_rounding_is_undone(kind: Any) -> None:
    seen = []

    def function(x: Any) -> Any:
        seen.append(float(x))
        return 4.0 * x

    x = 1000.0
    slope = kind(step=0.1).prepare(function, x).derivative(x)
    assert max(seen) == x + 0.1
    assert min(seen) == (x if kind is ForwardDifference else x - 0.1)
    assert slope == 4.0  # dividing by 0.1 itself would not give it back
    assert 4.0 * ((x + 0.1) - x) / 0.1 != 4.0


@pytest.mark.parametrize(
    "method", [ForwardDifference(step=1e-18), CentralDifference(step=1e-18), Richardson(step=1e-14)]
)
def test_a_step_lost_in_rounding_is_refused(method: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"lost in rounding: x \+ .* equals x .* Use a larger step"):
        method.prepare(np.sin, 1.0).derivative(1.0)


@pytest.mark.parametrize(
    "setting",
    [
        {"step": 0.0},
        {"step": -1e-6},
        {"step": np.nan},
        {"typical": 0},
        {"typical": np.inf},
        {"step": "1e-3"},
        {"step": np.ones(2)},
    ],
)
@pytest.mark.parametrize("kind", [ForwardDifference, CentralDifference, ComplexStep, Richardson])
def test_settings_that_make_no_sense_are_refused(kind: Any, setting: dict[str, float]) -> None:
    with pytest.raises(InvalidArgument, match="use a positive number"):
        kind(**setting)


@BY_NAME
def test_a_nan_stays_in_its_component(method: Any) -> None:
    x = np.array([1.0, -1.0, 2.0])
    with np.errstate(invalid="ignore"):
        jacobian = method.prepare(np.sqrt, x).jacobian(x)
    np.testing.assert_array_equal(np.isnan(jacobian), [[False] * 3, [True] * 3, [False] * 3])


@BY_NAME
def test_the_domain_may_end_within_a_step_if_typical_says_so(method: Any) -> None:
    x = 1e-9
    assert type(method)(typical=1e-9).prepare(np.log, x).derivative(x) == pytest.approx(1e9, rel=1e-5)


@BY_NAME
def test_integer_and_boolean_results_have_derivative_zero(method: Any) -> None:
    x = np.array([0.5, 1.5])
    prepared = method.prepare(lambda x: {"loss": np.sum(x > 1.0), "wrong": x < 0}, x)
    jacobian = prepared.jacobian(x)
    np.testing.assert_array_equal(jacobian["loss"], np.zeros(2))
    np.testing.assert_array_equal(jacobian["wrong"], np.zeros((2, 2)))
    np.testing.assert_array_equal(prepared.jvp(x, tangents=x)[1]["wrong"], np.zeros(2))


@BY_NAME
def test_gradient_of_no_numbers_is_empty(method: Any) -> None:
    empty = np.zeros(0)
    prepared = method.prepare(np.sum, empty)
    assert prepared.gradient(empty).shape == (0,)
    assert prepared.hessian(empty).shape == (0, 0)
    assert prepared.hvp(empty, tangents=empty).shape == (0,)
    assert prepared.jvp(empty, tangents=empty) == (0.0, 0.0)
    assert method.prepare(lambda x: x, empty).jacobian(empty).shape == (0, 0)


@BY_NAME
@pytest.mark.parametrize("operator", ["gradient", "value_and_gradient", "hessian", "hvp"])
def test_gradients_and_hessians_of_several_numbers_are_refused(method: Any, operator: str) -> None:
    x = np.ones(3)
    options = {"tangents": x} if operator == "hvp" else {}
    with pytest.raises(InvalidArgument, match=r"returned shape \(3,\).* use jacobian, or sum the result"):
        getattr(method.prepare(lambda x: 2 * x, x), operator)(x, **options)


@pytest.mark.parametrize("method", [ForwardDifference(), CentralDifference(), Richardson()], ids=lambda m: m.name)
def test_results_whose_shape_changes_within_a_step_are_refused(method: Any) -> None:
    x = np.array([0.0, 1.0])
    with pytest.raises(
        InvalidArgument, match=r"returned shapes \[.*\] at one point and \[.*\] at another, a step away"
    ):
        method.prepare(lambda x: 2 * x[x > 0], x).jacobian(x)


@pytest.mark.parametrize(
    ("method", "law"), [(ForwardDifference(), 1 / 3), (CentralDifference(), 1 / 2), (ComplexStep(), 2 / 3)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_error_of_second_derivatives_is_of_the_stated_order(method: Any, law: float, dtype: Any) -> None:
    x = np.array([0.5, 1.25, 2.0], dtype)
    prepared = method.prepare(lambda x: np.exp(x[0] * x[1]) + np.sum(np.sin(x) * x[::-1] ** 2), x)
    a, b, c = x.astype(float)
    e = np.exp(a * b)
    exact = np.array(
        [
            [b * b * e - np.sin(a) * c**2 + 2 * np.sin(c), (1 + a * b) * e, 2 * c * np.cos(a) + 2 * a * np.cos(c)],
            [(1 + a * b) * e, a * a * e + (2 - b**2) * np.sin(b) + 4 * b * np.cos(b), 0],
            [2 * c * np.cos(a) + 2 * a * np.cos(c), 0, 2 * np.sin(a) - np.sin(c) * a**2],
        ]
    )
    best = np.finfo(dtype).eps ** law
    for found, answer in (
        (prepared.hessian(x), exact),
        (prepared.hvp(x, tangents=np.array([1, -2, 0.5], dtype)), exact @ [1, -2, 0.5]),
    ):
        error = np.abs(found - answer).max()
        assert best / 100 < error < 100 * best
