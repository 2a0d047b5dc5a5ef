"""Each experiment runs in part: its claims hold, it writes what it found, and a claim that fails is seen."""

import doctest
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from difflab import nn, optim
from experiments import batch_size, linear_regression, logic_gates, mnist_images, mnist_rows, optimizers, regression
from experiments import universal_approximation as approximation
from experiments import vanishing_gradients as vanishing
from experiments.findings import Findings, figure, file_name, main
from tests.conftest import peer
from tests.data.idx_files import write_set
from tests.data.real_files import real_folder

FOLDER = Path(mnist_images.__file__).parent
EXPERIMENTS = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "findings"}
ELSEWHERE = {"planted_faults", "training_speed", "compiled_gradients", "mnist_images", "mnist_rows"}
"""Those with tests of their own."""
LONG = {"character_text"}
SMALL = {"softmax regression": mnist_images.NETWORKS["softmax regression"]}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small products of matrices wait long for a second thread where tests share the cores."""
    with threadpool_limits(1, "blas"):
        yield


def marked(name: str) -> Any:
    return pytest.param(name, marks=pytest.mark.slow) if name in LONG else name


def check_written(findings: Findings, folder: Path) -> None:
    """Write what was found, and see that it is there and readable."""
    report = findings.write(folder, {"command": "a test"}).read_text(encoding="utf-8")
    assert findings.tables
    for caption, frame in findings.tables.items():
        assert f"## {caption}" in report
        assert not frame.isna().any(axis=None)
        assert len(pd.read_csv(folder / f"{file_name(caption)}.csv")) == len(frame) > 0
    for name in findings.figures:
        assert f"![{name}]({name}.svg)" in report
        assert (folder / f"{name}.svg").read_text(encoding="utf-8").endswith("</svg>\n")
    for sentence, holds in findings.claims:
        assert f"- {'Holds' if holds else '**Does not hold**'}: {sentence}" in report
    assert "- command: a test" in report


@pytest.mark.parametrize("name", [marked(name) for name in sorted(EXPERIMENTS - ELSEWHERE)])
def test_claims_hold_and_are_written(name: str, tmp_path: Path) -> None:
    findings = import_module(f"experiments.{name}").run(quick=True)
    assert findings.unmet == []
    assert findings.figures
    check_written(findings, tmp_path)


@pytest.mark.parametrize("name", sorted(EXPERIMENTS))
def test_an_experiment_is_one_short_file(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 100
    assert (
        lines[-2:] == ['if __name__ == "__main__":', f'    sys.exit(main("{name}", run))'] or name == "planted_faults"
    )


@pytest.mark.slow
@pytest.mark.parametrize("experiment", [mnist_images, mnist_rows])
def test_the_real_mnist_is_learned(experiment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIFFLAB_DATA", str(real_folder()))
    findings = experiment.run(quick=True)
    assert findings.unmet == []
    assert (findings.tables["After the last epoch"]["test accuracy"] > 0.2).all()
    check_written(findings, tmp_path)


@pytest.mark.slow
@pytest.mark.peers
def test_training_steps_are_timed_in_every_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the times are is for a machine that does nothing else."""
    for package in ("torch", "mygrad", "autograd"):
        peer(package)
    monkeypatch.delenv("CHAINER_PYTHON", raising=False)
    findings = import_module("experiments.training_speed").run(quick=True)
    frame = findings.tables["All figures"]
    assert frame.groupby("network").engine.nunique().tolist() == [5] * 5
    assert (frame[["fastest", "median", "ratio"]] > 0).all(axis=None)
    assert len(findings.claims) == 16
    check_written(findings, tmp_path)


# Planted faults


def random_gradient(generator: np.random.Generator) -> Callable[..., Any]:
    return lambda model, inputs, labels: generator.standard_normal(5)


def wrong_steps(inputs: Any, targets: Any, steps: int) -> Any:
    return BY_HAND(inputs, targets * (1 + 1e-9), steps)


BY_HAND = linear_regression.by_hand
FITTED = regression.fitted


