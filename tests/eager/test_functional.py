"""Derivatives of functions that are given tensors, or use them: the record of tensors is an outer derivative."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, grad

POINT = np.array([0.5, 1.5])
FOLLOWED = ("forward", "reverse")
DROPPED = ("forward_difference", "central_difference", "complex_step", "richardson", "symbolic")


@pytest.mark.parametrize("method", FOLLOWED)
def test_derivatives_at_a_tensor_are_recorded(method: str) -> None:
    x = Tensor(POINT, requires_grad=True)
    slope = difflab.gradient(lambda x: np.sum(np.sin(x)), x, method=method)
    np.testing.assert_allclose(slope.detach(), np.cos(POINT), rtol=1e-15)
    np.testing.assert_allclose(grad(slope.sum(), x), -np.sin(POINT), rtol=1e-15)
    hessian = difflab.hessian(lambda x: np.sum(x**4), x, method=method)
    np.testing.assert_allclose(hessian.detach(), np.diag(12 * POINT**2), rtol=1e-14)
    np.testing.assert_allclose(grad(hessian.sum(), x), 24 * POINT, rtol=1e-14)


@pytest.mark.parametrize("method", FOLLOWED)
def test_tensors_that_a_function_uses_are_followed(method: str) -> None:
    weight = Tensor([2.0, 3.0], requires_grad=True)
    slope = difflab.gradient(lambda x: np.sum(x**3 * weight), POINT, method=method)
    np.testing.assert_allclose(slope.detach(), 3 * POINT**2 * [2.0, 3.0], rtol=1e-15)
    np.testing.assert_allclose(grad(slope.sum(), weight), 3 * POINT**2, rtol=1e-15)


@pytest.mark.parametrize("method", FOLLOWED)
def test_tensors_that_require_no_gradient_stay_tensors(method: str) -> None:
    slope = difflab.gradient(lambda x: np.sum(x**3), Tensor(POINT), method=method)
    assert isinstance(slope, Tensor)
    assert not slope.requires_grad
    np.testing.assert_allclose(slope, 3 * POINT**2, rtol=1e-15)


@pytest.mark.parametrize("function", [difflab.jvp, difflab.vjp, difflab.hvp])
def test_products_at_a_tensor(function: Callable[..., Any]) -> None:
    x = Tensor(POINT, requires_grad=True)
    options = {
        "cotangents" if function is difflab.vjp else "tangents": np.array(1.0) if function is difflab.vjp else POINT
    }
    found = function(lambda x: np.sum(x**3), x, **options)
    plain = function(lambda x: np.sum(x**3), POINT, **options)
    pairs = zip(found, plain, strict=True) if isinstance(found, tuple) else [(found, plain)]
    for one, other in pairs:
        np.testing.assert_allclose(one.detach(), other, rtol=1e-15)
        assert one.requires_grad


@pytest.mark.parametrize("method", DROPPED)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_methods_that_would_drop_the_record_refuse(method: str, requires_grad: bool) -> None:
    tensor = Tensor(POINT, requires_grad=requires_grad)
    for run in (
        lambda: difflab.gradient(lambda x: np.sum(x * x), tensor, method=method),
        lambda: difflab.gradient(lambda x: np.sum(x * tensor), POINT, method=method),
        lambda: difflab.gradient(lambda x, y: np.sum(x * y), POINT, tensor, method=method),
    ):
        with pytest.raises(
            difflab.NotDifferentiable, match=r"counts as an outer one: give tensor.detach\(\).numpy\(\)"
        ):
            run()


def test_verification_refuses_tensors() -> None:
    with pytest.raises(difflab.NotDifferentiable, match=r"tensor\.detach"):
        difflab.verify_gradient(lambda x: np.sum(x * x), Tensor(POINT), gradient=lambda x: 2 * x)


def uses_a_view_after_a_write(x: Any) -> Any:
    view = x[:1]
    x += 1
    return np.sum(view * view)


def keeps_a_view(x: Any) -> Any:
    view = x[:1] * 1
    x += 1
    return np.sum(view * x)


@pytest.mark.parametrize("method", FOLLOWED)
def test_writes_in_place_are_followed_or_refused_as_for_arrays(method: str) -> None:
    for at in (POINT.copy(), Tensor(POINT), Tensor(POINT, requires_grad=True)):
        with pytest.raises(difflab.NotDifferentiable, match="shares its entries"):
            difflab.gradient(uses_a_view_after_a_write, at, method=method)
        slope = difflab.gradient(keeps_a_view, at, method=method)
        expected = [np.sum(POINT + 1) + POINT[0], POINT[0]]
        np.testing.assert_allclose(getattr(slope, "data", slope), expected, rtol=1e-15)


@pytest.mark.parametrize("method", FOLLOWED)
def test_a_tensor_that_is_written_to_after_its_use(method: str) -> None:
    """Inside the function, and by the function's own values, which are inner ones."""
    buffer = Tensor(np.zeros(2))

    def writes_a_constant(x: Any) -> Any:
        y = x * weight
        weight[0] = 100.0
        return np.sum(y * x)

    def writes_itself(x: Any) -> Any:
        buffer[0] = x[0]
        return np.sum(buffer)

    weight = Tensor([2.0, 3.0])
    np.testing.assert_allclose(difflab.gradient(writes_a_constant, POINT, method=method), 2 * POINT * [2.0, 3.0])
    with pytest.raises(difflab.NotDifferentiable, match="the other operand to an inner one"):
        difflab.gradient(writes_itself, POINT, method=method)
    assert buffer.tolist() == [0.0, 0.0]
