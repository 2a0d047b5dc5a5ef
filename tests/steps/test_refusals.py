"""What cannot be replayed runs as it is written, once and not twice, and is said in a sentence."""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, checkpoint, nn, optim
from difflab.errors import ReplayMismatch


class Setting:
    """A weight, an optimizer, and what else steps use."""

    def __init__(self) -> None:
        self.weight = Tensor([1.0, -2.0, 0.5], requires_grad=True)
        self.optimizer = optim.Adam([self.weight], rate=0.1)
        self.losses: list[float] = []
        self.generator = np.random.default_rng(0)
        self.data = np.arange(300_000.0)

    def descend(self, x: Any, loss_of: Callable[[Any], Any] = lambda y: np.sum(y**2)) -> Any:
        self.optimizer.zero_grad()
        loss = loss_of(self.weight * x)
        loss.backward()
        self.optimizer.step()
        return loss


def a_number_is_looked_at(setting: Setting, x: Any) -> Any:
    loss = setting.descend(x)
    return math.sqrt(loss.item())


def a_branch_after_the_step(setting: Setting, x: Any) -> Any:
    loss = setting.descend(x)
    return loss if loss > 1 else 2 * loss.detach()


def a_list_is_appended_to(setting: Setting, x: Any) -> Any:
    loss = setting.descend(x)
    setting.losses.append(1.0)
    return loss


def something_is_printed(setting: Setting, x: Any) -> Any:
    print("step")
    return setting.descend(x)


def noise_is_drawn(setting: Setting, x: Any) -> Any:
    return setting.descend(x * setting.generator.normal())


def an_array_is_taken_out(setting: Setting, x: Any) -> Any:
    return setting.descend(Tensor(np.asarray(x) * 2))


def much_data_is_seen(setting: Setting, x: Any) -> Any:
    return setting.descend(x * setting.data[3])


def an_array_is_taken_by_its_method(setting: Setting, x: Any) -> Any:
    return setting.descend(x * Tensor(x.numpy()[0]))


def a_text_is_made(setting: Setting, x: Any) -> Any:
    return len(repr(setting.descend(x).detach()))


def a_hook_is_called(setting: Setting, x: Any) -> Any:
    y = setting.weight * x
    y.register_hook(lambda gradient: setting.losses.append(0.5))
    loss = np.sum(y**2)
    setting.optimizer.zero_grad()
    loss.backward()
    setting.optimizer.step()
    return loss


def nothing_is_swept(setting: Setting, x: Any) -> Any:
    return np.sum(setting.weight * x)


def a_part_is_run_twice(setting: Setting, x: Any) -> Any:
    return setting.descend(x, lambda y: checkpoint(lambda z: np.sum(np.sin(z)), y))


REFUSED = [
    (a_number_is_looked_at, "makes a plain number of a tensor"),
    (a_branch_after_the_step, "after it has changed tensors"),
    (a_list_is_appended_to, "changes the content of `setting.losses`"),
    (something_is_printed, "print"),
    (noise_is_drawn, "draws random numbers"),
    (an_array_is_taken_out, "takes the array out of a tensor"),
    (an_array_is_taken_by_its_method, "takes the array out of a tensor"),
    (a_text_is_made, "takes the array out of a tensor"),
    (a_hook_is_called, "calls a hook of a tensor"),
    (much_data_is_seen, "MiB of arrays"),
    (nothing_is_swept, "has yet to be swept"),
    (a_part_is_run_twice, "by `checkpoint`"),
]


@pytest.mark.parametrize(("step", "reason"), REFUSED, ids=[step.__name__ for step, _ in REFUSED])
def test_it_runs_as_it_is_written(step: Any, reason: str, capsys: Any) -> None:
    setting, twin = Setting(), Setting()
    compiled = difflab.compile(lambda x: step(setting, x), tier="native")
    generator = np.random.default_rng(1)
    for n in range(3):
        x = Tensor(generator.standard_normal(3))
        if n:
            found = compiled(x)
        else:
            with pytest.warns(UserWarning, match="is not compiled, and runs as it is written") as caught:
                found = compiled(x)
            assert reason in str(caught[0].message)
            assert ".." not in str(caught[0].message).removesuffix("...")
        wanted = step(twin, x)
        assert getattr(found, "data", found) == pytest.approx(getattr(wanted, "data", wanted))
        np.testing.assert_array_equal(setting.weight.data, twin.weight.data)
        assert setting.optimizer.steps == twin.optimizer.steps
        assert setting.losses == twin.losses


