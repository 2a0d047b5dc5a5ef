"""The door of a program: it lets in what fits and computes nothing of anything else, and what is behind it is right."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument, PreparationMismatch
from difflab.lowering.native.entrance import UNFIT, Entrance, Expected, entrance_text, expected, layout_is_known
from difflab.methods import ReverseCompiled

STATUS = 7
X = np.array([1.0, -2.0, 4.0])


class Subclass(np.ndarray):
    """An array of another type."""


class Number(float):
    """A float of another type."""


def unaligned(array: Any) -> Any:
    """Copy an array to an address that the processor does not want."""
    found = np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype)
    assert not found.flags.aligned
    return found


def of_packed(array: Any) -> Any:
    """Copy an array into a field of a structure."""
    structure = np.zeros(len(array), [("before", "i1"), ("entries", array.dtype)])
    structure["entries"] = array
    return structure["entries"]


def read_only(array: Any) -> Any:
    found = array.copy()
    found.flags.writeable = False
    return found


def entrance(inputs: Sequence[Expected], others: int = 0, size: int = 0, *, is_long: bool = False) -> Entrance:
    """Make a door to a program that does nothing, and says so."""
    pointers = ", ".join(f"ptr %x{n}" for n in range(len(inputs) + others + 1))
    text = f"define i64 @run({pointers}) {{\nret i64 {STATUS}\n}}\n"
    return Entrance(text + entrance_text(inputs, others, size, is_long=is_long), has_loops=False)


def test_objects_lie_in_memory_as_is_taken_for_granted() -> None:
    assert layout_is_known()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool])
def test_an_array_is_let_in_if_it_is_of_the_dtype_and_shape_and_in_order(dtype: Any) -> None:
    call = entrance([expected((2, 3), dtype)]).call
    fitting = np.ones((2, 3), dtype)
    assert call(fitting) == call(read_only(fitting)) == STATUS
    others = [
        np.ones((2, 3), each) for each in ("f8", "f4", "i8", "?", "i4", "u8", "c16", "O") if each != fitting.dtype
    ]
    shapes = [np.ones(shape, dtype) for shape in ((2, 4), (3, 2), (1, 3), (2, 3, 1), (6,), (), (2, 0))]
    orders = [np.asfortranarray(fitting), np.ones((2, 6), dtype)[:, ::2], np.ones((2, 3), dtype)[:, ::-1]]
    types = [fitting.view(Subclass), np.ma.array(fitting), fitting.tolist(), None, 1.0, "text"]
    for other in [*others, *shapes, *orders, *types, dtype(1)]:
        assert call(other) == UNFIT, repr(other)
    if dtype is not np.bool:
        swapped, shifted = fitting.astype(fitting.dtype.newbyteorder()), unaligned(np.ones(6, dtype)).reshape(2, 3)
        assert call(swapped) == call(shifted) == UNFIT


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool])
def test_a_number_is_let_in_if_it_is_of_the_dtype(dtype: Any) -> None:
    call = entrance([expected((), dtype)]).call
    assert call(dtype(1)) == STATUS
    assert call(1.5) == (STATUS if dtype is np.float64 else UNFIT)
    others = [each(1) for each in (np.float64, np.float32, np.int64, np.bool, np.int32, np.longdouble) if each != dtype]
    for other in [*others, 1, True, 1j, None, "1", [1.0], np.ones((), dtype), np.ones(1, dtype), Number(1.0)]:
        assert call(other) == UNFIT, repr(other)


def test_all_arguments_are_looked_at_and_counted() -> None:
    call = entrance([expected((2,), np.float64), expected((), np.int64), expected((1,), np.bool)], others=1).call
    x, n, condition, result = np.ones(2), np.int64(3), np.ones(1, np.bool), np.empty(5)
    assert call(x, n, condition, result) == STATUS
    for arguments in ((n, n, condition), (x, x, condition), (x, n, x), (x, 3, condition)):
        assert call(*arguments, result) == UNFIT
    for arguments in ((), (x,), (x, n, condition), (x, n, condition, result, result)):
        assert call(*arguments) == UNFIT


@pytest.mark.parametrize("is_long", [False, True])
def test_memory_to_compute_in_that_cannot_be_had_is_an_error_of_python(is_long: bool) -> None:
    assert entrance([], size=1 << 20, is_long=is_long).call() == STATUS
    with pytest.raises(MemoryError):
        entrance([], size=1 << 62, is_long=is_long).call()


def test_a_program_that_finds_no_memory_does_not_end_the_process() -> None:
    program = """