@pytest.mark.parametrize(
    ("experiment", "name", "fault", "unmet"),
    [
        (batch_size, "flat_gradient", random_gradient(np.random.default_rng(0)), "the variance goes as B to the power"),
        (linear_regression, "by_hand", wrong_steps, "the largest gap between the two in any step"),
        (
            regression,
            "fitted",
            lambda inputs, targets, classes: FITTED(inputs, targets[::-1], classes),
            "(logistic|softmax): .*: the objective ends within 1e-6",
        ),
        (approximation, "approximated", lambda *_: (1.0, np.zeros(1001)), "the largest error falls"),
    ],
    ids=["batch_size", "linear_regression", "regression", "universal_approximation"],
)
def test_a_fault_in_a_part_is_seen(
    experiment: Any, name: str, fault: Any, unmet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, name, fault)
    found = experiment.run(quick=True).unmet
    assert found
    assert all(re.match(unmet, sentence) for sentence in found)


@pytest.mark.parametrize(
    ("experiment", "table", "entry", "fault", "unmet"),
    [
        (logic_gates, "GATES", "exclusive or", logic_gates.GATES["or"], "one neuron does not learn exclusive or"),
        (
            vanishing,
            "ACTIVATIONS",
            "sigmoid, Xavier",
            (nn.Tanh, nn.initializers.xavier_normal),
            "sigmoid, Xavier: each layer leaves under 1/3",
        ),
        (
            optimizers,
            "CURVATURE",
            "Newton",
            lambda parameters, iterations: optim.SGD(parameters, rate=1e-3),
            "Newton reaches the bottom of the valley",
        ),
    ],
    ids=["logic_gates", "vanishing_gradients", "optimizers"],
)
def test_a_fault_in_a_table_is_seen(
    experiment: Any, table: str, entry: str, fault: Any, unmet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(getattr(experiment, table), entry, fault)
    (sentence,) = experiment.run(quick=True).unmet
    assert sentence.startswith(unmet)


def test_images_that_are_not_learned_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path, training=20, test=20)
    monkeypatch.setenv("DIFFLAB_DATA", str(tmp_path))
    findings = mnist_images.findings_of("Noise", "Images of noise.", SMALL, quick=False)
    (sentence,) = findings.unmet
    assert re.fullmatch(r"softmax regression: \d+\.\d\d% of the test images right, 92\.0% required", sentence)
    check_written(findings, tmp_path / "results")


def found(quick: bool, holds: bool) -> Findings:
    findings = Findings("A title", "What was done.")
    findings.claim("one is one", True)
    findings.claim(f"one is two{', quickly' if quick else ''}", holds)
    findings.tables["Numbers: some"] = pd.DataFrame({"number": [1.5]})
    findings.figures["empty"] = figure()
    return findings


@pytest.mark.parametrize(("options", "sentence"), [([], "one is two"), (["--quick"], "one is two, quickly")])
@pytest.mark.parametrize("holds", [True, False])
def test_a_command_fails_where_a_claim_does_not_hold(
    options: list[str], sentence: str, holds: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(quick: bool) -> Findings:
        return found(quick, holds)

    assert main("example", run, ["--output", str(tmp_path), *options]) == (0 if holds else 1)
    written = capsys.readouterr()
    assert written.out == f"Report: {tmp_path / 'report.md'}\n"
    assert written.err == ("" if holds else f"This does not hold: {sentence}\n")
    assert {path.name for path in tmp_path.iterdir()} == {"report.md", "numbers.csv", "empty.svg"}
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert f"- {'Holds' if holds else '**Does not hold**'}: {sentence}" in report
    assert f"- command: python -m experiments.example --output {tmp_path}" in report


def test_bad_input_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("example", partial(found, holds=True), ["--slow"]) == 2
    assert "--slow" in capsys.readouterr().err


def test_examples_run() -> None:
    results = doctest.testmod(import_module("experiments.findings"))
    assert (results.failed, results.attempted) == (0, 2)
