"""Normalisation: against PyTorch in first and second order, any order of memory, statistics, and what is refused."""

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.primitives import TABLE
from difflab.primitives.network.normalization import batch_norm, layer_norm, normalize
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision, pull

GENERATOR = np.random.default_rng(0)
SHAPES = [(6, 3), (6, 3, 5), (4, 3, 2, 5), (1, 3, 7)]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
ORDERS = {
    "image by image": lambda x: x,
    "channel by channel": lambda x: np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1),
    "every other": lambda x: np.repeat(x, 2, axis=0)[::2],
    "reversed": lambda x: np.ascontiguousarray(x.T).T,
}
each_order = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)


def operands(shape: tuple[int, ...]) -> list[Any]:
    return [3 + GENERATOR.normal(size=shape), *GENERATOR.normal(size=(2, shape[1]))]


def batch_norm_of(torch: ModuleType, epsilon: float = 1e-5) -> Any:
    """Give PyTorch's batch normalisation as a function that gives the statistics, too."""

    def function(x: Any, weight: Any = None, bias: Any = None) -> Any:
        axes = (0, *range(2, x.ndim))
        y = torch.nn.functional.batch_norm(x, None, None, weight, bias, training=True, eps=epsilon)
        return y, x.mean(axes), x.var(axes, correction=0)

    return function


@pytest.mark.peers
@each_precision
@each_shape
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("epsilon", [1e-5, 0.1])
def test_batch_norm_is_that_of_torch(
    torch: ModuleType, shape: tuple[int, ...], count: int, epsilon: float, dtype: Any
) -> None:
    theirs = batch_norm_of(torch, epsilon)
    check_against_torch(torch, batch_norm, theirs, operands(shape)[:count], dtype, epsilon=epsilon)


@each_precision
@each_shape
@each_order
def test_loops_of_batch_norm(shape: tuple[int, ...], order: Any, dtype: Any) -> None:
    x, *rest = operands(shape)
    check_loops(batch_norm, (order(x), *rest), dtype)


@pytest.mark.parametrize("output", [0, 1, 2])
def test_a_cotangent_may_arrive_at_one_result_alone(output: int) -> None:
    given = operands((4, 3, 5))

    def gradient_of(function: Any) -> Any:
        return difflab.gradient(lambda *args: np.sum(np.sin(function(*args)[output])), *given, argnums=(0, 1, 2))

    found, expected = gradient_of(batch_norm), gradient_of(TABLE[batch_norm].definition)
    for ours, reference in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, reference, atol=1e-12)


@each_precision
def test_the_mean_of_large_numbers_takes_no_digits_of_the_variance(dtype: Any) -> None:
    x = (1e3 + np.random.default_rng(1).normal(size=(500, 2, 40))).astype(dtype)
    _, mean, variance = batch_norm(x)
    np.testing.assert_allclose(mean, np.mean(x, (0, 2), dtype=float), rtol=1e-7)
    np.testing.assert_allclose(variance, np.var(x, (0, 2), dtype=float), rtol=1e-5)


@pytest.mark.peers
@each_shape
@pytest.mark.parametrize("function", [batch_norm, layer_norm], ids=lambda function: function.__name__)
def test_second_derivatives_are_those_of_torch(torch: ModuleType, shape: tuple[int, ...], function: Any) -> None:
    """Of Σ sin(w y), in x, weight and bias together: an implementation that holds a statistic constant is far off."""
    x, *rest = operands(shape)
    rest = rest if function is batch_norm else list(GENERATOR.normal(size=(2, shape[-1])))
    points, weights = [x, *rest], GENERATOR.normal(size=shape)
    directions = [GENERATOR.normal(size=each.shape) for each in points]

    def loss(*args: Any) -> Any:
        y = function(*args)
        return np.sum(np.sin(weights * (y[0] if function is batch_norm else y)))

    def their_loss(*args: Any) -> Any:
        if function is batch_norm:
            y = batch_norm_of(torch)(*args)[0]
        else:
            y = torch.nn.functional.layer_norm(args[0], shape[-1:], *args[1:])
        return torch.sin(torch.tensor(weights) * y).sum()

    found = difflab.hvp(loss, *points, tangents=tuple(directions), argnums=(0, 1, 2))
    _, expected = torch.autograd.functional.hvp(
        their_loss, tuple(map(torch.tensor, points)), tuple(map(torch.tensor, directions))
    )
    for ours, reference in zip(found, expected, strict=True):
        scale = max(1.0, float(reference.abs().max()))
        np.testing.assert_allclose(ours, reference.numpy(), atol=1e-9 * scale)


