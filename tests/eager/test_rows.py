"""Every row of the table of rules through the tensor engine: what a node keeps is enough for its rules."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from difflab import Tensor, grad
from difflab.engines.transforms import pullback, reverse_over_reverse
from difflab.primitives.layout import name_of
from tests.primitives.case import Case, all_cases
from tests.primitives.checks import assert_close, directions

CASES = [case for case in all_cases() if case.differentiable]


def assert_gradients(found: Sequence[Tensor | None], expected: Sequence[Any], case: Case, tolerance: float) -> None:
    """Compare with what the functional engine gives; None is zero."""
    for gradient, reference in zip(found, expected, strict=True):
        actual = np.zeros_like(reference[0]) if gradient is None else gradient.data
        if name_of(case.function).startswith("np.nan"):  # 0 · nan is nan in a sweep over arrays, as in other frameworks
            assert np.all(reference[0][np.isnan(actual)] == 0)
            actual = np.where(np.isnan(actual), 0, actual)
        assert_close(actual, reference[0], tolerance)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_backward_agrees_with_the_functional_pullback(case: Case) -> None:
    values, pull = pullback(case, case.leaves)
    weights = directions(values, seed=1)
    inputs = [Tensor(leaf, requires_grad=True) for leaf in case.leaves]
    outputs = case(inputs)
    for output, value in zip(outputs, values, strict=True):
        assert np.asarray(getattr(output, "data", output)).dtype == np.asarray(value).dtype
        np.testing.assert_allclose(getattr(output, "data", output), value, rtol=1e-13, atol=1e-15)
    for output, weight in zip(outputs, weights, strict=True):
        if isinstance(output, Tensor) and output.requires_grad:
            output.backward(weight[0], retain_graph=True)
    assert_gradients([x.grad for x in inputs], pull(weights), case, 1e-13)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_extended_graph_agrees_with_the_functional_one(case: Case) -> None:
    """Second derivatives of Σ w·y²: the graph is extended by its adjoints, and these are swept over in turn."""
    weights = [direction[0] for direction in directions(case(case.leaves), seed=1)]

    def energy(leaves: Sequence[Any]) -> list[Any]:
        return [sum(np.sum(w * y * y) for w, y in zip(weights, case(leaves), strict=True))]

    inputs = [Tensor(leaf, requires_grad=True) for leaf in case.leaves]
    along = directions(case.leaves)
    (y,) = energy(inputs)
    slopes = grad(y, inputs, create_graph=True, allow_unused=True) if is_recorded(y) else [None] * len(inputs)
    curved = [(slope, tangent[0]) for slope, tangent in zip(slopes, along, strict=True) if is_recorded(slope)]
    found = [None] * len(inputs)
    if curved:
        found = grad([slope for slope, _ in curved], inputs, [tangent for _, tangent in curved], allow_unused=True)
    assert_gradients(found, reverse_over_reverse(energy, case.leaves, along), case, 1e-12)


def is_recorded(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def test_a_rule_that_reads_what_its_node_did_not_keep_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("difflab.eager.tensor._reads", lambda primitive, positions: frozenset())
    case = next(case for case in CASES if case.function is np.exp)
    with pytest.raises(TypeError, match="Outline"):
        test_backward_agrees_with_the_functional_pullback(case)