import resource
import numpy as np
import difflab
from difflab.methods import ReverseCompiled

def function(x):
    return np.sum(np.exp(x)[::-1] * np.sin(x) * np.exp(x).reshape(4, -1).T.ravel())

x = np.full(1 << 21, 0.5)
prepared = difflab.prepare(function, x, method=ReverseCompiled("native"))
expected = prepared.gradient(x)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + x.nbytes // 2, resource.RLIM_INFINITY))
try:
    prepared.gradient(x)
except MemoryError:
    print("no memory")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(np.array_equal(prepared.gradient(x), expected))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.split("\n")[:2], done.returncode) == (["no memory", "True"], 0), done.stderr


RIGHT = {
    "read-only": read_only(X),
    "of every second entry": np.repeat(X, 2)[::2],
    "backwards": X[::-1].copy()[::-1],
    "of columns": np.asfortranarray(np.stack([X, X]))[0],
    "unaligned": unaligned(X),
    "a field": of_packed(X),
    "a subclass": X.view(Subclass),
    "of a dtype with a note": X.view(np.dtype(float, metadata={"note": 1})),
}
REFUSED: dict[str, tuple[Any, type[Exception]]] = {
    "integers": (X.astype(int), InvalidArgument),
    "booleans": (X > 0, InvalidArgument),
    "complex numbers": (X + 0j, InvalidArgument),
    "objects": (X.astype(object), InvalidArgument),
    "masked": (np.ma.array(X), InvalidArgument),
    "floats": (X.astype(np.float32), PreparationMismatch),
    "swapped bytes": (X.astype(X.dtype.newbyteorder()), PreparationMismatch),
    "shorter": (X[:2], PreparationMismatch),
    "a matrix of one row": (X[None], PreparationMismatch),
    "a number": (2.0, PreparationMismatch),
    "an array without axes": (np.array(2.0), PreparationMismatch),
    "a list": (X.tolist(), PreparationMismatch),
    "nothing": (None, PreparationMismatch),
    "a text": ("x", InvalidArgument),
}


@pytest.fixture(scope="module")
def prepared() -> Any:
    """A gradient that takes the shortcut to its program."""
    made = difflab.prepare(lambda x: np.sum(x**3), X, method=ReverseCompiled("native"))
    made.gradient(X)
    assert "gradient" in made.kernel.shortcuts  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_stored_otherwise_has_the_same_gradient(prepared: Any, name: str) -> None:
    np.testing.assert_array_equal(prepared.gradient(RIGHT[name]), 3 * X**2)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_something_else_is_refused_in_a_sentence(prepared: Any, name: str) -> None:
    argument, error = REFUSED[name]
    with pytest.raises(error, match=r"^(args\[0\]|Argument 0) of `.*<lambda>` (is|has) .*: ."):
        prepared.gradient(argument)


def test_a_number_may_be_a_python_number_or_an_array_without_axes() -> None:
    made = difflab.prepare(lambda x: x**3, 2.0, method=ReverseCompiled("native"))
    for number in (3.0, np.float64(3), 3, np.array(3.0), read_only(np.array(3.0))):
        found = made.gradient(number)
        assert (type(found), found) == (np.float64, 27)
    for number, error in (
        (np.float32(3), PreparationMismatch),
        (np.ones(1), PreparationMismatch),
        (3j, InvalidArgument),
    ):
        with pytest.raises(error):
            made.gradient(number)
