"""Small programs, written once for NumPy functions on tensors and for PyTorch: equal values and gradients."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor

pytestmark = pytest.mark.peers

A = np.random.default_rng(0).uniform(0.5, 1.5, (3, 4))
B = np.random.default_rng(1).uniform(0.5, 1.5, (4,))
Program = Callable[[Any, Any, Any], Any]
"""A function of the library, of shape (3, 4), and of shape (4,)."""


def slices(lib: Any, a: Any, b: Any) -> Any:
    return a[1:, ::2] * a[0, 1] + a[[0, 2, 0]][:2, :2] + b[None, :2] + a[..., -1:][1:]


def masks(lib: Any, a: Any, b: Any) -> Any:
    return a[a > 1] ** 2 * lib.where(b > 1, b, b * b).sum()


def writes(lib: Any, a: Any, b: Any) -> Any:
    y = a * 2
    y[0] = b
    y[1:, 1] = a[0, 0] * b[0]
    y += b
    y *= 3
    y[y > 6] = 0.5
    return y


def a_view_that_is_written_to(lib: Any, a: Any, b: Any) -> Any:
    y = a * 2
    y = y.reshape(-1)
    y[2:5] -= b[1:]
    return y


def chain_of_squares(lib: Any, a: Any, b: Any) -> Any:
    y = a / 2
    for _ in range(5):
        y = y * y + b
        y = y / (1 + y)
    return y


def two_layers(lib: Any, a: Any, b: Any) -> Any:
    hidden = lib.tanh(a @ a.T + b[:3])
    return lib.log(lib.exp(hidden @ a).sum(1)) - lib.sqrt((hidden**2).mean())


def several_results(lib: Any, a: Any, b: Any) -> Any:
    q, r = lib.linalg.qr(a[:, :3])
    values, vectors = lib.linalg.eigh(a @ a.T)
    return (q**2).cumsum(0) + lib.abs(r) + values * lib.abs(vectors) * b[1:]


PROGRAMS: list[Program] = [
    lambda lib, a, b: a + b * 2 - 3 / a,
    lambda lib, a, b: a**b / (1 - 0.1 * a) + 2**b,
    lambda lib, a, b: -(a @ b) * lib.sin(b)[:3],
    lambda lib, a, b: a.reshape(4, 3).T * b[:3, None].sum(),
    lambda lib, a, b: lib.stack([a[0], b, a[2] * b]).mean(0),
    lambda lib, a, b: lib.concatenate([a, b[None]]).prod(0),
    lambda lib, a, b: lib.maximum(a, b) + lib.minimum(a, 1.3 * b) + lib.abs(a - 1),
    lambda lib, a, b: lib.einsum("ij,j,kj->ik", a, b, a),
    lambda lib, a, b: lib.linalg.solve(a @ a.T + 9 * lib.linalg.inv(a[:, 1:]), a * b) * lib.linalg.det(a[:, :3]),
    slices,
    masks,
    writes,
    a_view_that_is_written_to,
    chain_of_squares,
    two_layers,
    several_results,
]


def weights(shape: Sequence[int]) -> Any:
    return np.random.default_rng(2).uniform(-1, 1, shape)


def assert_equal(actual: Any, expected: Any) -> None:
    expected = np.asarray(expected.detach())
    assert np.shape(actual) == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12 * np.max(np.abs(expected), initial=1.0))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("program", PROGRAMS)
def test_backward(torch: ModuleType, program: Program, dtype: Any) -> None:
    ours = [Tensor(x, dtype, requires_grad=True) for x in (A, B)]
    theirs = [torch.tensor(x.astype(dtype), requires_grad=True) for x in (A, B)]
    y, expected = program(np, *ours), program(torch, *theirs)
    weight = weights(y.shape).astype(dtype)
    y.backward(weight)
    expected.backward(torch.tensor(weight))
    assert y.dtype == dtype
    for x, reference in zip(ours, theirs, strict=True):
        assert x.grad is not None
        assert x.grad.dtype == dtype
        if dtype is np.float64:
            assert_equal(y.detach(), expected)
            assert_equal(x.grad, reference.grad)
        else:
            np.testing.assert_allclose(x.grad, reference.grad, rtol=2e-4, atol=2e-4 * float(abs(reference.grad).max()))


@pytest.mark.parametrize("program", PROGRAMS)
def test_three_orders(torch: ModuleType, program: Program) -> None:
    """Each order is one more call: gradients of ⟨w, y²⟩, then of ⟨w', gradient²⟩, and again."""
    ours = [Tensor(x, requires_grad=True) for x in (A, B)]
    theirs = [torch.tensor(x, requires_grad=True) for x in (A, B)]
    outputs, references = [program(np, *ours)], [program(torch, *theirs)]
    for _ in range(3):
        y = sum((weights(each.shape) * each**2).sum() for each in outputs)
        expected = sum((torch.tensor(weights(each.shape)) * each**2).sum() for each in references)
        outputs = difflab.grad(y, ours, create_graph=True)
        references = torch.autograd.grad(expected, theirs, create_graph=True)
        for actual, reference in zip(outputs, references, strict=True):
            np.testing.assert_allclose(
                actual.detach(), reference.detach(), rtol=1e-9, atol=1e-9 * abs(reference).max().item()
            )


