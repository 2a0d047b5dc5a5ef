"""Softmax, its logarithm and cross-entropy: against PyTorch and their definitions, far out, and what they refuse."""

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.primitives.network.cross_entropy import cross_entropy
from difflab.primitives.network.softmax import log_softmax, softmax
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(scale=3, size=(4, 5, 6))
FAR = np.array([[1e4, -1e4, 0.0], [1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]])
LABELS = GENERATOR.integers(6, size=(4, 5))
DISTRIBUTIONS = GENERATOR.dirichlet(np.ones(6), size=(4, 5))


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("function", [softmax, log_softmax], ids=lambda function: function.__name__)
@pytest.mark.parametrize(("x", "axis"), [(X, -1), (X, 0), (X, 1), (X[:, :0], -1), (FAR, 1), (FAR, 0), (X[0, 0], 0)])
def test_softmax_is_that_of_torch(torch: ModuleType, function: Any, x: Any, axis: int, dtype: Any) -> None:
    theirs = getattr(torch, function.__name__)
    check_against_torch(torch, function, lambda tensor: theirs(tensor, axis), (x,), dtype, axis=axis)


@each_precision
@pytest.mark.parametrize("function", [softmax, log_softmax], ids=lambda function: function.__name__)
@pytest.mark.parametrize("x", [X, X.T, FAR], ids=["as it is", "transposed", "far"])
@pytest.mark.parametrize("axis", [0, -1])
def test_loops_of_softmax(function: Any, x: Any, axis: int, dtype: Any) -> None:
    check_loops(function, (x,), dtype, axis=axis)


@pytest.mark.parametrize("function", [softmax, log_softmax], ids=lambda function: function.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_a_nan_makes_its_row_nan(function: Any, dtype: Any) -> None:
    y = function(np.array([[1.0, np.nan], [1.0, 2.0]], dtype))
    assert np.isnan(y).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("function", [softmax, log_softmax], ids=lambda function: function.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_an_axis_that_is_not_there_is_a_sentence(function: Any, dtype: Any) -> None:
    with pytest.raises(
        InvalidArgument, match=re.escape("no axis 2 in an array of shape (2, 3): give one from -2 to 1")
    ):
        function(np.ones((2, 3), dtype), axis=2)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("target", [LABELS, DISTRIBUTIONS], ids=["labels", "distributions"])
def test_cross_entropy_is_that_of_torch(torch: ModuleType, target: Any, smoothing: float, dtype: Any) -> None:
    def theirs(logits: Any, target: Any) -> Any:
        classes_second = target if target.ndim == 2 else target.movedim(-1, 1)
        return torch.nn.functional.cross_entropy(
            logits.movedim(-1, 1), classes_second, reduction="none", label_smoothing=smoothing
        )

    check_against_torch(torch, cross_entropy, theirs, (X, target), dtype, smoothing=smoothing)


@each_precision
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(
    ("logits", "target"),
    [
        (X, LABELS),
        (X, LABELS.astype(np.uint8)),
        (X, DISTRIBUTIONS),
        (FAR, np.array([0, 2, 1])),
        (FAR[0], np.array(1)),
        (X.transpose(1, 0, 2), LABELS.T),
        (X[:0], LABELS[:0]),
    ],
    ids=["labels", "bytes", "distributions", "far", "one row", "transposed", "none"],
)
def test_loops_of_cross_entropy(logits: Any, target: Any, smoothing: float, dtype: Any) -> None:
    check_loops(cross_entropy, (logits, target), dtype, smoothing=smoothing)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
@pytest.mark.parametrize(
    ("target", "smoothing", "sentence"),
    [
        (
            [0, 3],
            0.0,
            "The label 3 at [1] is no class: logits with 3 entries along their last axis take labels from 0",
        ),
        ([-1, 0], 0.0, "The label -1 at [0] is no class"),
        (
            [[0], [1]],
            0.0,
            "take one label for each row, in an array of shape (2,); the labels were given with shape",
        ),
        ([0.0, 1.0], 0.0, "or of distributions of shape (2, 3); it was given with shape (2,) and dtype float64"),
        ([True, False], 0.0, "is an array of integer labels of shape (2,)"),
        ([0, 1], 1.5, "from 0 to 1, that all classes divide: not 1.5"),
    ],
)
def test_targets_that_do_not_fit_are_a_sentence(target: Any, smoothing: float, sentence: str, dtype: Any) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        cross_entropy(np.ones((2, 3), dtype), np.array(target), smoothing=smoothing)


def test_logits_without_classes_are_a_sentence() -> None:
    with pytest.raises(InvalidArgument, match=re.escape("along their last axis, and were given with shape (2, 0)")):
        cross_entropy(np.ones((2, 0)), np.array([0, 0]))