def test_a_fault_of_the_step_shows_as_it_is_written() -> None:
    setting = Setting()

    @difflab.compile(tier="native")
    def step(x: Any) -> Any:
        setting.descend(x)
        raise KeyError("the step's own")

    before = setting.weight.data.copy()
    with pytest.warns(UserWarning, match="KeyError"), pytest.raises(KeyError, match="own"):
        step(Tensor(np.ones(3)))
    assert setting.optimizer.steps == 1  # it was made once, before the fault
    assert not np.array_equal(setting.weight.data, before)
    assert type(setting.weight.data) is np.ndarray
    assert type(setting.weight.grad.data) is np.ndarray


def test_a_replay_is_verified() -> None:
    setting, twin = Setting(), Setting()
    compiled = difflab.compile(lambda x: setting.descend(x), tier="native", verify=True)
    for _ in range(6):
        assert compiled(Tensor(np.ones(3))).item() == pytest.approx(twin.descend(Tensor(np.ones(3))).item(), rel=1e-12)
        np.testing.assert_allclose(setting.weight.data, twin.weight.data, rtol=1e-12)
    assert setting.optimizer.steps == 6


def test_verifying_finds_what_a_record_does_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = Setting()

    @difflab.compile(tier="native", verify=True)
    def step(x: Any) -> Any:
        return setting.descend(x * float(os.environ["DIFFLAB_TEST_SCALE"]))

    monkeypatch.setenv("DIFFLAB_TEST_SCALE", "1")
    step(Tensor(np.ones(3)))
    step(Tensor(np.ones(3)))
    monkeypatch.setenv("DIFFLAB_TEST_SCALE", "2")
    with pytest.raises(ReplayMismatch, match="does not see"):
        step(Tensor(np.ones(3)))


def test_an_argument_that_requires_a_gradient_keeps_it() -> None:
    @difflab.compile(tier="native")
    def step(x: Any) -> Any:
        x.grad = None
        loss = np.sum(x**2)
        loss.backward()
        return loss

    for n in range(4):
        x = Tensor(np.full(3, float(n)), requires_grad=True)
        step(x)
        np.testing.assert_array_equal(x.grad.data, np.full(3, 2.0 * n))


def test_running_statistics_move() -> None:
    mine, theirs = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    compiled = difflab.compile(lambda x: np.sum(mine(x)).detach(), tier="native")
    generator = np.random.default_rng(0)
    for _ in range(4):
        x = Tensor(generator.standard_normal((6, 3)).astype(np.float32))
        compiled(x)
        theirs(x)
        for name in ("running_mean", "running_variance"):
            np.testing.assert_allclose(getattr(mine, name).data, getattr(theirs, name).data, rtol=1e-6)


def test_what_a_refused_step_leaves_can_be_used() -> None:
    layer = nn.Linear(3, 2, rng=0)
    kept: list[Any] = []

    @difflab.compile(tier="native")
    def step(x: Any) -> Any:
        y = layer(x)
        kept.append(np.sum(np.tanh(y)))
        return np.sum(y * y)

    x = np.ones((2, 3), np.float32)
    with pytest.warns(UserWarning, match="has yet to be swept.*changes the content of `kept`"):
        loss = step(Tensor(x))
    loss.backward(retain_graph=True)
    first = layer.weight.grad.data.copy()
    kept[0].backward()
    assert kept[0].item() == pytest.approx(np.sum(np.tanh(layer(x).data)), rel=1e-6)
    twin = nn.Linear(3, 2, rng=0)
    y = twin(Tensor(x))
    np.sum(y * y).backward()
    np.testing.assert_allclose(first, twin.weight.grad.data, rtol=1e-6)
    np.sum(np.tanh(twin(Tensor(x)))).backward()
    np.testing.assert_allclose(layer.weight.grad.data, twin.weight.grad.data, rtol=1e-6)
    assert type(layer.weight.grad.data) is np.ndarray
