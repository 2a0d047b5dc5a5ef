"""Models: their shapes and sizes, what they refuse, and that each can learn."""

from typing import Any

import numpy as np
import pytest

from difflab import models, nn
from difflab.errors import InvalidArgument
from difflab.nn import Module

IMAGES = np.random.default_rng(0).random((6, 1, 28, 28), np.float32)
TEXTS = np.random.default_rng(0).integers(11, size=(6, 7))

SIZES: list[tuple[Any, int]] = [
    (lambda: models.logistic_regression(784, rng=0), 785),
    (lambda: models.softmax_regression(784, 10, rng=0), 7850),
    (lambda: models.mlp(784, 256, 128, 10, rng=0), 235_146),
    (lambda: models.LeNet5(rng=0), 61_706),
    (lambda: models.ConvNet(rng=0), 50_186),
    (lambda: models.RowLSTM(rng=0), 82_186),
    (lambda: models.resnet18(rng=0), 11_689_512),
    (lambda: models.resnet18(10, 3, small_images=True, rng=0), 11_173_962),
]


@pytest.mark.parametrize(("make", "count"), SIZES)
def test_the_number_of_parameters_is_that_of_the_literature(make: Any, count: int) -> None:
    assert sum(parameter.size for parameter in make().parameters()) == count


@pytest.mark.parametrize("name", models.names())
def test_a_model_made_for_a_data_set_learns_a_batch(name: str) -> None:
    texts = name in ("character_lstm", "transformer")
    inputs = TEXTS if texts else IMAGES[:, :, ::2, ::2]
    labels = np.roll(TEXTS, -1, axis=1) if texts else np.arange(6)
    model = models.get(name)(inputs.shape[1:], 11, 0)
    losses = [step(model, inputs, labels) for _ in range(5)]
    assert losses[0] == pytest.approx(np.log(11), rel=0.3)
    assert losses[-1] < losses[0]


def step(model: Module, inputs: Any, labels: Any, rate: float = 0.02) -> float:
    """Go a step down the gradient, and give the loss before it."""
    loss = nn.cross_entropy(model(inputs), labels)
    model.zero_grad()
    loss.backward()
    for parameter in model.parameters():
        assert parameter.grad is not None
        parameter.data -= rate * parameter.grad.data
        parameter.written("a step")
    return float(loss.item())


@pytest.mark.parametrize("name", models.names())
def test_a_seed_makes_the_same_model_again(name: str) -> None:
    shape = (7,) if name in ("character_lstm", "transformer") else (3, 16, 16)
    first, second, other = (models.get(name)(shape, 4, seed).state_dict() for seed in (0, 0, 1))
    for key, array in first.items():
        np.testing.assert_array_equal(array, second[key])
    assert any(not np.array_equal(array, other[key]) for key, array in first.items())


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "convnet",
            (784,),
            r"'convnet' takes images of shape \(channels, height, width\), .* shape \(784,\): take 'mlp'",
        ),
        ("lenet5", (1, 8, 8), "LeNet5 was asked for images of 8 × 8: it takes 12 × 12 or more"),
        ("convnet", (1, 3, 8), "ConvNet was asked for images of 3 × 8: it takes 4 × 4 or more"),
        ("transformer", (1, 8, 8), r"'transformer' takes texts as characters, of shape \(length,\), .* \(1, 8, 8\)"),
    ],
)
def test_data_that_does_not_fit_a_model_is_refused(name: str, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        models.get(name)(shape, 10, 0)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(
        InvalidArgument, match="There is no model 'resnet19': choose one of softmax_regression, mlp, lenet5"
    ):
        models.get("resnet19")
    with pytest.raises(InvalidArgument, match=r"mlp was given the sizes \(784,\): give two or more"):
        models.mlp(784)


def test_logistic_regression_learns_signs() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(200, 2))
    labels = (inputs @ [1.0, -2.0] > 0.3).astype(int)
    model = models.logistic_regression(2, rng=0, dtype=np.float64)
    for _ in range(200):
        model.zero_grad()
        nn.binary_cross_entropy_with_logits(model(inputs), labels).backward()
        for parameter in model.parameters():
            parameter.data -= parameter.grad.data
            parameter.written("a step")
    assert nn.accuracy(model(inputs), labels).item() > 0.97


def test_hidden_activations_can_be_chosen() -> None:
    assert [type(layer).__name__ for layer in models.mlp(4, 3, 2, 1, activation=nn.Tanh)] == [
        "Flatten", "Linear", "Tanh", "Linear", "Tanh", "Linear",
    ]  # fmt: skip


def test_an_lstm_reads_the_rows_of_all_channels() -> None:
    images = np.random.default_rng(0).random((2, 3, 5, 4), np.float32)
    rows = np.concatenate([images[:, channel] for channel in range(3)], axis=-1)
    model = models.RowLSTM(12, 8, 3, rng=0)
    np.testing.assert_array_equal(model(images).data, model(rows).data)


# Models of text


def test_scores_depend_on_what_came_before_alone() -> None:
    changed = TEXTS.copy()
    changed[:, 4] = (changed[:, 4] + 1) % 11
    for model in (models.CharacterLSTM(11, 16, rng=0), models.Transformer(11, 7, 16, 2, rng=0)):
        before, after = model(TEXTS).data, model(changed).data
        np.testing.assert_allclose(after[:, :4], before[:, :4], atol=1e-6)
        assert all(not np.allclose(after[:, place], before[:, place]) for place in range(4, 7))


def test_a_text_goes_on_from_a_state() -> None:
    model = models.CharacterLSTM(11, 16, layers=2, rng=0)
    first, state = model.step(TEXTS[:, :3])
    second, _ = model.step(TEXTS[:, 3:], state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data], axis=1), model(TEXTS).data, atol=1e-6)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"Transformer\(length=5\) was given 7 characters: give it the last 5"):
        models.Transformer(11, 5, 16, 2, rng=0)(TEXTS)
