"""What code looks at to decide what to do: each kind of look makes a path of its own for each thing that is seen.

At points on several sides, in both orders, the answers are those of the function as it would run there, and each path
is traced once.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.interface import Derivatives, Differentiator
from difflab.lowering import replay
from difflab.lowering.tracing import World
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import difference

METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source")]
A, B, C = np.array([0.5, 1.25, -0.75]), np.array([-0.5, 2.25, 1.75]), np.array([2.5, 0.25, 0.125])
NAN = float("nan")


@dataclass(frozen=True)
class Look:
    """A function of an array and a float, and arguments by the paths that they take."""

    function: Callable[..., Any]
    paths: Sequence[Sequence[tuple[Any, Any]]]
    operator: str = "value_and_gradient"


def at(*points: Any) -> list[list[tuple[Any, Any]]]:
    """Give paths of one point each, and for each the same point with other digits."""
    return [[(x, 1.0), (x * 1.01, 1.0)] for x in points]


def numbers(*paths: Sequence[Any]) -> list[list[tuple[Any, Any]]]:
    return [[(x, number) for x in (A, B) for number in path] for path in paths]


def branch(x: Any, n: Any) -> Any:
    return np.sum(x**2) if x[0] > 0 else np.sum(x**3)


def two_branches(x: Any, n: Any) -> Any:
    y = np.sum(x**2) if x[0] > 0 and x[1] > 1 else np.sum(x**3)
    return y if not y > 1 or x[2] > 1.5 else np.sin(y)


def while_loop(x: Any, n: Any) -> Any:
    while np.sum(x * x) > 0.3:
        x = x * 0.4
    return np.sum(x)


def broken_loop(x: Any, n: Any) -> Any:
    total = 0.0
    for entry in x:
        if entry < 0:
            break
        total = total + entry**2
    return total + x[0]


def truth(x: Any, n: Any) -> Any:
    return np.sum(x) * (x[0] ** 2 if x[0] - n else x[1])


def matched(x: Any, n: Any) -> Any:
    match int(x[0]):
        case 2:
            return np.sum(x)
        case _:
            return np.sum(x**2)


def caught(x: Any, n: Any) -> Any:
    try:
        return x[int(x[0] + 1)] * x[0]
    except IndexError:
        return np.sum(x)


def steps_back(x: Any, n: Any) -> Any:
    y = np.sum(x**2)
    for _ in range(int(n)):
        y = y - 0.1 * y**2
    return y


LOOKS = {
    "a branch": Look(branch, at(A, B)),
    "and, not, or": Look(two_branches, at(A, B, C)),
    "a conditional expression": Look(lambda x, n: x[0] if np.mean(x) > 0.9 else x[1] ** 2, at(A, B)),
    "the end of a loop": Look(while_loop, at(A, A / 4, B * 3)),
    "break": Look(broken_loop, at(A, B, C)),
    "the truth of a number": Look(truth, [[(A, 1.0), (B, 1.0)], [(A * 2, 1.0), (A * 2, 1.0)]]),
    "equality": Look(lambda x, n: np.sum(x) if x[0] == 0.5 else np.prod(x), [[(A, 1.0)], at(B)[0]]),
    "int": Look(lambda x, n: x[0] * int(x[1]) + np.sum(x), at(A, B, C)),
    "an index": Look(lambda x, n: x[int(x[0])] * x[1], at(A, C)),
    "the length of a range": Look(lambda x, n: sum(x[1] ** k for k in range(int(x[1]))) + x[0], at(A, B, C)),
    "a number of turns": Look(steps_back, numbers([2.0, 2.5], [0.0, 0.75], [3.25])),
    "round, floor and ceil": Look(
        lambda x, n: np.sum(x) * (round(n) + math.floor(n) + math.ceil(n)), numbers([1.2, 1.3], [1.7], [2.2])
    ),
    "match": Look(matched, at(A, C)),
    "an exception": Look(caught, at(A, C)),
    "float": Look(lambda x, n: np.sum(x) * math.exp(n), numbers([0.5], [0.25], [-1.0])),
    "float of a NaN": Look(lambda x, n: np.sum(x) * (2 if math.isnan(n) else 3), numbers([NAN], [0.5])),
    "the sign of a zero": Look(lambda x, n: np.sum(x) * math.copysign(2, n), numbers([0.0], [-0.0], [0.5])),
    "a text": Look(lambda x, n: np.sum(x) * len(f"{n}"), numbers([0.5], [0.125], [0.0625])),
    "a text of digits": Look(lambda x, n: np.sum(x) * float(f"{n:.1f}"), numbers([0.53], [0.54], [0.38])),
    "str": Look(lambda x, n: np.sum(x) * (2 if str(n) == "0.5" else 3), numbers([0.5], [0.125])),
    "max of two": Look(lambda x, n: max(x[0], x[1]) * x[2], at(A, C)),
    "min of many": Look(lambda x, n: min(x) * x[2], at(B, C)),
    "sorted": Look(lambda x, n: sorted([*x])[1] * x[2], at(A, B, C)),
    "in": Look(lambda x, n: np.sum(x) * (2 if n in (1.0, 2.0) else 3), numbers([1.0], [2.0], [0.5, 0.75])),
    "in, of an array": Look(lambda x, n: np.sum(x**2) * (2 if 0.5 in x else 3), [[(A, 1.0)], [(B, 1.0), (C, 1.0)]]),
    "any": Look(lambda x, n: np.sum(x**2) if any(x < 0) else np.sum(x**3), [[(B, 1.0)], [(C, 1.0)], [(A, 1.0)]]),
    "np.any": Look(lambda x, n: np.sum(x**2) if np.any(x < 0) else np.sum(x**3), [[(A, 1.0), (B, 1.0)], *at(C)]),
    "np.allclose": Look(lambda x, n: np.sum(x**2) if np.allclose(x, A, atol=0.1) else np.sum(x**3), at(A, B)),
    "a mask": Look(lambda x, n: np.sum(x[x > 0] ** 2) * x[0], at(A, B, C)),
    "how many there are": Look(lambda x, n: np.sum(x) * len(x[x > 0]), at(A, B, C)),
    "nonzero": Look(lambda x, n: x[np.flatnonzero(x > 0)[0]] * x[2], at(A, B)),
    "where they are": Look(lambda x, n: np.sum(x[np.where(x > 0)] ** 2), at(A, B, C)),
    "the size of a range": Look(lambda x, n: np.sum(np.arange(n)) * x[0], numbers([2.0], [3.0], [3.5])),
    "a plain array": Look(lambda x, n: np.sum(x * np.full(3, float(n))), numbers([2.0], [3.0])),
    "the shape of the result": Look(lambda x, n: x[: int(n)] ** 2, numbers([1.0, 1.5], [2.0], [3.0]), "value"),
    "the structure of the result": Look(
        lambda x, n: {"a": x**2} if n > 1 else [x[0], (x,)], numbers([0.5, 0.75], [1.5, 2.5]), "value"
    ),
    "the dtype of the result": Look(
        lambda x, n: x.astype(np.float32) if n > 1 else x**2, numbers([0.5], [1.5, 2.5]), "value"
    ),
    "what is fixed": Look(lambda x, n: np.sum(x**n), numbers([2], [3], [0])),
    "a word": Look(lambda x, n: np.sum(x) if n == "sum" else np.mean(x), numbers(["sum"], ["mean"], ["average"])),
}

ONCE = {
    "a sort": Look(lambda x, n: np.sort(x)[0] * x[1], [[(A, 1.0), (B, 2.0), (C, 3.0)]]),
    "where the largest is": Look(lambda x, n: x[np.argmax(x)] * x[1], [[(A, 1.0), (B, 2.0), (C, 3.0)]]),
    "np.where": Look(lambda x, n: np.sum(np.where(x > n, x**2, x)), [[(A, 1.0), (B, 2.0), (C, 0.0)]]),
    "other numbers": Look(lambda x, n: np.sum(x) ** 2 * n, [[(A, 1.0), (B, 2.0), (C, -0.0)]]),
    "what is no look": Look(
        lambda x, n: np.sum(x) * (n if isinstance(n, float) and not isinstance(n, np.ndarray) else 3 * n),
        numbers([1.0, 2.0]),
    ),
}
"""These take one path, whatever the arguments."""


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each trace that is taken."""
    noted: list[str] = []
    traced = World.traced

    def noting(self: World, *arguments: Any, **options: Any) -> Any:
        found = traced(self, *arguments, **options)
        noted.append("traced" if found else f"refused: {self.fault}")
        return found

    monkeypatch.setattr(World, "traced", noting)
    return noted


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("name", [*LOOKS, *ONCE])
def test_each_path_is_traced_once(name: str, method: Differentiator, backwards: bool, traces: list[str]) -> None:
    look = (LOOKS | ONCE)[name]
    paths = look.paths[::-1] if backwards else look.paths
    points = [point for path in paths for point in path]
    prepared = method.prepare(look.function, *points[0])
    for rounds in range(2):
        for number, path in enumerate(paths, start=1):
            for x, n in path:
                assert_as_eager(prepared, look, x, n)
            if not rounds:
                assert traces == ["traced"] * number
    assert len(traces) == len(paths)