def run_both(torch: ModuleType, program: Callable[[Any, Any, Any, Any], list[Any]]) -> None:
    """Run a program of the library, of its functions `tensor` and `grad`, and of a point; compare what it returns."""

    def tensor(x: Any) -> Any:
        return torch.tensor(x, requires_grad=True)

    ours = program(np, lambda x: Tensor(x, requires_grad=True), difflab.grad, difflab.no_grad)
    theirs = program(torch, tensor, torch.autograd.grad, torch.no_grad)
    for actual, expected in zip(ours, theirs, strict=True):
        if expected is None:
            assert actual is None
        else:
            assert_equal(actual.detach(), expected)


def test_gradients_are_added_up(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a = tensor(A)
        (a**3).sum().backward()
        (a**2).sum().backward()
        return [a.grad]

    run_both(torch, program)


def test_gradients_of_computed_tensors(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a = tensor(A)
        y = lib.sin(a)
        y.retain_grad()
        z = y * y
        (inner,) = grad(z.sum(), [y], retain_graph=True)
        z.sum().backward()
        return [a.grad, y.grad, inner]

    run_both(torch, program)


def test_hooks(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a, seen = tensor(A), []
        y = lib.sin(a)
        y.register_hook(lambda gradient: gradient * 2)
        y.register_hook(lambda gradient: seen.append(gradient))
        a.register_hook(lambda gradient: gradient + 1)
        (y * y).sum().backward()
        return [a.grad, *seen]

    run_both(torch, program)


def test_several_outputs_with_weights(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a, b, unused = tensor(A), tensor(B), tensor(B)
        outputs = [a * b, lib.exp(b)]
        seeds = [tensor(weights((3, 4))).detach(), tensor(weights((4,))).detach()]
        return list(grad(outputs, [a, b, unused], seeds, allow_unused=True))

    run_both(torch, program)


def test_gradients_with_respect_to_weights_of_outputs(torch: ModuleType) -> None:
    """Twice reverse gives forward: the gradient of ⟨w, J v⟩ with respect to w is J v."""

    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a, seed = tensor(A), tensor(weights((3, 4)))
        (pulled,) = grad(lib.sin(a) * a, [a], seed, create_graph=True)
        return list(grad((pulled * pulled).sum(), [seed, a]))

    run_both(torch, program)


def test_what_is_not_recorded(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a = tensor(A)
        with no_grad():
            constant = lib.exp(a)
        y = a * constant * a.detach()
        with no_grad():
            a.detach()[0] = 5.0  # of a computed constant, and of a leaf that no rule here reads
        y.sum().backward()
        return [a.grad]

    with pytest.raises((difflab.NotDifferentiable, RuntimeError)):
        run_both(torch, program)


def test_a_step_of_descent(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a, losses = tensor(A), []
        for _ in range(5):
            loss = (lib.sin(a) ** 2).sum()
            loss.backward()
            with no_grad():
                a -= 0.1 * a.grad
            a.grad = None
            losses.append(loss)
        return [a, *losses]

    run_both(torch, program)


def test_split_backward(torch: ModuleType) -> None:
    """A sweep that ends at a computed tensor leaves what is behind it for another."""

    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a = tensor(A)
        hidden = lib.exp(a * a)
        (seed,) = grad(lib.sin(hidden).sum(), [hidden])
        hidden.backward(seed)
        return [a.grad, seed]

    run_both(torch, program)


def test_a_frozen_input(torch: ModuleType) -> None:
    def program(lib: Any, tensor: Any, grad: Any, no_grad: Any) -> list[Any]:
        a, b = tensor(A), tensor(B)
        b.requires_grad = False
        (a * b).sum().backward()
        return [a.grad, b.grad]

    run_both(torch, program)
