"""Attention and the transformer's block."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.eager import Tensor
from difflab.errors import InvalidArgument
from difflab.nn import MultiHeadAttention, TransformerBlock
from tests.nn.against_torch import TOLERANCES, assert_agree, each_precision, give_weights

PROJECTIONS = ("query", "key", "value")


def give_attention(torch: ModuleType, ours: MultiHeadAttention, theirs: Any) -> None:
    """Give the weights of our attention to PyTorch's, which has three projections in one."""
    state = ours.state_dict()
    for kind in ("weight", "bias"):
        joint = np.concatenate([state[f"{name}.{kind}"] for name in PROJECTIONS])
        getattr(theirs, f"in_proj_{kind}").data = torch.tensor(joint)
        getattr(theirs.out_proj, kind).data = torch.tensor(state[f"output.{kind}"])


def joint_gradients(ours: MultiHeadAttention, loss: Tensor, inputs: list[Tensor]) -> dict[str, Tensor]:
    """Give the gradients of inputs and parameters, joined as PyTorch joins them."""
    names = [name for name, _ in ours.named_parameters()]
    found = difflab.grad(loss, [*inputs, *ours.parameters()])
    own = dict(zip(names, found[len(inputs) :], strict=True))
    result = {f"input {number}": gradient for number, gradient in enumerate(found[: len(inputs)])}
    for kind in ("weight", "bias"):
        result[f"in_proj_{kind}"] = np.concatenate([own[f"{name}.{kind}"] for name in PROJECTIONS])
        result[f"out_proj.{kind}"] = own[f"output.{kind}"]
    return result


def random_inputs(dtype: Any, *shapes: tuple[int, ...]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("case", ["own positions", "causal", "masked", "other positions"])
def test_attention_is_torchs(torch: ModuleType, case: str, dtype: Any) -> None:
    ours = MultiHeadAttention(8, 2, rng=0, dtype=dtype)
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    give_attention(torch, ours, theirs)
    others = [(3, 6, 8)] * 2 if case == "other positions" else []
    inputs = random_inputs(dtype, (3, 5, 8), *others)
    allowed = np.random.default_rng(1).random((5, 5)) < 0.6
    allowed |= np.eye(5, dtype=bool)
    options = {"causal": {"causal": True}, "masked": {"mask": allowed}}.get(case, {})
    forbidden = {"causal": np.triu(np.ones((5, 5), bool), 1), "masked": ~allowed}.get(case)
    tensors = [Tensor(x, requires_grad=True) for x in inputs]
    references = [torch.tensor(x, requires_grad=True) for x in inputs]
    operands = references if others else references * 3
    mask = None if forbidden is None else torch.tensor(forbidden)
    y, expected = ours(*tensors, **options), theirs(*operands, attn_mask=mask, need_weights=False)[0]
    assert_agree("the output", y, expected, TOLERANCES[dtype])
    loss = torch.sum(torch.sin(expected))
    parameters = dict(theirs.named_parameters())
    wanted = torch.autograd.grad(loss, [*references, *parameters.values()])
    names = [*(f"input {number}" for number in range(len(references))), *parameters]
    gradients = joint_gradients(ours, np.sum(np.sin(y)), tensors)
    for name, expected in zip(names, wanted, strict=True):
        assert_agree(name, gradients[name], expected, TOLERANCES[dtype])


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("causal", [True, False])
def test_a_block_is_torchs_with_normalisation_first(torch: ModuleType, causal: bool, dtype: Any) -> None:
    ours = TransformerBlock(8, 2, hidden=12, causal=causal, rng=0, dtype=dtype)
    theirs = torch.nn.TransformerEncoderLayer(8, 2, 12, 0.0, "gelu", batch_first=True, norm_first=True)
    give_attention(torch, ours.attention, theirs.self_attn)
    norm, first, _, second, _ = ours.feed_forward
    pairs = [
        (ours.attention_norm, theirs.norm1),
        (norm, theirs.norm2),
        (first, theirs.linear1),
        (second, theirs.linear2),
    ]
    for layer, reference in pairs:
        give_weights(torch, layer, reference)
    (x,) = random_inputs(dtype, (3, 5, 8))
    tensor, their_x = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    mask = torch.tensor(np.triu(np.ones((5, 5), bool), 1)) if causal else None
    y, expected = ours(tensor), theirs(their_x, src_mask=mask)
    assert_agree("the output", y, expected, TOLERANCES[dtype])
    np.sum(np.sin(y)).backward()
    torch.sum(torch.sin(expected)).backward()
    assert_agree("the gradient of x", tensor.grad, their_x.grad, TOLERANCES[dtype])
    for layer, reference in pairs:
        for name, parameter in layer.named_parameters():
            assert_agree(name, parameter.grad, dict(reference.named_parameters())[name].grad, TOLERANCES[dtype])


def test_dropout_works_in_training_alone() -> None:
    block = TransformerBlock(8, 2, dropout=0.5, rng=0)
    x = np.ones((3, 5, 8), np.float32)
    assert not np.array_equal(block(x).data, block(x).data)
    block.eval()
    np.testing.assert_array_equal(block(x).data, block(x).data)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="cannot divide 8 entries into 3 heads: give a multiple"):
        MultiHeadAttention(8, 3)
    with pytest.raises(InvalidArgument, match=r"^MultiHeadAttention\(8, heads=2\) takes an input of shape \(N, T, 8\)"):
        MultiHeadAttention(8, 2)(np.ones((5, 8), np.float32))
