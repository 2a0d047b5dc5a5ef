"""What the tests of every layer share: values and gradients held against a layer of PyTorch with the same weights."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.eager import Tensor
from difflab.nn import Module

TOLERANCES = {np.float64: 1e-10, np.float32: 1e-4}


def each_precision(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in double and in single."""
    return pytest.mark.parametrize("dtype", TOLERANCES, ids=lambda dtype: dtype.__name__)(test)


def check_layer(
    torch: ModuleType,
    ours: Module,
    theirs: Any,
    *inputs: Any,
    names: Mapping[str, str] | None = None,
    call: Callable[..., Any] | None = None,
) -> None:
    """Outputs, gradients of the inputs and gradients of the parameters are those of a layer of PyTorch.

    Args:
        torch: PyTorch.
        ours: the layer; its weights are given to the other one.
        theirs: PyTorch's.
        inputs: arrays; the floating-point ones in the dtype of the layer.
        names: of those of our parameters and buffers that have other names there.
        call: what gives the results of `theirs`, if not calling it.
    """
    give_weights(torch, ours, theirs, names)
    tensors = [Tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    references = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    results, expected = flat(ours(*tensors)), flat((call or theirs)(*references))
    tolerance = TOLERANCES[expected[0].detach().numpy().dtype.type]
    weights = [np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype) for y in results]
    moving, others = moving_of(ours, tensors), others_of(ours, theirs, references, names)
    gradients = difflab.grad(results, list(moving.values()), grad_outputs=weights)
    wanted = torch.autograd.grad(expected, list(others.values()), [torch.tensor(weight) for weight in weights])
    for result, reference in zip(results, expected, strict=True):
        assert_agree("a result", result, reference, tolerance)
    for name, gradient, reference in zip(moving, gradients, wanted, strict=True):
        assert_agree(f"the gradient of {name}", gradient, reference, tolerance)
    assert_buffers_agree(ours, theirs, names, tolerance)


def give_weights(torch: ModuleType, ours: Module, theirs: Any, names: Mapping[str, str] | None = None) -> None:
    """Give the state of our layer to PyTorch's."""
    theirs.to(getattr(torch, next((p.dtype.name for p in ours.parameters()), "float64")))
    state = {(names or {}).get(name, name): torch.tensor(array) for name, array in ours.state_dict().items()}
    missing, unexpected = theirs.load_state_dict(state, strict=False)
    assert not unexpected
    assert not [name for name in missing if not name.endswith("num_batches_tracked")]


def moving_of(ours: Module, tensors: list[Tensor]) -> dict[str, Tensor]:
    """Give what gradients are taken of: inputs that are no indices, and parameters."""
    inputs = {f"input {number}": x for number, x in enumerate(tensors) if x.requires_grad}
    return inputs | dict(ours.named_parameters())


def others_of(ours: Module, theirs: Any, references: list[Any], names: Mapping[str, str] | None) -> dict[str, Any]:
    """Give the same of PyTorch's layer, in the same order."""
    parameters = dict(theirs.named_parameters())
    inputs = {f"input {number}": x for number, x in enumerate(references) if x.requires_grad}
    return inputs | {name: parameters[(names or {}).get(name, name)] for name, _ in ours.named_parameters()}


def assert_buffers_agree(ours: Module, theirs: Any, names: Mapping[str, str] | None, tolerance: float) -> None:
    """What the layers have counted in training is the same."""
    buffers = dict(theirs.named_buffers())
    for name, buffer in ours.named_buffers():
        assert_agree(name, buffer, buffers[(names or {}).get(name, name)], tolerance)


def assert_agree(what: str, ours: Any, theirs: Any, tolerance: float) -> None:
    """Two arrays have one shape and dtype, and differ by no more than the tolerance times the largest entry, or one."""
    theirs = theirs.detach().numpy()
    ours = ours.data
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), what
    scale = max(1.0, float(np.max(np.abs(theirs), initial=0)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale, err_msg=what)


def flat(results: Any) -> list[Any]:
    """Give one result, or nested tuples of them, as a list."""
    return [each for part in results for each in flat(part)] if isinstance(results, tuple) else [results]
