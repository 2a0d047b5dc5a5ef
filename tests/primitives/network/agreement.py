"""What the tests of every network primitive share: its loops against PyTorch's, and against its own definition."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.primitives import TABLE

TOLERANCES = {np.float64: 1e-10, np.float32: 1e-4}


def each_precision(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in double and in single."""
    return pytest.mark.parametrize("dtype", TOLERANCES, ids=lambda dtype: dtype.__name__)(test)


def check_against_torch(
    torch: ModuleType, function: Any, theirs: Callable[..., Any], operands: Sequence[Any], dtype: Any, **parameters: Any
) -> None:
    """Values and all gradients are those of `theirs`, a function of PyTorch tensors."""
    operands = [cast(x, dtype) for x in operands]
    tensors = [None if x is None else torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in operands]
    expected = as_tuple(theirs(*tensors))
    weights = weights_of([y.detach().numpy() for y in expected])
    moving = [x for x in tensors if x is not None and x.requires_grad]
    gradients = torch.autograd.grad(expected, moving, [torch.tensor(w) for w in weights])
    values, cotangents = pull(function, operands, weights, **parameters)
    for ours, reference in zip(values, expected, strict=True):
        assert_agree(ours, reference.detach().numpy(), TOLERANCES[dtype])
    for ours, reference in zip(cotangents, gradients, strict=True):
        assert_agree(ours, reference.numpy(), TOLERANCES[dtype])


def check_loops(function: Any, operands: Sequence[Any], dtype: Any, **parameters: Any) -> None:
    """The loops' values and cotangents are those of the definition; one cotangent alone is the one among all."""
    operands = [cast(x, dtype) for x in operands]
    definition = TABLE[function].definition
    expected = as_tuple(definition(*operands, **parameters))
    weights = weights_of(expected)
    values, cotangents = pull(function, operands, weights, **parameters)
    _, references = pull(definition, operands, weights, **parameters)
    for ours, reference in zip([*values, *cotangents], [*expected, *references], strict=True):
        assert_agree(ours, reference, TOLERANCES[dtype])
    for position, reference in zip(moving_of(operands), references, strict=True):
        _, (alone,) = pull(function, operands, weights, [position], **parameters)
        assert_agree(alone, reference, TOLERANCES[dtype])


def pull(
    function: Any,
    operands: Sequence[Any],
    weights: Sequence[Any],
    argnums: Sequence[int] | None = None,
    **parameters: Any,
) -> tuple[list[Any], list[Any]]:
    """Give the function's values, and the cotangents of its floating-point operands, in reverse mode."""
    argnums = tuple(moving_of(operands) if argnums is None else argnums)

    def called(*moved: Any) -> Any:
        given = list(operands)
        for position, x in zip(argnums, moved, strict=True):
            given[position] = x
        return as_tuple(function(*given, **parameters))

    points = [operands[position] for position in argnums]
    everything = tuple(range(len(points)))
    values, cotangents = difflab.vjp(called, *points, cotangents=tuple(weights), argnums=everything)
    return list(values), list(cotangents)


def moving_of(operands: Sequence[Any]) -> list[int]:
    """Give the positions of the floating-point arrays."""
    return [n for n, x in enumerate(operands) if x is not None and x.dtype.kind == "f"]


def cast(x: Any, dtype: Any) -> Any:
    """Give a floating-point array in another precision, in the same order of memory; anything else as it is."""
    return x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def weights_of(outputs: Sequence[Any]) -> list[Any]:
    """Draw a cotangent for each output."""
    generator = np.random.default_rng(7)
    return [np.asarray(generator.normal(size=np.shape(y)), dtype=y.dtype) for y in outputs]


def as_tuple(result: Any) -> tuple[Any, ...]:
    """Give several results as they are, and one as a tuple."""
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def assert_agree(actual: Any, expected: Any, tolerance: float) -> None:
    """Assert equal shapes and dtypes, and entries equal but for `tolerance` of the largest; NaN never passes."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    scale = max(1.0, np.max(np.abs(expected), initial=0))
    assert np.all(np.abs(actual - expected) <= tolerance * scale)
