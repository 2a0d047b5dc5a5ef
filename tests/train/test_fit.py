"""Training does what a plain loop does, measures what it says, and whatever ends it, what was measured is written."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from difflab import data, nn, optim, train
from difflab.errors import InvalidArgument
from difflab.nn.losses import cross_entropy, mean_squared_error
from difflab.train.checkpoints import load
from difflab.types import Array
from tests.train.interrupted import dataset


def linear(seed: int = 1) -> nn.Linear:
    return nn.Linear(8, 3, rng=seed)


def fit(model: nn.Module, **settings: Any) -> train.Fit:
    arguments = {"data": dataset(), "epochs": 2, "batch_size": 20, "progress": False, **settings}
    return train.fit(model, arguments.pop("data"), **arguments)


def weights(model: nn.Module) -> list[Array]:
    return list(model.state_dict().values())


# Steps


def test_it_trains_as_a_loop_by_hand_does() -> None:
    """Softmax regression by Adam, with the gradient's closed form, on the same batches."""
    model = linear()
    training = dataset().training
    inputs = np.column_stack([training.inputs, np.ones(90)])
    weight = np.column_stack(weights(model)).astype(float)
    first, second = np.zeros_like(weight), np.zeros_like(weight)
    losses: list[float] = []
    for epoch in range(2):
        order = np.random.default_rng([7, epoch]).permutation(90)
        for begin in range(0, 90, 20):
            x, labels = (array[order[begin : begin + 20]] for array in (inputs, training.labels))
            probabilities = np.exp(x @ weight.T) / np.sum(np.exp(x @ weight.T), axis=1, keepdims=True)
            losses.append(-np.mean(np.log(probabilities[np.arange(len(x)), labels])))
            gradient = (probabilities - np.eye(3)[labels]).T @ x / len(x)
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            corrected = first / (1 - 0.9 ** len(losses)), second / (1 - 0.999 ** len(losses))
            weight -= 0.001 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    trained = fit(model, seed=7)
    assert trained.steps["loss"].tolist() == pytest.approx(losses, rel=1e-5)
    np.testing.assert_allclose(np.column_stack(weights(model)), weight, rtol=0, atol=1e-5)


def test_a_seed_decides_all() -> None:
    runs = [fit(linear(), seed=seed) for seed in (3, 3, 4)]
    first, same, other = (weights(run.model)[0].tobytes() for run in runs)
    assert first == same != other


def test_the_schedule_gives_the_rate_of_each_step() -> None:
    schedule = optim.CosineDecay(0.1, steps=10)
    trained = fit(linear(), schedule=schedule)
    assert trained.steps["rate"].tolist() == [schedule(step) for step in range(10)]
    assert trained.history["rate"].tolist() == [schedule(4), schedule(9)]


@pytest.mark.parametrize("clip", [None, 0.125])
def test_the_gradient_is_clipped(clip: float | None) -> None:
    model = linear()
    before = weights(model)
    ones = np.ones((1, 8), np.float32)
    label = np.argmin(model(ones).data, axis=1)  # p ≤ ⅓, so that the norm is 3 · ⅔ at least: of 8 inputs and a bias
    one = data.Dataset("one", data.Examples(ones, label), dataset().test, classes=3)
    fit(model, data=one, epochs=1, optimizer=optim.SGD(model.parameters(), rate=1.0), clip=clip)
    norm = np.sqrt(sum(np.sum((new - old) ** 2) for new, old in zip(weights(model), before, strict=True)))
    assert norm == pytest.approx(clip, rel=1e-5) if clip else norm > 2


def test_the_model_trains_and_is_judged_in_the_right_mode() -> None:
    class Watched(nn.Linear):
        seen: ClassVar[list[tuple[bool, int]]] = []

        def forward(self, x: Array) -> Array:
            self.seen.append((self.training, len(x)))
            return super().forward(x)

    trained = fit(Watched(8, 3, rng=1), epochs=1)
    assert Watched.seen == [*[(True, 20)] * 4, (True, 10), (False, 30)]
    assert not trained.model.training


def test_values_are_learned_as_well_as_classes() -> None:
    random = np.random.default_rng(1)
    inputs = random.random((200, 3))
    line = data.arrays(inputs, inputs @ [[1.0], [2.0], [3.0]] + 0.5)
    model = nn.Linear(3, 1, rng=0, dtype=np.float64)
    optimizer = optim.Adam(model.parameters(), rate=0.1)
    trained = fit(model, data=line, loss=mean_squared_error, metric=None, optimizer=optimizer, epochs=60)
    np.testing.assert_allclose(model.weight.data, [[1, 2, 3]], atol=0.02)
    assert [name for name in trained.history if "test" in name] == ["test loss"]


# Figures


