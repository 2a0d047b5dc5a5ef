"""Clipping: by one factor, by value, and what is said of gradients that are not finite."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab import Tensor, optim
from difflab.errors import InvalidArgument

NOT_FINITE = r"gradient of parameter 1 of shape \(3,\) is not finite in 2 of 3 entries"


def with_gradients(*gradients: Any, dtype: str = "float64") -> list[Tensor]:
    """Make parameters that have these gradients, and one that has none."""
    parameters = []
    for gradient in gradients:
        parameter = Tensor(np.zeros(np.shape(gradient), dtype), requires_grad=True)
        parameter.grad = Tensor(gradient, dtype=dtype)
        parameters.append(parameter)
    return [*parameters, Tensor([0.0], requires_grad=True)]


def gradients_of(parameters: list[Tensor]) -> list[Any]:
    return [parameter.grad.tolist() for parameter in parameters if parameter.grad is not None]


@pytest.mark.parametrize(
    ("limit", "expected"), [(10.0, [[6.0, 0.0], [[8.0]]]), (20.0, [[6.0, 0.0], [[8.0]]]), (5.0, [[3.0, 0.0], [[4.0]]])]
)
def test_the_common_norm_is_limited(limit: float, expected: Any) -> None:
    parameters = with_gradients([6.0, 0.0], [[8.0]])
    assert optim.clip_by_norm(parameters, limit) == 10.0
    assert gradients_of(parameters) == expected
    assert parameters[-1].grad is None


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_clipping_is_that_of_pytorch(dtype: str, torch: ModuleType) -> None:
    gradients = [np.random.default_rng(9).normal(size=shape).astype(dtype) for shape in ((30, 4), (7,))]
    for ours, theirs in (
        (optim.clip_by_norm, torch.nn.utils.clip_grad_norm_),
        (optim.clip_by_value, torch.nn.utils.clip_grad_value_),
    ):
        one = with_gradients(*gradients, dtype=dtype)
        other = [torch.nn.Parameter(torch.zeros(gradient.shape)) for gradient in gradients]
        for parameter, gradient in zip(other, gradients, strict=True):
            parameter.data = parameter.data.to(getattr(torch, dtype))
            parameter.grad = torch.tensor(gradient)
        ours(one, 0.7)
        theirs(other, 0.7)
        for mine, its in zip(one, other, strict=False):
            assert mine.grad is not None
            np.testing.assert_allclose(mine.grad.data, its.grad.numpy(), rtol=1e-6)  # it adds 1e-6 to the norm


def test_values_are_limited_and_a_nan_stays() -> None:
    parameters = with_gradients([-3.0, -1.0, 0.0, np.nan, np.inf])
    optim.clip_by_value(parameters, 2.0)
    np.testing.assert_equal(gradients_of(parameters), [[-2.0, -1.0, 0.0, np.nan, 2.0]])


@pytest.mark.parametrize(("size", "dtype"), [(1e2, "float16"), (1e30, "float32"), (1e200, "float64")])
def test_gradients_whose_squares_overflow_are_clipped_too(size: float, dtype: str) -> None:
    parameters = with_gradients([3 * size, 4 * size], dtype=dtype)
    assert optim.clip_by_norm(parameters, 5.0) == pytest.approx(5 * size, rel=1e-6)
    np.testing.assert_allclose(gradients_of(parameters), [[3.0, 4.0]], rtol=1e-3 if dtype == "float16" else 1e-6)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda p: optim.clip_by_norm(p, 1.0),
            NOT_FINITE,
        ),
        (optim.require_finite_gradients, NOT_FINITE),
        (lambda p: optim.clip_by_norm(p, 0.0), "limit=0.0 of clip_by_norm: give a positive number"),
        (lambda p: optim.clip_by_value(p, -1.0), "limit=-1.0 of clip_by_value"),
    ],
)
def test_what_is_wrong_is_said(act: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=sentence):
        act(with_gradients([1.0], [np.nan, 2.0, np.inf]))


def test_finite_gradients_pass() -> None:
    optim.require_finite_gradients(with_gradients([1.0], [2.0, -3.0]))
