"""Every network primitive that is no convolution, in every mode and in second order, like the rows of NumPy."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from difflab.primitives import TABLE
from difflab.primitives.network import activations
from difflab.primitives.network.attention import scaled_dot_product_attention
from difflab.primitives.network.cross_entropy import cross_entropy
from difflab.primitives.network.dropout import dropout
from difflab.primitives.network.embedding import embedding
from difflab.primitives.network.gru import gru
from difflab.primitives.network.linear import linear
from difflab.primitives.network.lstm import lstm
from difflab.primitives.network.normalization import batch_norm, layer_norm
from difflab.primitives.network.rnn import rnn
from difflab.primitives.network.softmax import log_softmax, softmax
from tests.primitives.case import Case
from tests.primitives.checks import CHECKS

MODULES = (
    "activations",
    "attention",
    "cross_entropy",
    "dropout",
    "embedding",
    "gru",
    "linear",
    "lstm",
    "normalization",
    "rnn",
    "softmax",
)


def case(function: Any, *operands: Any, note: str = "", **parameters: Any) -> Case:
    """Make a case whose floating-point operands, given by their shapes, are drawn, none of their entries near 0."""
    generator = np.random.default_rng(0)

    def draw(shape: tuple[int, ...]) -> Any:
        return generator.choice([-1, 1], shape) * generator.uniform(0.2, 1.5, shape)

    drawn = tuple(draw(each) if isinstance(each, tuple) else each for each in operands)
    return Case(function, drawn, parameters, value_tolerance=1e-12, note=note)


ACTIVATIONS = [f for f in TABLE if getattr(f, "__module__", "") == activations.__name__]
LABELS = np.array([0, 3, 1])
CASES = [
    *(case(function, (3, 4)) for function in ACTIVATIONS),
    case(activations.gelu, (3, 4), approximate=True),
    case(linear, (3, 4), (2, 4), (2,)),
    case(linear, (4,), (2, 4)),
    case(softmax, (3, 4), axis=0),
    case(log_softmax, (3, 4)),
    case(cross_entropy, (3, 4), LABELS),
    case(cross_entropy, (3, 4), LABELS, smoothing=0.1),
    case(cross_entropy, (3, 4), (3, 4), smoothing=0.1),
    case(batch_norm, (4, 2), (2,), (2,)),
    case(batch_norm, (3, 2, 4)),
    case(layer_norm, (3, 4), (4,), (4,)),
    case(dropout, (2, 3), np.array([[True, False, True], [False, True, True]]), rate=0.3),
    case(embedding, (4, 2), np.array([[1, 3], [1, 0]])),
    case(lstm, (3, 2, 2), (2, 3), (2, 3), (12, 2), (12, 3), (12,), (12,)),
    case(gru, (3, 2, 2), (2, 3), (9, 2), (9, 3), (9,), (9,)),
    case(rnn, (3, 2, 2), (2, 3), (3, 2), (3, 3), (3,), (3,)),
    case(scaled_dot_product_attention, (2, 3, 2), (2, 4, 2), (2, 4, 3)),
    case(scaled_dot_product_attention, (3, 2), (3, 2), (3, 3), (3, 3), causal=True),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_primitive(case: Case, check: Callable[[Case], None]) -> None:
    check(case)


def test_every_primitive_of_these_modules_has_a_case() -> None:
    names = {import_module(f"difflab.primitives.network.{name}").__name__ for name in MODULES}
    declared = {function for function in TABLE if getattr(function, "__module__", "") in names}
    assert declared == {case.function for case in CASES}