def assert_as_eager(prepared: Derivatives, look: Look, x: Any, n: Any) -> None:
    expected = getattr(difflab.prepare(look.function, x, n, method="reverse"), look.operator)(x, n)
    found = getattr(prepared, look.operator)(x, n)
    assert not difference(found, expected, 1e-12), f"at {x}, {n}"


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("name", LOOKS)
def test_beyond_the_limit_the_eager_method_answers(
    name: str, method: Differentiator, traces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "LIMIT", 1)
    look = LOOKS[name]
    prepared = method.prepare(look.function, *look.paths[0][0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for path in [*look.paths] * 2:
            for x, n in path:
                assert_as_eager(prepared, look, x, n)
    if name not in ("what is fixed", "a word"):  # each of those has operators, and limits, of its own
        assert len(traces) == 1
        assert [str(each.message).partition(" paths ")[0].rpartition(" ")[2] for each in caught] == ["1"]


def test_a_batch_takes_all_paths(traces: list[str]) -> None:
    points = np.stack([A, B, A * 1.01, C, B * 0.5, -C])
    prepared = ReverseCompiled("native").prepare(two_branches, A, 1.0)
    values, gradients = prepared.batch(points, 1.0).value_and_gradient()
    for x, value, gradient in zip(points, values, gradients, strict=True):
        expected = difflab.prepare(two_branches, x, 1.0, method="reverse").value_and_gradient(x, 1.0)
        assert not difference((value, gradient), expected, 1e-12)
    taken = len(traces)
    prepared.batch(points, 1.0).value_and_gradient()
    assert len(traces) == taken > 2
