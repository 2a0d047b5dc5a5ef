"""The engines as transformations: orders, chunks, several directions, and results that are safe to write to."""

import numpy as np
import pytest

import difflab
from difflab.engines.dispatch import next_level
from difflab.engines.recorded import Recorded
from difflab.engines.tape import sweep
from difflab.engines.transforms import pullback, push
from difflab.methods import Forward, Reverse

SECOND_ORDER = [Forward(), Forward(chunk=1), Reverse(second_order="forward"), Reverse(second_order="reverse")]
FIRST_ORDER = [Forward(), Forward(chunk=2), Reverse()]


def cubic(x):
    return x[0] ** 3 * x[1] + x[1] ** 2 * x[2]


POINT = np.array([1.0, 2.0, 3.0])
GRADIENT = np.array([6.0, 13.0, 4.0])
HESSIAN = np.array([[12.0, 3.0, 0.0], [3.0, 6.0, 4.0], [0.0, 4.0, 0.0]])


@pytest.mark.parametrize("method", FIRST_ORDER, ids=str)
def test_gradient(method):
    np.testing.assert_allclose(difflab.gradient(cubic, POINT, method=method), GRADIENT, rtol=1e-15)


@pytest.mark.parametrize("method", SECOND_ORDER, ids=str)
def test_hessian_and_its_products(method):
    np.testing.assert_allclose(difflab.hessian(cubic, POINT, method=method), HESSIAN, rtol=1e-15)
    direction = np.array([1.0, -1.0, 2.0])
    product = difflab.hvp(cubic, POINT, tangents=direction, method=method)
    np.testing.assert_allclose(product, HESSIAN @ direction, rtol=1e-15)


@pytest.mark.parametrize("method", SECOND_ORDER, ids=str)
def test_a_linear_function_has_zero_hessian(method):
    np.testing.assert_array_equal(difflab.hessian(lambda x: 2 * x[0], POINT, method=method), np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("method", "calls"),
    [(Forward(), 1), (Forward(chunk=2), 2), (Forward(chunk=1), 3), (Reverse(), 1)],
    ids=str,
)
def test_calls_of_the_function(method, calls):
    count = 0

    def counted(x):
        nonlocal count
        count += 1
        return cubic(x)

    prepared = method.prepare(counted, POINT)
    count = 0
    prepared.gradient(POINT)
    assert count == calls


def test_the_graph_extended_by_its_adjoints_gives_any_order():
    x = Recorded(next_level(), np.float64(3.0))
    derivative = x**5
    for expected in (5 * 3.0**4, 20 * 3.0**3, 60 * 3.0**2, 120 * 3.0):
        (derivative,) = sweep([derivative], [np.float64(1.0)], [x], create_graph=True)
        assert derivative.data == pytest.approx(expected, rel=1e-14)


def test_without_create_graph_the_result_is_a_plain_array():
    x = Recorded(next_level(), np.float64(3.0))
    (derivative,) = sweep([x**2], [np.float64(1.0)], [x])
    assert type(derivative) is np.float64


def test_several_directions_equal_one_by_one():
    rng = np.random.default_rng(0)
    tangents = rng.normal(size=(4, 3))

    def function(leaves):
        (x,) = leaves
        return [np.stack([x[0] * x[1], x[2] ** 2]), np.sum(x)]

    _, (first, second) = push(function, [POINT], [tangents])
    for k, tangent in enumerate(tangents):
        _, (one, other) = push(function, [POINT], [tangent[None]])
        np.testing.assert_array_equal(first[k], one[0])
        np.testing.assert_array_equal(second[k], other[0])
    _, pull = pullback(function, [POINT])
    weights = [rng.normal(size=(5, 2)), rng.normal(size=5)]
    (together,) = pull(weights)
    for k in range(5):
        np.testing.assert_array_equal(together[k], pull([weight[k : k + 1] for weight in weights])[0][0])


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_results_are_safe_to_write_to(method):
    x = np.ones(3)
    a, b = difflab.gradient(lambda x, y: np.sum(x + y), x, x, argnums=(0, 1), method=method)
    a *= 2
    np.testing.assert_array_equal(b, np.ones(3))
    direction = np.ones(3)
    _, pulled = difflab.vjp(lambda x: x, x, cotangents=direction, method=method)
    _, pushed = difflab.jvp(lambda x: x, x, tangents=direction, method=method)
    pulled *= 3
    pushed *= 3
    np.testing.assert_array_equal(direction, np.ones(3))


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize("operator", ["gradient", "jacobian", "hessian"])
def test_arrays_without_entries(method, operator):
    result = getattr(difflab, operator)(lambda x: np.sum(x) + 1.0, np.zeros((2, 0)), method=method)
    assert result.shape == ((2, 0, 2, 0) if operator == "hessian" else (2, 0))


def test_a_function_that_ignores_its_argument():
    for method in ("forward", "reverse"):
        np.testing.assert_array_equal(difflab.gradient(lambda x: 1.0, POINT, method=method), np.zeros(3))
        np.testing.assert_array_equal(difflab.hessian(lambda x: 1.0, POINT, method=method), np.zeros((3, 3)))


def test_mixed_dtypes_give_each_argument_its_own():
    x = np.ones(2, np.float32)
    y = np.ones(2, np.float64)
    for method in ("forward", "reverse"):
        a, b = difflab.gradient(lambda x, y: np.sum(x * y), x, y, argnums=(0, 1), method=method)
        assert (a.dtype, b.dtype) == (np.float32, np.float64)


@pytest.mark.parametrize("settings", [{"chunk": 0}, {"chunk": -3}])
def test_a_chunk_must_be_positive(settings):
    with pytest.raises(difflab.InvalidArgument, match="use a positive number"):
        Forward(**settings)


def test_second_order_must_be_known():
    with pytest.raises(difflab.InvalidArgument, match="use 'forward' or 'reverse'"):
        Reverse(second_order="sideways")
