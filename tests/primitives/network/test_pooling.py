"""Pooling: against PyTorch, at ties and NaN, in every order of memory, to second order, and what it refuses."""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.primitives import TABLE
from difflab.primitives.network.adaptive_pooling import adaptive_avg_pool2d, adaptive_max_pool2d
from difflab.primitives.network.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from tests.primitives.network.agreement import assert_agree, check_against_torch, check_loops, each_precision

Shape = tuple[int, ...]
Parameters = Mapping[str, Any]

SCENES: list[tuple[Shape, Parameters]] = [
    ((2, 3, 6, 8), {"kernel": 2}),
    ((2, 3, 7, 5), {"kernel": 2}),
    ((2, 3, 7, 7), {"kernel": 3, "stride": 2, "padding": 1}),
    ((1, 2, 6, 9), {"kernel": (3, 2), "stride": (1, 3), "padding": (1, 0)}),
    ((2, 1, 5, 5), {"kernel": 2, "padding": 1}),
    ((2, 1, 5, 5), {"kernel": 2, "stride": 1}),
    ((2, 2, 4, 4), {"kernel": 1, "stride": 2}),
    ((1, 1, 20, 20), {"kernel": 18, "stride": 1}),
    ((0, 3, 6, 6), {"kernel": 2}),
    ((13, 6, 16, 18), {"kernel": 2}),
    ((13, 6, 15, 18), {"kernel": 3, "stride": 2, "padding": 1}),
]
each_scene = pytest.mark.parametrize(("shape", "parameters"), SCENES, ids=str)
each_function = pytest.mark.parametrize("function", [max_pool2d, avg_pool2d], ids=lambda each: each.__name__)


def images(shape: Shape) -> Any:
    return np.random.default_rng(2).normal(size=shape)


def torch_names(parameters: Parameters) -> dict[str, Any]:
    return {"kernel_size" if name == "kernel" else name: value for name, value in parameters.items()}


@pytest.mark.peers
@each_precision
@each_function
@each_scene
def test_pooling_is_that_of_torch(
    torch: ModuleType, function: Any, shape: Shape, parameters: Parameters, dtype: Any
) -> None:
    theirs = getattr(torch.nn.functional, function.__name__)
    check_against_torch(
        torch, function, lambda x: theirs(x, **torch_names(parameters)), [images(shape)], dtype, **parameters
    )


@pytest.mark.peers
@pytest.mark.parametrize("function", [max_pool1d, avg_pool1d], ids=lambda each: each.__name__)
@pytest.mark.parametrize("parameters", [{"kernel": 2}, {"kernel": 3, "stride": 2, "padding": 1}], ids=str)
def test_pooling_of_sequences_is_that_of_torch(torch: ModuleType, function: Any, parameters: Parameters) -> None:
    theirs = getattr(torch.nn.functional, function.__name__)
    check_against_torch(
        torch, function, lambda x: theirs(x, **torch_names(parameters)), [images((2, 3, 9))], np.float64, **parameters
    )


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("output", [1, 7, (3, 2), (8, 5), (9, 16)], ids=str)
@pytest.mark.parametrize("function", [adaptive_avg_pool2d, adaptive_max_pool2d], ids=lambda each: each.__name__)
def test_adaptive_pooling_is_that_of_torch(torch: ModuleType, function: Any, output: Any, dtype: Any) -> None:
    """Windows that share entries, that do not, and more windows than entries."""
    theirs = getattr(torch.nn.functional, function.__name__)
    check_against_torch(torch, function, lambda x: theirs(x, output), [images((2, 3, 7, 8))], dtype, output=output)


@each_precision
@each_function
@each_scene
def test_loops(function: Any, shape: Shape, parameters: Parameters, dtype: Any) -> None:
    check_loops(function, [images(shape)], dtype, **parameters)


@pytest.mark.parametrize("special", [-np.inf, np.nan, 1.0], ids=str)
@pytest.mark.parametrize("share", [0.2, 0.8, 1.0])
@each_scene
def test_ties_infinities_and_nan_are_those_of_the_definition(
    shape: Shape, parameters: Parameters, share: float, special: float
) -> None:
    """Many entries equal to one value, or not numbers; and the largest of windows in part infinitely small."""
    x = np.round(images(shape))
    x[np.random.default_rng(4).uniform(size=shape) < share] = special
    row = TABLE[max_pool2d]
    y, saved = row.forward(x, **parameters)
    np.testing.assert_array_equal(y, row.definition(x, **parameters))
    cotangent = np.random.default_rng(5).normal(size=y.shape)
    (found,) = row.backward(cotangent, saved, {0}, **parameters)
    _, expected = difflab.vjp(lambda x: row.definition(x, **parameters), x, cotangents=cotangent)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)


