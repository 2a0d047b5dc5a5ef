"""Numerical methods on a device: the points are made there, in one batch; the bits are those of the CPU."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.arrays import require_device
from difflab.methods import CentralDifference, ComplexStep, ForwardDifference, Richardson, steps
from difflab.methods.analytic import AnalyticArray
from difflab.methods.lines import Along, Axis
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, there
from tests.devices.stand_in import DeviceArray
from tests.methods.numerical import KINDS, NAMES, operators

X = np.array([0.3, -0.7, 1.2, 1e-3, 4.0])
V = np.array([1.0, 0.0, -0.3, 30.0, -2.0])
EACH_METHOD = pytest.mark.parametrize("kind", KINDS, ids=NAMES)
OPERATORS = operators(V)


class Watched:
    """A function of one array, or of many stacked ones, all on a device; counts its calls and the points in each."""

    def __init__(self) -> None:
        self.points: list[int] = []

    def __call__(self, x: Any) -> Any:
        assert type(x.data if isinstance(x, AnalyticArray) else x) is DeviceArray
        self.points.append(len(x) if x.ndim == 2 else 1)
        return plain(x)


def plain(x: Any) -> Any:
    return np.sum(x * x * (x - 1.5), axis=-1)


def typed(options: dict[str, np.ndarray], dtype: Any) -> dict[str, np.ndarray]:
    return {name: each.astype(dtype) for name, each in options.items()}


def assert_same_bits(found: Any, expected: Any) -> None:
    """Compare what a device gave, all of which must be there, with what the CPU gave."""
    found, expected = flatten(back(found))[0], flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("settings", [{}, {"batch": True}, {"batch": True, "step": 2.0**-5}], ids=str)
@EACH_METHOD
def test_results_are_those_of_the_cpu_to_the_bit(
    kind: Any, settings: dict[str, Any], operator: str, dtype: Any, cupy: FakeCuPy
) -> None:
    x, options = X.astype(dtype), typed(OPERATORS[operator], dtype)
    expected = getattr(kind(**settings).prepare(plain, x), operator)(x, **options)
    on_device = kind(**settings).prepare(Watched(), cupy.array(x))
    assert_same_bits(getattr(on_device, operator)(cupy.array(x), **there(cupy)(options)), expected)


TREE = {
    "a": np.array([0.5, -0.1, 3.0]),
    "b": [np.arange(1.0, 7.0, dtype=np.float32).reshape(3, 2), np.array(0.25)],
    "c": np.zeros((0, 2)),
}
TANGENTS = {
    "a": np.array([1.0, 0.3, 0.0]),
    "b": [np.linspace(-1, 1, 6, dtype=np.float32).reshape(3, 2), np.array(-3.0)],
    "c": np.zeros((0, 2)),
}


def of_tree(p: Any) -> Any:
    """Take one nest, or many that are stacked: the number has one axis then."""
    batched = np.ndim(p["b"][1])
    b = np.reshape(p["b"][0], (-1, 3, 2)) if batched else p["b"][0]
    return np.sum(p["a"] * np.sum(b * b, axis=-1), axis=-1) * p["b"][1] - p["b"][1]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("batch", [False, True])
@EACH_METHOD
def test_nests_of_mixed_precision(kind: Any, batch: bool, operator: str, cupy: FakeCuPy) -> None:
    options: dict[str, Any] = {"tangents": TANGENTS} if operator in ("jvp", "hvp") else OPERATORS[operator]
    method = kind(batch=batch)
    expected = getattr(method.prepare(of_tree, TREE), operator)(TREE, **options)
    tree = there(cupy)(TREE)
    assert_same_bits(getattr(method.prepare(of_tree, tree), operator)(tree, **there(cupy)(options)), expected)


def test_several_arguments_of_which_some_are_constant(cupy: FakeCuPy) -> None:
    def function(x: Any, w: Any, y: Any) -> Any:
        assert w.shape == (3,)
        return np.sum(x * w, axis=-1) * y

    args = np.array([0.5, -0.1, 3.0]), np.array([1.0, 2.0, -1.0]), np.array(0.7, np.float32)
    expected = CentralDifference(batch=True).prepare(function, *args, argnums=(2, 0)).gradient(*args)
    args = there(cupy)(args)
    assert_same_bits(CentralDifference(batch=True).prepare(function, *args, argnums=(2, 0)).gradient(*args), expected)


def traffic(cupy: FakeCuPy, method: Any, operator: str, n: int) -> tuple[list[int], list[int], list[int]]:
    """Give how many points each call took, and how many entries each copy up and down had."""
    x, v = cupy.array(np.linspace(0.5, 1.5, n)), cupy.array(np.ones(n))
    function = Watched()
    prepared = method.prepare(function, x)
    require_device("cuda:0")  # which is tried once
    cupy.traffic.up.clear()
    cupy.traffic.down.clear()
    getattr(prepared, operator)(x, **({"tangents": v} if operator in ("jvp", "hvp") else {}))
    return function.points, cupy.traffic.up, cupy.traffic.down


@pytest.mark.parametrize("n", [3, 40])
def test_a_gradient_is_one_call_and_one_copy_back(n: int, cupy: FakeCuPy) -> None:
    calls, up, down = traffic(cupy, CentralDifference(batch=True), "gradient", n)
    assert calls == [2 * n]
    assert up == [2 * n, 2 * n, n]  # which entries move, how far, and the result
    assert down == [n, 2 * n]  # x, to choose the steps by, and the values


ENTRIES = [
    (ForwardDifference(batch=True), "gradient", lambda n: [n + 1], lambda n: [n, n, n]),
    (CentralDifference(batch=True), "hvp", lambda n: [4 * n], lambda n: [4 * n] * 4 + [n]),
    (CentralDifference(batch=True), "jvp", lambda n: [3], lambda n: [2, 2, 1, 1]),
    (CentralDifference(batch=True), "value", lambda n: [1], lambda n: []),
    (Richardson(batch=True, levels=3), "gradient", lambda n: [2 * n] * 3, lambda n: [2 * n] * 6 + [n]),
    (
        ForwardDifference(batch=True),
        "hessian",
        lambda n: [(n + 1) * (n + 2) // 2],
        lambda n: [n * (n + 3) // 2] * 2 + [n * (n + 1) // 2] * 2 + [n * n],  # first moves, second moves, result
    ),
    (ComplexStep(batch=True), "gradient", lambda n: [n], lambda n: [n, n, n]),
    (ComplexStep(batch=True), "hvp", lambda n: [2 * n], lambda n: [2 * n] * 4 + [n]),
    (ComplexStep(), "gradient", lambda n: [1] * n, lambda n: [n]),
    (CentralDifference(), "gradient", lambda n: [1] * 2 * n, lambda n: [n]),
    (CentralDifference(), "hvp", lambda n: [1] * 4 * n, lambda n: [n]),
]


@pytest.mark.parametrize("n", [3, 20])
@pytest.mark.parametrize(("method", "operator", "calls", "up"), ENTRIES, ids=[f"{m}-{o}" for m, o, *_ in ENTRIES])
def test_steps_and_the_entries_that_they_move_go_up_and_no_points(
    method: Any, operator: str, calls: Any, up: Any, n: int, cupy: FakeCuPy
) -> None:
    called, sent, _ = traffic(cupy, method, operator, n)
    assert called == calls(n)
    assert sent == up(n)


def test_one_by_one_each_value_is_copied_back_by_itself(cupy: FakeCuPy) -> None:
    _, _, down = traffic(cupy, CentralDifference(), "gradient", 7)
    assert down == [7] + [1] * 14


def test_a_large_batch_is_taken_in_parts(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0.5, 1.5, 10)
    expected = CentralDifference(batch=True).prepare(plain, x).gradient(x)
    monkeypatch.setattr(steps, "BATCH_BYTES", 8 * x.nbytes)
    calls, up, down = traffic(cupy, CentralDifference(batch=True), "gradient", 10)
    assert calls == [8, 8, 4]
    assert up == [8, 8, 8, 8, 4, 4, 10]
    assert down == [10, 8, 8, 4]
    there_x = cupy.array(x)
    assert_same_bits(CentralDifference(batch=True).prepare(Watched(), there_x).gradient(there_x), expected)


def test_results_of_the_wrong_number_are_refused(cupy: FakeCuPy) -> None:
    x = cupy.array(X)
    with pytest.raises(difflab.InvalidArgument, match=r"batch=True on 10 points .* returned shape \(\): return one"):
        CentralDifference(batch=True).prepare(lambda x: np.sum(x), x).gradient(x)
    with pytest.raises(difflab.InvalidArgument, match=r"returned shape \(3,\).* use jacobian"):
        CentralDifference(batch=True).prepare(lambda x: x[:, :3], x).gradient(x)


@EACH_METHOD
@pytest.mark.parametrize("operator", ["gradient", "jvp"])
def test_a_function_that_writes_into_its_argument_spoils_nothing(kind: Any, operator: str, cupy: FakeCuPy) -> None:
    def careless(x: Any) -> Any:
        x *= 2.0
        return np.sum(x, axis=-1)

    x = cupy.array(X)
    for batch in (False, True):
        options = {"tangents": cupy.array(V)} if operator == "jvp" else {}
        found = flatten(back(getattr(kind(batch=batch).prepare(careless, x), operator)(x, **options)))[0][-1]
        np.testing.assert_allclose(found, 2 * np.sum(V) if operator == "jvp" else np.full(5, 2.0), rtol=1e-7)
    assert np.array_equal(x.get(), X)


def test_the_second_device_computes_on_its_own_arrays(cupy: FakeCuPy) -> None:
    with difflab.device("cuda:1"):
        x = cupy.array(X)
        found = CentralDifference(batch=True).prepare(Watched(), x).hvp(x, tangents=cupy.array(V))
        assert found.device.id == 1
    assert_same_bits(found, CentralDifference(batch=True).prepare(plain, X).hvp(X, tangents=V))


def one_row_below(kind: Any) -> Any:
    """Give what moves another point than it should."""
    right = kind.move_rows.__func__

    def wrong(cls: Any, stacks: Any, rows: Any) -> None:
        right(cls, stacks, [((row + 1) % len(stacks[0]), line, t) for row, line, t in rows])

    return classmethod(wrong)


@pytest.mark.parametrize(("line", "operator"), [(Axis, "gradient"), (Along, "jvp"), (Axis, "hvp"), (Along, "hvp")])
def test_a_planted_fault_is_seen(line: Any, operator: str, cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    method = partial(CentralDifference, step=2.0**-5)
    options = OPERATORS[operator]
    expected = getattr(method(batch=True).prepare(plain, X), operator)(X, **options)
    monkeypatch.setattr(line, "move_rows", one_row_below(line))
    found = getattr(method(batch=True).prepare(Watched(), cupy.array(X)), operator)(
        cupy.array(X), **there(cupy)(options)
    )
    with pytest.raises(AssertionError):
        assert_same_bits(found, expected)


def test_points_that_are_made_on_the_cpu_are_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    made = steps.points_at

    def on_the_cpu(leaves: Any, many: Any) -> Any:
        return [cupy.array(stack) for stack in made([leaf.get() for leaf in leaves], many)]

    monkeypatch.setattr(steps, "points_at", on_the_cpu)
    _, up, _ = traffic(cupy, CentralDifference(batch=True), "gradient", 40)
    assert up == [2 * 40 * 40, 40]
