"""A line an epoch everywhere, a bar in a terminal alone."""

import io

import pytest
from rich.console import Console

from difflab.train import progress
from difflab.train.progress import Progress, duration

ROW = {
    "epoch": 1,
    "steps": 10,
    "training loss": 1.25,
    "test loss": 0.5,
    "test accuracy": 0.9876,
    "rate": 0.1,
    "examples/s": 12345.6,
    "seconds": 75.0,
}
LINE = "epoch 1/2  training loss 1.25  test loss 0.5  test accuracy 98.76%  12,346 examples/s  1:15\n"


def shown(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """Show a run of two epochs of ten steps, its clock a second a step, and give what was written."""
    clock = iter(range(1, 100))
    monkeypatch.setattr(progress, "perf_counter", lambda: float(next(clock)))
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    with Progress(2, 10, console) as bar:
        for step in range(1, 21):
            bar.step(step, 1 / step, 5000.0)
            if step % 10 == 0:
                bar.epoch(ROW | {"epoch": step // 10})
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_where_there_is_no_terminal_there_are_lines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(False, monkeypatch) == LINE + LINE.replace("epoch 1", "epoch 2")


def test_a_terminal_has_a_bar_with_loss_metric_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(True, monkeypatch)
    assert LINE in text.replace("\r", "")
    assert "loss 0.0625  test accuracy 98.76%  5,000 examples/s  4.0 s left" in text  # after the sixteenth
    assert "loss 0.25  5,000 examples/s  16.0 s left" in text  # after the fourth step of twenty
    assert "epoch 2/2" in text
    assert "epoch 3/2" not in text


def test_nothing_is_shown_without_a_console(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1, 1, None) as bar:
        bar.step(1, 1.0, 1.0)
        bar.epoch(ROW)
        bar.say("a sentence")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1:00"), (3599.7, "1:00:00"), (36061, "10:01:01")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
