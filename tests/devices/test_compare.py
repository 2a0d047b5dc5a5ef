"""The comparison on two devices, one of them the stand-in, in its measuring process."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from difflab.compare import run
from difflab.compare.case import Case
from difflab.compare.command_line import main
from difflab.compare.plan import Request, Task, make_plan
from difflab.compare.worker import COMPILING_SECONDS, Budget, Outcome, Worker
from tests.devices.fake_cupy import FakeCuPy

CUPY = """
import sys
from tests.devices.fake_cupy import FakeCuPy
sys.modules.update(FakeCuPy().modules())
"""


@pytest.fixture
def machine(cupy: FakeCuPy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCuPy:
    """Give a machine whose measuring process has two GPUs, too."""
    (tmp_path / "cupy.py").write_text(CUPY)
    monkeypatch.syspath_prepend(tmp_path)
    return cupy


def figures(frame: pd.DataFrame, metric: str) -> pd.Series:
    return frame[frame["metric"] == metric].set_index("method")["value"]


@pytest.fixture
def frame(machine: FakeCuPy) -> pd.DataFrame:
    return run(
        ["rosenbrock"], ["reverse", "central_difference"], devices=["cpu", "cuda"], dtypes=["float64", "float32"]
    )


def test_each_figure_of_both_devices_is_there(frame: pd.DataFrame) -> None:
    assert not frame.duplicated(["problem", "size", "method", "operator", "device", "dtype", "metric"]).any()
    assert set(frame["status"]) == {"ok"}
    for dtype in ("float64", "float32"):
        there = frame[(frame["device"] == "cuda") & (frame["dtype"] == dtype)]
        here = frame[(frame["device"] == "cpu") & (frame["dtype"] == dtype)]
        only_there = {"transfer", "difference from the CPU", "spread of ten runs", "times faster than the CPU"}
        assert set(there["metric"]) - set(here["metric"]) == only_there | {"size from which the device is faster"}
        assert (figures(there, "difference from the CPU") == 0).all()  # the stand-in computes by NumPy
        assert (figures(there, "spread of ten runs") == 0).all()
        assert figures(there, "function calls").to_dict() == {"reverse": 1, "central_difference": 1}
    assert frame.attrs["environment"]["cuda"].startswith(
        "Stand-in 0, 16 GiB, compute capability 9.0, driver for CUDA 13"
    )


def test_speed_is_the_ratio_of_the_times(frame: pd.DataFrame) -> None:
    times = frame[(frame["metric"] == "time") & (frame["dtype"] == "float64")].set_index(["method", "device"])["value"]
    ratios = frame[(frame["metric"] == "times faster than the CPU") & (frame["dtype"] == "float64")]
    for method, ratio in ratios.set_index("method")["value"].items():
        assert ratio == pytest.approx(times[method, "cpu"] / times[method, "cuda"])
    assert set(ratios["method"]) == {"function", "reverse", "central_difference"}


class Patient:
    """A worker that notes for how long it would wait for what, and refuses all."""

    def __init__(self) -> None:
        self.waited: list[tuple[str, str, float]] = []

    def call(self, task: Any, case: Case, method: str = "", *args: Any, seconds: float = 0.0) -> Outcome:
        self.waited.append((task.__name__, method, seconds))
        return Outcome("refused", reason="not now")


def test_the_first_call_on_a_device_has_time_to_compile_kernels(machine: FakeCuPy) -> None:
    (task,) = make_plan(Request(("rosenbrock",), ("forward", "reverse"), devices=("cuda",), metrics=("runtime",)))
    assert isinstance(task, Task)
    worker = Patient()
    too_much_for_the_cpu = {("results", "rosenbrock", "gradient", "cpu", "forward"): "accuracy of size 16"}
    list(task.measure(worker, too_much_for_the_cpu))  # type: ignore[arg-type]
    assert worker.waited[:2] == [("compile_kernels", name, COMPILING_SECONDS) for name in ("function", "reverse")]
    assert {seconds for *_, seconds in worker.waited[2:]} == {0.0}


def test_a_device_is_made_ready_before_the_first_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cupy.py").write_text(CUPY + f"open({str(tmp_path / 'loaded')!r}, 'w').close()")
    monkeypatch.syspath_prepend(tmp_path)
    with Worker(Budget(seconds=30), ["cuda"]) as worker:
        assert worker.call(math.sqrt, 4.0).ok
    assert (tmp_path / "loaded").exists()


@pytest.mark.parametrize(
    ("problem", "metric", "status", "reason"),
    [
        ("RIGHT", "difference from the CPU", "ok", ""),
        ("WRONG", "difference from the CPU", "wrong", "differs from the CPU by 1.0e-09 of its size, above the 1e-12"),
        ("RIGHT", "spread of ten runs", "ok", ""),
        ("UNSTEADY", "spread of ten runs", "ok", "runs differ from the first, by rounding"),
        ("UNRELIABLE", "spread of ten runs", "wrong", "runs differ from the first, by more than rounding"),
        ("LOST", "spread of ten runs", "wrong", "runs differ from the first, in shape, or in what is finite"),
        ("MIXED", "correct digits", "refused", "arrays on cuda:0"),
    ],
)
def test_what_goes_wrong_on_a_device_is_noticed(
    problem: str, metric: str, status: str, reason: str, machine: FakeCuPy
) -> None:
    from tests.devices import on_cupy

    found = run([getattr(on_cupy, problem)], ["forward"], devices=["cuda"], metrics=["accuracy"])
    (row,) = found[found["metric"] == metric].to_dict("records")
    assert (row["status"], reason in row["reason"]) == (status, True), row
    if problem == "UNSTEADY":
        assert 1e-16 < row["value"] < 1e-14


@pytest.mark.parametrize(
    ("problem", "on_cpu", "there"), [("rosenbrock", 17, 1), ("branch_at_point", 2, 2)], ids=["together", "apart"]
)
def test_differences_take_all_points_at_once_where_they_go_the_same_way(
    problem: str, on_cpu: int, there: int, machine: FakeCuPy
) -> None:
    found = run([problem], ["forward_difference"], devices=["cpu", "cuda"], metrics=["memory"])
    calls = found[found["metric"] == "function calls"].set_index("device")["value"]
    assert calls.to_dict() == {"cpu": on_cpu, "cuda": there}


def test_arguments_are_not_copied_in_the_steady_state(machine: FakeCuPy) -> None:
    from difflab.compare.prepared import prepared

    ready = prepared(Case("rosenbrock", 16, "gradient", device="cuda"), "reverse")
    before = machine.uploads
    ready.call()
    assert machine.uploads == before


def test_a_second_gpu(machine: FakeCuPy) -> None:
    found = run(["rosenbrock"], ["reverse"], devices=["cuda:1", "cuda:2"], metrics=["accuracy", "memory", "runtime"])
    assert set(found[found["device"] == "cuda:1"]["status"]) == {"ok"}
    missing = found[found["device"] == "cuda:2"]
    assert set(missing["status"]) == {"not measured"}
    assert "there is no GPU of that number here" in missing["reason"].iloc[0]
    assert found.attrs["environment"]["cuda:2"].startswith("not used: there is no GPU of that number")


def test_the_report_shows_the_devices_side_by_side(
    machine: FakeCuPy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        "--problem",
        "rosenbrock",
        "--method",
        "reverse",
        "--device",
        "cpu,cuda",
        "--output",
        str(tmp_path / "report"),
    ]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "rosenbrock: gradient at size 16, float64 on cuda" in " ".join(shown.split())
    text = (tmp_path / "report" / "report.md").read_text()
    assert "## The size from which a device is faster than the CPU" in text
    assert "- cuda: Stand-in 0, 16 GiB" in text
    assert (tmp_path / "report" / "time-against-size-rosenbrock.svg").exists()


def test_a_race_is_won_by_the_device_that_is_faster(machine: FakeCuPy) -> None:
    found = run(["rosenbrock"], ["reverse"], devices=["cuda"], metrics=["crossover"])
    (crossover,) = found[
        (found["metric"] == "size from which the device is faster") & (found["method"] == "reverse")
    ].to_dict("records")
    assert math.isnan(crossover["value"])  # each call takes a second by the clock of the stand-in
    assert crossover["reason"] == "the CPU is faster up to size 2: a call takes 1 s there"
