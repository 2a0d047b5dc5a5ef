"""Attention: against PyTorch and its definition, kinds of masks, queries that attend to nothing, what it refuses."""

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.primitives.network.attention import scaled_dot_product_attention
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision, pull

GENERATOR = np.random.default_rng(0)
QUERY, KEY, VALUE = (GENERATOR.normal(size=(2, 3, *shape)) for shape in ((4, 6), (5, 6), (5, 2)))
WHERE = GENERATOR.random((3, 4, 5)) < 0.7
WHERE[:, :, 0] = True
SCORES = GENERATOR.normal(size=(2, 1, 4, 1))
MASKS = {
    "none": (),
    "truth values": (WHERE,),
    "numbers": (SCORES,),
    "numbers of each pair": (GENERATOR.normal(size=(4, 5)),),
}
each_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)


@pytest.mark.peers
@each_precision
@each_mask
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_torch(torch: ModuleType, mask: Any, causal: bool, dtype: Any) -> None:
    def theirs(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        allowed = torch.ones(4, 5, dtype=torch.bool).tril() if causal else torch.ones(4, 5, dtype=torch.bool)
        if mask is not None and mask.dtype == torch.bool:
            allowed = allowed & mask
        total = torch.zeros(allowed.shape, dtype=query.dtype).masked_fill(~allowed, -torch.inf)
        total = total if mask is None or mask.dtype == torch.bool else total + mask
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, total)

    check_against_torch(torch, scaled_dot_product_attention, theirs, (QUERY, KEY, VALUE, *mask), dtype, causal=causal)


@each_precision
@each_mask
@pytest.mark.parametrize("causal", [False, True])
def test_loops(mask: Any, causal: bool, dtype: Any) -> None:
    check_loops(scaled_dot_product_attention, (QUERY, KEY, VALUE, *mask), dtype, causal=causal)


@each_precision
def test_loops_take_any_order_of_memory(dtype: Any) -> None:
    heads = [np.ascontiguousarray(x.swapaxes(1, 2)).swapaxes(1, 2) for x in (QUERY, KEY, VALUE)]
    check_loops(scaled_dot_product_attention, heads, dtype)
    check_loops(scaled_dot_product_attention, (QUERY[0, 0], KEY[0, 0], VALUE[0, 0]), dtype)


@each_precision
def test_far_scores_choose_one_key(dtype: Any) -> None:
    check_loops(scaled_dot_product_attention, (1e4 * QUERY, KEY, VALUE), dtype)


@each_precision
@pytest.mark.parametrize("nothing", [np.zeros((4, 5), bool), np.full((4, 5), -np.inf)], ids=["truth values", "numbers"])
def test_a_query_that_attends_to_nothing_gets_zeros_and_sends_none_back(nothing: Any, dtype: Any) -> None:
    mask = nothing.copy()
    mask[1:] = True if mask.dtype == bool else 0.0
    operands = [x.astype(dtype) if x.dtype.kind == "f" else x for x in (QUERY, KEY, VALUE, mask)]
    check_loops(scaled_dot_product_attention, operands, dtype)
    (values,), (to_query, *_) = pull(scaled_dot_product_attention, operands, [np.ones((2, 3, 4, 2), dtype)])
    assert np.all(values[:, :, 0] == 0)
    assert np.all(to_query[:, :, 0] == 0)
    assert np.all(values[:, :, 1:] != 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_a_nan_stays_one(dtype: Any) -> None:
    query = QUERY.astype(dtype)
    query[0, 0, 0, 0] = np.nan
    y = scaled_dot_product_attention(query, KEY.astype(dtype), VALUE.astype(dtype))
    assert np.all(np.isnan(y[0, 0, 0]))
    assert np.count_nonzero(np.isnan(y)) == 2


def test_second_derivatives_with_a_mask_are_finite() -> None:
    def loss(query: Any) -> Any:
        return np.sum(scaled_dot_product_attention(query, KEY, VALUE, WHERE, causal=True) ** 2)

    step, direction = 1e-5, GENERATOR.normal(size=QUERY.shape)
    ahead, behind = (difflab.gradient(loss, QUERY + sign * step * direction) for sign in (1, -1))
    found = difflab.hvp(loss, QUERY, tangents=direction)
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
@pytest.mark.parametrize(
    ("shapes", "mask", "sentence"),
    [
        (((4, 6), (5, 5), (5, 2)), None, "hold vectors of one length, and key and value as many"),
        (((4, 6), (5, 6), (4, 2)), None, "shapes (4, 6), (5, 6) and (4, 2)"),
        (((4, 6), (2, 5, 6), (5, 2)), None, "the same axes in front"),
        (((6,), (5, 6), (5, 2)), None, "the same axes in front"),
        (((4, 6), (5, 6), (5, 2)), np.ones((4, 4), bool), "here (4, 5); it was given with shape (4, 4)"),
        (((4, 6), (5, 6), (5, 2)), np.ones((1, 4, 5), bool), "here (4, 5); it was given with shape (1, 4, 5)"),
        (((4, 6), (5, 6), (5, 2)), np.ones((4, 5), int), "its dtype is int64: write mask.astype(bool)"),
    ],
)
def test_what_does_not_fit_is_a_sentence(shapes: Any, mask: Any, sentence: str, dtype: Any) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        scaled_dot_product_attention(*(np.ones(shape, dtype) for shape in shapes), mask)
