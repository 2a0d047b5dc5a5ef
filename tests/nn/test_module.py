"""Modules: what is found in them, their state, their modes, and how they are shown."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difflab.eager import Tensor
from difflab.errors import DeviceUnavailable, InvalidArgument
from difflab.nn import Buffer, Dropout, Linear, Module, Parameter, ReLU, Sequential


class Assorted(Module):
    """Parts in every kind of place, some of them twice."""

    def __init__(self) -> None:
        self.scale = Parameter([2.0, 3.0])
        self.layers = [Linear(2, 3, rng=0, dtype=np.float64), {"last": Linear(3, 2, rng=1, dtype=np.float64)}]
        self.again = self.scale
        self.same = self.layers
        self.mean = Buffer([0.0, 1.0])
        self.noise = (Dropout(0.5, rng=2),)
        self.owner = self
        self.folder = Path("somewhere")
        self.constant = np.ones(2)

    def forward(self, x: Any) -> Any:
        first, others = self.layers
        return self.scale * others["last"](first(x)) + self.mean


NAMES = ["scale", "layers.0.weight", "layers.0.bias", "layers.1.last.weight", "layers.1.last.bias"]


def test_parameters_are_found_once_wherever_they_are() -> None:
    model = Assorted()
    assert [name for name, _ in model.named_parameters()] == NAMES
    assert [id(p) for p in model.parameters()] == [id(p) for _, p in model.named_parameters()]
    assert [name for name, _ in model.named_buffers()] == ["mean"]
    assert [name for name, _ in model.named_generators()] == ["noise.0.generator"]
    assert [name for name, _ in model.named_modules()] == ["", "layers.0", "layers.1.last", "noise.0"]
    assert next(model.modules()) is model


def test_what_is_appended_later_is_found() -> None:
    model = Assorted()
    model.layers.append(Linear(2, 2, bias=False))
    assert [name for name, _ in model.named_parameters()][-1] == "layers.2.weight"


def test_a_tensor_that_would_not_be_trained_is_refused() -> None:
    model = Assorted()
    model.weight = Tensor([1.0], requires_grad=True)
    with pytest.raises(InvalidArgument, match=r"^weight of a module is a tensor that .* make it a difflab"):
        list(model.parameters())


def test_constants_and_computed_tensors_are_no_parameters() -> None:
    model = Assorted()
    model.last = model(np.ones((1, 2)))
    model.table = Tensor([1.0])
    assert [name for name, _ in model.named_parameters()] == NAMES


def test_a_module_without_the_constructor_of_the_base_works() -> None:
    class Bare(Module):
        def __init__(self) -> None:
            self.weight = Parameter(2.0)

        def forward(self, x: Any) -> Any:
            return self.weight * x if self.training else x

    model = Bare()
    assert model(3.0).item() == 6
    assert model.eval()(3.0) == 3
    assert len(list(model.parameters())) == 1


def test_a_module_without_forward_says_so() -> None:
    class Unfinished(Module):
        pass

    with pytest.raises(InvalidArgument, match=r"^Unfinished has no forward: define forward\(self, x\) in the class\.$"):
        Unfinished()(1)


def test_modes_reach_all_modules() -> None:
    model = Assorted()
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


def test_gradients_are_forgotten() -> None:
    model = Assorted()
    model(np.ones((1, 2))).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())


# State


def test_state_is_a_copy_and_comes_back_in_place() -> None:
    model, other = Assorted(), Assorted()
    other.scale.data *= 7
    other.mean.data += 1
    before = {name: id(parameter) for name, parameter in model.named_parameters()}
    state = other.state_dict()
    assert list(state) == [*NAMES, "mean"]
    other.scale.data *= 0
    model.load_state_dict(state)
    assert model.scale.data.tolist() == [14, 21]
    assert model.mean.data.tolist() == [1, 2]
    assert {name: id(parameter) for name, parameter in model.named_parameters()} == before
    state["scale"][:] = 0
    assert model.scale.data.tolist() == [14, 21]


def test_a_record_made_before_loading_is_refused() -> None:
    model = Assorted()
    loss = model(np.ones((1, 2))).sum()
    model.load_state_dict(model.state_dict())
    with pytest.raises(TypeError, match="changed in place afterwards, by the loading of the state of Assorted"):
        loss.backward()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"scale": None},
            r"^The state does not fit Assorted: it lacks scale\. Load the state of a model",
        ),
        ({"scales": np.ones(2)}, r"it has unknown scales\. Load"),
        ({"scale": None, "scales": np.ones(2)}, r"it lacks scale and has unknown scales\. Load"),
        (
            {"scale": np.ones(3)},
            r"scale has shape \(2,\) and dtype float64 there, and shape \(3,\) and dtype",
        ),
        ({"scale": np.ones(2, np.float32)}, r"dtype float64 there, .* dtype float32 in the state\. .*\.astype\.$"),
        ({f"more{n}": np.ones(1) for n in range(7)}, r"unknown more0, more1, more2, more3, more4 and 2 more\."),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_is_written(change: dict[str, Any], message: str) -> None:
    model = Assorted()
    state = {name: array for name, array in (model.state_dict() | change).items() if array is not None}
    state["layers.0.weight"] = state["layers.0.weight"] + 1
    before = model.state_dict()
    with pytest.raises(InvalidArgument, match=message):
        model.load_state_dict(state)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_stand_alone_and_share_what_was_shared(duplicate: Any) -> None:
    model = Assorted()
    twin = duplicate(model)
    assert isinstance(twin.scale, Parameter)
    assert twin.again is twin.scale
    assert twin.owner is twin
    x = np.ones((1, 2))
    np.testing.assert_array_equal(twin(x).data, model(x).data)
    twin.scale.data *= 0
    assert model.scale.data.tolist() == [2, 3]
    assert twin.scale.requires_grad
    assert not twin.mean.requires_grad


def test_a_model_is_converted_in_place() -> None:
    model = Assorted()
    model(np.ones((1, 2))).sum().backward()
    assert model.astype(np.float32) is model
    assert {tensor.dtype.name for tensor in [*model.parameters(), model.mean]} == {"float32"}
    assert model.scale.grad is None
    model(np.ones((1, 2), np.float32)).sum().backward()
    assert model.scale.grad is not None
    assert model.scale.grad.dtype == np.float32
    with pytest.raises(InvalidArgument, match="A model of int32 cannot be trained"):
        model.astype(np.int32)


def test_a_device_that_is_not_there_is_refused() -> None:
    assert Assorted().to("cpu").scale.device == "cpu"
    with pytest.raises(DeviceUnavailable, match="The device 'tpu' cannot be used: there is no device 'tpu'"):
        Assorted().to("tpu")


# How it is shown


def test_a_model_shows_its_parts() -> None:
    assert repr(Sequential(Linear(4, 3), Sequential(ReLU(), Dropout(0.25)))) == (
        "Sequential()\n  0: Linear(4, 3)\n  1: Sequential()\n    1.0: ReLU()\n    1.1: Dropout(0.25)"
    )


def test_a_summary_counts_shapes_and_parameters() -> None:
    model = Assorted()
    model.noise[0].training = False
    summary = model.summary(np.ones((5, 2)))
    assert [(row.name, row.module, row.output, row.parameters) for row in summary.rows] == [
        ("", "Assorted()", "(5, 2)", 2),
        ("layers.0", "Linear(2, 3)", "(5, 3)", 9),
        ("layers.1.last", "Linear(3, 2)", "(5, 2)", 8),
        ("noise.0", "Dropout(0.5)", "", 0),
    ]
    assert summary.parameters == 19 == sum(parameter.size for parameter in model.parameters())
    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert str(summary).splitlines()[-1].split() == ["total", "19"]
    assert "forward" not in vars(model)


def test_a_summary_that_fails_leaves_the_model_as_it_was() -> None:
    model = Assorted()
    with pytest.raises(InvalidArgument, match=r"Linear\(2, 3\) takes"):
        model.summary(np.ones((5, 9)))
    assert model.training
    assert "forward" not in vars(model.layers[0])


# Layers one after the other


def test_a_sequence_is_a_list() -> None:
    layers = [Linear(4, 3, rng=0), ReLU(), Linear(3, 2, rng=1)]
    model = Sequential(*layers)
    assert list(model) == layers
    assert model[-1] is layers[2]
    assert list(model[:2]) == layers[:2]
    assert len(model) == 3
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    x = np.ones((5, 4), np.float32)
    np.testing.assert_array_equal(model(x).data, layers[2](np.maximum(layers[0](x), 0)).data)


def test_functions_are_layers_and_other_things_are_not() -> None:
    assert Sequential(np.sin, lambda x: x * 2)(0.5) == 2 * np.sin(0.5)
    with pytest.raises(InvalidArgument, match="A Sequential was given a list: give modules"):
        Sequential([ReLU()])
    with pytest.raises(InvalidArgument, match="A Sequential was given the class ReLU: give modules"):
        Sequential(ReLU)
