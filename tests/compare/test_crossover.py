"""The size from which a device is faster: found in races whose times are known."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from difflab.compare.case import Case
from difflab.compare.crossover import CROSSOVER, GROWING, LARGEST, Race, measure
from difflab.compare.runtime import Start, start
from difflab.compare.worker import Budget, Outcome

CASE = Case("rosenbrock", 2, "gradient", device="cuda")


class Clockwork:
    """A worker whose calls take the times that a law tells, by device and size."""

    def __init__(self, law: Callable[[str, int], float | str], budget: float = 1e9):
        self.law = law
        self.budget = Budget(seconds=budget)

    def call(self, task: Any, case: Case, *args: Any) -> Outcome:
        took = self.law(case.device, case.size)
        if isinstance(took, str):
            return Outcome("out of memory", reason=took)
        return Outcome("ok", Start(0.0, 0.0, 0.0, loops=1) if task is start else took)


def linear(device: str, size: int) -> float:
    """The device is the faster one from size 3,000 on."""
    return 1e-6 * size if device == "cpu" else 2e-3 + 1e-6 / 3 * size


def raced(law: Callable[[str, int], float | str], case: Case = CASE, **options: Any) -> tuple[list[Any], list[Any]]:
    rows = list(measure(case, ["reverse"], Clockwork(law, **options)))  # type: ignore[arg-type]
    return [one for one in rows if one.metric == GROWING], [one for one in rows if one.metric == CROSSOVER]


def test_the_crossover_of_two_straight_lines_is_found() -> None:
    times, crossovers = raced(linear)
    assert [one.cell.method for one in crossovers] == ["function", "reverse"]
    for one in crossovers:
        assert one.value == pytest.approx(3000, rel=0.05)
        assert (one.unit, one.status, one.cell.device) == ("size", "ok", "cuda")
    sizes = [one.cell.size for one in times if (one.cell.method, one.cell.device) == ("reverse", "cpu")]
    assert sizes == [2**k for k in range(1, 14)]  # the device leads at 4,096 and at 8,192


def test_a_device_that_leads_once_by_accident_does_not_settle_it() -> None:
    _, (crossover, _) = raced(lambda device, size: 1e-9 if (device, size) == ("cuda", 64) else linear(device, size))
    assert crossover.value == pytest.approx(3000, rel=0.05)


def test_a_device_that_always_leads() -> None:
    times, (crossover, _) = raced(lambda device, size: 1.0 if device == "cpu" else 0.5)
    assert crossover.value == 2
    assert crossover.reason == "faster at all sizes measured"
    assert {one.cell.size for one in times} == {2, 4}


def test_a_cpu_that_always_leads_says_how_far_was_tried() -> None:
    times, (crossover, _) = raced(lambda device, size: 1e-6 if device == "cpu" else 1e-3)
    assert math.isnan(crossover.value)
    assert crossover.reason == f"the CPU is faster up to size {LARGEST:,}: larger ones are not tried"
    assert max(one.cell.size for one in times) == LARGEST


def test_it_ends_where_a_call_takes_much_of_the_budget() -> None:
    _, (crossover, _) = raced(lambda device, size: 1e-3 * size if device == "cpu" else 1.0, budget=4.0)
    assert crossover.reason == "the CPU is faster up to size 2: a call takes 1 s there"


def test_a_lead_at_the_largest_size_alone_says_that_it_is_one() -> None:
    """The next size, which would settle it, takes too long."""
    _, (crossover, _) = raced(lambda device, size: 0.1 * size if device == "cpu" else 1.0, budget=10.0)
    assert crossover.value == pytest.approx(10, rel=0.05)
    assert crossover.reason == "seen at size 16 alone: a call takes 2 s there"


def test_it_ends_where_a_device_fails() -> None:
    law = lambda device, size: "no memory is left" if (device, size >= 32) == ("cuda", True) else linear(device, size)  # noqa: E731
    _, (crossover, _) = raced(law)
    assert crossover.reason == "the CPU is faster up to size 16: at size 32, on cuda: no memory is left"
    _, (crossover, _) = raced(lambda device, size: "no memory is left")
    assert (crossover.status, crossover.reason) == ("not measured", "at size 2, on cpu: no memory is left")


def test_the_cpu_does_not_race_itself() -> None:
    assert list(measure(Case("rosenbrock", 2, "gradient"), ["reverse"], Clockwork(linear))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on_cpu", "on_device", "expected"),
    [
        ([1.0, 2.0, 4.0], [2.0, 2.0, 2.0], 2**1.0),
        ([1.0, 4.0], [2.0, 2.0], 2**0.5),
        ([2.0, 1.0, 4.0], [1.0, 2.0, 2.0], 2**1.5),
        ([2.0, 2.0], [1.0, 1.0], 1.0),
        ([1.0, 1.0], [2.0, 2.0], None),
        ([], [], None),
    ],
)
def test_between_two_sizes_it_is_interpolated(
    on_cpu: list[float], on_device: list[float], expected: float | None
) -> None:
    race = Race([1, 2, 4][: len(on_cpu)], on_cpu, on_device)
    assert race.crossover() == (expected if expected is None else pytest.approx(expected))