def test_the_figures_of_an_epoch_are_those_of_the_model_after_it() -> None:
    trained = fit(linear())
    row = trained.history.iloc[-1]
    test = dataset().test
    scores = test.inputs.astype(float) @ trained.model.weight.data.T + trained.model.bias.data
    probabilities = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    assert row["test loss"] == pytest.approx(-np.mean(np.log(probabilities[np.arange(30), test.labels])), rel=1e-5)
    assert row["test accuracy"] == pytest.approx(np.mean(scores.argmax(axis=1) == test.labels), rel=1e-6)
    assert (row["epoch"], row["steps"]) == (2, 10)
    last = trained.steps[trained.steps["epoch"] == 2]
    assert last["examples"].tolist() == [20, 20, 20, 20, 10]
    assert row["training loss"] == pytest.approx(np.average(last["loss"], weights=last["examples"]), rel=1e-12)
    assert (trained.history["seconds"].diff().iloc[1:] > 0).all()


def test_an_evaluation_weighs_its_batches_by_their_examples() -> None:
    examples = data.Examples(np.arange(1001.0)[:, None], np.arange(1001))
    (mean,) = train.evaluate(nn.Sequential(), examples, lambda outputs, labels: np.mean(outputs.data))
    assert mean == pytest.approx(500.0, rel=1e-12)


def test_a_plot_has_the_losses_and_the_metric(tmp_path: Path) -> None:
    trained = fit(linear(), epochs=3, plot=tmp_path / "loss.png")
    losses, metric = trained.plot().axes
    drawn = {line.get_label(): line.get_ydata() for line in losses.get_lines()}
    np.testing.assert_array_equal(drawn["test"], trained.history["test loss"])
    np.testing.assert_array_equal(drawn["training, epochs"], trained.history["training loss"])
    np.testing.assert_array_equal(drawn["training, steps"], trained.steps["loss"])
    np.testing.assert_array_equal(metric.get_lines()[0].get_ydata(), trained.history["test accuracy"])
    assert (losses.get_yscale(), metric.get_title()) == ("log", "test accuracy")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_a_line_an_epoch_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    fit(linear(), epochs=3, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]


def test_no_thread_is_left() -> None:
    before = set(threading.enumerate())  # others' threads may stay, such as the compiler's
    fit(linear())
    assert set(threading.enumerate()) <= before


# Early stopping


def scripted(*values: float) -> Callable[[Any, Any], float]:
    """Make a metric that gives these values, one an epoch."""
    left: Iterator[float] = iter(values)
    return lambda outputs, labels: next(left)


@pytest.mark.parametrize(
    ("values", "settings", "epochs", "best"),
    [
        ([0.5, 0.7, 0.6, 0.7, 0.9], {"patience": 2}, 4, 2),  # as good is not better
        ([0.5, 0.7, 0.6, 0.8, 0.7, 0.7], {"patience": 2}, 6, 4),  # the count begins anew
        ([0.5, 0.6, 0.65, 0.9], {"patience": 2, "margin": 0.2}, 3, 1),
        ([0.1, 0.2, 0.3], {"patience": 1}, 3, 3),  # all epochs are made
    ],
)
def test_it_stops_early_with_the_weights_of_the_best_epoch(
    values: list[float], settings: dict[str, Any], epochs: int, best: int
) -> None:
    rule = train.EarlyStopping(watch="metric", **settings)
    stopped = fit(linear(), metric=scripted(*values), early_stopping=rule, epochs=len(values))
    assert len(stopped.history) == epochs
    assert stopped.stopped_early == (epochs - best == rule.patience)
    until_best = fit(linear(), epochs=best)
    assert weights(stopped.model)[0].tobytes() == weights(until_best.model)[0].tobytes()


def test_a_loss_that_grows_stops_it() -> None:
    model = linear()
    diverging = optim.SGD(model.parameters(), rate=30.0)
    stopped = fit(model, optimizer=diverging, epochs=50, early_stopping=train.EarlyStopping(patience=2))
    best = stopped.history["test loss"].idxmin()
    assert len(stopped.history) == best + 3 < 50
    assert train.evaluate(model, dataset().test, cross_entropy)[0] == stopped.history["test loss"][best]


# Ends before its time


def test_a_loss_that_is_not_finite_stops_with_its_step(tmp_path: Path) -> None:
    class Failing(nn.Linear):
        calls = 0

        def forward(self, x: Array) -> Array:
            self.calls += 1
            return super().forward(x) * (np.nan if self.calls == 9 else 1.0)  # 5 steps, a judgement, and 3 steps

    files = {name: tmp_path / f"{name}.{kind}" for name, kind in (("history", "csv"), ("plot", "svg"))}
    checkpoint = tmp_path / "run.safetensors"
    model = Failing(8, 3, rng=1)
    with pytest.raises(train.Diverged, match=r"The loss is nan in step 8, in epoch 2\. Lower the rate") as caught:
        fit(model, checkpoint=checkpoint, checkpoint_steps=1, **files)
    assert (len(caught.value.history), len(caught.value.steps)) == (1, 7)
    assert len(pd.read_csv(files["history"])) == 1
    assert "<svg" in files["plot"].read_text()
    saved = load(checkpoint)["learner"]["model"]
    assert all(array.tobytes() == saved[name].tobytes() for name, array in model.state_dict().items())


