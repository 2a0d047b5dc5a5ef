"""Embeddings: against PyTorch, repeated indices, and what they refuse."""

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.primitives.network.embedding import embedding
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision

WEIGHT = np.random.default_rng(0).normal(size=(7, 3))
INDICES = np.random.default_rng(1).integers(7, size=(4, 10))


@pytest.mark.peers
@each_precision
def test_embedding_is_that_of_torch(torch: ModuleType, dtype: Any) -> None:
    check_against_torch(
        torch,
        embedding,
        lambda weight, indices: torch.nn.functional.embedding(indices, weight),
        (WEIGHT, INDICES),
        dtype,
    )


@each_precision
@pytest.mark.parametrize(
    "indices",
    [INDICES, INDICES.T, INDICES.astype(np.uint8), np.array(3), np.zeros((0, 2), int), np.full(5, 6)],
    ids=["many", "transposed", "bytes", "one", "none", "repeated"],
)
def test_loops(indices: Any, dtype: Any) -> None:
    check_loops(embedding, (WEIGHT, indices), dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
@pytest.mark.parametrize(
    ("indices", "sentence"),
    [
        (np.array([[0, 7]]), "The index 7 at [0, 1] is no row: a table of 7 has rows 0 to 6."),
        (np.array(-1), "The index -1 at [] is no row"),
        (np.array([0.0]), "by whole numbers, not by entries of dtype float64"),
        (np.array([True]), "by whole numbers, not by entries of dtype bool"),
    ],
)
def test_indices_that_name_no_row_are_a_sentence(indices: Any, sentence: str, dtype: Any) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        embedding(WEIGHT.astype(dtype), indices)


def test_a_table_of_one_axis_is_a_sentence() -> None:
    with pytest.raises(InvalidArgument, match=re.escape("(count, size), not the shape (7,)")):
        embedding(WEIGHT[:, 0], INDICES)