@pytest.mark.parametrize("function", [batch_norm, layer_norm], ids=lambda function: function.__name__)
def test_second_derivatives_are_differences_of_first(function: Any) -> None:
    x, direction = GENERATOR.normal(size=(2, 4, 3, 5))

    def loss(x: Any) -> Any:
        y = function(x)
        return np.sum((y[0] if function is batch_norm else y) ** 3)

    step = 1e-5
    ahead, behind = (difflab.gradient(loss, x + sign * step * direction) for sign in (1, -1))
    found = difflab.hvp(loss, x, tangents=direction)
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), atol=1e-6)


@each_precision
def test_equal_entries_have_no_spread(dtype: Any) -> None:
    for function, x in ((batch_norm, np.full((4, 2), 7.0)), (layer_norm, np.full((2, 4), 7.0))):
        check_loops(function, (x,), dtype)


@pytest.mark.parametrize("function", [batch_norm, layer_norm], ids=lambda function: function.__name__)
def test_a_nan_stays_where_it_is_looked_at(function: Any) -> None:
    x = GENERATOR.normal(size=(4, 3))
    x[0, 0] = np.nan
    y = function(x)[0] if function is batch_norm else function(x)
    assert np.all(np.isnan(y[:, 0] if function is batch_norm else y[0]))
    assert np.all(np.isfinite(y[:, 1:] if function is batch_norm else y[1:]))


def test_given_statistics_are_taken_as_they_are() -> None:
    x, weight, bias = operands((4, 3, 5))
    y, mean, variance = batch_norm(x, weight, bias)
    np.testing.assert_allclose(normalize(x, mean, variance, weight, bias), y, rtol=1e-12)
    slope = difflab.gradient(lambda x: np.sum(normalize(x, mean, variance)), x)
    expected = (1 / np.sqrt(variance + 1e-5))[:, None]
    np.testing.assert_allclose(slope, np.broadcast_to(expected, x.shape))


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_layer_norm_is_that_of_torch(torch: ModuleType, axes: int, count: int, dtype: Any) -> None:
    shape = (4, 5, 6)
    x, weight, bias = GENERATOR.normal(size=shape), *GENERATOR.normal(size=(2, *shape[3 - axes :]))

    def theirs(x: Any, weight: Any = None, bias: Any = None) -> Any:
        return torch.nn.functional.layer_norm(x, shape[3 - axes :], weight, bias, eps=0.01)

    check_against_torch(torch, layer_norm, theirs, (x, weight, bias)[:count], dtype, axes=axes, epsilon=0.01)


@each_precision
@each_order
def test_loops_of_layer_norm(order: Any, dtype: Any) -> None:
    x, weight, bias = GENERATOR.normal(size=(4, 6, 5)), *GENERATOR.normal(size=(2, 5))
    check_loops(layer_norm, (order(x), weight, bias), dtype)


def test_there_may_be_no_rows() -> None:
    values, (back,) = pull(layer_norm, (np.ones((0, 3)),), [np.ones((0, 3))])
    assert values[0].shape == back.shape == (0, 3)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
@pytest.mark.parametrize(
    ("function", "shapes", "sentence"),
    [
        (batch_norm, [(3,)], "takes the axes (batch, channels, ...)"),
        (batch_norm, [(0, 3)], "x was given with shape (0, 3)"),
        (batch_norm, [(2, 3), (2,)], "of 3 channels the weight has the shape (3,), not (2,)"),
        (batch_norm, [(2, 3), (3,), (1, 3)], "of 3 channels the bias has the shape (3,), not (1, 3)"),
        (normalize, [(2, 3), (2,), (3,)], "of 3 channels the mean has the shape (3,), not (2,)"),
        (layer_norm, [(2, 3), (2,)], "x was given with shape (2, 3), and those axes with (2,)"),
        (layer_norm, [(2, 3), (3,), (2,)], "weight and bias have one shape, (3,), not (2,)"),
        (layer_norm, [()], "is over the last axes of x"),
    ],
)
def test_shapes_that_do_not_fit_are_a_sentence(function: Any, shapes: Any, sentence: str, dtype: Any) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        function(*(np.ones(shape, dtype) for shape in shapes))
