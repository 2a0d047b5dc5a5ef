"""Tensors, models and blocks on devices; and what is on several."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, arrays, nn
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.stand_in import DeviceArray


def test_tensors_go_to_a_device_and_back(cupy: FakeCuPy) -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    there = x.to("cuda:1")
    assert (there.device, type(there.data), there.requires_grad) == ("cuda:1", DeviceArray, True)
    assert there.to("cuda:1") is there
    assert there.to("cuda").device == "cuda:0"
    back = there.to("cpu")
    assert (back.device, type(back.data), back.tolist()) == ("cpu", np.ndarray, [1.0, 2.0])
    assert x.to("cuda").to("cuda:0").detach().numpy().tolist() == [1.0, 2.0]


def test_data_on_a_device_stay_there(cupy: FakeCuPy) -> None:
    array = cupy.array(np.ones(2, np.float32))
    assert Tensor(array, copy=False).data is array
    assert not arrays.share_memory(Tensor(array).data, array)
    assert Tensor(array, dtype=float).dtype == np.float64
    with difflab.device("cpu"):
        assert Tensor(array).device == "cuda:0"
    assert Tensor.from_dlpack(array).device == "cuda:0"


def test_inside_a_block_tensors_are_made_on_its_device(cupy: FakeCuPy) -> None:
    with difflab.device("cuda:1"):
        assert Tensor([1.0]).device == "cuda:1"
        with difflab.device("cpu"):
            assert Tensor(np.ones(2)).device == "cpu"
        assert {each.device for each in nn.Linear(2, 3).parameters()} == {"cuda:1"}
        assert Tensor([1.0], device="cpu").device == "cpu"
        assert cupy.cuda.Device().id == 1
        elsewhere: list[str] = []
        thread = threading.Thread(target=lambda: elsewhere.append(Tensor([1.0]).device))
        thread.start()
        thread.join()
        assert elsewhere == ["cpu"]
    assert Tensor([1.0]).device == "cpu"
    assert cupy.cuda.Device().id == 0


def test_a_block_is_left_by_an_exception_too(cupy: FakeCuPy) -> None:
    with pytest.raises(KeyError), difflab.device("cuda:1"):
        raise KeyError
    assert arrays.default_device() == "cpu"
    assert cupy.cuda.Device().id == 0


def test_a_device_that_is_not_there_begins_no_block(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.DeviceUnavailable, match="no GPU of that number"), difflab.device("cuda:7"):
        raise AssertionError
    assert arrays.default_device() == "cpu"


def test_models_move_with_all_that_they_hold(cupy: FakeCuPy) -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    state = model.state_dict()
    model.to("cuda")
    tensors = [*model.parameters(), *(buffer for _, buffer in model.named_buffers())]
    assert {tensor.device for tensor in tensors} == {"cuda:0"}
    assert all(type(array) is np.ndarray for array in model.state_dict().values())
    model.load_state_dict({name: array + 1 for name, array in state.items()})
    assert {tensor.device for tensor in tensors} == {"cuda:0"}
    found = model.to("cpu").state_dict()
    assert all(np.array_equal(found[name], state[name] + 1) for name in state)


MIXED: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("np.add", lambda x, y: x + y),
    ("np.multiply", lambda x, y: x * y),
    ("np.matmul", lambda x, y: x @ y),
    ("np.where", lambda x, y: np.where(x > 0, x, y)),
    ("np.concatenate", lambda x, y: np.concatenate([x, y])),
    ("np.linalg.solve", lambda x, y: np.linalg.solve(np.diag(x), y)),
]


@pytest.mark.parametrize(("name", "operation"), MIXED, ids=[name for name, _ in MIXED])
@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_a_constant_on_the_cpu_is_refused_by_both_names(
    cupy: FakeCuPy, method: str, name: str, operation: Callable[[Any, Any], Any]
) -> None:
    x, constant = cupy.array(np.array([1.0, 2.0])), np.ones(2)
    with pytest.raises(difflab.InvalidArgument, match=f"{name} was given arrays on cuda:0 and cpu: .*np.ones_like"):
        difflab.gradient(lambda x: np.sum(operation(x, constant)), x, method=method)


def test_two_gpus_are_refused_by_both_names(cupy: FakeCuPy) -> None:
    x, y = Tensor([1.0], device="cuda:0"), Tensor([1.0], device="cuda:1")
    with pytest.raises(difflab.InvalidArgument, match=r"np\.add was given arrays on cuda:0 and cuda:1"):
        x + y


def test_a_gpu_that_is_not_the_current_one_is_named(cupy: FakeCuPy) -> None:
    x = Tensor([1.0], device="cuda:1")
    with pytest.raises(difflab.InvalidArgument, match=r"on cuda:1 while cuda:0 computes: .*difflab.device\('cuda:1'\)"):
        x * 2
    with difflab.device("cuda:1"):
        assert (x * 2).item() == 2.0


def test_what_is_written_into_memory_must_be_there(cupy: FakeCuPy) -> None:
    x = Tensor([1.0, 2.0], device="cuda")
    with pytest.raises(difflab.InvalidArgument, match="arrays on cuda:0 and cpu"):
        x[:] = Tensor([3.0, 4.0])
