"""Schedules against PyTorch's where it has them, and against the closed forms."""

from math import cos, pi
from types import ModuleType
from typing import Any

import pytest

from difflab import optim
from difflab.errors import InvalidArgument

TWINS: dict[str, Any] = {
    "StepDecay": (optim.StepDecay(0.3, every=4, factor=0.7), "StepLR", {"step_size": 4, "gamma": 0.7}),
    "ExponentialDecay": (optim.ExponentialDecay(0.3, factor=0.9), "ExponentialLR", {"gamma": 0.9}),
    "CosineDecay": (optim.CosineDecay(0.3, steps=19, final=0.01), "CosineAnnealingLR", {"T_max": 19, "eta_min": 0.01}),
    "WarmUp": (optim.WarmUp(5, then=0.3), "LinearLR", {"start_factor": 0.2, "total_iters": 4}),
    "OneCycle": (optim.OneCycle(0.3, steps=20), "OneCycleLR", {"max_lr": 0.3, "total_steps": 20}),
    "OneCycle, other shape": (
        optim.OneCycle(0.3, steps=20, rising=0.5, start_divisor=5, end_divisor=7),
        "OneCycleLR",
        {"max_lr": 0.3, "total_steps": 20, "pct_start": 0.5, "div_factor": 5, "final_div_factor": 7},
    ),
}


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:.*lr_scheduler.step.*:UserWarning")
@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
def test_rates_are_those_of_pytorch(twin: Any, torch: ModuleType) -> None:
    schedule, name, options = twin
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3, momentum=0.9)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
    for step in range(20):
        assert schedule(step) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-12)
        optimizer.step()
        if step < 19:
            scheduler.step()


@pytest.mark.parametrize(
    ("schedule", "step", "rate"),
    [
        (optim.CosineDecay(2.0, steps=8, final=1.0), 2, 1 + (1 + cos(pi / 4)) / 2),
        (optim.CosineDecay(2.0, steps=8, final=1.0), 100, 1.0),
        (optim.WarmUp(4, then=optim.StepDecay(1.0, every=3, factor=0.5)), 1, 0.5),
        (optim.WarmUp(4, then=optim.StepDecay(1.0, every=3, factor=0.5)), 6, 1.0),
        (optim.WarmUp(4, then=optim.StepDecay(1.0, every=3, factor=0.5)), 7, 0.5),
        (optim.OneCycle(1.0, steps=10), 10**6, 1 / 25 / 1e4),
        (optim.OneCycle(1.0, steps=1), 0, 1 / 25 / 1e4),
        (optim.OneCycle(1.0, steps=10, rising=0.1), 0, 1.0),
    ],
)
def test_rates_are_those_of_the_formula(schedule: optim.Schedule, step: int, rate: float) -> None:
    assert schedule(step) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(("batch_size", "rate"), [(100, 0.1), (400, 0.2), (25, 0.05), (200, 0.1 * 2**0.5)])
def test_the_rate_grows_with_the_root_of_the_batch_size(batch_size: int, rate: float) -> None:
    assert optim.square_root_scaled(0.1, batch_size, reference=100) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: optim.StepDecay(-1.0, every=2), "rate=-1.0 of StepDecay: give 0 or a positive number"),
        (lambda: optim.StepDecay(1.0, every=0), "every=0 of StepDecay: give a whole number, 1 or more"),
        (lambda: optim.ExponentialDecay(1.0, factor=0), "factor=0 of ExponentialDecay: give a positive number"),
        (lambda: optim.CosineDecay(1.0, steps=2.5), "steps=2.5 of CosineDecay"),  # type: ignore[arg-type]
        (lambda: optim.CosineDecay(1.0, steps=2, final=-1), "final=-1 of CosineDecay"),
        (lambda: optim.WarmUp(0, then=1.0), "steps=0 of WarmUp"),
        (lambda: optim.WarmUp(2, then=-1.0), "then=-1.0 of WarmUp"),
        (lambda: optim.OneCycle(1.0, steps=9, rising=1.0), "rising=1.0 of OneCycle: give a number between 0 and 1"),
        (lambda: optim.OneCycle(1.0, steps=9, end_divisor=0), "end_divisor=0 of OneCycle"),
        (lambda: optim.square_root_scaled(0.1, 0, 100), "batch_size=0 of square_root_scaled"),
    ],
)
def test_wrong_settings_are_refused(make: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=sentence):
        make()
