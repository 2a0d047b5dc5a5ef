"""Memory comes back as it is used, without the garbage collector; long chains recurse nowhere; nothing is left over."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, checkpoint, grad, no_grad

MIB = 2**20


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Turn the garbage collector off, so that cycles of references stay."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def peak(run: Callable[[], Any]) -> float:
    """Measure how many bytes a run holds at most, beyond what was there before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


class Followed:
    """The nodes and arrays of tensors, by weak references."""

    def __init__(self) -> None:
        self.references: list[Any] = []

    def __call__(self, tensor: Any) -> Any:
        self.references.append(weakref.ref(tensor.data))
        self.references.append(weakref.ref(tensor))
        return tensor

    @property
    def living(self) -> int:
        return sum(reference() is not None for reference in self.references)


def forward(x: Tensor, follow: Followed) -> Any:
    y = follow(np.sin(x))
    z = follow(np.exp(y[1:]) * y[:-1])
    return np.sum(follow(z @ z[:, None]))


def swept(x: Tensor, follow: Followed) -> None:
    forward(x, follow).backward()


def never_swept(x: Tensor, follow: Followed) -> None:
    forward(x, follow)


def swept_with_the_graph_kept(x: Tensor, follow: Followed) -> None:
    forward(x, follow).backward(retain_graph=True)


def third_order(x: Tensor, follow: Followed) -> None:
    slope = grad(forward(x, follow), x, create_graph=True)
    curvature = grad(follow(slope).sum(), x, create_graph=True)
    grad(follow(curvature).sum(), x)


def with_hooks(x: Tensor, follow: Followed) -> None:
    y = follow(np.sin(x))
    y.retain_grad()
    y.register_hook(lambda gradient: gradient * 2)
    forward(y, follow).backward()


def checkpointed(x: Tensor, follow: Followed) -> None:
    checkpoint(lambda x: forward(x, follow), x).backward()


def failing(x: Tensor, follow: Followed) -> None:
    y = follow(np.sin(x))
    z = (y * y).sum()
    y += 1
    with pytest.raises(difflab.NotDifferentiable):
        z.backward()


def written_in_place(x: Tensor, follow: Followed) -> None:
    y = follow(x * 2)
    y[1:] += follow(np.sin(x))[1:]
    y.sum().backward()


USES = [
    swept,
    never_swept,
    swept_with_the_graph_kept,
    third_order,
    with_hooks,
    checkpointed,
    failing,
    written_in_place,
]


@pytest.mark.parametrize("use", USES)
@pytest.mark.usefixtures("no_collector")
def test_memory_comes_back_without_the_garbage_collector(use: Callable[[Tensor, Followed], None]) -> None:
    follow = Followed()
    x = Tensor(np.ones(5), requires_grad=True)
    use(x, follow)
    assert follow.references
    assert follow.living == 0


@pytest.mark.usefixtures("no_collector")
def test_a_cycle_is_seen_by_the_test_of_memory() -> None:
    """The gradient in `.grad` that leads back to its own tensor is a cycle, as the documentation says."""
    follow = Followed()
    x = follow(Tensor(np.ones(5), requires_grad=True))
    (x**3).sum().backward(create_graph=True)
    del x
    assert follow.living == 1  # the array, which the record of the gradient needs
    gc.collect()
    assert follow.living == 0


def long_chain(x: Any, length: int) -> Any:
    for _ in range(length):
        x = np.sin(x)
    return x


