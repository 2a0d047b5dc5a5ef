"""The embedding layer."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import Embedding
from tests.nn.against_torch import check_layer, each_precision


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("shape", [(7,), (3, 5), (), (0,)])
def test_it_is_torchs_and_repeated_rows_add_up(torch: ModuleType, shape: tuple[int, ...], dtype: Any) -> None:
    indices = np.random.default_rng(0).integers(4, size=shape)
    check_layer(torch, Embedding(6, 3, rng=1, dtype=dtype), torch.nn.Embedding(6, 3), np.asarray(indices))


def test_vectors_begin_with_variance_1() -> None:
    weight = Embedding(200, 100, rng=0).weight.data
    assert np.std(weight) == pytest.approx(1, rel=0.02)


def test_a_number_that_names_no_vector_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"\b6\b"):
        Embedding(6, 3)(np.array([0, 6]))
