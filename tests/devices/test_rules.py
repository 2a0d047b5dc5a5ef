"""Every row of the table of rules on a device: the results of the CPU, and nothing of it computed there."""

from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np
import pytest

from difflab import Tensor, errors
from difflab.arrays import is_on_gpu
from difflab.engines.transforms import gradient, pullback, push, reverse_over_reverse
from difflab.primitives import TABLE
from difflab.primitives.layout import name_of
from difflab.primitives.matrices import identity_like
from difflab.primitives.substitutes import SUBSTITUTES
from difflab.primitives.table import Composite
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import Move, back, case_there, there
from tests.devices.stand_in import OFFERS, DeviceArray
from tests.primitives.case import Case, all_cases
from tests.primitives.checks import assert_close, directions

REFUSED = {
    *("betaincc", "erfi", "exprel", "hyp1f1", "i1", "i1e", "iv", "ive", "j1", "jv", "kn", "kv", "kve", "yv"),
}
"""Of scipy.special, what CuPy has not, or has without what the derivative needs; docs/devices.md lists them."""
REFUSED_TWICE = {"i0", "i0e", "j0"}
"""Those of which the second derivative needs what CuPy has not."""


def arrays_of(function: Any) -> Iterator[np.ndarray]:
    """Yield the NumPy arrays that a function has of its own: in its closure, or by global names."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not function.__module__.startswith("tests."):
        return
    inner = [name for one in code.co_consts if isinstance(one, CodeType) for name in one.co_names]
    named = [function.__globals__.get(name) for name in (*code.co_names, *inner)]
    for each in (*named, *(cell.cell_contents for cell in function.__closure__ or ())):
        for one in each if isinstance(each, (list, tuple)) else (each,):
            if isinstance(one, np.ndarray):
                yield one
            elif one is not function:
                yield from arrays_of(one)


CASES = [case for case in all_cases() if case.differentiable]


def has_arrays(case: Case) -> bool:
    """Say whether a case computes with arrays of its own, other than as indices."""
    made_inside = case.note in ("constant", "twice") or case.function in (np.nonzero, np.flatnonzero, np.argwhere)
    return made_inside or any(array.dtype.kind not in "iub" for array in arrays_of(case.call))


def name_in_scipy(case: Case) -> str:
    """Name the function of a case as `scipy.special` does."""
    return name_of(case.function).removeprefix("scipy.special.").removeprefix("np.")


def first_order(case: Case, like: Case, move: Move) -> Any:
    """Give the outputs, with derivatives along and back from two directions at a time.

    Args:
        case: where its operands are.
        like: the same case on the CPU, which directions are drawn for.
        move: brings directions to where the operands are.
    """
    outputs, pushed = push(case, case.leaves, move(directions(like.leaves, count=2)))
    _, pull = pullback(case, case.leaves)
    return outputs, pushed, pull(move(directions(like(like.leaves), count=2, seed=1)))


def second_order(case: Case, like: Case, move: Move) -> Any:
    """Give second derivatives of Σ w·y², forward over reverse and reverse over reverse."""
    weights = move([each[0] if each.ndim > 1 else each.item() for each in directions(like(like.leaves), seed=1)])

    def energy(inputs: Sequence[Any]) -> list[Any]:
        return [sum(np.sum(w * y * y) for w, y in zip(weights, case(inputs), strict=True))]

    along = move(directions(like.leaves))
    return push(gradient(energy, "reverse"), case.leaves, along)[1], reverse_over_reverse(energy, case.leaves, along)


MIXED = [case for case in CASES if has_arrays(case)]
LACKING = [
    (case, order)
    for case in CASES
    for order, names in ((first_order, REFUSED), (second_order, REFUSED_TWICE))
    if name_in_scipy(case) in names
]
ONCE = [case for case in CASES if not has_arrays(case) and name_in_scipy(case) not in REFUSED]
TWICE = [case for case in ONCE if name_in_scipy(case) not in REFUSED_TWICE]


def same(nest: Any) -> Any:
    """Leave arrays where they are."""
    return nest


def in_words(part: Any) -> str:
    """Name a part of a test."""
    return part.__name__ if callable(part) and not isinstance(part, Case) else str(part)


@pytest.mark.parametrize(
    ("case", "order"),
    [*((case, first_order) for case in ONCE), *((case, second_order) for case in TWICE)],
    ids=in_words,
)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_rule_gives_on_a_device_what_it_gives_on_the_cpu(case: Case, order: Callable[..., Any], arrays: Any) -> None:
    found = flatten(back(order(case_there(case, arrays), case, there(arrays))))[0]
    expected = flatten(order(case, case, same))[0]
    for actual, reference in zip(found, map(np.asarray, expected), strict=True):
        assert actual.dtype == reference.dtype
        assert_close(actual.astype(float), reference.astype(float), 1e-12)


@pytest.mark.parametrize("case", ONCE, ids=str)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_tensors_on_a_device_have_the_gradients_of_the_cpu(case: Case, arrays: Any) -> None:
    moved = case_there(case, arrays)
    _, pull = pullback(case, case.leaves)
    values, _ = pullback(case, case.leaves)
    weights = directions(values, seed=1)
    inputs = [Tensor(leaf, requires_grad=True) for leaf in moved.leaves]
    for output, weight in zip(moved(inputs), weights, strict=True):
        if isinstance(output, Tensor) and output.requires_grad:
            output.backward(weight[0], retain_graph=True)
    for tensor, expected in zip(inputs, pull(weights), strict=True):
        if tensor.grad is not None and not name_of(case.function).startswith("np.nan"):
            assert is_on_gpu(tensor.grad.data)
            assert_close(back(tensor.grad.data), expected[0], 1e-12)


@pytest.mark.parametrize("case", MIXED, ids=str)
def test_an_array_of_the_cpu_in_the_function_is_refused(case: Case, cupy: FakeCuPy) -> None:
    with pytest.raises(errors.InvalidArgument, match=r"was given arrays on (cuda:0 and cpu|cpu and cuda:0)"):
        first_order(case_there(case, cupy), case, there(cupy))


@pytest.mark.parametrize(("case", "order"), LACKING, ids=in_words)
def test_what_cupy_lacks_is_refused_by_name(case: Case, order: Callable[..., Any], cupy: FakeCuPy) -> None:
    with pytest.raises(errors.UnsupportedFunction, match=r"needs \w+, or an option of it, which CuPy has not: compute"):
        order(case_there(case, cupy), case, there(cupy))


def test_most_cases_run() -> None:
    """No case has been put among the exceptions by mistake."""
    assert len(TWICE) > 900
    assert len(MIXED) < 40


def lacks(function: Any) -> bool:
    """Say whether CuPy has no function of this name."""
    name = getattr(function, "__name__", "")
    if isinstance(function, np.ufunc):
        return name not in OFFERS["ufuncs"] and name not in OFFERS["special"]
    return (function.__module__ or "").startswith("numpy") and f"{function.__module__}.{name}" not in OFFERS[
        "functions"
    ]


def test_what_cupy_lacks_has_a_definition_a_substitute_or_is_known_to_be_refused() -> None:
    missing = [function for function, row in TABLE.items() if not isinstance(row, Composite) and lacks(function)]
    open_ones = {function.__name__ for function in missing if function not in SUBSTITUTES}
    assert open_ones <= REFUSED


# The stand-in sees what goes wrong


def test_a_planted_conversion_is_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in ONCE if case.function is np.exp)
    monkeypatch.setattr(TABLE[np.exp], "differentials", (lambda t, y, x: t * np.asarray(y),))
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array is not allowed"):
        first_order(case_there(case, cupy), case, there(cupy))


@pytest.mark.parametrize("convert", [float, int, lambda x: np.float64(x), lambda x: range(3)[x]])
def test_a_planted_conversion_to_a_number_is_seen(cupy: FakeCuPy, convert: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="Implicit conversion to a"):
        convert(cupy.array(np.array(1)))


def test_a_planted_constant_of_the_cpu_is_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in ONCE if case.function is np.linalg.cholesky)
    first_order(case_there(case, cupy), case, there(cupy))
    monkeypatch.setattr(identity_like.__module__ + ".place_of", lambda x: np.empty(0))
    monkeypatch.setattr("difflab.primitives.factorizations.place_of", lambda x: np.empty(0))
    with pytest.raises(errors.InvalidArgument, match=r"np\.linalg\.cholesky brings arrays on cuda:0 together with"):
        first_order(case_there(case, cupy), case, there(cupy))


def test_a_result_that_was_computed_on_the_cpu_is_seen(cupy: FakeCuPy) -> None:
    with pytest.raises(AssertionError, match="computed on the CPU"):
        back([cupy.ones(2), np.ones(2)])


def test_values_for_one_entry_are_seen(cupy: FakeCuPy) -> None:
    x = cupy.ones(3)
    with pytest.raises(AssertionError, match="leaves open which of them stays"):
        x[cupy.array(np.array([0, 0]))] = cupy.array(np.array([2.0, 3.0]))


def test_the_stand_in_has_nothing_that_cupy_has_not() -> None:
    public = {name for name in vars(DeviceArray) if not name.startswith("_")}
    assert public <= {*OFFERS["attributes"], "device"}
