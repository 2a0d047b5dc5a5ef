"""Arguments are taken apart into what may change and what a trace holds for, and put together as they were."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.arguments import Arguments
from difflab.signature import Signature
from difflab.structure import flatten

X, Y = np.array([1.0, 2.0]), np.array([[3.0]])

CASES: dict[str, tuple[tuple[Any, ...], Any, int, list[Any]]] = {
    "one array": ((X,), 0, 1, []),
    "a number": ((2.0,), 0, 1, []),
    "the second": ((X, Y), 1, 1, []),
    "both": ((X, Y), (0, 1), 2, []),
    "both, turned": ((X, Y), (1, 0), 2, []),
    "a nest": (({"a": X, "b": [Y, 0.5]}, X), 0, 3, []),
    "held": ((X, 3, "text", None, True, b"x"), 0, 1, [3, "text", True, b"x"]),
    "changing": ((X, 0.5, np.float32(1), Y, np.arange(3), np.array([True])), 0, 1, []),
    "mixed nests": ((X, {"rate": 0.5, "steps": 3, "name": "sgd", "weights": [Y, 2]}), 0, 1, ["sgd", 3, 2]),
    "what is no number": ((X, np.array(["a"]), 1 + 2j), 0, 1, [np.array(["a"]), 1 + 2j]),
}


def taken_apart(args: tuple[Any, ...], argnums: Any) -> tuple[Arguments, Any]:
    at = Signature.of(lambda *_: 0.0, args, argnums).point(args)
    return Arguments(at), at


def require_same(found: Any, expected: Any) -> None:
    (mine, structure), (theirs, expected_structure) = flatten(tuple(found)), flatten(tuple(expected))
    assert structure == expected_structure
    for a, b in zip(mine, theirs, strict=True):
        assert np.result_type(np.asarray(a)) == np.result_type(np.asarray(b))
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", CASES)
def test_arguments_are_put_together_as_they_were(name: str) -> None:
    args, argnums, moving, held = CASES[name]
    arguments, at = taken_apart(args, argnums)
    inputs = arguments.inputs(at)
    assert arguments.moving == moving
    assert arguments.count == len(inputs)
    assert [repr(at.constants[n]) for n in arguments.held if at.constants[n] is not None] == list(map(repr, held))
    seen: list[Any] = []

    def function(*given: Any) -> float:
        seen.append(given)
        return 0.0

    at.function = function
    arguments.function(at).of_moving(inputs, at)(inputs[:moving])
    require_same(seen[0], args)


def test_inputs_stand_where_they_belong() -> None:
    """Each is replaced by another number, which has to come back in its place."""
    args = (X, {"rate": 0.5, "steps": 3, "weights": [Y, np.arange(2)]}, Y)
    arguments, at = taken_apart(args, (2, 0))
    numbers = [np.full(np.shape(x), n) for n, x in enumerate(arguments.inputs(at), start=10)]
    found = arguments.put_together([None] * len(flatten(args)[0]), numbers)
    assert found[2].tolist() == [[10]]
    assert found[0].tolist() == [11, 11]
    assert found[1]["rate"] == 12
    assert found[1]["weights"][0].tolist() == [[13]]
    assert found[1]["weights"][1].tolist() == [14, 14]
    assert found[1]["steps"] is None


def test_the_same_array_twice_is_two_inputs() -> None:
    arguments, _ = taken_apart((X, X), 0)
    assert arguments.count == 2
    found = arguments.put_together([None, None], [X, 2 * X])
    np.testing.assert_array_equal(found[1], 2 * X)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((X, 3), (X, 3), True),
        ((X, 3), (X + 1, 3), True),
        ((X, 3), (X, 4), False),
        ((X, 3), (X, True), False),
        ((X, 1), (X, True), False),
        ((X, "a"), (X, "b"), False),
        ((X, 0.5), (X, 0.25), True),
        ((X, 0.5), (X, np.float64(0.5)), False),
        ((X, Y), (X, Y + 1), True),
        ((X, 1j), (X, 2j), False),
    ],
)
def test_what_a_trace_holds_for(one: Any, other: Any, same: bool) -> None:
    """Integers, texts, and whether a number is Python's own; not the numbers that may change."""
    arguments, at = taken_apart(one, 0)
    _, elsewhere = taken_apart(other, 0)
    assert (arguments.fixed(at) == arguments.fixed(elsewhere)) == same
    assert hash(arguments.fixed(at)) == hash(arguments.fixed(at))


def test_python_floats_are_traced_as_such_and_given_as_numbers() -> None:
    arguments, at = taken_apart((X, 0.5, np.float64(2), np.float32(3)), 0)
    assert [type(x) for x in arguments.inputs(at)[1:]] == [np.float64, np.float64, np.float32]
    assert [type(x) for x in arguments.traced(at, arguments.inputs(at))[1:]] == [float, np.float64, np.float32]
    assert arguments.has_numbers
    assert not taken_apart((X, np.float32(3), 3), 0)[0].has_numbers
