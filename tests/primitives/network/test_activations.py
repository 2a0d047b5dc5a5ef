"""Activations: against PyTorch and their definitions, far out, at kinks, on NaN, and in any order of memory."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.primitives import TABLE
from difflab.primitives.network import activations
from difflab.primitives.network.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision, pull

Call = tuple[Callable[..., Any], Mapping[str, Any], Callable[[Any], Callable[[Any], Any]]]

CALLS: list[Call] = [
    (relu, {}, lambda torch: torch.relu),
    (leaky_relu, {"slope": 0.2}, lambda torch: lambda x: torch.nn.functional.leaky_relu(x, 0.2)),
    (leaky_relu, {}, lambda torch: torch.nn.functional.leaky_relu),
    (elu, {"alpha": 1.5}, lambda torch: lambda x: torch.nn.functional.elu(x, 1.5)),
    (elu, {}, lambda torch: torch.nn.functional.elu),
    (gelu, {}, lambda torch: torch.nn.functional.gelu),
    (gelu, {"approximate": True}, lambda torch: lambda x: torch.nn.functional.gelu(x, approximate="tanh")),
    (silu, {}, lambda torch: torch.nn.functional.silu),
    (softplus, {}, lambda torch: lambda x: torch.nn.functional.softplus(x, threshold=80)),
    (sigmoid, {}, lambda torch: torch.sigmoid),
    (tanh, {}, lambda torch: torch.tanh),
]
each_call = pytest.mark.parametrize(
    ("function", "parameters", "theirs"), CALLS, ids=[f"{f.__name__}{p or ''}" for f, p, _ in CALLS]
)
FAR = np.array([-1e4, -100.0, -20.0, -1e-3, 0.0, 1e-3, 20.0, 100.0, 1e4])
MANY = np.random.default_rng(0).normal(scale=3, size=(150, 120))


@pytest.mark.peers
@each_precision
@each_call
@pytest.mark.parametrize("x", [FAR, MANY, MANY[:0]], ids=["far", "many", "none"])
def test_activations_are_those_of_torch(
    torch: ModuleType, function: Any, parameters: Any, theirs: Any, x: Any, dtype: Any
) -> None:
    check_against_torch(torch, function, theirs(torch), (x,), dtype, **parameters)


@each_precision
@each_call
def test_loops(function: Any, parameters: Any, theirs: Any, dtype: Any) -> None:
    check_loops(function, (MANY,), dtype, **parameters)


@each_call
def test_small_values_and_slopes_keep_their_digits(function: Any, parameters: Any, theirs: Any) -> None:
    x = np.concatenate([np.linspace(-10, 10, 121), np.geomspace(1e-12, 1, 20)])
    definition = TABLE[function].definition
    values, slopes = pull(function, (x,), [np.ones_like(x)], **parameters)
    expected, references = pull(definition, (x,), [np.ones_like(x)], **parameters)
    np.testing.assert_allclose(values[0], expected[0], rtol=1e-13)
    if function is not tanh:  # whose slope 1 - y² has none in the tails
        np.testing.assert_allclose(slopes[0], references[0], rtol=2e-13)


def test_the_slope_of_tanh_keeps_its_digits() -> None:
    x = np.linspace(-300, 300, 41)
    _, (slopes,) = pull(tanh, (x,), [np.ones_like(x)])
    np.testing.assert_allclose(slopes, 1 / np.cosh(x) ** 2, rtol=1e-14)


@each_precision
@each_call
@pytest.mark.parametrize("x", [np.full(3, np.nan), np.full(40000, np.nan)], ids=["few", "many"])
def test_a_nan_stays_one(function: Any, parameters: Any, theirs: Any, x: Any, dtype: Any) -> None:
    assert np.all(np.isnan(function(x.astype(dtype), **parameters)))


@each_call
@pytest.mark.parametrize(
    "arrange",
    [
        lambda x: x.transpose(1, 0, 2),
        lambda x: x[:, ::2, 1:],
        lambda x: x[::-1].T,
        lambda x: np.broadcast_to(x[:1], x.shape),
        lambda x: np.array(x[0, 0, 0]),
    ],
    ids=["transposed", "gaps", "reversed", "repeated", "number"],
)
def test_orders_of_memory(function: Any, parameters: Any, theirs: Any, arrange: Any) -> None:
    check_loops(function, (arrange(np.random.default_rng(1).normal(size=(4, 6, 5))),), np.float64, **parameters)


def test_the_result_lies_in_memory_as_the_operand_does() -> None:
    x = np.ones((3, 4, 5)).transpose(1, 0, 2)
    assert relu(x).strides == gelu(x).strides == x.strides


@pytest.mark.parametrize(
    ("function", "slope"), [(relu, 0.0), (lambda x: leaky_relu(x, slope=0.2), 0.2), (lambda x: elu(x, alpha=3.0), 3.0)]
)
@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_the_slope_at_0_is_that_from_the_left(function: Any, slope: float, method: str) -> None:
    assert difflab.gradient(lambda x: np.sum(function(x)), np.zeros(2), method=method) == pytest.approx([slope] * 2)


def test_every_activation_of_the_module_is_called_here() -> None:
    declared = {
        row.function for row in TABLE.values() if getattr(row.function, "__module__", "") == activations.__name__
    }
    assert declared == {function for function, _, _ in CALLS}