def test_a_test_loss_that_is_not_finite_stops_before_it_is_saved(tmp_path: Path) -> None:
    class Failing(nn.Linear):
        def forward(self, x: Array) -> Array:
            return super().forward(x) * (1.0 if self.training else np.inf)

    with np.errstate(invalid="ignore"), pytest.raises(train.Diverged, match=r"The test loss is nan after epoch 1\."):
        fit(Failing(8, 3, rng=1), checkpoint=tmp_path / "run.safetensors")
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_what_was_measured_and_says_how_to_go_on(tmp_path: Path) -> None:
    class Interrupting(nn.Linear):
        calls = 0

        def forward(self, x: Array) -> Array:
            self.calls += 1
            if self.calls == 9:
                raise KeyboardInterrupt
            return super().forward(x)

    settings = {"checkpoint": tmp_path / "run.safetensors", "history": tmp_path / "history.csv", "checkpoint_steps": 2}
    with pytest.raises(train.Interrupted) as caught:
        fit(Interrupting(8, 3, rng=1), **settings)
    assert str(caught.value) == (
        f"Interrupted after step 7. What was measured is in {tmp_path / 'history.csv'}. Resume to go on after step "
        f"6, from {tmp_path / 'run.safetensors'}."
    )
    assert len(caught.value.steps) == 7
    assert len(pd.read_csv(settings["history"])) == 1


def test_a_plot_can_be_drawn_before_the_first_epoch_ends(tmp_path: Path) -> None:
    class Interrupting(nn.Linear):
        def forward(self, x: Array) -> Array:
            raise KeyboardInterrupt

    with pytest.raises(train.Interrupted, match=r"after step 0"):
        fit(Interrupting(8, 3), history=tmp_path / "history.csv", plot=tmp_path / "loss.svg")
    assert {one.name for one in tmp_path.iterdir()} == {"history.csv", "loss.svg"}


# What cannot be


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"data": np.ones(3)}, "The data are a ndarray: make a Dataset, as difflab.data.arrays does"),
        ({"epochs": 0}, "epochs=0: give a whole number"),
        ({"epochs": 1.5}, "epochs=1.5: give a whole number"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"clip": -1.0}, "clip=-1.0: give a positive norm"),
        ({"optimizer": optim.LBFGS(linear().parameters())}, "LBFGS takes the same loss many times a step"),
        ({"optimizer": optim.Adam(linear().parameters())}, "The optimizer has parameters that the model lacks"),
        ({"loss": lambda y, labels: cross_entropy(y, labels, reduction="none")}, r"gave values of shape \(20,\)"),
        ({"metric": lambda y, labels: labels}, r"lambda gave values of shape \(30,\): let it give their mean"),
        ({"plot": "loss.txt"}, r"plot loss.txt: name a file that ends in .svg, .png, .pdf"),
        ({"history": "nowhere/history.csv"}, "history nowhere/history.csv: that is a folder, or in none"),
        ({"checkpoint": "."}, "checkpoint .: that is a folder"),
        ({"checkpoint_steps": 5}, "checkpoint_steps=5 without a checkpoint"),
        ({"checkpoint": "run.safetensors", "checkpoint_steps": 0}, "checkpoint_steps=0: give a whole number"),
        ({"resume": True}, "resume=True goes on from the checkpoint: name it"),
        ({"resume": "nowhere.safetensors"}, "nowhere.safetensors: cannot read a checkpoint there"),
    ],
)
def test_bad_arguments_are_sentences(
    settings: dict[str, Any], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidArgument, match=words.replace(".", r"\.") if "(" not in words else words):
        fit(linear(), **settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"patience": 0}, "patience=0"),
        ({"patience": 1.5}, "patience=1.5"),
        ({"watch": "accuracy"}, "watch='accuracy' of early stopping: watch 'loss' or 'metric'"),
        ({"margin": -0.1}, "margin=-0.1"),
        ({"margin": np.nan}, "margin=nan"),
    ],
)
def test_a_bad_rule_of_early_stopping_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(words)):
        train.EarlyStopping(**settings)


def test_a_metric_that_is_missing_cannot_be_watched() -> None:
    with pytest.raises(InvalidArgument, match=r"watches the metric, and there is none"):
        fit(linear(), metric=None, early_stopping=train.EarlyStopping(watch="metric"))