def test_a_sweep_needs_few_arrays_beyond_those_saved() -> None:
    x = Tensor(np.ones(MIB // 8), requires_grad=True)
    y = long_chain(x, 50)
    kept = long_chain(x, 50)
    assert peak(lambda: y.backward(np.ones(x.shape))) < 6 * MIB
    assert peak(lambda: kept.backward(np.ones(x.shape), create_graph=True)) > 50 * MIB


def freed_during(free: bool) -> list[int]:
    """Count the saved arrays that still live when the sweep comes to the middle and to the end of a chain."""
    x = Tensor(np.ones(3), requires_grad=True)
    follow, counts = Followed(), []
    first = x * 1.0
    first.register_hook(lambda gradient: counts.append(follow.living))
    y = long_chain(first, 3)
    middle = y * 1.0
    middle.register_hook(lambda gradient: counts.append(follow.living))
    y = middle
    for _ in range(10):
        follow.references.append(weakref.ref(y.data))
        y = np.sin(y)
    y = y.sum()
    del middle
    y.backward(retain_graph=not free)
    return counts


@pytest.mark.usefixtures("no_collector")
def test_saved_values_are_freed_while_the_sweep_goes_on() -> None:
    assert freed_during(free=True) == [0, 0]
    assert freed_during(free=False) == [10, 10]


@pytest.mark.parametrize("sweep", [True, False])
def test_a_chain_of_100_000_operations(sweep: bool) -> None:
    """No recursion over the graph, neither in a sweep nor when it is let go of."""
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(50_000):
        y = y * 0.5 + 0.5
    if sweep:
        assert grad(y, x).item() == 0.0  # 0.5^50000
    del y
    assert x.item() == 1.0


def test_a_long_chain_twice_differentiated() -> None:
    x = Tensor(0.5, requires_grad=True)
    y = x
    for _ in range(2_000):
        y = y + 1e-4 * y * y
    slope = grad(y, x, create_graph=True)
    h = 1e-4
    values = []
    for point in (0.5 - h, 0.5, 0.5 + h):
        for _ in range(2_000):
            point += 1e-4 * point * point
        values.append(point)
    assert slope.item() == pytest.approx((values[2] - values[0]) / (2 * h), rel=1e-6)
    assert grad(slope, x).item() == pytest.approx((values[0] - 2 * values[1] + values[2]) / h**2, rel=1e-5)


def growth(step: Callable[[], Any], count: int) -> int:
    """Count the bytes that remain after so many steps, beyond what remained after the first ones."""
    for _ in range(20):
        step()
    tracemalloc.start()
    try:
        for _ in range(10):
            step()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(count):
            step()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


SMALLEST_OBJECT = 16  # bytes; threads that other tests left may take some hundreds of them meanwhile


@pytest.mark.usefixtures("no_collector")
def test_memory_of_a_training_step_is_constant_over_1000_steps() -> None:
    generator = np.random.default_rng(0)
    images, labels = Tensor(generator.standard_normal((8, 20))), Tensor(generator.standard_normal((8, 3)))
    parameters = [Tensor(0.1 * generator.standard_normal(s), requires_grad=True) for s in ((20, 16), (16,), (16, 3))]

    def step() -> None:
        first, bias, second = parameters
        loss = np.mean((np.maximum(images @ first + bias, 0.0) @ second - labels) ** 2)
        loss.backward()
        with no_grad():
            for parameter in parameters:
                parameter -= 0.01 * parameter.grad
                parameter.grad = None

    assert growth(step, 1000) < 1000 * SMALLEST_OBJECT


def test_an_object_that_each_step_leaves_behind_is_seen() -> None:
    left: list[object] = []
    assert growth(lambda: left.append(object()), 1000) >= 1000 * SMALLEST_OBJECT


def training(steps: int, barrier: Barrier | None = None) -> Any:
    """Descend for some steps, with parts that are not recorded, and second derivatives."""
    x = Tensor([0.5, -1.0, 2.0], requires_grad=True)
    for _ in range(steps):
        if barrier:
            barrier.wait()
        with no_grad():
            scale = 1 + x * x
            assert not scale.requires_grad
        y = np.sum(np.sin(x) ** 2 * scale)
        slope = grad(y, x, create_graph=True)
        assert slope.requires_grad
        (slope * slope).sum().backward()
        with no_grad():
            x -= 0.01 * x.grad
        x.grad = None
    return x.detach().numpy()


def test_threads_do_not_disturb_each_other() -> None:
    """Each with tensors of its own; that one records nothing does not concern the others."""
    expected = training(20)
    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: training(20, barrier), range(4)):
            np.testing.assert_array_equal(found, expected)


def test_one_decorated_function_in_several_threads() -> None:
    barrier = Barrier(4)

    @no_grad()
    def unrecorded(x: Tensor) -> bool:
        barrier.wait()
        y = x * 2
        barrier.wait()
        return y.requires_grad

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: unrecorded(Tensor(1.0, requires_grad=True)), range(4))) == [False] * 4
    assert (Tensor(1.0, requires_grad=True) * 2).requires_grad


class Stopped(Exception):
    """Raised half-way."""


def stop(gradient: Tensor) -> None:
    raise Stopped


def test_an_exception_half_way_through_a_sweep_leaves_the_next_right() -> None:
    x, other = Tensor([0.5, 1.0], requires_grad=True), Tensor([2.0, 3.0], requires_grad=True)
    y = np.sin(x)
    remove = y.register_hook(stop)
    z = (y * other).sum()
    with pytest.raises(Stopped):
        z.backward(retain_graph=True, create_graph=True)
    assert (x * 2).requires_grad
    x.grad = other.grad = None
    remove()
    z.backward()
    np.testing.assert_array_equal(x.grad, np.cos([0.5, 1.0]) * [2.0, 3.0])
    np.testing.assert_array_equal(other.grad, np.sin([0.5, 1.0]))


def test_an_exception_half_way_through_a_function_leaves_recording_on() -> None:
    def fails(x: Tensor) -> Tensor:
        raise Stopped

    x = Tensor(1.0, requires_grad=True)
    with pytest.raises(Stopped), no_grad():
        raise Stopped
    with pytest.raises(Stopped):
        checkpoint(fails, x)
    assert (x * 2).requires_grad


def test_gradients_share_no_memory() -> None:
    """Each may be written to: `x.grad *= 2` changes no other, nor a tensor that was given."""
    a, b = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    seed = np.ones(2)
    y = a + b
    y.retain_grad()
    y.backward(seed, retain_graph=True)
    y.backward(seed)
    for tensor in (a, b, y):
        np.testing.assert_array_equal(tensor.grad, [2.0, 2.0])
    a.grad *= 10
    assert b.grad.tolist() == y.grad.tolist() == [2.0, 2.0]
    assert seed.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_of_the_extended_graph_share_no_memory(create_graph: bool) -> None:
    a, b = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    given = Tensor([1.0, 1.0])
    for _ in range(2):
        (a + b).backward(given, create_graph=create_graph)
    assert a.grad.tolist() == b.grad.tolist() == [2.0, 2.0]
    first, second = grad(a + b, [a, b], given, create_graph=create_graph)
    first *= 5
    assert second.tolist() == given.tolist() == [1.0, 1.0]


def test_hooks_may_write_to_what_they_are_shown() -> None:
    a, b = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    constant = Tensor([7.0, 7.0])

    def writes(gradient: Tensor) -> None:
        gradient *= 100

    y = a * 1.0
    y.register_hook(writes)
    (y + b).backward([1.0, 1.0])
    assert a.grad.tolist() == b.grad.tolist() == [1.0, 1.0]
    a.register_hook(lambda gradient: constant)
    for _ in range(2):
        (a * 2).backward([1.0, 1.0])
    assert a.grad.tolist() == [15.0, 15.0]
    assert constant.tolist() == [7.0, 7.0]
