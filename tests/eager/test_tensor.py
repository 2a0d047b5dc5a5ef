"""What a tensor is: dtypes, what leaves it and enters it, views, copies, and its text."""

import copy
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, grad, no_grad


class Parameter(Tensor):
    """A tensor of a kind of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("data", "dtype", "expected"),
    [
        (1.5, None, np.float64),
        (1, None, np.int64),
        ([True, False], None, np.bool_),
        (np.ones(2, np.float16), None, np.float16),
        ([1, 2], np.float32, np.float32),
        (Tensor([1.0], np.float32), None, np.float32),
        (Tensor([1.0], np.float32, requires_grad=True), np.float64, np.float64),
    ],
)
def test_dtypes(data: Any, dtype: Any, expected: Any) -> None:
    assert Tensor(data, dtype).dtype == expected


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gradients_have_the_dtype_of_what_they_belong_to(dtype: Any) -> None:
    x, other = Tensor([1.0, 2.0], dtype, requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    y = np.sin(x) * other
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad is not None
    assert other.grad is not None
    assert x.grad.dtype == dtype
    assert other.grad.dtype == np.float64
    np.testing.assert_allclose(x.grad, np.cos([1.0, 2.0]) * [3.0, 4.0], rtol=2e-3)


def test_data_are_copied_unless_asked_otherwise() -> None:
    array = np.ones(3)
    copied, shared = Tensor(array), Tensor(array, copy=False)
    array[0] = 7
    assert copied.tolist() == [1, 1, 1]
    assert shared.tolist() == [7, 1, 1]
    assert shared.numpy() is shared.data


def test_a_tensor_of_another_ones_memory_shares_its_counter() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    same = Tensor(x, copy=False)
    y = x * x
    same += 1
    with pytest.raises(difflab.NotDifferentiable, match="same \\+= 1"):
        y.sum().backward()


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("kind", [Tensor, Parameter])
def test_pickles_and_deep_copies(kind: type[Tensor], requires_grad: bool) -> None:
    x = kind([[1.0, 2.0]], np.float32, requires_grad=requires_grad)
    for twin in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        assert type(twin) is kind
        assert twin.requires_grad is requires_grad
        assert twin.dtype == np.float32
        assert twin.tolist() == [[1.0, 2.0]]
        with no_grad():
            twin += 1
        assert x.tolist() == [[1.0, 2.0]]


def test_copies_are_recorded_and_apart() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    for twin in (x.copy(), copy.copy(x), x.flatten(), np.copy(x)):
        with no_grad():
            twin.data[:] = 0
        assert x.tolist() == [1.0, 2.0]
        assert grad(twin.sum(), x).tolist() == [1.0, 1.0]


def test_detached_tensors_share_memory_and_its_counter() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    constant = y.detach()
    assert not constant.requires_grad
    assert np.shares_memory(constant.data, y.data)
    constant[0] = 5.0
    with pytest.raises(difflab.NotDifferentiable, match=r"constant\[0\] = 5.0"):
        y.sum()


def test_an_update_that_the_record_is_told_of() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    x.data -= 0.1
    x.written("the step of an optimizer")
    with pytest.raises(difflab.NotDifferentiable, match="by the step of an optimizer"):
        y.backward()
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, [1.8, 3.8])


def test_requires_grad_may_be_set_on_leaves() -> None:
    x = Tensor([1.0, 2.0])
    x.requires_grad = True
    y = x * 2
    assert y.requires_grad
    assert not y.is_leaf
    x.requires_grad = False
    assert not (x * 2).requires_grad


def test_numpys_functions_and_methods_give_tensors() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    for result in (x + 1, 1 + x, x @ x, np.sin(x), x.sum(), x.T, x[0], x > 2, x.argmax(), abs(-x), x // 2, x % 2):
        assert isinstance(result, Tensor)
    assert [row.tolist() for row in x] == [[1.0, 2.0], [3.0, 4.0]]
    assert len(x) == 2
    assert x[x > 2].tolist() == [3.0, 4.0]
    assert x.sum().item() == 10.0
    assert bool(x.sum() > 9)
    assert int(x.sum()) == 10
    assert f"{x.mean():.1f}" == "2.5"
    assert list(range(5))[Tensor(3)] == 3
    assert (x == x.copy()).all()


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (Tensor(1.5), "Tensor(1.5)"),
        (Tensor([1, 2]), "Tensor([1, 2])"),
        (Tensor([1.0], np.float32), "Tensor([1.], dtype=float32)"),
        (Tensor([1.0], requires_grad=True), "Tensor([1.], requires_grad=True)"),
        (Tensor([1.0], requires_grad=True) * 2, "Tensor([2.], computed by np.multiply)"),
        (Parameter([1.0]), "Parameter([1.])"),
        (Tensor([[1.0], [2.0]]), "Tensor([[1.],\n        [2.]])"),
    ],
)
def test_texts(tensor: Tensor, text: str) -> None:
    assert repr(tensor) == text


def test_dlpack_with_numpy() -> None:
    array = np.arange(3.0)
    tensor = Tensor.from_dlpack(array)
    assert np.shares_memory(tensor.data, array)
    assert np.shares_memory(np.from_dlpack(tensor), array)
    assert tensor.__dlpack_device__() == (1, 0)
    assert np.from_dlpack(Tensor(2.5)).item() == 2.5
    assert np.from_dlpack(Tensor([1.0, 2.0]).sum()).item() == 3.0


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "bool"])
def test_dlpack_with_torch(torch: ModuleType, dtype: str) -> None:
    theirs = torch.ones((2, 3), dtype=getattr(torch, dtype))
    tensor = Tensor.from_dlpack(theirs)
    assert tensor.dtype == np.dtype(dtype)
    theirs[0, 0] = 0
    assert tensor[0, 0].item() == 0
    back = torch.from_dlpack(tensor)
    assert back.data_ptr() == theirs.data_ptr()
    assert torch.equal(back, theirs)


@pytest.mark.peers
def test_data_of_torch(torch: ModuleType) -> None:
    assert Tensor(torch.arange(3.0)).tolist() == [0.0, 1.0, 2.0]
    assert Tensor(torch.arange(3.0)).dtype == np.float32


def test_a_gradient_may_be_set() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    x.grad = Tensor([10.0, 20.0])
    (x * 3).sum().backward()
    assert x.grad.tolist() == [13.0, 23.0]
    x.grad = None
    assert x.grad is None
    x.detach().grad = None


def test_lists_of_tensors_are_joined() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    assert grad(np.sum(np.array([x[0], x[1] * 2]) * np.ones(2)), x).tolist() == [1.0, 2.0]
    assert grad(np.stack([x, x * 2]).sum(), x).tolist() == [3.0, 3.0]
