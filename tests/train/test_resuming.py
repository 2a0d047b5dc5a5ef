"""A run that was killed, at any moment, ends with the weights that it would have had, bit for bit."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difflab import optim, train
from difflab.errors import InvalidArgument
from difflab.train.checkpoints import load, save
from tests.train.interrupted import CHECKPOINT, EPOCHS, STEPS, Mortal, dataset, run

ROOT = Path(__file__).parents[2]


def killed(*words: str) -> None:
    """Run in a process of its own, which kills itself."""
    command = [sys.executable, "-m", "tests.train.interrupted", *words]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == -signal.SIGKILL, finished.stderr


def bits(fit: train.Fit) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in fit.model.state_dict().items()}


def figures(fit: train.Fit) -> list[Any]:
    """Give all that was measured but the time."""
    return [fit.history.drop(columns=["examples/s", "seconds"]).to_numpy().tolist(), fit.steps.to_numpy().tolist()]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> train.Fit:
    return run(tmp_path_factory.mktemp("uninterrupted"))


@pytest.mark.parametrize(
    ("how", "number", "saved"),
    [
        ("step", 10, 8),  # in the middle of the second epoch, after a step that was not saved
        ("step", 11, 10),  # in the first step of the third epoch
        ("save", 6, 8),  # with the checkpoint after step 10 half written
    ],
)
def test_a_killed_run_ends_with_the_same_bits(
    how: str, number: int, saved: int, tmp_path: Path, uninterrupted: train.Fit
) -> None:
    killed(how, str(number), str(tmp_path))
    assert len(load(tmp_path / CHECKPOINT)["history"]["steps"]["step"]) == saved
    calls: list[int] = []
    resumed = run(tmp_path, calls.append, resume=True)
    assert len(calls) == EPOCHS * STEPS - saved
    assert bits(resumed) == bits(uninterrupted)
    assert figures(resumed) == figures(uninterrupted)


def test_without_its_random_state_it_would_not(tmp_path: Path, uninterrupted: train.Fit) -> None:
    run(tmp_path, epochs=2)
    state = dict(load(tmp_path / CHECKPOINT))
    state["learner"]["generators"] = {
        name: np.random.default_rng(9).bit_generator.state for name in state["learner"]["generators"]
    }
    save(tmp_path / CHECKPOINT, state)
    assert bits(run(tmp_path, resume=True)) != bits(uninterrupted)


def test_more_epochs_go_on_from_a_finished_run(tmp_path: Path, uninterrupted: train.Fit) -> None:
    run(tmp_path, epochs=2)
    assert bits(run(tmp_path, resume=tmp_path / CHECKPOINT)) == bits(uninterrupted)


def test_a_finished_run_is_given_as_it_ended(tmp_path: Path, uninterrupted: train.Fit) -> None:
    run(tmp_path)
    calls: list[int] = []
    again = run(tmp_path, calls.append, resume=True)
    assert calls == []
    assert bits(again) == bits(uninterrupted)
    assert figures(again) == figures(uninterrupted)


def test_without_a_checkpoint_it_begins_and_without_resume_it_begins_anew(
    tmp_path: Path, uninterrupted: train.Fit
) -> None:
    assert bits(run(tmp_path, resume=True)) == bits(uninterrupted)
    calls: list[int] = []
    run(tmp_path, calls.append)
    assert len(calls) == EPOCHS * STEPS


def test_it_says_where_it_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, epochs=2)
    run(tmp_path, epochs=3, resume=True, progress=True)
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"Going on from {tmp_path / CHECKPOINT}, after step {2 * STEPS}."
    assert second.startswith("epoch 3/3  ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"batch_size": 10}, r"batch_size was 20 there and is 10 here"),
        ({"seed": 1}, r"seed was 0 there and is 1 here"),
        ({"metric": None}, r"The history has the columns .*give the same metric"),
        ({"schedule": optim.StepDecay(0.1, every=2)}, r"schedule was 'WarmUp' there and is 'StepDecay' here"),
    ],
)
def test_a_checkpoint_of_another_run_is_a_sentence(settings: dict[str, Any], words: str, tmp_path: Path) -> None:
    run(tmp_path, epochs=1, early_stopping=None)
    with pytest.raises(InvalidArgument, match=rf"{CHECKPOINT} is of another run.*{words}"):
        run(tmp_path, resume=True, early_stopping=None, **settings)


def test_a_checkpoint_of_another_model_or_optimizer_is_a_sentence(tmp_path: Path) -> None:
    run(tmp_path, epochs=1)
    model = Mortal(lambda step: None)
    settings = {"batch_size": 20, "resume": tmp_path / CHECKPOINT, "progress": False}
    for changed, words in (
        ({"optimizer": optim.SGD(model.parameters())}, "optimizer was 'AdamW' there and is 'SGD' here"),
        ({"optimizer": optim.AdamW(list(model.parameters())[:2])}, "The entry counts of the state of AdamW"),
    ):
        schedule = optim.WarmUp(3, then=0.1)
        with pytest.raises(InvalidArgument, match=words):
            train.fit(model, dataset(), schedule=schedule, **settings, **changed)
    model.layers.append(model.layers[1])
    model.layers[0].weight.data = model.layers[0].weight.data.astype(np.float64)
    with pytest.raises(InvalidArgument, match=r"is of another run\. The state does not fit Mortal: .*float64"):
        train.fit(model, dataset(), optimizer=optim.AdamW(model.parameters()), schedule=schedule, **settings)
