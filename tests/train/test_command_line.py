"""The command trains what it is told to, writes what it measured, and says what is wrong in one line."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info

from difflab.train import command_line
from difflab.train.checkpoints import load
from difflab.train.choices import OPTIMIZERS, SCHEDULES, schedule
from difflab.train.command_line import main

SMALL = ["--model", "softmax_regression"]
WRITTEN = {"history.csv", "loss.svg", "run.safetensors"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_default_command_learns_the_digits() -> None:
    assert main([]) == 0
    written = Path("difflab-training")
    assert {one.name for one in written.iterdir()} == WRITTEN
    assert pd.read_csv(written / "history.csv")["test accuracy"].iloc[-1] >= 0.97


def test_it_says_what_was_reached_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--epochs", "2", "--output", "here"]) == 0
    written = capsys.readouterr()
    first, second, reached, where = written.out.splitlines()
    assert first.startswith("epoch 1/2  training loss ")
    assert second.startswith("epoch 2/2  training loss ")
    assert re.fullmatch(r"Test accuracy \d\d\.\d\d% after 2 epochs, \d+\.\d s in all\.", reached)
    assert where == "Written into here: history.csv, loss.svg, run.safetensors."
    assert written.err == ""


def test_the_options_reach_the_training() -> None:
    options = "--epochs 2 --batch 400 --optimizer sgd --rate 0.5 --schedule cosine --seed 3 --output here"
    assert main([*SMALL, *options.split()]) == 0
    description = load(Path("here/run.safetensors"))["description"]
    assert description["optimizer"] == "SGD"
    assert (description["schedule"], description["batch_size"], description["seed"]) == ("CosineDecay", 400, 3)
    history = pd.read_csv("here/history.csv")
    assert history["steps"].tolist() == [4, 8]
    assert history["rate"].iloc[-1] == pytest.approx(0.25 * (1 + np.cos(np.pi * 7 / 8)), rel=1e-12)


def test_it_resumes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--epochs", "1"]) == 0
    assert main([*SMALL, "--epochs", "2", "--resume"]) == 0
    assert "Going on from difflab-training/run.safetensors, after step 90." in capsys.readouterr().out
    assert main([*SMALL, "--epochs", "2", "--output", "at once"]) == 0
    runs = [load(Path(folder, "run.safetensors")) for folder in ("difflab-training", "at once")]
    resumed, at_once = (run["learner"]["model"]["1.weight"].tobytes() for run in runs)
    assert resumed == at_once


def test_idx_files_in_a_folder_are_trained_on() -> None:
    random = np.random.default_rng(0)
    for part, count in (("train", 60), ("t10k", 20)):
        labels = random.integers(0, 10, count, np.uint8)
        images = np.zeros((count, 4, 4), np.uint8)
        images.reshape(count, 16)[np.arange(count), labels] = 255
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            Path(f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(head + array.tobytes()))
    options = "--data mnist --folder . --batch 10 --epochs 30 --rate 0.1 --output here"
    assert main([*SMALL, *options.split()]) == 0
    assert pd.read_csv("here/history.csv")["test accuracy"].iloc[-1] == 1.0


def test_a_text_is_trained_on() -> None:
    Path("text.txt").write_text("abcdefgh" * 200)
    options = ["--threads", "1", "--batch", "5", "--epochs", "5", "--rate", "0.01", "--output", "here"]
    assert main(["--model", "transformer", "--data", "text.txt", *options]) == 0
    assert pd.read_csv("here/history.csv")["test accuracy"].iloc[-1] > 0.9


@pytest.mark.parametrize(("options", "threads"), [([], 1), (["--threads", "2"], 2)])
def test_small_products_are_not_shared_unless_asked(
    options: list[str], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Seen(Exception):
        pass

    def fit(*arguments: object, **settings: object) -> None:
        raise Seen({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})

    monkeypatch.setattr(command_line, "fit", fit)
    before = threadpool_info()
    with pytest.raises(Seen) as seen:
        main([*SMALL, *options])
    assert seen.value.args == ({threads},)
    assert all(library in threadpool_info() for library in before)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3, 10, 1000])
def test_each_schedule_suits_each_length(name: str, steps: int) -> None:
    made = schedule(name, 0.1, steps)
    assert made is None if name == "constant" else all(0 <= made(step) <= 0.1 for step in range(steps))  # type: ignore[misc]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimizer_learns(name: str) -> None:
    assert main([*SMALL, "--optimizer", name, "--epochs", "3", "--batch", "20"]) == 0
    losses = pd.read_csv("difflab-training/history.csv")["test loss"]
    assert losses.iloc[-1] < losses.iloc[0] < np.log(10) + 0.5


def test_all_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Models: softmax_regression, mlp, lenet5, convnet, resnet18, row_lstm, character_lstm, transformer",
        "Data: digits, mnist, fashion_mnist, kmnist, path/to/text.txt",
        "Optimizers: sgd, adagrad, rmsprop, adam, adamw",
        "Schedules: constant, step, exponential, cosine, warm_up, one_cycle",
    ]
    assert not Path("difflab-training").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--model perceptron", "There is no model 'perceptron': choose one of softmax_regression, mlp"),
        ("--model lenet5", "LeNet5 was asked for images of 8 × 8"),
        ("--model transformer", "takes texts as characters"),
        ("--data cifar", "There is no data set 'cifar': choose digits, mnist"),
        ("--data missing.txt", "missing.txt cannot be read"),
        ("--data mnist --folder nowhere", "The folder nowhere does not exist"),
        ("--data mnist --folder .", "has no files of mnist"),
        ("--folder .", "--folder . is for mnist, fashion_mnist, kmnist: leave it out"),
        ("--epochs 0", "argument --epochs: 0 is not a whole number, 1 or more"),
        ("--epochs -1", "-1 is not a whole number"),
        ("--batch 0", "argument --batch: 0 is not a whole number, 1 or more"),
        ("--threads 0", "argument --threads: 0 is not a whole number, 1 or more"),
        ("--rate 0", "0 is not a positive number"),
        ("--rate nan", "nan is not a positive number"),
        ("--optimizer lbfgs", "There is no optimizer 'lbfgs': choose one of sgd"),
        ("--schedule linear", "There is no schedule 'linear': choose one of constant"),
        ("--seed 1.5", "1.5 is not a whole number"),
        ("--device cuda", "The device 'cuda' cannot be used"),
        ("--output file/here", "--output file/here: cannot write there: Not a directory"),
        ("--speed 9", "unrecognized arguments: --speed 9"),
        ("--resume --batch 50 --epochs 1 --model softmax_regression --output there", "batch_size was 16 there"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: str, words: str, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    Path("file").touch()
    if "there" in arguments:
        main([*SMALL, "--epochs", "1", "--output", "there"])
        capsys.readouterr()
    assert main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("difflab.train: ")
    assert written.err.count("\n") == 1
    assert words in written.err


def test_a_run_that_diverges_is_status_1_with_its_history(capsys: pytest.CaptureFixture[str]) -> None:
    with np.errstate(all="ignore"):
        assert main(["--optimizer", "sgd", "--rate", "1e30"]) == 1
    error = capsys.readouterr().err
    assert re.fullmatch(r"difflab\.train: The loss is (nan|inf) in step \d+, in epoch 1\. Lower the rate, .*\n", error)
    assert Path("difflab-training/history.csv").read_text().count("\n") == 1
    assert Path("difflab-training/loss.svg").exists()


def test_ctrl_c_is_status_130_and_says_what_is_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupting(command_line.Module):
        calls = 0

        def __init__(self) -> None:
            self.layer = command_line.models.softmax_regression(64, 10, rng=0)

        def forward(self, x: object) -> object:
            self.calls += 1
            if self.calls == 95:
                raise KeyboardInterrupt
            return self.layer(x)

    monkeypatch.setattr(command_line.models, "get", lambda name: lambda shape, classes, seed: Interrupting())
    assert main(["--epochs", "3"]) == 130
    assert capsys.readouterr().err == (
        "difflab.train: Interrupted after step 93. What was measured is in difflab-training/history.csv and "
        "difflab-training/loss.svg. Resume to go on after step 90, from difflab-training/run.safetensors.\n"
    )


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "difflab.train", *SMALL, "--epochs", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("epoch 1/1  training loss ")
