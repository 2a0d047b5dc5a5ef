"""Programs that Python calls: arguments of other kinds, results of their own, and what is known beforehand."""

import threading
from typing import Any

import numpy as np
import pytest

from difflab.lowering.native import entrance, program
from difflab.lowering.native.program import LONG, Program
from difflab.lowering.native.schedule import NotLowered
from tests.engines.passes.graphs import traced, values

X = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -1.0]])
GRAPH = traced(lambda x: (x * 2, np.sum(x), x[::-1] > 0), X)


def ways(x: Any) -> dict[str, Any]:
    """Give the same entries in all ways that an array can lie in memory."""
    packed = np.zeros(x.shape, [("before", "i1"), ("entries", x.dtype)])
    packed["entries"] = x
    read_only = x.copy()
    read_only.flags.writeable = False
    return {
        "in order": x,
        "read-only": read_only,
        "by columns": np.asfortranarray(x),
        "of every second": np.repeat(x, 2, axis=1)[:, ::2],
        "backwards": np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
        "unaligned": np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
        "a field": packed["entries"],
        "swapped": x.astype(x.dtype.newbyteorder()),
        "a subclass": x.view(type("Subclass", (np.ndarray,), {})),
        "a list": x.tolist(),
    }


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool])
def test_arguments_may_lie_in_any_order(dtype: Any) -> None:
    x = (X * 4).astype(dtype)
    graph = traced(lambda x: (np.where(x, x, x), np.any(x > 0) if dtype is not np.bool else np.any(x)), x)
    for name, given in ways(x).items():
        entries, condition = Program(graph)([given])
        np.testing.assert_array_equal(entries, x, name)
        assert entries.dtype == x.dtype
        assert condition == np.any(x > 0)


@pytest.mark.parametrize("kind", [np.float64, float, int, np.float32, np.int8, np.bool, np.array])
def test_numbers_may_be_of_any_kind(kind: Any) -> None:
    (found,) = Program(traced(lambda x: x * 0.5 + 1, np.float64(1)))([kind(1)])
    assert (type(found), found) == (np.float64, 1.5)


@pytest.mark.parametrize("wrong", [X[:1], X.T, X.ravel(), X[..., None], 1.0, np.float64(1), [], X[:, :0]])
def test_arguments_of_another_shape_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"was called with one of shape"):
        Program(GRAPH)([wrong])


@pytest.mark.parametrize("wrong", [None, "text", np.array([["a"] * 3] * 2), X + 1j, np.full((2, 3), {})])
def test_what_is_no_array_of_numbers_is_refused(wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError, np.exceptions.ComplexWarning)):
        Program(GRAPH)([wrong])


@pytest.mark.parametrize("inputs", [[], [X, X]])
def test_too_few_or_too_many_arguments_are_refused(inputs: list[Any]) -> None:
    with pytest.raises(ValueError, match="zip"):
        Program(GRAPH)(inputs)


def test_results_are_new_each_time() -> None:
    run = Program(traced(lambda x: (x, x[0], np.ones(3), np.float64(2)), X))
    first, second = run([X]), run([X])
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not np.may_share_memory(one, other)
        assert not np.may_share_memory(one, X)
    for result in first[:3]:
        result[...] = 7
    np.testing.assert_array_equal(run([X])[2], np.ones(3))
    assert run([X])[1].tolist() == X[0].tolist()


def test_what_a_program_says_of_itself() -> None:
    run = Program(GRAPH)
    assert run.results == [((2, 3), np.float64), ((), np.float64), ((2, 3), np.bool)]
    assert not run.has_constant_results
    assert not run.is_mixed
    assert Program(traced(lambda x: (x, np.ones(2)), X)).has_constant_results
    assert Program(traced(lambda x: x.astype(np.float32).astype(float), X)).is_mixed
    assert Program(traced(lambda x: x * np.ones(3, np.float32), X)).is_mixed


def test_there_are_no_programs_where_objects_lie_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "layout_is_known", lambda: False)
    with pytest.raises(NotLowered, match="lays them out"):
        Program(GRAPH)


@pytest.mark.parametrize("place", ["_TYPE", "_VALUE", "_AXES", "_DTYPE", "_FLAGS"])
def test_another_layout_is_seen(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: something stands eight bytes further on."""
    assert entrance.layout_is_known.__wrapped__()
    monkeypatch.setattr(entrance, place, getattr(entrance, place) + 8)
    assert not entrance.layout_is_known.__wrapped__()


@pytest.mark.parametrize(("entries", "is_long"), [(LONG // 2, False), (LONG // 2 + 1, True)])
def test_long_programs_let_other_threads_run(entries: int, is_long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    text = program.entrance_text

    def noting(*arguments: Any, **options: Any) -> str:
        told.append(options["is_long"])
        return text(*arguments, **options)

    monkeypatch.setattr(program, "entrance_text", noting)
    x = np.ones(entries)
    graph = traced(lambda x: np.sqrt(x) * 2, x)
    np.testing.assert_array_equal(Program(graph)([x]), values(graph, [x]))
    assert told == [is_long]


def test_threads_of_python_may_run_and_make_programs_at_once() -> None:
    wrong: list[int] = []

    def work(n: int) -> None:
        x = X + n
        run = Program(traced(lambda x: np.sum(np.exp(x)[::-1] * n), x))
        for _ in range(50):
            if not np.isclose(run([x])[0], np.sum(np.exp(x)) * n, rtol=1e-13):
                wrong.append(n)  # noqa: PERF401

    started = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert not wrong
