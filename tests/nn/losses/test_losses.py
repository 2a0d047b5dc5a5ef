"""What losses do at the ends of their range, and what they refuse."""

import math
from typing import Any

import numpy as np
import pytest

from difflab import nn
from difflab.eager import Tensor
from difflab.errors import InvalidArgument, NotDifferentiable

EXTREME: list[tuple[Any, Any, Any, float, float]] = [
    (nn.cross_entropy, [[1e4, -1e4]], [0], 0.0, 0.0),
    (nn.cross_entropy, [[1e4, -1e4]], [1], 2e4, 1.0),
    (nn.cross_entropy, [[5.0, 0.0]], [0], math.log1p(math.exp(-5)), -1 / (1 + math.exp(5))),
    (nn.binary_cross_entropy_with_logits, [1e4], [1], 0.0, 0.0),
    (nn.binary_cross_entropy_with_logits, [1e4], [0], 1e4, 1.0),
    (nn.binary_cross_entropy_with_logits, [-1e4], [1], 1e4, -1.0),
    (nn.binary_cross_entropy_with_logits, [40.0], [1], math.exp(-40), -math.exp(-40)),
    (nn.binary_cross_entropy_with_logits, [-40.0], [0], math.exp(-40), math.exp(-40)),
    (nn.huber, [1e200], [0], 1e200, 1.0),
    (nn.huber, [-3.0], [0], 2.5, -1.0),
    (nn.huber, [1.0], [0], 0.5, 1.0),
    (nn.mean_absolute_error, [2.0], [2], 0.0, 0.0),
    (nn.hinge, [1.0], [1], 0.0, 0.0),
    (nn.hinge, [-1e300], [1], 1e300, -1.0),
    (nn.exponential, [700.0], [1], math.exp(-700), -math.exp(-700)),
    (nn.kullback_leibler, [[-1e4, 0.0]], [[0, 1]], 0.0, 0.0),
]


@pytest.mark.parametrize(("loss", "scores", "target", "value", "slope"), EXTREME)
def test_extreme_scores_give_the_loss_to_full_accuracy(
    loss: Any, scores: Any, target: Any, value: float, slope: float
) -> None:
    x = Tensor(scores, requires_grad=True)
    result = loss(x, target)
    result.backward()
    assert result.item() == pytest.approx(value, rel=1e-12, abs=0)
    assert x.grad is not None
    assert x.grad.data.flat[0] == pytest.approx(slope, rel=1e-12, abs=0)


def test_targets_take_the_dtype_of_the_predictions() -> None:
    x = Tensor(np.ones(3, np.float32), requires_grad=True)
    for target in (np.zeros(3), [0, 1, 0], Tensor(np.array([0, 1, 0]))):
        assert nn.mean_squared_error(x, target).dtype == np.float32
        assert nn.binary_cross_entropy_with_logits(x, target).dtype == np.float32
    assert nn.cross_entropy(Tensor(np.ones((1, 2), np.float32)), np.array([[0.5, 0.5]])).dtype == np.float32


def test_a_target_may_be_learnt_too() -> None:
    target = Tensor([[0.5, 0.5]], requires_grad=True)
    nn.kullback_leibler(np.log([[0.25, 0.75]]), target).backward()
    assert target.grad is not None
    np.testing.assert_allclose(target.grad.data, [[1 + math.log(0.5 / 0.25), 1 + math.log(0.5 / 0.75)]], rtol=1e-14)


SHAPED = [nn.mean_squared_error, nn.mean_absolute_error, nn.huber, nn.exponential, nn.hinge]


@pytest.mark.parametrize("loss", [*SHAPED, nn.binary_cross_entropy_with_logits, nn.kullback_leibler])
def test_targets_of_another_shape_are_refused_where_numpy_would_repeat_them(loss: Any) -> None:
    message = (
        r"prediction of shape \(5, 1\) and a target of shape \(5,\): give a target for each entry, of the same shape"
    )
    with pytest.raises(InvalidArgument, match=f"^{loss.__name__} was given a {message}"):
        loss(np.ones((5, 1)), np.ones(5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nn.hinge(np.ones(2), [0, 1]),
            r"hinge is neither -1 nor 1: labels of 0 and 1 are 2 \* labels - 1",
        ),
        (lambda: nn.exponential(np.ones(2), [2, 1]), "label of exponential is neither -1 nor 1"),
        (
            lambda: nn.binary_cross_entropy_with_logits(np.ones(2), [-1, 1]),
            r"of -1 and 1 are \(labels \+ 1\) / 2",
        ),
        (
            lambda: nn.kullback_leibler(np.zeros((1, 2)), [[-1, 2]]),
            "is negative: give probabilities, not",
        ),
        (lambda: nn.huber(np.ones(2), np.ones(2), delta=0), "delta=0 of huber: give a positive number"),
        (
            lambda: nn.negative_log_likelihood(np.zeros((2, 3)), [0, 3]),
            "label 3: of 3 classes, they are 0 to 2",
        ),
        (lambda: nn.negative_log_likelihood(np.zeros((2, 3)), [0, -1]), "was given the label -1: of 3 classes"),
        (lambda: nn.negative_log_likelihood(np.zeros((2, 3)), [0.0, 1.0]), "have dtype float64: give whole numbers"),
        (lambda: nn.accuracy(np.zeros((2, 3)), [0]), r"and labels of shape \(1,\): give one label for each .* \(2,\)"),
        (lambda: nn.cross_entropy(np.zeros((2, 3)), [0, 3]), "The label 3 at "),
        (lambda: nn.mean_squared_error(np.ones(2), np.ones(2), reduction="average"), "use 'mean', 'sum' or 'none'"),
        (lambda: nn.mean_squared_error(np.ones(0), np.ones(0)), "A mean of no examples was asked for"),
    ],
)
def test_what_is_no_loss_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        call()


# Metrics

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])


@pytest.mark.parametrize(("labels", "wrong"), [([1, 0, 2], 0), ([1, 1, 2], 1), ([0, 1, 0], 3)])
def test_the_share_of_wrong_and_of_right_answers(labels: list[int], wrong: int) -> None:
    assert nn.zero_one(SCORES, labels) == pytest.approx(wrong / 3)
    assert nn.zero_one(SCORES, labels, reduction="sum") == wrong
    assert nn.accuracy(Tensor(SCORES), Tensor(labels)).item() == pytest.approx(1 - wrong / 3)
    assert nn.accuracy(SCORES.astype(np.float32), labels).dtype == np.float32


def test_one_score_for_two_classes_is_judged_by_its_sign() -> None:
    assert nn.accuracy(np.array([-1.0, 0.0, 2.0, 3.0]), [0, 0, 1, 0], reduction="none").tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("metric", [nn.zero_one, nn.accuracy])
def test_the_gradient_of_a_metric_is_refused(metric: Any) -> None:
    result = metric(Tensor(SCORES, requires_grad=True), [1, 0, 2])
    with pytest.raises(NotDifferentiable, match=r"^A derivative of the 0-1 loss .* such as cross_entropy or hinge"):
        result.backward()
