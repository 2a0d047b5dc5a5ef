"""The 0-1 loss: right or wrong, and no derivative by any method that reads the rules."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import NotDifferentiable
from difflab.primitives.network.zero_one import zero_one

SCORES = np.array([[0.0, 1.0], [2.0, 1.0], [3.0, 3.0]])
LABELS = np.array([1, 1, 0])


def test_the_first_of_equal_scores_counts() -> None:
    assert zero_one(SCORES, LABELS).tolist() == [0, 1, 0]
    assert zero_one(SCORES.astype(np.float32), LABELS).dtype == np.float32
    assert zero_one(SCORES[0], np.array(1)).shape == ()


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_its_derivative_is_refused(method: Any) -> None:
    with pytest.raises(NotDifferentiable, match="it is 0 wherever it exists: the loss is piecewise constant"):
        difflab.gradient(lambda scores: np.sum(zero_one(scores, LABELS)), SCORES, method=method)
