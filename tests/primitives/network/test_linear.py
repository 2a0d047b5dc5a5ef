"""The affine map: against PyTorch, and what it refuses."""

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.primitives.network.linear import linear
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision

GENERATOR = np.random.default_rng(0)
WEIGHT, BIAS = GENERATOR.normal(size=(4, 3)), GENERATOR.normal(size=4)
SHAPES = [(5, 3), (3,), (2, 0, 3), (2, 5, 3)]


def point(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(1).normal(size=shape)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("bias", [(), (BIAS,)], ids=["without bias", "with bias"])
def test_linear_is_that_of_torch(torch: ModuleType, shape: tuple[int, ...], bias: tuple[Any, ...], dtype: Any) -> None:
    check_against_torch(torch, linear, torch.nn.functional.linear, (point(shape), WEIGHT, *bias), dtype)


@each_precision
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_loops(shape: tuple[int, ...], dtype: Any) -> None:
    check_loops(linear, (point(shape), WEIGHT, BIAS), dtype)


def test_a_transposed_point_is_read_as_it_stands() -> None:
    check_loops(linear, (point((3, 5)).T, np.asfortranarray(WEIGHT), BIAS), np.float64)


@pytest.mark.parametrize(
    ("operands", "sentence"),
    [
        ((np.ones((5, 2)), WEIGHT), "takes 3 inputs along the last axis of x, whose shape is (5, 2)"),
        ((np.ones(()), WEIGHT), "takes 3 inputs along the last axis of x, whose shape is ()"),
        ((np.ones(3), np.ones(3)), "has two axes, (outputs, inputs), and was given with shape (3,)"),
        ((np.ones(3), WEIGHT, np.ones(3)), "A weight of 4 rows takes a bias of shape (4,), not (3,)"),
    ],
)
def test_shapes_that_do_not_fit_are_a_sentence(operands: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        linear(*operands)
