"""Reductions at kinks, zeros, ties and empty arrays, over any axes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

import difflab
from tests.primitives.case import Case
from tests.primitives.checks import check_batch, check_differences, check_modes_agree, check_values
from tests.primitives.points import spread

METHODS = ("forward", "reverse")

KINKS: dict[str, tuple[Any, Any, Any]] = {
    "max of ties": (np.max, [1.0, 3.0, 3.0], [0, 1 / 2, 1 / 2]),
    "min of ties": (np.min, [2.0, 2.0, 2.0, 5.0], [1 / 3, 1 / 3, 1 / 3, 0]),
    "max of rows with ties": (lambda x: np.sum(np.max(x, 1)), [[1.0, 1.0], [0.0, 2.0]], [[1 / 2, 1 / 2], [0, 1]]),
    "range of equal numbers": (np.ptp, [4.0, 4.0], [0, 0]),
    "max of ties at infinity": (np.max, [np.inf, 1.0, np.inf], [1 / 2, 0, 1 / 2]),
    "max beside no number": (np.max, [1.0, np.nan], [0, 1]),
    "nanmax beside no number": (np.nanmax, [1.0, np.nan, 0.5], [1, 0, 0]),
    "std of equal numbers": (np.std, [2.0, 2.0, 2.0], [0, 0, 0]),
    "std of one number": (np.std, [2.0], [0]),
    "std of rows, one of them constant": (
        lambda x: np.sum(np.std(x, 1)),
        [[2.0, 2.0], [1.0, 3.0]],
        [[0, 0], [-1 / 2, 1 / 2]],
    ),
    "norm at zero": (np.linalg.norm, [0.0, 0.0], [0, 0]),
    "norm of rows, one of them zero": (
        lambda x: np.sum(np.linalg.norm(x, axis=1)),
        [[0.0, 0.0], [3.0, 4.0]],
        [[0, 0], [0.6, 0.8]],
    ),
    "sum norm at zero": (lambda x: np.linalg.norm(x, 1), [0.0, -2.0], [0, -1]),
    "cubic norm at zero": (lambda x: np.linalg.norm(x, 3), [0.0, 0.0], [0, 0]),
    "cubic norm beside a zero": (lambda x: np.linalg.norm(x, 3), [0.0, -2.0], [0, -1]),
    "largest entry norm at zero": (lambda x: np.linalg.norm(x, np.inf), [0.0, 0.0], [0, 0]),
    "count norm": (lambda x: np.linalg.norm(x, 0), [0.0, 2.0], [0, 0]),
    "Frobenius norm at zero": (np.linalg.norm, [[0.0, 0.0], [0.0, 0.0]], [[0, 0], [0, 0]]),
    "median of ties": (np.median, [1.0, 1.0, 1.0], [0, 1, 0]),
    "product with a zero": (np.prod, [2.0, 0.0, 3.0], [0, 6, 0]),
    "product with zeros": (np.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
    "running product with a zero": (lambda x: np.sum(np.cumprod(x)), [2.0, 0.0, 3.0], [1, 8, 0]),
    "nansum beside no number": (np.nansum, [1.0, np.nan], [1, 0]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", KINKS)
def test_gradient_at_a_kink(name: str, method: str) -> None:
    function, point, expected = KINKS[name]
    np.testing.assert_allclose(difflab.gradient(function, np.array(point), method=method), expected, rtol=1e-15)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", [np.prod, lambda x: np.cumprod(x)[-1]], ids=["prod", "cumprod"])
def test_hessian_of_a_product_with_zeros(function: Any, method: str) -> None:
    hessian = difflab.hessian(function, np.array([0.0, 5.0, 0.0, 2.0]), method=method)
    expected = np.zeros((4, 4))
    expected[0, 2] = expected[2, 0] = 10
    np.testing.assert_array_equal(hessian, expected)


def test_third_derivative_of_a_product_of_zeros() -> None:
    def along(x: Any) -> Any:
        return difflab.derivative(lambda s: difflab.derivative(lambda r: np.prod(x * np.stack([r, s, 1.0])), 0.0), 0.0)

    assert difflab.gradient(along, np.zeros(3)).tolist() == [0, 0, 0]
    assert along(np.array([2.0, 3.0, 5.0])) == 30


@pytest.mark.parametrize("method", METHODS)
def test_a_norm_has_no_finite_second_derivative_at_zero(method: str) -> None:
    """It has none: an answer of 0 would make that of norm(x)**2, which is 2, a wrong number."""
    hessian = difflab.hessian(lambda x: np.linalg.norm(x) ** 2, np.zeros(2), method=method)
    assert np.isnan(np.diag(hessian)).all()


EMPTY: dict[str, tuple[Any, tuple[int, ...]]] = {
    "sum": (np.sum, (0,)),
    "sum over an empty axis": (lambda x: np.sum(x, 0), (0, 3)),
    "prod": (np.prod, (0,)),
    "prod over an empty axis": (lambda x: np.prod(x, 1), (3, 0)),
    "prod beside an empty axis": (lambda x: np.prod(x, 1), (0, 3)),
    "max beside an empty axis": (lambda x: np.max(x, 1), (0, 3)),
    "norm": (np.linalg.norm, (0,)),
    "cumsum": (np.cumsum, (0,)),
    "cumprod": (lambda x: np.cumprod(x, 0), (0, 2)),
    "sort": (np.sort, (0,)),
    "concatenate": (lambda x: np.concatenate([x, x]), (0, 2)),
    "stack": (lambda x: np.stack([x, x]), (0,)),
    "reshape": (lambda x: x.reshape(0, 5), (2, 0)),
    "matmul": (lambda x: x @ x.T, (2, 0)),
    "diff": (np.diff, (1,)),
    "index": (lambda x: x[[0, 1, 0], :], (2, 0)),
    "repeat": (lambda x: np.repeat(x, 0), (3,)),
    "split": (lambda x: np.split(x, [0, 0])[1], (3,)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_empty_arrays(name: str) -> None:
    function, shape = EMPTY[name]
    case = Case(function, (spread(*shape),))
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


@pytest.mark.parametrize("method", METHODS)
def test_an_extremum_of_nothing_is_refused_as_in_numpy(method: str) -> None:
    with pytest.raises(ValueError, match="zero-size"):
        difflab.gradient(np.max, np.zeros(0), method=method)


REDUCTIONS = (
    np.sum,
    np.prod,
    np.mean,
    np.var,
    np.std,
    np.max,
    np.min,
    np.ptp,
    np.average,
    np.median,
    np.linalg.vector_norm,
)


@pytest.mark.parametrize("function", REDUCTIONS, ids=lambda function: function.__name__)
@given(data=st.data())
def test_any_axes(function: Any, data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=int(function is np.median), max_dims=3, min_side=1, max_side=3))
    rank = len(shape)
    numbers = st.integers(-rank, rank - 1) if rank else st.nothing()
    some = st.lists(numbers, unique_by=lambda axis: axis % rank, min_size=0 if function is np.sum else 1).map(tuple)
    axis = data.draw(st.one_of(st.none(), numbers, some if rank else st.nothing()))
    parameters = {"axis": axis, "keepdims": data.draw(st.booleans())}
    if function is np.std:
        shape = (*shape[:-1], 3) if rank else (3,)
        parameters["axis"] = -1  # where no deviation is zero
    case = Case(function, (spread(*shape),), parameters, value_tolerance=1e-14)
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


@pytest.mark.parametrize("function", [np.cumsum, np.cumprod, np.sort, np.flip])
@given(data=st.data())
def test_any_axis_that_stays(function: Any, data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3))
    axis = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    case = Case(function, (spread(*shape),), {"axis": axis})
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


LAYOUTS = {
    "transposed": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "reversed": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "big-endian": lambda x: x.astype(">f8"),
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_in_memory_does_not_matter(layout: str, method: str) -> None:
    def function(x: Any) -> Any:
        return np.sum(np.cumsum(np.sort(x, 0), 1) ** 2) + np.prod(x.ravel()[:3]) + np.max(x[::-1] @ x.T)

    x = LAYOUTS[layout](spread(3, 4))
    x.flags.writeable = False
    before = x.copy()
    gradient = difflab.gradient(function, x, method=method)
    np.testing.assert_allclose(gradient, difflab.gradient(function, before, method=method), rtol=1e-14)
    np.testing.assert_array_equal(x, before)
    assert np.can_cast(gradient.dtype, x.dtype, "equiv")


@pytest.mark.parametrize("method", METHODS)
def test_a_number_and_a_vector_of_one(method: str) -> None:
    for shape in ((), (1,), (1, 1)):
        x = np.full(shape, 3.0)
        gradient = difflab.gradient(lambda x: np.sum(np.cumsum(x)) * np.max(x), x, method=method)
        assert gradient.shape == shape
        assert gradient == 6
        assert difflab.jacobian(np.atleast_1d, x, method=method).shape == (shape or (1,)) + shape


@pytest.mark.parametrize("axis", [None, 0, -1, ()])
@pytest.mark.parametrize("function", [np.sum, np.max])
@pytest.mark.parametrize("method", METHODS)
def test_a_number_along_an_axis(method: str, function: Any, axis: Any) -> None:
    """NumPy lets a number be reduced along axis 0; second derivatives once were an error."""

    def square(x: Any) -> Any:
        return function(x, axis=axis) * x

    assert difflab.gradient(square, 3.0, method=method) == 6
    assert difflab.hessian(square, 3.0, method=method) == 2


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_the_mean_of_more_numbers_than_half_precision_counts(method: str) -> None:
    x = np.ones(70_000, np.float16)
    value, along = difflab.jvp(np.mean, x, tangents=x, method=method)
    assert (value, along.dtype) == (1.0, np.float16)
    assert along == pytest.approx(1.0, rel=2e-3)


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_the_median_of_more_numbers_than_half_precision_counts(method: str) -> None:
    x = np.random.default_rng(0).permutation(np.linspace(-1, 1, 2050)).astype(np.float16)
    value, along = difflab.jvp(np.median, x, tangents=x, method=method)
    assert value == np.median(x)
    assert along == value, "the median moves with its two entries, as half of each"
