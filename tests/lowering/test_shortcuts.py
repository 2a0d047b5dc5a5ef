"""Shortcuts give what the whole way gives, or nothing: where arguments, the path or the world are others."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import PreparationMismatch
from difflab.methods import ReverseCompiled
from difflab.structure import flatten

X = np.array([1.0, -2.0, 3.0])


def prepared(function: Any, *args: Any, argnums: Any = 0) -> Any:
    """Prepare, and call so that shortcuts are there, if there can be any."""
    made = difflab.prepare(function, *args, method=ReverseCompiled("native"), argnums=argnums)
    made.gradient(*args)
    made.value_and_gradient(*args)
    return made


def scaled(x: Any, y: Any, power: Any) -> Any:
    """Take another path where the first entry is negative."""
    if x[0] < 0:
        return np.sum(x) * y
    return np.sum(np.sqrt(x * x) ** power) * y


@pytest.mark.parametrize("argnums", [0, 1, (0,), (0, 1), (1, 0)])
@pytest.mark.parametrize("name", ["gradient", "value_and_gradient"])
def test_results_are_those_of_the_eager_method(name: str, argnums: Any) -> None:
    made = prepared(scaled, X, 0.5, 2, argnums=argnums)
    found = made.kernel.shortcuts[name](2 * X, 0.25, 2)
    eager = difflab.prepare(scaled, X, 0.5, 2, method="reverse", argnums=argnums)
    (mine, structure), (theirs, expected) = flatten(found), flatten(getattr(eager, name)(2 * X, 0.25, 2))
    assert structure == expected
    for a, b in zip(mine, theirs, strict=True):
        assert type(a) is type(b)
        np.testing.assert_allclose(a, b, rtol=1e-14)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((X,), "too few"),
        ((X, 0.5, 2, 2), "too many"),
        ((X[:2], 0.5, 2), "another shape"),
        ((np.repeat(X, 2)[::2], 0.5, 2), "not in order"),
        ((X.astype(np.float32), 0.5, 2), "another dtype"),
        ((X.tolist(), 0.5, 2), "a list"),
        ((X, 1, 2), "an integer"),
        ((X, np.float32(1), 2), "another kind of number"),
        ((X, 0.5, 3), "another integer"),
        ((X, 0.5, True), "a boolean"),
        ((X, 0.5, 2.0), "a float"),
        ((X, 0.5, np.int64(2)), "an integer of NumPy"),
        ((-X, 0.5, 2), "another path"),
        ((np.zeros(3), 0.5, 2), "a derivative that is no number"),
    ],
)
def test_what_is_otherwise_goes_the_whole_way(args: Any, why: str) -> None:
    made = prepared(scaled, X, 0.5, 2)
    for name in ("gradient", "value_and_gradient"):
        assert made.kernel.shortcuts[name](*args) is None, why
        assert made.kernel.shortcuts[name](X, 0.5, 2) is not None


def test_each_call_gives_arrays_of_its_own() -> None:
    made = prepared(lambda x: np.sum(x * x), X)
    first, second = made.gradient(X), made.gradient(X)
    assert not np.may_share_memory(first, second)
    first[:] = 0
    np.testing.assert_array_equal(made.gradient(X), 2 * X)


@pytest.mark.parametrize("argnums", [0, (0,)])
def test_a_world_that_changes_ends_a_shortcut(argnums: Any) -> None:
    seen = {"rate": 2.0, "weights": np.ones(3)}
    made = prepared(lambda x: np.sum(seen["rate"] * seen["weights"] * x * x), X, argnums=argnums)
    shortcut = made.kernel.shortcuts["gradient"]
    assert shortcut(X) is not None
    seen["weights"][0] = 5
    assert shortcut(X) is None
    seen["weights"][0] = 1
    assert shortcut(X) is not None
    seen["rate"] = 3.0
    assert shortcut(X) is None
    np.testing.assert_array_equal(flatten(made.gradient(X))[0][0], 6 * X)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (lambda x: np.sum(x["a"] * 2), ({"a": X},)),
        (lambda x, nest: np.sum(x * nest[0]), (X, [0.5])),
        (lambda x: 3.0 * np.sum(np.ones(3)), (X,)),
        (lambda x: np.sum(np.cumsum(x)), (X,)),
    ],
    ids=["a nest", "another nest", "constant results", "phases"],
)
def test_some_have_none(function: Any, args: Any) -> None:
    made = prepared(function, *args)
    assert not made.kernel.shortcuts
    for mine, theirs in zip(
        flatten(made.gradient(*args))[0], flatten(difflab.gradient(function, *args))[0], strict=True
    ):
        np.testing.assert_allclose(mine, theirs)


HELD: dict[str, tuple[Any, Any, Any]] = {
    "complex arrays": (lambda x, s: np.sum(x * x * np.real(s)), np.array([1j, 2, 3]), np.array([1, 2j, 3])),
    "structures": (
        lambda x, s: np.sum(x * x * s["a"]),
        np.zeros(3, [("a", float)]),
        np.array([(1.0,)] * 3, [("a", float)]),
    ),
    "a complex number": (lambda x, s: np.sum(x * x * np.angle(s)), complex(-1, 0.0), complex(-1, -0.0)),
    "NumPy's": (
        lambda x, s: np.sum(x * np.angle(s)),
        np.complex128(complex(-1, 0.0)),
        np.complex128(complex(-1, -0.0)),
    ),
    "texts": (lambda x, s: np.sum(x * len(s)), "a", "bb"),
    "functions": (lambda x, s: np.sum(s(x)), np.sin, np.cos),
    "days": (
        lambda x, s: np.sum(x) * s.astype(int),
        np.datetime64("2020-01-01"),
        np.datetime64("2020-01-02"),
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_what_a_path_holds_for_is_compared(name: str) -> None:
    """Arrays among it once ended in an error, and the signs of complex zeros were taken for the same."""
    function, one, other = HELD[name]
    made = prepared(function, X, one)
    for value in (one, other, one, other):
        np.testing.assert_allclose(made.gradient(X, value), difflab.gradient(function, X, value), rtol=1e-14)


def test_mismatches_are_told_by_the_whole_way() -> None:
    made = prepared(scaled, X, 0.5, 2)
    with pytest.raises(PreparationMismatch):
        made.gradient(X, 0.5, True)
    with pytest.raises(PreparationMismatch):
        made.gradient(X[:2], 0.5, 2)