def test_of_equal_entries_the_first_has_the_slope() -> None:
    x = np.array([[[[1.0, 3.0], [3.0, 3.0]]]])
    np.testing.assert_array_equal(
        difflab.gradient(lambda x: np.sum(max_pool2d(x, kernel=2)), x), [[[[0.0, 1.0], [0.0, 0.0]]]]
    )


@each_function
@pytest.mark.parametrize("parameters", [{"kernel": 2}, {"kernel": 3, "stride": 1, "padding": 1}], ids=str)
def test_a_nan_reaches_the_windows_that_hold_it_and_no_other(function: Any, parameters: Parameters) -> None:
    x = images((1, 1, 8, 8))
    ones = np.zeros((1, 1, 8, 8))
    x[0, 0, 3, 4], ones[0, 0, 3, 4] = np.nan, 1.0
    np.testing.assert_array_equal(np.isnan(function(x, **parameters)), avg_pool2d(ones, **parameters) > 0)


def test_a_nan_reaches_the_adapted_windows_that_hold_it_and_no_other() -> None:
    x = np.zeros((1, 1, 7, 7))
    x[0, 0, 0, 6] = np.nan
    np.testing.assert_array_equal(np.isnan(adaptive_avg_pool2d(x, output=3)[0, 0]), [[0, 0, 1], [0, 0, 0], [0, 0, 0]])


def by_channel(x: Any) -> Any:
    """Lay images out channel by channel."""
    return np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1)


def with_gaps(x: Any) -> Any:
    """Lay an array out with gaps between entries."""
    return np.repeat(x, 2, -1)[..., ::2]


@pytest.mark.parametrize("order", [by_channel, with_gaps, np.asfortranarray])
@each_function
@each_scene
def test_the_order_of_memory_makes_no_difference(
    function: Any, shape: Shape, parameters: Parameters, order: Any
) -> None:
    row, x = TABLE[function], images(shape)
    y, saved = row.forward(x, **parameters)
    cotangent = np.random.default_rng(5).normal(size=y.shape)
    (back,) = row.backward(cotangent, saved, {0}, **parameters)
    for of_x, of_cotangent in ((order, order), (order, np.asarray), (np.asarray, order)):
        ordered, saved = row.forward(of_x(x), **parameters)
        np.testing.assert_array_equal(ordered, y)
        np.testing.assert_array_equal(row.backward(of_cotangent(cotangent), saved, {0}, **parameters)[0], back)


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (max_pool2d, {"kernel": 3, "stride": 2, "padding": 1}),
        (avg_pool2d, {"kernel": 3, "stride": 2, "padding": 1}),
        (adaptive_avg_pool2d, {"output": (3, 2)}),
        (adaptive_max_pool2d, {"output": (3, 2)}),
    ],
)
def test_second_derivatives_are_those_of_differences(function: Any, parameters: Parameters) -> None:
    x, direction, step = images((2, 2, 7, 6)), np.random.default_rng(6).normal(size=(2, 2, 7, 6)), 1e-5

    def gradient(x: Any) -> Any:
        return difflab.gradient(loss, x)

    def loss(x: Any) -> Any:
        return np.sum(np.tanh(function(x, **parameters)))

    found = difflab.hvp(loss, x, tangents=direction)
    expected = (gradient(x + step * direction) - gradient(x - step * direction)) / (2 * step)
    assert_agree(found, expected, 1e-7)


X = np.ones((2, 3, 5, 5))


@pytest.mark.parametrize("through", ["loops", "definition"])
@each_function
@pytest.mark.parametrize(
    ("x", "parameters", "sentence"),
    [
        (X[0], {"kernel": 2}, "takes x of shape (batch, channels, height, width) and was given one of shape (3, 5, 5)"),
        (X, {"kernel": 6}, "reaches over (6, 6), which does not fit: pad by more, or take a smaller kernel"),
        (X, {"kernel": 0}, "was given kernel=0: write a whole number of at least 1"),
        (X, {"kernel": 2, "stride": 0.5}, "was given stride=0.5: write a whole number of at least 1"),
        (X, {"kernel": 2, "padding": 2}, "windows would lie in the padding alone; pad by at most half the kernel"),
        (X.astype(np.uint8), {"kernel": 2}, "x of dtype uint8: convert whole numbers first"),
    ],
)
def test_what_does_not_fit_is_a_sentence(
    function: Any, x: Any, parameters: Parameters, sentence: str, through: str
) -> None:
    called = TABLE[function].definition if through == "definition" else function
    with pytest.raises(InvalidArgument, match=f"^{function.__name__} .*{re.escape(sentence)}"):
        called(x, **parameters)


@pytest.mark.parametrize("output", [0, 1.5, (1, 2, 3)])
def test_windows_to_adapt_to_are_counted(output: Any) -> None:
    with pytest.raises(InvalidArgument, match="adaptive_avg_pool2d was given output="):
        adaptive_avg_pool2d(X, output=output)
