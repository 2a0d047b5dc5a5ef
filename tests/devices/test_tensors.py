"""What tensors do besides arithmetic, on a device as on the CPU."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, checkpoint, grad, no_grad
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back
from tests.devices.stand_in import DeviceArray

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


def plain(tensors: Any) -> Any:
    return [each.detach().data if isinstance(each, Tensor) else each for each in flatten(tensors)[0]]


def higher_orders(x: Tensor) -> Any:
    slope = grad((x**3).sum(), x, create_graph=True)
    return slope, grad((slope * slope).sum(), x, create_graph=True)


def hooks_and_kept_gradients(x: Tensor) -> Any:
    y = np.sin(x)
    y.retain_grad()
    y.register_hook(lambda gradient: gradient * 2)
    (y * y).sum().backward()
    return x.grad, y.grad


def gradients_that_add_up(x: Tensor) -> Any:
    for _ in range(2):
        np.exp(x).sum().backward()
    return x.grad


def a_part_that_is_run_again(x: Tensor) -> Any:
    checkpoint(lambda x: np.tanh(x) * x, x).sum().backward()
    return x.grad


def changes_in_place(x: Tensor) -> Any:
    y = x * 2
    y += 1.0
    y[0] += x[1]
    y[:, 1] = 3.0
    y[1, 2] = x[0, 0]
    y[[0, 1], [0, 2]] = x[:, 1]
    (y**2).sum().backward()
    return y, x.grad


def lists_that_are_assigned(x: Tensor) -> Any:
    with no_grad():
        x[0] = [1.0, 2.0, 3.0]
        x[1, 1] = 4
    return x


def cotangents_that_are_given(x: Tensor) -> Any:
    (x * x).backward(Tensor(np.ones((2, 3)), device=x.device))
    (x * x).backward([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    return x.grad


def masks_and_numbers(x: Tensor) -> Any:
    y = x[x > 0] * x.sum()
    np.sort(x, axis=1)[:, : int((x > 0).sum()) - 2].sum().backward()
    return y, x.grad


def copies(x: Tensor) -> Any:
    return copy.deepcopy(x), copy.copy(x), x.detach().copy(), x.astype(np.float32)


PROGRAMS = [
    higher_orders,
    hooks_and_kept_gradients,
    gradients_that_add_up,
    a_part_that_is_run_again,
    changes_in_place,
    lists_that_are_assigned,
    cotangents_that_are_given,
    masks_and_numbers,
    copies,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_gives_on_a_device_what_it_gives_on_the_cpu(program: Callable[..., Any], cupy: FakeCuPy) -> None:
    found = plain(program(Tensor(X, requires_grad=True, device="cuda")))
    expected = plain(program(Tensor(X, requires_grad=True)))
    assert all(type(each) is DeviceArray for each in found)
    for one, other in zip(back(found), expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_a_change_that_the_record_misses_is_seen(cupy: FakeCuPy) -> None:
    x = Tensor(X, requires_grad=True, device="cuda")
    y = x * 1
    z = (y**2).sum()
    with no_grad():
        y[0] = 0.0
    with pytest.raises(difflab.NotDifferentiable, match="changed"):
        z.backward()


def test_an_array_of_numpy_is_not_assigned(cupy: FakeCuPy) -> None:
    x = Tensor(X, device="cuda")
    with pytest.raises(difflab.InvalidArgument, match="arrays on cuda:0 and cpu"):
        x[0] = np.ones(3)


def test_numbers_and_text(cupy: FakeCuPy) -> None:
    x = Tensor([1.5], device="cuda")
    assert (float(x), int(x), x.item(), x.tolist(), bool(x > 1)) == (1.5, 1, 1.5, [1.5], True)
    assert repr(x) == "Tensor([1.5])"
    assert x.numpy().tolist() == [1.5]
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array"):
        np.asarray(x)
